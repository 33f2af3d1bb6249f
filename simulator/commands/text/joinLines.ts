// Programs that put lines of several files side by side: `paste`, `comm` and `join` of coreutils 9.1.
// Not simulated: join -e with -o auto, --header, --help, --version.

import { errnoText } from "../../net/core/errno.ts";
import type { Process } from "../../process/process.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { fail, notSimulated, tryHelp } from "../complain.ts";
import { quote, quoteAlways, quoteIfNeeded } from "../quoteName.ts";
import { has, lastValue, openTool, readOptions, type Tool } from "../tool.ts";
import { type Lines, openLines } from "./lines.ts";

const PASTE = { short: "d:sz", long: { delimiters: "d:", serial: "s", "zero-terminated": "z" } };

const LETTERS: Readonly<Record<string, string>> = {
  "0": "",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
};

/** Joins lines of files. */
export function* paste(self: Process): Execution {
  const given = yield* readOptions(self, PASTE);
  if (typeof given === "number") return given;
  const text = lastValue(given, "d") ?? "\t";
  if (/(?:^|[^\\])(?:\\\\)*\\$/.test(text)) {
    return yield* fail(self, `delimiter list ends with an unescaped backslash: ${text}`);
  }
  const delimiters = (text.match(/\\.|[^\\]/gs) ?? [""]).map((part) =>
    part.length > 1 ? (LETTERS[part.charAt(1)] ?? part.charAt(1)) : part,
  );
  const end = has(given, "z") ? "\0" : "\n";
  const tool = openTool(self);
  const files: (Lines | undefined)[] = [];
  let code = 0;
  const names = given.operands.length > 0 ? given.operands : ["-"];
  const input = names.includes("-") ? openLines(self, "-", end) : undefined;
  for (const name of names) {
    const lines = name === "-" ? (input ?? "EBADF") : openLines(self, name, end);
    if (typeof lines !== "string") files.push(lines);
    else {
      yield* tool.error(`${quoteIfNeeded(name)}: ${errnoText(lines)}`);
      code = 1;
      if (!has(given, "s")) return code;
    }
  }
  if (has(given, "s")) yield* pasteSerial(tool, files, { delimiters, end });
  else yield* pasteParallel(tool, files, { delimiters, end });
  return yield* tool.end(code);
}

type Pasting = { readonly delimiters: readonly string[]; readonly end: string };

function* pasteSerial(
  tool: Tool,
  files: readonly (Lines | undefined)[],
  { delimiters, end }: Pasting,
): Steps<void> {
  for (const lines of files) {
    for (let count = 0; lines !== undefined; count++) {
      const line = lines.ready() ?? (yield* lines.next());
      if (line === undefined) break;
      tool.add(count === 0 ? line : `${delimiters[(count - 1) % delimiters.length] ?? ""}${line}`);
      yield* tool.flush();
    }
    tool.add(end);
  }
}

function* pasteParallel(
  tool: Tool,
  files: (Lines | undefined)[],
  { delimiters, end }: Pasting,
): Steps<void> {
  for (;;) {
    const row: string[] = [];
    let some = false;
    for (const lines of files) {
      const line = lines === undefined ? undefined : (lines.ready() ?? (yield* lines.next()));
      some ||= line !== undefined;
      row.push(line ?? "");
    }
    if (!some) return;
    const text = row.map((cell, index) => {
      return index === 0 ? cell : `${delimiters[(index - 1) % delimiters.length] ?? ""}${cell}`;
    });
    if (tool.add(text.join("") + end)) yield* tool.flush();
  }
}

/** Everything of two files; a number when the program ends. */
function* readTwo(
  self: Process,
  operands: readonly string[],
  end: string,
): Steps<readonly [string[], string[]] | number> {
  const name = self.argv[0] ?? "";
  const [first, second, third] = operands;
  if (first === undefined) return yield* tryHelp(self, `${name}: missing operand`);
  if (second === undefined)
    return yield* tryHelp(self, `${name}: missing operand after ${quote(first)}`);
  if (third !== undefined) return yield* tryHelp(self, `${name}: extra operand ${quote(third)}`);
  const both: string[][] = [];
  for (const path of [first, second]) {
    const lines = openLines(self, path, end);
    if (typeof lines === "string") {
      return yield* fail(self, `${quoteIfNeeded(path)}: ${errnoText(lines)}`);
    }
    const all: string[] = [];
    for (;;) {
      const line = lines.ready() ?? (yield* lines.next());
      if (line === undefined) break;
      all.push(line);
    }
    if (lines.errno !== undefined) {
      return yield* fail(self, `${quoteIfNeeded(path)}: ${errnoText(lines.errno)}`);
    }
    lines.close();
    both.push(all);
  }
  return [both[0] ?? [], both[1] ?? []];
}

const COMM = {
  short: "123z",
  long: {
    "check-order": "check",
    "nocheck-order": "nocheck",
    "output-delimiter": "output:",
    total: "total",
    "zero-terminated": "z",
  },
};

