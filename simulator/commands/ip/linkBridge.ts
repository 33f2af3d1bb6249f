// The long line that `ip -d link` prints for a bridge, and the one for a port of a bridge.
// Text and JSON name several values differently; so the tables hold both names.
// Not simulated: MRP and multicast statistics.

import type { Timer } from "../../clock.ts";
import type { BridgePort, BridgeState } from "../../net/bridge/bridgeState.ts";
import { centisecondsLeft } from "../../net/bridge/brTimer.ts";
import type { Kernel } from "../../net/core/kernel.ts";
import { macText } from "../../wire/address.ts";
import type { Output } from "./output.ts";

/** Names in text and, where it differs, in JSON. */
type Row = readonly [name: string, value: number | string, jsonKey?: string];

/** Multicast and netfilter options that the bridge keeps by name, with the kernel's defaults. */
const KEPT: readonly (readonly [name: string, initial: number, jsonKey?: string])[] = [
  ["mcast_vlan_snooping", 0],
  ["mcast_router", 1],
  ["mcast_query_use_ifaddr", 0],
  ["mcast_querier", 0],
  ["mcast_hash_elasticity", 16],
  ["mcast_hash_max", 4096],
  ["mcast_last_member_count", 2, "mcast_last_member_cnt"],
  ["mcast_startup_query_count", 2, "mcast_startup_query_cnt"],
  ["mcast_last_member_interval", 100, "mcast_last_member_intvl"],
  ["mcast_membership_interval", 26000, "mcast_membership_intvl"],
  ["mcast_querier_interval", 25500, "mcast_querier_intvl"],
  ["mcast_query_interval", 12500, "mcast_query_intvl"],
  ["mcast_query_response_interval", 1000, "mcast_query_response_intvl"],
  ["mcast_startup_query_interval", 3124, "mcast_startup_query_intvl"],
  ["mcast_stats_enabled", 0],
  ["mcast_igmp_version", 2],
  ["mcast_mld_version", 1],
  ["nf_call_iptables", 0],
  ["nf_call_ip6tables", 0],
  ["nf_call_arptables", 0],
];

/** A bridge id such as 8000.2:0:0:0:0:1: the priority, then the MAC without leading zeros. */
function bridgeIdText(priority: number, mac: number): string {
  const bytes = macText(mac)
    .split(":")
    .map((byte) => Number.parseInt(byte, 16).toString(16));
  return `${priority.toString(16).padStart(4, "0")}.${bytes.join(":")}`;
}

function idText(id: bigint): string {
  return bridgeIdText(Number(id >> 48n), Number(id & 0xffffffffffffn));
}

function onOff(flag: boolean | undefined): 0 | 1 {
  return flag === true ? 1 : 0;
}

/** A mask: "0" or "0x8". */
function maskText(mask: number): string {
  return mask === 0 ? "0" : `0x${mask.toString(16)}`;
}

/** A port's mask by the names of what it lets through; what has none stays a number. */
function maskNames(mask: number): string {
  const named = MASK_NAMES.filter(([bit]) => (mask & bit) !== 0);
  const rest = named.reduce((left, [bit]) => left & ~bit, mask);
  const words = named.map(([, name]) => name);
  if (rest !== 0 || words.length === 0) words.push(`0x${rest.toString(16)}`);
  return words.join(",");
}

const MASK_NAMES: readonly (readonly [bit: number, name: string])[] = [
  [0x1, "stp"],
  [0x4, "lacp"],
  [0x4000, "lldp"],
];

function printRows(out: Output, rows: readonly Row[]): void {
  for (const [name, value, key] of rows) out.put(key ?? name, value, `${name} ${value} `);
}

function printTimers(
  out: Output,
  kernel: Kernel,
  timers: readonly (readonly [name: string, timer: Timer | undefined])[],
): void {
  for (const [name, timer] of timers) {
    const seconds = (centisecondsLeft(kernel, timer) / 100).toFixed(2);
    out.put(name, { raw: seconds }, `${name} ${seconds.padStart(7)} `);
  }
}

