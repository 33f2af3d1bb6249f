// New namespaces for a process, and those of others (unshare(2), setns(2), namespaces(7)).
// Network and UTS namespaces are real here; of all others only the number changes.
// A mount namespace has its own mounts on the names under /run/netns, and its own /sys; no more.
// Not simulated: what else mount, PID, user, IPC, cgroup and time namespaces isolate.

import { createNet } from "../net/core/netLifecycle.ts";
import type { NamespaceFile } from "./fileSystem.ts";
import { leaveMounts, unshareMounts } from "./mountNamespaces.ts";
import type { Process } from "./process.ts";
import { enterNet } from "./processTable.ts";

/** Kinds of namespaces in the order in which the kernel makes new ones. */
export const NAMESPACE_KINDS = [
  "user",
  "mnt",
  "uts",
  "ipc",
  "pid",
  "cgroup",
  "net",
  "time",
] as const;

/** A kind of namespace as /proc/PID/ns names it. */
export type NamespaceKind = (typeof NAMESPACE_KINDS)[number];

/** Inodes of the namespaces that every process is in at the start, on the kernel that we follow. */
export const FIRST_NAMESPACES = {
  cgroup: 4026531835,
  ipc: 4026531839,
  mnt: 4026531841,
  pid: 4026531836,
  time: 4026531834,
  user: 4026531837,
} as const;

/** Puts the process into new namespaces of these kinds. */
export function unshareNamespaces(self: Process, kinds: ReadonlySet<NamespaceKind>): void {
  const { kernel } = self.machine;
  for (const kind of NAMESPACE_KINDS) {
    if (!kinds.has(kind)) continue;
    if (kind === "net") enterNet(self, createNet(kernel, self.net));
    else if (kind === "uts") self.uts = { hostname: self.uts.hostname, inode: kernel.nextInode++ };
    else if (kind === "mnt") unshareMounts(self, false);
    else self.otherNamespaces.set(kind, kernel.nextInode++);
  }
}

/** Puts the process into the namespace that a file stands for. */
export function enterNamespace(self: Process, file: NamespaceFile): void {
  if (file.kind === "net") enterNet(self, file.net);
  else if (file.kind === "uts") self.uts = file.uts;
  else if (file.kind === "mnt") enterMounts(self, file.inode);
  else self.otherNamespaces.set(file.kind, file.inode);
  if (file.kind === "mnt") self.sysNet = file.sysNet;
}

function enterMounts(self: Process, inode: number): void {
  if (inode === namespaceInode(self, "mnt")) return;
  leaveMounts(self);
  if (inode !== FIRST_NAMESPACES.mnt) self.otherNamespaces.set("mnt", inode);
}

/** Mounts /sys anew, for everybody in the mount namespace: it shows the devices of the process's network. */
export function mountSys(self: Process): void {
  const inode = namespaceInode(self, "mnt");
  for (const process of self.machine.processes.values()) {
    if (namespaceInode(process, "mnt") === inode) process.sysNet = self.net;
  }
}

/** The inode of one of a process's namespaces. */
export function namespaceInode(process: Process, kind: NamespaceKind): number {
  if (kind === "net") return process.net.inode;
  if (kind === "uts") return process.uts.inode;
  return process.otherNamespaces.get(kind) ?? FIRST_NAMESPACES[kind];
}
