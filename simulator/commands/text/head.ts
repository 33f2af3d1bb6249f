// `head` of coreutils 9.1 (head(1)). It ends as soon as it has what it needs, so that whoever writes
// into its pipe gets SIGPIPE.
// Not simulated: --help, --version.

import { errnoText } from "../../net/core/errno.ts";
import { readOrErrno } from "../../process/io.ts";
import { closeFile } from "../../process/openFiles.ts";
import type { Process } from "../../process/process.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { fail } from "../complain.ts";
import { quote, quoteAlways } from "../quoteName.ts";
import { has, openTool, readOptions, type Tool } from "../tool.ts";
import { parseCount } from "./count.ts";
import { openOperand, readLines } from "./lines.ts";

const TABLE = {
  short: "c:n:qvz",
  long: {
    bytes: "c:",
    lines: "n:",
    quiet: "q",
    silent: "q",
    verbose: "v",
    "zero-terminated": "z",
  },
};

type Part = {
  readonly unit: "lines" | "bytes";
  readonly count: number;
  /** All but the last `count`. */
  readonly fromEnd: boolean;
  readonly separator: string;
};

/** Prints the first lines or bytes of each file. */
export function* head(self: Process): Execution {
  const argv = self.argv.map((word, index) => (index === 1 ? modern(word) : word));
  const given = yield* readOptions(self, TABLE, { argv });
  if (typeof given === "number") return given;
  const option = given.options.findLast(({ name }) => name === "n" || name === "c");
  const unit = option?.name === "c" ? "bytes" : "lines";
  const text = option?.value ?? "10";
  const count = parseCount(text.replace(/^[-+]/, ""));
  if (count === undefined) {
    return yield* fail(self, `invalid number of ${unit}: ${quote(text.replace(/^[-+]/, ""))}`);
  }
  const separator = has(given, "z") ? "\0" : "\n";
  const part: Part = { unit, count, fromEnd: text.startsWith("-"), separator };
  const names = given.operands.length > 0 ? given.operands : ["-"];
  const loudness = given.options.findLast(({ name }) => name === "q" || name === "v")?.name;
  const headings = loudness === "v" || (loudness !== "q" && names.length > 1);
  const tool = openTool(self);
  let code = 0;
  let first = true;
  for (const name of names) {
    const fd = openOperand(self, name);
    if (typeof fd !== "number") {
      yield* tool.error(`cannot open ${quoteAlways(name)} for reading: ${errnoText(fd)}`);
      code = 1;
      continue;
    }
    if (headings) tool.add(heading(name, first));
    first = false;
    code = Math.max(code, yield* copy(tool, fd, { part, name }));
    if (fd !== 0) closeFile(self, fd);
  }
  return yield* tool.end(code);
}

/** `==> NAME <==`, after an empty line unless it is the first. */
export function heading(name: string, first: boolean): string {
  return `${first ? "" : "\n"}==> ${name === "-" ? "standard input" : name} <==\n`;
}

/** -5 stands for -n 5, -5c for -c 5. */
function modern(word: string): string {
  const match = /^-(\d+)([bkm]?)([clqvz]*)$/.exec(word);
  if (match === null) return word;
  const [, digits = "", unit = "", letters = ""] = match;
  const bytes = unit !== "" || letters.includes("c");
  const rest = letters.replace(/[cl]/g, "");
  return `-${rest}${bytes ? "c" : "n"}${digits}${unit}`;
}

function* copy(
  tool: Tool,
  fd: number,
  { part, name }: { part: Part; name: string },
): Steps<number> {
  const errno = part.fromEnd
    ? yield* allButLast(tool, fd, part)
    : part.unit === "bytes"
      ? yield* firstBytes(tool, fd, part.count)
      : yield* firstLines(tool, fd, part);
  if (errno === undefined) return 0;
  yield* tool.error(`error reading ${quoteAlways(name)}: ${errno}`);
  return 1;
}

function* firstLines(
  tool: Tool,
  fd: number,
  { count, separator }: Part,
): Steps<string | undefined> {
  if (count === 0) return undefined;
  const lines = readLines(tool.self, fd, separator);
  for (let left = count; left > 0; left--) {
    const line = lines.ready() ?? (yield* lines.next());
    if (line === undefined) break;
    if (tool.add(lines.terminated ? line + separator : line)) yield* tool.flush();
  }
  lines.giveBack();
  return lines.errno === undefined ? undefined : errnoText(lines.errno);
}

function* firstBytes(tool: Tool, fd: number, count: number): Steps<string | undefined> {
  for (let left = count; left > 0; ) {
    const bytes = yield* readOrErrno(tool.self, fd, Math.min(left, 65536));
    if (typeof bytes !== "string") return errnoText(bytes.errno);
    if (bytes === "") break;
    left -= bytes.length;
    if (tool.add(bytes)) yield* tool.flush();
  }
  return undefined;
}

function* allButLast(tool: Tool, fd: number, part: Part): Steps<string | undefined> {
  const { count, separator, unit } = part;
  if (unit === "bytes") {
    let kept = "";
    for (;;) {
      const bytes = yield* readOrErrno(tool.self, fd, 65536);
      if (typeof bytes !== "string") return errnoText(bytes.errno);
      if (bytes === "") return undefined;
      kept += bytes;
      const extra = Math.max(0, kept.length - count);
      if (tool.add(kept.slice(0, extra))) yield* tool.flush();
      kept = kept.slice(extra);
    }
  }
  const lines = readLines(tool.self, fd, separator);
  const kept: string[] = [];
  for (;;) {
    const line = lines.ready() ?? (yield* lines.next());
    if (line === undefined) return lines.errno === undefined ? undefined : errnoText(lines.errno);
    kept.push(lines.terminated ? line + separator : line);
    if (kept.length > count && tool.add(kept.shift() ?? "")) yield* tool.flush();
  }
}
