// The tables of IPv6 routes (linux/net/ipv6/ip6_fib.c): how they are kept, searched and listed.
// A table keeps its routes by prefix length and prefix; routes of one prefix stand by metric, and
// among equal metrics in the order in which they came. Gateway routes of one prefix and metric are
// one multipath route.
// Listing walks the tree of prefixes: bits 0 before 1, and longer prefixes before those that hold
// them, so the default route comes last. Tables go by the low byte of their number.
// Not here: the tree of prefixes (fib6Tree.ts). Not simulated: source-specific routes; route garbage collection.

import { prefix6 } from "../../wire/ipv6.ts";
import type { NetDevice } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import { tellNetlink } from "../core/notifier.ts";
import { conf6 } from "./createIpv6Net.ts";
import { emptyTree6, growTree6, pruneTree6 } from "./fib6Tree.ts";
import type { Fib6Table, Nexthop6, Route6 } from "./ipv6Net.ts";

/** The table of that number, made if need be. */
export function table6(net: Net, id: number): Fib6Table {
  let table = net.ip6.tables.get(id);
  if (table === undefined) {
    table = { id, byLength: new Map(), lengths: [], tree: emptyTree6() };
    net.ip6.tables.set(id, table);
  }
  return table;
}

/** Routes of exactly this prefix. */
export function routesOf(table: Fib6Table, destination: string, prefixLength: number): Route6[] {
  return table.byLength.get(prefixLength)?.get(destination) ?? [];
}

/** All routes of a table in the order of a listing. */
function tableRoutes(table: Fib6Table): Route6[] {
  const routes: Route6[][] = [];
  for (const ofLength of table.byLength.values()) routes.push(...ofLength.values());
  return routes.sort((a, b) => treeOrder(a[0], b[0])).flat();
}

/** All routes of a namespace in the order of `ip -6 route show table all`. */
export function allRoutes6(net: Net): Route6[] {
  return [...net.ip6.tables.values()]
    .reverse()
    .sort((a, b) => (a.id & 255) - (b.id & 255))
    .flatMap(tableRoutes);
}

function treeOrder(a: Route6 | undefined, b: Route6 | undefined): number {
  if (a === undefined || b === undefined) return 0;
  const shorter = Math.min(a.prefixLength, b.prefixLength);
  if (prefix6(a.destination, shorter) === prefix6(b.destination, shorter)) {
    return b.prefixLength - a.prefixLength;
  }
  return a.destination < b.destination ? -1 : 1;
}

/** True when a route can share its traffic with others of its prefix and metric. */
export function sharesTraffic(route: Route6): boolean {
  const [first] = route.nexthops;
  return route.type === "unicast" && first?.gateway !== undefined;
}

/** True when both lead the same way. */
export function sameNexthop6(a: Nexthop6, b: Nexthop6): boolean {
  return a.dev === b.dev && a.gateway === b.gateway;
}

/** Puts a route behind those of its metric, or makes it one with a multipath route. */
export function insertRoute6(net: Net, table: Fib6Table, route: Route6): void {
  let ofLength = table.byLength.get(route.prefixLength);
  if (ofLength === undefined) {
    ofLength = new Map();
    table.byLength.set(route.prefixLength, ofLength);
    table.lengths.push(route.prefixLength);
    table.lengths.sort((a, b) => b - a);
  }
  const routes = ofLength.get(route.destination) ?? [];
  if (routes.length === 0) {
    ofLength.set(route.destination, routes);
    growTree6(table, route.destination, route.prefixLength);
  }
  const sibling = routes.find((one) => one.metric === route.metric && sharesTraffic(one));
  if (sibling !== undefined && sharesTraffic(route)) {
    const merged = { ...sibling, nexthops: [...sibling.nexthops, ...route.nexthops] };
    routes[routes.indexOf(sibling)] = merged;
    tellRoute6(net, merged, false);
    return;
  }
  const at = routes.findIndex((one) => one.metric > route.metric);
  routes.splice(at < 0 ? routes.length : at, 0, route);
  tellRoute6(net, route, false);
}

/** Puts a route in the place of another. */
export function replaceRoute6(net: Net, table: Fib6Table, old: Route6, route: Route6): void {
  const routes = routesOf(table, old.destination, old.prefixLength);
  const at = routes.indexOf(old);
  if (at < 0) return;
  routes[at] = route;
  pruneTree6(table, old);
  forgetExceptions(net, old);
  tellRoute6(net, route, false);
}

