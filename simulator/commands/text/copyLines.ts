// Programs that print each line in another shape: `rev` of util-linux 2.38, `nl`, `fold`, `expand` and
// `unexpand` of coreutils 9.1.
// Not simulated: nl with sections (-d, -h, -f, -p), widths of wide characters, --help, --version.

import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { characters } from "../../shell/utf8.ts";
import { fail, notSimulated, tryHelp } from "../complain.ts";
import { quote } from "../quoteName.ts";
import { has, lastValue, openTool, readOptions } from "../tool.ts";
import { compileRegex } from "./regex.ts";
import { shapeLines } from "./shapeLines.ts";

/** Prints lines backwards. */
export function* rev(self: Process): Execution {
  const given = yield* readOptions(self, { short: "hV", long: {} });
  if (typeof given === "number") return given;
  const [option] = given.options;
  if (option !== undefined) return yield* notSimulated(self, `rev -${option.name}`);
  const tool = openTool(self);
  const missing = given.operands.find((name) => "errno" in self.machine.files.stat(self, name));
  if (missing !== undefined) {
    return yield* fail(self, `cannot open ${missing}: No such file or directory`);
  }
  const code = yield* shapeLines(tool, given.operands, (line, ended) => {
    return [...characters(line)].reverse().join("") + (ended ? "\n" : "");
  });
  return yield* tool.end(code);
}

const NL = {
  short: "b:d:f:h:i:l:n:ps:v:w:",
  long: {
    "body-numbering": "b:",
    "section-delimiter": "d:",
    "footer-numbering": "f:",
    "header-numbering": "h:",
    "line-increment": "i:",
    "join-blank-lines": "l:",
    "number-format": "n:",
    "no-renumber": "p",
    "number-separator": "s:",
    "starting-line-number": "v:",
    "number-width": "w:",
  },
};

/** Numbers lines. */
export function* nl(self: Process): Execution {
  const given = yield* readOptions(self, NL);
  if (typeof given === "number") return given;
  const odd = given.options.find(({ name }) => ["d", "f", "h", "l", "p"].includes(name));
  if (odd !== undefined) return yield* notSimulated(self, `nl -${odd.name}`);
  const style = lastValue(given, "b") ?? "t";
  const pattern = style.startsWith("p")
    ? compileRegex(style.slice(1), { style: "basic" })
    : undefined;
  if (typeof pattern === "string") return yield* fail(self, pattern);
  if (!/^[atn]$|^p/.test(style)) {
    return yield* tryHelp(self, `nl: invalid body numbering style: ${quote(style)}`);
  }
  const format = lastValue(given, "n") ?? "rn";
  const width = Number(lastValue(given, "w") ?? "6") || 6;
  const separator = lastValue(given, "s") ?? "\t";
  const step = Number(lastValue(given, "i") ?? "1");
  let number = Number(lastValue(given, "v") ?? "1");
  const shown = (value: number) =>
    format === "ln"
      ? `${value}`.padEnd(width)
      : format === "rz"
        ? `${value}`.padStart(width, "0")
        : `${value}`.padStart(width);
  const tool = openTool(self);
  const code = yield* shapeLines(tool, given.operands, (line) => {
    const counts = style === "a" || (style === "t" && line !== "") || pattern?.test(line) === true;
    if (!counts) return `${" ".repeat(width + separator.length)}${line}\n`;
    const text = `${shown(number)}${separator}${line}\n`;
    number += step;
    return text;
  });
  return yield* tool.end(code);
}

const FOLD = { short: "bsw:", long: { bytes: "b", spaces: "s", width: "w:" } };

