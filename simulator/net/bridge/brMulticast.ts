// IGMP and MLD snooping (linux/net/bridge/br_multicast.c): which ports have asked for which groups, and
// to whom a multicast frame goes.
// Policy: reports are noted always. They restrict anything only while somebody sends queries, because
// without queries nobody repeats a report: so by default multicast goes everywhere. Memberships last
// 260 s after the last report. Groups of the local link (224.0.0.x) are never noted.
// Not simulated: the source lists of IGMPv3 and MLDv2, queries of the bridge itself (mcast_querier),
// PIM and MRD, contexts per VLAN.

import type { Timer } from "../../clock.ts";
import { get16, get32, getIp6 } from "../../wire/bytes.ts";
import { ETHERTYPE } from "../../wire/ethernet.ts";
import { transportOf } from "../../wire/ipv6.ts";
import { IFF } from "../core/netDevice.ts";
import { tellNetlink } from "../core/notifier.ts";
import type { SkBuff } from "../core/skbuff.ts";
import type { BridgePort, BridgeState, MdbGroup, MdbPort } from "./bridgeState.ts";
import { arm, disarm } from "./brTimer.ts";

/** A group in a VLAN. */
export type GroupKey = Pick<MdbGroup, "kind" | "group" | "source" | "vid">;

/** To whom a multicast frame goes when it does not go to all. */
export type Listeners = { readonly ports: ReadonlySet<BridgePort>; readonly local: boolean };

/** A time of the bridge's multicast options, which are kept in hundredths of a second, in microseconds. */
export function interval(bridge: BridgeState, name: string): number {
  return (bridge.options.get(name) ?? 0) * 10_000;
}

/** The group in the database. */
export function findGroup(bridge: BridgeState, key: GroupKey): MdbGroup | undefined {
  for (const each of bridge.mdbByGroup.get(key.group) ?? []) {
    if (each.kind === key.kind && each.vid === key.vid && each.source === key.source) return each;
  }
  return undefined;
}

/** The group in the database, made if need be. */
export function makeGroup(bridge: BridgeState, key: GroupKey): MdbGroup {
  const found = findGroup(bridge, key);
  if (found !== undefined) return found;
  const made: MdbGroup = {
    kind: key.kind,
    group: key.group,
    source: key.source,
    vid: key.vid,
    hostJoined: false,
    hostTimer: undefined,
    ports: [],
  };
  bridge.mdb.unshift(made);
  const same = bridge.mdbByGroup.get(key.group);
  if (same === undefined) bridge.mdbByGroup.set(key.group, [made]);
  else bridge.mdbByGroup.set(key.group, [...same, made]);
  return made;
}

/** One change of the database, as netlink tells it: a member of a group, or a port with a router. */
export type MdbChange =
  | {
      readonly bridge: BridgeState;
      readonly group: MdbGroup;
      readonly member: MdbPort | undefined;
    }
  | { readonly router: BridgePort };

/** Sets whether a router is behind a port: 0 never, 1 learned, 2 always, 3 learned by other means. */
export function setRouterPort(port: BridgePort, value: number): void {
  const was = isRouterPort(port);
  port.multicastRouter = value;
  if (value !== 1) disarm(port, "routerTimer");
  tellRouter(port, was);
}

function tellRouter(port: BridgePort, was: boolean): void {
  const is = isRouterPort(port);
  if (was === is) return;
  const entry: MdbChange = { router: port };
  tellNetlink(port.dev.net, { type: "mdb", gone: !is, entry });
}

/** Tells netlink's listeners of a member (undefined: the bridge itself) of a group. */
export function mdbNotify(
  bridge: BridgeState,
  group: MdbGroup,
  member: MdbPort | undefined,
  gone: boolean,
): void {
  const { net } = bridge.dev;
  tellNetlink(net, { type: "mdb", gone, entry: { bridge, group, member } satisfies MdbChange });
}

