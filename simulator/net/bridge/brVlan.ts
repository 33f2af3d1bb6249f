// VLANs of a bridge and its ports, and what they let through (linux/net/bridge/br_vlan.c).
// Policy: without vlan_filtering nothing is looked at and tags pass as they are. With it every frame
// inside the bridge carries a tag beside it: untagged frames get the PVID of the port on the way in,
// and lose it on the way out where the VLAN is "untagged".
// Not simulated: VLAN tunnels, multicast contexts per VLAN, MSTP.

import { ETHERTYPE } from "../../wire/ethernet.ts";
import { tellNetlink } from "../core/notifier.ts";
import type { SkBuff } from "../core/skbuff.ts";
import { fdbAddLocal, fdbDeleteByPort, fdbDropLocal } from "./brFdb.ts";
import type { BridgePort, BridgeState, VlanGroup, VlanMember, VlanStats } from "./bridgeState.ts";

/** What a VLAN is to be on a port. */
export type VlanFlags = { readonly pvid: boolean; readonly untagged: boolean };

/** Tells netlink's listeners of a row of VLANs that a port or bridge has or has not any more. */
export function vlanNotify(
  place: { readonly bridge: BridgeState; readonly port: BridgePort | undefined },
  from: number,
  to: number,
  gone: boolean,
): void {
  const dev = place.port?.dev ?? place.bridge.dev;
  tellNetlink(dev.net, { type: "vlan", gone, dev, from, to });
}

function newStats(): VlanStats {
  return { rxBytes: 0, rxPackets: 0, txBytes: 0, txPackets: 0 };
}

function countersOf(bridge: BridgeState, vid: number): VlanStats {
  let stats = bridge.vlanCounters.get(vid);
  if (stats === undefined) {
    stats = newStats();
    bridge.vlanCounters.set(vid, stats);
  }
  return stats;
}

function groupOf(bridge: BridgeState, port: BridgePort | undefined): VlanGroup {
  return port?.vlans ?? bridge.vlans;
}

/** Adds a VLAN to a port, or to the bridge itself, or changes what it is there. True if it changed anything. */
export function vlanAdd(
  bridge: BridgeState,
  port: BridgePort | undefined,
  vid: number,
  flags: VlanFlags,
): boolean {
  const group = groupOf(bridge, port);
  let member = group.members.get(vid);
  const isNew = member === undefined;
  const shared = countersOf(bridge, vid);
  if (member === undefined) {
    member = {
      vid,
      untagged: flags.untagged,
      state: "forwarding",
      multicastRouter: 1,
      tunnelId: undefined,
      stats: port !== undefined && bridge.vlanStatsPerPort ? newStats() : shared,
    };
    group.members.set(vid, member);
    fdbAddLocal(bridge, port, (port?.dev ?? bridge.dev).mac, vid);
  }
  const changed =
    isNew || member.untagged !== flags.untagged || (group.pvid === vid) !== flags.pvid;
  member.untagged = flags.untagged;
  if (flags.pvid) group.pvid = vid;
  else if (group.pvid === vid) group.pvid = undefined;
  return changed;
}

/** Takes a VLAN from a port or from the bridge itself; false when it was not there. */
export function vlanDelete(
  bridge: BridgeState,
  port: BridgePort | undefined,
  vid: number,
): boolean {
  const group = groupOf(bridge, port);
  if (!group.members.has(vid)) return false;
  fdbDropLocal(bridge, port, (port?.dev ?? bridge.dev).mac, vid);
  fdbDeleteByPort(bridge, port, { all: false, vid });
  if (group.pvid === vid) group.pvid = undefined;
  group.members.delete(vid);
  forgetGlobals(bridge);
  return true;
}

/** Options of VLANs in the whole bridge go with the last who has the VLAN. */
function forgetGlobals({ vlanGlobals, vlans, ports }: BridgeState): void {
  for (const vid of vlanGlobals.keys()) {
    const wanted = vlans.members.has(vid) || ports.some((port) => port.vlans.members.has(vid));
    if (!wanted) vlanGlobals.delete(vid);
  }
}

/** Gives a new port the default VLAN. */
export function vlanInitPort(port: BridgePort): void {
  const vid = port.bridge.vlanDefaultPvid;
  if (vid === 0) return;
  vlanAdd(port.bridge, port, vid, { pvid: true, untagged: true });
  vlanNotify({ bridge: port.bridge, port }, vid, vid, false);
}

