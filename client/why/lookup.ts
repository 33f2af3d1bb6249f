// Which route would a namespace take to an address, and who has it? Read from the network's state, so the
// answer is the kernel's table, not the kernel's word: `ip route get` has the last one.
// Not here: source, TOS and mark, by which rules may choose another table; IPv6.

import type { Link, Namespace, NetworkState, Route } from "../../shared/network.ts";
import { parseIp4 } from "../../simulator/wire/address.ts";

/** The route of the longest prefix; of two equal ones the first, as Linux takes it. */
export function routeTo({ routes }: Namespace, address: string): Route | undefined {
  const number = parseIp4(address);
  if (number === undefined) return undefined;
  let best: { readonly route: Route; readonly length: number } | undefined;
  for (const route of routes) {
    if (route.family !== "inet" || route.table !== "main") continue;
    const length = prefixLength(route, number);
    if (length === undefined) continue;
    const isLonger = best === undefined || length > best.length;
    const isCheaper = length === best?.length && (route.metric ?? 0) < (best.route.metric ?? 0);
    if (isLonger || isCheaper) best = { route, length };
  }
  return best?.route;
}

/** How many bits of the address the route asks for, when they fit. */
function prefixLength({ destination }: Route, number: number): number | undefined {
  if (destination === "default") return 0;
  const [net = "", bits = "32"] = destination.split("/");
  const length = Number(bits);
  const base = parseIp4(net);
  if (base === undefined) return undefined;
  const shift = 2 ** (32 - length);
  return Math.floor(base / shift) === Math.floor(number / shift) ? length : undefined;
}

/** Where an address is configured. */
export type Owner = { readonly namespace: Namespace; readonly link: Link };

/** The device that has the address. */
export function ownerOf(state: NetworkState, address: string): Owner | undefined {
  for (const namespace of state.namespaces) {
    const own = namespace.addresses.find(({ local }) => local === address);
    const link = namespace.links.find(({ name }) => name === own?.device);
    if (link !== undefined) return { namespace, link };
  }
  return undefined;
}
