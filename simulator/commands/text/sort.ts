// `sort` of coreutils 9.1 (sort(1)) in the C.UTF-8 locale: bytes compare as numbers.
// Not here: keys and how they compare (sortKeys.ts).
// Not simulated: --compress-program, --files0-from, --batch-size, --debug, -R; temporary files.

import { type Errno, errnoText } from "../../net/core/errno.ts";
import { write } from "../../process/io.ts";
import { setFile } from "../../process/openFiles.ts";
import type { Process } from "../../process/process.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { fail, notSimulated } from "../complain.ts";
import { quoteAlways, quoteIfNeeded } from "../quoteName.ts";
import { has, lastValue, openTool, readOptions } from "../tool.ts";
import { openLines } from "./lines.ts";
import {
  type Comparison,
  compareLines,
  type KeyRules,
  parseKey,
  RULES,
  rulesOf,
} from "./sortKeys.ts";

const TABLE = {
  short: "bcCdfghik:mMno:rRsS:t:T:uVyz",
  long: {
    "ignore-leading-blanks": "b",
    check: "check::",
    "dictionary-order": "d",
    "ignore-case": "f",
    "general-numeric-sort": "g",
    "human-numeric-sort": "h",
    "ignore-nonprinting": "i",
    key: "k:",
    merge: "m",
    "month-sort": "M",
    "numeric-sort": "n",
    output: "o:",
    reverse: "r",
    "random-sort": "R",
    stable: "s",
    sort: "sort:",
    "buffer-size": "S:",
    "field-separator": "t:",
    "temporary-directory": "T:",
    unique: "u",
    "version-sort": "V",
    "zero-terminated": "z",
    parallel: "parallel:",
    "files0-from": "odd:",
    "batch-size": "odd:",
    "compress-program": "odd:",
    "random-source": "odd:",
    debug: "odd",
  },
};

const SORT_WORDS: Readonly<Record<string, string>> = {
  "general-numeric": "g",
  "human-numeric": "h",
  month: "M",
  numeric: "n",
  random: "R",
  version: "V",
};

/** Prints the lines of all files in order. */
export function* sort(self: Process): Execution {
  const given = yield* readOptions(self, TABLE, { code: 2, argv: modern(self.argv) });
  if (typeof given === "number") return given;
  if (has(given, "R", "odd")) return yield* notSimulated(self, "sort -R and odd options");
  let separator = lastValue(given, "t");
  if (separator === "\\0") separator = "\0";
  if (separator === "") return yield* fail(self, "empty tab", 2);
  if (separator !== undefined && separator.length > 1) {
    return yield* fail(self, `multi-character tab ${quoteLocale(separator)}`, 2);
  }
  const letters = given.options.map(({ name, value }) =>
    name === "sort" ? (SORT_WORDS[value ?? ""] ?? "") : name,
  );
  const rules = rulesOf(letters.filter((letter) => letter.length === 1 && RULES.includes(letter)));
  const keys: KeyRules[] = [];
  for (const { name, value = "" } of given.options) {
    if (name !== "k") continue;
    const key = parseKey(value, rules);
    if (typeof key === "string") return yield* fail(self, key, 2);
    keys.push(key);
  }
  const clash = [rules, ...keys].map(incompatible).find((text) => text !== undefined);
  if (clash !== undefined) return yield* fail(self, `options '-${clash}' are incompatible`, 2);
  const comparison: Comparison = {
    keys: keys.length > 0 ? keys : [rules],
    separator,
    stable: has(given, "s", "u"),
    reverse: rules.reverse,
  };
  const checks = given.options.find(({ name }) => ["c", "C", "check"].includes(name));
  const end = has(given, "z") ? "\0" : "\n";
  const request: Request = {
    comparison,
    unique: has(given, "u"),
    end,
    names: given.operands,
    merged: has(given, "m"),
  };
  if (checks !== undefined) {
    const loud = checks.name === "c" || !["quiet", "silent"].includes(checks.value ?? "diagnose");
    if (given.operands.length > 1) {
      const letter = checks.name === "C" || !loud ? "C" : "c";
      const extra = quoteAlways(given.operands[1] ?? "");
      return yield* fail(self, `extra operand ${extra} not allowed with -${letter}`, 2);
    }
    return yield* check(self, request, checks.name !== "C" && loud);
  }
  return yield* sortAll(self, request, lastValue(given, "o"));
}

