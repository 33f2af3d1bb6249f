// IPv4 of one namespace (linux/include/net/netns/ipv4.h): FIB tables, rules, settings, sockets.
// Not here: what is done with them (fibFrontend.ts, route.ts, sysctlNetIpv4.ts).

import type { NetDevice } from "../core/netDevice.ts";
import type { SkBuff } from "../core/skbuff.ts";
import type { Ipv4Conf } from "./inDevice.ts";

/** Kinds of route as iproute2 names them (rtm_type). */
export type RouteType =
  | "unicast"
  | "local"
  | "broadcast"
  | "multicast"
  | "anycast"
  | "blackhole"
  | "unreachable"
  | "prohibit"
  | "throw"
  | "nat";

/** One next hop of a route. */
export type Nexthop4 = {
  readonly dev: NetDevice | undefined;
  readonly gateway: number | undefined;
  readonly scope: number;
  readonly weight: number;
  readonly onlink: boolean;
  dead: boolean;
  linkdown: boolean;
};

/** One route (an alias of fib_trie.c with its fib_info). */
export type Route4 = {
  readonly destination: number;
  readonly prefixLength: number;
  readonly tos: number;
  readonly type: RouteType;
  readonly scope: number;
  /** rtm_protocol: 2 kernel, 3 boot, 4 static, … */
  readonly protocol: number;
  readonly metric: number;
  readonly prefSource: number | undefined;
  readonly table: number;
  readonly nexthops: readonly Nexthop4[];
  /** RTAX_*: mtu, advmss, window, rtt, hoplimit, initcwnd, quickack, … in the order given. */
  readonly metrics: ReadonlyMap<string, number>;
};

/** One table of the FIB; fibTrie.ts makes, changes and searches it. */
export type FibTable = {
  readonly id: number;
  /** Routes by prefix length, then by destination, then in alias order; for lookup. */
  readonly byLength: Map<number, Map<number, Route4[]>>;
};

/** A routing policy rule (ip-rule(8)). */
export type Rule4 = {
  readonly priority: number;
  readonly inverted: boolean;
  readonly source: number;
  readonly sourceLength: number;
  readonly destination: number;
  readonly destinationLength: number;
  readonly iif: string | undefined;
  readonly oif: string | undefined;
  readonly fwmark: number | undefined;
  readonly fwmask: number | undefined;
  readonly tos: number;
  readonly ipproto: number | undefined;
  readonly sport: readonly [number, number] | undefined;
  readonly dport: readonly [number, number] | undefined;
  readonly uidRange: readonly [number, number] | undefined;
  readonly suppressPrefixLength: number | undefined;
  readonly suppressIfgroup: number | undefined;
  readonly goto: number | undefined;
  readonly action: "table" | "goto" | "nop" | "blackhole" | "unreachable" | "prohibit";
  readonly table: number;
  readonly protocol: number;
  readonly l3mdev: boolean;
};

/** What a redirect or a too-big message taught about one destination (fib_nh_exception). */
export type RouteException = {
  readonly destination: number;
  gateway: number | undefined;
  mtu: number | undefined;
  /** Clock microseconds when it ends. */
  expires: number;
  redirected: boolean;
};

/** Hears IPv4 packets for this namespace; `true` means it took the packet. */
export type Ipv4Receiver = (skb: SkBuff) => boolean;

/** IPv4 of one namespace. */
export type Ipv4Net = {
  /** net.ipv4.conf.all and default. */
  readonly confAll: Ipv4Conf;
  readonly confDefault: Ipv4Conf;
  /** Routes of each table in the order in which `ip route` lists them. */
  readonly tables: Map<number, FibTable>;
  /** Rules by priority. */
  readonly rules: Rule4[];
  /** True once a rule was added or deleted by hand (fib_unmerge). */
  rulesChanged: boolean;
  readonly exceptions: Map<string, RouteException>;
  /** Counts changes of routes and addresses; caches compare it. */
  generation: number;
  /** Further net.ipv4 values by name below net.ipv4: ip_default_ttl, icmp_ratelimit, … */
  readonly values: Map<string, string>;
};
