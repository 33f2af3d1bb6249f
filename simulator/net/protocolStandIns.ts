// Empty tables of protocols whose own parts are not attached yet.
// Not simulated: everything.

import type { NeighTable } from "./core/neighTable.ts";
import type { Ipv4Conf, Ipv4ConfName } from "./ipv4/inDevice.ts";
import { IPV4_CONF } from "./ipv4/inDevice.ts";
import type { Ipv4Net } from "./ipv4/ipv4Net.ts";
import type { Ipv6Net } from "./ipv6/ipv6Net.ts";

function conf4(): Ipv4Conf {
  const values = Object.fromEntries(IPV4_CONF.map((name) => [name, 0]));
  return { values: values as Record<Ipv4ConfName, number>, touched: new Set() };
}

/** IPv4 without tables. */
export function emptyIpv4Net(): Ipv4Net {
  return {
    confAll: conf4(),
    confDefault: conf4(),
    tables: new Map(),
    rules: [],
    rulesChanged: false,
    exceptions: new Map(),
    generation: 0,
    values: new Map(),
  } as unknown as Ipv4Net;
}

/** IPv6 without routes. */
export function emptyIpv6Net(): Ipv6Net {
  const conf = () => ({ values: new Map<string, string>(), touched: new Set<string>() });
  return {
    confAll: conf(),
    confDefault: conf(),
    routes: [],
    values: new Map(),
  } as unknown as Ipv6Net;
}

/** A neighbour table that knows nobody and asks nobody. */
export function emptyNeighTable(family: "inet" | "inet6"): NeighTable {
  return {
    family,
    byDevice: new Map(),
    proxies: new Map(),
    defaults: {
      mcastSolicit: 3,
      ucastSolicit: 3,
      appSolicit: 0,
      mcastResolicit: 0,
      retransTimeMs: 1000,
      baseReachableTimeMs: 30000,
      delayFirstProbeTimeMs: 5000,
      gcStaleTimeMs: 60000,
      unresQlenBytes: 212992,
      proxyQlen: 64,
      proxyDelayMs: 800,
      anycastDelayMs: 1000,
      locktimeMs: 1000,
      intervalProbeTimeMs: 5000,
      reachableTimeMs: 30000,
    },
    parms: new Map(),
    entries: 0,
    gcThresh1: 128,
    gcThresh2: 512,
    gcThresh3: 1024,
    gcIntervalMs: 30000,
    lastFlush: 0,
    solicit() {},
    errorReport() {},
    constructed: () => undefined,
  } as unknown as NeighTable;
}
