// IPv6 addresses of devices, from requests (linux/net/ipv6/addrconf.c: inet6_addr_add, inet6_addr_del,
// inet6_addr_modify, ipv6_add_addr, ipv6_del_addr).
// Policy: a device lists its addresses from wide to narrow scope, the newest first in each. The
// connected route of a prefix goes with the last address in it. Addresses with a lifetime become
// deprecated and end by themselves; their routes end with the lifetime.
// Not here: what devices do by themselves (addrconfDevice.ts). Not simulated: temporary addresses.

import { IN6, isLinkLocal6, isMulticast6, prefix6 } from "../../wire/ipv6.ts";
import { asSoftirq } from "../core/dev.ts";
import type { Refusal } from "../core/errno.ts";
import type { NetDevice } from "../core/netDevice.ts";
import { endDad6, startDad6, tellAddress6 } from "./addrconfDad.ts";
import {
  addMulticastRoute6,
  addPrefixRoute6,
  delLocalRoute6,
  prefixRouteOf6,
} from "./addrconfRoutes.ts";
import { leaveAnycast6, leaveSolicited6 } from "./anycast6.ts";
import { conf6 } from "./createIpv6Net.ts";
import type { AddressFlag, Ifaddr6, Inet6Device } from "./inet6Device.ts";
import { allRoutes6, removeRoute6 } from "./ip6Fib.ts";
import { groupsUp6, joinGroup6, leaveGroup6 } from "./mcast.ts";
import { isLoopback6, isSiteLocal6, scope6 } from "./sourceAddress6.ts";

/** An address as it is asked for. */
export type AddressRequest6 = {
  readonly local: string;
  readonly peer?: string | undefined;
  readonly prefixLength: number;
  /** nodad, noprefixroute, home, mngtmpaddr, autojoin, optimistic. */
  readonly flags?: readonly AddressFlag[];
  /** Seconds; undefined is for ever. */
  readonly validLifetime?: number | undefined;
  readonly preferredLifetime?: number | undefined;
  readonly metric?: number | undefined;
  readonly protocol?: number | undefined;
};

/** `ip address add`, change, replace. */
export type AddressMode6 = "add" | "change" | "replace";

/** Scope of an address as rtnetlink counts them. */
function rtScope(address: string): number {
  if (isLoopback6(address)) return 254;
  if (isMulticast6(address)) {
    const scope = scope6(address);
    return scope === 1 ? 254 : scope === 2 ? 253 : scope === 5 ? 200 : 0;
  }
  if (isLinkLocal6(address)) return 253;
  return isSiteLocal6(address) ? 200 : 0;
}

/** Adds an address, or changes one that is there. */
export function addAddress6(
  dev: NetDevice,
  request: AddressRequest6,
  mode: AddressMode6 = "add",
): Refusal | undefined {
  const { prefixLength, validLifetime: valid, preferredLifetime: preferred } = request;
  if (valid === 0) return { errno: "EINVAL" };
  if ((preferred ?? Infinity) > (valid ?? Infinity) && preferred !== undefined) {
    return { errno: "EINVAL" };
  }
  const { ip6 } = dev;
  // A device whose MTU is too small has no IPv6.
  if (ip6 === undefined) return { errno: "EINVAL" };
  let refusal: Refusal | undefined;
  asSoftirq(dev.net.kernel, () => {
    if ((dev.flags & 1) !== 0) groupsUp6(ip6);
    const same = ip6.addresses.find((one) => one.local === request.local);
    if (same === undefined) refusal = insert(ip6, request);
    else if (mode === "add") refusal = { errno: "EEXIST" };
    else change(same, request);
  });
  if (prefixLength > 128) return { errno: "EINVAL", message: "Invalid prefix length" };
  return refusal;
}

