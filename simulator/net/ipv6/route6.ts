// The way of a packet: out of this host, or through it (linux/net/ipv6/route.c: ip6_route_output,
// ip6_route_input, rt6_select).
// Policy: addresses that need a device (link-local, multicast) demand routes of that device. A source
// is chosen before the verdict of the route counts, so without any address the answer is
// EADDRNOTAVAIL rather than ENETUNREACH. Packets for our own addresses leave by lo.
// Not here: adding routes (ip6RouteAdd.ts). Not simulated: RFC 4191's probing of routers.

import { IN6, isLinkLocal6, isMulticast6 } from "../../wire/ipv6.ts";
import type { NetDevice } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import { conf6 } from "./createIpv6Net.ts";
import { type Flow6, ruleFits6 } from "./fib6Rules.ts";
import { type Found6, searchTable6 } from "./ip6Fib.ts";
import type { Nexthop6, Route6 } from "./ipv6Net.ts";
import { isLoopback6, selectSource6 } from "./sourceAddress6.ts";

/** How a route refuses packets. */
export type RouteError6 = "ENETUNREACH" | "EHOSTUNREACH" | "EACCES" | "EINVAL" | "EADDRNOTAVAIL";

const TYPE_ERRORS: Partial<Record<Route6["type"], RouteError6 | "EAGAIN">> = {
  blackhole: "EINVAL",
  prohibit: "EACCES",
  throw: "EAGAIN",
  unreachable: "EHOSTUNREACH",
};

/** A verdict, with the route that gave it if there was one. */
export type Refused6 = { readonly errno: RouteError6; readonly route: Route6 | undefined };

/** True for routes of lo that lead nowhere: Linux makes reject routes of them. */
function isReject(found: Found6): boolean {
  const { route, nexthop } = found;
  const { loopback } = nexthop.dev.net;
  return route.type === "unicast" && nexthop.dev === loopback && !isLoopback6(route.destination);
}

/** Finds the route for a flow by the namespace's rules (fib6_rule_lookup). */
export function lookup6(net: Net, flow: Flow6, strict: boolean): Found6 | Refused6 {
  const oif = flow.oif ?? flow.iif;
  const share = shareOf(net, flow);
  for (const rule of net.ip6.rules) {
    if (!ruleFits6(rule, flow)) continue;
    if (rule.action === "blackhole") return { errno: "EINVAL", route: undefined };
    if (rule.action === "unreachable") return { errno: "ENETUNREACH", route: undefined };
    if (rule.action === "prohibit") return { errno: "EACCES", route: undefined };
    const table = rule.action === "table" ? net.ip6.tables.get(rule.table) : undefined;
    if (table === undefined) continue;
    const found = searchTable6(net, table, { destination: flow.destination, oif, strict, share });
    if (found === undefined) continue;
    const { suppressPrefixLength } = rule;
    if (suppressPrefixLength !== undefined && found.route.prefixLength <= suppressPrefixLength) {
      continue;
    }
    const error = isReject(found) ? "ENETUNREACH" : TYPE_ERRORS[found.route.type];
    if (error === "EAGAIN") continue;
    return error === undefined ? found : { errno: error, route: found.route };
  }
  return { errno: "ENETUNREACH", route: undefined };
}

/** Where in a multipath route's shares a flow falls: from 0 up to, not including, 1. */
function shareOf(net: Net, flow: Flow6): number {
  return flowHash6(net, `${flow.source}${flow.destination}`) / 0x100000000;
}

