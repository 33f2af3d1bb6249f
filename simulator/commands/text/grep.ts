// `grep` of GNU grep 3.8 (grep(1)), also as egrep, fgrep and rgrep.
// Not here: searching files (grepFile.ts), expressions (regex.ts).
// Not simulated: --devices, --unix-byte-offsets, --binary (no difference here), --help, --version;
// -P knows what Perl's and POSIX's expressions share, \d, \K, lazy repeats and lookaround.

import { type Errno, errnoText } from "../../net/core/errno.ts";
import { readAll, warn } from "../../process/io.ts";
import { closeFile } from "../../process/openFiles.ts";
import type { OpenFile, Process } from "../../process/process.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { compilePattern, matches } from "../../shell/expand/pattern.ts";
import { fail, notSimulated } from "../complain.ts";
import { type Given, getopt } from "../getopt.ts";
import { has, lastValue, openTool, type Tool } from "../tool.ts";
import { type GrepLook, grepDescriptor, printSummary } from "./grepFile.ts";
import { openOperand } from "./lines.ts";
import { compileRegex, compileStrings, type Regex } from "./regex.ts";
import type { RegexNode, RegexSyntax } from "./regexSyntax.ts";

const TABLE = {
  short: "0123456789A:B:C:D:EFGHILPTUVX:abcd:e:f:hiLlm:noqRrsuvwxyZz",
  long: {
    "basic-regexp": "G",
    "extended-regexp": "E",
    "fixed-regexp": "F",
    "fixed-strings": "F",
    "perl-regexp": "P",
    "after-context": "A:",
    "before-context": "B:",
    "binary-files": "binary:",
    "line-buffered": "eager",
    "byte-offset": "b",
    context: "C:",
    color: "color::",
    colour: "color::",
    count: "c",
    devices: "D:",
    directories: "d:",
    exclude: "exclude:",
    "exclude-from": "odd:",
    "exclude-dir": "exclude-dir:",
    file: "f:",
    "files-with-matches": "l",
    "files-without-match": "L",
    "group-separator": "separator:",
    help: "help",
    include: "include:",
    "ignore-case": "i",
    "no-ignore-case": "case",
    "initial-tab": "T",
    label: "label:",
    "line-number": "n",
    "line-regexp": "x",
    "max-count": "m:",
    "no-filename": "h",
    "no-group-separator": "no-separator",
    "no-messages": "s",
    null: "Z",
    "null-data": "z",
    "only-matching": "o",
    quiet: "q",
    recursive: "r",
    "dereference-recursive": "R",
    regexp: "e:",
    "invert-match": "v",
    silent: "q",
    text: "a",
    version: "V",
    "with-filename": "H",
    "word-regexp": "w",
  },
};

const USAGE =
  "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n";

/** Prints lines that match. */
export function* grep(self: Process): Execution {
  const given = getopt(self.argv, TABLE);
  const asked = given.options.find(({ name }) => ["help", "V", "odd"].includes(name));
  if (asked !== undefined) return yield* notSimulated(self, `${self.argv[0]} with -${asked.name}`);
  if (given.error !== undefined) {
    yield* warn(self, `${given.error}\n${USAGE}`);
    return 2;
  }
  const limits = readLimits(given);
  if (typeof limits === "string") return yield* fail(self, limits, 2);
  const patterns = yield* readPatterns(self, given);
  if (patterns === undefined) {
    yield* warn(self, USAGE);
    return 2;
  }
  if ("error" in patterns) return yield* fail(self, patterns.error, 2);
  const regex = compile(self, given, patterns.list);
  if (typeof regex === "string") return yield* fail(self, regex, 2);
  for (const warning of regex?.warnings ?? []) yield* fail(self, `warning: ${warning}`);
  const operands = patterns.operands;
  const recursive =
    has(given, "r", "R") ||
    (self.argv[0] ?? "").endsWith("rgrep") ||
    lastValue(given, "d") === "recurse";
  const names = operands.length > 0 ? operands : [recursive ? "" : "-"];
  const tool = openTool(self);
  tool.eager ||= has(given, "eager");
  const searching: Searching = {
    tool,
    regex,
    look: lookOf(self, given, { ...limits, many: names.length > 1 || recursive }),
    recursive,
    follow: has(given, "R"),
    silent: has(given, "s"),
    skipFolders: lastValue(given, "d") === "skip",
    given,
    found: false,
    failed: false,
  };
  for (const name of names) {
    yield* searchOperand(searching, name);
    if (searching.found && searching.look.quiet) return 0;
  }
  const code = searching.failed ? 2 : searching.found ? 0 : 1;
  return yield* tool.end(code, 2);
}

