// /proc/net/ipv6_route: every IPv6 route of a namespace in hex digits (linux/net/ipv6/ip6_fib.c:
// ipv6_route_native_seq_show), also for programs that read it.
// A table without a default route ends in one that leads nowhere. What is never so here: counts of use.

import type { Net } from "../net/core/netNamespace.ts";
import { references6 } from "../net/ipv6/fib6Tree.ts";
import { allRoutes6 } from "../net/ipv6/ip6Fib.ts";
import type { Nexthop6, Route6 } from "../net/ipv6/ipv6Net.ts";

/** Flags of a route (linux/ipv6_route.h). */
export const RTF6 = {
  UP: 1,
  GATEWAY: 2,
  REJECT: 0x200,
  ANYCAST: 0x100000,
  NONEXTHOP: 0x200000,
  EXPIRES: 0x400000,
  LOCAL: 0x80000000,
} as const;

/** A line of the file. */
export type ProcRoute6 = {
  readonly destination: string;
  readonly prefixLength: number;
  readonly gateway: string;
  readonly metric: number;
  readonly references: number;
  readonly flags: number;
  readonly dev: string;
};

const NOWHERE = "0".repeat(32);

/** The lines in the order of the file. */
export function procRoutes6(net: Net): readonly ProcRoute6[] {
  const routes = allRoutes6(net);
  const nowhere: ProcRoute6 = {
    ...{ destination: NOWHERE, prefixLength: 0, gateway: NOWHERE, metric: 0xffffffff },
    ...{ references: 1, flags: RTF6.NONEXTHOP | RTF6.REJECT, dev: net.loopback.name },
  };
  return [...new Set([254, 255, ...routes.map(({ table }) => table)])]
    .sort((a, b) => (a & 255) - (b & 255))
    .flatMap((table) => {
      const own = routes.filter((route) => route.table === table);
      const lines = own.flatMap((route) => route.nexthops.map((hop) => lineOf(net, route, hop)));
      return own.some(({ prefixLength }) => prefixLength === 0) ? lines : [...lines, nowhere];
    });
}

const REJECTS: ReadonlySet<string> = new Set(["unreachable", "prohibit", "blackhole", "throw"]);

function lineOf(net: Net, route: Route6, hop: Nexthop6): ProcRoute6 {
  const { destination, prefixLength, metric, type, expires } = route;
  const rejects = REJECTS.has(type);
  // Those that came with an address, not by a request.
  const own = metric === 0 && (type === "local" || type === "anycast");
  const flags = rejects
    ? RTF6.REJECT | RTF6.NONEXTHOP
    : RTF6.UP |
      (hop.gateway === undefined ? 0 : RTF6.GATEWAY) |
      (own ? RTF6.NONEXTHOP : 0) |
      (own && type === "anycast" ? RTF6.ANYCAST : 0) |
      (expires === undefined ? 0 : RTF6.EXPIRES);
  return {
    ...{ destination, prefixLength, metric },
    gateway: hop.gateway ?? NOWHERE,
    references: references6(net, route, hop),
    flags: (type === "local" ? flags | RTF6.LOCAL : flags) >>> 0,
    dev: rejects ? net.loopback.name : hop.dev.name,
  };
}

/** The text of the file. */
export function ipv6RouteText(net: Net): string {
  const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");
  return procRoutes6(net)
    .map((line) => {
      const numbers = [line.metric, line.references, 0, line.flags].map((each) => hex(each, 8));
      const to = `${line.destination} ${hex(line.prefixLength, 2)} ${NOWHERE} 00`;
      return `${to} ${line.gateway} ${numbers.join(" ")} ${line.dev.padStart(8)}\n`;
    })
    .join("");
}
