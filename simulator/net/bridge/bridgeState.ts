// The shape of a bridge and of its ports (linux/net/bridge/br_private.h).
// Policy: ports stand in the order of flooding, the last added first; the FDB keeps a table by VID
// and MAC for looking up and a set in order of making, because dumps show the newest first.
// Not here: what it does with frames (brInput.ts, brForward.ts, brFdb.ts, brVlan.ts).

import type { Timer } from "../../clock.ts";
import type { NetDevice } from "../core/netDevice.ts";

/** STP state of a port. */
export type PortState = "disabled" | "listening" | "learning" | "forwarding" | "blocking";

/** Port states by the number that netlink has for them. */
export const PORT_STATES: readonly PortState[] = [
  "disabled",
  "listening",
  "learning",
  "forwarding",
  "blocking",
];

/** Counters of one VLAN (`bridge -s vlan`). */
export type VlanStats = {
  rxBytes: number;
  rxPackets: number;
  txBytes: number;
  txPackets: number;
};

/** What a port or the bridge itself has of one VLAN. */
export type VlanMember = {
  readonly vid: number;
  untagged: boolean;
  state: PortState;
  multicastRouter: number;
  tunnelId: number | undefined;
  /** The bridge's counters of the VLAN, unless ports count for themselves. */
  readonly stats: VlanStats;
};

/** The VLANs of a port, or of the bridge itself. */
export type VlanGroup = { pvid: number | undefined; readonly members: Map<number, VlanMember> };

/** One FDB entry. `port` undefined means the bridge device itself. Times are clock microseconds. */
export type FdbEntry = {
  readonly bridge: BridgeState;
  readonly mac: number;
  readonly vid: number;
  port: BridgePort | undefined;
  local: boolean;
  static: boolean;
  sticky: boolean;
  externLearn: boolean;
  addedByUser: boolean;
  updated: number;
  used: number;
};

/** Switches of a port by iproute2's name. */
export type PortFlag =
  | "hairpin"
  | "guard"
  | "root_block"
  | "fastleave"
  | "learning"
  | "flood"
  | "mcast_flood"
  | "bcast_flood"
  | "mcast_to_unicast"
  | "neigh_suppress"
  | "vlan_tunnel"
  | "isolated"
  | "locked"
  | "proxy_arp"
  | "proxy_arp_wifi";

/** A device enslaved to a bridge. Timers are undefined unless they run. */
export type BridgePort = {
  readonly bridge: BridgeState;
  readonly dev: NetDevice;
  readonly number: number;
  state: PortState;
  pathCost: number;
  pathCostSet: boolean;
  /** 0 to 63; the upper 6 bits of the port id. */
  priority: number;
  /** Priority and number as BPDUs carry them: 0x8001. */
  portId: number;
  readonly vlans: VlanGroup;
  readonly flags: Record<PortFlag, boolean>;
  promiscuous: boolean;
  groupForwardMask: number;
  /** 0 never, 1 learned, 2 always, 3 for some minutes. */
  multicastRouter: number;
  backupPort: NetDevice | undefined;
  designatedRoot: bigint;
  designatedBridge: bigint;
  designatedPort: number;
  designatedCost: number;
  /** Clock microseconds at which the information of the last BPDU was new at its root. */
  designatedAge: number;
  topologyChangeAck: boolean;
  configPending: boolean;
  forwardDelayTimer: Timer | undefined;
  holdTimer: Timer | undefined;
  messageAgeTimer: Timer | undefined;
  /** Until when a multicast router is known to be behind this port. */
  routerTimer: Timer | undefined;
};

/** A port that wants a multicast group. */
export type MdbPort = {
  readonly port: BridgePort;
  permanent: boolean;
  /** How it came: from a report, or by `bridge mdb add`. */
  readonly protocol: "kernel" | "static";
  readonly filterMode: "include" | "exclude";
  timer: Timer | undefined;
};

/** A group in the multicast database, and who wants it. */
export type MdbGroup = {
  /** IPv4 address, IPv6 address as 32 hex digits, or MAC address, as `kind` says. */
  readonly kind: "inet" | "inet6" | "mac";
  readonly group: number | string;
  /** Only frames from this source, or undefined for all. */
  readonly source: number | string | undefined;
  readonly vid: number;
  /** The bridge itself wants it. */
  hostJoined: boolean;
  hostTimer: Timer | undefined;
  /** The newest first. */
  readonly ports: MdbPort[];
};

/** A bridge. */
export type BridgeState = {
  /** Set once, when the device is made. */
  dev: NetDevice;
  /** Ports, the last added first: the order of flooding. */
  readonly ports: BridgePort[];
  /** VID (0 for none) → MAC → entry. */
  readonly fdb: Map<number, Map<number, FdbEntry>>;
  /** All entries, the oldest first. */
  readonly fdbList: Set<FdbEntry>;
  readonly vlans: VlanGroup;
  vlanFiltering: boolean;
  vlanDefaultPvid: number;
  vlanProtocol: number;
  vlanStats: boolean;
  vlanStatsPerPort: boolean;
  /** Counters of each VLAN that the bridge or one of its ports has. */
  readonly vlanCounters: Map<number, VlanStats>;
  /** Options of a VLAN in the whole bridge that somebody changed, by iproute2's name. */
  readonly vlanGlobals: Map<number, Map<string, number>>;
  stpEnabled: boolean;
  priority: number;
  /** The MAC in the bridge id; 0 until the bridge has a port or a MAC that was set. */
  idMac: number;
  /** The bridge's id, and what it was made from. */
  ownId: { readonly priority: number; readonly mac: number; readonly id: bigint };
  /** Milliseconds: what this bridge was told to use as root. */
  forwardDelayMs: number;
  helloTimeMs: number;
  maxAgeMs: number;
  configuredAgeingTimeMs: number;
  /** Milliseconds: what is in use, as the root says. */
  usedForwardDelayMs: number;
  usedHelloTimeMs: number;
  usedMaxAgeMs: number;
  /** Twice the forward delay while a topology change is in progress, and so it is printed. */
  ageingTimeMs: number;
  designatedRoot: bigint;
  rootPathCost: number;
  /** Number of the port towards the root; 0 on the root itself. */
  rootPort: number;
  groupForwardMask: number;
  groupAddress: number;
  groupAddressSet: boolean;
  multicastSnooping: boolean;
  noLinklocalLearn: boolean;
  mtuSetByUser: boolean;
  /** It had a port once, so its limits for segments are those of its ports, also of none. */
  hadPorts: boolean;
  gcTimer: Timer | undefined;
  helloTimer: Timer | undefined;
  tcnTimer: Timer | undefined;
  topologyTimer: Timer | undefined;
  topologyChange: boolean;
  topologyChangeDetected: boolean;
  /** The multicast database, the newest first. */
  readonly mdb: MdbGroup[];
  /** The same groups by their address. */
  readonly mdbByGroup: Map<MdbGroup["group"], readonly MdbGroup[]>;
  /** Until when somebody else queries for IGMP and MLD. */
  readonly queriers: { inet: Timer | undefined; inet6: Timer | undefined };
  /** Own addresses seen as source: how many lines the log got in the interval that began then. */
  readonly ownAddressWarnings: { since: number; lines: number };
  /** Options that are kept and printed and change little here, by iproute2's name (mcast_*, nf_call_*). */
  readonly options: Map<string, number>;
  /** Words for the frames that it sends on. */
  readonly forwardText: string;
};
