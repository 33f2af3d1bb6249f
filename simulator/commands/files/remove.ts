// `rm`, `rmdir` and `unlink` of coreutils 9.1 (rm(1), rmdir(1), unlink(1)).
// Not simulated: --one-file-system, --help, --version.

import { type Errno, errnoText } from "../../net/core/errno.ts";
import { lineReader, print, warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { fail, tryHelp } from "../complain.ts";
import { quote, quoteAlways } from "../quoteName.ts";
import { has, readOptions } from "../tool.ts";

const RM = {
  short: "dfirvIR",
  long: {
    force: "f",
    interactive: "interactive::",
    "one-file-system": "one",
    "no-preserve-root": "no-root",
    "preserve-root": "root::",
    recursive: "r",
    dir: "d",
    verbose: "v",
  },
};

type Removal = {
  readonly self: Process;
  readonly force: boolean;
  readonly recursive: boolean;
  readonly folders: boolean;
  readonly verbose: boolean;
  readonly ask: boolean;
  readonly keepRoot: boolean;
  readonly answers: ReturnType<typeof lineReader>;
};

/** Removes files, and folders when asked to. */
export function* rm(self: Process): Execution {
  const given = yield* readOptions(self, RM);
  if (typeof given === "number") return given;
  const mood = given.options.findLast(({ name }) => ["f", "i", "I", "interactive"].includes(name));
  if (given.operands.length === 0) {
    return mood?.name === "f" ? 0 : yield* tryHelp(self, `${self.argv[0]}: missing operand`);
  }
  const removal: Removal = {
    self,
    force: mood?.name === "f",
    recursive: has(given, "r", "R"),
    folders: has(given, "d"),
    verbose: has(given, "v"),
    ask:
      mood?.name === "i" || (mood?.name === "interactive" && !/^(no|ne|o)/.test(mood.value ?? "")),
    keepRoot: !has(given, "no-root"),
    answers: lineReader(self, 0),
  };
  if (mood?.name === "I" && (removal.recursive || given.operands.length > 3)) {
    const count = given.operands.length;
    const things = `${count} argument${count === 1 ? "" : "s"}`;
    const how = removal.recursive ? " recursively" : "";
    if (!(yield* agreed(removal, `remove ${things}${how}? `))) return 0;
  }
  let code = 0;
  for (const path of given.operands) {
    if (!(yield* removeOperand(removal, path))) code = 1;
  }
  return code;
}

function* agreed({ self, answers }: Removal, question: string): Steps<boolean> {
  yield* warn(self, `${self.argv[0]}: ${question}`);
  return /^[yY]/.test((yield* answers.next()) ?? "");
}

function* removeOperand(removal: Removal, path: string): Steps<boolean> {
  const { self } = removal;
  const { files } = self.machine;
  const last = path.replace(/\/+$/, "").split("/").at(-1);
  if (removal.recursive && (last === "." || last === "..")) {
    const text = `refusing to remove '.' or '..' directory: skipping ${quoteAlways(path)}`;
    yield* fail(self, text);
    return false;
  }
  if (removal.recursive && removal.keepRoot && files.realPath(self, path) === "/") {
    const same = path === "/" ? "" : ` (same as ${quoteAlways("/")})`;
    yield* fail(self, `it is dangerous to operate recursively on ${quoteAlways(path)}${same}`);
    yield* fail(self, "use --no-preserve-root to override this failsafe");
    return false;
  }
  return yield* removeTree(removal, path);
}

function* removeTree(removal: Removal, path: string): Steps<boolean> {
  const { self, recursive, ask } = removal;
  const { files } = self.machine;
  const status = files.stat(self, path, false);
  if ("errno" in status) {
    if (removal.force && (status.errno === "ENOENT" || status.errno === "ENOTDIR")) return true;
    return yield* refuse(self, path, status.errno);
  }
  const folder = status.type === "directory";
  if (!folder) {
    const kind = kindWords(status.type, status.size);
    if (ask && !(yield* agreed(removal, `remove ${kind} ${quoteAlways(path)}? `))) return true;
    const errno = files.remove(self, path);
    if (errno !== undefined) return yield* refuse(self, path, errno);
    if (removal.verbose) yield* print(self, `removed ${quoteAlways(path)}\n`);
    return true;
  }
  if (!recursive && !removal.folders) return yield* refuse(self, path, "EISDIR");
  const names = files.list(self, path, "stored");
  if ("errno" in names) return yield* refuse(self, path, names.errno);
  if (!recursive && names.length > 0) return yield* refuse(self, path, "ENOTEMPTY");
  if (ask && names.length > 0) {
    if (!(yield* agreed(removal, `descend into directory ${quoteAlways(path)}? `))) return true;
  }
  let done = true;
  for (const name of names) {
    if (!(yield* removeTree(removal, `${path.replace(/\/+$/, "")}/${name}`))) done = false;
  }
  if (!done) return false;
  if (ask && !(yield* agreed(removal, `remove directory ${quoteAlways(path)}? `))) return true;
  const errno = files.remove(self, path, true);
  if (errno !== undefined) return yield* refuse(self, path, errno);
  if (removal.verbose) yield* print(self, `removed directory ${quoteAlways(path)}\n`);
  return true;
}

function* refuse(self: Process, path: string, errno: Errno): Steps<boolean> {
  yield* fail(self, `cannot remove ${quoteAlways(path)}: ${errnoText(errno)}`);
  return false;
}

function kindWords(type: string, size: number): string {
  if (type === "file") return size === 0 ? "regular empty file" : "regular file";
  if (type === "symlink") return "symbolic link";
  return type === "device" ? "character special file" : "fifo";
}

const RMDIR = {
  short: "pv",
  long: { parents: "p", verbose: "v", "ignore-fail-on-non-empty": "i" },
};

/** Removes empty folders. */
export function* rmdir(self: Process): Execution {
  const given = yield* readOptions(self, RMDIR);
  if (typeof given === "number") return given;
  const { operands } = given;
  if (operands.length === 0) return yield* tryHelp(self, `${self.argv[0]}: missing operand`);
  let code = 0;
  for (const operand of operands) {
    let path = operand;
    for (let first = true; ; first = false) {
      const what = first ? "" : "directory ";
      if (has(given, "v")) {
        yield* print(self, `${self.argv[0]}: removing directory, ${quoteAlways(path)}\n`);
      }
      const errno = removeEmpty(self, path);
      if (errno !== undefined) {
        if (errno === "ENOTEMPTY" && has(given, "i")) break;
        yield* fail(self, `failed to remove ${what}${quoteAlways(path)}: ${errnoText(errno)}`);
        code = 1;
        break;
      }
      const cut = path.replace(/\/+$/, "").lastIndexOf("/");
      if (!has(given, "p") || cut <= 0) break;
      path = path.slice(0, cut).replace(/\/+$/, "");
    }
  }
  return code;
}

/** rmdir(2) refuses to remove dots. */
function removeEmpty(self: Process, path: string): Errno | undefined {
  const last = path.replace(/\/+$/, "").split("/").at(-1);
  if (last === ".") return "EINVAL";
  return last === ".." ? "ENOTEMPTY" : self.machine.files.remove(self, path, true);
}

/** Removes one file. */
export function* unlink(self: Process): Execution {
  const given = yield* readOptions(self, { short: "" });
  if (typeof given === "number") return given;
  const [path, extra] = given.operands;
  if (path === undefined) return yield* tryHelp(self, `${self.argv[0]}: missing operand`);
  if (extra !== undefined) {
    return yield* tryHelp(self, `${self.argv[0]}: extra operand ${quote(extra)}`);
  }
  const errno = self.machine.files.remove(self, path);
  if (errno === undefined) return 0;
  return yield* fail(self, `cannot unlink ${quoteAlways(path)}: ${errnoText(errno)}`);
}
