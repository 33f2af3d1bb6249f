// `mount` and `umount` of util-linux 2.38, as far as namespaces need them: the list of mounts, a
// namespace file bound to another file, and /sys mounted anew for the current network namespace.
// Not simulated: file systems of any other kind, /etc/fstab, options, propagation.

import { errnoText } from "../net/core/errno.ts";
import { print, warn } from "../process/io.ts";
import { netnsNamesOf } from "../process/mountNamespaces.ts";
import { mountSys } from "../process/namespaces.ts";
import type { Process } from "../process/process.ts";
import { MOUNTS } from "../process/procFiles.ts";
import type { Execution } from "../process/wait.ts";
import { fail, notSimulated, tryHelp } from "./complain.ts";
import { getopt } from "./getopt.ts";

const TABLE = {
  short: "aBcfFhilL:Mno:O:rRsT:t:U:vVw",
  long: {
    all: "a",
    bind: "B",
    help: "h",
    options: "o:",
    types: "t:",
    verbose: "v",
    version: "V",
    rbind: "R",
    "make-private": "make",
    "make-rprivate": "make",
    "make-shared": "make",
    "make-rshared": "make",
    "make-slave": "make",
    "make-rslave": "make",
  },
};

const HINT = "       dmesg(1) may have more information after failed mount system call.\n";

/** Shows or makes mounts; 32 when the kernel refuses. */
export function* mount(self: Process): Execution {
  const given = getopt(self.argv, TABLE);
  const value = (name: string) => given.options.find((option) => option.name === name)?.value;
  const has = (name: string) => given.options.some((option) => option.name === name);
  if (has("h")) return yield* notSimulated(self, "mount --help");
  if (has("V")) {
    yield* print(
      self,
      "mount from util-linux 2.38.1 (libmount 2.38.1: selinux, smack, btrfs, verity, namespaces, assert, debug)\n",
    );
    return 0;
  }
  if (given.error !== undefined) return yield* tryHelp(self, given.error);
  const [source, target] = given.operands;
  if (has("a") || has("make")) return 0;
  if (source === undefined) return yield* listMounts(self, value("t"));
  if (target === undefined) return yield* notSimulated(self, "mount from /etc/fstab");
  const bind = has("B") || (value("o") ?? "").split(",").includes("bind");
  if (bind) return yield* bindFile(self, source, target);
  const { files } = self.machine;
  const there = files.stat(self, target);
  if ("errno" in there) return yield* refuse(self, target, "mount point does not exist.");
  if (value("t") === "sysfs" && files.realPath(self, target) === "/sys") {
    mountSys(self);
    return 0;
  }
  const kind = value("t");
  return yield* notSimulated(self, kind === undefined ? "mount of a device" : `mount -t ${kind}`);
}

function* refuse(self: Process, target: string, reason: string): Execution {
  yield* warn(self, `mount: ${target}: ${reason}\n${HINT}`);
  return 32;
}

/** A line of /proc/mounts as mount(8) shows it. */
function* listMounts(self: Process, kind: string | undefined): Execution {
  for (const line of [...MOUNTS, ...namedNamespaces(self)]) {
    const [device, folder, type, options] = line.split(" ");
    if (kind !== undefined && kind !== type) continue;
    yield* print(self, `${device} on ${folder} type ${type} (${options})\n`);
  }
  return 0;
}

function namedNamespaces(self: Process): string[] {
  return [...netnsNamesOf(self)].reverse().map(([name]) => `nsfs /run/netns/${name} nsfs rw`);
}

function* bindFile(self: Process, source: string, target: string): Execution {
  const { files } = self.machine;
  if ("errno" in files.stat(self, target)) {
    return yield* refuse(self, target, "mount point does not exist.");
  }
  if ("errno" in files.stat(self, source)) {
    return yield* refuse(self, target, `special device ${source} does not exist.`);
  }
  const namespace = files.namespaceAt(self, source);
  if ("errno" in namespace) {
    // `ip netns` binds /run/netns to itself to share it; that changes nothing here.
    if (files.realPath(self, source) === files.realPath(self, target)) return 0;
    return yield* notSimulated(self, "mount --bind of anything but a namespace");
  }
  const errno = files.bindNamespace(self, target, namespace);
  return errno === undefined ? 0 : yield* fail(self, `${target}: ${errnoText(errno)}.`, 32);
}

/** Undoes the mount of a namespace file. */
export function* umount(self: Process): Execution {
  const given = getopt(self.argv, {
    short: "aAcdfhlnqO:rRt:vV",
    long: { lazy: "l", force: "f", all: "a", recursive: "R", help: "h", version: "V", quiet: "q" },
  });
  const odd = given.options.find(({ name }) => "aAhRV".includes(name));
  if (odd !== undefined) return yield* notSimulated(self, `umount -${odd.name}`);
  if (given.error !== undefined) return yield* tryHelp(self, given.error);
  if (given.operands.length === 0) return yield* tryHelp(self, "umount: bad usage");
  let code = 0;
  for (const path of given.operands) {
    const errno = self.machine.files.unbind(self, path);
    if (errno === undefined) continue;
    code = 32;
    if (errno === "ENOENT") yield* fail(self, `${path}: no mount point specified.`);
    else yield* fail(self, `${path}: not mounted.`);
  }
  return code;
}
