// net.ipv4.neigh and net.ipv6.neigh (linux/net/core/neighbour.c, neigh_sysctl_register): a directory
// for each device, and in the initial namespace "default", which devices of the whole machine begin
// with. A value that is written to "default" is copied to the initial namespace's devices whose own
// value was never set.
// Units: *_ms are milliseconds, rounded up to a jiffy of 4; locktime, proxy_delay, anycast_delay and
// retrans_time are hundredths of a second, IPv6's retrans_time is jiffies; the other times are seconds.
// Not simulated: keeping apart the deprecated names; they show the same values.

import { parmsOf, redrawReachableTime } from "./neighParms.ts";
import type { NeighParms, NeighTable } from "./neighTable.ts";
import type { NetDevice } from "./netDevice.ts";
import type { Net } from "./netNamespace.ts";
import { numberEntry, type SysctlEntry } from "./sysctlEntry.ts";

type Unit = "count" | "ms" | "hundredths" | "jiffies" | "seconds" | "packets";

const ENTRIES: Readonly<Record<string, readonly [keyof NeighParms, Unit]>> = {
  anycast_delay: ["anycastDelayMs", "hundredths"],
  app_solicit: ["appSolicit", "count"],
  base_reachable_time: ["baseReachableTimeMs", "seconds"],
  base_reachable_time_ms: ["baseReachableTimeMs", "ms"],
  delay_first_probe_time: ["delayFirstProbeTimeMs", "seconds"],
  gc_stale_time: ["gcStaleTimeMs", "seconds"],
  interval_probe_time_ms: ["intervalProbeTimeMs", "ms"],
  locktime: ["locktimeMs", "hundredths"],
  mcast_resolicit: ["mcastResolicit", "count"],
  mcast_solicit: ["mcastSolicit", "count"],
  proxy_delay: ["proxyDelayMs", "hundredths"],
  proxy_qlen: ["proxyQlen", "count"],
  retrans_time: ["retransTimeMs", "hundredths"],
  retrans_time_ms: ["retransTimeMs", "ms"],
  ucast_solicit: ["ucastSolicit", "count"],
  unres_qlen: ["unresQlenBytes", "packets"],
  unres_qlen_bytes: ["unresQlenBytes", "count"],
};

const TABLE_ENTRIES = ["gc_interval", "gc_thresh1", "gc_thresh2", "gc_thresh3"] as const;

/** Bytes that one waiting packet counts for. */
const PACKET_BYTES = 2090;

const isFirst = (net: Net) => net.kernel.initNet === net;

/** Names below "neigh": "default/gc_thresh1", "veth1/locktime". */
export function neighNames(net: Net): string[] {
  const names = Object.keys(ENTRIES);
  const devices = [...net.devices.values()].map((dev) => dev.name);
  const directories = isFirst(net) ? ["default", ...devices] : devices;
  const all = directories.flatMap((directory) => names.map((name) => `${directory}/${name}`));
  if (isFirst(net)) all.push(...TABLE_ENTRIES.map((name) => `default/${name}`));
  return all;
}

/** The file `name` in the directory of a device, or of "default". */
export function neighEntry(
  net: Net,
  table: NeighTable,
  directory: string,
  name: string,
): SysctlEntry | undefined {
  const shared = directory === "default" && isFirst(net);
  const dev = net.byName.get(directory);
  if (!shared && dev === undefined) return undefined;
  if (shared) {
    if (name === "gc_interval") {
      return numberEntry(
        () => Math.trunc(table.gcIntervalMs / 1000),
        (value) => {
          table.gcIntervalMs = value * 1000;
          return undefined;
        },
        [-8589934, 8589934],
      );
    }
    const key = /^gc_thresh[123]$/.test(name) ? name.replace("gc_t", "gcT") : undefined;
    if (key === "gcThresh1" || key === "gcThresh2" || key === "gcThresh3") {
      return numberEntry(
        () => table[key],
        (value) => {
          table[key] = value;
          return undefined;
        },
        [0, 0x7fffffff],
      );
    }
  }
  const [key, usual] = (Object.hasOwn(ENTRIES, name) ? ENTRIES[name] : undefined) ?? [];
  if (key === undefined || usual === undefined) return undefined;
  const unit = table.family === "inet6" && name === "retrans_time" ? "jiffies" : usual;
  const parms = dev === undefined || shared ? table.defaults : parmsOf(table, dev);
  return numberEntry(
    () => shown(parms[key], unit),
    (value) => {
      if (unit === "ms" && name.startsWith("interval") && value === 0) return { errno: "EINVAL" };
      const kept = stored(value, unit);
      if (shared) copyToDevices(net, table, key, kept);
      setParm(net, parms, key, kept);
      if (dev !== undefined) net.sysctls.set(mark(table, dev, key), "set");
      return undefined;
    },
    rangeOf(unit),
  );
}

function rangeOf(unit: Unit): readonly [number, number] {
  if (unit === "seconds") return [-8589934, 8589934];
  if (unit === "hundredths" || unit === "jiffies") return [-0x80000000, 0xffffffff];
  return [0, unit === "packets" ? 1027446 : 0x7fffffff];
}

function shown(value: number, unit: Unit): number {
  if (unit === "seconds") return Math.trunc(value / 1000);
  if (unit === "hundredths") return Math.trunc(value / 10);
  if (unit === "jiffies") return Math.trunc(value / 4);
  return unit === "packets" ? Math.trunc(value / PACKET_BYTES) : value;
}

function stored(value: number, unit: Unit): number {
  if (unit === "seconds") return value * 1000;
  if (unit === "hundredths") return Math.trunc((value * 5) / 2) * 4;
  if (unit === "jiffies") return value * 4;
  if (unit === "ms") return Math.ceil(value / 4) * 4;
  return unit === "packets" ? value * PACKET_BYTES : value;
}

function setParm(net: Net, parms: NeighParms, key: keyof NeighParms, value: number): void {
  parms[key] = value;
  if (key === "baseReachableTimeMs") redrawReachableTime(net.kernel.random, parms);
}

/** Values of devices that were set follow "default" no more; nor do those of a device with addresses. */
function copyToDevices(net: Net, table: NeighTable, key: keyof NeighParms, value: number): void {
  for (const dev of net.devices.values()) {
    const hasAddress =
      table.family === "inet"
        ? dev.ip4?.conf.touched.has("tag") === true
        : (dev.ip6?.addresses.length ?? 0) > 0;
    if (hasAddress || net.sysctls.has(mark(table, dev, key))) continue;
    setParm(net, parmsOf(table, dev), key, value);
  }
}

/** Under this name the namespace remembers that a device's value was set by hand. */
function mark(table: NeighTable, dev: NetDevice, key: keyof NeighParms): string {
  return `neigh/${table.family}/${dev.ifindex}/${key}`;
}
