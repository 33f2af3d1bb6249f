// Requests of commands about neighbours (linux/net/core/neighbour.c, neigh_add, neigh_delete,
// neigh_get, neigh_dump_info): `ip neigh add`, change, replace, del, get, show, and proxied
// addresses.
// Policy: a refused `add` without a MAC leaves an entry of state NONE behind, as Linux's does. Dumps
// list devices and entries in the order in which they came; Linux's order is a seeded hash's.
// Not here: `ip neigh flush`, which is a dump and many deletions; ioctls of arp(8) (ipv4/arpIoctl.ts).

import { asSoftirq } from "./dev.ts";
import type { Refusal } from "./errno.ts";
import { neighCreate, neighEventSend, neighLookup, removeNeigh } from "./neighbour.ts";
import { type NeighRecord, neighRecord, proxyRecord } from "./neighNotify.ts";
import type { NeighKey, NeighTable, NudState, ProxyNeighbour } from "./neighTable.ts";
import { NEIGH_UPDATE, neighUpdate } from "./neighUpdate.ts";
import type { NetDevice } from "./netDevice.ts";
import type { Net } from "./netNamespace.ts";

/** One request. `mode`: add = create, exclusive; change = replace only; append = create only. */
export type NeighRequest = {
  readonly family: "inet" | "inet6";
  readonly mode: "add" | "change" | "replace" | "append";
  readonly key: NeighKey;
  readonly dev: NetDevice | undefined;
  /** A MAC of six bytes; undefined when none was given. */
  readonly mac?: number | undefined;
  readonly state: NudState;
  readonly proxy?: boolean;
  readonly router?: boolean;
  readonly externLearn?: boolean;
  readonly use?: boolean;
  readonly managed?: boolean;
  readonly protocol?: number;
};

/** What names an entry. */
export type NeighName = Pick<NeighRequest, "family" | "key" | "dev" | "proxy">;

function tableOf(net: Net, family: "inet" | "inet6"): NeighTable {
  return family === "inet" ? net.kernel.arpTable : net.kernel.ndTable;
}

/** Adds or changes an entry or a proxied address. */
export function newNeigh(net: Net, request: NeighRequest): Refusal | undefined {
  const table = tableOf(net, request.family);
  const { dev, key, mode } = request;
  if (request.proxy === true) return newProxy(net, table, request);
  if (dev === undefined) return { errno: "EINVAL", message: "Device not specified" };
  if (request.family === "inet6" && dev.ip6 === undefined) {
    return { errno: "EINVAL", message: "IPv6 is disabled on this device" };
  }
  if (dev.ip4 === undefined && request.family === "inet") return { errno: "EINVAL" };
  let neigh = neighLookup(table, dev, key);
  let flags: number = NEIGH_UPDATE.ADMIN | NEIGH_UPDATE.OVERRIDE | NEIGH_UPDATE.OVERRIDE_ISROUTER;
  if (neigh === undefined) {
    if (mode === "change") return { errno: "ENOENT" };
    const permanent = request.state === "PERMANENT";
    if (permanent && request.managed === true) {
      return { errno: "EINVAL", message: "Invalid NTF_* flag for permanent entry" };
    }
    neigh = neighCreate(table, dev, key, permanent || request.externLearn === true);
    if (neigh === undefined) return { errno: "ENOBUFS" };
  } else {
    if (mode === "add") return { errno: "EEXIST" };
    if (mode === "append") flags = NEIGH_UPDATE.ADMIN;
  }
  if (request.protocol) neigh.protocol = request.protocol;
  if (request.externLearn === true) flags |= NEIGH_UPDATE.EXT_LEARNED;
  if (request.router === true) flags |= NEIGH_UPDATE.ISROUTER;
  if (request.managed === true) flags |= NEIGH_UPDATE.MANAGED;
  if (request.use === true) flags |= NEIGH_UPDATE.USE;
  const entry = neigh;
  let refusal: Refusal | undefined;
  asSoftirq(net.kernel, () => {
    refusal = neighUpdate(entry, request.mac, request.state, flags);
    if (refusal === undefined && (request.use === true || request.managed === true)) {
      neighEventSend(entry, undefined);
    }
  });
  return refusal;
}

