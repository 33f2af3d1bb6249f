// Options of bridges and ports by iproute2's names (linux/net/bridge/br_netlink.c: br_changelink,
// br_setport), and all that `ip -d link` prints of them (br_fill_info, br_port_fill_attrs).
// Policy: options are taken in the kernel's order, and what was done before a refusal stays done.
// Times are hundredths of a second, kept in jiffies of 4 ms.
// Not simulated: boolopts other than no_linklocal_learn, EHT limits, MRP.

import { BRIDGE_GROUP_MAC } from "../../wire/stp.ts";
import type { Refusal } from "../core/errno.ts";
import type { LinkOptions } from "../core/linkRequest.ts";
import { IFF, type NetDevice } from "../core/netDevice.ts";
import { fdbDelete, fdbDeleteByPort, fdbInOrder } from "./brFdb.ts";
import { bridgeOf, updatePromiscuity } from "./brIf.ts";
import { type BridgePort, type BridgeState, PORT_STATES, type PortFlag } from "./bridgeState.ts";
import { forgetPort, setRouterPort } from "./brMulticast.ts";
import { joinSnoopers, leaveSnoopers } from "./brSnoopers.ts";
import { bridgeLog, notifyPort } from "./brStp.ts";
import {
  forcePortState,
  setAgeingTime,
  setBridgePriority,
  setForwardDelay,
  setHelloTime,
  setMaxAge,
  setPathCost,
  setPortPriority,
  setStp,
} from "./brStpIf.ts";
import { setDefaultPvid } from "./brVlan.ts";

const EINVAL: Refusal = { errno: "EINVAL" };
const VLAN_8021Q = 0x8100;

/** Hundredths of a second to milliseconds in whole jiffies (HZ 250). */
function jiffyMs(centiseconds: number): number {
  return Math.floor(centiseconds * 2.5) * 4;
}

type Setter<Owner> = readonly [
  name: string,
  set: (owner: Owner, value: number) => Refusal | undefined,
];

/** Keeps a value that nothing here depends on. */
function kept(name: string, least = 0, most = 0xffffffff): Setter<BridgeState> {
  return [
    name,
    (bridge, value) => {
      if (value < least || value > most) return EINVAL;
      bridge.options.set(name, value);
      return undefined;
    },
  ];
}

/** Keeps a time; below a second the kernel takes a second for queries. */
function keptTime(name: string, what?: string): Setter<BridgeState> {
  return [
    name,
    (bridge, value) => {
      let time = Math.floor(jiffyMs(value) / 10);
      if (what !== undefined && time < 100) {
        bridgeLog(
          bridge,
          `trying to set multicast ${what} interval below minimum, setting to 100 (1000ms)`,
        );
        time = 100;
      }
      bridge.options.set(name, time);
      return undefined;
    },
  ];
}

