// Mount namespaces of processes (mount_namespaces(7)): each has its own mounts on the names under
// /run/netns and ends with the last process in it.
// Not simulated: what else is mounted; /sys is a property of the process.

import { releaseNet } from "../net/core/netLifecycle.ts";
import type { NetnsNames } from "./netnsNames.ts";
import type { Process } from "./process.ts";

/** Puts the process into a copy of its mount namespace; what is mounted there later gets into a slave. */
export function unshareMounts(self: Process, isSlave: boolean): void {
  const inode = self.machine.kernel.nextInode++;
  netnsNamesOf(self).copyTo(inode, isSlave);
  leaveMounts(self);
  self.otherNamespaces.set("mnt", inode);
}

/** The names of network namespaces as the process sees them. */
export function netnsNamesOf(self: Process): NetnsNames {
  return self.machine.netnsNames.in(self.otherNamespaces.get("mnt"));
}

/** The process is about to leave its mount namespace, which ends with the last one in it. */
export function leaveMounts(self: Process): void {
  const inode = self.otherNamespaces.get("mnt");
  self.otherNamespaces.delete("mnt");
  if (inode === undefined) return;
  for (const { otherNamespaces } of self.machine.processes.values()) {
    if (otherNamespaces.get("mnt") === inode) return;
  }
  for (const net of self.machine.netnsNames.end(inode)) releaseNet(net);
}
