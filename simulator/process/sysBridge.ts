// What a bridge and its ports add to /sys/class/net: DEV/bridge and DEV/brport
// (net/bridge/br_sysfs_br.c, br_sysfs_if.c). Times are hundredths of a second.
// Writing changes the link in the same way as `ip link set DEV type bridge …`.

import { type BridgePort, type BridgeState, PORT_STATES } from "../net/bridge/bridgeState.ts";
import { centisecondsLeft } from "../net/bridge/brTimer.ts";
import type { NetDevice } from "../net/core/netDevice.ts";
import { setLink } from "../net/core/rtnetlink.ts";
import { macText } from "../wire/address.ts";
import {
  type ComputedFile,
  type ComputedFolder,
  computedFolder,
  type FileNode,
  link,
} from "./fileNodes.ts";
import { attribute, numberOf } from "./sysAttribute.ts";

/** A number that changes by an option of `ip link set DEV type KIND`. */
function option(
  dev: NetDevice,
  kind: "bridge" | "bridge_slave",
  [name, read]: readonly [name: string, read: () => number | string],
): ComputedFile {
  return attribute(read, (text) => {
    const value = numberOf(text);
    if (value === undefined) return "EINVAL";
    return setLink(dev, { kind, options: new Map([[name, value]]) })?.errno;
  });
}

/** A file that can only be written: forgets what was learned. */
function flush(dev: NetDevice, kind: "bridge" | "bridge_slave"): ComputedFile {
  return { ...option(dev, kind, ["fdb_flush", () => ""]), mode: 0o200 };
}

/** 8000.020000000001: priority and MAC. */
function bridgeId(id: bigint): string {
  const digits = id.toString(16).padStart(16, "0");
  return `${digits.slice(0, 4)}.${digits.slice(4)}`;
}

/** /sys/class/net/BRIDGE/bridge. */
export function bridgeFolder(bridge: BridgeState): ComputedFolder {
  return { ...computedFolder(() => bridgeEntries(bridge), "EACCES"), mode: 0o755 };
}

function bridgeEntries(bridge: BridgeState): Record<string, FileNode> {
  const { dev } = bridge;
  const { kernel } = dev.net;
  const left = (timer: Parameters<typeof centisecondsLeft>[1]) =>
    attribute(() => centisecondsLeft(kernel, timer));
  const changed: Record<string, readonly [string, () => number | string]> = {
    ageing_time: ["ageing_time", () => Math.round(bridge.ageingTimeMs / 10)],
    default_pvid: ["vlan_default_pvid", () => bridge.vlanDefaultPvid],
    forward_delay: ["forward_delay", () => Math.round(bridge.forwardDelayMs / 10)],
    group_fwd_mask: ["group_fwd_mask", () => `0x${bridge.groupForwardMask.toString(16)}`],
    hello_time: ["hello_time", () => Math.round(bridge.helloTimeMs / 10)],
    max_age: ["max_age", () => Math.round(bridge.maxAgeMs / 10)],
    multicast_snooping: ["mcast_snooping", () => Number(bridge.multicastSnooping)],
    priority: ["priority", () => bridge.priority],
    stp_state: ["stp_state", () => Number(bridge.stpEnabled)],
    vlan_filtering: ["vlan_filtering", () => Number(bridge.vlanFiltering)],
    vlan_protocol: ["vlan_protocol", () => `0x${bridge.vlanProtocol.toString(16)}`],
    vlan_stats_enabled: ["vlan_stats_enabled", () => Number(bridge.vlanStats)],
    vlan_stats_per_port: ["vlan_stats_per_port", () => Number(bridge.vlanStatsPerPort)],
  };
  const files: Record<string, FileNode> = {
    bridge_id: attribute(() => bridgeId((BigInt(bridge.priority) << 48n) | BigInt(bridge.idMac))),
    flush: flush(dev, "bridge"),
    gc_timer: left(bridge.gcTimer),
    group_addr: attribute(() => macText(bridge.groupAddress)),
    hello_timer: left(bridge.helloTimer),
    no_linklocal_learn: attribute(() => Number(bridge.noLinklocalLearn)),
    root_id: attribute(() => bridgeId(bridge.designatedRoot)),
    root_path_cost: attribute(() => bridge.rootPathCost),
    root_port: attribute(() => bridge.rootPort),
    tcn_timer: left(bridge.tcnTimer),
    topology_change: attribute(() => Number(bridge.topologyChange)),
    topology_change_detected: attribute(() => Number(bridge.topologyChangeDetected)),
    topology_change_timer: left(bridge.topologyTimer),
  };
  for (const [name, each] of Object.entries(changed)) files[name] = option(dev, "bridge", each);
  for (const [name, value] of bridge.options) {
    if (name === "mcast_vlan_snooping") continue;
    const file = name.replace(/^mcast_(?!hash)/, "multicast_").replace(/^mcast_/, "");
    files[file] ??= option(dev, "bridge", [name, () => value]);
  }
  return files;
}