type Limits = { readonly before: number; readonly after: number; readonly most: number };

/** -A, -B, -C, -NUM and -m; a text says which number is none. */
function readLimits({ options }: Given): Limits | string {
  let [before, after, both, most] = [-1, -1, -1, Number.POSITIVE_INFINITY];
  let digits = "";
  let previous = false;
  for (const { name, value = "" } of options) {
    if (/^\d$/.test(name)) {
      digits = previous ? digits + name : name;
      both = Number(digits);
    }
    previous = /^\d$/.test(name);
    if (name === "m") {
      if (!/^[-+]?\d+$/.test(value)) return "invalid max count";
      most = Number(value) < 0 ? Number.POSITIVE_INFINITY : Number(value);
    }
    if (!"ABC".includes(name)) continue;
    if (!/^\+?\d+$/.test(value)) return `${value}: invalid context length argument`;
    if (name === "A") after = Number(value);
    else if (name === "B") before = Number(value);
    else both = Number(value);
  }
  const context = Math.max(0, both);
  return { before: before < 0 ? context : before, after: after < 0 ? context : after, most };
}

type Patterns = { readonly list: readonly string[]; readonly operands: readonly string[] };

function* readPatterns(
  self: Process,
  given: Given,
): Steps<Patterns | { readonly error: string } | undefined> {
  const list: string[] = [];
  let named = false;
  for (const { name, value = "" } of given.options) {
    if (name === "e") list.push(...value.split("\n"));
    if (name === "f") {
      const fd = openOperand(self, value);
      if (typeof fd !== "number") return { error: `${value}: ${errnoText(fd)}` };
      const text = yield* readAll(self, fd);
      if (fd !== 0) closeFile(self, fd);
      if (text !== "") list.push(...text.replace(/\n$/, "").split("\n"));
    }
    named ||= name === "e" || name === "f";
  }
  if (named) return { list, operands: given.operands };
  const [first, ...operands] = given.operands;
  return first === undefined ? undefined : { list: first.split("\n"), operands };
}

/** The expression of all patterns; undefined when there is none. */
function compile(
  self: Process,
  given: Given,
  patterns: readonly string[],
): Regex | string | undefined {
  const called = /([ef]?)grep$/.exec(self.argv[0] ?? "")?.[1]?.toUpperCase();
  const style = given.options.findLast(({ name }) => "EFGP".includes(name))?.name ?? called;
  const caseless = given.options.findLast(({ name }) => ["i", "y", "case"].includes(name))?.name;
  const syntax: RegexSyntax = {
    style: style === "E" ? "extended" : style === "P" ? "perl" : "basic",
    lenient: true,
    ignoreCase: caseless === "i" || caseless === "y",
  };
  if (patterns.length === 0) return undefined;
  if (style === "P" && patterns.length > 1) return "the -P option only supports a single pattern";
  const [around, behind] = has(given, "x")
    ? (["lineStart", "lineEnd"] as const)
    : (["notAfterWord", "notBeforeWord"] as const);
  const wrap = (node: RegexNode): RegexNode => ({
    type: "sequence",
    nodes: [{ type: "place", place: around }, node, { type: "place", place: behind }],
  });
  const wrapped = has(given, "x", "w") ? wrap : undefined;
  return style === "F"
    ? compileStrings(patterns, syntax, wrapped)
    : compileRegex(patterns, syntax, wrapped);
}

function lookOf(self: Process, given: Given, limits: Limits & { many: boolean }): GrepLook {
  const color = given.options.find(({ name }) => name === "color");
  const terminal = self.files.get(1)?.kind === "tty";
  const painted = color !== undefined && /^(always|yes|force)$/.test(color.value ?? "");
  const auto = color !== undefined && /^(auto|tty|if-tty)$/.test(color.value ?? "auto") && terminal;
  const lists = given.options.findLast(({ name }) => name === "l" || name === "L")?.name;
  const heads = given.options.findLast(({ name }) => name === "H" || name === "h")?.name;
  const quiet = has(given, "q");
  return {
    before: limits.before,
    after: limits.after,
    most: limits.most,
    invert: has(given, "v"),
    names: heads === "H" || (heads !== "h" && limits.many),
    numbers: has(given, "n"),
    offsets: has(given, "b"),
    tab: has(given, "T"),
    only: has(given, "o"),
    what: quiet
      ? "nothing"
      : lists === "l"
        ? "files"
        : lists === "L"
          ? "others"
          : has(given, "c")
            ? "count"
            : "lines",
    quiet,
    nameEnd: has(given, "Z") ? "\0" : undefined,
    end: has(given, "z") ? "\0" : "\n",
    binary:
      has(given, "a") || lastValue(given, "binary") === "text"
        ? "text"
        : has(given, "I") || lastValue(given, "binary") === "without-match"
          ? "none"
          : "remark",
    color: painted || auto,
    separator: has(given, "no-separator") ? undefined : (lastValue(given, "separator") ?? "--"),
    label: lastValue(given, "label") ?? "(standard input)",
  };
}

