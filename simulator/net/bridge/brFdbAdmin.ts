// FDB entries that users enter, look up and delete (linux/net/bridge/br_fdb.c, net/core/rtnetlink.c:
// rtnl_fdb_add and its kin), as `bridge fdb` asks over netlink.
// Policy: "self" means the device itself: for a bridge its own FDB, for others the list of addresses
// that they listen to. "master" means the bridge of a port. Without a VLAN the entry is made without
// one and for each VLAN of the port.
// Not simulated: VXLAN destinations, nexthop ids, forwarding in hardware.

import { isGroupMac } from "../../wire/address.ts";
import { devMcAdd, devMcDel } from "../core/devAddrLists.ts";
import type { Refusal } from "../core/errno.ts";
import type { NetDevice } from "../core/netDevice.ts";
import {
  fdbCreate,
  fdbDelete,
  fdbFind,
  fdbInOrder,
  fdbLearn,
  fdbNotify,
  hasExpired,
  vidsInOrder,
} from "./brFdb.ts";
import type { BridgePort, BridgeState, FdbEntry } from "./bridgeState.ts";

/** State of an entry by netlink's names: local (permanent), static, dynamic, and stale when it has expired. */
export type FdbState = "permanent" | "noarp" | "reachable" | "stale";

/** What `bridge fdb add`, `replace` and `append` say. */
export type FdbRequest = {
  readonly mac: number;
  /** 0 when none was given. */
  readonly vid: number;
  readonly state: FdbState;
  readonly self: boolean;
  readonly master: boolean;
  readonly create: boolean;
  readonly exclusive: boolean;
  readonly append?: boolean;
  readonly use?: boolean;
  readonly externLearn?: boolean;
  readonly sticky?: boolean;
};

/** The bridge and port that a device stands for, if any. */
type Place = { readonly bridge: BridgeState; readonly port: BridgePort | undefined };

function ownPlace(dev: NetDevice): Place | undefined {
  return dev.driver.type === "bridge" ? { bridge: dev.driver.bridge, port: undefined } : undefined;
}

function portPlace(dev: NetDevice): Place | undefined {
  return dev.port === undefined ? undefined : { bridge: dev.port.bridge, port: dev.port };
}

/** Netlink's state of an entry. */
export function fdbStateOf(entry: FdbEntry): FdbState {
  if (entry.local) return "permanent";
  if (entry.static) return "noarp";
  return hasExpired(entry) ? "stale" : "reachable";
}

/** Enters an address. */
export function fdbAdd(dev: NetDevice, request: FdbRequest): Refusal | undefined {
  if (dev.driver.type === "loopback") {
    return { errno: "EINVAL", message: "FDB add only supported for Ethernet devices" };
  }
  let answer: Refusal | undefined = { errno: "EOPNOTSUPP" };
  const place = portPlace(dev);
  if ((request.master || !request.self) && place !== undefined) {
    answer = addToBridge(place, request);
    if (answer !== undefined) return answer;
  }
  if (!request.self) return answer;
  const own = ownPlace(dev);
  return own === undefined ? addToList(dev, request) : addToBridge(own, request);
}

/** The unicast and multicast addresses that a device listens to (ndo_dflt_fdb_add). */
function addToList(dev: NetDevice, request: FdbRequest): Refusal | undefined {
  if (request.state !== "permanent" || request.vid !== 0) return { errno: "EINVAL" };
  if (request.mac === 0) return { errno: "EINVAL" };
  if (!isListed(dev, request.mac)) devMcAdd(dev, request.mac);
  else if (request.exclusive) return { errno: "EEXIST" };
  return undefined;
}

function isListed(dev: NetDevice, mac: number): boolean {
  return dev.multicast.has(mac);
}

