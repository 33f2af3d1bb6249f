// Subnet-router anycast addresses (linux/net/ipv6/anycast.c): a device that forwards also answers to
// the all-zeros address of each of its prefixes.
// Not simulated: anycast addresses of sockets.

import { IN6, prefix6, solicitedNode } from "../../wire/ipv6.ts";
import { IFF, type NetDevice } from "../core/netDevice.ts";
import { addLocalRoute6, delLocalRoute6 } from "./addrconfRoutes.ts";
import type { Ifaddr6 } from "./inet6Device.ts";
import { joinGroup6, leaveGroup6 } from "./mcast.ts";

/** Devices that do not resolve neighbours have no solicited-node groups. */
export function joinSolicited6(dev: NetDevice, address: string): void {
  if ((dev.flags & (IFF.LOOPBACK | IFF.NOARP)) === 0) joinGroup6(dev, solicitedNode(address));
}

/** Leaves the group again. */
export function leaveSolicited6(dev: NetDevice, address: string): void {
  if ((dev.flags & (IFF.LOOPBACK | IFF.NOARP)) === 0) leaveGroup6(dev, solicitedNode(address));
}

/** The anycast address of a prefix, or undefined when the prefix has none. */
function anycastOf(ifaddr: Ifaddr6): string | undefined {
  if (ifaddr.prefixLength >= 127) return undefined;
  const address = prefix6(ifaddr.local, ifaddr.prefixLength);
  return address === IN6.ANY ? undefined : address;
}

/** Answers to the anycast address of an address's prefix from now on. */
export function joinAnycast6(ifaddr: Ifaddr6): void {
  const { dev } = ifaddr;
  const address = anycastOf(ifaddr);
  const { ip6 } = dev;
  if (ip6 === undefined || address === undefined) return;
  const users = ip6.anycasts.get(address) ?? 0;
  ip6.anycasts.set(address, users + 1);
  if (users > 0) return;
  addLocalRoute6(dev, address, "anycast");
  joinSolicited6(dev, address);
}

/** And no more. */
export function leaveAnycast6(ifaddr: Ifaddr6): void {
  const { dev } = ifaddr;
  const address = anycastOf(ifaddr);
  const users = address === undefined ? undefined : dev.ip6?.anycasts.get(address);
  if (address === undefined || users === undefined) return;
  if (users > 1) {
    dev.ip6?.anycasts.set(address, users - 1);
    return;
  }
  dev.ip6?.anycasts.delete(address);
  leaveSolicited6(dev, address);
  delLocalRoute6(dev, address, "anycast");
}
