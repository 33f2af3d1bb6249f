// The tables that `route` and `netstat -r` of net-tools 2.10 print: IPv4's main table from what
// /proc/net/route tells, and all of IPv6's. Without -n names are looked up, each address once.
// Not simulated: the routing cache of old kernels.

import { RT_TABLE, routesInOrder } from "../net/ipv4/fibTrie.ts";
import type { Route4 } from "../net/ipv4/ipv4Net.ts";
import { print } from "../process/io.ts";
import type { Process } from "../process/process.ts";
import { type ProcRoute6, procRoutes6, RTF6 } from "../process/procRoute6.ts";
import type { Steps } from "../process/wait.ts";
import { ip4Text, ip6Text, mask4 } from "../wire/address.ts";
import { nameOfAddress, networkNames } from "./resolver.ts";

/** How the table is to be shown; `extended` counts -e. */
export type ListingStyle = { readonly numeric: boolean; readonly extended: number };

const HEADS = [
  "Destination     Gateway         Genmask         Flags Metric Ref    Use Iface",
  "Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface",
  "Destination     Gateway         Genmask         Flags Metric Ref    Use Iface    MSS   Window irtt",
];

/** Prints IPv4's table. */
export function* listRoutes4(self: Process, style: ListingStyle): Steps<void> {
  const extended = Math.min(style.extended, 2);
  yield* print(self, `Kernel IP routing table\n${HEADS[extended]}\n`);
  const names = new Map<string, string>();
  const main = self.net.ip4.tables.get(RT_TABLE.MAIN);
  for (const route of main === undefined ? [] : routesInOrder(main)) {
    if (route.type === "broadcast" || route.type === "multicast") continue;
    const destination = style.numeric
      ? ip4Text(route.destination)
      : yield* destinationName(self, route, names);
    const gateway = route.nexthops[0]?.gateway ?? 0;
    const via =
      style.numeric || gateway === 0 ? ip4Text(gateway) : yield* hostName(self, gateway, names);
    yield* print(self, row4(route, destination, via, extended));
  }
}

function* destinationName(self: Process, route: Route4, names: Map<string, string>): Steps<string> {
  const { destination, prefixLength } = route;
  if (destination === 0) return "default";
  if (prefixLength === 32) return yield* hostName(self, destination, names);
  for (const [name, address] of networkNames(self)) if (address === destination) return name;
  return ip4Text(destination);
}

function* hostName(self: Process, address: number, names: Map<string, string>): Steps<string> {
  const text = ip4Text(address);
  const known = names.get(text);
  if (known !== undefined) return known;
  const name = (yield* nameOfAddress(self, address)) ?? text;
  names.set(text, name);
  return name;
}

function row4(route: Route4, destination: string, via: string, extended: number): string {
  const rejects = route.type === "unreachable" || route.type === "prohibit";
  const hop = route.nexthops[0];
  const gated = hop?.gateway !== undefined || hop?.gateway6 !== undefined;
  const host = route.prefixLength === 32 ? "H" : "";
  const flags = `${rejects ? "!" : "U"}${gated ? "G" : ""}${host}`.padEnd(5);
  const mask = ip4Text(mask4(route.prefixLength));
  const start = `${destination.padEnd(15)} ${(rejects ? "-" : via).padEnd(15)} ${mask.padEnd(15)} ${flags}`;
  const advmss = route.metrics.get("advmss") ?? 0;
  const mss = String(advmss === 0 ? 0 : advmss + 40);
  const window = String(route.metrics.get("window") ?? 0);
  const irtt = String((route.metrics.get("rtt") ?? 0) >>> 3);
  const dev = hop?.dev?.name ?? "*";
  if (extended === 1) {
    const values = rejects ? ["-", "-", "-", "-"] : [mss, window, irtt, dev];
    const [first = "", second = "", third = "", last] = values;
    return `${start} ${first.padStart(5)} ${second.padEnd(5)} ${third.padStart(6)} ${last}\n`;
  }
  const metric = String(route.metric).padEnd(6);
  const middle = `${start} ${metric} ${rejects ? "- " : "0 "} ${"0".padStart(7)}`;
  if (extended === 0) return `${middle} ${rejects ? "-" : dev}\n`;
  const values = rejects ? ["-", "-", "-", "-"] : [dev, mss, window, irtt];
  const [first = "", second = "", third = "", last] = values;
  return `${middle} ${first.slice(0, 6).padEnd(8)} ${second.padEnd(5)} ${third.padEnd(6)} ${last}\n`;
}

/** Prints IPv6's tables; one without a default route ends in a line that leads nowhere. */
export function* listRoutes6(self: Process, style: ListingStyle): Steps<void> {
  const rows = procRoutes6(self.net).map((route) => row6(style, route));
  yield* print(self, `${["Kernel IPv6 routing table", HEAD6, ...rows].join("\n")}\n`);
}

const HEAD6 = "Destination                    Next Hop                   Flag Met Ref  Use If";

function row6({ numeric }: ListingStyle, route: ProcRoute6): string {
  const address = (bytes: string) => {
    const text = ip6Text(bytes);
    if (numeric) return text;
    return text === "::" ? "[::]" : text === "::1" ? "localhost" : text;
  };
  const destination = `${address(route.destination)}/${route.prefixLength}`;
  const letters = FLAGS6.map(([flag, letter]) => ((route.flags & flag) === 0 ? "" : letter));
  const numbers = `${String(route.metric | 0).padEnd(3)} ${String(route.references).padEnd(2)}`;
  const head = `${destination.padEnd(30)} ${address(route.gateway).padEnd(26)} `;
  return `${head}${letters.join("").padEnd(4)} ${numbers}${"0".padStart(6)} ${route.dev}`;
}

const FLAGS6: readonly (readonly [number, string])[] = [
  [RTF6.REJECT, "!"],
  [RTF6.UP, "U"],
  [RTF6.GATEWAY, "G"],
  [RTF6.NONEXTHOP, "n"],
  [RTF6.EXPIRES, "e"],
];
