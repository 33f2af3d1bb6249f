// Which unicast addresses beside its own a device listens to, for the devices upon it
// (linux/net/core/dev_addr_lists.c: dev_uc_add, dev_uc_del; net/core/dev.c: __dev_set_rx_mode).
// Policy: a device that cannot filter by address becomes promiscuous while there is one; one that can
// passes the address on to the device below it while it is up.
// Not here: groups (devAddrLists.ts).

import { countPromiscuity } from "./devChange.ts";
import type { NetDevice } from "./netDevice.ts";
import { linkedDevice } from "./notifier.ts";

/** One more user of an address on a device. */
export function devUcAdd(dev: NetDevice, mac: number): void {
  const users = dev.unicast.get(mac) ?? 0;
  const first = dev.unicast.size === 0;
  dev.unicast.set(mac, users + 1);
  if (users > 0) return;
  const below = passesOn(dev);
  if (below !== undefined) devUcAdd(below, mac);
  else if (first) countPromiscuity(dev, 1);
}

/** One user less; the last one ends it. */
export function devUcDel(dev: NetDevice, mac: number): void {
  const users = dev.unicast.get(mac);
  if (users === undefined) return;
  if (users > 1) {
    dev.unicast.set(mac, users - 1);
    return;
  }
  dev.unicast.delete(mac);
  const below = passesOn(dev);
  if (below !== undefined) devUcDel(below, mac);
  else if (dev.unicast.size === 0) countPromiscuity(dev, -1);
}

function passesOn(dev: NetDevice): NetDevice | undefined {
  return dev.ops.unicastFilter ? linkedDevice(dev) : undefined;
}
