// IPv6 of one namespace (linux/include/net/netns/ipv6.h): settings, routes, rules, sockets.
// IPv6 addresses are strings of 32 lower-case hex digits.
// Not here: what is done with them (addrconf.ts, ip6Fib.ts, route6.ts).

import type { Timer } from "../../clock.ts";
import type { Icmpv6Message } from "../../wire/icmpv6.ts";
import type { NetDevice } from "../core/netDevice.ts";
import type { SkBuff } from "../core/skbuff.ts";
import type { Rule4 } from "../ipv4/ipv4Net.ts";
import type { ConfValues } from "./confValues.ts";
import type { Ipv6Conf } from "./inet6Device.ts";

/** Kinds of IPv6 route. */
export type RouteType6 =
  | "unicast"
  | "local"
  | "anycast"
  | "multicast"
  | "blackhole"
  | "unreachable"
  | "prohibit"
  | "throw";

/** One next hop. */
export type Nexthop6 = {
  readonly dev: NetDevice;
  readonly gateway: string | undefined;
  readonly weight: number;
  readonly onlink: boolean;
  linkdown: boolean;
  dead: boolean;
};

/** One IPv6 route; several next hops are one multipath route. */
export type Route6 = {
  readonly destination: string;
  readonly prefixLength: number;
  readonly type: RouteType6;
  readonly protocol: number;
  readonly metric: number;
  readonly table: number;
  readonly prefSource: string | undefined;
  readonly nexthops: readonly Nexthop6[];
  readonly metrics: ReadonlyMap<string, number>;
  /** `pref medium` and friends. */
  readonly preference: "low" | "medium" | "high";
  /** Clock microseconds when it ends, or undefined. */
  expires: number | undefined;
};

/** One table: routes by prefix length and prefix, in the order of their metrics. */
export type Fib6Table = {
  readonly id: number;
  readonly byLength: Map<number, Map<string, Route6[]>>;
  /** Prefix lengths that occur, the longest first. */
  readonly lengths: number[];
  readonly tree: Node6;
};

/** Where a prefix ends (`real`) or two prefixes part: then `leaf` is some route below. */
export type Node6 = {
  readonly key: string;
  readonly bit: number;
  real: boolean;
  leaf: Route6 | undefined;
  /** By the bit that follows. */
  readonly below: (Node6 | undefined)[];
  above: Node6 | undefined;
};

/** A routing policy rule; addresses are hex digits, and everything else is as in IPv4. */
export type Rule6 = Omit<Rule4, "source" | "destination"> & {
  readonly source: string;
  readonly destination: string;
};

/** What a redirect or a too-big message taught about one destination. */
export type Exception6 = {
  readonly destination: string;
  readonly route: Route6;
  readonly gateway: string | undefined;
  readonly dev: NetDevice;
  readonly mtu: number | undefined;
  /** Clock microseconds when it ends. */
  readonly expires: number | undefined;
};

/** Hears ICMPv6, or another protocol, for a socket; sees each packet with where its payload begins. */
export type Receiver6 = (packet: ReceivedPacket6) => void;

/** A packet that is for this host, as raw sockets see it. */
export type ReceivedPacket6 = {
  readonly skb: SkBuff;
  /** The device it came by; for packets from ourselves the one that has the address. */
  readonly dev: NetDevice;
  readonly source: string;
  readonly destination: string;
  readonly hopLimit: number;
  readonly protocol: number;
  /** What follows the IPv6 headers. */
  readonly payload: Uint8Array;
};

/** A message of Neighbour Discovery that came in. */
export type NdMessage = {
  readonly skb: SkBuff;
  readonly dev: NetDevice;
  readonly source: string;
  readonly destination: string;
  readonly message: Icmpv6Message;
};

/** An ICMPv6 error about a packet that this host sent. */
export type IcmpError6 = {
  readonly source: string;
  readonly dev: NetDevice;
  readonly type: number;
  readonly code: number;
  readonly info: number;
  /** The packet it is about, as far as it was quoted: from its IPv6 header on. */
  readonly quoted: Uint8Array;
};

/** IPv6 of one namespace. */
export type Ipv6Net = {
  readonly confAll: Ipv6Conf;
  readonly confDefault: Ipv6Conf;
  readonly tables: Map<number, Fib6Table>;
  readonly rules: Rule6[];
  readonly exceptions: Map<string, Exception6>;
  /** Routes that packets have taken: the CPU keeps them at hand. */
  readonly used: WeakSet<Route6>;
  /** Raw sockets by protocol number. */
  readonly receivers: Map<number, Set<Receiver6>>;
  /** Who hears of ICMPv6 errors, by the protocol of the packet that they are about. */
  readonly errorReceivers: Map<number, Set<(error: IcmpError6) => void>>;
  /** Further net.ipv6 values by name below net.ipv6. */
  readonly values: ConfValues;
  /** Tokens of ICMPv6 errors by destination: how many, and when they were counted. */
  readonly errorTokens: Map<string, { tokens: number; stamp: number }>;
  /** Fragments that wait for others, by source, destination and id. */
  readonly fragments: Map<string, Fragments6>;
  fragmentId: number;
  /** Packets on their way through the loopback device, with the device whose address they are for. */
  readonly looped: Map<number, NetDevice>;
  /** A number of this namespace that flow labels are made with. */
  readonly flowSeed: number;
};

/** Parts of one packet by their offsets. */
export type Fragments6 = {
  readonly parts: Map<number, Uint8Array>;
  /** Length of the whole, once the last part is there. */
  total: number | undefined;
  /** The first fragment, when it is there. */
  first: SkBuff | undefined;
  readonly timer: Timer;
};
