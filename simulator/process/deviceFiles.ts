// /dev: the devices that every Linux has and programs need (null(4), zero(4), full(4), random(4),
// tty(4)). Random bytes come from the machine's own chance.
// Not simulated: disks, consoles, /dev/ptmx.

import type { Errno } from "../net/core/errno.ts";
import {
  computedFolder,
  type DeviceNode,
  type FileNode,
  type FolderNode,
  folder,
  link,
} from "./fileNodes.ts";
import type { ByteString, OpenFile, Process } from "./process.ts";
import { pause } from "./scheduler.ts";

/** The folder /dev. */
export function deviceFolder(): FolderNode {
  return folder({
    fd: link("/proc/self/fd"),
    full: device("/dev/full", zeros, "ENOSPC"),
    null: device("/dev/null", () => ""),
    pts: computedFolder(terminals, "EACCES"),
    random: device("/dev/random", chance),
    shm: folder({}, 0o1777),
    stderr: link("/proc/self/fd/2"),
    stdin: link("/proc/self/fd/0"),
    stdout: link("/proc/self/fd/1"),
    tty: {
      type: "device",
      mode: 0o666,
      open: (self) => self.tty?.open() ?? { errno: "ENXIO" },
    },
    urandom: device("/dev/urandom", chance),
    zero: device("/dev/zero", zeros),
  });
}

type Source = (self: Process, max: number) => ByteString;

function device(label: string, read: Source, refusal?: Errno): DeviceNode {
  return { type: "device", mode: 0o666, open: () => openDevice(label, read, refusal) };
}

function openDevice(label: string, read: Source, refusal?: Errno): OpenFile {
  return {
    kind: "null",
    label,
    read: (self, max) => read(self, Math.min(max, 65536)),
    write: (_self, bytes) => (refusal === undefined ? bytes.length : { errno: refusal }),
    changed: pause,
    references: 1,
    release() {},
  };
}

function zeros(_self: Process, max: number): ByteString {
  return "\0".repeat(max);
}

function chance(self: Process, max: number): ByteString {
  const { random } = self.machine;
  return Array.from({ length: max }, () => String.fromCharCode(random.below(256))).join("");
}

/** /dev/pts: the terminals that sessions of the machine have. */
function terminals(self: Process): Record<string, FileNode> {
  const nodes: Record<string, FileNode> = {};
  for (const { tty } of self.machine.processes.values()) {
    const name = tty?.name.replace("/dev/pts/", "");
    if (tty === undefined || name === undefined) continue;
    nodes[name] = { type: "device", mode: 0o620, open: () => tty.open() };
  }
  return nodes;
}
