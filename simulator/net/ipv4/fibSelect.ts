// Which nexthop of a route with several, and which of several equal default routes? (fib_select_path
// in linux/net/ipv4/fib_semantics.c.) Nexthops share flows by a hash over the addresses in proportion
// to their weights; of equal default routes one is left when its gateway does not answer ARP.
// Not simulated: fib_multipath_hash_fields, inner headers of tunnels.

import type { Net } from "../core/netNamespace.ts";
import { aliasesOf, type FibResult, type Flow, ignoresLinkdown } from "./fibTrie.ts";
import { SCOPE } from "./inDevice.ts";
import type { Nexthop4, Route4 } from "./ipv4Net.ts";

type Found = Exclude<FibResult, string>;

/** The result with the nexthop that this flow is to use. */
export function selectPath(net: Net, found: Found, flow: Flow): Found {
  const { route, table } = found;
  if (flow.oif !== undefined) return found;
  if (route.nexthops.length > 1) {
    const nexthop = selectMultipath(net, route, flowHash(net, flow));
    return nexthop === undefined ? found : { route, nexthop, table };
  }
  if (route.prefixLength !== 0 || route.type !== "unicast") return found;
  const aliases = aliasesOf(table, 0, 0);
  return aliases.length > 1 ? selectDefault(net, found, aliases) : found;
}

/** 31 bits from the addresses, and from protocol and ports if fib_multipath_hash_policy says so. */
function flowHash(net: Net, flow: Flow): number {
  let hash = mix(mix(net.ip4.hashSeed, flow.source), flow.destination);
  if (net.ip4.values.get("fib_multipath_hash_policy") === "1") {
    hash = mix(mix(hash, flow.protocol), (flow.sourcePort << 16) | flow.destinationPort);
  }
  return hash >>> 1;
}

function mix(state: number, value: number): number {
  let z = Math.imul(state ^ value, 0x9e3779b1);
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}

/** Each nexthop has a share of the 31-bit range as large as its weight. */
function selectMultipath(net: Net, route: Route4, hash: number): Nexthop4 | undefined {
  const usable = route.nexthops.filter(
    (one) => !one.dead && !(one.linkdown && ignoresLinkdown(one.dev)),
  );
  const total = usable.reduce((sum, one) => sum + one.weight, 0);
  const useNeigh = net.ip4.values.get("fib_multipath_use_neigh") === "1";
  let first: Nexthop4 | undefined;
  let sum = 0;
  for (const nexthop of usable) {
    sum += nexthop.weight;
    if (useNeigh && !answers(net, nexthop)) continue;
    first ??= nexthop;
    if (hash <= Math.round((sum * 0x80000000) / total) - 1) return nexthop;
  }
  return first;
}

function neighbourState(net: Net, nexthop: Nexthop4): string {
  const { dev, gateway } = nexthop;
  if (dev === undefined || gateway === undefined) return "NONE";
  return net.kernel.arpTable.byDevice.get(dev)?.get(gateway)?.state ?? "NONE";
}

const isValid = (state: string) => !["NONE", "INCOMPLETE", "FAILED"].includes(state);

function answers(net: Net, nexthop: Nexthop4): boolean {
  const state = neighbourState(net, nexthop);
  return state === "NONE" || isValid(state);
}

/** fib_select_default: the next one when the gateway of one is not known to answer. */
function selectDefault(net: Net, found: Found, aliases: readonly Route4[]): Found {
  const candidates = equalDefaults(found.route, aliases);
  const [first] = candidates;
  if (first !== found.route || candidates.length < 2) {
    net.ip4.lastDefault.delete(found.route);
    return found;
  }
  const last = net.ip4.lastDefault.get(first) ?? -1;
  let resort = -1;
  for (const [order, route] of candidates.entries()) {
    const [nexthop] = route.nexthops;
    if (nexthop === undefined) continue;
    const state = neighbourState(net, nexthop);
    if (state === "REACHABLE" || (isValid(state) && order !== last)) {
      return taken(net, found, candidates, order);
    }
    if (isValid(state) || (resort < 0 && order > last && state !== "INCOMPLETE")) resort = order;
  }
  return taken(net, found, candidates, resort);
}

function taken(net: Net, found: Found, candidates: readonly Route4[], order: number): Found {
  const [first] = candidates;
  if (first !== undefined) net.ip4.lastDefault.set(first, order);
  const route = candidates[order];
  return route === undefined ? found : { route, nexthop: route.nexthops[0], table: found.table };
}

/** Default routes through a gateway on a link, of the TOS, metric and scope of the one found. */
function equalDefaults(route: Route4, aliases: readonly Route4[]): Route4[] {
  return aliases.filter((one) => {
    const [nexthop] = one.nexthops;
    const through = nexthop?.gateway !== undefined || nexthop?.gateway6 !== undefined;
    return (
      one.tos === route.tos &&
      one.metric === route.metric &&
      one.scope === route.scope &&
      one.type === "unicast" &&
      !one.nexthops.every((each) => each.dead) &&
      through &&
      nexthop?.scope === SCOPE.LINK
    );
  });
}
