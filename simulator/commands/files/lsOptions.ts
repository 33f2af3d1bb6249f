// The options of `ls` (ls(1)) and what they say about the look of a list.
// Not here: which files are listed (ls.ts).

import type { Process } from "../../process/process.ts";
import type { Given } from "../getopt.ts";
import { has, lastValue } from "../tool.ts";
import type { ListLook } from "./lsText.ts";

/** What `ls` takes. */
export const LS_OPTIONS = {
  short: "abcdfghiklmnopqrstuvw:xABCFGHI:LNQRST:UXZ1",
  long: {
    all: "a",
    "almost-all": "A",
    author: "odd",
    escape: "b",
    "ignore-backups": "B",
    directory: "d",
    classify: "classify::",
    "file-type": "file-type",
    format: "format:",
    "full-time": "full-time",
    "group-directories-first": "folders-first",
    "no-group": "G",
    "human-readable": "h",
    si: "si",
    "dereference-command-line": "H",
    hide: "hide:",
    "indicator-style": "indicator:",
    inode: "i",
    ignore: "I:",
    kibibytes: "k",
    dereference: "L",
    "numeric-uid-gid": "n",
    literal: "N",
    "hide-control-chars": "q",
    "show-control-chars": "show",
    "quote-name": "Q",
    reverse: "r",
    recursive: "R",
    size: "s",
    sort: "sort:",
    time: "time:",
    "time-style": "style:",
    tabsize: "T:",
    width: "w:",
    context: "Z",
    zero: "zero",
    color: "color::",
    "block-size": "odd:",
    hyperlink: "odd::",
  },
};

/** Letters for the words of --sort. */
export const SORTS: Readonly<Record<string, string>> = {
  none: "U",
  time: "t",
  size: "S",
  extension: "X",
  version: "v",
  width: "W",
};

const FORMATS: Readonly<Record<string, string>> = {
  verbose: "l",
  long: "l",
  commas: "m",
  horizontal: "x",
  across: "x",
  vertical: "C",
  "single-column": "1",
};

const LAYOUTS: Readonly<Record<string, ListLook["format"]>> = {
  l: "long",
  C: "columns",
  x: "across",
  m: "commas",
  "1": "lines",
};

const WORDS: Readonly<Record<string, readonly string[]>> = {
  format: Object.keys(FORMATS),
  sort: Object.keys(SORTS),
  indicator: ["none", "slash", "file-type", "classify"],
  color: ["always", "yes", "force", "never", "no", "none", "auto", "tty", "if-tty"],
};

/** Says which option got a word that it does not know. */
export function wrongWord(given: Given): string | undefined {
  for (const { name, value } of given.options) {
    const words = WORDS[name];
    if (words === undefined || value === undefined || words.includes(value)) continue;
    const full = name === "indicator" ? "indicator-style" : name;
    return `invalid argument ‘${value}’ for ‘--${full}’`;
  }
  return undefined;
}

/** The look that was asked for; on a terminal there are columns. */
export function listLook(self: Process, given: Given): ListLook {
  const terminal = self.files.get(1)?.terminal;
  const color = lastValue(given, "color") ?? (has(given, "color") ? "always" : "never");
  const painted = ["always", "yes", "force"].includes(color);
  const width = lastValue(given, "w") ?? terminal?.columns ?? self.environment.get("COLUMNS");
  return {
    format: formatOf(self, given),
    now: self.machine.clock.now,
    width: Number(width ?? 80) || 80,
    inode: has(given, "i"),
    blocks: has(given, "s"),
    human: has(given, "si") ? "si" : has(given, "h") ? "h" : undefined,
    owner: !has(given, "g"),
    group: !has(given, "o", "G"),
    numeric: has(given, "n"),
    context: has(given, "Z"),
    classify: classifyOf(given),
    quoting: quotingOf(given, terminal !== undefined),
    color: painted || (/^(auto|tty|if-tty)$/.test(color) && terminal !== undefined),
    timeStyle: has(given, "full-time") ? "full-iso" : (lastValue(given, "style") ?? "locale"),
    end: has(given, "zero") ? "\0" : "\n",
  };
}

function formatOf(self: Process, given: Given): ListLook["format"] {
  let layout: ListLook["format"] | undefined;
  for (const { name, value } of given.options) {
    const letter = name === "format" ? FORMATS[value ?? ""] : name;
    if (letter === undefined) continue;
    if ("lngo".includes(letter) || letter === "full-time") layout = "long";
    else if (letter === "1" || letter === "zero") layout = layout === "long" ? layout : "lines";
    else layout = LAYOUTS[letter] ?? layout;
  }
  const called = self.argv[0] ?? "";
  const many = self.files.get(1)?.terminal !== undefined || called.endsWith("dir");
  return layout ?? (called.endsWith("vdir") ? "long" : many ? "columns" : "lines");
}

function classifyOf(given: Given): ListLook["classify"] {
  const indicator = lastValue(given, "indicator");
  if (has(given, "F", "classify") || indicator === "classify") return "all";
  if (has(given, "file-type") || indicator === "file-type") return "types";
  return has(given, "p") || indicator === "slash" ? "folders" : undefined;
}

function quotingOf(given: Given, terminal: boolean): ListLook["quoting"] {
  if (has(given, "Q")) return "c";
  if (has(given, "b")) return "escape";
  if (has(given, "q")) return "marks";
  return has(given, "N") || !terminal ? "literal" : "shell";
}