function newProxy(net: Net, table: NeighTable, request: NeighRequest): Refusal | undefined {
  if (request.managed === true) {
    return { errno: "EINVAL", message: "Invalid NTF_* flag combination" };
  }
  let proxy = proxyLookup(table, net, request.key, request.dev);
  if (proxy === undefined) {
    proxy = { key: request.key, dev: request.dev, protocol: 0, router: false };
    const proxies = table.proxies.get(net) ?? [];
    table.proxies.set(net, [proxy, ...proxies]);
  }
  proxy.router = request.router === true;
  if (request.protocol) proxy.protocol = request.protocol;
  return undefined;
}

/** The proxied address that holds on a device: its own or one of all devices (pneigh_lookup). */
export function proxyLookup(
  table: NeighTable,
  net: Net,
  key: NeighKey,
  dev: NetDevice | undefined,
): ProxyNeighbour | undefined {
  return table.proxies
    .get(net)
    ?.find((proxy) => proxy.key === key && (proxy.dev === dev || proxy.dev === undefined));
}

/** Deletes an entry or a proxied address. */
export function delNeigh(net: Net, name: NeighName): Refusal | undefined {
  const table = tableOf(net, name.family);
  if (name.proxy === true) {
    const proxies = table.proxies.get(net) ?? [];
    const found = proxies.find((proxy) => proxy.key === name.key && proxy.dev === name.dev);
    if (found === undefined) return { errno: "ENOENT" };
    proxies.splice(proxies.indexOf(found), 1);
    return undefined;
  }
  if (name.dev === undefined) return { errno: "EINVAL" };
  const neigh = neighLookup(table, name.dev, name.key);
  if (neigh === undefined) return { errno: "ENOENT" };
  const flags = NEIGH_UPDATE.OVERRIDE | NEIGH_UPDATE.ADMIN;
  let refusal: Refusal | undefined;
  asSoftirq(net.kernel, () => {
    refusal = neighUpdate(neigh, undefined, "FAILED", flags);
    removeNeigh(neigh);
  });
  return refusal;
}

/** One entry (`ip neigh get`). */
export function getNeigh(net: Net, name: NeighName): NeighRecord | Refusal {
  const table = tableOf(net, name.family);
  if (name.proxy === true) {
    const proxy = proxyLookup(table, net, name.key, name.dev);
    if (proxy === undefined) {
      return { errno: "ENOENT", message: "Proxy neighbour entry not found" };
    }
    return proxyRecord(name.family, proxy);
  }
  if (name.dev === undefined) return { errno: "EINVAL", message: "No device specified" };
  const neigh = neighLookup(table, name.dev, name.key);
  if (neigh === undefined) return { errno: "ENOENT", message: "Neighbour entry not found" };
  return neighRecord(neigh);
}

/**
 * All entries of a namespace in one family, NONE and NOARP included, and its proxied addresses in
 * Linux's order: 16 buckets, the newest first in each.
 */
export function dumpNeigh(
  net: Net,
  family: "inet" | "inet6",
): { neighbours: NeighRecord[]; proxies: NeighRecord[] } {
  const table = tableOf(net, family);
  const neighbours: NeighRecord[] = [];
  for (const [dev, entries] of table.byDevice) {
    if (dev.net !== net) continue;
    for (const neigh of entries.values()) neighbours.push(neighRecord(neigh));
  }
  const proxies = [...(table.proxies.get(net) ?? [])]
    .sort((a, b) => bucketOf(a.key) - bucketOf(b.key))
    .map((proxy) => proxyRecord(family, proxy));
  return { neighbours, proxies };
}

/** The hash of the last four bytes (pneigh_hash). */
function bucketOf(key: NeighKey): number {
  const word = typeof key === "number" ? key : Number.parseInt(key.slice(24), 16);
  const little =
    ((word & 0xff) << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
  let hash = little ^ (little >>> 16);
  hash ^= hash >>> 8;
  hash ^= hash >>> 4;
  return hash & 15;
}

/** Takes out the proxied addresses of a device that goes down; netlink hears nothing (pneigh_ifdown). */
export function flushProxies(table: NeighTable, net: Net, dev: NetDevice): void {
  const proxies = table.proxies.get(net);
  if (proxies === undefined) return;
  for (const proxy of proxies.filter((one) => one.dev === dev)) {
    proxies.splice(proxies.indexOf(proxy), 1);
  }
}
