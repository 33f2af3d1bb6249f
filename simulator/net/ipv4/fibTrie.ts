// Which route of a table fits a packet best? (linux/net/ipv4/fib_trie.c.) A table keeps its routes by
// prefix length and destination; routes of one prefix ("aliases") stand in the order in which they
// are tried: higher TOS first, then lower metric, then as they were put there.
// Lookup goes from long to short prefixes; it skips what is dead, what the packet's TOS, scope or
// device rule out, and links without carrier where ignore_routes_with_linkdown says so.
// Not simulated: the trie itself; a map for each prefix length answers the same.

import { mask4 } from "../../wire/address.ts";
import type { NetDevice } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import type { FibTable, Nexthop4, Route4, RouteType } from "./ipv4Net.ts";

/** Numbers of the three tables that have names. */
export const RT_TABLE = { DEFAULT: 253, MAIN: 254, LOCAL: 255 } as const;

/** What a lookup looks at (struct flowi4). */
export type Flow = {
  readonly destination: number;
  readonly source: number;
  readonly tos: number;
  readonly mark: number;
  readonly iif: NetDevice | undefined;
  readonly oif: NetDevice | undefined;
  /** Only routes whose scope is at least this one; 0 for any. */
  readonly scope: number;
  readonly uid: number;
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** Take links without carrier too, whatever the sysctl says. */
  readonly ignoreLinkstate: boolean;
};

/** A flow with zeros for all that is not given. */
export function flowOf(given: Partial<Flow> & { readonly destination: number }): Flow {
  return {
    destination: given.destination,
    source: given.source ?? 0,
    tos: given.tos ?? 0,
    mark: given.mark ?? 0,
    iif: given.iif,
    oif: given.oif,
    scope: given.scope ?? 0,
    uid: given.uid ?? 0,
    protocol: given.protocol ?? 0,
    sourcePort: given.sourcePort ?? 0,
    destinationPort: given.destinationPort ?? 0,
    ignoreLinkstate: given.ignoreLinkstate ?? false,
  };
}

/** What a lookup found: a route with the first nexthop that may be used, or how it ended. */
export type FibResult =
  | { readonly route: Route4; readonly nexthop: Nexthop4 | undefined; readonly table: FibTable }
  | FibError;

/** EAGAIN is "nothing here, ask the next rule"; the others are verdicts. */
export type FibError = "EAGAIN" | "ENETUNREACH" | "EHOSTUNREACH" | "EACCES" | "EINVAL";

/** How a lookup ends at a route of such a type; absent for types that carry packets. */
export const TYPE_ERRORS: Partial<Record<RouteType, FibError>> = {
  blackhole: "EINVAL",
  unreachable: "EHOSTUNREACH",
  prohibit: "EACCES",
  throw: "EAGAIN",
  nat: "EINVAL",
};

/** A table without routes. */
function createTable(id: number): FibTable {
  return { id, byLength: new Map(), lengths: [] };
}

/** The table of that number, made if need be. */
export function tableOf(net: Net, id: number): FibTable {
  let table = net.ip4.tables.get(id);
  if (table === undefined) {
    // The local table brings the main one with it as long as both share a trie.
    if (id === RT_TABLE.LOCAL && !net.ip4.rulesChanged) tableOf(net, RT_TABLE.MAIN);
    table = createTable(id);
    net.ip4.tables.set(id, table);
  }
  return table;
}

/** All tables in the order in which a dump visits them: by the low byte of their number. */
export function tablesInOrder(net: Net): FibTable[] {
  // Tables with the same low byte stand newest first.
  return [...net.ip4.tables.values()].reverse().sort((a, b) => (a.id & 255) - (b.id & 255));
}

/** The aliases of exactly this prefix; empty when there are none. */
export function aliasesOf(
  table: FibTable,
  destination: number,
  prefixLength: number,
): readonly Route4[] {
  return table.byLength.get(prefixLength)?.get(destination) ?? [];
}

