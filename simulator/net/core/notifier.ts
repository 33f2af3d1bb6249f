// Who hears of a device: netlink's listeners (`ip monitor`) and the parts of the kernel that follow
// devices (linux/net/core/dev.c's netdev_chain, net/core/rtnetlink.c's rtmsg_ifinfo).
// Policy: netlink hears first, then the parts in the order in which they were attached. A message
// about a link names the namespace of its other end, so that namespace gets an id if it has none.
// Not here: what the events change (devChange.ts).

import type { NetlinkEvent } from "./kernel.ts";
import type { DeviceEvent, NetDevice } from "./netDevice.ts";
import type { Net } from "./netNamespace.ts";

/** Events that are told as an RTM_NEWLINK by themselves. */
const TOLD: ReadonlyMap<DeviceEvent, string> = new Map<DeviceEvent, string>([
  ["CHANGEMTU", ""],
  ["CHANGEADDR", ""],
  ["CHANGENAME", ""],
  ["CHANGEUPPER", ""],
  ["CHANGE_TX_QUEUE_LEN", ""],
  ["NOTIFY_PEERS", "NOTIFY PEERS"],
  ["FEAT_CHANGE", "FEATURE CHANGE"],
]);

/** Tells everybody what happened to a device. */
export function notifyDevice(dev: NetDevice, event: DeviceEvent): void {
  const word = dev.registered ? TOLD.get(event) : undefined;
  if (word !== undefined) tellLink(dev, word === "" ? {} : { event: word });
  for (const listener of dev.net.kernel.deviceListeners) listener(event, dev);
}

/** Tells a namespace's netlink listeners. */
export function tellNetlink(net: Net, event: NetlinkEvent): void {
  for (const listener of net.kernel.netlinkListeners) listener(net, event);
}

/** What a message about a link says beside the link. */
export type LinkNews = {
  readonly gone?: boolean;
  readonly event?: string;
  readonly newNsid?: number | undefined;
  readonly newIfindex?: number;
};

/** An RTM_NEWLINK for the device, or an RTM_DELLINK when it is gone. */
export function tellLink(dev: NetDevice, { gone = false, newNsid, ...news }: LinkNews = {}): void {
  numberLinkNet(dev);
  // Of a device that is going only the end is told.
  if (dev.net.kernel.netlinkListeners.size === 0 || (!gone && !dev.registered)) return;
  const nsid = newNsid === undefined ? {} : { newNsid };
  tellNetlink(dev.net, { type: "link", gone, dev, ...news, ...nsid });
}

/** Whoever is told of a device is told the id of the namespace of its other end: it gets one. */
export function numberLinkNet(dev: NetDevice): void {
  const other = linkedDevice(dev);
  if (other !== undefined && other.net !== dev.net) peerNetId(dev.net, other.net, true);
}

/** The device that IFLA_LINK names: a veth's peer, a subdevice's parent. */
export function linkedDevice(dev: NetDevice): NetDevice | undefined {
  const { driver } = dev;
  if (driver.type === "veth") return driver.peer;
  if (driver.type === "vlan" || driver.type === "macvlan") return driver.lower;
  return undefined;
}

/** The id by which `net` knows `other`; `assign` gives it the smallest free one if it has none. */
export function peerNetId(net: Net, other: Net, assign: boolean): number | undefined {
  const known = net.idOf.get(other);
  if (known !== undefined || !assign || !net.alive || !other.alive) return known;
  let nsid = 0;
  while (net.nsids.has(nsid)) nsid++;
  setPeerNetId(net, other, nsid);
  return nsid;
}

/** Gives `other` an id that is free. */
export function setPeerNetId(net: Net, other: Net, nsid: number): void {
  net.nsids.set(nsid, other);
  net.idOf.set(other, nsid);
  tellNetlink(net, { type: "nsid", gone: false, nsid });
}
