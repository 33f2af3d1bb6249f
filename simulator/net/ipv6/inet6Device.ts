// IPv6 on one device (linux/include/net/if_inet6.h): addresses, groups, net.ipv6.conf values.
// IPv6 addresses are strings of 32 lower-case hex digits: ::1 is "00000000000000000000000000000001".
// Not here: how addresses come and go (addrconf.ts), what groups report (mcast.ts).

import type { Timer } from "../../clock.ts";
import type { NetDevice } from "../core/netDevice.ts";
import type { ConfValues } from "./confValues.ts";

/** Flags of an address, by the names that iproute2 prints (IFA_F_*). */
export type AddressFlag =
  | "permanent"
  | "tentative"
  | "dadfailed"
  | "nodad"
  | "optimistic"
  | "noprefixroute"
  | "deprecated"
  | "home"
  | "mngtmpaddr"
  | "autojoin"
  | "temporary"
  | "stable-privacy";

/** How far duplicate address detection has come. */
export type Dad6 = {
  state: "begin" | "probing" | "done" | "failed" | "dead";
  probes: number;
  timer: Timer | undefined;
  /** Six random bytes that tell our own solicitations from others'. */
  nonce: number;
};

/** One address, as `ip -6 addr` shows it. Lifetimes are seconds from `stamp`; undefined is for ever. */
export type Ifaddr6 = {
  readonly dev: NetDevice;
  readonly local: string;
  peer: string | undefined;
  readonly prefixLength: number;
  /** rtnetlink's scope: 0 global, 200 site, 253 link, 254 host. */
  readonly scope: number;
  readonly flags: Set<AddressFlag>;
  validLifetime: number | undefined;
  preferredLifetime: number | undefined;
  stamp: number;
  protocol: number;
  metric: number;
  readonly dad: Dad6;
  /** Next change by lifetime: deprecation or the end. */
  lifeTimer: Timer | undefined;
};

/** Values of one directory of net.ipv6.conf by name, as text. */
export type Ipv6Conf = { readonly values: ConfValues; readonly touched: Set<string> };

/** A multicast group that a device is in. */
export type Group6 = {
  readonly address: string;
  users: number;
  /** It is on the device's list of link-layer groups. */
  loaded: boolean;
  /** Changes that still have to be reported. */
  changes: number;
  /** A timer of version 1, or of an answer to a query. */
  timer: Timer | undefined;
};

/** What Multicast Listener Discovery has still to say on a device. */
export type Mld6 = {
  changeCount: number;
  changeTimer: Timer | undefined;
  /** Reports that follow the end of duplicate address detection. */
  dadCount: number;
  dadTimer: Timer | undefined;
  answerTimer: Timer | undefined;
  /** Groups that were left, with the reports still to come. */
  readonly left: Map<string, number>;
  /** Clock microseconds until which version 1 is spoken. */
  versionOneUntil: number;
};

/** Router solicitations of a device. */
export type RouterSolicitation = { timer: Timer | undefined; probes: number; interval: number };

/** IPv6 on one device. */
export type Inet6Device = {
  readonly dev: NetDevice;
  /** Addresses in the order in which `ip addr` shows them. */
  readonly addresses: Ifaddr6[];
  readonly conf: Ipv6Conf;
  /** Groups by address, the oldest first; `ip maddr` prints the newest first. */
  readonly groups: Map<string, Group6>;
  /** Last 32 bits of the groups, to see cheaply that a frame is for none of them. */
  groupTails: ReadonlySet<number>;
  /** Multicast came in since its route was added. */
  heardGroups: boolean;
  /** Subnet-router anycast addresses with their users. */
  readonly anycasts: Map<string, number>;
  /** The link was ready once since the device was set up (IF_READY). */
  ready: boolean;
  /** A router advertisement came; solicitations have stopped. */
  routerKnown: boolean;
  readonly mld: Mld6;
  readonly solicitation: RouterSolicitation;
  /** Counters of /proc/net/dev_snmp6 by group and name: "Ip6.InReceives". */
  readonly counters: Map<string, number>;
  /** False once IPv6 has left the device. */
  alive: boolean;
};