/** Takes all VLANs from a port that leaves. */
export function vlanFlushPort(port: BridgePort): void {
  const vids = [...port.vlans.members.keys()].sort((a, b) => a - b);
  port.vlans.pvid = undefined;
  port.vlans.members.clear();
  forgetGlobals(port.bridge);
  let first = 0;
  for (const [index, vid] of vids.entries()) {
    if (vids[index - 1] !== vid - 1) first = vid;
    if (vids[index + 1] !== vid + 1) vlanNotify({ bridge: port.bridge, port }, first, vid, true);
  }
}

/** True while a group has `vid` just as the default VLAN is given. */
function hasDefault(group: VlanGroup, vid: number): boolean {
  return group.pvid === vid && group.members.get(vid)?.untagged === true;
}

/** Changes the default VLAN where nobody has changed it; 0 takes it away. */
export function setDefaultPvid(bridge: BridgeState, vid: number): void {
  const old = bridge.vlanDefaultPvid;
  if (old === vid) return;
  const everywhere: (BridgePort | undefined)[] = [undefined, ...bridge.ports];
  for (const port of everywhere) {
    const group = groupOf(bridge, port);
    if (vid === 0) {
      if (hasDefault(group, old)) forget(bridge, port, old);
      continue;
    }
    if ((old !== 0 && !hasDefault(group, old)) || group.members.has(vid)) continue;
    vlanAdd(bridge, port, vid, { pvid: true, untagged: true });
    forget(bridge, port, old);
    vlanNotify({ bridge, port }, vid, vid, false);
  }
  bridge.vlanDefaultPvid = vid;
}

function forget(bridge: BridgeState, port: BridgePort | undefined, vid: number): void {
  if (vlanDelete(bridge, port, vid)) vlanNotify({ bridge, port }, vid, vid, true);
}

/** True for states in which a VLAN lets frames in: learning needs only to learn. */
function mayEnter(member: VlanMember): boolean {
  return member.state === "forwarding" || member.state === "learning";
}

/**
 * The VID under which a frame enters by a port (undefined: by the bridge itself), or -1 when its
 * VLAN is not allowed there. The frame carries its tag afterwards. 0 without vlan_filtering.
 */
export function vlanIngress(
  bridge: BridgeState,
  port: BridgePort | undefined,
  skb: SkBuff,
): number {
  if (!bridge.vlanFiltering) return 0;
  const group = groupOf(bridge, port);
  const tag = skb.vlan;
  if (tag !== undefined && (tag.tpid ?? ETHERTYPE.VLAN) !== bridge.vlanProtocol) return -1;
  let vid = tag?.vid ?? 0;
  if (vid === 0) {
    if (group.pvid === undefined) return -1;
    vid = group.pvid;
    skb.vlan =
      bridge.vlanProtocol === ETHERTYPE.VLAN
        ? { vid, pcp: tag?.pcp ?? 0 }
        : { vid, pcp: tag?.pcp ?? 0, tpid: bridge.vlanProtocol };
  }
  const member = group.members.get(vid);
  if (member === undefined || !mayEnter(member)) return -1;
  if (bridge.vlanStats) {
    member.stats.rxBytes += skb.frame.length - 14;
    member.stats.rxPackets++;
  }
  return vid;
}

/** The VID that a frame to a reserved address would be learned under, or -1 (br_should_learn). */
export function vlanForLearning(port: BridgePort, skb: SkBuff): number {
  if (!port.bridge.vlanFiltering) return 0;
  const vid = skb.vlan?.vid ?? 0;
  if (vid === 0) return port.vlans.pvid ?? -1;
  return port.vlans.members.has(vid) ? vid : -1;
}

/** True when a frame inside the bridge may leave by a port, or by the bridge itself. */
export function mayLeave(bridge: BridgeState, group: VlanGroup, skb: SkBuff): boolean {
  if (!bridge.vlanFiltering || skb.vlan === undefined) return true;
  return group.members.get(skb.vlan.vid)?.state === "forwarding";
}

/** The tag with which a frame leaves: none where its VLAN is untagged. Counts it. */
export function tagOnLeaving(bridge: BridgeState, group: VlanGroup, skb: SkBuff): SkBuff["vlan"] {
  const tag = skb.vlan;
  if (!bridge.vlanFiltering || tag === undefined) return tag;
  const member = group.members.get(tag.vid);
  if (member === undefined) return tag;
  if (bridge.vlanStats) {
    member.stats.txBytes += skb.frame.length - 14;
    member.stats.txPackets++;
  }
  return member.untagged ? undefined : tag;
}
