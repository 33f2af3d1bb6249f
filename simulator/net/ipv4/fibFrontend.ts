// Who puts routes in and takes them out? (linux/net/ipv4/fib_frontend.c, fib_trie.c.) Requests from
// commands, and the kernel itself: every address brings a local route, and while its device is up a
// connected prefix and its broadcast address. They go with the address, or with the device.
// Two devices with one prefix keep both connected routes; the one that came first is used.
// Not simulated: nexthop objects; route flags for offloading hardware.

import { mask4 } from "../../wire/address.ts";
import type { Refusal } from "../core/errno.ts";
import type { Kernel } from "../core/kernel.ts";
import { flushDevice } from "../core/neighbour.ts";
import { type DeviceEvent, IFF, type NetDevice } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import { tellNetlink } from "../core/notifier.ts";
import { sameRoute } from "./fibInfo.ts";
import {
  addressType,
  createRoute,
  hasLink,
  type NexthopRequest,
  type RouteRequest,
  syncDown,
  syncDownAddress,
  syncUp,
} from "./fibSemantics.ts";
import { aliasesOf, putRoute, RT_TABLE, tableOf, takeRoute } from "./fibTrie.ts";
import { type Ifaddr4, SCOPE } from "./inDevice.ts";
import type { FibTable, Route4, RouteType } from "./ipv4Net.ts";

/**
 * How a route is put in: `ip route add`, append, prepend, change, replace; `test` is an add that may
 * not create anything.
 */
export type RouteMode = "add" | "append" | "prepend" | "change" | "replace" | "test";

/** Puts a route in that somebody asked for (inet_rtm_newroute). */
export function newRoute(net: Net, request: RouteRequest, mode: RouteMode): Refusal | undefined {
  const refusal = insertRoute(net, request, mode);
  // From now on a packet's source may be local without being an address of a device.
  if (refusal === undefined && request.type === "local") net.ip4.customLocalRoutes = true;
  return refusal;
}

/** Puts a route in (fib_table_insert). */
function insertRoute(net: Net, request: RouteRequest, mode: RouteMode): Refusal | undefined {
  const refusal = checkPrefix(request);
  if (refusal !== undefined) return refusal;
  // Linux makes the table before it looks at the route.
  const table = tableOf(net, request.table ?? RT_TABLE.MAIN);
  const route = createRoute(net, request);
  if ("errno" in route) return route;
  const aliases = aliasesOf(table, route.destination, route.prefixLength);
  const equals = aliases.filter((one) => one.tos === route.tos && one.metric === route.metric);
  const [first] = equals;
  const same = equals.find((one) => sameRoute(one, route));
  if (first !== undefined) {
    if (mode === "add" || mode === "test") return { errno: "EEXIST" };
    if (mode === "change" || mode === "replace") {
      if (same !== undefined) return same === first ? undefined : { errno: "EEXIST" };
      replaceRoute(net, table, first, route);
      return undefined;
    }
    if (same !== undefined) return { errno: "EEXIST" };
  }
  if (mode === "change" || mode === "test") return { errno: "ENOENT" };
  putRoute(table, route, positionOf(aliases, route, mode === "append"));
  routesHaveChanged(net, route, false);
  return undefined;
}

function checkPrefix(request: RouteRequest): Refusal | undefined {
  if (request.prefixLength > 32) return { errno: "EINVAL", message: "Invalid prefix length" };
  if ((request.destination & ~mask4(request.prefixLength)) !== 0) {
    return { errno: "EINVAL", message: "Invalid prefix for given prefix length" };
  }
  return undefined;
}

/** Higher TOS first, then lower metric; among equals last when appended, first otherwise. */
function positionOf(aliases: readonly Route4[], route: Route4, append: boolean): number {
  const at = aliases.findIndex((one) => {
    if (one.tos !== route.tos) return one.tos < route.tos;
    return append ? one.metric > route.metric : one.metric >= route.metric;
  });
  return at < 0 ? aliases.length : at;
}

function replaceRoute(net: Net, table: FibTable, old: Route4, route: Route4): void {
  const aliases = aliasesOf(table, old.destination, old.prefixLength);
  const at = aliases.indexOf(old);
  takeRoute(table, old);
  putRoute(table, route, at);
  routesHaveChanged(net, route, false);
}

/** What a route to be deleted must agree with; absent means that it does not matter. */
export type RouteDeletion = RouteRequest;

/** Deletes the first route that agrees (fib_table_delete). */
export function delRoute(net: Net, request: RouteDeletion): Refusal | undefined {
  const refusal = checkPrefix(request);
  if (refusal !== undefined) return refusal;
  const table = net.ip4.tables.get(request.table ?? RT_TABLE.MAIN);
  if (table === undefined) {
    return { errno: "ESRCH", message: "FIB table does not exist" };
  }
  const route = aliasesOf(table, request.destination, request.prefixLength).find((one) =>
    agrees(one, request),
  );
  if (route === undefined) return { errno: "ESRCH" };
  takeRoute(table, route);
  routesHaveChanged(net, route, true);
  return undefined;
}

