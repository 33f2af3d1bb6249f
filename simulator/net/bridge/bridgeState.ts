// The shape of a bridge and of its ports (linux/net/bridge/br_private.h).
// Not here: what it does with frames (brInput.ts, brForward.ts, brFdb.ts, brVlan.ts).

import type { Timer } from "../../clock.ts";
import type { NetDevice } from "../core/netDevice.ts";

/** STP state of a port. */
export type PortState = "disabled" | "listening" | "learning" | "forwarding" | "blocking";

/** What a port or the bridge itself has of one VLAN. */
export type VlanMember = { readonly vid: number; untagged: boolean };

/** The VLANs of a port, or of the bridge itself. */
export type VlanGroup = { pvid: number | undefined; readonly members: Map<number, VlanMember> };

/** One FDB entry. `port` undefined means the bridge device itself. Times are clock microseconds. */
export type FdbEntry = {
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

/** A device enslaved to a bridge. */
export type BridgePort = {
  readonly bridge: BridgeState;
  readonly dev: NetDevice;
  readonly number: number;
  state: PortState;
  pathCost: number;
  pathCostSet: boolean;
  priority: number;
  readonly vlans: VlanGroup;
  /** hairpin, guard, root_block, fastleave, learning, flood, mcast_flood, bcast_flood, isolated, locked, neigh_suppress, vlan_tunnel, mcast_to_unicast, proxy_arp, proxy_arp_wifi. */
  readonly flags: Record<string, boolean>;
  timer: Timer | undefined;
  designatedRoot: bigint;
  designatedBridge: bigint;
  designatedPort: number;
  designatedCost: number;
  topologyChangeAck: boolean;
  configPending: boolean;
};

/** A bridge. */
export type BridgeState = {
  readonly dev: NetDevice;
  /** Ports, the last added first: the order of flooding. */
  readonly ports: BridgePort[];
  readonly fdb: Map<string, FdbEntry>;
  readonly vlans: VlanGroup;
  vlanFiltering: boolean;
  vlanDefaultPvid: number;
  vlanProtocol: number;
  stpEnabled: boolean;
  priority: number;
  /** Milliseconds. */
  forwardDelayMs: number;
  helloTimeMs: number;
  maxAgeMs: number;
  ageingTimeMs: number;
  groupForwardMask: number;
  multicastSnooping: boolean;
  macSetByUser: boolean;
  mtuSetByUser: boolean;
  nfCallIptables: boolean;
  gcTimer: Timer | undefined;
  /** Clock microseconds; `brctl showstp` prints what is left of them. */
  helloTimer: Timer | undefined;
  topologyTimer: Timer | undefined;
  topologyChange: boolean;
  /** Options that are kept and printed and change nothing here, by iproute2's name. */
  readonly options: Map<string, number>;
};
