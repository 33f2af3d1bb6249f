// `cp` of coreutils 9.1 (cp(1)): files, folders with -r, symlinks as such with -d or -a.
// Not simulated: owners, times (-p keeps the mode only), backups, hard links, sparse files, --help,
// --version.

import { type Errno, errnoText } from "../../net/core/errno.ts";
import { lineReader, print, readOrErrno, warn, writeFile } from "../../process/io.ts";
import { closeFile, freeDescriptor } from "../../process/openFiles.ts";
import type { Process } from "../../process/process.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { fail, notSimulated } from "../complain.ts";
import { quoteAlways } from "../quoteName.ts";
import { has, readOptions } from "../tool.ts";
import { isSameFile, TARGET_OPTIONS, transfers } from "./targets.ts";

const TABLE = {
  short: "abdfHilLnprst:uvxPRS:TZ",
  long: {
    ...TARGET_OPTIONS,
    archive: "a",
    "no-dereference": "P",
    dereference: "L",
    "no-clobber": "n",
    recursive: "r",
    update: "u",
    "symbolic-link": "s",
    link: "l",
    "copy-contents": "contents",
    "remove-destination": "remove",
    preserve: "preserve::",
    "no-preserve": "preserve::",
    parents: "parents",
    "attributes-only": "odd",
    reflink: "reflink::",
    sparse: "reflink::",
    "one-file-system": "x",
  },
};

type Copying = {
  readonly self: Process;
  readonly recursive: boolean;
  readonly follow: boolean;
  readonly followOperands: boolean;
  readonly verbose: boolean;
  readonly keep: boolean;
  readonly ask: boolean;
  readonly remove: boolean;
  readonly update: boolean;
  readonly preserve: boolean;
  /** What is being copied, and the folder that was made for it: it is not to be copied itself. */
  top: { readonly from: string; readonly to: string; readonly inode: number } | undefined;
};

/** Copies files and folders. */
export function* cp(self: Process): Execution {
  const given = yield* readOptions(self, TABLE);
  if (typeof given === "number") return given;
  const odd = given.options.find(({ name }) =>
    ["b", "l", "s", "S", "odd", "backup", "parents"].includes(name),
  );
  if (odd !== undefined) return yield* notSimulated(self, `cp with -${odd.name}`);
  const list = yield* transfers(self, given);
  if (typeof list === "number") return list;
  const recursive = has(given, "r", "R", "a");
  const links = given.options.findLast(({ name }) => "PLdaH".includes(name))?.name;
  const overwrite = given.options.findLast(({ name }) => name === "n" || name === "i")?.name;
  const copying: Copying = {
    self,
    recursive,
    follow: links === "L" || (links === undefined && !recursive),
    followOperands: links === "H" || links === "L" || (links === undefined && !recursive),
    verbose: has(given, "v"),
    keep: overwrite === "n",
    ask: overwrite === "i",
    remove: has(given, "remove", "f"),
    update: has(given, "u"),
    preserve: has(given, "p", "a", "preserve"),
    top: undefined,
  };
  let code = 0;
  for (const { from, to } of list) {
    copying.top = undefined;
    if (!(yield* copyOne(copying, from, to, true))) code = 1;
  }
  return code;
}

function* complain(self: Process, text: string, errno?: Errno): Steps<boolean> {
  yield* fail(self, errno === undefined ? text : `${text}: ${errnoText(errno)}`);
  return false;
}

function* copyOne(copying: Copying, from: string, to: string, operand: boolean): Steps<boolean> {
  const { self, recursive } = copying;
  const { files } = self.machine;
  const follow = operand ? copying.followOperands : copying.follow;
  const source = files.stat(self, from, follow);
  if ("errno" in source) {
    return yield* complain(self, `cannot stat ${quoteAlways(from)}`, source.errno);
  }
  if (source.type === "directory" && !recursive) {
    return yield* complain(self, `-r not specified; omitting directory ${quoteAlways(from)}`);
  }
  const { top } = copying;
  if (source.inode === top?.inode) {
    const names = `${quoteAlways(top.from)}, into itself, ${quoteAlways(top.to)}`;
    return yield* complain(self, `cannot copy a directory, ${names}`);
  }
  const target = files.stat(self, to, source.type !== "symlink");
  const there = !("errno" in target);
  if (!there && target.errno !== "ENOENT") {
    return yield* complain(self, `cannot stat ${quoteAlways(to)}`, target.errno);
  }
  if (!there && source.type === "file" && typeof files.readLink(self, to) === "string") {
    return yield* complain(self, `not writing through dangling symlink ${quoteAlways(to)}`);
  }
  if (there) {
    if (isSameFile(self, from, to, follow)) {
      const names = `${quoteAlways(from)} and ${quoteAlways(to)}`;
      return yield* complain(self, `${names} are the same file`);
    }
    if (target.type === "directory" && source.type !== "directory") {
      const names = `directory ${quoteAlways(to)} with non-directory`;
      return yield* complain(
        self,
        `cannot overwrite ${names}${operand ? "" : ` ${quoteAlways(from)}`}`,
      );
    }
    if (target.type !== "directory" && source.type === "directory") {
      const names = `non-directory ${quoteAlways(to)} with directory ${quoteAlways(from)}`;
      return yield* complain(self, `cannot overwrite ${names}`);
    }
    if (source.type !== "directory") {
      if (copying.keep || (copying.update && target.modified >= source.modified)) return true;
      if (copying.ask && !(yield* agreed(self, `overwrite ${quoteAlways(to)}? `))) return true;
    }
  }
  if (source.type === "directory") return yield* copyFolder(copying, from, to, there);
  const done =
    source.type === "symlink"
      ? yield* copyLink(self, from, to, there)
      : yield* copyBytes(copying, { from, to, mode: source.mode, there });
  if (done && copying.verbose) yield* print(self, `${quoteAlways(from)} -> ${quoteAlways(to)}\n`);
  return done;
}

