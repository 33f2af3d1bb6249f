// `mkdir`, `mkfifo`, `touch`, `mktemp` and `truncate` of coreutils 9.1.
// Not simulated: times of touch (-d, -r, -t set now), special bits of modes, sizes that are relative
// in truncate other than + and -, --help, --version.

import { type Errno, errnoText } from "../../net/core/errno.ts";
import { print } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { fail, notSimulated, tryHelp } from "../complain.ts";
import { quote, quoteAlways } from "../quoteName.ts";
import { has, lastValue, readOptions } from "../tool.ts";
import { changedMode, parseMode } from "./modes.ts";

const MKDIR = {
  short: "m:pvZ",
  long: { mode: "m:", parents: "p", verbose: "v", context: "Z" },
};

/** Makes folders. */
export function* mkdir(self: Process): Execution {
  const given = yield* readOptions(self, MKDIR);
  if (typeof given === "number") return given;
  if (given.operands.length === 0) return yield* tryHelp(self, `${self.argv[0]}: missing operand`);
  const text = lastValue(given, "m");
  const change = text === undefined ? undefined : parseMode(text);
  if (text !== undefined && change === undefined) {
    return yield* fail(self, `invalid mode ${quote(text)}`);
  }
  const { files } = self.machine;
  const [parents, verbose] = [has(given, "p"), has(given, "v")];
  let code = 0;
  for (const path of given.operands) {
    const refused = yield* makeFolder(self, path, { parents, verbose });
    if (refused !== undefined) {
      yield* fail(
        self,
        `cannot create directory ${quote(refused.path)}: ${errnoText(refused.errno)}`,
      );
      code = 1;
    } else if (change !== undefined) {
      files.setMode(self, path, changedMode(change, { mode: 0o777, folder: true, umask: 0 }));
    }
  }
  return code;
}

function* makeFolder(
  self: Process,
  path: string,
  { parents, verbose }: { parents: boolean; verbose: boolean },
): Steps<{ path: string; errno: Errno } | undefined> {
  const { files } = self.machine;
  if (path === "") return { path, errno: "ENOENT" };
  if (!parents) {
    const errno = files.makeDirectory(self, path);
    if (errno !== undefined) return { path, errno };
    if (verbose) yield* print(self, `${self.argv[0]}: created directory ${quoteAlways(path)}\n`);
    return undefined;
  }
  const parts = path.replace(/\/+$/, "").split(/(?<=[^/])\/+(?=[^/])/);
  for (let count = 1; count <= parts.length; count++) {
    const part = parts.slice(0, count).join("/") || "/";
    const status = files.stat(self, part);
    if (!("errno" in status) && status.type === "directory") continue;
    if (!("errno" in status) && count < parts.length) return { path: part, errno: "ENOTDIR" };
    const errno = files.makeDirectory(self, part);
    if (errno !== undefined) return { path: count === parts.length ? path : part, errno };
    if (verbose) yield* print(self, `${self.argv[0]}: created directory ${quoteAlways(part)}\n`);
  }
  return undefined;
}

/** Makes named pipes. */
export function* mkfifo(self: Process): Execution {
  const given = yield* readOptions(self, { short: "m:Z", long: { mode: "m:", context: "Z" } });
  if (typeof given === "number") return given;
  if (given.operands.length === 0) return yield* tryHelp(self, `${self.argv[0]}: missing operand`);
  const text = lastValue(given, "m");
  const change = text === undefined ? undefined : parseMode(text);
  if (text !== undefined && change === undefined) return yield* fail(self, "invalid mode");
  let code = 0;
  for (const path of given.operands) {
    const errno = self.machine.files.makeFifo(self, path);
    if (errno !== undefined) {
      yield* fail(self, `cannot create fifo ${quoteAlways(path)}: ${errnoText(errno)}`);
      code = 1;
    } else if (change !== undefined) {
      const mode = changedMode(change, { mode: 0o666, folder: false, umask: 0 });
      self.machine.files.setMode(self, path, mode);
    }
  }
  return code;
}

const TOUCH = {
  short: "acd:fhmr:t:",
  long: {
    "no-create": "c",
    date: "d:",
    "no-dereference": "h",
    reference: "r:",
    time: "time:",
  },
};

/** Sets times of files to now and makes those that are missing. */
export function* touch(self: Process): Execution {
  const given = yield* readOptions(self, TOUCH);
  if (typeof given === "number") return given;
  const dated = given.options.find(({ name }) => ["d", "r", "t"].includes(name));
  if (dated !== undefined) return yield* notSimulated(self, `touch -${dated.name}`);
  if (given.operands.length === 0) {
    return yield* tryHelp(self, `${self.argv[0]}: missing file operand`);
  }
  const { files } = self.machine;
  let code = 0;
  for (const path of given.operands) {
    const status = files.stat(self, path);
    const missing = "errno" in status;
    if (missing && has(given, "c") && status.errno === "ENOENT") continue;
    const errno = missing && path.endsWith("/") ? status.errno : files.touch(self, path);
    if (errno === undefined || errno === "EISDIR") continue;
    const what = missing && !path.endsWith("/") ? "touch" : "setting times of";
    const sentence =
      what === "touch" ? `cannot touch ${quoteAlways(path)}` : `${what} ${quoteAlways(path)}`;
    yield* fail(self, `${sentence}: ${errnoText(errno)}`);
    code = 1;
  }
  return code;
}

