// `od` of coreutils 9.1 (od(1)): bytes as octal, hexadecimal and decimal numbers and as characters.
// Not here: how a line looks (odText.ts).
// Not simulated: floating point (-t f), -S, --endian, offsets without an option, --help, --version.

import { errnoText } from "../../net/core/errno.ts";
import { readAll } from "../../process/io.ts";
import { closeFile } from "../../process/openFiles.ts";
import type { Process } from "../../process/process.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { fail, notSimulated } from "../complain.ts";
import { quote, quoteIfNeeded } from "../quoteName.ts";
import { has, lastValue, openTool, readOptions, type Tool } from "../tool.ts";
import { parseCount } from "./count.ts";
import { openOperand } from "./lines.ts";
import { drawOdLine, type OdFormat, parseOdFormats } from "./odText.ts";

const TABLE = {
  short: "A:aBbcDdeFfHhIij:LlN:OoS:st:vw::Xx",
  long: {
    "address-radix": "A:",
    "skip-bytes": "j:",
    "read-bytes": "N:",
    format: "t:",
    "output-duplicates": "v",
    width: "w::",
    strings: "S:",
    endian: "endian:",
  },
};

/** Old letters for formats. */
const LETTERS: Readonly<Record<string, string>> = {
  a: "a",
  b: "o1",
  c: "c",
  d: "u2",
  D: "u4",
  h: "x2",
  H: "x4",
  i: "d4",
  I: "d8",
  l: "d8",
  L: "d8",
  o: "o2",
  O: "o4",
  B: "o2",
  s: "d2",
  x: "x2",
  X: "x4",
};

/** Dumps files. */
export function* od(self: Process): Execution {
  const given = yield* readOptions(self, TABLE);
  if (typeof given === "number") return given;
  if (has(given, "S", "endian", "e", "f", "F")) {
    return yield* notSimulated(self, "od with -S, -f or --endian");
  }
  const formats: OdFormat[] = [];
  for (const { name, value } of given.options) {
    const text = name === "t" ? (value ?? "") : LETTERS[name];
    if (text === undefined) continue;
    const parsed = parseOdFormats(text);
    if (parsed === undefined && text.includes("f")) return yield* notSimulated(self, "od -t f");
    if (parsed === undefined) {
      const odd = /^[acdoux]/.test(text)
        ? "type string"
        : `character '${text.charAt(0)}' in type string`;
      return yield* fail(self, `invalid ${odd} ${quote(text)}`);
    }
    formats.push(...parsed);
  }
  if (formats.length === 0) formats.push({ kind: "o", size: 2, width: 6, trailer: false });
  const radix = lastValue(given, "A") ?? "o";
  if (!/^[doxn]/.test(radix)) {
    const text = `invalid output address radix '${radix}'; it must be one character from [doxn]`;
    return yield* fail(self, text);
  }
  const numbers = ["j", "N", "w"].map((name) => {
    const text = lastValue(given, name);
    if (text === undefined) return name === "w" && has(given, "w") ? 32 : undefined;
    return /^0x[0-9a-f]+$/i.test(text) ? Number(text) : (parseCount(text) ?? Number.NaN);
  });
  const wrong = ["j", "N", "w"].find((_, index) => Number.isNaN(numbers[index]));
  if (wrong !== undefined) {
    return yield* fail(self, `invalid -${wrong} argument ${quote(lastValue(given, wrong) ?? "")}`);
  }
  const [skip = 0, most = Number.POSITIVE_INFINITY, width = 16] = numbers;
  const tool = openTool(self);
  const all = yield* readEverything(tool, given.operands);
  if (!all.some) return yield* tool.end(all.code);
  if (skip > all.text.length) {
    yield* tool.error("cannot skip past end of combined input");
    return yield* tool.end(1);
  }
  const bytes = all.text.slice(skip, Number.isFinite(most) ? skip + most : undefined);
  const wide = Math.max(1, Math.min(width, 4096));
  yield* dumpAll(tool, {
    bytes,
    from: skip,
    width: wide,
    formats,
    radix: radix.charAt(0),
    every: has(given, "v"),
  });
  return yield* tool.end(all.code);
}

function* readEverything(
  tool: Tool,
  names: readonly string[],
): Steps<{ text: string; code: number; some: boolean }> {
  let text = "";
  let code = 0;
  let some = false;
  for (const name of names.length > 0 ? names : ["-"]) {
    const fd = openOperand(tool.self, name);
    if (typeof fd !== "number") {
      yield* tool.error(`${quoteIfNeeded(name)}: ${errnoText(fd)}`);
      code = 1;
      continue;
    }
    some = true;
    text += yield* readAll(tool.self, fd);
    if (fd !== 0) closeFile(tool.self, fd);
  }
  return { text, code, some };
}

type Dump = {
  readonly bytes: string;
  readonly from: number;
  readonly width: number;
  readonly formats: readonly OdFormat[];
  readonly radix: string;
  readonly every: boolean;
};

function address(value: number, radix: string): string {
  if (radix === "n") return "";
  const base = radix === "d" ? 10 : radix === "x" ? 16 : 8;
  return value.toString(base).padStart(radix === "x" ? 6 : 7, "0");
}

function* dumpAll(tool: Tool, dump: Dump): Steps<void> {
  const { bytes, from, width, formats, radix, every } = dump;
  let last: string | undefined;
  let starred = false;
  const block = Math.max(...formats.map((one) => (one.width + 1) * Math.ceil(width / one.size)));
  for (let at = 0; at < bytes.length; at += width) {
    const part = bytes.slice(at, at + width);
    if (part === last && !every && at + width <= bytes.length) {
      if (!starred) tool.add("*\n");
      starred = true;
      continue;
    }
    last = part;
    starred = false;
    formats.forEach((format, index) => {
      const head = index === 0 ? address(from + at, radix) : " ".repeat(address(0, radix).length);
      tool.add(`${head}${drawOdLine(part, format, { width, block })}\n`);
    });
    yield* tool.flush();
  }
  if (radix !== "n") tool.add(`${address(from + bytes.length, radix)}\n`);
}
