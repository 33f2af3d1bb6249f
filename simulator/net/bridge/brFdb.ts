// The forwarding database: which MAC is behind which port (linux/net/bridge/br_fdb.c).
// Policy: what a frame teaches goes after the ageing time without another frame, when the collector
// passes; it comes 0.1 s after the bridge is set up and then when the next entry is due. Addresses of
// the ports and of the bridge are local: once without VLAN and once for each VLAN that they are in.
// Not here: entries made by users (brFdbAdmin.ts). Not simulated: switchdev, activity notifications.

import { macText } from "../../wire/address.ts";
import { logLine } from "../core/dev.ts";
import { tellNetlink } from "../core/notifier.ts";
import type { BridgePort, BridgeState, FdbEntry } from "./bridgeState.ts";
import { arm } from "./brTimer.ts";

/** Longest silence after which an entry goes, microseconds. */
function holdTime(bridge: BridgeState): number {
  return 1000 * (bridge.topologyChange ? bridge.usedForwardDelayMs : bridge.ageingTimeMs);
}

/** True for an entry that only waits for the collector. */
export function hasExpired(entry: FdbEntry): boolean {
  const { bridge } = entry;
  if (entry.static || entry.externLearn) return false;
  return entry.updated + holdTime(bridge) <= bridge.dev.net.kernel.clock.now;
}

/** The entry of a MAC in a VLAN (0 for none). */
export function fdbFind(bridge: BridgeState, mac: number, vid: number): FdbEntry | undefined {
  return bridge.fdb.get(vid)?.get(mac);
}

/** Tells netlink's listeners of an entry. */
export function fdbNotify(entry: FdbEntry, gone: boolean): void {
  const { net } = entry.bridge.dev;
  tellNetlink(net, { type: "fdb", gone, entry });
}

/** Puts a new entry into the table; the caller tells of it. */
export function fdbCreate(
  bridge: BridgeState,
  place: { readonly mac: number; readonly vid: number; readonly port: BridgePort | undefined },
  flags: Partial<FdbEntry> = {},
): FdbEntry {
  const { now } = bridge.dev.net.kernel.clock;
  const entry: FdbEntry = {
    bridge,
    mac: place.mac,
    vid: place.vid,
    port: place.port,
    local: false,
    static: false,
    sticky: false,
    externLearn: false,
    addedByUser: false,
    updated: now,
    used: now,
    ...flags,
  };
  let byMac = bridge.fdb.get(place.vid);
  if (byMac === undefined) {
    byMac = new Map();
    bridge.fdb.set(place.vid, byMac);
  }
  byMac.set(place.mac, entry);
  bridge.fdbList.add(entry);
  return entry;
}

/** Takes an entry out and tells of it. */
export function fdbDelete(entry: FdbEntry): void {
  const { bridge } = entry;
  const byMac = bridge.fdb.get(entry.vid);
  byMac?.delete(entry.mac);
  if (byMac?.size === 0) bridge.fdb.delete(entry.vid);
  bridge.fdbList.delete(entry);
  fdbNotify(entry, true);
}

/** Learns that a MAC is behind a port. `byUser` is for `bridge fdb … use`. */
export function fdbLearn(port: BridgePort, mac: number, vid: number, byUser = false): void {
  const { bridge } = port;
  if (holdTime(bridge) === 0) return;
  const entry = bridge.fdb.get(vid)?.get(mac);
  if (entry === undefined) {
    fdbNotify(fdbCreate(bridge, { mac, vid, port }, { addedByUser: byUser }), false);
    return;
  }
  if (entry.local) {
    warnOwnAddress(port, mac, vid);
    return;
  }
  entry.updated = bridge.dev.net.kernel.clock.now;
  if (byUser) entry.addedByUser = true;
  if (entry.port === port || entry.sticky) return;
  entry.port = port;
  entry.externLearn = false;
  fdbNotify(entry, false);
}

/** At most ten lines in five seconds, as net_ratelimit allows. */
function warnOwnAddress(port: BridgePort, mac: number, vid: number): void {
  const { bridge } = port;
  const { kernel } = bridge.dev.net;
  const warnings = bridge.ownAddressWarnings;
  if (kernel.clock.now - warnings.since > 5_000_000) {
    warnings.since = kernel.clock.now;
    warnings.lines = 0;
  }
  if (warnings.lines++ >= 10) return;
  const where = `${bridge.dev.name}: received packet on ${port.dev.name}`;
  const which = `(addr:${macText(mac)}, vlan:${vid})`;
  logLine(kernel, `${where} with own address as source address ${which}`);
}