function insert(ip6: Inet6Device, request: AddressRequest6): Refusal | undefined {
  const { dev } = ip6;
  const flags = new Set(request.flags ?? []);
  flags.delete("optimistic");
  if (flags.has("mngtmpaddr") && request.prefixLength !== 64) return { errno: "EINVAL" };
  if (conf6(ip6.conf, "disable_ipv6") > 0) return { errno: "EACCES" };
  addMulticastRoute6(dev);
  if (!isAddable(dev, request.local, flags)) return { errno: "EADDRNOTAVAIL" };
  if (flags.has("autojoin")) joinGroup6(dev, request.local);
  if (request.validLifetime === undefined) flags.add("permanent");
  const ifaddr = linkAddress6(ip6, request, flags);
  if (!flags.has("noprefixroute")) addPrefixRoute6(ifaddr);
  if (!flags.has("nodad")) tellAddress6(ifaddr, false);
  startDad6(ifaddr);
  watchLifetime(ifaddr);
  return undefined;
}

function isAddable(dev: NetDevice, address: string, flags: ReadonlySet<AddressFlag>): boolean {
  if (address === IN6.ANY) return false;
  if (isMulticast6(address)) return flags.has("autojoin");
  return !isLoopback6(address) || dev.driver.type === "loopback";
}

/** Makes an address and puts it into the device's list (ipv6_add_addr). */
export function linkAddress6(
  ip6: Inet6Device,
  request: AddressRequest6,
  flags: Set<AddressFlag>,
): Ifaddr6 {
  const { dev, addresses } = ip6;
  const { local, validLifetime, preferredLifetime } = request;
  if (!flags.has("nodad")) flags.add("tentative");
  const preferred = preferredLifetime ?? validLifetime;
  if (preferred === 0) flags.add("deprecated");
  const ifaddr: Ifaddr6 = {
    dev,
    local,
    peer: request.peer === local ? undefined : request.peer,
    prefixLength: request.prefixLength,
    scope: rtScope(local),
    flags,
    validLifetime,
    preferredLifetime: preferred,
    stamp: dev.net.kernel.clock.now,
    protocol: request.protocol ?? 0,
    metric: request.metric ?? 0,
    dad: { state: "begin", probes: 0, timer: undefined, nonce: 0 },
    lifeTimer: undefined,
  };
  const width = widthOf(local);
  const at = addresses.findIndex((one) => width >= widthOf(one.local));
  addresses.splice(at < 0 ? addresses.length : at, 0, ifaddr);
  return ifaddr;
}

/** How wide an address reaches, for the order of the list; ::1 is narrowest. */
function widthOf(address: string): number {
  return isLoopback6(address) ? 1 : scope6(address);
}

function change(ifaddr: Ifaddr6, request: AddressRequest6): void {
  const { flags } = ifaddr;
  const hadRoute = flags.has("permanent") && !flags.has("noprefixroute");
  if (flags.has("tentative") && request.flags?.includes("nodad") === true) {
    flags.delete("tentative");
    endDad6(ifaddr, "begin");
    startDad6(ifaddr);
  }
  for (const flag of [
    "deprecated",
    "permanent",
    "nodad",
    "home",
    "mngtmpaddr",
    "noprefixroute",
  ] as const) {
    flags.delete(flag);
  }
  for (const flag of request.flags ?? []) flags.add(flag);
  if (request.validLifetime === undefined) flags.add("permanent");
  const preferred = request.preferredLifetime ?? request.validLifetime;
  if (preferred === 0) flags.add("deprecated");
  const oldMetric = ifaddr.metric;
  ifaddr.validLifetime = request.validLifetime;
  ifaddr.preferredLifetime = preferred;
  ifaddr.stamp = ifaddr.dev.net.kernel.clock.now;
  ifaddr.metric = request.metric ?? ifaddr.metric;
  if (request.peer !== undefined) ifaddr.peer = request.peer;
  const route = prefixRouteOf6(ifaddr.dev, ifaddr.peer ?? ifaddr.local, ifaddr.prefixLength);
  const wantsRoute = !flags.has("noprefixroute");
  if (hadRoute && route !== undefined && (!wantsRoute || oldMetric !== ifaddr.metric)) {
    removeRoute6(ifaddr.dev.net, route);
  } else if (route !== undefined && wantsRoute) {
    const { validLifetime, stamp } = ifaddr;
    route.expires = validLifetime === undefined ? undefined : stamp + validLifetime * 1e6;
  }
  if (wantsRoute) addPrefixRoute6(ifaddr);
  tellAddress6(ifaddr, false);
  watchLifetime(ifaddr);
}

