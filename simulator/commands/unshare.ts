// `unshare` of util-linux 2.38 (unshare(1)): runs a program in new namespaces, or the shell.
// A namespace that was given a file lives on there.
// Not simulated: --root, --wd of the new root, --map-users and --map-groups, --setuid, --setgid, clocks;
// of mount, IPC, PID, user, cgroup and time namespaces only the number is new.

import { errnoText } from "../net/core/errno.ts";
import { print } from "../process/io.ts";
import { type NamespaceKind, unshareNamespaces } from "../process/namespaces.ts";
import type { Process } from "../process/process.ts";
import { onSignal, spawn, statusNumber, waitFor } from "../process/processTable.ts";
import { signalNumber } from "../process/signals.ts";
import type { Execution } from "../process/wait.ts";
import { fail, notSimulated, tryHelp } from "./complain.ts";
import { getopt } from "./getopt.ts";
import { runProgram } from "./nsenter.ts";

const TABLE = {
  short: "+hVmuinpCUTfrcR:w:S:G:",
  long: {
    help: "h",
    version: "V",
    mount: "m::",
    uts: "u::",
    ipc: "i::",
    net: "n::",
    pid: "p::",
    user: "U::",
    cgroup: "C::",
    time: "T::",
    fork: "f",
    "kill-child": "kill-child::",
    "mount-proc": "mount-proc::",
    "map-user": "map-user:",
    "map-users": "map-users:",
    "map-group": "map-group:",
    "map-groups": "map-groups:",
    "map-root-user": "r",
    "map-current-user": "c",
    "map-auto": "map-auto",
    propagation: "propagation:",
    setgroups: "setgroups:",
    "keep-caps": "keep-caps",
    setuid: "S:",
    setgid: "G:",
    root: "R:",
    wd: "w:",
    monotonic: "monotonic:",
    boottime: "boottime:",
  },
};

const KINDS: Readonly<Record<string, NamespaceKind>> = {
  m: "mnt",
  u: "uts",
  i: "ipc",
  n: "net",
  p: "pid",
  U: "user",
  C: "cgroup",
  T: "time",
};

type Wishes = {
  readonly kinds: Set<NamespaceKind>;
  readonly files: [NamespaceKind, string][];
  fork: boolean;
  folder: string | undefined;
};

/** Runs a program in new namespaces. */
export function* unshare(self: Process): Execution {
  const given = getopt(self.argv, TABLE);
  const wishes: Wishes = { kinds: new Set(), files: [], fork: false, folder: undefined };
  for (const { name, value } of given.options) {
    if (name === "h") return yield* help(self);
    if (name === "V") {
      yield* print(self, "unshare from util-linux 2.38.1\n");
      return 0;
    }
    const error = addWish(wishes, name, value);
    if (error?.startsWith("!")) return yield* notSimulated(self, `unshare ${error.slice(1)}`);
    if (error !== undefined) return yield* fail(self, error);
  }
  if (given.error !== undefined) return yield* tryHelp(self, given.error);
  unshareNamespaces(self, wishes.kinds);
  const refused = yield* bindFiles(self, wishes.files);
  if (refused !== 0) return refused;
  if (wishes.folder !== undefined) {
    const real = self.machine.files.realPath(self, wishes.folder);
    if (typeof real !== "string") {
      return yield* fail(self, `cannot chdir to '${wishes.folder}': ${errnoText(real.errno)}`);
    }
    self.cwd = real;
  }
  return yield* wishes.fork ? forkProgram(self, given.operands) : runProgram(self, given.operands);
}

function* help(self: Process): Execution {
  const { UNSHARE_HELP } = yield* self.machine.scheduler.fetch(import("./unshareHelp.ts"));
  yield* print(self, UNSHARE_HELP);
  return 0;
}

/** Takes one option; answers with an error, or after "!" with what is not simulated. */
function addWish(wishes: Wishes, name: string, value: string | undefined): string | undefined {
  const kind = KINDS[name];
  if (kind !== undefined) {
    if (kind === "pid") return "!--pid";
    wishes.kinds.add(kind);
    if (value !== undefined) wishes.files.push([kind, value]);
    return undefined;
  }
  switch (name) {
    case "f":
    case "kill-child":
      wishes.fork = true;
      return undefined;
    case "mount-proc":
      wishes.kinds.add("mnt");
      return undefined;
    case "r":
    case "c":
      wishes.kinds.add("user");
      return undefined;
    case "w":
      wishes.folder = value;
      return undefined;
    case "propagation":
      if (/^(slave|shared|private|unchanged)$/.test(value ?? "")) return undefined;
      return `unsupported propagation mode: ${value}`;
    case "setgroups":
      if (value === "allow" || value === "deny") return undefined;
      return `unsupported --setgroups argument '${value}'`;
    case "keep-caps":
      return undefined;
    case "R":
      return value === "/" ? undefined : "!--root";
    case "S":
    case "G":
      return value === "0" ? undefined : name === "S" ? "!--setuid" : "!--setgid";
    default:
      return `!--${name}`;
  }
}

function* bindFiles(self: Process, files: readonly [NamespaceKind, string][]): Execution {
  for (const [kind, path] of files) {
    const source = `/proc/${self.pid}/ns/${kind}`;
    const namespace = self.machine.files.namespaceAt(self, source);
    if ("errno" in namespace) continue;
    const errno = self.machine.files.bindNamespace(self, path, namespace);
    if (errno !== undefined) {
      return yield* fail(self, `mount ${source} on ${path} failed: ${errnoText(errno)}`);
    }
  }
  return 0;
}

function* forkProgram(self: Process, words: readonly string[]): Execution {
  onSignal(self, "INT", "ignore");
  onSignal(self, "TERM", "ignore");
  const child = spawn(self, {
    argv: self.argv,
    program: (started) => {
      onSignal(started, "INT", "default");
      onSignal(started, "TERM", "default");
      return runProgram(started, words);
    },
  });
  return statusNumber(yield* waitFor(self, child), signalNumber);
}