type Searching = {
  readonly tool: Tool;
  readonly regex: Regex | undefined;
  readonly look: GrepLook;
  readonly recursive: boolean;
  readonly follow: boolean;
  readonly silent: boolean;
  readonly skipFolders: boolean;
  readonly given: Given;
  found: boolean;
  failed: boolean;
};

function* complain(searching: Searching, name: string, errno: Errno): Steps<void> {
  searching.failed = true;
  if (!searching.silent) yield* searching.tool.error(`${name}: ${errnoText(errno)}`);
}

function* searchOperand(searching: Searching, name: string): Steps<void> {
  const { tool, recursive } = searching;
  const { files } = tool.self.machine;
  const path = name === "" ? "." : name;
  const status = name === "-" ? undefined : files.stat(tool.self, path);
  if (status !== undefined && !("errno" in status) && status.type === "directory") {
    if (searching.skipFolders) return;
    if (recursive) {
      if (!isLeftOut(searching, path, true, true)) yield* searchFolder(searching, path, name);
      return;
    }
  }
  if (name !== "-" && isLeftOut(searching, name, false, true)) return;
  yield* searchFile(searching, name);
}

/** --include, --exclude and --exclude-dir. */
function isLeftOut({ given }: Searching, path: string, folder: boolean, operand: boolean): boolean {
  const name = operand ? path : path.slice(path.lastIndexOf("/") + 1);
  const fits = (pattern = "") =>
    matches(compilePattern(pattern, { extended: false }), name) ||
    matches(compilePattern(pattern, { extended: false }), name.slice(name.lastIndexOf("/") + 1));
  const rules = given.options.filter((option) =>
    folder ? option.name === "exclude-dir" : option.name === "include" || option.name === "exclude",
  );
  const last = rules.findLast(({ value }) => fits(value));
  if (last !== undefined) return last.name !== "include";
  return rules[0]?.name === "include";
}

function* searchFolder(searching: Searching, path: string, shown: string): Steps<void> {
  const { tool, look, follow } = searching;
  const { files } = tool.self.machine;
  const names = files.list(tool.self, path, "stored");
  if ("errno" in names) {
    yield* complain(searching, path, names.errno);
    return;
  }
  for (const name of names) {
    if (searching.found && look.quiet) return;
    const inside = `${path.replace(/\/$/, "")}/${name}`;
    const label = shown === "" ? name : `${shown.replace(/\/$/, "")}/${name}`;
    const status = files.stat(tool.self, inside, follow);
    if ("errno" in status) {
      yield* complain(searching, label, status.errno);
      continue;
    }
    const folder = status.type === "directory";
    if (isLeftOut(searching, label, folder, false)) continue;
    if (folder) yield* searchFolder(searching, inside, label);
    else if (status.type === "file") yield* searchFile(searching, label, inside);
  }
}

function* searchFile(searching: Searching, name: string, path = name): Steps<void> {
  const { tool, regex, look } = searching;
  const { self } = tool;
  const fd = openOperand(self, path);
  if (typeof fd !== "number") {
    yield* complain(searching, name, fd);
    return;
  }
  const input = self.files.get(fd);
  const output = self.files.get(1);
  if (input?.kind === "file" && output?.kind === "file" && look.what === "lines" && look.most > 1) {
    if (input.label === output.label) {
      searching.failed = true;
      if (!searching.silent) yield* tool.error(`${name}: input file is also the output`);
      if (fd !== 0) closeFile(self, fd);
      return;
    }
  }
  const shown = name === "-" ? look.label : name;
  const width = look.tab ? numberWidth(self, input) : 0;
  const result = yield* grepDescriptor(tool, { fd, name: shown, regex, look, width });
  if (fd !== 0) closeFile(self, fd);
  if (result.errno !== undefined) yield* complain(searching, shown, result.errno);
  yield* printSummary(tool, { look, name: shown }, result.count);
  const found = result.count > 0;
  searching.found ||= look.what === "others" ? !found : found;
}

/** As wide as the size of a file; as the largest number where there is no size. */
function numberWidth(self: Process, file: OpenFile | undefined): number {
  const status = file?.kind === "file" ? self.machine.files.stat(self, file.label) : undefined;
  return status === undefined || "errno" in status ? 19 : `${status.size}`.length;
}
