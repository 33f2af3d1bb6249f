// Rows of addresses, routes, rules and neighbours for the views, in the order in which the kernel
// lists them, with iproute2's names.
// Not here: links (linkRows.ts), bridges (bridgeRows.ts).

import type { Address, Neighbour, Route, Rule } from "../../shared/network.ts";
import { scopeName } from "../commands/ip/selection.ts";
import { devicesInOrder } from "../net/core/devChange.ts";
import { dumpNeigh } from "../net/core/neighAdmin.ts";
import type { NeighRecord } from "../net/core/neighNotify.ts";
import type { NeighKey } from "../net/core/neighTable.ts";
import type { Net } from "../net/core/netNamespace.ts";
import { routesInOrder, tablesInOrder } from "../net/ipv4/fibTrie.ts";
import type { Nexthop4, Route4 } from "../net/ipv4/ipv4Net.ts";
import { allRoutes6 } from "../net/ipv6/ip6Fib.ts";
import type { Nexthop6, Route6 } from "../net/ipv6/ipv6Net.ts";
import { ip4Text, ip6Text, macText } from "../wire/address.ts";

const TABLES: Readonly<Record<number, string>> = { 253: "default", 254: "main", 255: "local" };
/** /etc/iproute2/rt_protos as Debian ships it; others stay numbers. */
const PROTOCOLS: Readonly<Record<number, string>> = {
  1: "redirect",
  2: "kernel",
  3: "boot",
  4: "static",
  9: "ra",
  16: "dhcp",
};

/** All addresses of a namespace by device, IPv4 first. */
export function addressRows(net: Net): Address[] {
  return devicesInOrder(net).flatMap((dev) => [
    ...(dev.ip4?.addresses ?? []).map((one) => ({
      device: dev.name,
      family: "inet" as const,
      local: ip4Text(one.local),
      prefixLength: one.prefixLength,
      scope: scopeName(one.scope),
    })),
    ...(dev.ip6?.addresses ?? []).map((one) => ({
      device: dev.name,
      family: "inet6" as const,
      local: ip6Text(one.local),
      prefixLength: one.prefixLength,
      scope: scopeName(one.scope),
    })),
  ]);
}

/** All routes of a namespace, one row for each next hop. */
export function routeRows(net: Net): Route[] {
  return [
    ...tablesInOrder(net)
      .flatMap((table) => routesInOrder(table))
      .flatMap(rows4),
    ...allRoutes6(net).flatMap(rows6),
  ];
}

function rows4(route: Route4): Route[] {
  const hops: readonly (Nexthop4 | undefined)[] =
    route.nexthops.length === 0 ? [undefined] : route.nexthops;
  return hops.map((hop) => ({
    family: "inet",
    destination: prefixText(ip4Text(route.destination), route.prefixLength, 32),
    scope: scopeName(route.scope),
    ...common(route, hop),
    ...(hop?.gateway === undefined ? {} : { gateway: ip4Text(hop.gateway) }),
    ...(route.prefSource === undefined ? {} : { source: ip4Text(route.prefSource) }),
  }));
}

function rows6(route: Route6): Route[] {
  const hops: readonly (Nexthop6 | undefined)[] =
    route.nexthops.length === 0 ? [undefined] : route.nexthops;
  return hops.map((hop) => ({
    family: "inet6",
    destination: prefixText(ip6Text(route.destination), route.prefixLength, 128),
    scope: "global",
    ...common(route, hop),
    ...(hop?.gateway === undefined ? {} : { gateway: ip6Text(hop.gateway) }),
    ...(route.prefSource === undefined ? {} : { source: ip6Text(route.prefSource) }),
  }));
}

function common(
  route: Route4 | Route6,
  hop: Nexthop4 | Nexthop6 | undefined,
): Pick<Route, "type" | "protocol" | "table" | "flags" | "device" | "metric"> {
  const flags: string[] = [];
  if (hop?.dead) flags.push("dead");
  if (hop?.linkdown) flags.push("linkdown");
  if (hop?.onlink) flags.push("onlink");
  return {
    type: route.type,
    protocol: PROTOCOLS[route.protocol] ?? String(route.protocol),
    table: TABLES[route.table] ?? String(route.table),
    flags,
    ...(hop?.dev === undefined ? {} : { device: hop.dev.name }),
    ...(route.metric === 0 ? {} : { metric: route.metric }),
  };
}

function prefixText(address: string, length: number, full: number): string {
  if (length === 0) return "default";
  return length === full ? address : `${address}/${length}`;
}

/** The routing policy of a namespace. */
export function ruleRows(net: Net): Rule[] {
  return net.ip4.rules.map((rule) => ({
    priority: rule.priority,
    source:
      rule.sourceLength === 0 ? "all" : prefixText(ip4Text(rule.source), rule.sourceLength, 32),
    table: rule.action === "table" ? (TABLES[rule.table] ?? String(rule.table)) : rule.action,
    family: "inet" as const,
  }));
}

/** All neighbours, those that need no resolution left out, and proxied addresses. */
export function neighbourRows(net: Net): Neighbour[] {
  return (["inet", "inet6"] as const).flatMap((family) => {
    const { neighbours, proxies } = dumpNeigh(net, family);
    const shown = neighbours.filter(({ state }) => state !== "NOARP" && state !== "NONE");
    return [...shown, ...proxies].map(neighbourRow);
  });
}

function neighbourRow(record: NeighRecord): Neighbour {
  return {
    address: keyText(record.key),
    device: record.dev?.name ?? "",
    state: record.state,
    proxy: record.proxy,
    ...(record.mac === undefined ? {} : { mac: macText(record.mac) }),
  };
}

function keyText(key: NeighKey): string {
  return typeof key === "number" ? ip4Text(key) : ip6Text(key);
}
