// Which way does a packet go? (linux/net/ipv4/route.c.) `routeOutput` is for packets of our own: it
// also chooses the source address. `routeInput` is for packets that came in: to us, onward, or
// nowhere, and why. What redirects and too-big messages taught about a destination (exceptions) is kept
// with the nexthop: 300 s for a redirect, net.ipv4.route.mtu_expires for a path MTU.
// Answers for incoming packets are kept by device and destination until routes, addresses or settings
// of the namespace change (`generation`).
// The types of the answers are in ipv4Net.ts.
// Not simulated: multicast routing, per-socket caches, traffic classes.

import type { Errno } from "../core/errno.ts";
import { IFF, type NetDevice } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import type { DropReason } from "../core/skbuff.ts";
import { confValue, isOnLink, isOwnAddress, selectAddress } from "./devinet.ts";
import { fibLookup } from "./fibRules.ts";
import { selectPath } from "./fibSelect.ts";
import { isLimitedBroadcast, isMulticast4 } from "./fibSemantics.ts";
import { aliasesOf, type FibResult, type Flow, flowOf } from "./fibTrie.ts";
import { validateSource } from "./fibValidate.ts";
import { SCOPE } from "./inDevice.ts";
import type { InputRoute, Nexthop4, OutputRoute, Route4, RouteException } from "./ipv4Net.ts";

/** What a packet of our own says about its way. */
export type OutputRequest = {
  readonly destination: number;
  readonly source?: number | undefined;
  /** The device that the socket is bound to. */
  readonly oif?: NetDevice | undefined;
  readonly mark?: number | undefined;
  readonly tos?: number | undefined;
  readonly uid?: number | undefined;
  readonly protocol?: number | undefined;
  readonly sourcePort?: number | undefined;
  readonly destinationPort?: number | undefined;
  /** The source need not be an address of ours (IP_FREEBIND, IP_TRANSPARENT). */
  readonly anySource?: boolean | undefined;
  /** Only hosts on the link (SO_DONTROUTE). */
  readonly onlink?: boolean | undefined;
};

type Found = Exclude<FibResult, string>;

const LOOPBACK_NET = 127;
const INADDR_LOOPBACK = 0x7f000001;
const LIMITED_BROADCAST = 0xffffffff;

const isLoopback = (address: number) => address >>> 24 === LOOPBACK_NET;
/** Since Linux 5.3 only 0.0.0.0 itself is special, not all of 0.0.0.0/8. */
const isZero = (address: number) => address === 0;
/** 224.0.0.0/24: never leaves a link. */
const isLocalMulticast = (address: number) => address >>> 8 === 0xe00000;

/** The way of a packet that this namespace sends, or why there is none. */
export function routeOutput(net: Net, request: OutputRequest): OutputRoute | { errno: Errno } {
  const { destination, source = 0 } = request;
  let { oif } = request;
  const groupDestination = isMulticast4(destination) || destination === LIMITED_BROADCAST;
  if (source !== 0) {
    const refusal = refuseSource(net, request, source);
    if (refusal !== undefined) return { errno: refusal };
    if (oif === undefined && groupDestination) oif = deviceOf(net, source);
    if (oif === undefined && groupDestination) return { errno: "ENETUNREACH" };
    if (request.oif === undefined && oif !== undefined) {
      return makeOutput(oif, { destination, source });
    }
  }
  let chosen = source;
  if (oif !== undefined) {
    if (!oif.registered || oif.net !== net) return { errno: "ENODEV" };
    if ((oif.flags & IFF.UP) === 0 || oif.ip4 === undefined) return { errno: "ENETUNREACH" };
    if (isLocalMulticast(destination) || destination === LIMITED_BROADCAST) {
      chosen ||= selectAddress(net, oif, 0, SCOPE.LINK);
      return makeOutput(oif, { destination, source: chosen });
    }
    if (isMulticast4(destination)) chosen ||= selectAddress(net, oif, 0, SCOPE.UNIVERSE);
    else if (destination === 0) chosen ||= selectAddress(net, oif, 0, SCOPE.HOST);
  }
  if (destination === 0) {
    const here = chosen || INADDR_LOOPBACK;
    return makeOutput(net.loopback, { destination: here, source: here, type: "local" });
  }
  return lookupOutput(net, request, chosen);
}

