// The settings of the neighbour tables (linux/net/core/neighbour.c, struct neigh_parms): the table's
// defaults, which all namespaces share, and each device's own, copied from the defaults when the
// device is registered. How long an entry stays REACHABLE is drawn by chance and drawn anew when
// 300 s have passed; here that happens at the next use, so an idle table sets no timer.
// Not here: the files under /proc/sys/net/*/neigh (sysctl.ts).

import type { Random } from "../../random.ts";
import type { Kernel } from "./kernel.ts";
import type { NeighParms, NeighTable } from "./neighTable.ts";
import type { NetDevice } from "./netDevice.ts";

const REDRAW_AFTER = 300e6;

/** What a family does with its table: see NeighTable. */
export type NeighPolicy = Pick<NeighTable, "solicit" | "errorReport" | "constructed">;

/** An empty table with Linux's defaults. */
export function createNeighTable(
  family: "inet" | "inet6",
  random: Random,
  policy: NeighPolicy,
): NeighTable {
  const defaults: NeighParms = {
    mcastSolicit: 3,
    ucastSolicit: 3,
    appSolicit: 0,
    mcastResolicit: 0,
    retransTimeMs: 1000,
    baseReachableTimeMs: 30_000,
    delayFirstProbeTimeMs: 5000,
    gcStaleTimeMs: 60_000,
    unresQlenBytes: 212_992,
    proxyQlen: 64,
    proxyDelayMs: 800,
    anycastDelayMs: 1000,
    // Neighbour discovery has override flags instead.
    locktimeMs: family === "inet" ? 1000 : 0,
    intervalProbeTimeMs: 5000,
    reachableTimeMs: 0,
  };
  redrawReachableTime(random, defaults);
  return {
    family,
    byDevice: new Map(),
    proxies: new Map(),
    defaults,
    parms: new Map(),
    entries: 0,
    total: 0,
    lastRandom: 0,
    gcTimer: undefined,
    proxyQueue: new Set(),
    gcThresh1: 128,
    gcThresh2: 512,
    gcThresh3: 1024,
    gcIntervalMs: 30_000,
    lastFlush: 0,
    ...policy,
  };
}

/** Draws the reachable time anew: after base_reachable_time has been written. */
export function redrawReachableTime(random: Random, parms: NeighParms): void {
  const base = parms.baseReachableTimeMs;
  parms.reachableTimeMs = base === 0 ? 0 : random.below(base) + Math.floor(base / 2);
}

/** The settings of a device. */
export function parmsOf(table: NeighTable, dev: NetDevice): NeighParms {
  let parms = table.parms.get(dev);
  if (parms === undefined) {
    parms = { ...table.defaults };
    redrawReachableTime(dev.net.kernel.random, parms);
    table.parms.set(dev, parms);
  }
  return parms;
}

/** Microseconds that a confirmation holds on this device. */
export function reachableTime(table: NeighTable, dev: NetDevice): number {
  const { clock, random } = dev.net.kernel;
  if (clock.now - Math.max(table.lastRandom, clock.start) > REDRAW_AFTER) {
    table.lastRandom = clock.now;
    redrawReachableTime(random, table.defaults);
    for (const parms of table.parms.values()) redrawReachableTime(random, parms);
  }
  return parmsOf(table, dev).reachableTimeMs * 1000;
}

/** Gives devices their settings and takes them back. To be called before any protocol's attach. */
export function attachNeighbour(kernel: Kernel): void {
  kernel.deviceListeners.push((event, dev) => {
    if (event === "REGISTER") {
      parmsOf(kernel.arpTable, dev);
      parmsOf(kernel.ndTable, dev);
    }
  });
}

/** Forgets a device that is gone; its entries must be flushed before. */
export function forgetDevice(table: NeighTable, dev: NetDevice): void {
  table.parms.delete(dev);
  table.byDevice.delete(dev);
}
