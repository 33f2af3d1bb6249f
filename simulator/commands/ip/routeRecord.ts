// One route of either family as netlink tells it (rtnetlink(7)): what `ip route` filters and prints.
// Not here: how it is printed (routeText.ts).

import type { NetDevice } from "../../net/core/netDevice.ts";
import { ignoresLinkdown } from "../../net/ipv4/fibTrie.ts";
import type { Nexthop4, Route4, RouteException } from "../../net/ipv4/ipv4Net.ts";
import type { Nexthop6, Route6 } from "../../net/ipv6/ipv6Net.ts";
import { ip4Text, ip6Text } from "../../wire/address.ts";

/** One nexthop as netlink tells it. */
export type HopRecord = {
  readonly dev: NetDevice | undefined;
  readonly gateway: string | undefined;
  /** The gateway is of the other family: `via inet6`. */
  readonly foreign: boolean;
  readonly weight: number;
  readonly flags: readonly string[];
};

/** What only the answer to `ip route get` tells. */
export type CachedRecord = {
  readonly flags: readonly string[];
  readonly uid?: number | undefined;
  readonly mark?: number | undefined;
  readonly iif?: NetDevice | undefined;
  readonly from?: string | undefined;
  readonly notify?: boolean;
  readonly expires?: number | undefined;
};

/** One route as netlink tells it. */
export type RouteRecord = {
  readonly family: "inet" | "inet6";
  readonly type: string;
  readonly destination: string;
  readonly prefixLength: number;
  readonly tos: number;
  readonly table: number;
  readonly protocol: number;
  readonly scope: number;
  readonly prefSource: string | undefined;
  /** Undefined when the message has none (IPv4, 0). */
  readonly metric: number | undefined;
  readonly hops: readonly HopRecord[];
  readonly metrics: ReadonlyMap<string, number>;
  readonly preference?: string;
  readonly expires?: number | undefined;
  readonly cached?: CachedRecord;
};

/** The record of an IPv4 route. */
export function routeRecord4(route: Route4): RouteRecord {
  return {
    family: "inet",
    type: route.type,
    destination: ip4Text(route.destination),
    prefixLength: route.prefixLength,
    tos: route.tos,
    table: route.table,
    protocol: route.protocol,
    scope: route.scope,
    prefSource: route.prefSource === undefined ? undefined : ip4Text(route.prefSource),
    metric: route.metric === 0 ? undefined : route.metric,
    hops: route.nexthops.map((hop) => hopRecord4(hop)),
    metrics: route.metrics,
  };
}

/** The record of an IPv4 nexthop; `exception` tells of a gateway that was learnt. */
export function hopRecord4(hop: Nexthop4, exception?: RouteException): HopRecord {
  const gateway = exception?.gateway ?? hop.gateway;
  const foreign = gateway === undefined && hop.gateway6 !== undefined;
  const ignored = hop.linkdown && ignoresLinkdown(hop.dev);
  return {
    dev: hop.dev,
    gateway: foreign ? ip6Text(hop.gateway6 ?? "") : optional(gateway),
    foreign,
    weight: hop.weight,
    flags: [
      ...(hop.dead || ignored ? ["dead"] : []),
      ...(hop.onlink ? ["onlink"] : []),
      ...(hop.linkdown ? ["linkdown"] : []),
    ],
  };
}

function optional(address: number | undefined): string | undefined {
  return address === undefined ? undefined : ip4Text(address);
}

/** The record of an IPv6 route; `now` is the clock's, for routes that expire. */
export function routeRecord6(route: Route6, now: number): RouteRecord {
  const { expires } = route;
  return {
    family: "inet6",
    type: route.type,
    destination: ip6Text(route.destination),
    prefixLength: route.prefixLength,
    tos: 0,
    table: route.table,
    protocol: route.protocol,
    scope: 0,
    prefSource: route.prefSource === undefined ? undefined : ip6Text(route.prefSource),
    metric: route.metric,
    hops: route.nexthops.map(hopRecord6),
    metrics: route.metrics,
    preference: route.preference,
    expires: expires === undefined ? undefined : Math.max(0, Math.floor((expires - now) / 1e6)),
  };
}

function hopRecord6(hop: Nexthop6): HopRecord {
  return {
    dev: hop.dev,
    gateway: hop.gateway === undefined ? undefined : ip6Text(hop.gateway),
    foreign: false,
    weight: hop.weight,
    flags: [
      ...(hop.dead ? ["dead"] : []),
      ...(hop.onlink ? ["onlink"] : []),
      ...(hop.linkdown ? ["linkdown"] : []),
    ],
  };
}