function refuseSource(net: Net, request: OutputRequest, source: number): Errno | undefined {
  if (isMulticast4(source) || isLimitedBroadcast(source)) return "EINVAL";
  if (request.anySource === true || isLocal(net, source)) return undefined;
  return "ENETUNREACH";
}

function isLocal(net: Net, address: number): boolean {
  return deviceOf(net, address) !== undefined;
}

/** The device that has the address, or to which the local table gives it (__ip_dev_find). */
function deviceOf(net: Net, address: number): NetDevice | undefined {
  for (const dev of net.devices.values()) {
    if (dev.ip4?.addresses.some((one) => one.local === address) === true) return dev;
  }
  const found = fibLookup(net, flowOf({ destination: address, ignoreLinkstate: true }));
  return typeof found !== "string" && found.route.type === "local" ? found.nexthop?.dev : undefined;
}

function lookupOutput(
  net: Net,
  request: OutputRequest,
  chosen: number,
): OutputRoute | { errno: Errno } {
  const { destination, oif } = request;
  const flow = flowOf({
    destination,
    source: chosen,
    oif,
    mark: request.mark ?? 0,
    tos: request.tos ?? 0,
    uid: request.uid ?? 0,
    protocol: request.protocol ?? 0,
    sourcePort: request.sourcePort ?? 0,
    destinationPort: request.destinationPort ?? 0,
    scope: request.onlink === true ? SCOPE.LINK : SCOPE.UNIVERSE,
  });
  const found = fibLookup(net, flow);
  if (typeof found === "string") {
    if (oif === undefined) return { errno: found };
    // The tables know no way, but the sender named a device: take the destination for a neighbour.
    const source = chosen || selectAddress(net, oif, 0, SCOPE.LINK);
    return makeOutput(oif, { destination, source });
  }
  if (found.route.type === "local") {
    const source = chosen || (found.route.prefSource ?? destination);
    return makeOutput(net.loopback, { destination, source, type: "local", found });
  }
  const selected = selectPath(net, found, flow);
  const { nexthop, route } = selected;
  const dev = nexthop?.dev;
  if (dev === undefined) return { errno: "ENETUNREACH" };
  const source = chosen || sourceOf(net, route, nexthop);
  const type = route.type === "broadcast" || route.type === "multicast" ? route.type : "unicast";
  return makeOutput(dev, { destination, source, type, found: selected });
}

/** The source that a route gives: its own, or the device's address for the gateway. */
function sourceOf(net: Net, route: Route4, nexthop: Nexthop4 | undefined): number {
  if (route.prefSource !== undefined) return route.prefSource;
  return selectAddress(net, nexthop?.dev, nexthop?.gateway ?? 0, route.scope);
}

type Parts = {
  readonly destination: number;
  readonly source: number;
  readonly type?: OutputRoute["type"];
  readonly found?: Found;
};

function makeOutput(dev: NetDevice, parts: Parts): OutputRoute | { errno: Errno } {
  const { destination, source } = parts;
  const loopbackDevice = (dev.flags & IFF.LOOPBACK) !== 0;
  if (isLoopback(source) && !loopbackDevice && confValue(dev, "route_localnet") === 0) {
    return { errno: "EINVAL" };
  }
  let type = parts.type ?? "unicast";
  let { found } = parts;
  if (destination === LIMITED_BROADCAST) type = "broadcast";
  else if (isMulticast4(destination)) type = "multicast";
  else if (isZero(destination)) return { errno: "EINVAL" };
  // A default route is no reason to send a group's packet to a gateway.
  if (type === "multicast" && (found?.route.prefixLength ?? 4) < 4) found = undefined;
  return outputRoute(dev, { destination, source, type, found });
}

function outputRoute(
  dev: NetDevice,
  parts: Required<Omit<Parts, "found">> & { readonly found: Found | undefined },
): OutputRoute {
  const { destination, type, found } = parts;
  const route = found?.route;
  const nexthop = type === "unicast" ? found?.nexthop : undefined;
  const exception = findException(dev.net, nexthop, destination);
  const gateway = exception?.gateway ?? nexthop?.gateway;
  const routeMtu = route?.metrics.get("mtu") ?? 0;
  const forwardMtu = routeMtu || dev.mtu;
  return {
    type,
    dev,
    gateway,
    gateway6: nexthop?.gateway6,
    nextHop: gateway ?? destination,
    source: parts.source,
    scope: route?.scope ?? SCOPE.UNIVERSE,
    mtu: exception?.mtu ?? forwardMtu,
    forwardMtu,
    mtuLocked: exception?.mtuLocked ?? ((route?.metrics.get("lock") ?? 0) & 4) !== 0,
    table: route?.table ?? 0,
    route,
    nexthop,
    exception,
    loopback: type === "broadcast" || (type === "multicast" && isMember(dev, destination)),
  };
}

