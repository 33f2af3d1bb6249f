// IPv4 on one device (linux/include/linux/inetdevice.h): its addresses and its net.ipv4.conf values.
// IPv4 addresses are unsigned 32-bit numbers in host order: 10.0.0.1 is 0x0a000001.
// Not here: adding and deleting addresses (devinet.ts).

import type { NetDevice } from "../core/netDevice.ts";
import type { CachedInput } from "./ipv4Net.ts";

/** Route and address scopes (rtnetlink(7)). */
export const SCOPE = { UNIVERSE: 0, SITE: 200, LINK: 253, HOST: 254, NOWHERE: 255 } as const;

/** One address of a device, as `ip addr` shows it. */
export type Ifaddr4 = {
  readonly dev: NetDevice;
  readonly local: number;
  /** The peer of a point-to-point address, else equal to local. */
  readonly peer: number;
  readonly prefixLength: number;
  broadcast: number | undefined;
  label: string;
  scope: number;
  secondary: boolean;
  noprefixroute: boolean;
  metric: number;
  /** Seconds, or undefined for "forever"; counted from `stamp` (clock microseconds). */
  validLifetime: number | undefined;
  preferredLifetime: number | undefined;
  stamp: number;
  deprecated: boolean;
};

/** Names of net.ipv4.conf.DEV in the order of /proc (alphabetical). */
export const IPV4_CONF = [
  "accept_local",
  "accept_redirects",
  "accept_source_route",
  "arp_accept",
  "arp_announce",
  "arp_evict_nocarrier",
  "arp_filter",
  "arp_ignore",
  "arp_notify",
  "bc_forwarding",
  "bootp_relay",
  "disable_policy",
  "disable_xfrm",
  "drop_gratuitous_arp",
  "drop_unicast_in_l2_multicast",
  "force_igmp_version",
  "forwarding",
  "igmpv2_unsolicited_report_interval",
  "igmpv3_unsolicited_report_interval",
  "ignore_routes_with_linkdown",
  "log_martians",
  "mc_forwarding",
  "medium_id",
  "promote_secondaries",
  "proxy_arp",
  "proxy_arp_pvlan",
  "route_localnet",
  "rp_filter",
  "secure_redirects",
  "send_redirects",
  "shared_media",
  "src_valid_mark",
  "tag",
] as const;

export type Ipv4ConfName = (typeof IPV4_CONF)[number];

/** Values of one directory of net.ipv4.conf; `touched` names were set and follow `default` no more. */
export type Ipv4Conf = {
  readonly values: Record<Ipv4ConfName, number>;
  readonly touched: Set<Ipv4ConfName>;
};

/** IPv4 on one device. */
export type InDevice = {
  readonly dev: NetDevice;
  /** Addresses in Linux's order. */
  readonly addresses: Ifaddr4[];
  readonly conf: Ipv4Conf;
  /** Answers of routeInput by a mixture of source and destination (route.ts). */
  readonly inputCache: Map<number, CachedInput>;
};
