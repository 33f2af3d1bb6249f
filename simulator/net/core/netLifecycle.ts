// How a network namespace begins and ends (linux/net/core/net_namespace.c).
// Policy: it lives as long as somebody holds it (a process, a name, a socket); a moment
// after the last has let go the kernel deletes its devices, and ids of it disappear elsewhere.
// Not here: what the protocols keep for it (kernel.makeProtocols).

import { makeLoopback } from "../drivers/loopback.ts";
import { devicesInOrder } from "./devChange.ts";
import type { Refusal } from "./errno.ts";
import type { Kernel } from "./kernel.ts";
import type { Net } from "./netNamespace.ts";
import { peerNetId, setPeerNetId, tellNetlink } from "./notifier.ts";
import { unregisterDevices } from "./registerDevice.ts";

/** From the last holder's end to the clean-up, microseconds: done before the next program starts. */
const CLEANUP_DELAY = 500;

/** A new namespace with a loopback device that is down; nobody holds it yet. */
export function createNet(kernel: Kernel, creator?: Net): Net {
  // The loopback device needs its namespace first, so it follows at once.
  const net = {
    kernel,
    inode: kernel.nextInode++,
    devices: new Map(),
    byName: new Map(),
    lastIfindex: 0,
    nsids: new Map(),
    idOf: new Map(),
    ...kernel.makeProtocols(creator),
    taps: new Set(),
    protocolTaps: new Set(),
    holders: 0,
    alive: true,
    sysctls: new Map(),
    counters: new Map(),
  } as unknown as Net;
  for (const listener of kernel.netListeners) listener.made(net);
  net.loopback = makeLoopback(net);
  kernel.namespaces.add(net);
  return net;
}

/** One more holder. */
export function holdNet(net: Net): void {
  net.holders++;
}

/** One holder fewer; the last one's end is the namespace's. */
export function releaseNet(net: Net): void {
  net.holders--;
  const { kernel } = net;
  if (net.holders > 0 || !net.alive || net === kernel.initNet) return;
  net.alive = false;
  kernel.clock.after(CLEANUP_DELAY, () => cleanUp(net));
}

/** The id by which `net` knows `other`; `assign` gives it the smallest free one if it has none. */
export function nsidOf(net: Net, other: Net, assign: boolean): number | undefined {
  return peerNetId(net, other, assign);
}

/** Gives `other` the id that the user wants (RTM_NEWNSID). */
export function setNsid(net: Net, other: Net, nsid: number | "auto"): Refusal | undefined {
  if (peerNetId(net, other, false) !== undefined) {
    return { errno: "EEXIST", message: "Peer netns already has a nsid assigned" };
  }
  if (nsid === "auto") {
    peerNetId(net, other, true);
    return undefined;
  }
  if (net.nsids.has(nsid)) {
    return { errno: "EEXIST", message: "The specified nsid is already used" };
  }
  setPeerNetId(net, other, nsid);
  return undefined;
}

function cleanUp(net: Net): void {
  const { kernel } = net;
  kernel.namespaces.delete(net);
  for (const other of kernel.namespaces) forget(other, net);
  for (const dev of devicesInOrder(net).reverse()) {
    if (!dev.registered || dev === net.loopback) continue;
    const remove = kernel.linkKinds.get(dev.driver.type)?.remove;
    if (remove === undefined) unregisterDevices([dev]);
    else remove(dev);
  }
  unregisterDevices([net.loopback]);
  for (const listener of kernel.netListeners) listener.ended(net);
}

function forget(net: Net, ended: Net): void {
  const nsid = net.idOf.get(ended);
  if (nsid === undefined) return;
  net.nsids.delete(nsid);
  net.idOf.delete(ended);
  tellNetlink(net, { type: "nsid", gone: true, nsid });
}
