// How `bridge vlan` and `bridge monitor` print the VLANs of one device (iproute2 6.1.0, bridge/vlan.c).
// Policy: rows of VLANs that are alike are one line where the kernel tells them so: with
// -compressvlans, with -d, and in monitor, but not where counters are printed too.
// Not simulated: VLAN tunnels.

import { vidsInOrder } from "../../net/bridge/brFdb.ts";
import { bridgeOf } from "../../net/bridge/brIf.ts";
import type { VlanGroup, VlanMember } from "../../net/bridge/bridgeState.ts";
import type { NetDevice } from "../../net/core/netDevice.ts";
import type { Output } from "../ip/output.ts";

/** Blanks before what follows on further lines: the width of the column of names. */
export const NAME_WIDTH = 18;

/** What is printed of each VLAN. */
export type VlanView = {
  /** Rows of VLANs that are alike as one. */
  readonly rows: boolean;
  readonly options: boolean;
  readonly counters: boolean;
  /** The counters came without options: JSON calls the VLAN otherwise, and bridges have flags. */
  readonly plainCounters?: boolean;
  /** The rows came by -compressvlans, where a row has a flag that says so and is not printed. */
  readonly compressed?: boolean;
};

/** A row of VLANs that are alike; the first one stands for all. */
export type VlanRow = { readonly from: number; readonly to: number; readonly member: VlanMember };

/** The VLANs of a bridge or of a port; undefined for other devices. */
export function vlansOf(dev: NetDevice): VlanGroup | undefined {
  return bridgeOf(dev)?.vlans ?? dev.port?.vlans;
}

/** The VLANs of a group in rows as a view wants them. */
export function vlanRows(group: VlanGroup, view: VlanView): VlanRow[] {
  const rows: VlanRow[] = [];
  for (const vid of vidsInOrder(group.members)) {
    const member = group.members.get(vid);
    if (member === undefined) continue;
    const last = rows.at(-1);
    const joins =
      view.rows &&
      last !== undefined &&
      last.to + 1 === vid &&
      vid !== group.pvid &&
      last.to !== group.pvid &&
      alike(last.member, member, view);
    if (joins) rows[rows.length - 1] = { ...last, to: vid };
    else rows.push({ from: vid, to: vid, member });
  }
  return rows;
}

function alike(one: VlanMember, other: VlanMember, view: VlanView): boolean {
  if (one.untagged !== other.untagged) return false;
  if (!view.options) return true;
  return one.state === other.state && one.multicastRouter === other.multicastRouter;
}

/** The name of a device at the beginning of its first line. */
export function printVlanDevice(out: Output, dev: NetDevice): void {
  out.put("ifname", dev.name, out.paint("name", dev.name.padEnd(NAME_WIDTH)));
}

/** Prints rows of VLANs; all but the first stand below the column of names. */
export function printVlanRows(
  out: Output,
  dev: NetDevice,
  rows: readonly VlanRow[],
  view: VlanView,
): void {
  const group = vlansOf(dev);
  out.openArray("vlans");
  rows.forEach((row, index) => {
    if (index > 0) out.text(" ".repeat(NAME_WIDTH));
    out.openObject();
    printVlanRow(out, row, view, {
      pvid: group?.pvid === row.from,
      isBridge: bridgeOf(dev) !== undefined,
    });
    out.closeObject();
  });
  out.closeArray();
}

/** Prints one row of VLANs and its options and counters. */
function printVlanRow(
  out: Output,
  { from, to, member }: VlanRow,
  view: VlanView,
  is: { readonly pvid: boolean; readonly isBridge: boolean },
): void {
  out.put(view.plainCounters === true ? "vid" : "vlan", from, String(from));
  if (to > from) out.put("vlanEnd", to, `-${to}`);
  const flags: string[] = [];
  if (is.pvid) flags.push("PVID");
  if (member.untagged) flags.push("Egress Untagged");
  const hidden =
    (view.plainCounters === true && is.isBridge) || (view.compressed === true && to > from);
  if (flags.length > 0 || hidden) {
    out.openArray("flags");
    for (const flag of flags) out.item(flag, ` ${flag}`);
    out.closeArray();
  }
  out.text("\n");
  const indent = " ".repeat(NAME_WIDTH + 2);
  if (view.options) {
    out.text(indent);
    out.put("state", member.state, `state ${member.state} `);
    out.put("mcast_router", member.multicastRouter, `mcast_router ${member.multicastRouter} `);
    out.text("\n");
  }
  if (!view.counters) return;
  const { rxBytes, rxPackets, txBytes, txPackets } = member.stats;
  out.put("rx_bytes", rxBytes, `${indent}RX: ${rxBytes} bytes`);
  out.put("rx_packets", rxPackets, ` ${rxPackets} packets\n`);
  out.put("tx_bytes", txBytes, `${indent}TX: ${txBytes} bytes`);
  out.put("tx_packets", txPackets, ` ${txPackets} packets\n`);
}
