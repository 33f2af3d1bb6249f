// `tail` of coreutils 9.1 (tail(1)). With -f it looks at its files so often that it shows what is
// added as soon as inotify would tell it.
// Not simulated: --max-unchanged-stats, --retry, --help, --version; -F follows the descriptor.

import { errnoText } from "../../net/core/errno.ts";
import { readOrErrno, sleep } from "../../process/io.ts";
import { closeFile } from "../../process/openFiles.ts";
import type { Process } from "../../process/process.ts";
import { sendSignal } from "../../process/processTable.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { fail, notSimulated } from "../complain.ts";
import { parseInterval } from "../interval.ts";
import { quote, quoteAlways } from "../quoteName.ts";
import { has, lastValue, openTool, readOptions, type Tool } from "../tool.ts";
import { parseCount } from "./count.ts";
import { heading } from "./head.ts";
import { openOperand } from "./lines.ts";

/** How often -f looks, in microseconds. */
const INTERVAL = 20_000;

const TABLE = {
  short: "c:n:fFqs:vz",
  long: {
    bytes: "c:",
    lines: "n:",
    follow: "follow::",
    quiet: "q",
    silent: "q",
    verbose: "v",
    "sleep-interval": "s:",
    pid: "pid:",
    retry: "retry",
    "zero-terminated": "z",
  },
};

type Part = {
  readonly unit: "lines" | "bytes";
  readonly count: number;
  /** +N: from the Nth on. */
  readonly fromStart: boolean;
  readonly separator: string;
};

type Followed = { readonly name: string; readonly fd: number };

/** Prints the last lines or bytes of each file. */
export function* tail(self: Process): Execution {
  const argv = self.argv.flatMap((word, index) => (index === 1 ? modern(word) : [word]));
  const given = yield* readOptions(self, TABLE, { argv });
  if (typeof given === "number") return given;
  if (has(given, "pid", "retry")) return yield* notSimulated(self, "tail --pid and --retry");
  const option = given.options.findLast(({ name }) => name === "n" || name === "c");
  const unit = option?.name === "c" ? "bytes" : "lines";
  const text = option?.value ?? "10";
  const count = parseCount(text.replace(/^[-+]/, ""));
  if (count === undefined) return yield* fail(self, `invalid number of ${unit}: ${quote(text)}`);
  const interval = parseInterval(lastValue(given, "s") ?? "1");
  if (interval === undefined) {
    return yield* fail(self, `invalid number of seconds: ${quote(lastValue(given, "s") ?? "")}`);
  }
  const separator = has(given, "z") ? "\0" : "\n";
  const part: Part = { unit, count, fromStart: text.startsWith("+"), separator };
  const names = given.operands.length > 0 ? given.operands : ["-"];
  const loudness = given.options.findLast(({ name }) => name === "q" || name === "v")?.name;
  const headings = loudness === "v" || (loudness !== "q" && names.length > 1);
  const digits = /^-(\d+)$/.exec(self.argv[1] ?? "")?.[1];
  if (digits !== undefined && given.operands.length > 1) {
    return yield* fail(self, `option used in invalid context -- ${digits.charAt(0)}`);
  }
  const tool = openTool(self);
  const follow = has(given, "f", "F", "follow");
  let code = 0;
  const followed: Followed[] = [];
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
    const done = yield* copy(tool, { name, fd }, part);
    if (!done) code = 1;
    const kept = done && follow && !(name === "-" && self.files.get(0)?.kind === "pipe");
    if (kept) followed.push({ name, fd });
    else if (fd !== 0) closeFile(self, fd);
  }
  yield* tool.drain();
  if (follow && followed.length > 0) {
    yield* followAll(tool, followed, headings);
  }
  if (follow && code === 1 && followed.length === 0) yield* tool.error("no files remaining");
  return yield* tool.end(code);
}