/** Shows which lines two sorted files have in common. */
export function* comm(self: Process): Execution {
  const given = yield* readOptions(self, COMM);
  if (typeof given === "number") return given;
  const end = has(given, "z") ? "\0" : "\n";
  const files = yield* readTwo(self, given.operands, end);
  if (typeof files === "number") return files;
  const delimiter = lastValue(given, "output") ?? "\t";
  const shown = ["1", "2", "3"].map((column) => !has(given, column));
  const tool = openTool(self);
  const totals = [0, 0, 0];
  const heads = [
    "",
    shown[0] ? delimiter : "",
    (shown[0] ? delimiter : "") + (shown[1] ? delimiter : ""),
  ];
  const put = (column: number, line: string) => {
    totals[column] = (totals[column] ?? 0) + 1;
    if (shown[column]) tool.add(`${heads[column]}${line}${end}`);
  };
  const [left, right] = files;
  let [i, j] = [0, 0];
  let single = given.options.some(({ name }) => name === "check");
  const wrong = [false, false];
  while (i < left.length || j < right.length) {
    const [a, b] = [left[i], right[j]];
    const order = a === undefined ? 1 : b === undefined ? -1 : a < b ? -1 : a > b ? 1 : 0;
    if (order <= 0) i += 1;
    if (order >= 0) j += 1;
    single ||= order !== 0;
    put(order < 0 ? 0 : order > 0 ? 1 : 2, (order > 0 ? b : a) ?? "");
    yield* tool.flush();
    // Order only matters once a line was without a partner.
    for (const [index, lines, at, moved] of [
      [0, left, i, order <= 0],
      [1, right, j, order >= 0],
    ] as const) {
      const next = lines[at];
      const bad = moved && single && next !== undefined && next < (lines[at - 1] ?? "");
      if (!bad || wrong[index] || has(given, "nocheck")) continue;
      wrong[index] = true;
      yield* tool.error(`file ${index + 1} is not in sorted order`);
      if (has(given, "check")) return yield* tool.end(1);
    }
  }
  if (has(given, "total")) tool.add(`${totals.join(delimiter)}${delimiter}total${end}`);
  if (!wrong.includes(true)) return yield* tool.end(0);
  yield* tool.error("input is not in sorted order");
  return yield* tool.end(1);
}

const JOIN = {
  short: "a:e:i1:2:j:o:t:v:z",
  long: {
    "ignore-case": "i",
    "check-order": "check",
    "nocheck-order": "nocheck",
    header: "header",
  },
};

/** Joins lines of two sorted files that have a field in common. */
export function* join(self: Process): Execution {
  const given = yield* readOptions(self, JOIN);
  if (typeof given === "number") return given;
  if (has(given, "header", "o", "e", "z"))
    return yield* notSimulated(self, "join -o, -e, -z and --header");
  const files = yield* readTwo(self, given.operands, "\n");
  if (typeof files === "number") return files;
  const separator = lastValue(given, "t");
  const both = lastValue(given, "j");
  const fields = ["1", "2"].map((name) => Number(lastValue(given, name) ?? both ?? "1"));
  const wrong = fields.findIndex((field) => !Number.isInteger(field) || field < 1);
  if (wrong >= 0)
    return yield* fail(self, `invalid field number: ${quoteAlways(`${fields[wrong]}`)}`);
  const parse = (line: string, field: number) => {
    const parts =
      separator === undefined
        ? line.split(/[ \t]+/).filter((part) => part !== "")
        : line.split(separator);
    const key = parts[field - 1] ?? "";
    const rest = parts.filter((_, index) => index !== field - 1);
    return { key: has(given, "i") ? key.toUpperCase() : key, shown: key, rest };
  };
  const [left, right] = files.map((lines, index) =>
    lines.map((line) => parse(line, fields[index] ?? 1)),
  );
  if (left === undefined || right === undefined) return 1;
  const glue = separator ?? " ";
  const only = lastValue(given, "v");
  const also = given.options.filter(({ name }) => name === "a").map(({ value }) => value);
  const tool = openTool(self);
  const alone = (file: "1" | "2", row: { shown: string; rest: string[] }) => {
    if (only === file || also.includes(file)) tool.add(`${[row.shown, ...row.rest].join(glue)}\n`);
  };
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    const [a, b] = [left[i], right[j]];
    if (b === undefined || (a !== undefined && a.key < b.key)) {
      if (a !== undefined) alone("1", a);
      i += 1;
      continue;
    }
    if (a === undefined || b.key < a.key) {
      alone("2", b);
      j += 1;
      continue;
    }
    const same = (rows: readonly { key: string }[], from: number) => {
      let to = from;
      while (rows[to]?.key === a.key) to += 1;
      return to;
    };
    const [toLeft, toRight] = [same(left, i), same(right, j)];
    for (const x of left.slice(i, toLeft)) {
      for (const y of right.slice(j, toRight)) {
        if (only === undefined) tool.add(`${[x.shown, ...x.rest, ...y.rest].join(glue)}\n`);
        yield* tool.flush();
      }
    }
    [i, j] = [toLeft, toRight];
  }
  return yield* tool.end(0);
}
