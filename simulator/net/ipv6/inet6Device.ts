// IPv6 on one device (linux/include/net/if_inet6.h): addresses, groups, net.ipv6.conf values.
// IPv6 addresses are strings of 32 lower-case hex digits: ::1 is "00000000000000000000000000000001".
// Not here: how addresses come and go (addrconf.ts).

import type { Timer } from "../../clock.ts";
import type { NetDevice } from "../core/netDevice.ts";

/** One address, as `ip -6 addr` shows it. */
export type Ifaddr6 = {
  readonly dev: NetDevice;
  readonly local: string;
  readonly peer: string | undefined;
  readonly prefixLength: number;
  readonly scope: number;
  /** permanent, tentative, dadfailed, nodad, noprefixroute, deprecated, optimistic, … */
  readonly flags: Set<string>;
  validLifetime: number | undefined;
  preferredLifetime: number | undefined;
  stamp: number;
  protocol: number;
  metric: number;
};

/** Values of one directory of net.ipv6.conf by name, as text. */
export type Ipv6Conf = { readonly values: Map<string, string>; readonly touched: Set<string> };

/** IPv6 on one device. */
export type Inet6Device = {
  readonly dev: NetDevice;
  readonly addresses: Ifaddr6[];
  readonly conf: Ipv6Conf;
  /** Multicast groups with the count of users. */
  readonly groups: Map<string, number>;
  readonly timers: Set<Timer>;
};
