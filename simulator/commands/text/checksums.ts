// `md5sum`, `sha1sum`, `sha256sum`, `cksum` and `sum` of coreutils 9.1.
// Not here: the digests (digests.ts).
// Not simulated: other digests, cksum -a, --tag, --strict, --help, --version.

import { errnoText } from "../../net/core/errno.ts";
import { type ReadError, readOrErrno } from "../../process/io.ts";
import { closeFile } from "../../process/openFiles.ts";
import type { ByteString, Process, Program } from "../../process/process.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { notSimulated } from "../complain.ts";
import { quoteIfNeeded } from "../quoteName.ts";
import { has, openTool, readOptions, type Tool } from "../tool.ts";
import { md5, posixCrc, sha1, sha256 } from "./digests.ts";
import { openOperand } from "./lines.ts";

/** All bytes of an operand, or why there are none. */
export function* readWhole(self: Process, name: string): Steps<ByteString | ReadError> {
  const fd = openOperand(self, name);
  if (typeof fd !== "number") return { errno: fd };
  const parts: ByteString[] = [];
  let failure: ReadError | undefined;
  for (;;) {
    const bytes = yield* readOrErrno(self, fd, 65536);
    if (typeof bytes !== "string") failure = bytes;
    if (typeof bytes !== "string" || bytes === "") break;
    parts.push(bytes);
  }
  if (fd !== 0) closeFile(self, fd);
  return failure ?? parts.join("");
}

/** Puts a line for each file. */
function* eachFile(
  tool: Tool,
  names: readonly string[],
  line: (bytes: ByteString, name: string) => string,
): Steps<number> {
  let code = 0;
  for (const name of names.length > 0 ? names : ["-"]) {
    const bytes = yield* readWhole(tool.self, name);
    if (typeof bytes !== "string") {
      yield* tool.error(`${quoteIfNeeded(name)}: ${errnoText(bytes.errno)}`);
      code = 1;
    } else if (tool.add(line(bytes, name))) yield* tool.flush();
  }
  return code;
}

const DIGEST = {
  short: "bctwz",
  long: {
    binary: "b",
    check: "c",
    text: "t",
    warn: "w",
    zero: "z",
    tag: "tag",
    quiet: "quiet",
    status: "status",
    strict: "strict",
    "ignore-missing": "ignore",
  },
};

function digestProgram(digest: (bytes: ByteString) => string, size: number): Program {
  return function* (self: Process): Execution {
    const given = yield* readOptions(self, DIGEST);
    if (typeof given === "number") return given;
    if (has(given, "tag", "strict", "ignore")) {
      return yield* notSimulated(self, `${self.argv[0]} --tag`);
    }
    const tool = openTool(self);
    if (has(given, "c")) {
      const how = { digest, size, quiet: has(given, "quiet"), silent: has(given, "status") };
      return yield* checkAll(tool, given.operands, how);
    }
    const mark = has(given, "b") ? "*" : " ";
    const end = has(given, "z") ? "\0" : "\n";
    const code = yield* eachFile(tool, given.operands, (bytes, name) => {
      return `${digest(bytes)} ${mark}${name}${end}`;
    });
    return yield* tool.end(code);
  };
}

type Checking = {
  readonly digest: (bytes: ByteString) => string;
  readonly size: number;
  readonly quiet: boolean;
  readonly silent: boolean;
};

type Tally = { good: number; bad: number; unreadable: number; malformed: number };