/** A hash of a flow's words with the namespace's own number (FNV-1a, mixed). */
export function flowHash6(net: Net, words: string): number {
  let hash = net.ip6.flowSeed ^ 0x811c9dc5;
  for (let index = 0; index < words.length; index++) {
    hash = Math.imul(hash ^ words.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x21f0aaad);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** What somebody wants to send. */
export type OutputFlow6 = Omit<Flow6, "source" | "iif"> & { readonly source?: string | undefined };

/** The way of a packet out of this host. */
export type OutputRoute6 = {
  readonly type: Route6["type"];
  /** The device that sends: lo for addresses of our own. */
  readonly dev: NetDevice;
  /** The device of the route, which scopes of addresses mean. */
  readonly routeDev: NetDevice;
  readonly gateway: string | undefined;
  /** Whose MAC the frame needs. */
  readonly nextHop: string;
  readonly source: string;
  readonly mtu: number;
  readonly hopLimit: number;
  readonly route: Route6;
  readonly nexthop: Nexthop6;
  /** Clock microseconds until which a learnt MTU or redirect holds. */
  readonly expires: number | undefined;
  readonly learnt: boolean;
};

/** Addresses that demand the device (rt6_need_strict). */
export function needsStrict6(destination: string): boolean {
  return isMulticast6(destination) || isLinkLocal6(destination) || isLoopback6(destination);
}

/** Finds the way of a packet that this host sends, and its source if it has none. */
export function routeOutput6(net: Net, wanted: OutputFlow6): OutputRoute6 | Refused6 {
  const given =
    wanted.source === undefined || wanted.source === IN6.ANY ? undefined : wanted.source;
  const flow: Flow6 = { ...wanted, source: given ?? IN6.ANY };
  const destination = wanted.destination === IN6.ANY ? IN6.LOOPBACK : wanted.destination;
  const strict = wanted.oif !== undefined || needsStrict6(destination);
  const found = lookup6(net, { ...flow, destination }, strict);
  keepAtHand(net, found.route);
  const source = given ?? sourceFor(net, found, destination);
  if (source === undefined) return { errno: "EADDRNOTAVAIL", route: found.route };
  return "errno" in found ? found : outputBy(net, found, destination, source);
}

function keepAtHand(net: Net, route: Route6 | undefined): void {
  if (route !== undefined) net.ip6.used.add(route);
}

function sourceFor(net: Net, found: Found6 | Refused6, destination: string): string | undefined {
  if ("errno" in found) return selectSource6(net, undefined, destination);
  return found.route.prefSource ?? selectSource6(net, found.nexthop.dev, destination);
}

/** The way by a route that was found. */
export function outputBy(
  net: Net,
  found: Found6,
  destination: string,
  source: string,
): OutputRoute6 {
  const { route, nexthop } = found;
  const local = route.type === "local" || route.type === "anycast";
  const dev = local ? net.loopback : nexthop.dev;
  const exception = net.ip6.exceptions.get(destination);
  const holds =
    exception !== undefined &&
    exception.route === route &&
    (exception.expires === undefined || exception.expires > net.kernel.clock.now);
  const learnt = holds ? exception : undefined;
  const gateway = learnt?.gateway ?? nexthop.gateway;
  const out = learnt?.dev ?? dev;
  const mtu = Math.min(learnt?.mtu ?? 65536, route.metrics.get("mtu") ?? mtuOf(out));
  return {
    type: route.type,
    dev: out,
    routeDev: learnt?.dev ?? nexthop.dev,
    gateway,
    nextHop: gateway ?? destination,
    source,
    mtu,
    hopLimit: route.metrics.get("hoplimit") ?? hopLimitOf(nexthop.dev),
    route,
    nexthop,
    expires: learnt?.expires,
    learnt: learnt !== undefined,
  };
}

/** The MTU that IPv6 uses on a device. */
export function mtuOf(dev: NetDevice): number {
  return dev.ip6 === undefined ? dev.mtu : Math.min(dev.mtu, conf6(dev.ip6.conf, "mtu"));
}

/** Hops that packets of ours by a device begin with. */
function hopLimitOf(dev: NetDevice): number {
  return conf6(dev.ip6?.conf ?? dev.net.ip6.confAll, "hop_limit");
}

/** The way of a packet that came in: for us, onwards, or a verdict. */
export type InputRoute6 =
  | { readonly type: "local"; readonly found: Found6 }
  | { readonly type: "forward"; readonly found: Found6 }
  | { readonly type: "drop"; readonly errno: RouteError6; readonly route: Route6 | undefined };

/** Finds the way of a packet that a device received (ip6_route_input). */
export function routeInput6(dev: NetDevice, source: string, destination: string): InputRoute6 {
  const { net } = dev;
  const strict = isLinkLocal6(destination);
  const found = lookup6(net, { destination, source, iif: dev }, strict);
  keepAtHand(net, found.route);
  if ("errno" in found) return { type: "drop", ...found };
  const local = found.route.type === "local" || found.route.type === "anycast";
  return local ? { type: "local", found } : { type: "forward", found };
}