const MKTEMP = {
  short: "dp:qtuV",
  long: { directory: "d", "dry-run": "u", quiet: "q", suffix: "suffix:", tmpdir: "tmpdir::" },
};

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Makes a file or folder with a name that nobody has, and prints it. */
export function* mktemp(self: Process): Execution {
  const given = yield* readOptions(self, MKTEMP);
  if (typeof given === "number") return given;
  if (given.operands.length > 1) return yield* tryHelp(self, `${self.argv[0]}: too many templates`);
  const [operand] = given.operands;
  const suffix = lastValue(given, "suffix") ?? "";
  const template = operand ?? "tmp.XXXXXXXXXX";
  const match = /^(.*?)(X+)([^X]*)$/s.exec(template + suffix);
  const run = match?.[2] ?? "";
  if (suffix !== "" && !template.endsWith("X")) {
    return yield* fail(self, `with --suffix, template ${quote(template)} must end in X`);
  }
  if (match === null || run.length < 3) {
    return yield* fail(self, `too few X's in template ${quote(template)}`);
  }
  const inFolder = operand === undefined || has(given, "t", "p", "tmpdir");
  const asked = given.options.findLast(({ name }) => name === "p" || name === "tmpdir")?.value;
  const folder = asked || self.environment.get("TMPDIR") || "/tmp";
  if (inFolder && operand?.startsWith("/")) {
    const why = has(given, "t")
      ? ", contains directory separator"
      : "; with --tmpdir, it may not be absolute";
    return yield* fail(self, `invalid template, ${quote(operand)}${why}`);
  }
  const letters = Array.from(run, () => LETTERS.charAt(self.machine.random.below(LETTERS.length)));
  const name = `${match[1]}${letters.join("")}${match[3]}`;
  const path = inFolder ? `${folder.replace(/\/$/, "")}/${name}` : name;
  const errno = has(given, "u") ? undefined : makeTemporary(self, path, has(given, "d"));
  if (errno !== undefined) {
    if (has(given, "q")) return 1;
    const shown = inFolder
      ? `${folder.replace(/\/$/, "")}/${template}${suffix}`
      : template + suffix;
    const what = has(given, "d") ? "directory" : "file";
    return yield* fail(
      self,
      `failed to create ${what} via template ${quote(shown)}: ${errnoText(errno)}`,
    );
  }
  yield* print(self, `${path}\n`);
  return 0;
}

function makeTemporary(self: Process, path: string, folder: boolean): Errno | undefined {
  const { files } = self.machine;
  const errno = folder ? files.makeDirectory(self, path) : files.touch(self, path);
  return errno ?? files.setMode(self, path, folder ? 0o700 : 0o600);
}

const TRUNCATE = {
  short: "cos:r:",
  long: { "no-create": "c", "io-blocks": "o", size: "s:", reference: "r:" },
};

/** Cuts files or fills them up to a size. */
export function* truncate(self: Process): Execution {
  const given = yield* readOptions(self, TRUNCATE);
  if (typeof given === "number") return given;
  if (has(given, "o", "r")) return yield* notSimulated(self, "truncate -o and -r");
  const text = lastValue(given, "s");
  if (text === undefined) {
    return yield* tryHelp(
      self,
      `${self.argv[0]}: you must specify either ‘--size’ or ‘--reference’`,
    );
  }
  const match = /^([-+]?)(\d+)([KMG]?)$/.exec(text);
  if (match === null) return yield* fail(self, `Invalid number: ${quote(text)}`);
  if (given.operands.length === 0)
    return yield* tryHelp(self, `${self.argv[0]}: missing file operand`);
  const amount = Number(match[2]) * 1024 ** " KMG".indexOf(match[3] || " ");
  let code = 0;
  for (const path of given.operands) {
    const errno = resize(self, path, { sign: match[1] ?? "", amount, create: !has(given, "c") });
    if (errno === undefined) continue;
    yield* fail(self, `cannot open ${quoteAlways(path)} for writing: ${errnoText(errno)}`);
    code = 1;
  }
  return code;
}

function resize(
  self: Process,
  path: string,
  { sign, amount, create }: { sign: string; amount: number; create: boolean },
): Errno | undefined {
  const { files } = self.machine;
  const status = files.stat(self, path);
  if ("errno" in status && !create) return undefined;
  const before = "errno" in status ? 0 : status.size;
  const size =
    sign === "+" ? before + amount : sign === "-" ? Math.max(0, before - amount) : amount;
  const old = files.open(self, path, { read: true });
  const data = "errno" in old ? "" : old.read(self, size);
  if (!("errno" in old)) old.release();
  const file = files.open(self, path, { write: true, create: true, truncate: true });
  if ("errno" in file) return file.errno;
  const kept = typeof data === "string" && data !== "again" ? data : "";
  const room = 64 * 1024 * 1024;
  const taken =
    size > room ? ({ errno: "ENOSPC" } as const) : file.write(self, kept.padEnd(size, "\0"));
  file.release();
  return typeof taken === "object" ? taken.errno : undefined;
}
