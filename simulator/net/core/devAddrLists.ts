// Which link-layer groups a device listens to (linux/net/core/dev_addr_lists.c): `ip maddr` prints
// them in the order in which they came, with the count of their users.
// Policy: a VLAN device or macvlan that is up shows its groups to its parent (dev_mc_sync): each
// counts once more on the device itself and once on the parent. So who opens such a device calls
// `devMcSync` when IFF_UP is set, and who stops it calls `devMcUnsync` before IFF_UP is cleared.
// Not simulated: unicast address lists; veths take every frame anyway.

import type { NetDevice } from "./netDevice.ts";

/** One more user of a group on a device (dev_mc_add). */
export function devMcAdd(dev: NetDevice, mac: number): void {
  const users = dev.multicast.get(mac) ?? 0;
  dev.multicast.set(mac, users + 1);
  const parent = syncedTo(dev);
  if (users > 0 || parent === undefined) return;
  dev.multicast.set(mac, 2);
  devMcAdd(parent, mac);
}

/** One user less; the last one ends it (dev_mc_del). */
export function devMcDel(dev: NetDevice, mac: number): void {
  const users = dev.multicast.get(mac);
  if (users === undefined) return;
  const parent = syncedTo(dev);
  if (users > (parent === undefined ? 1 : 2)) {
    dev.multicast.set(mac, users - 1);
    return;
  }
  dev.multicast.delete(mac);
  if (parent !== undefined) devMcDel(parent, mac);
}

/** Shows all groups of a device that was just set up to its parent. */
export function devMcSync(dev: NetDevice): void {
  const parent = parentOf(dev);
  if (parent === undefined) return;
  dev.multicastSynced = true;
  for (const [mac, users] of dev.multicast) {
    dev.multicast.set(mac, users + 1);
    devMcAdd(parent, mac);
  }
}

/** Takes them back, before the device is down. */
export function devMcUnsync(dev: NetDevice): void {
  const parent = parentOf(dev);
  if (parent === undefined || !dev.multicastSynced) return;
  dev.multicastSynced = false;
  for (const [mac, users] of dev.multicast) {
    if (users > 1) dev.multicast.set(mac, users - 1);
    devMcDel(parent, mac);
  }
}

function syncedTo(dev: NetDevice): NetDevice | undefined {
  return dev.multicastSynced ? parentOf(dev) : undefined;
}

function parentOf(dev: NetDevice): NetDevice | undefined {
  const { driver } = dev;
  return driver.type === "vlan" || driver.type === "macvlan" ? driver.lower : undefined;
}