/** +1 -2 stands for -k2,2. */
function modern(argv: readonly string[]): string[] {
  const out: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const start = /^\+(\d+)(?:\.(\d+))?([a-zA-Z]*)$/.exec(argv[at] ?? "");
    if (start === null || out.includes("--")) {
      out.push(argv[at] ?? "");
      continue;
    }
    const end = /^-(\d+)(?:\.(\d+))?([a-zA-Z]*)$/.exec(argv[at + 1] ?? "");
    const [, field, char = "0", letters = ""] = start;
    const key = `${Number(field) + 1}.${Number(char) + 1}${letters}`;
    if (end !== null) at += 1;
    const to =
      end?.[2] === undefined || end[2] === "0" ? `${end?.[1]}` : `${Number(end[1]) + 1}.${end[2]}`;
    out.push("-k", end === null ? key : `${key},${to}${end[3] ?? ""}`);
  }
  return out;
}

function quoteLocale(text: string): string {
  return `‘${text}’`;
}

function incompatible(key: KeyRules): string | undefined {
  const kinds = [...(key.kind === "" ? "" : key.kinds)].sort().join("");
  return kinds.length > 1 ? kinds : undefined;
}

type Request = {
  readonly comparison: Comparison;
  readonly unique: boolean;
  readonly end: string;
  readonly names: readonly string[];
  /** -m: the files are in order. */
  readonly merged: boolean;
};

function* readEverything(self: Process, { names, end }: Request): Steps<string[][] | string> {
  const files: string[][] = [];
  for (const name of names.length > 0 ? names : ["-"]) {
    const missing = name !== "-" && "errno" in self.machine.files.stat(self, name);
    const lines = openLines(self, name, end);
    if (typeof lines === "string")
      return `cannot read: ${quoteIfNeeded(name)}: ${errnoText(lines)}`;
    if (missing) continue;
    const all: string[] = [];
    files.push(all);
    for (;;) {
      const line = lines.ready() ?? (yield* lines.next());
      if (line === undefined) break;
      all.push(line);
    }
    lines.close();
    if (lines.errno !== undefined) return readFailed(name, lines.errno);
  }
  return files;
}

/** Takes the smallest first line of all files, again and again. */
function merge(files: readonly string[][], compare: (a: string, b: string) => number): string[] {
  const at = files.map(() => 0);
  const out: string[] = [];
  for (;;) {
    let best = -1;
    files.forEach((file, index) => {
      const line = file[at[index] ?? 0];
      if (line === undefined) return;
      const least = best < 0 ? undefined : files[best]?.[at[best] ?? 0];
      if (least === undefined || compare(line, least) < 0) best = index;
    });
    if (best < 0) return out;
    out.push(files[best]?.[at[best] ?? 0] ?? "");
    at[best] = (at[best] ?? 0) + 1;
  }
}

function readFailed(name: string, errno: Errno): string {
  return `read failed: ${quoteIfNeeded(name)}: ${errnoText(errno)}`;
}

function* sortAll(self: Process, request: Request, output: string | undefined): Execution {
  const { comparison, unique, end } = request;
  const files = yield* readEverything(self, request);
  if (typeof files === "string") return yield* fail(self, files, 2);
  const compare = compareLines(comparison);
  const sorted = request.merged ? merge(files, compare) : files.flat().sort(compare);
  const kept = unique
    ? sorted.filter((line, index) => index === 0 || compare(sorted[index - 1] ?? "", line) !== 0)
    : sorted;
  if (output !== undefined) {
    const mode = { write: true, create: true, truncate: true };
    const file = self.machine.files.open(self, output, mode);
    if ("errno" in file) {
      const text = `open failed: ${quoteIfNeeded(output)}: ${errnoText(file.errno)}`;
      return yield* fail(self, text, 2);
    }
    setFile(self, 1, file);
  }
  const errno = yield* write(self, 1, kept.map((line) => line + end).join(""));
  if (errno === undefined) return 0;
  return yield* fail(
    self,
    `write failed: ${quoteAlways("standard output")}: ${errnoText(errno)}`,
    2,
  );
}

/** Says where the order is broken. */
function* check(self: Process, request: Request, loud: boolean): Execution {
  const tool = openTool(self);
  const files = yield* readEverything(self, request);
  if (typeof files === "string") return yield* fail(self, files, 2);
  const all = files.flat();
  const compare = compareLines(request.comparison);
  const wrong = all.findIndex((line, index) => {
    if (index === 0) return false;
    const order = compare(all[index - 1] ?? "", line);
    return request.unique ? order >= 0 : order > 0;
  });
  if (wrong < 0) return 0;
  const [name = "-"] = request.names;
  if (loud) yield* tool.error(`${quoteIfNeeded(name)}:${wrong + 1}: disorder: ${all[wrong]}`);
  return 1;
}
