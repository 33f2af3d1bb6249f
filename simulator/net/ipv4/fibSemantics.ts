// Is a route allowed, and what becomes of it when devices change? (linux/net/ipv4/fib_semantics.c.)
// Before a route is taken, its type, scope, gateway, device and source are checked; a gateway must be
// reached by a route of a narrower scope. Nexthops lose their link with the carrier ("linkdown") and
// their life with the device ("dead"); a route whose nexthops are all dead goes.
// Not simulated: nexthop objects, encapsulation, traffic classes (realms).

import type { Errno, Refusal } from "../core/errno.ts";
import { IFF, type NetDevice } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import { fibLookup } from "./fibRules.ts";
import {
  type FibResult,
  flowOf,
  lookupTable,
  lookupTables,
  RT_TABLE,
  TYPE_ERRORS,
  takeRoute,
} from "./fibTrie.ts";
import { SCOPE } from "./inDevice.ts";
import type { Nexthop4, Route4, RouteType } from "./ipv4Net.ts";

/** One nexthop as it is asked for. */
export type NexthopRequest = {
  readonly dev?: NetDevice | undefined;
  readonly gateway?: number | undefined;
  /** An IPv6 gateway, 32 hex digits. */
  readonly gateway6?: string | undefined;
  readonly weight?: number | undefined;
  readonly onlink?: boolean | undefined;
};

/** A route as it is asked for; absent: TOS 0, unicast, scope global, protocol boot, metric 0, main. */
export type RouteRequest = {
  readonly destination: number;
  readonly prefixLength: number;
  readonly tos?: number | undefined;
  readonly type?: RouteType | undefined;
  readonly scope?: number | undefined;
  readonly protocol?: number | undefined;
  readonly metric?: number | undefined;
  readonly prefSource?: number | undefined;
  readonly table?: number | undefined;
  /** At most one, unless `multipath`. */
  readonly nexthops?: readonly NexthopRequest[] | undefined;
  /** The nexthops were given as a list (`nexthop via …`). */
  readonly multipath?: boolean | undefined;
  readonly metrics?: ReadonlyMap<string, number> | undefined;
};

/** The widest scope that a type may have. */
const TYPE_SCOPES: Partial<Record<RouteType, number>> = {
  local: SCOPE.HOST,
  broadcast: SCOPE.LINK,
  anycast: SCOPE.LINK,
  nat: SCOPE.NOWHERE,
};

const invalid = (message: string): Refusal => ({ errno: "EINVAL", message });

/** The route that a request describes, if it is allowed (fib_create_info). */
export function createRoute(net: Net, request: RouteRequest): Route4 | Refusal {
  const type = request.type ?? "unicast";
  const scope = request.scope ?? SCOPE.UNIVERSE;
  const asked = request.nexthops ?? [];
  if ((TYPE_SCOPES[type] ?? 0) > scope) return invalid("Invalid scope");
  let nexthops: readonly Nexthop4[] | Refusal = [];
  if (TYPE_ERRORS[type] !== undefined) {
    if (asked.length > 0) {
      return invalid("Gateway, device and multipath can not be specified for this route type");
    }
  } else {
    if (scope > SCOPE.HOST) return invalid("Invalid scope");
    nexthops = scope === SCOPE.HOST ? hostNexthop(asked) : checkAll(net, request, scope);
  }
  if ("errno" in nexthops) return nexthops;
  if (request.prefSource !== undefined && !validPrefSource(net, request, request.prefSource)) {
    return invalid("Invalid prefsrc address");
  }
  return {
    destination: request.destination,
    prefixLength: request.prefixLength,
    tos: request.tos ?? 0,
    type,
    scope,
    protocol: request.protocol ?? 3,
    metric: request.metric ?? 0,
    prefSource: request.prefSource,
    table: request.table ?? RT_TABLE.MAIN,
    nexthops,
    metrics: request.metrics ?? new Map(),
  };
}

/** The nexthop of a route of host scope: a device and nothing else. */
function hostNexthop(asked: readonly NexthopRequest[]): readonly Nexthop4[] | Refusal {
  const [only, second] = asked;
  if (second !== undefined) return invalid("Route with host scope can not have multiple nexthops");
  if (only?.gateway !== undefined || only?.gateway6 !== undefined) {
    return invalid("Route with host scope can not have a gateway");
  }
  if (only?.dev === undefined) return { errno: "ENODEV" };
  return [nexthopOf(only, only.dev, SCOPE.NOWHERE, false)];
}

