// VLANs that users enter and delete, and their options (linux/net/bridge/br_netlink.c: br_afspec,
// br_vlan.c and br_vlan_options.c), as `bridge vlan` asks over netlink.
// Policy: without "self" the request is for the bridge of a port. Deleting what is not there is no
// error. Listeners hear of rows of VLANs that are alike.
// Not here: options of a VLAN in the whole bridge (brVlanGlobal.ts). Not simulated: VLAN tunnels.

import type { Refusal } from "../core/errno.ts";
import type { NetDevice } from "../core/netDevice.ts";
import { tellNetlink } from "../core/notifier.ts";
import { vidsInOrder } from "./brFdb.ts";
import { bridgeOf } from "./brIf.ts";
import type { BridgePort, BridgeState, PortState, VlanMember } from "./bridgeState.ts";
import { notifyPort } from "./brStp.ts";
import { vlanAdd, vlanDelete, vlanNotify } from "./brVlan.ts";

/** A row of VLANs, and where: the device itself, its bridge, or both. */
export type VlanRange = { readonly from: number; readonly to: number };

/** What `bridge vlan add` and `del` say. */
export type VlanRequest = VlanRange & {
  readonly remove: boolean;
  readonly pvid: boolean;
  readonly untagged: boolean;
  readonly self: boolean;
  readonly master: boolean;
};

type Place = { readonly bridge: BridgeState; readonly port: BridgePort | undefined };

/** Adds or deletes VLANs. */
export function changeVlans(dev: NetDevice, request: VlanRequest): Refusal | undefined {
  if (request.master || !request.self) {
    const { port } = dev;
    if (port === undefined) return { errno: "EOPNOTSUPP" };
    const refusal = changeAt({ bridge: port.bridge, port }, request);
    if (refusal !== undefined) return refusal;
  }
  if (!request.self) return undefined;
  const bridge = bridgeOf(dev);
  if (bridge === undefined) return { errno: "EOPNOTSUPP" };
  return changeAt({ bridge, port: undefined }, request);
}

function changeAt(place: Place, request: VlanRequest): Refusal | undefined {
  const { from, to, remove } = request;
  const { bridge, port } = place;
  if (from < 1 || from > 4094 || to > 4094) {
    return { errno: "EINVAL", message: "bridge: Vlan id is invalid" };
  }
  let first = 0;
  for (let vid = from; vid <= to + 1; vid++) {
    const changed = vid <= to && changeOne(place, request, vid);
    if (changed && first === 0) first = vid;
    else if (!changed && first !== 0) {
      vlanNotify(place, first, vid - 1, remove);
      if (port !== undefined) notifyPort(port);
      else
        tellNetlink(bridge.dev.net, { type: "link", gone: false, dev: bridge.dev, bridge: true });
      first = 0;
    }
  }
  return undefined;
}

function changeOne({ bridge, port }: Place, request: VlanRequest, vid: number): boolean {
  if (request.remove) return vlanDelete(bridge, port, vid);
  return vlanAdd(bridge, port, vid, request);
}

/** What `bridge vlan set` says. */
export type VlanOptions = VlanRange & {
  readonly state?: PortState;
  readonly multicastRouter?: number;
};

/** Changes options of VLANs that are there. */
export function setVlanOptions(dev: NetDevice, request: VlanOptions): Refusal | undefined {
  const { from, to } = request;
  const bridge = bridgeOf(dev);
  const place = bridge === undefined ? portPlace(dev) : { bridge, port: undefined };
  if (place === undefined) {
    return { errno: "EINVAL", message: "bridge: The device is not a valid bridge or bridge port" };
  }
  const { members } = place.port?.vlans ?? place.bridge.vlans;
  for (const [what, vid] of [
    ["start", from],
    ["end", to],
  ] as const) {
    if (members.has(vid)) continue;
    const message = `bridge: Vlan range ${what} doesn't exist, can't process options`;
    return { errno: "ENOENT", message };
  }
  let changed = false;
  for (const vid of vidsInOrder(members)) {
    const member = members.get(vid);
    if (member === undefined || vid < from || vid > to) continue;
    changed = setOptions(member, request) || changed;
  }
  if (changed) vlanNotify(place, from, to, false);
  return undefined;
}

function portPlace(dev: NetDevice): Place | undefined {
  return dev.port === undefined ? undefined : { bridge: dev.port.bridge, port: dev.port };
}

function setOptions(member: VlanMember, { state, multicastRouter }: VlanOptions): boolean {
  const before = `${member.state} ${member.multicastRouter}`;
  member.state = state ?? member.state;
  member.multicastRouter = multicastRouter ?? member.multicastRouter;
  return before !== `${member.state} ${member.multicastRouter}`;
}