function addToBridge(place: Place, request: FdbRequest): Refusal | undefined {
  const { bridge, port } = place;
  if (request.mac === 0 || request.state === "stale") return { errno: "EINVAL" };
  const members = (port?.vlans ?? bridge.vlans).members;
  if (request.vid !== 0) {
    return members.has(request.vid) ? addOne(place, request, request.vid) : { errno: "EINVAL" };
  }
  for (const vid of [0, ...vidsInOrder(members)]) {
    const refusal = addOne(place, request, vid);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function addOne(place: Place, request: FdbRequest, vid: number): Refusal | undefined {
  const { bridge, port } = place;
  const learns = port?.state === "learning" || port?.state === "forwarding";
  if (request.use) {
    if (port === undefined) return { errno: "EINVAL" };
    if (learns) fdbLearn(port, request.mac, vid, true);
    return undefined;
  }
  const permanent = request.state === "permanent";
  if (request.externLearn) {
    if (port === undefined && !permanent) {
      const message = "bridge: FDB entry towards bridge must be permanent";
      return { errno: "EINVAL", message };
    }
    learnExternally(place, request.mac, vid);
    return undefined;
  }
  if (port !== undefined && request.state === "reachable" && !learns) return { errno: "EPERM" };
  if (port === undefined && !permanent) return { errno: "EINVAL" };
  if (request.sticky && permanent) return { errno: "EINVAL" };
  const found = fdbFind(bridge, request.mac, vid);
  if (found === undefined && !request.create) return { errno: "ENOENT" };
  if (found !== undefined && request.exclusive) return { errno: "EEXIST" };
  settle(
    found ?? fdbCreate(bridge, { mac: request.mac, vid, port }),
    place,
    request,
    found === undefined,
  );
  return undefined;
}

/** Makes an entry what the request says it is. */
function settle(entry: FdbEntry, place: Place, request: FdbRequest, isNew: boolean): void {
  const { now } = entry.bridge.dev.net.kernel.clock;
  const before = fdbStateOf(entry);
  const sticky = request.sticky === true;
  const changed =
    isNew || entry.port !== place.port || before !== request.state || entry.sticky !== sticky;
  entry.port = place.port;
  entry.addedByUser = true;
  entry.local = request.state === "permanent";
  entry.static = request.state !== "reachable";
  entry.sticky = sticky;
  entry.used = now;
  if (!changed) return;
  entry.updated = now;
  fdbNotify(entry, false);
}

function learnExternally({ bridge, port }: Place, mac: number, vid: number): void {
  const entry = fdbFind(bridge, mac, vid) ?? fdbCreate(bridge, { mac, vid, port });
  entry.port = port;
  entry.externLearn = true;
  entry.addedByUser = true;
  if (port === undefined) entry.local = true;
  entry.updated = bridge.dev.net.kernel.clock.now;
  fdbNotify(entry, false);
}

/** What `bridge fdb del` says. */
export type FdbDeletion = Pick<FdbRequest, "mac" | "vid" | "self" | "master">;

/** Deletes an address. */
export function fdbRemove(dev: NetDevice, request: FdbDeletion): Refusal | undefined {
  if (dev.driver.type === "loopback") {
    return { errno: "EINVAL", message: "FDB delete only supported for Ethernet devices" };
  }
  let answer: Refusal | undefined = { errno: "EOPNOTSUPP" };
  const place = portPlace(dev);
  if ((request.master || !request.self) && place !== undefined) {
    answer = removeFromBridge(place, request);
    if (answer !== undefined) return answer;
  }
  if (!request.self) return answer;
  const own = ownPlace(dev);
  if (own !== undefined) return removeFromBridge(own, request);
  if (!isListed(dev, request.mac)) return { errno: "ENOENT" };
  devMcDel(dev, request.mac);
  return undefined;
}

function removeFromBridge({ bridge, port }: Place, request: FdbDeletion): Refusal | undefined {
  const members = (port?.vlans ?? bridge.vlans).members;
  if (request.vid !== 0 && !members.has(request.vid)) return { errno: "EINVAL" };
  const vids = request.vid !== 0 ? [request.vid] : [0, ...vidsInOrder(members)];
  let found = false;
  for (const vid of vids) {
    const entry = fdbFind(bridge, request.mac, vid);
    if (entry === undefined || entry.port !== port) continue;
    fdbDelete(entry);
    found = true;
  }
  return found ? undefined : { errno: "ENOENT" };
}

/** Looks an address up: in the bridge of `bridgeDev`, or behind the port `dev`. */
export function fdbGet(
  request: { readonly mac: number; readonly vid: number; readonly self: boolean },
  dev: NetDevice | undefined,
  bridgeDev: NetDevice | undefined,
): FdbEntry | Refusal {
  if (dev !== undefined && bridgeDev !== undefined) {
    return { errno: "EINVAL", message: "Master and device are mutually exclusive" };
  }
  if (bridgeDev !== undefined && bridgeDev.driver.type !== "bridge") {
    return { errno: "EINVAL", message: "Device is not a bridge" };
  }
  if (dev !== undefined && !request.self && dev.port === undefined) {
    return { errno: "EINVAL", message: "Device is not a bridge port" };
  }
  const asked = bridgeDev ?? (request.self ? dev : dev?.port?.bridge.dev);
  if (asked?.driver.type !== "bridge") {
    return { errno: "EOPNOTSUPP", message: "Fdb get operation not supported by device" };
  }
  const found = fdbFind(asked.driver.bridge, request.mac, request.vid);
  return found ?? { errno: "ENOENT", message: "Fdb entry not found" };
}

/** Which entries `bridge fdb flush` takes: undefined does not look. */
export type FdbFlush = {
  readonly vid?: number;
  /** Only entries behind this port's device. */
  readonly port?: NetDevice;
  readonly self: boolean;
  readonly master: boolean;
} & Partial<
  Record<"permanent" | "static" | "dynamic" | "addedByUser" | "externLearn" | "sticky", boolean>
>;

/** Deletes many entries at once. */
export function fdbFlush(dev: NetDevice, request: FdbFlush): Refusal | undefined {
  const byMaster = (request.master || !request.self) && dev.port !== undefined;
  const place = byMaster ? portPlace(dev) : request.self ? ownPlace(dev) : undefined;
  if (place === undefined) return { errno: "EOPNOTSUPP" };
  const { bridge } = place;
  if (
    request.port !== undefined &&
    request.port.port?.bridge !== bridge &&
    request.port !== bridge.dev
  ) {
    return { errno: "EINVAL", message: "bridge: Flush device is not a bridge or bridge port" };
  }
  const port = place.port ?? request.port?.port;
  for (const entry of fdbInOrder(bridge)) {
    if (port !== undefined && entry.port !== port) continue;
    if (request.port === bridge.dev && entry.port !== undefined) continue;
    if (request.vid !== undefined && entry.vid !== request.vid) continue;
    if (wants(request, entry)) fdbDelete(entry);
  }
  return undefined;
}

function wants(request: FdbFlush, entry: FdbEntry): boolean {
  const is = {
    permanent: entry.local,
    static: entry.static,
    dynamic: !entry.static,
    addedByUser: entry.addedByUser,
    externLearn: entry.externLearn,
    sticky: entry.sticky,
  };
  return (Object.keys(is) as (keyof typeof is)[]).every(
    (name) => request[name] === undefined || request[name] === is[name],
  );
}

/** One line of a dump: an entry of a bridge, or an address in a device's own list. */
export type FdbRow =
  | { readonly entry: FdbEntry; readonly dev: NetDevice }
  | { readonly listed: number; readonly dev: NetDevice };

/** Everything in the order in which netlink tells it; `devices` are those to look at, in order. */
export function fdbDump(
  devices: readonly NetDevice[],
  only: { readonly bridge?: NetDevice; readonly port?: NetDevice } = {},
): FdbRow[] {
  const rows: FdbRow[] = [];
  const byPort: EntriesByPort = new Map();
  const push = (dev: NetDevice, entries: readonly FdbEntry[]) => {
    for (const entry of entries) rows.push({ entry, dev });
  };
  for (const dev of devices) {
    if (dev.driver.type === "loopback") continue;
    if (only.port !== undefined && dev !== only.port) continue;
    if (only.bridge !== undefined && !belongs(dev, only.bridge)) continue;
    if (dev.port !== undefined) push(dev, entriesOf(byPort, dev.port.bridge, dev.port));
    for (const group of [false, true]) {
      for (const mac of dev.multicast.keys()) {
        if (isGroupMac(mac) === group) rows.push({ listed: mac, dev });
      }
    }
    const { driver } = dev;
    if (driver.type === "bridge") push(dev, entriesOf(byPort, driver.bridge, undefined));
  }
  return rows;
}

/** True for a bridge and its ports; a device that is no bridge has neither. */
function belongs(dev: NetDevice, bridge: NetDevice): boolean {
  if (dev === bridge) return dev.driver.type === "bridge";
  return dev.port !== undefined && dev.master === bridge;
}

type EntriesByPort = Map<BridgeState, Map<BridgePort | undefined, FdbEntry[]>>;

/** The entries of one port; each bridge's FDB is gone through once in a dump. */
function entriesOf(
  byPort: EntriesByPort,
  bridge: BridgeState,
  port: BridgePort | undefined,
): readonly FdbEntry[] {
  let ports = byPort.get(bridge);
  if (ports === undefined) {
    ports = new Map();
    byPort.set(bridge, ports);
    for (const entry of fdbInOrder(bridge)) {
      const entries = ports.get(entry.port);
      if (entries === undefined) ports.set(entry.port, [entry]);
      else entries.push(entry);
    }
  }
  return ports.get(port) ?? [];
}