function nexthopOf(
  asked: NexthopRequest,
  dev: NetDevice,
  scope: number,
  linkdown = !dev.carrier,
): Nexthop4 {
  return {
    dev,
    gateway: asked.gateway,
    ...(asked.gateway6 === undefined ? {} : { gateway6: asked.gateway6 }),
    scope,
    weight: asked.weight ?? 1,
    onlink: asked.onlink ?? false,
    dead: false,
    linkdown,
  };
}

function checkAll(net: Net, request: RouteRequest, scope: number): readonly Nexthop4[] | Refusal {
  const checked: Nexthop4[] = [];
  const asked = request.nexthops ?? [];
  for (const one of asked.length === 0 ? [{}] : asked) {
    const nexthop = checkNexthop(net, one, scope, request.table ?? RT_TABLE.MAIN);
    if ("errno" in nexthop) return nexthop;
    checked.push(nexthop);
  }
  return checked;
}

/** Checks one nexthop (fib_check_nh). */
function checkNexthop(
  net: Net,
  asked: NexthopRequest,
  scope: number,
  table: number,
): Nexthop4 | Refusal {
  if (asked.gateway6 !== undefined) return checkGateway6(net, asked);
  if (asked.gateway !== undefined) {
    return asked.onlink === true
      ? checkOnlink(net, asked, scope)
      : checkGateway(net, asked, scope, table);
  }
  if (asked.onlink === true) {
    return invalid("Invalid flags for nexthop - PERVASIVE and ONLINK can not be set");
  }
  const { dev } = asked;
  if (dev?.ip4 === undefined) return { errno: "ENODEV" };
  if ((dev.flags & IFF.UP) === 0) {
    return { errno: "ENETDOWN", message: "Device for nexthop is not up" };
  }
  return nexthopOf(asked, dev, SCOPE.HOST);
}

function checkGateway6(net: Net, asked: NexthopRequest): Nexthop4 | Refusal {
  const gateway = asked.gateway6 ?? "";
  let { dev } = asked;
  if (/^fe[89ab]/.test(gateway)) {
    if (dev === undefined) return invalid("Egress device not specified");
  } else {
    dev = [...net.devices.values()].find((one) => isOnLink6(one, gateway));
    if (dev === undefined || dev !== (asked.dev ?? dev)) return { errno: "EHOSTUNREACH" };
  }
  if (dev.ip6 === undefined || dev.ip6.conf.values.get("disable_ipv6") === "1") {
    return { errno: "EACCES", message: "IPv6 is disabled on nexthop device" };
  }
  if ((dev.flags & IFF.UP) === 0) {
    return { errno: "ENETDOWN", message: "Nexthop device is not up" };
  }
  return nexthopOf(asked, dev, SCOPE.LINK);
}

/** True when an IPv6 address of the device has the gateway in its prefix. */
function isOnLink6(dev: NetDevice, gateway: string): boolean {
  const head = (address: string, length: number) => BigInt(`0x${address}`) >> BigInt(128 - length);
  return (dev.ip6?.addresses ?? []).some(
    ({ local, prefixLength }) => head(local, prefixLength) === head(gateway, prefixLength),
  );
}

function checkOnlink(net: Net, asked: NexthopRequest, scope: number): Nexthop4 | Refusal {
  const { dev, gateway = 0 } = asked;
  if (scope >= SCOPE.LINK) return invalid("Nexthop has invalid scope");
  if (dev === undefined) {
    return { errno: "ENODEV", message: "Nexthop device required for onlink" };
  }
  if ((dev.flags & IFF.UP) === 0) {
    return { errno: "ENETDOWN", message: "Nexthop device is not up" };
  }
  if (addressType(net, gateway, dev) !== "unicast") return invalid("Nexthop has invalid gateway");
  return nexthopOf(asked, dev, SCOPE.LINK);
}

/** A gateway must be found by a route of narrower scope than the new one. */
function checkGateway(
  net: Net,
  asked: NexthopRequest,
  scope: number,
  table: number,
): Nexthop4 | Refusal {
  const flow = flowOf({
    destination: asked.gateway ?? 0,
    oif: asked.dev,
    scope: Math.max(scope + 1, SCOPE.LINK),
    ignoreLinkstate: true,
  });
  // Linux looks into the route's own table first, unless that is main.
  const own = table === RT_TABLE.MAIN ? undefined : net.ip4.tables.get(table);
  let found: FibResult = own === undefined ? "EAGAIN" : lookupTable(own, flow);
  if (typeof found === "string") found = fibLookup(net, flow);
  const message = "Nexthop has invalid gateway";
  if (typeof found === "string") return { errno: found as Errno, message };
  if (found.route.type !== "unicast" && found.route.type !== "local") return invalid(message);
  const dev = found.nexthop?.dev;
  if (dev === undefined) return invalid("No egress device for nexthop");
  if ((dev.flags & IFF.UP) === 0) return { errno: "ENETDOWN" };
  return nexthopOf(asked, dev, found.route.scope);
}