/** The bridge itself wants a group, for one membership interval. */
export function joinHost(bridge: BridgeState, group: MdbGroup): void {
  if (!group.hostJoined) {
    group.hostJoined = true;
    mdbNotify(bridge, group, undefined, false);
  }
  if (group.kind === "mac") return;
  const timer = { owner: group, key: "hostTimer" } as const;
  arm(bridge.dev.net.kernel, timer, interval(bridge, "mcast_membership_interval"), () =>
    leaveHost(bridge, group),
  );
}

/** The bridge itself wants a group no longer. */
export function leaveHost(bridge: BridgeState, group: MdbGroup): void {
  disarm(group, "hostTimer");
  if (!group.hostJoined) return;
  group.hostJoined = false;
  mdbNotify(bridge, group, undefined, true);
  dropIfEmpty(bridge, group);
}

/** Sets the end of a port's membership. */
export function armMember(
  bridge: BridgeState,
  group: MdbGroup,
  member: MdbPort,
  delay: number,
): void {
  arm(bridge.dev.net.kernel, { owner: member, key: "timer" }, delay, () =>
    removeMember(bridge, group, member),
  );
}

/** Takes a port from a group. */
export function removeMember(bridge: BridgeState, group: MdbGroup, member: MdbPort): void {
  disarm(member, "timer");
  const at = group.ports.indexOf(member);
  if (at < 0) return;
  group.ports.splice(at, 1);
  mdbNotify(bridge, group, member, true);
  dropIfEmpty(bridge, group);
}

function dropIfEmpty(bridge: BridgeState, group: MdbGroup): void {
  if (group.hostJoined || group.ports.length > 0) return;
  const at = bridge.mdb.indexOf(group);
  if (at < 0) return;
  bridge.mdb.splice(at, 1);
  const others = bridge.mdbByGroup.get(group.group)?.filter((each) => each !== group) ?? [];
  if (others.length > 0) bridge.mdbByGroup.set(group.group, others);
  else bridge.mdbByGroup.delete(group.group);
}

/** A port that closed keeps only what was made permanent; one that leaves keeps nothing. */
export function forgetPort(port: BridgePort, leaving: boolean): void {
  const { bridge } = port;
  for (const group of [...bridge.mdb]) {
    for (const member of [...group.ports]) {
      if (member.port !== port || (member.permanent && !leaving)) continue;
      removeMember(bridge, group, member);
    }
  }
  disarm(port, "routerTimer");
}

/** Forgets the whole database of a bridge that goes; nobody hears of its own groups. */
export function forgetAll(bridge: BridgeState): void {
  for (const port of bridge.ports) forgetPort(port, true);
  for (const group of bridge.mdb) disarm(group, "hostTimer");
  bridge.mdb.length = 0;
  bridge.mdbByGroup.clear();
  disarm(bridge.queriers, "inet");
  disarm(bridge.queriers, "inet6");
}

function join(bridge: BridgeState, port: BridgePort | undefined, key: GroupKey): void {
  if ((bridge.dev.flags & IFF.UP) === 0 || port?.state === "disabled") return;
  // 4,096 groups by default; more are not noted.
  if (findGroup(bridge, key) === undefined && bridge.mdb.length >= maxGroups(bridge)) return;
  const group = makeGroup(bridge, key);
  if (port === undefined) {
    joinHost(bridge, group);
    return;
  }
  let member = group.ports.find((each) => each.port === port);
  if (member === undefined) {
    member = {
      port,
      permanent: false,
      protocol: "kernel",
      filterMode: "exclude",
      timer: undefined,
    };
    group.ports.unshift(member);
    mdbNotify(bridge, group, member, false);
  }
  if (!member.permanent) {
    armMember(bridge, group, member, interval(bridge, "mcast_membership_interval"));
  }
}

function maxGroups(bridge: BridgeState): number {
  return bridge.options.get("mcast_hash_max") ?? 4096;
}