/** Puts a route among its aliases at `position`. */
export function putRoute(table: FibTable, route: Route4, position: number): void {
  let ofLength = table.byLength.get(route.prefixLength);
  if (ofLength === undefined) {
    ofLength = new Map();
    table.byLength.set(route.prefixLength, ofLength);
    table.lengths.push(route.prefixLength);
    table.lengths.sort((a, b) => b - a);
  }
  const aliases = ofLength.get(route.destination);
  if (aliases === undefined) ofLength.set(route.destination, [route]);
  else aliases.splice(position, 0, route);
}

/** Takes a route out; false when it is not in the table. */
export function takeRoute(table: FibTable, route: Route4): boolean {
  const ofLength = table.byLength.get(route.prefixLength);
  const aliases = ofLength?.get(route.destination);
  const at = aliases?.indexOf(route) ?? -1;
  if (ofLength === undefined || aliases === undefined || at < 0) return false;
  aliases.splice(at, 1);
  if (aliases.length > 0) return true;
  ofLength.delete(route.destination);
  if (ofLength.size > 0) return true;
  table.byLength.delete(route.prefixLength);
  table.lengths.splice(table.lengths.indexOf(route.prefixLength), 1);
  return true;
}

/** The routes of a table as a dump lists them: by destination, the longest prefix first. */
export function routesInOrder(table: FibTable): Route4[] {
  const lists: { destination: number; length: number; aliases: readonly Route4[] }[] = [];
  for (const [length, ofLength] of table.byLength) {
    for (const [destination, aliases] of ofLength) lists.push({ destination, length, aliases });
  }
  lists.sort((a, b) => a.destination - b.destination || b.length - a.length);
  return lists.flatMap((list) => list.aliases);
}

/**
 * The best route of the tables together, as if they were one (Linux keeps local and main in one trie
 * until a rule is added): for each prefix the first table's aliases come first.
 */
export function lookupTables(
  first: FibTable | undefined,
  second: FibTable | undefined,
  flow: Flow,
): FibResult {
  if (first === undefined || second === undefined) {
    const only = first ?? second;
    return only === undefined ? "EAGAIN" : lookupTable(only, flow);
  }
  let one = 0;
  let two = 0;
  for (;;) {
    const lengthOne = first.lengths[one] ?? -1;
    const lengthTwo = second.lengths[two] ?? -1;
    if (lengthOne < 0 && lengthTwo < 0) return "EAGAIN";
    const firstNow = lengthOne >= lengthTwo;
    const found = firstNow
      ? lookupLength(first, lengthOne, flow)
      : lookupLength(second, lengthTwo, flow);
    if (found !== undefined) return found;
    if (firstNow) one += 1;
    else two += 1;
  }
}

/** The best route of one table. */
export function lookupTable(table: FibTable, flow: Flow): FibResult {
  for (const length of table.lengths) {
    const found = lookupLength(table, length, flow);
    if (found !== undefined) return found;
  }
  return "EAGAIN";
}

function lookupLength(table: FibTable, length: number, flow: Flow): FibResult | undefined {
  const aliases = table.byLength.get(length)?.get((flow.destination & mask4(length)) >>> 0);
  if (aliases === undefined) return undefined;
  for (const route of aliases) {
    if (route.tos !== 0 && route.tos !== flow.tos) continue;
    if (route.scope < flow.scope) continue;
    const error = TYPE_ERRORS[route.type];
    if (error !== undefined) return error;
    for (const nexthop of route.nexthops) {
      if (usable(nexthop, flow)) return { route, nexthop, table };
    }
  }
  return undefined;
}

function usable(nexthop: Nexthop4, flow: Flow): boolean {
  if (nexthop.dead) return false;
  if (flow.oif !== undefined && nexthop.dev !== flow.oif) return false;
  return flow.ignoreLinkstate || !nexthop.linkdown || !ignoresLinkdown(nexthop.dev);
}

/** True when routes over a link without carrier are not to be used (ignore_routes_with_linkdown). */
export function ignoresLinkdown(dev: NetDevice | undefined): boolean {
  if (dev?.ip4 === undefined) return false;
  return (
    dev.ip4.conf.values.ignore_routes_with_linkdown !== 0 ||
    dev.net.ip4.confAll.values.ignore_routes_with_linkdown !== 0
  );
}
