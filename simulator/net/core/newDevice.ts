// What all kinds of new links have in common (linux/net/core/rtnetlink.c: rtnl_create_link,
// rtnl_configure_link).
// Not here: the kinds (../drivers), the request as a whole (rtnetlink.ts).

import { isGroupMac } from "../../wire/address.ts";
import { changeFlags, refuseMtu } from "./devChange.ts";
import type { Refusal } from "./errno.ts";
import type { LinkSettings, NewEnd } from "./linkRequest.ts";
import { IFF, type NetDevice } from "./netDevice.ts";
import { tellLink } from "./notifier.ts";
import { registerDevice } from "./registerDevice.ts";

/** Settings that a device is born with; the MAC is the kind's business. */
export function applyNewSettings(dev: NetDevice, wanted: NewEnd): Refusal | undefined {
  if (wanted.mtu !== undefined) {
    // Only a later change says in words what is wrong.
    if (refuseMtu(dev, wanted.mtu) !== undefined) return { errno: "EINVAL" };
    dev.mtu = wanted.mtu;
  }
  if (wanted.broadcast !== undefined) dev.broadcast = wanted.broadcast;
  if (wanted.txqlen !== undefined) dev.txqlen = wanted.txqlen;
  if (wanted.numTxQueues !== undefined) dev.numTxQueues = wanted.numTxQueues;
  if (wanted.numRxQueues !== undefined) dev.numRxQueues = wanted.numRxQueues;
  if (wanted.group !== undefined) dev.group = wanted.group;
  if (wanted.linkMode !== undefined) dev.linkMode = wanted.linkMode;
  return undefined;
}

/** Why a MAC cannot be a device's own, or undefined when it can. */
export function refuseMac(mac: number | undefined): Refusal | undefined {
  return mac === 0 || (mac !== undefined && isGroupMac(mac))
    ? { errno: "EADDRNOTAVAIL" }
    : undefined;
}

/** Registers a device and answers it, or why it was refused. */
export function registerNew(dev: NetDevice, ifindex: number | undefined): NetDevice | Refusal {
  return registerDevice(dev, ifindex) ?? dev;
}

/** IFF bits that settings turn on and off. */
export function flagsOf(settings: LinkSettings): { set: number; clear: number } {
  const wishes: [boolean | undefined, number][] = [
    [settings.up, IFF.UP],
    [settings.arp === undefined ? undefined : !settings.arp, IFF.NOARP],
    [settings.multicast, IFF.MULTICAST],
    [settings.allmulticast, IFF.ALLMULTI],
    [settings.promisc, IFF.PROMISC],
    [settings.dynamic, IFF.DYNAMIC],
    [settings.trailers === undefined ? undefined : !settings.trailers, IFF.NOTRAILERS],
  ];
  let set = 0;
  let clear = 0;
  for (const [wish, bit] of wishes) {
    if (wish === true) set |= bit;
    else if (wish === false) clear |= bit;
  }
  return { set, clear };
}

/** Ends the making of a link: flags as asked, and netlink hears of it. */
export function configureLink(dev: NetDevice, settings: LinkSettings): Refusal | undefined {
  const flags = flagsOf(settings);
  const before = dev.flags;
  const refusal = changeFlags(dev, flags);
  if (refusal !== undefined) return refusal;
  if (before === dev.flags) tellLink(dev);
  return undefined;
}