/** A host has left: at once with fastleave; else after the last member interval, if others query. */
function leave(bridge: BridgeState, port: BridgePort | undefined, key: GroupKey): void {
  const group = findGroup(bridge, key);
  if (group === undefined || (bridge.dev.flags & IFF.UP) === 0) return;
  const member = group.ports.find((each) => each.port === port);
  if (port?.flags.fastleave && member !== undefined && !member.permanent) {
    removeMember(bridge, group, member);
    return;
  }
  const kind = group.kind === "inet6" ? "inet6" : "inet";
  if (bridge.queriers[kind] !== undefined) return;
  const delay =
    (bridge.options.get("mcast_last_member_count") ?? 2) *
    interval(bridge, "mcast_last_member_interval");
  const { kernel } = bridge.dev.net;
  const sooner = (timer: Timer | undefined) =>
    timer !== undefined && timer.due > kernel.clock.now + delay;
  if (port === undefined && group.hostJoined && sooner(group.hostTimer)) {
    arm(kernel, { owner: group, key: "hostTimer" }, delay, () => leaveHost(bridge, group));
  } else if (member !== undefined && sooner(member.timer)) {
    armMember(bridge, group, member, delay);
  }
}

/**
 * Looks at a multicast frame that came by a port (undefined: from the bridge itself), and answers to
 * whom it goes: undefined means everywhere.
 */
export function multicastInput(
  bridge: BridgeState,
  port: BridgePort | undefined,
  skb: SkBuff,
  vid: number,
): Listeners | undefined {
  if (!bridge.multicastSnooping) return undefined;
  if (skb.protocol === ETHERTYPE.IP) return inputIpv4(bridge, port, skb, vid);
  if (skb.protocol === ETHERTYPE.IPV6) return inputIpv6(bridge, port, skb, vid);
  const group = get16(skb.frame, 0) * 0x100000000 + get32(skb.frame, 2);
  const found =
    bridge.mdb.length === 0
      ? undefined
      : findGroup(bridge, { kind: "mac", group, source: undefined, vid });
  return found === undefined ? undefined : listenersOf(bridge, found);
}

function inputIpv4(
  bridge: BridgeState,
  port: BridgePort | undefined,
  skb: SkBuff,
  vid: number,
): Listeners | undefined {
  const { frame } = skb;
  const destination = get32(frame, 30);
  const isLocal = destination >>> 8 === 0xe00000;
  const keyOf = (group: number) => ({ kind: "inet", group, source: undefined, vid }) as const;
  if (frame[23] !== 2) {
    const group = bridge.mdb.length === 0 ? undefined : findGroup(bridge, keyOf(destination));
    return restricted(bridge, "inet", group, !isLocal);
  }
  const at = 14 + ((frame[14] ?? 0) & 15) * 4;
  const type = frame[at];
  const joinIp = (group: number) => {
    if (group >>> 28 === 14 && group >>> 8 !== 0xe00000) join(bridge, port, keyOf(group));
  };
  const group = get32(frame, at + 4);
  if (type === 0x12 || type === 0x16) joinIp(group);
  else if (type === 0x17) leave(bridge, port, keyOf(group));
  else if (type === 0x11) queryFrom(bridge, port, "inet", get32(frame, 26) !== 0);
  else if (type === 0x22) {
    let record = at + 8;
    for (let left = get16(frame, at + 6); left > 0 && record + 8 <= frame.length; left--) {
      const sources = get16(frame, record + 2);
      const address = get32(frame, record + 4);
      if (isLeave(frame[record] ?? 0, sources)) leave(bridge, port, keyOf(address));
      else joinIp(address);
      record += 8 + sources * 4 + (frame[record + 1] ?? 0) * 4;
    }
  }
  // Version 1 and 2 reports go to routers only; there are none unless somebody queries.
  return restricted(bridge, "inet", undefined, type === 0x12 || type === 0x16);
}