/** Deprecates an address and ends it in its time. */
function watchLifetime(ifaddr: Ifaddr6): void {
  const { clock } = ifaddr.dev.net.kernel;
  ifaddr.lifeTimer?.cancel();
  ifaddr.lifeTimer = undefined;
  const { preferredLifetime: preferred, validLifetime: valid, stamp } = ifaddr;
  const next = preferred !== undefined && !ifaddr.flags.has("deprecated") ? preferred : valid;
  if (next === undefined) return;
  ifaddr.lifeTimer = clock.afterJiffies(stamp + next * 1e6 - clock.now, () =>
    asSoftirq(ifaddr.dev.net.kernel, () => {
      if (valid !== undefined && clock.now >= stamp + valid * 1e6) {
        removeAddress6(ifaddr);
        return;
      }
      ifaddr.flags.add("deprecated");
      tellAddress6(ifaddr, false);
      watchLifetime(ifaddr);
    }),
  );
}

/** What an address to be deleted must agree with. */
export type AddressDeletion6 = { readonly local: string; readonly prefixLength: number };

/** Deletes an address (inet6_addr_del). */
export function delAddress6(dev: NetDevice, wanted: AddressDeletion6): Refusal | undefined {
  const { ip6 } = dev;
  if (wanted.prefixLength > 128) return { errno: "EINVAL", message: "Invalid prefix length" };
  if (ip6 === undefined) return { errno: "ENXIO" };
  const ifaddr = ip6.addresses.find(
    (one) => one.local === wanted.local && one.prefixLength === wanted.prefixLength,
  );
  if (ifaddr === undefined) return { errno: "EADDRNOTAVAIL" };
  asSoftirq(dev.net.kernel, () => {
    removeAddress6(ifaddr);
    if (ifaddr.flags.has("autojoin")) leaveGroup6(dev, ifaddr.local);
  });
  return undefined;
}

/** Takes an address away with its routes (ipv6_del_addr). */
function removeAddress6(ifaddr: Ifaddr6): void {
  const { dev, flags } = ifaddr;
  const { ip6 } = dev;
  const at = ip6?.addresses.indexOf(ifaddr) ?? -1;
  if (ip6 === undefined || at < 0) return;
  ip6.addresses.splice(at, 1);
  const ownsRoute = flags.has("permanent") && !flags.has("noprefixroute");
  const fate = ownsRoute ? fateOfPrefix(ip6, ifaddr) : "stays";
  addressGone6(ifaddr);
  const route = prefixRouteOf6(dev, ifaddr.peer ?? ifaddr.local, ifaddr.prefixLength);
  if (fate !== "stays" && route !== undefined) {
    if (fate === "goes") removeRoute6(dev.net, route);
    else route.expires = fate;
  }
  for (const one of allRoutes6(dev.net)) {
    if (one.prefSource === ifaddr.local) removeRoute6(dev.net, one);
  }
}

/** Another address of the prefix keeps its route, for ever or as long as it lives. */
function fateOfPrefix(ip6: Inet6Device, gone: Ifaddr6): "stays" | "goes" | number {
  let fate: "goes" | number = "goes";
  for (const one of ip6.addresses) {
    if (one.prefixLength !== gone.prefixLength) continue;
    const prefix = prefix6(gone.local, gone.prefixLength);
    if (prefix6(one.local, gone.prefixLength) !== prefix) continue;
    if (one.flags.has("permanent") || one.flags.has("noprefixroute")) return "stays";
    fate = one.stamp + (one.validLifetime ?? 0) * 1e6;
  }
  return fate;
}

/** Everybody hears that an address is gone, and its own routes and groups go. */
export function addressGone6(ifaddr: Ifaddr6): void {
  const { dev } = ifaddr;
  endDad6(ifaddr, "dead");
  ifaddr.lifeTimer?.cancel();
  tellAddress6(ifaddr, true);
  if (dev.ip6 !== undefined && conf6(dev.ip6.conf, "forwarding") > 0) leaveAnycast6(ifaddr);
  leaveSolicited6(dev, ifaddr.local);
  if (ifaddr.peer !== undefined) {
    const route = prefixRouteOf6(dev, ifaddr.peer, 128);
    if (route !== undefined) removeRoute6(dev.net, route);
  }
  delLocalRoute6(dev, ifaddr.local);
}
