// How `bridge mdb` and `bridge monitor` print groups (iproute2 6.1.0, bridge/mdb.c).
// Policy: who wants a group stands in a line of its own, the bridge itself first.
// Not simulated: source lists, VXLAN.

import type { BridgeState, MdbGroup, MdbPort } from "../../net/bridge/bridgeState.ts";
import { centisecondsLeft } from "../../net/bridge/brTimer.ts";
import { ip4Text, ip6Text, macText } from "../../wire/address.ts";
import type { Output } from "../ip/output.ts";
import type { BridgeOptions } from "./options.ts";

/** One line: the group, and the port that wants it; without a port the bridge itself. */
export type MdbRow = {
  readonly bridge: BridgeState;
  readonly group: MdbGroup;
  readonly member: MdbPort | undefined;
};

/** The rows of a bridge's database. */
export function mdbRows(bridge: BridgeState): MdbRow[] {
  return bridge.mdb.flatMap((group) => [
    ...(group.hostJoined ? [{ bridge, group, member: undefined }] : []),
    ...group.ports.map((member) => ({ bridge, group, member })),
  ]);
}

function addressText(kind: MdbGroup["kind"], address: number | string): string {
  if (kind === "inet") return ip4Text(Number(address));
  return kind === "inet6" ? ip6Text(String(address)) : macText(Number(address));
}

/** Hundredths of a second as iproute2 prints the time that is left. */
export function timerText(centiseconds: number): string {
  return (centiseconds / 100).toFixed(2).padStart(7);
}

/** Prints a row; the caller opens and closes the object of JSON. */
export function printMdb(out: Output, options: BridgeOptions, row: MdbRow): void {
  const { bridge, group, member } = row;
  const name = bridge.dev.name;
  const port = member?.port.dev.name ?? name;
  out.property("index", bridge.dev.ifindex);
  out.put("dev", name, `dev ${name}`);
  out.put("port", port, ` port ${port}`);
  const address = addressText(group.kind, group.group);
  out.put("grp", address, ` grp ${address}`);
  if (group.source !== undefined) {
    const source = addressText(group.kind, group.source);
    out.put("src", source, ` src ${source}`);
  }
  const state = member?.permanent === true ? "permanent" : "temp";
  out.put("state", state, ` ${state}`);
  if (options.details > 0 && member !== undefined) {
    if (tellsMode(bridge, group)) {
      out.put("filter_mode", member.filterMode, ` filter_mode ${member.filterMode}`);
    }
    out.put("protocol", member.protocol, ` proto ${member.protocol} `);
  }
  out.openArray("flags");
  out.closeArray();
  if (group.vid !== 0) out.put("vid", group.vid, ` vid ${group.vid}`);
  if (options.stats > 0) {
    const timer = member === undefined ? group.hostTimer : member.timer;
    const left = timerText(centisecondsLeft(bridge.dev.net.kernel, timer));
    out.put("timer", left, ` ${left}`);
  }
  out.text("\n");
}

/** Filter modes are told only of protocols in a version that has them. */
function tellsMode(bridge: BridgeState, group: MdbGroup): boolean {
  if (group.kind === "inet") return bridge.options.get("mcast_igmp_version") === 3;
  return group.kind === "inet6" && bridge.options.get("mcast_mld_version") === 2;
}