/** Enters an own address; a learned entry for it gives way. `port` undefined is the bridge. */
export function fdbAddLocal(
  bridge: BridgeState,
  port: BridgePort | undefined,
  mac: number,
  vid: number,
): void {
  if (mac === 0) return;
  const found = fdbFind(bridge, mac, vid);
  if (found?.local === true) return;
  if (found !== undefined) {
    const name = port?.dev.name ?? bridge.dev.name;
    const text = `adding interface ${name} with same address as a received packet`;
    const which = `(addr:${macText(mac)}, vlan:${vid})`;
    logLine(bridge.dev.net.kernel, `${bridge.dev.name}: ${text} ${which}`);
    fdbDelete(found);
  }
  fdbNotify(fdbCreate(bridge, { mac, vid, port }, { local: true, static: true }), false);
}

/** Gives up an own address of `port` unless another port, or the bridge, still has it. */
function dropLocal(entry: FdbEntry, port: BridgePort | undefined): void {
  const { bridge, mac, vid } = entry;
  const other = bridge.ports.find(
    (each) => each !== port && each.dev.mac === mac && (vid === 0 || each.vlans.members.has(vid)),
  );
  const bridgeToo =
    port !== undefined && bridge.dev.mac === mac && (vid === 0 || bridge.vlans.members.has(vid));
  if (other === undefined && !bridgeToo) {
    fdbDelete(entry);
    return;
  }
  entry.port = other;
  entry.addedByUser = false;
}

/** Gives up the own address of a port, or of the bridge, in a VLAN. */
export function fdbDropLocal(
  bridge: BridgeState,
  port: BridgePort | undefined,
  mac: number,
  vid: number,
): void {
  const entry = fdbFind(bridge, mac, vid);
  if (entry?.local && !entry.addedByUser && entry.port === port) dropLocal(entry, port);
}

/** What `fdbDeleteByPort` takes: all, or what was learned; of one VLAN or of all. */
export type PortEntries = { readonly all: boolean; readonly vid?: number };

/** Forgets what is behind a port, or behind the bridge itself. */
export function fdbDeleteByPort(
  bridge: BridgeState,
  port: BridgePort | undefined,
  which: PortEntries,
): void {
  for (const entry of [...bridge.fdbList].reverse()) {
    if (entry.port !== port) continue;
    const inVlan = which.vid === undefined || entry.vid === which.vid;
    if (!which.all) {
      const stays = entry.static || (entry.externLearn && !entry.addedByUser);
      if (stays || !inVlan) continue;
    }
    if (entry.local) dropLocal(entry, port);
    else fdbDelete(entry);
  }
}

/** A port has another MAC: its local entries follow. */
export function fdbChangePortMac(port: BridgePort, mac: number): void {
  const { bridge } = port;
  for (const entry of [...bridge.fdbList].reverse()) {
    if (entry.port !== port || !entry.local || entry.addedByUser) continue;
    dropLocal(entry, port);
    // Without VLANs there is one local entry; with them each has its own.
    if (port.vlans.members.size === 0) break;
  }
  fdbAddLocal(bridge, port, mac, 0);
  for (const vid of vidsInOrder(port.vlans.members)) fdbAddLocal(bridge, port, mac, vid);
}

/** The bridge gets another MAC: its own local entries follow. `bridge.dev.mac` is still the old one. */
export function fdbChangeBridgeMac(bridge: BridgeState, mac: number): void {
  const old = bridge.dev.mac;
  for (const vid of [0, ...vidsInOrder(bridge.vlans.members)]) {
    const entry = fdbFind(bridge, old, vid);
    if (entry?.local && entry.port === undefined && !entry.addedByUser) dropLocal(entry, undefined);
    fdbAddLocal(bridge, undefined, mac, vid);
  }
}

/** VIDs of a group in ascending order. */
export function vidsInOrder(members: ReadonlyMap<number, unknown>): number[] {
  return [...members.keys()].sort((a, b) => a - b);
}

/** Entries in the order in which dumps list them: the newest first. */
export function fdbInOrder(bridge: BridgeState): FdbEntry[] {
  return [...bridge.fdbList].reverse();
}

/** Starts the collector after a delay. */
export function armCollector(bridge: BridgeState, delay: number): void {
  arm(bridge.dev.net.kernel, { owner: bridge, key: "gcTimer" }, delay, () => collect(bridge));
}

/** Removes what has expired and comes again when the next entry is due. */
function collect(bridge: BridgeState): void {
  const hold = holdTime(bridge);
  const { now } = bridge.dev.net.kernel.clock;
  let next = hold;
  for (const entry of [...bridge.fdbList].reverse()) {
    if (entry.static || entry.externLearn) continue;
    const left = entry.updated + hold - now;
    if (left <= 0) fdbDelete(entry);
    else if (left < next) next = left;
  }
  armCollector(bridge, Math.max(next, 12_000));
}