/** Asks on standard error; yes is what begins with y. */
export function* agreed(self: Process, question: string): Steps<boolean> {
  yield* warn(self, `${self.argv[0]}: ${question}`);
  return /^[yY]/.test((yield* lineReader(self, 0).next()) ?? "");
}

function* copyFolder(copying: Copying, from: string, to: string, there: boolean): Steps<boolean> {
  const { self } = copying;
  const { files } = self.machine;
  if (!there) {
    const errno = files.makeDirectory(self, to);
    if (errno !== undefined) {
      return yield* complain(self, `cannot create directory ${quoteAlways(to)}`, errno);
    }
    if (copying.verbose) yield* print(self, `${quoteAlways(from)} -> ${quoteAlways(to)}\n`);
  }
  const names = files.list(self, from, "stored");
  if ("errno" in names) {
    return yield* complain(self, `cannot access ${quoteAlways(from)}`, names.errno);
  }
  const made = files.stat(self, to);
  if (!("errno" in made)) copying.top ??= { from, to, inode: made.inode };
  let done = true;
  // In the order in which they were made.
  for (const name of [...names].reverse()) {
    const [source, target] = [from, to].map((path) => `${path.replace(/\/+$/, "")}/${name}`);
    if (!(yield* copyOne(copying, source ?? "", target ?? "", false))) done = false;
  }
  return done;
}

function* copyLink(self: Process, from: string, to: string, there: boolean): Steps<boolean> {
  const { files } = self.machine;
  const target = files.readLink(self, from);
  if (typeof target !== "string") {
    return yield* complain(self, `cannot read symbolic link ${quoteAlways(from)}`, target.errno);
  }
  if (there) files.remove(self, to);
  const errno = files.makeSymlink(self, target, to);
  if (errno === undefined) return true;
  return yield* complain(self, `cannot create symbolic link ${quoteAlways(to)}`, errno);
}

function* copyBytes(
  { self, remove, preserve }: Copying,
  { from, to, mode, there }: { from: string; to: string; mode: number; there: boolean },
): Steps<boolean> {
  const { files } = self.machine;
  const source = files.open(self, from, { read: true });
  if ("errno" in source) {
    return yield* complain(self, `cannot open ${quoteAlways(from)} for reading`, source.errno);
  }
  const fd = freeDescriptor(self, 3);
  self.files.set(fd, source);
  let target = files.open(self, to, { write: true, create: true, truncate: true });
  if ("errno" in target && there && remove && files.remove(self, to) === undefined) {
    target = files.open(self, to, { write: true, create: true, truncate: true });
  }
  if ("errno" in target) {
    closeFile(self, fd);
    if (target.errno === "EISDIR" && to.endsWith("/")) target = { errno: "ENOTDIR" };
    return yield* complain(self, `cannot create regular file ${quoteAlways(to)}`, target.errno);
  }
  let failure: { text: string; errno: Errno } | undefined;
  for (;;) {
    const bytes = yield* readOrErrno(self, fd, 65536);
    if (typeof bytes !== "string") {
      failure = { text: `error reading ${quoteAlways(from)}`, errno: bytes.errno };
    }
    if (typeof bytes !== "string" || bytes === "") break;
    const errno = yield* writeFile(self, target, bytes);
    if (errno === undefined) continue;
    failure = { text: `error writing ${quoteAlways(to)}`, errno };
    break;
  }
  closeFile(self, fd);
  target.release();
  if (!there || preserve) files.setMode(self, to, preserve ? mode : mode & ~self.umask & 0o777);
  return failure === undefined || (yield* complain(self, failure.text, failure.errno));
}
