// `nsenter` of util-linux 2.38 (nsenter(1)): runs a program in the namespaces of a process or file.
// Without a program it starts the shell. A new PID namespace makes it wait for its child.
// Not simulated: --root of another tree, --setuid, --setgid, --follow-context.

import { errnoText } from "../net/core/errno.ts";
import { print, warn } from "../process/io.ts";
import { enterNamespace, type NamespaceKind, namespaceInode } from "../process/namespaces.ts";
import type { Process } from "../process/process.ts";
import { exec, findProgram } from "../process/programLookup.ts";
import type { Execution, Steps } from "../process/wait.ts";
import { fail, notSimulated, tryHelp } from "./complain.ts";
import { getopt } from "./getopt.ts";

const TABLE = {
  short: "+ahVt:m::u::i::n::p::C::U::T::S:G:r::w::W::FZ",
  long: {
    all: "a",
    help: "h",
    version: "V",
    target: "t:",
    mount: "m::",
    uts: "u::",
    ipc: "i::",
    net: "n::",
    pid: "p::",
    user: "U::",
    cgroup: "C::",
    time: "T::",
    setuid: "S:",
    setgid: "G:",
    root: "r::",
    wd: "w::",
    wdns: "W::",
    "no-fork": "F",
    "preserve-credentials": "preserve-credentials",
    "follow-context": "Z",
  },
};

/** Kinds by option letter, in the order in which they are entered. */
const KINDS: Readonly<Record<string, NamespaceKind>> = {
  U: "user",
  C: "cgroup",
  i: "ipc",
  u: "uts",
  n: "net",
  p: "pid",
  m: "mnt",
  T: "time",
};

/** Runs a program in other namespaces. */
export function* nsenter(self: Process): Execution {
  const given = getopt(self.argv, TABLE);
  const files = new Map<string, string | undefined>();
  let target: number | undefined;
  let folder: string | undefined;
  for (const { name, value } of given.options) {
    if (name === "h") return yield* notSimulated(self, "nsenter --help");
    if (name === "V") {
      yield* print(self, "nsenter from util-linux 2.38.1\n");
      return 0;
    }
    if (name === "t") {
      if (!/^-?\d{1,10}$/.test(value ?? ""))
        return yield* fail(self, `failed to parse pid: '${value}'`);
      target = Number(value) >>> 0;
    } else if (name === "a") {
      for (const letter of "Ciunpm") if (!files.has(letter)) files.set(letter, undefined);
    } else if (KINDS[name] !== undefined) {
      files.set(name, value);
    } else if (name === "w") {
      folder = value ?? "";
    } else if (name === "S" || name === "G") {
      if (value !== "0") return yield* notSimulated(self, `nsenter -${name}`);
    } else if (
      name !== "F" &&
      name !== "preserve-credentials" &&
      !(name === "r" && value === undefined)
    ) {
      return yield* notSimulated(self, `nsenter -${name}`);
    }
  }
  if (given.error !== undefined) return yield* tryHelp(self, given.error);
  const refused = yield* enterAll(self, files, target);
  if (refused !== 0) return refused;
  if (folder !== undefined) {
    const path = folder === "" ? `/proc/${target}/cwd` : folder;
    const real = self.machine.files.realPath(self, path);
    if (typeof real !== "string") {
      return yield* fail(self, `cannot open ${path}: ${errnoText(real.errno)}`);
    }
    self.cwd = real;
  }
  return yield* runProgram(self, given.operands);
}

function* enterAll(
  self: Process,
  files: ReadonlyMap<string, string | undefined>,
  target: number | undefined,
): Execution {
  const opened = [];
  for (const [letter, file] of files) {
    const kind = KINDS[letter];
    if (kind === undefined) continue;
    if (file === undefined && !target) {
      return yield* fail(self, `neither filename nor target pid supplied for ns/${kind}`);
    }
    const path = file ?? `/proc/${target}/ns/${kind}`;
    const there = self.machine.files.stat(self, path);
    if ("errno" in there) {
      return yield* fail(self, `cannot open ${path}: ${errnoText(there.errno)}`);
    }
    opened.push({ kind, path });
  }
  const order = Object.values(KINDS);
  opened.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  for (const { kind, path } of opened) {
    const namespace = self.machine.files.namespaceAt(self, path);
    const isOwnUser =
      kind === "user" && "inode" in namespace && namespace.inode === namespaceInode(self, "user");
    if ("errno" in namespace || namespace.kind !== kind || isOwnUser) {
      return yield* fail(self, `reassociate to namespace 'ns/${kind}' failed: Invalid argument`);
    }
    enterNamespace(self, namespace);
  }
  return 0;
}

/** Goes on as the program, or as the shell when none is named. */
export function* runProgram(self: Process, words: readonly string[]): Execution {
  const command = words.length > 0 ? words : yield* shellWords(self);
  const found = findProgram(self, command[0] ?? "");
  if (!("errno" in found)) return yield* exec(self, command);
  yield* warn(
    self,
    `${self.argv[0]}: failed to execute ${command[0]}: ${errnoText(found.errno)}\n`,
  );
  return found.errno === "ENOENT" ? 127 : 126;
}

function* shellWords(self: Process): Steps<readonly string[]> {
  yield* [];
  const shell = self.environment.get("SHELL");
  return [shell === undefined || shell === "" ? "/bin/sh" : shell];
}