/** /sys/class/net/PORT/brport. */
export function bridgePortFolder(port: BridgePort): ComputedFolder {
  return { ...computedFolder(() => portEntries(port), "EACCES"), mode: 0o755 };
}

const FLAG_FILES: Record<string, [option: string, flag: keyof BridgePort["flags"]]> = {
  bpdu_guard: ["guard", "guard"],
  broadcast_flood: ["bcast_flood", "bcast_flood"],
  hairpin_mode: ["hairpin", "hairpin"],
  isolated: ["isolated", "isolated"],
  learning: ["learning", "learning"],
  multicast_fast_leave: ["fastleave", "fastleave"],
  multicast_flood: ["mcast_flood", "mcast_flood"],
  multicast_to_unicast: ["mcast_to_unicast", "mcast_to_unicast"],
  neigh_suppress: ["neigh_suppress", "neigh_suppress"],
  proxyarp: ["proxy_arp", "proxy_arp"],
  proxyarp_wifi: ["proxy_arp_wifi", "proxy_arp_wifi"],
  root_block: ["root_block", "root_block"],
  unicast_flood: ["flood", "flood"],
};

function portEntries(port: BridgePort): Record<string, FileNode> {
  const { dev } = port;
  const { kernel } = dev.net;
  const left = (timer: Parameters<typeof centisecondsLeft>[1]) =>
    attribute(() => centisecondsLeft(kernel, timer));
  const files: Record<string, FileNode> = {
    backup_port: attribute(() => port.backupPort?.name ?? ""),
    bridge: link(`../../${port.bridge.dev.name}`),
    change_ack: attribute(() => Number(port.topologyChangeAck)),
    config_pending: attribute(() => Number(port.configPending)),
    designated_bridge: attribute(() => bridgeId(port.designatedBridge)),
    designated_cost: attribute(() => port.designatedCost),
    designated_port: attribute(() => port.designatedPort),
    designated_root: attribute(() => bridgeId(port.designatedRoot)),
    flush: flush(dev, "bridge_slave"),
    forward_delay_timer: left(port.forwardDelayTimer),
    group_fwd_mask: option(dev, "bridge_slave", [
      "group_fwd_mask",
      () => `0x${port.groupForwardMask.toString(16)}`,
    ]),
    hold_timer: left(port.holdTimer),
    message_age_timer: left(port.messageAgeTimer),
    multicast_router: option(dev, "bridge_slave", ["mcast_router", () => port.multicastRouter]),
    path_cost: option(dev, "bridge_slave", ["cost", () => port.pathCost]),
    port_id: attribute(() => `0x${port.portId.toString(16)}`),
    port_no: attribute(() => `0x${port.number.toString(16)}`),
    priority: option(dev, "bridge_slave", ["priority", () => port.priority]),
    state: attribute(() => PORT_STATES.indexOf(port.state)),
  };
  for (const [name, [word, flag]] of Object.entries(FLAG_FILES)) {
    files[name] = option(dev, "bridge_slave", [word, () => Number(port.flags[flag])]);
  }
  return files;
}
