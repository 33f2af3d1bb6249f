// Which IPv6 routes may be added, changed and deleted (linux/net/ipv6/route.c: ip6_route_info_create,
// fib6_nh_init, ip6_validate_gw, ip6_route_del; ip6_fib.c: fib6_add_rt2node).
// Policy: routes that carry nothing (unreachable …) and routes of lo to elsewhere are kept on lo. A
// gateway must be on a link (found by a route without a gateway), or be a link-local address with a
// device. Metric 0 means 1024. Equal metrics are refused by `add` only.
// Not here: lookup (route6.ts). Not simulated: nexthop objects, source prefixes, encapsulation.

import { isLinkLocal6, isMulticast6, prefix6 } from "../../wire/ipv6.ts";
import type { Refusal } from "../core/errno.ts";
import { IFF, type NetDevice } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import { conf6 } from "./createIpv6Net.ts";
import { RT6_TABLE } from "./fib6Rules.ts";
import {
  insertRoute6,
  removeRoute6,
  replaceRoute6,
  routesOf,
  sameNexthop6,
  sharesTraffic,
  table6,
  tellRoute6,
} from "./ip6Fib.ts";
import type { Nexthop6, Route6 } from "./ipv6Net.ts";
import { lookup6 } from "./route6.ts";
import { isLoopback6, ownAddress6 } from "./sourceAddress6.ts";

/** Metrics that Linux gives. */
export const METRIC6 = { USER: 1024, ADDRCONF: 256 } as const;

/** A next hop as it is asked for. */
export type NexthopRequest6 = {
  readonly dev?: NetDevice | undefined;
  readonly gateway?: string | undefined;
  readonly weight?: number | undefined;
  readonly onlink?: boolean | undefined;
};

/** A route as it is asked for; several next hops are a multipath route. */
export type RouteRequest6 = {
  readonly destination: string;
  readonly prefixLength: number;
  readonly type?: Route6["type"] | undefined;
  readonly table?: number | undefined;
  readonly protocol?: number | undefined;
  readonly metric?: number | undefined;
  readonly prefSource?: string | undefined;
  readonly nexthops: readonly NexthopRequest6[];
  readonly metrics?: ReadonlyMap<string, number> | undefined;
  readonly preference?: Route6["preference"] | undefined;
  /** Seconds. */
  readonly expires?: number | undefined;
  /** The kernel's own routes to local addresses may be on devices that are down. */
  readonly deviceMayBeDown?: boolean | undefined;
};

/** `ip -6 route add`, append, prepend, change, replace; `kernel` adds beside what is there. */
export type RouteMode6 = "add" | "append" | "prepend" | "change" | "replace" | "kernel";

const REJECTS: ReadonlySet<string> = new Set(["blackhole", "unreachable", "prohibit", "throw"]);

/** Adds or changes a route. */
export function newRoute6(net: Net, request: RouteRequest6, mode: RouteMode6): Refusal | undefined {
  if (request.prefixLength > 128) return { errno: "EINVAL", message: "Invalid prefix length" };
  const route = createRoute(net, request);
  if ("errno" in route) return route;
  const table = table6(net, route.table);
  const there = routesOf(table, route.destination, route.prefixLength);
  const equals = there.filter((one) => one.metric === route.metric);
  if (mode === "add" && equals.length > 0) return { errno: "EEXIST" };
  if (mode === "change" || mode === "replace") {
    const old = equals.find((one) => sharesTraffic(one) === sharesTraffic(route)) ?? equals[0];
    if (old !== undefined) {
      replaceRoute6(net, table, old, route);
      return undefined;
    }
    if (mode === "change" && there.length > 0) return { errno: "ENOENT" };
    if (mode === "change") {
      return { errno: "ENOENT", message: "Can not replace route - no match found" };
    }
  }
  const [first] = route.nexthops;
  const twin = equals.some((one) =>
    one.nexthops.some((hop) => first !== undefined && sameNexthop6(hop, first)),
  );
  if (twin) return { errno: "EEXIST" };
  insertRoute6(net, table, route);
  return undefined;
}

/** The route of a request, checked. */
function createRoute(net: Net, request: RouteRequest6): Route6 | Refusal {
  const { prefixLength, expires } = request;
  const type = request.type ?? "unicast";
  const destination = prefix6(request.destination, prefixLength);
  const nexthops: Nexthop6[] = [];
  const wanted = request.nexthops.length > 0 ? request.nexthops : [{}];
  for (const one of wanted) {
    if (wanted.length > 1 && one.gateway === undefined) {
      const message = "Device only routes can not be added for IPv6 using the multipath API";
      return { errno: "EINVAL", message };
    }
    const nexthop = createNexthop(net, { ...request, type, destination }, one);
    if ("errno" in nexthop) return nexthop;
    if (nexthops.some((other) => sameNexthop6(other, nexthop))) return { errno: "EEXIST" };
    nexthops.push(nexthop);
  }
  const { prefSource } = request;
  if (prefSource !== undefined && ownAddress6(net, prefSource) === undefined) {
    return { errno: "EINVAL", message: "Invalid source address" };
  }
  return {
    destination,
    prefixLength,
    type,
    protocol: request.protocol ?? 3,
    metric: request.metric === undefined ? METRIC6.USER : request.metric,
    table: request.table ?? RT6_TABLE.MAIN,
    prefSource,
    nexthops,
    metrics: request.metrics ?? new Map(),
    preference: request.preference ?? "medium",
    expires: expires === undefined ? undefined : net.kernel.clock.now + expires * 1e6,
  };
}

type Checked = RouteRequest6 & { readonly type: Route6["type"] };

