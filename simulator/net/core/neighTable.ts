// The neighbour table's shape (linux/include/net/neighbour.h): one table per family for the whole
// machine, its entries by device and address, its parameters by device.
// Not here: the state machine (neighbour.ts), what ARP and ND do with it (ipv4/arp.ts, ipv6/ndisc.ts).

import type { Timer } from "../../clock.ts";
import type { NetDevice } from "./netDevice.ts";
import type { SkBuff } from "./skbuff.ts";

/** NUD state of an entry (rtnetlink(7)). */
export type NudState =
  | "NONE"
  | "INCOMPLETE"
  | "REACHABLE"
  | "STALE"
  | "DELAY"
  | "PROBE"
  | "FAILED"
  | "NOARP"
  | "PERMANENT";

/** An IPv4 address as an unsigned 32-bit number, an IPv6 address as 32 lower-case hex digits. */
export type NeighKey = number | string;

/** net.ipv4.neigh.DEV.*: milliseconds where the name says so; the sysctl file converts. */
export type NeighParms = {
  mcastSolicit: number;
  ucastSolicit: number;
  appSolicit: number;
  mcastResolicit: number;
  retransTimeMs: number;
  baseReachableTimeMs: number;
  delayFirstProbeTimeMs: number;
  gcStaleTimeMs: number;
  unresQlenBytes: number;
  proxyQlen: number;
  proxyDelayMs: number;
  anycastDelayMs: number;
  locktimeMs: number;
  intervalProbeTimeMs: number;
  /** Drawn between 0.5 and 1.5 of base_reachable_time. */
  reachableTimeMs: number;
};

/** One entry. Times are the clock's microseconds. */
export type Neighbour = {
  readonly table: NeighTable;
  readonly dev: NetDevice;
  readonly key: NeighKey;
  state: NudState;
  /** 48-bit MAC; kept while FAILED or INCOMPLETE only if it was ever known. */
  mac: number | undefined;
  probes: number;
  confirmed: number;
  updated: number;
  used: number;
  refs: number;
  timer: Timer | undefined;
  /** Packets that wait for the address, with their total truesize in bytes. */
  readonly queue: SkBuff[];
  queueBytes: number;
  /** NTF_* that were set: router, extern_learn, use, managed. */
  readonly flags: Set<"router" | "extern_learn" | "offload" | "managed" | "sticky" | "use">;
  protocol: number;
  dead: boolean;
};

/** A proxied address (`ip neigh add proxy`). */
export type ProxyNeighbour = {
  readonly key: NeighKey;
  readonly dev: NetDevice | undefined;
  protocol: number;
  router: boolean;
};

/** All entries of one family in the whole machine. */
export type NeighTable = {
  readonly family: "inet" | "inet6";
  /** Entries of each device by key. */
  readonly byDevice: Map<NetDevice, Map<NeighKey, Neighbour>>;
  readonly proxies: Map<import("./netNamespace.ts").Net, ProxyNeighbour[]>;
  /** neigh/default, global for the machine. */
  readonly defaults: NeighParms;
  readonly parms: Map<NetDevice, NeighParms>;
  /** Entries that count against the limits: all but permanent and externally learned ones. */
  entries: number;
  /** All entries. */
  total: number;
  /** Clock microseconds when the reachable times were drawn last. */
  lastRandom: number;
  /** Runs only while there are so many entries that old ones are cleaned away. */
  gcTimer: Timer | undefined;
  /** Requests that wait to be answered for somebody else, with the device they came by. */
  readonly proxyQueue: Set<{ readonly dev: NetDevice; readonly timer: Timer }>;
  gcThresh1: number;
  gcThresh2: number;
  gcThresh3: number;
  gcIntervalMs: number;
  lastFlush: number;
  /** Sends one request for the entry, from the packet that waits first (ARP or ND). */
  solicit(neighbour: Neighbour, waiting: SkBuff | undefined): void;
  /** The entry failed with this packet waiting for it: tell its sender. */
  errorReport(neighbour: Neighbour, skb: SkBuff): void;
  /** State and MAC of a new entry that needs no resolution, or undefined (arp_constructor). */
  constructed(dev: NetDevice, key: NeighKey): { state: NudState; mac: number } | undefined;
};