const SETTERS: readonly Setter<BridgeState>[] = [
  ["forward_delay", (bridge, value) => setForwardDelay(bridge, jiffyMs(value))],
  ["hello_time", (bridge, value) => setHelloTime(bridge, jiffyMs(value))],
  ["max_age", (bridge, value) => setMaxAge(bridge, jiffyMs(value))],
  ["ageing_time", (bridge, value) => setAgeingTime(bridge, jiffyMs(value))],
  [
    "stp_state",
    (bridge, value) => {
      setStp(bridge, value !== 0);
      return undefined;
    },
  ],
  ["priority", setBridgePriority],
  ["vlan_filtering", (bridge, value) => setVlanFiltering(bridge, value !== 0)],
  ["vlan_protocol", setVlanProtocol],
  [
    "vlan_default_pvid",
    (bridge, value) => {
      if (value >= 4095) return EINVAL;
      setDefaultPvid(bridge, value);
      return undefined;
    },
  ],
  [
    "vlan_stats_enabled",
    (bridge, value) => {
      if (value > 1) return EINVAL;
      bridge.vlanStats = value === 1;
      return undefined;
    },
  ],
  [
    "vlan_stats_per_port",
    (bridge, value) => {
      if (bridge.ports.some((port) => port.vlans.members.size > 0)) return { errno: "EBUSY" };
      if (value > 1) return EINVAL;
      bridge.vlanStatsPerPort = value === 1;
      return undefined;
    },
  ],
  [
    "group_fwd_mask",
    (bridge, value) => {
      if ((value & 7) !== 0) return EINVAL;
      bridge.groupForwardMask = value;
      return undefined;
    },
  ],
  ["group_address", setGroupAddress],
  [
    "fdb_flush",
    (bridge) => {
      for (const entry of fdbInOrder(bridge)) if (!entry.static) fdbDelete(entry);
      return undefined;
    },
  ],
  kept("mcast_router", 0, 2),
  ["mcast_snooping", (bridge, value) => setSnooping(bridge, value !== 0)],
  kept("mcast_query_use_ifaddr"),
  kept("mcast_querier"),
  [
    "mcast_hash_elasticity",
    (bridge) => {
      bridgeLog(bridge, "the hash_elasticity option has been deprecated and is always 16");
      return undefined;
    },
  ],
  kept("mcast_hash_max"),
  kept("mcast_last_member_count"),
  kept("mcast_startup_query_count"),
  keptTime("mcast_last_member_interval"),
  keptTime("mcast_membership_interval"),
  keptTime("mcast_querier_interval"),
  keptTime("mcast_query_interval", "query"),
  keptTime("mcast_query_response_interval"),
  keptTime("mcast_startup_query_interval", "startup query"),
  kept("mcast_stats_enabled"),
  kept("mcast_igmp_version", 2, 3),
  kept("mcast_mld_version", 1, 2),
  kept("nf_call_iptables"),
  kept("nf_call_ip6tables"),
  kept("nf_call_arptables"),
  [
    "no_linklocal_learn",
    (bridge, value) => {
      bridge.noLinklocalLearn = value !== 0;
      return undefined;
    },
  ],
  [
    "mcast_vlan_snooping",
    (bridge, value) => {
      if (value !== 0 && !bridge.vlanFiltering) {
        const what = "Cannot enable multicast vlan snooping with vlan filtering disabled";
        return { errno: "EINVAL", message: `bridge: ${what}` };
      }
      bridge.options.set("mcast_vlan_snooping", value === 0 ? 0 : 1);
      return undefined;
    },
  ],
];

/** Changes options of a bridge, by iproute2's names. */
export function setBridgeOptions(dev: NetDevice, options: LinkOptions): Refusal | undefined {
  const bridge = bridgeOf(dev);
  if (bridge === undefined) return { errno: "EOPNOTSUPP" };
  const protocol = options.get("vlan_protocol");
  if (protocol !== undefined && protocol !== VLAN_8021Q && protocol !== 0x88a8) {
    return { errno: "EPROTONOSUPPORT" };
  }
  if ((options.get("vlan_default_pvid") ?? 0) >= 4095) return EINVAL;
  return apply(SETTERS, bridge, options);
}