function createNexthop(net: Net, request: Checked, asked: NexthopRequest6): Nexthop6 | Refusal {
  const { type, destination } = request;
  const refused = (errno: Refusal["errno"], message?: string): Refusal =>
    message === undefined ? { errno } : { errno, message };
  const isUp = (dev: NetDevice) => (dev.flags & IFF.UP) !== 0;
  let { dev } = asked;
  const { gateway } = asked;
  if (dev !== undefined && dev.ip6 === undefined) return refused("ENODEV");
  if (asked.onlink === true) {
    if (dev === undefined) return refused("ENODEV", "Nexthop device required for onlink");
    if (!isUp(dev)) return refused("ENETDOWN", "Nexthop device is not up");
  }
  const local = type === "local" || type === "anycast";
  const onLoopback = dev === net.loopback && !isLoopback6(destination) && !local;
  if (REJECTS.has(type) || (onLoopback && gateway === undefined)) {
    return nexthopOf(net.loopback, undefined, asked);
  }
  if (gateway !== undefined) {
    const found = checkGateway(net, request, asked);
    if ("errno" in found) return found;
    dev = found.dev;
  }
  if (dev === undefined) return refused("ENODEV");
  if (dev.ip6 === undefined || conf6(dev.ip6.conf, "disable_ipv6") > 0) {
    return refused("EACCES", "IPv6 is disabled on nexthop device");
  }
  if (!isUp(dev) && request.deviceMayBeDown !== true) {
    return refused("ENETDOWN", "Nexthop device is not up");
  }
  return nexthopOf(dev, gateway, { ...asked, linkdown: !local && !dev.carrier });
}

function nexthopOf(
  dev: NetDevice,
  gateway: string | undefined,
  asked: NexthopRequest6 & { readonly linkdown?: boolean },
): Nexthop6 {
  return {
    dev,
    gateway,
    weight: asked.weight ?? 1,
    onlink: asked.onlink ?? false,
    linkdown: asked.linkdown ?? false,
    dead: false,
  };
}

/** The device by which a gateway is reached (ip6_validate_gw). */
function checkGateway(
  net: Net,
  request: Checked,
  asked: NexthopRequest6,
): { readonly dev: NetDevice } | Refusal {
  const gateway = asked.gateway ?? "";
  const linkLocal = isLinkLocal6(gateway);
  let { dev } = asked;
  if (ownAddress6(net, gateway, linkLocal ? dev : undefined, true) !== undefined) {
    if (!linkLocal || dev !== undefined) {
      return { errno: "EINVAL", message: "Gateway can not be a local address" };
    }
  }
  if (isMulticast6(gateway)) return { errno: "EINVAL", message: "Invalid gateway address" };
  if (!linkLocal && asked.onlink !== true) {
    const found = deviceTowards(net, request.table ?? RT6_TABLE.MAIN, gateway, dev);
    if (found === undefined) return { errno: "EHOSTUNREACH" };
    dev = found;
  }
  if (dev === undefined) return { errno: "EINVAL", message: "Egress device not specified" };
  if (dev === net.loopback) {
    return {
      errno: "EINVAL",
      message: "Egress device can not be loopback device for this route",
    };
  }
  return { dev };
}

function deviceTowards(
  net: Net,
  _table: number,
  gateway: string,
  dev: NetDevice | undefined,
): NetDevice | undefined {
  const found = lookup6(
    net,
    { destination: gateway, source: "0".repeat(32), oif: dev },
    dev !== undefined,
  );
  if ("errno" in found || found.nexthop.gateway !== undefined) return undefined;
  if (dev !== undefined && found.nexthop.dev !== dev) return undefined;
  return found.nexthop.dev;
}

/** Deletes the first route that agrees with the request, or one next hop of it. */
export function delRoute6(net: Net, request: RouteRequest6): Refusal | undefined {
  if (request.prefixLength > 128) return { errno: "EINVAL", message: "Invalid prefix length" };
  const table = net.ip6.tables.get(request.table ?? RT6_TABLE.MAIN);
  if (table === undefined) return { errno: "ESRCH", message: "FIB table does not exist" };
  const destination = prefix6(request.destination, request.prefixLength);
  const wanted = request.nexthops.length > 0 ? request.nexthops : [{}];
  let refusal: Refusal | undefined;
  for (const one of wanted) {
    const routes = routesOf(table, destination, request.prefixLength);
    const route = routes.find((candidate) => agrees(candidate, request, one));
    if (route === undefined) refusal = { errno: "ESRCH" };
    else removeHop(net, route, one);
  }
  return refusal;
}

function agrees(route: Route6, request: RouteRequest6, wanted: NexthopRequest6): boolean {
  if (request.metric !== undefined && request.metric !== 0 && request.metric !== route.metric) {
    return false;
  }
  if (request.protocol !== undefined && request.protocol !== route.protocol) return false;
  return route.nexthops.some((hop) => fits(hop, wanted));
}

function fits(hop: Nexthop6, wanted: NexthopRequest6): boolean {
  if (wanted.dev !== undefined && wanted.dev !== hop.dev) return false;
  return wanted.gateway === undefined || wanted.gateway === hop.gateway;
}

/** With a gateway only that next hop goes, else the whole route. */
function removeHop(net: Net, route: Route6, wanted: NexthopRequest6): void {
  if (wanted.gateway === undefined || route.nexthops.length === 1) {
    removeRoute6(net, route);
    return;
  }
  const going = route.nexthops.find((hop) => fits(hop, wanted));
  const nexthops = route.nexthops.filter((hop) => hop !== going);
  const table = table6(net, route.table);
  tellRoute6(net, { ...route, nexthops: route.nexthops.filter((hop) => hop === going) }, true);
  const routes = routesOf(table, route.destination, route.prefixLength);
  routes[routes.indexOf(route)] = { ...route, nexthops };
}
