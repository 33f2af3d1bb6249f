// The bridge as a network device (linux/net/bridge/br_device.c): what it does when it is opened, when
// something is sent by it, and how one is made.
// Policy: a frame that the host sends by the bridge goes where a frame from a port would go. While
// the bridge is up it listens to the groups "all snoopers" (224.0.0.106, ff02::6a).
// Not simulated: ARP and neighbour suppression, netpoll.

import { BROADCAST_MAC } from "../../wire/address.ts";
import { getMac } from "../../wire/bytes.ts";
import { BRIDGE_GROUP_MAC } from "../../wire/stp.ts";
import { consumeSkb, kfreeSkb } from "../core/dev.ts";
import { type DeviceOps, IFF, type NetDevice } from "../core/netDevice.ts";
import type { SkBuff } from "../core/skbuff.ts";
import { flood, floodTo, forwardTo } from "./brForward.ts";
import { addPort, bridgeOf, removePort, updatePromiscuity } from "./brIf.ts";
import type { BridgeState } from "./bridgeState.ts";
import { multicastInput } from "./brMulticast.ts";
import { joinSnoopers, leaveSnoopers } from "./brSnoopers.ts";
import { changeBridgeMac, startBridge, stopBridge } from "./brStpIf.ts";
import { vlanIngress } from "./brVlan.ts";

/** Values of `ip -d link` that a bridge keeps as they are set; times in hundredths of a second. */
const OPTIONS: readonly (readonly [string, number])[] = [
  ["mcast_vlan_snooping", 0],
  ["mcast_router", 1],
  ["mcast_query_use_ifaddr", 0],
  ["mcast_querier", 0],
  ["mcast_hash_elasticity", 16],
  ["mcast_hash_max", 4096],
  ["mcast_last_member_count", 2],
  ["mcast_startup_query_count", 2],
  ["mcast_last_member_interval", 100],
  ["mcast_membership_interval", 26000],
  ["mcast_querier_interval", 25500],
  ["mcast_query_interval", 12500],
  ["mcast_query_response_interval", 1000],
  ["mcast_startup_query_interval", 3124],
  ["mcast_stats_enabled", 0],
  ["mcast_igmp_version", 2],
  ["mcast_mld_version", 1],
  ["nf_call_iptables", 0],
  ["nf_call_ip6tables", 0],
  ["nf_call_arptables", 0],
];

/** A bridge with the kernel's defaults and no ports; its device is set by who makes it. */
export function newBridge(name: string): Omit<BridgeState, "dev"> {
  return {
    ports: [],
    fdb: new Map(),
    fdbList: new Set(),
    vlans: { pvid: undefined, members: new Map() },
    vlanFiltering: false,
    vlanDefaultPvid: 1,
    vlanProtocol: 0x8100,
    vlanStats: false,
    vlanStatsPerPort: false,
    vlanCounters: new Map(),
    vlanGlobals: new Map(),
    stpEnabled: false,
    priority: 0x8000,
    idMac: 0,
    ownId: { priority: 0, mac: 0, id: 0n },
    forwardDelayMs: 15_000,
    helloTimeMs: 2_000,
    maxAgeMs: 20_000,
    configuredAgeingTimeMs: 300_000,
    usedForwardDelayMs: 15_000,
    usedHelloTimeMs: 2_000,
    usedMaxAgeMs: 20_000,
    ageingTimeMs: 300_000,
    designatedRoot: 0x8000n << 48n,
    rootPathCost: 0,
    rootPort: 0,
    groupForwardMask: 0,
    groupAddress: BRIDGE_GROUP_MAC,
    groupAddressSet: false,
    multicastSnooping: true,
    noLinklocalLearn: false,
    mtuSetByUser: false,
    hadPorts: false,
    gcTimer: undefined,
    helloTimer: undefined,
    tcnTimer: undefined,
    topologyTimer: undefined,
    topologyChange: false,
    topologyChangeDetected: false,
    mdb: [],
    mdbByGroup: new Map(),
    queriers: { inet: undefined, inet6: undefined },
    ownAddressWarnings: { since: 0, lines: 0 },
    options: new Map(OPTIONS),
    forwardText: `forwarded by bridge ${name}`,
  };
}

/** Always taken: what a port drops the sender does not hear of. */
function transmit(dev: NetDevice, skb: SkBuff): true {
  const bridge = bridgeOf(dev);
  if (bridge === undefined) return true;
  dev.stats.txPackets++;
  dev.stats.txBytes += skb.frame.length;
  const vid = vlanIngress(bridge, undefined, skb);
  if (vid < 0) {
    kfreeSkb(skb, "BRIDGE_VLAN_FILTER", `in by ${dev.name}`);
    return true;
  }
  const destination = getMac(skb.frame, 0);
  if (((skb.frame[0] ?? 0) & 1) !== 0) {
    const broadcast = destination === BROADCAST_MAC;
    const listeners = broadcast ? undefined : multicastInput(bridge, undefined, skb, vid);
    if (listeners !== undefined) floodTo(listeners.ports, skb, undefined, bridge);
    else flood(bridge, skb, undefined, broadcast ? "bcast_flood" : "mcast_flood");
    consumeSkb(skb);
    return true;
  }
  const entry = bridge.fdb.get(vid)?.get(destination);
  if (entry !== undefined) forwardTo(entry.port, skb, undefined);
  else if (!flood(bridge, skb, undefined, "flood")) {
    kfreeSkb(skb, "BRIDGE_NO_EGRESS", "unknown destination, no port");
  }
  return true;
}

/** The driver of bridges. */
export const bridgeOps: DeviceOps = {
  open(dev) {
    const bridge = bridgeOf(dev);
    if (bridge === undefined) return undefined;
    // Ports may open, and open ports may send, only while the bridge counts as up.
    dev.flags |= IFF.UP;
    startBridge(bridge);
    if (bridge.multicastSnooping) joinSnoopers(dev);
    return undefined;
  },
  stop(dev) {
    const bridge = bridgeOf(dev);
    if (bridge === undefined) return;
    stopBridge(bridge);
    if (bridge.multicastSnooping) leaveSnoopers(dev, true);
  },
  transmit,
  changeMtu(dev) {
    const bridge = bridgeOf(dev);
    if (bridge !== undefined) bridge.mtuSetByUser = true;
    return undefined;
  },
  setMac(dev, mac) {
    if (mac === 0 || Math.floor(mac / 0x10000000000) % 2 === 1) return { errno: "EADDRNOTAVAIL" };
    const bridge = bridgeOf(dev);
    if (bridge !== undefined && mac !== dev.mac) changeBridgeMac(bridge, mac);
    return undefined;
  },
  rxFlags(dev, change) {
    const bridge = bridgeOf(dev);
    if (bridge !== undefined && (change & IFF.PROMISC) !== 0) updatePromiscuity(bridge);
  },
  addSlave: addPort,
  removeSlave: removePort,
};
