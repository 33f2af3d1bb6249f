// What arp(8) asks for by ioctl (linux/net/ipv4/arp.c, arp_ioctl): `arp -s` and `arp -d`.
// Policy: without a device the route to the address names it, so an address of our own (by lo) is
// refused and one without a route is unreachable. A published address is a proxied one; without a
// device it needs a device that has the MAC.
// Not here: listing, which reads /proc/net/arp; netlink's requests (core/neighAdmin.ts).

import { asSoftirq } from "../core/dev.ts";
import type { Refusal } from "../core/errno.ts";
import { delNeigh, newNeigh } from "../core/neighAdmin.ts";
import { neighCreate } from "../core/neighbour.ts";
import { NEIGH_UPDATE, neighUpdate } from "../core/neighUpdate.ts";
import { IFF, type NetDevice } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import { arpInvalidate } from "./arpDevice.ts";
import { routeOutput } from "./route.ts";

/** `arp -s`: an address and its MAC. */
export type ArpEntry = {
  readonly address: number;
  readonly mac: number;
  readonly device?: NetDevice | undefined;
  /** False for `temp`. */
  readonly permanent: boolean;
  /** `pub`: answer for it. */
  readonly publish?: boolean;
};

/** Sets an entry (SIOCSARP). */
export function arpSet(net: Net, entry: ArpEntry): Refusal | undefined {
  const { address, mac, device } = entry;
  if (entry.publish === true) {
    const dev = device ?? [...net.devices.values()].find((one) => one.mac === mac);
    if (dev === undefined) return { errno: "ENODEV" };
    const proxy = { family: "inet", key: address, dev, proxy: true } as const;
    return newNeigh(net, { ...proxy, mode: "replace", state: "NONE" });
  }
  const dev = device ?? deviceTo(net, address);
  if ("errno" in dev) return dev;
  if (dev.ip4 === undefined) return { errno: "EINVAL" };
  const neigh = neighCreate(net.kernel.arpTable, dev, address);
  if (neigh === undefined) return { errno: "ENOBUFS" };
  let refusal: Refusal | undefined;
  asSoftirq(net.kernel, () => {
    const flags = NEIGH_UPDATE.OVERRIDE | NEIGH_UPDATE.ADMIN;
    refusal = neighUpdate(neigh, mac, entry.permanent ? "PERMANENT" : "STALE", flags);
  });
  return refusal;
}

/** The device that leads to a neighbour. */
function deviceTo(net: Net, address: number): NetDevice | Refusal {
  const route = routeOutput(net, { destination: address, onlink: true });
  if ("errno" in route) return { errno: route.errno };
  if ((route.dev.flags & IFF.LOOPBACK) !== 0) return { errno: "EINVAL" };
  return route.dev;
}

/** Deletes an entry or a published address (SIOCDARP); ENXIO when there is none. */
export function arpDelete(
  net: Net,
  entry: { address: number; device?: NetDevice | undefined; publish?: boolean },
): Refusal | undefined {
  const { address, device } = entry;
  if (entry.publish === true) {
    const gone = delNeigh(net, { family: "inet", key: address, dev: device, proxy: true });
    return gone === undefined ? undefined : { errno: "ENXIO" };
  }
  const dev = device ?? deviceTo(net, address);
  if ("errno" in dev) return dev.errno === "EINVAL" ? { errno: "ENXIO" } : dev;
  let found = false;
  asSoftirq(net.kernel, () => {
    found = arpInvalidate(dev, address, true);
  });
  return found ? undefined : { errno: "ENXIO" };
}
