// What ICMP teaches about the way to a destination (linux/net/ipv4/route.c, __ip_do_redirect,
// __ip_rt_update_pmtu). A redirect is believed if it comes from the gateway in use and names a
// neighbour; a gateway that is not resolved yet is only asked for, so the second redirect takes effect
// (300 s). A path MTU holds for net.ipv4.route.mtu_expires and never sinks below min_pmtu.
// Not here: reading the ICMP message (icmp.ts).

import { neighCreate, neighEventSend } from "../core/neighbour.ts";
import { isValid } from "../core/neighNotify.ts";
import type { Net } from "../core/netNamespace.ts";
import { settingNumber } from "../core/sysctlTable.ts";
import { confValue, isOnLink } from "./devinet.ts";
import { fibLookup } from "./fibRules.ts";
import { selectPath } from "./fibSelect.ts";
import { addressType, isLimitedBroadcast, isMulticast4 } from "./fibSemantics.ts";
import { routesInOrder, tablesInOrder } from "./fibTrie.ts";
import type { Nexthop4, Route4, RouteException } from "./ipv4Net.ts";
import { findException, type OutputRequest, outputFlow, routeOutput } from "./route.ts";

/** net.ipv4.route.gc_timeout in microseconds: how long a redirect holds. */
const REDIRECT_HOLDS = 300e6;

/** A redirect as it came in: who sent it, and to whom it points. */
export type Redirect = { readonly from: number; readonly to: number };

/** Takes a redirect about a flow of our own, or does not. */
export function acceptRedirect(net: Net, flow: OutputRequest, redirect: Redirect): void {
  const route = routeOutput(net, flow);
  if ("errno" in route || route.gateway === undefined || route.gateway !== redirect.from) return;
  const { dev } = route;
  const { from, to } = redirect;
  if (to === from || isMulticast4(to) || isLimitedBroadcast(to)) return;
  if (confValue(dev, "accept_redirects") === 0) return;
  if (confValue(dev, "shared_media") === 0) {
    if (!isOnLink(dev, to, from)) return;
    if (confValue(dev, "secure_redirects") !== 0 && !isDefaultGateway(net, to)) return;
  } else if (addressType(net, to) !== "unicast") return;
  const { arpTable } = net.kernel;
  const neighbour = neighCreate(arpTable, dev, to);
  if (neighbour === undefined) return;
  if (!isValid(neighbour.state)) {
    neighEventSend(neighbour, undefined);
    return;
  }
  const expires = net.kernel.clock.now + REDIRECT_HOLDS;
  learn(net, flow, { gateway: to, expires, redirected: true });
}

/** True when a default route leads through this gateway (ip_fib_check_default). */
function isDefaultGateway(net: Net, gateway: number): boolean {
  return tablesInOrder(net).some((table) =>
    routesInOrder(table).some((route) => route.nexthops.some((one) => one.gateway === gateway)),
  );
}

/** A router told that packets of this size do not fit. */
export function updatePmtu(net: Net, flow: OutputRequest, told: number): void {
  const route = routeOutput(net, flow);
  if ("errno" in route || route.mtuLocked || route.mtu < told) return;
  const least = settingNumber(net, "ipv4/route/min_pmtu");
  const locked = told < least;
  const mtu = locked ? Math.min(route.mtu, least) : told;
  const { now } = net.kernel.clock;
  const holds = settingNumber(net, "ipv4/route/mtu_expires") * 1e6;
  const old = route.exception;
  if (old?.mtu === mtu && !locked && now < old.expires - holds / 2) return;
  learn(net, flow, { mtu, mtuLocked: locked, expires: now + holds });
}

function learn(net: Net, flow: OutputRequest, news: Partial<RouteException>): void {
  const wanted = outputFlow(flow);
  const found = fibLookup(net, wanted);
  if (typeof found === "string") return;
  const { nexthop } = selectPath(net, found, wanted);
  if (nexthop === undefined) return;
  const { destination } = flow;
  const old = findException(net, nexthop, destination);
  const exception: RouteException = {
    destination,
    gateway: news.gateway ?? old?.gateway,
    mtu: news.mtu ?? old?.mtu,
    mtuLocked: news.mtuLocked ?? old?.mtuLocked ?? false,
    expires: news.expires ?? 0,
    redirected: news.redirected ?? old?.redirected ?? false,
  };
  exceptionsOf(net, nexthop).set(destination, exception);
  net.ip4.generation += 1;
}

/** At most so many destinations behind one nexthop; the oldest go first. */
const MOST_EXCEPTIONS = 2048;

function exceptionsOf(net: Net, nexthop: Nexthop4): Map<number, RouteException> {
  let known = net.ip4.exceptions.get(nexthop);
  if (known === undefined) {
    known = new Map();
    net.ip4.exceptions.set(nexthop, known);
  }
  for (const oldest of known.keys()) {
    if (known.size < MOST_EXCEPTIONS) break;
    known.delete(oldest);
  }
  return known;
}

/** Forgets what was learnt; the places are kept, and show again when their routes are used. */
export function emptyExceptions(net: Net): void {
  for (const table of tablesInOrder(net)) {
    for (const { nexthops } of routesInOrder(table)) {
      for (const nexthop of nexthops) {
        for (const exception of net.ip4.exceptions.get(nexthop)?.values() ?? []) {
          exception.gateway = undefined;
          exception.mtu = undefined;
          exception.mtuLocked = false;
          exception.redirected = false;
          exception.expires = 0;
          exception.emptied = "unseen";
        }
      }
    }
  }
}

/**
 * The nexthops of a route and of those that differ from it in their destinations only: Linux keeps
 * one fib_info for all of them, so each lists what was learnt behind any (fib_find_info).
 */
function sharedNexthops(route: Route4, learnt: readonly Route4[]): readonly Nexthop4[] {
  if (learnt.length === 0) return [];
  const info = infoOf(route);
  return learnt.filter((one) => infoOf(one) === info).flatMap(({ nexthops }) => nexthops);
}

/** What makes two routes share a fib_info. */
function infoOf(route: Route4): string {
  const hops = route.nexthops.map(({ dev, gateway, weight }) => [dev?.ifindex, gateway, weight]);
  const { table, type, scope, protocol, prefSource, metric, metrics } = route;
  return JSON.stringify([table, type, scope, protocol, prefSource, metric, [...metrics], hops]);
}

/** What is known beyond the routes, in the order of `ip route show cache`. */
export function listExceptions(
  net: Net,
): { route: Route4; nexthop: Nexthop4; exception: RouteException }[] {
  const { now } = net.kernel.clock;
  const learnt = tablesInOrder(net)
    .flatMap(routesInOrder)
    .filter(({ nexthops }) => nexthops.some((one) => net.ip4.exceptions.has(one)));
  return tablesInOrder(net).flatMap((table) =>
    routesInOrder(table).flatMap((route) =>
      sharedNexthops(route, learnt).flatMap((nexthop) =>
        [...(net.ip4.exceptions.get(nexthop)?.values() ?? [])]
          .filter(({ expires, emptied }) => expires > now || emptied === "seen")
          .map((exception) => ({ route, nexthop, exception })),
      ),
    ),
  );
}