function agrees(route: Route4, request: RouteDeletion): boolean {
  return (
    route.tos === (request.tos ?? 0) &&
    (request.type === undefined || route.type === request.type) &&
    (request.scope === undefined ||
      request.scope === SCOPE.NOWHERE ||
      route.scope === request.scope) &&
    (request.prefSource === undefined || route.prefSource === request.prefSource) &&
    (request.protocol === undefined ||
      request.protocol === 0 ||
      route.protocol === request.protocol) &&
    (!request.metric || route.metric === request.metric) &&
    nexthopsAgree(route, request) &&
    [...(request.metrics ?? [])].every(([name, value]) => (route.metrics.get(name) ?? 0) === value)
  );
}

/** A list must name all nexthops in their order; a single device or gateway means the first. */
function nexthopsAgree(route: Route4, request: RouteDeletion): boolean {
  const asked = request.nexthops ?? [];
  const whole = request.multipath === true && asked.length > 0;
  if (whole && asked.length < route.nexthops.length) return false;
  return (whole ? route.nexthops : asked.map(() => route.nexthops[0])).every((nexthop, index) => {
    const one = asked[index];
    if (nexthop === undefined || one === undefined) return false;
    return (
      (one.dev === undefined || one.dev === nexthop.dev) &&
      (one.gateway === undefined || one.gateway === nexthop.gateway) &&
      (one.gateway6 === undefined || one.gateway6 === nexthop.gateway6)
    );
  });
}

function routesHaveChanged(net: Net, route: Route4, gone: boolean): void {
  net.ip4.generation += 1;
  tellNetlink(net, { type: "route", gone, family: "inet", table: route.table, route });
}

/** A route that the kernel makes or deletes for an address (fib_magic). */
function magic(
  action: "add" | "del",
  type: RouteType,
  prefix: { readonly destination: number; readonly prefixLength: number; readonly metric?: number },
  primary: Ifaddr4,
): void {
  const { dev } = primary;
  const nexthops: NexthopRequest[] = [{ dev }];
  const request: RouteRequest = {
    destination: prefix.destination,
    prefixLength: prefix.prefixLength,
    metric: prefix.metric ?? 0,
    type,
    scope: type === "local" ? SCOPE.HOST : SCOPE.LINK,
    protocol: 2,
    prefSource: primary.local,
    table: type === "unicast" ? RT_TABLE.MAIN : RT_TABLE.LOCAL,
    nexthops,
  };
  if (action === "del") delRoute(dev.net, request);
  else insertRoute(dev.net, request, "append");
}

const host = (destination: number) => ({ destination, prefixLength: 32 });

/** The primary address whose prefix a secondary one shares. */
function primaryOf(ifaddr: Ifaddr4): Ifaddr4 | undefined {
  if (!ifaddr.secondary) return ifaddr;
  const mask = mask4(ifaddr.prefixLength);
  return ifaddr.dev.ip4?.addresses.find(
    (one) =>
      !one.secondary &&
      one.prefixLength === ifaddr.prefixLength &&
      ((one.peer ^ ifaddr.local) & mask) === 0,
  );
}

/** Adds the routes of an address (fib_add_ifaddr). */
export function addAddressRoutes(ifaddr: Ifaddr4): void {
  const { dev, local, peer, prefixLength, broadcast } = ifaddr;
  const primary = primaryOf(ifaddr);
  if (primary === undefined) return;
  magic("add", "local", host(local), primary);
  if ((dev.flags & IFF.UP) === 0) return;
  if (broadcast !== undefined && broadcast !== 0xffffffff) {
    magic("add", "broadcast", host(broadcast), primary);
  }
  const mask = mask4(prefixLength);
  const prefix = (peer & mask) >>> 0;
  if (prefix === 0 || ifaddr.secondary) return;
  if (prefix === local && prefixLength === 32) return;
  if (!ifaddr.noprefixroute) {
    const type = (dev.flags & IFF.LOOPBACK) !== 0 ? "local" : "unicast";
    const { metric } = ifaddr;
    magic("add", type, { destination: prefix, prefixLength, metric }, primary);
  }
  if (prefixLength < 31) magic("add", "broadcast", host((prefix | ~mask) >>> 0), primary);
}

/** Gives the connected route of an address another metric: first the new one, then without the old. */
export function changePrefixMetric(ifaddr: Ifaddr4, metric: number): void {
  const { dev, local, peer, prefixLength } = ifaddr;
  const destination = (peer & mask4(prefixLength)) >>> 0;
  if ((dev.flags & IFF.UP) === 0 || ifaddr.secondary || ifaddr.noprefixroute) return;
  if (destination === 0 || (destination === local && prefixLength === 32)) return;
  const type = (dev.flags & IFF.LOOPBACK) !== 0 ? "local" : "unicast";
  magic("add", type, { destination, prefixLength, metric }, ifaddr);
  magic("del", type, { destination, prefixLength, metric: ifaddr.metric }, ifaddr);
}

