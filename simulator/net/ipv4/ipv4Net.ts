// IPv4 of one namespace (linux/include/net/netns/ipv4.h): FIB tables, rules, settings, sockets.
// Not here: what is done with them (fibFrontend.ts, route.ts, sysctlNetIpv4.ts).

import type { Errno } from "../core/errno.ts";
import type { NetDevice } from "../core/netDevice.ts";
import type { DropReason } from "../core/skbuff.ts";
import type { Ipv4Conf } from "./inDevice.ts";
import type { InetState } from "./inetState.ts";

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
  /** An IPv6 gateway (`via inet6 …`), 32 hex digits; absent for others. */
  readonly gateway6?: string;
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
  /** The prefix lengths that `byLength` has, the longest first. */
  readonly lengths: number[];
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
  /** The MTU was below min_pmtu, so it must not shrink further (`mtu lock 552`). */
  mtuLocked: boolean;
  /** Clock microseconds when it ends. */
  expires: number;
  redirected: boolean;
  /** Flushed: nothing is known any more; listed once a route was asked for again. */
  emptied?: "unseen" | "seen";
};

/** The way of a packet that this namespace sends (struct rtable). */
export type OutputRoute = {
  readonly type: "unicast" | "local" | "broadcast" | "multicast";
  /** The device that sends it; the loopback for local destinations. */
  readonly dev: NetDevice;
  readonly gateway: number | undefined;
  readonly gateway6: string | undefined;
  /** Whom to resolve on `dev`: the gateway, or else the destination. */
  readonly nextHop: number;
  readonly source: number;
  /** Scope of the route; universe when there was none to follow. */
  readonly scope: number;
  /** For packets of our own; learnt path MTUs count. */
  readonly mtu: number;
  /** For packets of others: what was learnt does not count. */
  readonly forwardMtu: number;
  readonly mtuLocked: boolean;
  /** Number of the table that answered; 0 when none was asked. */
  readonly table: number;
  readonly route: Route4 | undefined;
  readonly nexthop: Nexthop4 | undefined;
  readonly exception: RouteException | undefined;
  /** For broadcast and multicast: we hear the packet too. */
  readonly loopback: boolean;
};

/** What becomes of a packet that came in. */
export type InputRoute =
  | { readonly type: "local" | "broadcast" | "multicast"; readonly route: Route4 | undefined }
  | {
      readonly type: "forward";
      readonly out: OutputRoute;
      /** The sender would do better to send to the next hop itself. */
      readonly redirect: boolean;
    }
  | {
      /** No way; a router says so by ICMP, a host does not (ip_error). */
      readonly type: "unreachable";
      readonly errno: Errno;
      readonly reason: DropReason;
    }
  | {
      /** Dropped without a word. */
      readonly type: "drop";
      readonly errno: Errno;
      readonly reason: DropReason;
      readonly martian: "source" | "destination" | undefined;
    };

/** An answer of routeInput that still holds while `generation` is the namespace's. */
export type CachedInput = {
  readonly source: number;
  readonly destination: number;
  readonly tos: number;
  readonly mark: number;
  readonly generation: number;
  readonly answer: InputRoute;
};

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
  /** A route of type local was added by hand. */
  customLocalRoutes: boolean;
  /** What was learnt about destinations behind a nexthop; a flushed cache is a new map. */
  exceptions: WeakMap<Nexthop4, Map<number, RouteException>>;
  /** Which of several equal default routes was taken last, by the first of them. */
  readonly lastDefault: WeakMap<Route4, number>;
  /** Counts changes of routes and addresses; caches compare it. */
  generation: number;
  /** A secret of this namespace for choosing among nexthops. */
  readonly hashSeed: number;
  /** Further net.ipv4 values by name below net.ipv4: ip_default_ttl, icmp_ratelimit, … */
  readonly values: Map<string, string>;
  /** Sockets and what belongs to them; made at the first use (inetState.ts). */
  inet?: InetState | undefined;
};
