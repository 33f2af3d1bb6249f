// The routes that addresses and devices bring by themselves (linux/net/ipv6/addrconf.c:
// addrconf_prefix_route, addrconf_add_mroute, addrconf_f6i_alloc; route.c: rt6_sync_up,
// rt6_sync_down_dev, rt6_disable_ip).
// Policy: an address brings a local route with metric 0 and, while its device is up, its prefix with
// metric 256; a device brings ff00::/8. All routes of a device go when it is set down; without
// carrier they are only marked.
// Not here: which addresses there are (addrconf.ts).

import { IN6, prefix6 } from "../../wire/ipv6.ts";
import type { NetDevice } from "../core/netDevice.ts";
import { RT6_TABLE } from "./fib6Rules.ts";
import type { Ifaddr6 } from "./inet6Device.ts";
import { allRoutes6, removeRoute6, routesOf, table6 } from "./ip6Fib.ts";
import { METRIC6, newRoute6, type RouteRequest6 } from "./ip6RouteAdd.ts";
import type { Route6 } from "./ipv6Net.ts";

const KERNEL = 2;

/** Adds the connected prefix of an address; refused without a word while the device is down. */
export function addPrefixRoute6(ifaddr: Ifaddr6): void {
  const { dev, validLifetime } = ifaddr;
  newRoute6(
    dev.net,
    {
      destination: ifaddr.peer ?? ifaddr.local,
      prefixLength: ifaddr.prefixLength,
      metric: ifaddr.metric || METRIC6.ADDRCONF,
      protocol: KERNEL,
      nexthops: [{ dev }],
      expires: validLifetime,
    },
    "kernel",
  );
}

/** Adds the route to the peer of an address. */
export function addPeerRoute6(ifaddr: Ifaddr6): void {
  if (ifaddr.peer === undefined) return;
  const { dev } = ifaddr;
  newRoute6(
    dev.net,
    {
      destination: ifaddr.peer,
      prefixLength: 128,
      metric: ifaddr.metric || METRIC6.ADDRCONF,
      protocol: KERNEL,
      nexthops: [{ dev }],
    },
    "kernel",
  );
}

/** The connected route of a prefix on a device, as Linux finds it when an address goes. */
export function prefixRouteOf6(
  dev: NetDevice,
  address: string,
  prefixLength: number,
): Route6 | undefined {
  const table = table6(dev.net, RT6_TABLE.MAIN);
  const routes = routesOf(table, prefix6(address, prefixLength), prefixLength);
  return routes.find((route) =>
    route.nexthops.some((hop) => hop.dev === dev && hop.gateway === undefined),
  );
}

function localRequest(dev: NetDevice, address: string, type: "local" | "anycast"): RouteRequest6 {
  return {
    destination: address,
    prefixLength: 128,
    type,
    table: RT6_TABLE.LOCAL,
    metric: 0,
    protocol: KERNEL,
    nexthops: [{ dev }],
    deviceMayBeDown: true,
  };
}

/** Adds the route that makes an address our own. */
export function addLocalRoute6(
  dev: NetDevice,
  address: string,
  type: "local" | "anycast" = "local",
): void {
  newRoute6(dev.net, localRequest(dev, address, type), "kernel");
}

/** Takes it away. */
export function delLocalRoute6(
  dev: NetDevice,
  address: string,
  type: "local" | "anycast" = "local",
): void {
  const table = table6(dev.net, RT6_TABLE.LOCAL);
  const route = routesOf(table, address, 128).find(
    (one) => one.type === type && one.metric === 0 && one.nexthops[0]?.dev === dev,
  );
  if (route !== undefined) removeRoute6(dev.net, route);
}

/** Adds ff00::/8 on a device. */
export function addMulticastRoute6(dev: NetDevice): void {
  if (dev.driver.type === "loopback") return;
  if (dev.ip6 !== undefined) dev.ip6.heardGroups = false;
  newRoute6(
    dev.net,
    {
      destination: `ff${IN6.ANY.slice(2)}`,
      prefixLength: 8,
      type: "multicast",
      table: RT6_TABLE.LOCAL,
      metric: METRIC6.ADDRCONF,
      protocol: KERNEL,
      nexthops: [{ dev }],
    },
    "kernel",
  );
}

/** The device has its carrier back. */
export function routesUp6(dev: NetDevice): void {
  for (const route of allRoutes6(dev.net)) {
    for (const hop of route.nexthops) {
      if (hop.dev !== dev) continue;
      hop.linkdown = false;
      hop.dead = false;
    }
  }
}

/** The device lost its carrier: its routes are marked. */
export function routesLinkdown6(dev: NetDevice): void {
  for (const route of allRoutes6(dev.net)) {
    if (route.type === "local" || route.type === "anycast") continue;
    for (const hop of route.nexthops) if (hop.dev === dev) hop.linkdown = true;
  }
}

/** The device is down: its routes go; a multipath route goes with its last next hop. */
export function routesDown6(dev: NetDevice): void {
  const { net } = dev;
  for (const route of allRoutes6(net)) {
    if (route.nexthops.every((hop) => hop.dev === dev || hop.dead)) {
      removeRoute6(net, route);
      continue;
    }
    for (const hop of route.nexthops) {
      if (hop.dev !== dev) continue;
      hop.dead = true;
      hop.linkdown = true;
    }
  }
}
