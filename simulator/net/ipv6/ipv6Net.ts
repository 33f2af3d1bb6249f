// IPv6 of one namespace: settings and routes. IPv6 addresses are strings of 32 lower-case hex digits.
// Not here: what is done with them (addrconf.ts, route6.ts).

import type { NetDevice } from "../core/netDevice.ts";
import type { Ipv6Conf } from "./inet6Device.ts";

/** One IPv6 route. */
export type Route6 = {
  readonly destination: string;
  readonly prefixLength: number;
  readonly type:
    | "unicast"
    | "local"
    | "anycast"
    | "multicast"
    | "blackhole"
    | "unreachable"
    | "prohibit"
    | "throw";
  readonly protocol: number;
  readonly metric: number;
  readonly table: number;
  readonly prefSource: string | undefined;
  readonly nexthops: readonly {
    readonly dev: NetDevice;
    readonly gateway: string | undefined;
    readonly weight: number;
    readonly onlink: boolean;
    linkdown: boolean;
    dead: boolean;
  }[];
  readonly metrics: ReadonlyMap<string, number>;
  /** `pref medium` and friends. */
  readonly preference: "low" | "medium" | "high";
};

/** IPv6 of one namespace. */
export type Ipv6Net = {
  readonly confAll: Ipv6Conf;
  readonly confDefault: Ipv6Conf;
  readonly routes: Route6[];
  readonly values: Map<string, string>;
};