function apply<Owner>(
  setters: readonly Setter<Owner>[],
  owner: Owner,
  options: LinkOptions,
): Refusal | undefined {
  for (const [name, set] of setters) {
    const value = options.get(name);
    const refusal = value === undefined ? undefined : set(owner, value);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function setVlanFiltering(bridge: BridgeState, on: boolean): undefined {
  if (bridge.vlanFiltering === on) return;
  bridge.vlanFiltering = on;
  if (!on) bridge.options.set("mcast_vlan_snooping", 0);
  updatePromiscuity(bridge);
  chooseGroupAddress(bridge);
}

function setVlanProtocol(bridge: BridgeState, protocol: number): undefined {
  bridge.vlanProtocol = protocol;
  chooseGroupAddress(bridge);
}

/** Provider bridges have a group address of their own, unless the user chose one. */
function chooseGroupAddress(bridge: BridgeState): void {
  if (bridge.groupAddressSet) return;
  const provider = bridge.vlanFiltering && bridge.vlanProtocol !== VLAN_8021Q;
  bridge.groupAddress = BRIDGE_GROUP_MAC + (provider ? 8 : 0);
}

function setGroupAddress(bridge: BridgeState, mac: number): Refusal | undefined {
  const last = mac - BRIDGE_GROUP_MAC;
  if (last < 0 || last > 15 || (last >= 1 && last <= 3)) return EINVAL;
  bridge.groupAddress = mac;
  bridge.groupAddressSet = true;
  return undefined;
}

function setSnooping(bridge: BridgeState, on: boolean): undefined {
  if (bridge.multicastSnooping === on) return;
  bridge.multicastSnooping = on;
  if (!on) for (const port of bridge.ports) forgetPort(port, false);
  if ((bridge.dev.flags & IFF.UP) === 0) return;
  if (on) joinSnoopers(bridge.dev);
  else leaveSnoopers(bridge.dev, false);
}

/** Port switches by the name of the option; some are named otherwise by `ip link`. */
const PORT_FLAGS: readonly (readonly [name: string, flag: PortFlag])[] = [
  ["hairpin", "hairpin"],
  ["guard", "guard"],
  ["fastleave", "fastleave"],
  ["mcast_fast_leave", "fastleave"],
  ["root_block", "root_block"],
  ["learning", "learning"],
  ["flood", "flood"],
  ["mcast_flood", "mcast_flood"],
  ["mcast_to_unicast", "mcast_to_unicast"],
  ["bcast_flood", "bcast_flood"],
  ["proxy_arp", "proxy_arp"],
  ["proxy_arp_wifi", "proxy_arp_wifi"],
  ["vlan_tunnel", "vlan_tunnel"],
  ["neigh_suppress", "neigh_suppress"],
  ["isolated", "isolated"],
  ["locked", "locked"],
];

const PORT_SETTERS: readonly Setter<BridgePort>[] = [
  ...PORT_FLAGS.map(
    ([name, flag]): Setter<BridgePort> => [
      name,
      (port, value) => {
        port.flags[flag] = value !== 0;
        return undefined;
      },
    ],
  ),
  ["cost", setPathCost],
  ["priority", setPortPriority],
  ["state", (port, value) => forcePortState(port, PORT_STATES[value])],
  [
    "fdb_flush",
    (port) => {
      fdbDeleteByPort(port.bridge, port, { all: false });
      return undefined;
    },
  ],
  [
    "mcast_router",
    (port, value) => {
      if (value > 3) return EINVAL;
      setRouterPort(port, value);
      return undefined;
    },
  ],
  [
    "group_fwd_mask",
    (port, value) => {
      if ((value & 2) !== 0) return EINVAL;
      port.groupForwardMask = value;
      return undefined;
    },
  ],
  ["backup_port", setBackup],
];

function setBackup(port: BridgePort, ifindex: number): Refusal | undefined {
  if (ifindex === 0) {
    port.backupPort = undefined;
    return undefined;
  }
  const dev = port.dev.net.devices.get(ifindex);
  if (dev?.port === undefined) return { errno: "ENOENT" };
  if (dev.port.bridge !== port.bridge || dev.port === port) return EINVAL;
  port.backupPort = dev;
  return undefined;
}

/** Changes options of a port, by iproute2's names (`ip link set … type bridge_slave`, `bridge link set`). */
export function setPortOptions(dev: NetDevice, options: LinkOptions): Refusal | undefined {
  const { port } = dev;
  if (port === undefined) return { errno: "EOPNOTSUPP" };
  const automatic = port.flags.learning || port.flags.flood;
  const refusal = apply(PORT_SETTERS, port, options);
  if (automatic !== (port.flags.learning || port.flags.flood)) updatePromiscuity(port.bridge);
  notifyPort(port);
  return refusal;
}