/** Takes a route out; `silent` when nobody is to hear of it (the device went down). */
export function removeRoute6(net: Net, route: Route6, silent = false): void {
  const table = net.ip6.tables.get(route.table);
  const ofLength = table?.byLength.get(route.prefixLength);
  const routes = ofLength?.get(route.destination);
  const at = routes?.indexOf(route) ?? -1;
  if (table === undefined || ofLength === undefined || routes === undefined || at < 0) return;
  routes.splice(at, 1);
  if (routes.length === 0) ofLength.delete(route.destination);
  if (ofLength.size === 0) {
    table.byLength.delete(route.prefixLength);
    table.lengths.splice(table.lengths.indexOf(route.prefixLength), 1);
  }
  pruneTree6(table, route);
  forgetExceptions(net, route);
  if (!silent) tellRoute6(net, route, true);
}

function forgetExceptions(net: Net, route: Route6): void {
  for (const [key, exception] of net.ip6.exceptions) {
    if (exception.route === route) net.ip6.exceptions.delete(key);
  }
}

/** Tells netlink's listeners of a route. */
export function tellRoute6(net: Net, route: Route6, gone: boolean): void {
  tellNetlink(net, { type: "route", gone, family: "inet6", table: route.table, route });
}

/** What a search in one table found. */
export type Found6 = { readonly route: Route6; readonly nexthop: Nexthop6 };

/** What is searched for: the device is wanted, or with `strict` demanded. */
export type Search6 = {
  readonly destination: string;
  readonly oif: NetDevice | undefined;
  readonly strict: boolean;
  /** Chooses among the next hops of a multipath route: 0 up to, not including, 1. */
  readonly share: number;
};

/** The best route of a table: the longest prefix that has one that may be used. */
export function searchTable6(net: Net, table: Fib6Table, search: Search6): Found6 | undefined {
  for (const length of table.lengths) {
    const key = prefix6(search.destination, length);
    const routes = table.byLength.get(length)?.get(key);
    const found = routes === undefined ? undefined : selectRoute(net, routes, search);
    if (found !== undefined) return found;
  }
  return undefined;
}

function selectRoute(net: Net, routes: readonly Route6[], search: Search6): Found6 | undefined {
  let fallback: Found6 | undefined;
  let unreachable: Found6 | undefined;
  for (const route of routes) {
    if (route.expires !== undefined && route.expires <= net.kernel.clock.now) continue;
    if (unreachable !== undefined && unreachable.route.metric !== route.metric) break;
    const nexthop = selectNexthop(route, search);
    if (nexthop === undefined) continue;
    const found = { route, nexthop };
    if (search.oif !== undefined && nexthop.dev !== search.oif) fallback ??= found;
    else if (gatewayFailed(net, nexthop)) unreachable ??= found;
    else return found;
  }
  return unreachable ?? fallback;
}

/** A router whose neighbour entry has failed is left for another of the same metric. */
function gatewayFailed(net: Net, nexthop: Nexthop6): boolean {
  if (nexthop.gateway === undefined) return false;
  const neigh = net.kernel.ndTable.byDevice.get(nexthop.dev)?.get(nexthop.gateway);
  return neigh?.state === "FAILED";
}

function selectNexthop(route: Route6, search: Search6): Nexthop6 | undefined {
  const usable = route.nexthops.filter((one) => isUsable(one));
  const fitting =
    search.oif === undefined ? usable : usable.filter((one) => one.dev === search.oif);
  const choice = fitting.length > 0 || (search.strict && search.oif) ? fitting : usable;
  if (choice.length < 2) return choice[0];
  const total = choice.reduce((sum, one) => sum + one.weight, 0);
  let left = search.share * total;
  for (const nexthop of choice) {
    left -= nexthop.weight;
    if (left < 0) return nexthop;
  }
  return choice.at(-1);
}

function isUsable(nexthop: Nexthop6): boolean {
  if (nexthop.dead) return false;
  const ip6 = nexthop.dev.ip6;
  return (
    !nexthop.linkdown || ip6 === undefined || conf6(ip6.conf, "ignore_routes_with_linkdown") === 0
  );
}