/** Breaks long lines. */
export function* fold(self: Process): Execution {
  const argv = self.argv.map((word, index) =>
    index > 0 && /^-\d+$/.test(word) ? `-w${word.slice(1)}` : word,
  );
  const given = yield* readOptions(self, FOLD, { argv });
  if (typeof given === "number") return given;
  const text = lastValue(given, "w") ?? "80";
  const width = Number(text);
  if (!/^\d+$/.test(text) || width === 0) {
    const range = /^\d+$/.test(text) ? ": Numerical result out of range" : "";
    return yield* fail(self, `invalid number of columns: ${quote(text)}${range}`);
  }
  const tool = openTool(self);
  const rules = { width, bytes: has(given, "b"), spaces: has(given, "s") };
  const code = yield* shapeLines(tool, given.operands, (line, ended) => {
    return foldLine(line, rules) + (ended ? "\n" : "");
  });
  return yield* tool.end(code);
}

type Folding = { readonly width: number; readonly bytes: boolean; readonly spaces: boolean };

function foldLine(line: string, { width, bytes, spaces }: Folding): string {
  let out = "";
  let part = "";
  let column = 0;
  const advance = (from: number, char: string) => {
    if (bytes) return from + 1;
    if (char === "\t") return from + 8 - (from % 8);
    return char === "\b" ? Math.max(0, from - 1) : char === "\r" ? 0 : from + 1;
  };
  for (const char of line) {
    if (advance(column, char) > width && part !== "") {
      const blank = spaces ? Math.max(part.lastIndexOf(" "), part.lastIndexOf("\t")) : -1;
      out += `${blank < 0 ? part : part.slice(0, blank + 1)}\n`;
      part = blank < 0 ? "" : part.slice(blank + 1);
      column = [...part].reduce(advance, 0);
    }
    part += char;
    column = advance(column, char);
  }
  return out + part;
}

const EXPAND = {
  short: "it:a",
  long: { initial: "i", tabs: "t:", all: "a", "first-only": "first" },
};

function tabsOf(text: string | undefined): number | undefined {
  if (text === undefined) return 8;
  return /^\d+$/.test(text) && Number(text) > 0 ? Number(text) : undefined;
}

/** Makes blanks of tabs. */
export function* expand(self: Process): Execution {
  const given = yield* readOptions(self, EXPAND);
  if (typeof given === "number") return given;
  const size = tabsOf(lastValue(given, "t"));
  if (size === undefined) return yield* notSimulated(self, "expand with a list of tabs");
  const initial = has(given, "i");
  const tool = openTool(self);
  const code = yield* shapeLines(tool, given.operands, (line, ended) => {
    let out = "";
    let only = true;
    for (const char of line) {
      if (char === "\t" && (!initial || only)) out += " ".repeat(size - (out.length % size));
      else out += char;
      if (char !== " " && char !== "\t") only = false;
    }
    return out + (ended ? "\n" : "");
  });
  return yield* tool.end(code);
}

/** Makes tabs of blanks. */
export function* unexpand(self: Process): Execution {
  const given = yield* readOptions(self, EXPAND);
  if (typeof given === "number") return given;
  const size = tabsOf(lastValue(given, "t"));
  if (size === undefined) return yield* notSimulated(self, "unexpand with a list of tabs");
  const all = has(given, "a", "t") && !has(given, "first");
  const tool = openTool(self);
  const code = yield* shapeLines(tool, given.operands, (line, ended) => {
    return tabbed(line, size, all) + (ended ? "\n" : "");
  });
  return yield* tool.end(code);
}

function tabbed(line: string, size: number, all: boolean): string {
  let out = "";
  let column = 0;
  let blanks = 0;
  let only = true;
  const put = () => {
    out += " ".repeat(blanks);
    blanks = 0;
  };
  for (const char of line) {
    if ((char === " " || char === "\t") && (all || only)) {
      column = char === "\t" ? column + size - (column % size) : column + 1;
      blanks += 1;
      if (char === "\t" || (column % size === 0 && (blanks > 1 || only))) {
        out += "\t";
        blanks = 0;
      }
      continue;
    }
    put();
    out += char;
    column += 1;
    only = false;
  }
  put();
  return out;
}