/** -5 stands for -n 5, +5 for -n +5, -5f for -n 5 -f. */
function modern(word: string): string[] {
  const match = /^([-+])(\d+)([bcl]?)(f?)$/.exec(word);
  if (match === null) return [word];
  const [, sign = "", digits = "", unit = "", follow = ""] = match;
  const number = unit === "b" ? Number(digits) * 512 : digits;
  const option = unit === "b" || unit === "c" ? "-c" : "-n";
  return [`${option}${sign === "+" ? "+" : ""}${number}`, ...(follow === "" ? [] : ["-f"])];
}

function* copy(tool: Tool, { name, fd }: Followed, part: Part): Steps<boolean> {
  const { count, separator, unit, fromStart } = part;
  const keep = fromStart ? Number.POSITIVE_INFINITY : count;
  let kept = "";
  let skip = fromStart ? Math.max(0, count - 1) : 0;
  for (;;) {
    const bytes = yield* readOrErrno(tool.self, fd, 65536);
    if (typeof bytes !== "string") {
      yield* tool.error(`error reading ${quoteAlways(name)}: ${errnoText(bytes.errno)}`);
      return false;
    }
    if (bytes === "") break;
    if (!fromStart) {
      kept += bytes;
      if (unit === "bytes") kept = kept.slice(Math.max(0, kept.length - count));
      else if (kept.length > 1 << 20) kept = lastLines(kept, keep, separator);
      continue;
    }
    let at = 0;
    if (unit === "bytes") {
      at = Math.min(skip, bytes.length);
      skip -= at;
    } else {
      for (; skip > 0 && at < bytes.length; skip--) {
        const end = bytes.indexOf(separator, at);
        at = end < 0 ? bytes.length : end + 1;
        if (end < 0) break;
      }
    }
    if (tool.add(bytes.slice(at))) yield* tool.flush();
  }
  if (!fromStart && tool.add(unit === "lines" ? lastLines(kept, keep, separator) : kept)) {
    yield* tool.flush();
  }
  return true;
}

function lastLines(text: string, count: number, separator: string): string {
  if (count === 0) return "";
  let at = text.length - (text.endsWith(separator) ? 1 : 0);
  for (let left = count; left > 0; left--) {
    at = at <= 0 ? -1 : text.lastIndexOf(separator, at - 1);
    if (at < 0) return text;
  }
  return text.slice(at + 1);
}

/** Prints what is added to the files, for ever. */
function* followAll(tool: Tool, files: readonly Followed[], headings: boolean): Steps<void> {
  const { self } = tool;
  const sizes = new Map<number, number>();
  let shown = files.at(-1)?.fd;
  for (;;) {
    for (const { name, fd } of files) {
      yield* noteTruncation(tool, { name, fd }, sizes);
      const bytes = yield* readOrErrno(self, fd, 65536);
      if (typeof bytes !== "string" || bytes === "") continue;
      if (headings && shown !== fd) tool.add(heading(name, false));
      shown = fd;
      tool.add(bytes);
      yield* tool.drain();
    }
    if (nobodyReads(self)) {
      sendSignal(self, "PIPE");
      return;
    }
    yield* sleep(self, INTERVAL);
  }
}

/** True when the other end of the output's pipe is closed. */
function nobodyReads(self: Process): boolean {
  const file = self.files.get(1);
  return file?.kind === "pipe" && typeof file.write(self, "") === "object";
}

function* noteTruncation(
  tool: Tool,
  { name, fd }: Followed,
  sizes: Map<number, number>,
): Steps<void> {
  const { self } = tool;
  const file = self.files.get(fd);
  if (file?.position === undefined || file.kind !== "file") return;
  const status = self.machine.files.stat(self, file.label);
  if ("errno" in status) return;
  if (status.size < (sizes.get(fd) ?? 0)) {
    yield* tool.error(`${name}: file truncated`);
    file.position = 0;
  }
  sizes.set(fd, status.size);
}