/** True when the device listens to the group: all hosts, or one that a socket has joined. */
function isMember(dev: NetDevice, group: number): boolean {
  if (dev.ip4 === undefined) return false;
  if (group === 0xe0000001) return (dev.flags & IFF.UP) !== 0;
  return dev.multicast.has(0x01005e000000 + (group & 0x7fffff));
}

/** What was learnt about a destination behind a nexthop and has not expired. */
export function findException(
  net: Net,
  nexthop: Nexthop4 | undefined,
  destination: number,
): RouteException | undefined {
  if (nexthop === undefined) return undefined;
  const exception = net.ip4.exceptions.get(nexthop)?.get(destination);
  if (exception?.emptied === "unseen") exception.emptied = "seen";
  return exception !== undefined && exception.expires > net.kernel.clock.now
    ? exception
    : undefined;
}

/** What routeInput looks at. */
export type InputRequest = {
  readonly source: number;
  readonly destination: number;
  /** The packet's TOS without its ECN bits. */
  readonly tos: number;
  readonly mark?: number | undefined;
  /** It is an ARP request: would such a packet be taken? */
  readonly arp?: boolean | undefined;
};

const CACHE_SIZE = 4096;

/** What becomes of a packet that came in by `dev`. */
export function routeInput(dev: NetDevice, request: InputRequest): InputRoute {
  const inDevice = dev.ip4;
  if (inDevice === undefined) return drop("EINVAL", "NOT_SPECIFIED");
  const { generation } = dev.net.ip4;
  const { source, destination, tos, mark = 0 } = request;
  if (request.arp === true) return lookupInput(dev, request);
  const key = (destination ^ Math.imul(source, 0x9e3779b1)) >>> 0;
  const cached = inDevice.inputCache.get(key);
  if (
    cached !== undefined &&
    cached.generation === generation &&
    cached.source === source &&
    cached.destination === destination &&
    cached.tos === tos &&
    cached.mark === mark
  ) {
    return cached.answer;
  }
  const answer = lookupInput(dev, request);
  if (answer.type !== "forward" || isStable(dev.net, answer.out)) {
    if (inDevice.inputCache.size >= CACHE_SIZE) inDevice.inputCache.clear();
    inDevice.inputCache.set(key, { source, destination, tos, mark, generation, answer });
  }
  return answer;
}

/** False for answers that change with time or with neighbours: exceptions, several default routes. */
function isStable(net: Net, { exception, route }: OutputRoute): boolean {
  if (exception !== undefined || route === undefined) return false;
  const table = route.prefixLength === 0 ? net.ip4.tables.get(route.table) : undefined;
  return table === undefined || aliasesOf(table, 0, 0).length === 1;
}

function drop(errno: Errno, reason: DropReason, martian?: "source" | "destination"): InputRoute {
  return { type: "drop", errno, reason, martian };
}

const MARTIAN_SOURCE = drop("EINVAL", "IP_MARTIAN_SOURCE", "source");
const MARTIAN_DESTINATION = drop("EINVAL", "IP_MARTIAN_DESTINATION", "destination");
const UNREACHABLE_HOST: InputRoute = {
  type: "unreachable",
  errno: "EHOSTUNREACH",
  reason: "IP_INADDRERRORS",
};