/** What `ip -d link show BRIDGE` prints after "bridge ". */
export function printBridge(out: Output, kernel: Kernel, bridge: BridgeState): void {
  printRows(out, [
    ["forward_delay", Math.floor(bridge.usedForwardDelayMs / 10)],
    ["hello_time", Math.floor(bridge.usedHelloTimeMs / 10)],
    ["max_age", Math.floor(bridge.usedMaxAgeMs / 10)],
    ["ageing_time", Math.floor(bridge.ageingTimeMs / 10)],
    ["stp_state", onOff(bridge.stpEnabled)],
    ["priority", bridge.priority],
    ["vlan_filtering", onOff(bridge.vlanFiltering)],
    ["vlan_protocol", bridge.vlanProtocol === 0x88a8 ? "802.1ad" : "802.1Q"],
    ["bridge_id", bridgeIdText(bridge.priority, bridge.idMac)],
    // iproute2 6.1.0 prints the bridge's own id here, whatever the root is.
    ["designated_root", bridgeIdText(bridge.priority, bridge.idMac), "root_id"],
    ["root_port", bridge.rootPort],
    ["root_path_cost", bridge.rootPathCost],
    ["topology_change", onOff(bridge.topologyChange)],
    ["topology_change_detected", onOff(bridge.topologyChangeDetected)],
  ]);
  printTimers(out, kernel, [
    ["hello_timer", bridge.helloTimer],
    ["tcn_timer", bridge.tcnTimer],
    ["topology_change_timer", bridge.topologyTimer],
    ["gc_timer", bridge.gcTimer],
  ]);
  printRows(out, [
    ["vlan_default_pvid", bridge.vlanDefaultPvid],
    ["vlan_stats_enabled", onOff(bridge.vlanStats)],
    ["vlan_stats_per_port", onOff(bridge.vlanStatsPerPort)],
    ["group_fwd_mask", maskText(bridge.groupForwardMask)],
    ["group_address", macText(bridge.groupAddress), "group_addr"],
    ["mcast_snooping", onOff(bridge.multicastSnooping)],
    ["no_linklocal_learn", onOff(bridge.noLinklocalLearn)],
    ...KEPT.map(([name, initial, key]): Row => {
      const value = bridge.options.get(name) ?? initial;
      return key === undefined ? [name, value] : [name, value, key];
    }),
  ]);
}

function printSwitches(
  out: Output,
  port: BridgePort,
  names: readonly (keyof BridgePort["flags"])[],
): void {
  for (const name of names) {
    const on = port.flags[name];
    out.put(name, on, `${name} ${on ? "on" : "off"} `);
  }
}

/** What `ip -d link show PORT` prints after "bridge_slave ". */
export function printBridgeSlave(out: Output, kernel: Kernel, port: BridgePort): void {
  printRows(out, [
    ["state", port.state],
    ["priority", port.priority],
    ["cost", port.pathCost],
  ]);
  printSwitches(out, port, ["hairpin", "guard", "root_block", "fastleave", "learning", "flood"]);
  printRows(out, [
    ["port_id", `0x${port.portId.toString(16)}`, "id"],
    ["port_no", `0x${port.number.toString(16)}`, "no"],
    ["designated_port", port.designatedPort],
    ["designated_cost", port.designatedCost],
    ["designated_bridge", idText(port.designatedBridge), "bridge_id"],
    ["designated_root", idText(port.designatedRoot), "root_id"],
  ]);
  printTimers(out, kernel, [
    ["hold_timer", port.holdTimer],
    ["message_age_timer", port.messageAgeTimer],
    ["forward_delay_timer", port.forwardDelayTimer],
  ]);
  printRows(out, [
    ["topology_change_ack", onOff(port.topologyChangeAck)],
    ["config_pending", onOff(port.configPending)],
  ]);
  printSwitches(out, port, ["proxy_arp", "proxy_arp_wifi"]);
  printRows(out, [["mcast_router", port.multicastRouter, "multicast_router"]]);
  out.text(`mcast_fast_leave ${port.flags.fastleave ? "on" : "off"} `);
  printSwitches(out, port, ["mcast_flood", "bcast_flood", "mcast_to_unicast", "neigh_suppress"]);
  const mask = maskText(port.groupForwardMask);
  out.put("group_fwd_mask", mask, `group_fwd_mask ${mask} `);
  const text = maskNames(port.groupForwardMask);
  out.put("group_fwd_mask_str", text, `group_fwd_mask_str ${text} `);
  printSwitches(out, port, ["vlan_tunnel", "isolated", "locked"]);
  if (port.backupPort !== undefined) {
    const name = port.backupPort.name;
    out.put("backup_port", name, `backup_port ${name} `);
  }
}