const ALL_NODES = `ff02${"0".repeat(27)}1`;

function inputIpv6(
  bridge: BridgeState,
  port: BridgePort | undefined,
  skb: SkBuff,
  vid: number,
): Listeners | undefined {
  const { frame } = skb;
  if (frame.length < 54) return undefined;
  const destination = getIp6(frame, 38);
  const isAllNodes = destination === ALL_NODES;
  const keyOf = (group: string) => ({ kind: "inet6", group, source: undefined, vid }) as const;
  // MLD stands behind a hop-by-hop header with a router alert.
  const transport = frame[20] === 0 ? transportOf(frame, 14) : undefined;
  const type = transport?.protocol === 58 ? frame[transport.at] : undefined;
  if (transport === undefined || type === undefined || !isMld(type)) {
    const group = bridge.mdb.length === 0 ? undefined : findGroup(bridge, keyOf(destination));
    return restricted(bridge, "inet6", group, !isAllNodes);
  }
  const joinIp = (group: string) => {
    if (group.startsWith("ff") && group !== ALL_NODES) {
      join(bridge, port, keyOf(group));
    }
  };
  const { at } = transport;
  if (type === 131) joinIp(getIp6(frame, at + 8));
  else if (type === 132) leave(bridge, port, keyOf(getIp6(frame, at + 8)));
  else if (type === 130) queryFrom(bridge, port, "inet6", getIp6(frame, 22) !== "0".repeat(32));
  else {
    let record = at + 8;
    for (let left = get16(frame, at + 6); left > 0 && record + 20 <= frame.length; left--) {
      const sources = get16(frame, record + 2);
      const address = getIp6(frame, record + 4);
      if (isLeave(frame[record] ?? 0, sources)) leave(bridge, port, keyOf(address));
      else joinIp(address);
      record += 20 + sources * 16 + (frame[record + 1] ?? 0) * 4;
    }
  }
  return restricted(bridge, "inet6", undefined, type === 131);
}

function isMld(type: number): boolean {
  return (type >= 130 && type <= 132) || type === 143;
}

/** A record says that nobody is wanted any more: include (or change to include) no source. */
function isLeave(type: number, sources: number): boolean {
  return sources === 0 && (type === 1 || type === 3);
}

/** Somebody queries: he is the querier for a while, and a router is behind the port. */
function queryFrom(
  bridge: BridgeState,
  port: BridgePort | undefined,
  kind: "inet" | "inet6",
  hasAddress: boolean,
): void {
  if (!hasAddress || port === undefined) return;
  const { kernel } = bridge.dev.net;
  const delay = interval(bridge, "mcast_querier_interval");
  arm(kernel, { owner: bridge.queriers, key: kind }, delay, () => {});
  if (port.multicastRouter !== 1) return;
  const was = isRouterPort(port);
  arm(kernel, { owner: port, key: "routerTimer" }, delay, () => tellRouter(port, true));
  tellRouter(port, was);
}

/** True for a port that gets all multicast: told so, or a router was heard there. */
export function isRouterPort(port: BridgePort): boolean {
  return port.multicastRouter === 2 || port.routerTimer !== undefined;
}

function restricted(
  bridge: BridgeState,
  kind: "inet" | "inet6",
  group: MdbGroup | undefined,
  routersOnly: boolean,
): Listeners | undefined {
  if (group === undefined && !routersOnly) return undefined;
  if (bridge.queriers[kind] === undefined) return undefined;
  return listenersOf(bridge, group);
}

function listenersOf(bridge: BridgeState, group: MdbGroup | undefined): Listeners {
  const ports = new Set<BridgePort>(group?.ports.map((member) => member.port) ?? []);
  for (const port of bridge.ports) if (isRouterPort(port)) ports.add(port);
  return { ports, local: group?.hostJoined === true || bridge.options.get("mcast_router") === 2 };
}