/**
 * Takes out the routes of an address that is no longer in its device's list (fib_del_ifaddr), except
 * what another address there still stands for. `successor` is the primary address that has been
 * deleted when secondary ones are about to be promoted.
 */
export function delAddressRoutes(ifaddr: Ifaddr4, deleted?: Ifaddr4): void {
  const { dev, local, peer, prefixLength } = ifaddr;
  const mask = mask4(prefixLength);
  const prefix = (peer & mask) >>> 0;
  const broadcast = (prefix | ~mask) >>> 0;
  const primary = ifaddr.secondary ? (deleted ?? primaryOf(ifaddr)) : ifaddr;
  if (primary === undefined) return;
  const hasPrefix = !ifaddr.secondary && prefix !== 0 && !(prefix === local && prefixLength === 32);
  if (hasPrefix && !ifaddr.noprefixroute) {
    const type = (dev.flags & IFF.LOOPBACK) !== 0 ? "local" : "unicast";
    magic("del", type, { destination: prefix, prefixLength }, primary);
  }
  const { kept, localKept, listed } = othersOf(ifaddr, primary, deleted);
  const own = ifaddr.broadcast;
  if (own !== undefined && own !== 0 && !kept.has(own)) {
    magic("del", "broadcast", host(own), primary);
  }
  if (hasPrefix && prefixLength < 31 && !kept.has(broadcast)) {
    magic("del", "broadcast", host(broadcast), primary);
  }
  if (localKept) return;
  magic("del", "local", host(local), primary);
  if (!listed && addressType(dev.net, local) !== "local") syncDownAddress(dev.net, local);
}

/** What other addresses of the device still stand for with the same source (prefsrc). */
function othersOf(ifaddr: Ifaddr4, primary: Ifaddr4, deleted: Ifaddr4 | undefined) {
  const kept = new Set<number>();
  let localKept = false;
  let listed = false;
  for (const other of ifaddr.dev.ip4?.addresses ?? []) {
    if (other === ifaddr) listed = true;
    if (other === ifaddr || (deleted !== undefined && samePrefix(other, deleted))) continue;
    if (primaryOf(other)?.local !== primary.local) continue;
    if (other.local === ifaddr.local) localKept = true;
    if (other.broadcast !== undefined) kept.add(other.broadcast);
    if (!other.secondary && other.prefixLength < 31) {
      const mask = mask4(other.prefixLength);
      kept.add(((other.peer & mask) | ~mask) >>> 0);
    }
  }
  return { kept, localKept, listed };
}

function samePrefix(a: Ifaddr4, b: Ifaddr4): boolean {
  return a.prefixLength === b.prefixLength && ((a.peer ^ b.peer) & mask4(a.prefixLength)) === 0;
}

/** The last address of a device has gone: everything over the device dies (fib_disable_ip). */
function disableIp(dev: NetDevice, event: "DOWN" | "UNREGISTER", force: boolean): void {
  syncDown(dev, event, force);
  flushDevice(dev.net.kernel.arpTable, dev);
}

/** After an address has come: nexthops over its device live again, caches are void. */
export function addressHasCome(ifaddr: Ifaddr4): void {
  addAddressRoutes(ifaddr);
  syncUp(ifaddr.dev, true);
}

/** After an address has left its device's list. */
export function addressHasGone(ifaddr: Ifaddr4): void {
  delAddressRoutes(ifaddr);
  ifaddr.dev.net.ip4.generation += 1;
  if (ifaddr.dev.ip4?.addresses.length === 0) disableIp(ifaddr.dev, "DOWN", true);
}

/** Deletes all routes of the table that `which` wants, telling netlink of each (`ip route flush`). */
export function delRoutes(net: Net, routes: readonly Route4[]): void {
  for (const route of routes) {
    const table = net.ip4.tables.get(route.table);
    if (table !== undefined && takeRoute(table, route)) routesHaveChanged(net, route, true);
  }
}

/** Lets devices' ups and downs change the routes (fib_netdev_event). After attachDevinet. */
export function attachFib(kernel: Kernel): void {
  kernel.deviceListeners.push((event, dev) => {
    if (dev.net.ip4 === undefined) return;
    onDevice(event, dev);
  });
}

function onDevice(event: DeviceEvent, dev: NetDevice): void {
  if (event === "UNREGISTER") {
    disableIp(dev, "UNREGISTER", true);
    return;
  }
  if (event === "UP") {
    for (const ifaddr of dev.ip4?.addresses ?? []) addAddressRoutes(ifaddr);
    syncUp(dev, true);
  } else if (event === "DOWN") {
    disableIp(dev, "DOWN", false);
  } else if (event === "CHANGE" || event === "CHANGEMTU") {
    if (event === "CHANGE") {
      if (hasLink(dev)) syncUp(dev, false);
      else syncDown(dev, "CHANGE", false);
    }
    dev.net.ip4.generation += 1;
  }
}