function lookupInput(dev: NetDevice, request: InputRequest): InputRoute {
  const { source, destination } = request;
  if (isMulticast4(destination)) return multicastInput(dev, request);
  if (isMulticast4(source) || source === LIMITED_BROADCAST) return MARTIAN_SOURCE;
  if (destination === LIMITED_BROADCAST || (source === 0 && destination === 0)) {
    return broadcastInput(dev, request);
  }
  if (isZero(source)) return MARTIAN_SOURCE;
  if (isZero(destination)) return MARTIAN_DESTINATION;
  const toLoopback = isLoopback(destination);
  if ((toLoopback || isLoopback(source)) && confValue(dev, "route_localnet") === 0) {
    if ((dev.flags & IFF.LOOPBACK) === 0) return toLoopback ? MARTIAN_DESTINATION : MARTIAN_SOURCE;
  }
  const flow = flowOf({
    destination,
    source,
    tos: request.tos,
    mark: request.mark ?? 0,
    iif: dev,
  });
  const found = fibLookup(dev.net, flow);
  const forwards = confValue(dev, "forwarding") !== 0;
  if (typeof found === "string") {
    if (!forwards) return UNREACHABLE_HOST;
    return { type: "unreachable", errno: found as Errno, reason: "IP_INNOROUTES" };
  }
  const { route } = found;
  if (route.type === "broadcast" && confValue(dev, "bc_forwarding") === 0) {
    return broadcastInput(dev, request, route);
  }
  if (route.type === "local") return localInput(dev, request, route);
  if (!forwards) return { ...UNREACHABLE_HOST, reason: "IP_FORWARDING_OFF" } as InputRoute;
  if (route.type !== "unicast" && route.type !== "broadcast") return MARTIAN_DESTINATION;
  return forwardInput(dev, request, selectPath(dev.net, found, flow));
}

function check(
  dev: NetDevice,
  request: InputRequest,
  out: NetDevice | undefined,
  destination = request.destination,
) {
  const { source, tos, mark = 0 } = request;
  return validateSource(dev, { source, destination, tos, mark, out });
}

function refused(errno: "EXDEV" | "EINVAL"): InputRoute {
  return errno === "EXDEV" ? drop("EXDEV", "IP_RPFILTER", "source") : MARTIAN_SOURCE;
}

function broadcastInput(dev: NetDevice, request: InputRequest, route?: Route4): InputRoute {
  if (request.arp === true) return drop("EINVAL", "NOT_SPECIFIED");
  if (!isZero(request.source)) {
    const verdict = check(dev, request, undefined, 0);
    if (verdict === "EXDEV" || verdict === "EINVAL") return refused(verdict);
  }
  return { type: "broadcast", route };
}

function localInput(dev: NetDevice, request: InputRequest, route: Route4): InputRoute {
  // What we send to ourselves over lo has been checked when it was sent.
  if ((dev.flags & IFF.LOOPBACK) !== 0 && isOwnAddress(dev.net, request.source)) {
    return { type: "local", route };
  }
  const verdict = check(dev, request, undefined);
  return verdict === "EXDEV" || verdict === "EINVAL" ? refused(verdict) : { type: "local", route };
}

function multicastInput(dev: NetDevice, request: InputRequest): InputRoute {
  const { source, destination } = request;
  if (!isMember(dev, destination)) return drop("EINVAL", "NOT_SPECIFIED");
  if (isMulticast4(source) || source === LIMITED_BROADCAST) return MARTIAN_SOURCE;
  if (isLoopback(source) && (dev.flags & IFF.LOOPBACK) === 0) return MARTIAN_SOURCE;
  if (isZero(source)) {
    return isLocalMulticast(destination) ? { type: "multicast", route: undefined } : MARTIAN_SOURCE;
  }
  const verdict = check(dev, request, undefined, 0);
  if (verdict === "EXDEV" || verdict === "EINVAL") return refused(verdict);
  return { type: "multicast", route: undefined };
}

function forwardInput(dev: NetDevice, request: InputRequest, found: Found): InputRoute {
  const out = found.nexthop?.dev;
  if (out?.ip4 === undefined) return drop("EINVAL", "NOT_SPECIFIED");
  const verdict = check(dev, request, out);
  if (verdict === "EXDEV" || verdict === "EINVAL") return refused(verdict);
  const same = out === dev;
  if (request.arp === true && same && confValue(dev, "proxy_arp_pvlan") === 0) {
    return drop("EINVAL", "NOT_SPECIFIED");
  }
  const redirect =
    same &&
    verdict === "on-link" &&
    confValue(dev, "send_redirects") !== 0 &&
    (confValue(dev, "shared_media") !== 0 ||
      isOnLink(out, request.source, found.nexthop?.gateway ?? 0));
  const { source, destination } = request;
  return {
    type: "forward",
    out: outputRoute(out, { destination, source, type: "unicast", found }),
    redirect,
  };
}

/** The flow of an output request, for what learns from ICMP (routeExceptions.ts). */
export function outputFlow(request: OutputRequest): Flow {
  return flowOf({
    destination: request.destination,
    source: request.source ?? 0,
    oif: request.oif,
    tos: request.tos ?? 0,
    mark: request.mark ?? 0,
  });
}