/**
 * What an address is here (inet_addr_type_dev_table): by the local table, which is one with main until
 * a rule is added.
 */
export function addressType(net: Net, address: number, dev?: NetDevice): RouteType {
  if (isLimitedBroadcast(address)) return "broadcast";
  if (isMulticast4(address)) return "multicast";
  const { tables, rulesChanged } = net.ip4;
  const main = rulesChanged ? undefined : tables.get(RT_TABLE.MAIN);
  const flow = flowOf({ destination: address, ignoreLinkstate: true });
  const found = lookupTables(tables.get(RT_TABLE.LOCAL), main, flow);
  if (typeof found === "string") return "unicast";
  return dev === undefined || found.nexthop?.dev === dev ? found.route.type : "unicast";
}

/** True for 224.0.0.0/4. */
export function isMulticast4(address: number): boolean {
  return address >>> 28 === 14;
}

/** True for 255.255.255.255 and 0.0.0.0. */
export function isLimitedBroadcast(address: number): boolean {
  return address === 0xffffffff || address === 0;
}

function validPrefSource(net: Net, request: RouteRequest, source: number): boolean {
  if (request.type === "local" && request.destination === source) return true;
  if (addressType(net, source) === "local") return true;
  const table = net.ip4.tables.get(request.table ?? RT_TABLE.MAIN);
  if (table === undefined || table.id === RT_TABLE.MAIN) return false;
  if (isMulticast4(source) || isLimitedBroadcast(source)) return false;
  const found = lookupTable(table, flowOf({ destination: source }));
  return typeof found !== "string" && found.route.type === "local";
}

/** What happened to a device, as far as its nexthops care. */
export type NexthopEvent = "DOWN" | "UNREGISTER" | "CHANGE";

/**
 * The device is down, gone, or has lost its carrier: marks its nexthops, and with DOWN and
 * UNREGISTER takes out the routes that have none left (fib_sync_down_dev, fib_flush). Routes of host
 * scope stay unless `force`.
 */
export function syncDown(dev: NetDevice, event: NexthopEvent, force: boolean): void {
  for (const route of allRoutes(dev.net)) {
    let dead = 0;
    for (const nexthop of route.nexthops) {
      if (nexthop.dev === dev && (force || nexthop.scope !== SCOPE.NOWHERE)) {
        nexthop.linkdown = true;
        if (event !== "CHANGE") nexthop.dead = true;
      }
      if (nexthop.dead) dead += 1;
    }
    const gone = event === "UNREGISTER" && route.nexthops.some((one) => one.dev === dev);
    if (gone || (dead > 0 && dead === route.nexthops.length)) dropRoute(dev.net, route);
  }
  dev.net.ip4.generation += 1;
}

/** True for a device with carrier, or of whose carrier nobody has heard yet (IFF_RUNNING, IFF_LOWER_UP). */
export function hasLink(dev: NetDevice): boolean {
  return dev.carrier || dev.operstate === "UP" || dev.operstate === "UNKNOWN";
}

/** The device is up, or has its carrier again: its nexthops live and have a link (fib_sync_up). */
export function syncUp(dev: NetDevice, revive: boolean): void {
  if ((dev.flags & IFF.UP) === 0) return;
  for (const route of allRoutes(dev.net)) {
    for (const nexthop of route.nexthops) {
      if (nexthop.dev !== dev) continue;
      if (revive) nexthop.dead = false;
      if (hasLink(dev)) nexthop.linkdown = false;
    }
  }
  dev.net.ip4.generation += 1;
}

/** The address is no longer ours: routes that would use it as their source go (fib_sync_down_addr). */
export function syncDownAddress(net: Net, address: number): void {
  for (const route of allRoutes(net)) {
    if (route.prefSource === address) dropRoute(net, route);
  }
  net.ip4.generation += 1;
}

/** Every route of the namespace; a copy, so that routes may go while one walks. */
function allRoutes(net: Net): Route4[] {
  const routes: Route4[] = [];
  for (const table of net.ip4.tables.values()) {
    for (const ofLength of table.byLength.values()) {
      for (const aliases of ofLength.values()) routes.push(...aliases);
    }
  }
  return routes;
}

/** Flushed routes go without a word: IPv4 tells netlink nothing about them. */
function dropRoute(net: Net, route: Route4): void {
  const table = net.ip4.tables.get(route.table);
  if (table !== undefined) takeRoute(table, route);
}
