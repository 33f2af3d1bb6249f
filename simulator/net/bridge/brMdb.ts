// Multicast groups that users enter and delete (linux/net/bridge/br_mdb.c), as `bridge mdb` asks.
// Policy: with vlan_filtering a group without VLAN means every VLAN of the port. Temporary entries
// live for one membership interval, as if a report had come.
// Not simulated: source lists, replacing entries, VXLAN.

import type { Refusal } from "../core/errno.ts";
import { IFF, type NetDevice } from "../core/netDevice.ts";
import { vidsInOrder } from "./brFdb.ts";
import type { BridgePort, BridgeState, MdbPort } from "./bridgeState.ts";
import {
  armMember,
  findGroup,
  type GroupKey,
  interval,
  joinHost,
  leaveHost,
  makeGroup,
  mdbNotify,
  removeMember,
} from "./brMulticast.ts";

/** What `bridge mdb add` and `del` say. */
export type MdbRequest = GroupKey & {
  /** The port's device, or the bridge's own. */
  readonly port: NetDevice;
  readonly permanent: boolean;
};

function refuse(message: string): Refusal {
  return { errno: "EINVAL", message: `bridge: ${message}` };
}

function refuseAddress({ kind, group, vid, source }: MdbRequest): Refusal | undefined {
  if (vid >= 4095) return refuse("Invalid entry VLAN id");
  if (kind === "inet") {
    if (Number(group) >>> 28 !== 14) return refuse("IPv4 entry group address is not multicast");
    if (Number(group) >>> 8 === 0xe00000) {
      return refuse("IPv4 entry group address is local multicast");
    }
  } else if (kind === "inet6") {
    if (group === `ff02${"0".repeat(27)}1`) {
      return refuse("IPv6 entry group address is link-local all nodes");
    }
  }
  if (source === undefined) return undefined;
  if (kind === "inet" && typeof source !== "number") {
    return refuse("IPv4 invalid source address length");
  }
  if (kind === "inet6" && typeof source !== "string") {
    return refuse("IPv6 invalid source address length");
  }
  return undefined;
}

/** What both requests begin with: the bridge and the port, or why not. */
function placeOf(
  dev: NetDevice,
  request: MdbRequest,
): Refusal | { bridge: BridgeState; port: BridgePort | undefined } {
  if (dev.driver.type !== "bridge") {
    return { errno: "EOPNOTSUPP", message: "bridge: Device is not a bridge" };
  }
  const { bridge } = dev.driver;
  const bad = refuseAddress(request);
  if (bad !== undefined) return bad;
  if (request.port === dev) return { bridge, port: undefined };
  const { port } = request.port;
  if (port === undefined) return refuse("Net device is not a bridge port");
  if (port.bridge !== bridge) return refuse("Port belongs to a different bridge device");
  return { bridge, port };
}

/** VLANs that a request without one means. */
function vidsOf(bridge: BridgeState, port: BridgePort | undefined, vid: number): number[] {
  const members = (port?.vlans ?? bridge.vlans).members;
  return bridge.vlanFiltering && vid === 0 && members.size > 0 ? vidsInOrder(members) : [vid];
}

/** `bridge mdb add`; `dev` is the bridge. */
export function mdbAdd(dev: NetDevice, request: MdbRequest): Refusal | undefined {
  const place = placeOf(dev, request);
  if ("errno" in place) return place;
  const { bridge, port } = place;
  if ((dev.flags & IFF.UP) === 0) return refuse("Bridge device is not running");
  if (!bridge.multicastSnooping) return refuse("Bridge's multicast processing is disabled");
  if (port?.state === "disabled" && !request.permanent) {
    return refuse("Port is in disabled state and entry is not permanent");
  }
  for (const vid of vidsOf(bridge, port, request.vid)) {
    const { kind, group, source } = request;
    const refusal = addOne(bridge, port, { kind, group, source, vid }, request.permanent);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function addOne(
  bridge: BridgeState,
  port: BridgePort | undefined,
  key: GroupKey,
  permanent: boolean,
): Refusal | undefined {
  if (key.kind === "mac" && !permanent) return refuse("Only permanent L2 entries allowed");
  if (port === undefined) {
    if (permanent && key.kind !== "mac") return refuse("Flags are not allowed for host groups");
    if (key.source !== undefined) return refuse("(S, G) entries are not allowed for host groups");
    if (findGroup(bridge, key)?.hostJoined) {
      return { errno: "EEXIST", message: "bridge: Group is already joined by host" };
    }
    joinHost(bridge, makeGroup(bridge, key));
    return undefined;
  }
  const group = makeGroup(bridge, key);
  if (group.ports.some((member) => member.port === port)) {
    return { errno: "EEXIST", message: "bridge: Group is already joined by port" };
  }
  const member: MdbPort = {
    port,
    permanent,
    protocol: "static",
    filterMode: key.source === undefined ? "exclude" : "include",
    timer: undefined,
  };
  group.ports.unshift(member);
  if (!permanent) {
    armMember(bridge, group, member, interval(bridge, "mcast_membership_interval"));
  }
  mdbNotify(bridge, group, member, false);
  return undefined;
}

/** `bridge mdb del`; `dev` is the bridge. */
export function mdbDelete(dev: NetDevice, request: MdbRequest): Refusal | undefined {
  const place = placeOf(dev, request);
  if ("errno" in place) return place;
  const { bridge, port } = place;
  let refusal: Refusal | undefined;
  for (const vid of vidsOf(bridge, port, request.vid)) {
    const { kind, group: address, source } = request;
    const group = findGroup(bridge, { kind, group: address, source, vid });
    const member = group?.ports.find((each) => each.port === port);
    refusal = undefined;
    if (port === undefined && group?.hostJoined) leaveHost(bridge, group);
    else if (group !== undefined && member !== undefined) removeMember(bridge, group, member);
    else refusal = { errno: "EINVAL" };
  }
  return refusal;
}
