// What netlink says of a neighbour: the answer to `ip neigh`, to a dump, and the events of
// `ip monitor neigh` (linux/net/core/neighbour.c, neigh_fill_info and pneigh_fill_info). It is a
// picture of the moment, because the entry goes on changing.
// Not here: how it is printed (commands/ip/neigh.ts, /proc/net/arp).

import type { Neighbour, NeighKey, NudState, ProxyNeighbour } from "./neighTable.ts";
import type { NetDevice } from "./netDevice.ts";
import { tellNetlink } from "./notifier.ts";

/** One neighbour or proxied address as netlink tells it. */
export type NeighRecord = {
  readonly family: "inet" | "inet6";
  /** Undefined only for a proxied address of all devices. */
  readonly dev: NetDevice | undefined;
  readonly key: NeighKey;
  readonly proxy: boolean;
  readonly state: NudState;
  /** The MAC as netlink tells it: only in a valid state. */
  readonly mac: number | undefined;
  /** The MAC that the entry holds whatever its state is, 0 if none; /proc/net/arp prints it. */
  readonly hardwareAddress: number;
  /** router, extern_learn, offload, managed, sticky. */
  readonly flags: ReadonlySet<string>;
  /** rtm_protocol; 0 is none. */
  readonly protocol: number;
  /** As `ip -s neigh` prints them: references, and seconds since used, confirmed, updated. */
  readonly refs: number;
  readonly used: number;
  readonly confirmed: number;
  readonly updated: number;
  readonly probes: number;
};

/** States in which the MAC is used (NUD_VALID). */
export function isValid(state: NudState): boolean {
  return isConnected(state) || state === "STALE" || state === "DELAY" || state === "PROBE";
}

/** States in which nothing has to be checked (NUD_CONNECTED). */
export function isConnected(state: NudState): boolean {
  return state === "REACHABLE" || state === "PERMANENT" || state === "NOARP";
}

/** The entry as netlink would tell it now. */
export function neighRecord(neigh: Neighbour): NeighRecord {
  const { now } = neigh.dev.net.kernel.clock;
  const seconds = (time: number) => Math.floor((now - time) / 1e6);
  return {
    family: neigh.table.family,
    dev: neigh.dev,
    key: neigh.key,
    proxy: false,
    state: neigh.state,
    mac: isValid(neigh.state) ? neigh.mac : undefined,
    hardwareAddress: neigh.mac ?? 0,
    flags: new Set([...neigh.flags].filter((flag) => flag !== "use")),
    protocol: neigh.protocol,
    refs: neigh.refs + (neigh.timer === undefined ? 0 : 1),
    used: seconds(neigh.used),
    confirmed: seconds(neigh.confirmed),
    updated: seconds(neigh.updated),
    probes: neigh.probes,
  };
}

/** A proxied address as netlink would tell it. */
export function proxyRecord(family: "inet" | "inet6", proxy: ProxyNeighbour): NeighRecord {
  return {
    family,
    dev: proxy.dev,
    key: proxy.key,
    proxy: true,
    state: "NONE",
    mac: undefined,
    hardwareAddress: 0,
    flags: new Set(proxy.router ? ["router"] : []),
    protocol: proxy.protocol,
    refs: 0,
    used: 0,
    confirmed: 0,
    updated: 0,
    probes: 0,
  };
}

/** Tells netlink's listeners that an entry has changed or is gone. */
export function notifyNeigh(neigh: Neighbour, gone: boolean): void {
  const { net } = neigh.dev;
  if (net.kernel.netlinkListeners.size === 0) return;
  tellNetlink(net, { type: "neigh", gone, neighbour: neighRecord(neigh) });
}