function* checkAll(tool: Tool, lists: readonly string[], how: Checking): Execution {
  const tally: Tally = { good: 0, bad: 0, unreadable: 0, malformed: 0 };
  for (const list of lists.length > 0 ? lists : ["-"]) {
    const text = yield* readWhole(tool.self, list);
    if (typeof text !== "string") {
      yield* tool.error(`${quoteIfNeeded(list)}: ${errnoText(text.errno)}`);
      return yield* tool.end(1);
    }
    for (const line of text.split("\n")) {
      if (line !== "") yield* checkLine(tool, line, { ...how, tally });
    }
    if (tally.good + tally.bad + tally.unreadable === 0) {
      const shown = list === "-" ? "'standard input'" : quoteIfNeeded(list);
      yield* tool.error(`${shown}: no properly formatted checksum lines found`);
      return yield* tool.end(1);
    }
  }
  const say = (count: number, one: string, many: string) => {
    return count === 0 ? undefined : count === 1 ? `1 ${one}` : `${count} ${many}`;
  };
  const notes = [
    say(tally.malformed, "line is improperly formatted", "lines are improperly formatted"),
    say(tally.unreadable, "listed file could not be read", "listed files could not be read"),
    say(tally.bad, "computed checksum did NOT match", "computed checksums did NOT match"),
  ];
  for (const note of notes) {
    if (note !== undefined && !how.silent) yield* tool.error(`WARNING: ${note}`);
  }
  return yield* tool.end(tally.bad + tally.unreadable > 0 ? 1 : 0);
}

function* checkLine(
  tool: Tool,
  line: string,
  { digest, size, quiet, silent, tally }: Checking & { readonly tally: Tally },
): Steps<void> {
  const match = /^([0-9a-fA-F]+) [ *](.+)$/.exec(line);
  if (match === null || match[1]?.length !== size) {
    tally.malformed += 1;
    return;
  }
  const [, sum = "", name = ""] = match;
  const bytes = yield* readWhole(tool.self, name);
  if (typeof bytes !== "string") {
    tally.unreadable += 1;
    yield* tool.error(`${quoteIfNeeded(name)}: ${errnoText(bytes.errno)}`);
    if (!silent) tool.add(`${name}: FAILED open or read\n`);
    return;
  }
  const fits = digest(bytes) === sum.toLowerCase();
  tally[fits ? "good" : "bad"] += 1;
  if (!silent && !(fits && quiet)) tool.add(`${name}: ${fits ? "OK" : "FAILED"}\n`);
}

export const md5sum = digestProgram(md5, 32);
export const sha1sum = digestProgram(sha1, 40);
export const sha256sum = digestProgram(sha256, 64);

/** CRC and size of files. */
export function* cksum(self: Process): Execution {
  const given = yield* readOptions(self, { short: "a:l:cw", long: {} });
  if (typeof given === "number") return given;
  if (given.options.length > 0) return yield* notSimulated(self, "cksum with options");
  const tool = openTool(self);
  const code = yield* eachFile(tool, given.operands, (bytes, name) => {
    const shown = given.operands.length === 0 ? "" : ` ${name}`;
    return `${posixCrc(bytes)} ${bytes.length}${shown}\n`;
  });
  return yield* tool.end(code);
}

/** The sum of BSD, or of System V. */
export function* sum(self: Process): Execution {
  const given = yield* readOptions(self, { short: "rs", long: { sysv: "s" } });
  if (typeof given === "number") return given;
  const system = given.options.at(-1)?.name === "s";
  const tool = openTool(self);
  const code = yield* eachFile(tool, given.operands, (bytes, name) => {
    const shown = given.operands.length === 0 ? "" : ` ${name}`;
    const value = system ? systemSum(bytes) : berkeleySum(bytes);
    if (system) return `${value} ${Math.ceil(bytes.length / 512)}${shown}\n`;
    const blocks = `${Math.ceil(bytes.length / 1024)}`.padStart(5);
    return `${`${value}`.padStart(5, "0")} ${blocks}${shown}\n`;
  });
  return yield* tool.end(code);
}

function berkeleySum(bytes: ByteString): number {
  let value = 0;
  for (let at = 0; at < bytes.length; at++) {
    value = ((value >> 1) + ((value & 1) << 15) + bytes.charCodeAt(at)) & 0xffff;
  }
  return value;
}

function systemSum(bytes: ByteString): number {
  let value = 0;
  for (let at = 0; at < bytes.length; at++) value = (value + bytes.charCodeAt(at)) >>> 0;
  const folded = (value & 0xffff) + (value >>> 16);
  return (folded & 0xffff) + (folded >>> 16);
}
