// The tree of prefixes of an IPv6 table, as far as it shows (linux/net/ipv6/ip6_fib.c): a node where
// two prefixes part holds a reference to some route below it. With the address a local route belongs
// to, and the way that packets have taken by it, these are the references that /proc/net/ipv6_route
// counts.
// Not here: the routes of a prefix and searching them (ip6Fib.ts).

import { commonBits6 } from "../../wire/ipv6.ts";
import type { Net } from "../core/netNamespace.ts";
import type { Fib6Table, Nexthop6, Node6, Route6 } from "./ipv6Net.ts";

/** The tree of a table without routes. */
export function emptyTree6(): Node6 {
  return { key: "0".repeat(32), bit: 0, real: true, leaf: undefined, below: [], above: undefined };
}

function side(address: string, bit: number): 0 | 1 {
  return (Number.parseInt(address[bit >> 2] ?? "0", 16) >> (3 - (bit & 3))) & 1 ? 1 : 0;
}

function link(above: Node6, node: Node6): void {
  node.above = above;
  above.below[side(node.key, above.bit)] = node;
}

/** The node of a prefix, made if need be (fib6_add_1). */
export function growTree6(table: Fib6Table, key: string, bit: number): void {
  let above = table.tree;
  for (let node: Node6 | undefined = above; node !== undefined; ) {
    const common = commonBits6(node.key, key);
    if (bit < node.bit || common < node.bit) {
      const shared = Math.min(common, bit);
      const fresh: Node6 = { key, bit, real: true, leaf: undefined, below: [], above: undefined };
      if (bit > shared) {
        const fork: Node6 = {
          ...fresh,
          bit: shared,
          real: false,
          leaf: firstOf(table, node),
          below: [],
        };
        link(above, fork);
        link(fork, fresh);
        link(fork, node);
      } else {
        link(above, fresh);
        link(fresh, node);
      }
      return;
    }
    if (bit === node.bit) {
      node.real = true;
      node.leaf = undefined;
      return;
    }
    above = node;
    node = node.below[side(key, node.bit)];
  }
  link(above, { key, bit, real: true, leaf: undefined, below: [], above: undefined });
}

/** What a node holds: its first route, or the one it stands in for. */
function firstOf(table: Fib6Table, node: Node6): Route6 | undefined {
  return node.real ? table.byLength.get(node.bit)?.get(node.key)?.[0] : node.leaf;
}

/** A route has left: its node may go, and others stand in for it (fib6_del_route). */
export function pruneTree6(table: Fib6Table, gone: Route6): void {
  let node: Node6 | undefined = table.tree;
  while (node !== undefined && node.bit < gone.prefixLength) {
    node = node.below[side(gone.destination, node.bit)];
  }
  if (node?.real && node.bit > 0 && firstOf(table, node) === undefined) node = repair(table, node);
  for (; node !== undefined; node = node.above) {
    if (!node.real && node.leaf === gone) node.leaf = standIn(table, node);
  }
}

function standIn(table: Fib6Table, node: Node6): Route6 | undefined {
  const [left, right] = node.below;
  const child = left ?? right;
  return child === undefined ? undefined : firstOf(table, child);
}

/** Takes nodes out that hold nothing and part nothing; the node from which to go up. */
function repair(table: Fib6Table, empty: Node6): Node6 | undefined {
  let node = empty;
  for (;;) {
    node.real = false;
    const { above } = node;
    const [left, right] = node.below;
    if (above === undefined) return node;
    if (left !== undefined && right !== undefined) {
      node.leaf = standIn(table, node);
      return above;
    }
    above.below[side(node.key, above.bit)] = left ?? right;
    const child = left ?? right;
    if (child !== undefined) child.above = above;
    if (above.real) return above;
    node = above;
  }
}

/** How often a route, or one of the next hops that share its traffic, is referred to. */
export function references6(net: Net, route: Route6, hop: Nexthop6): number {
  const table = net.ip6.tables.get(route.table);
  const heard = route.type === "multicast" && hop.dev.ip6?.heardGroups === true;
  const learnt = [...net.ip6.exceptions.values()].filter((each) => each.route === route).length;
  const first = table !== undefined && route.nexthops[0] === hop;
  const forks = first ? forksOf(table.tree, route) : 0;
  return 1 + holders(route) + forks + learnt + (heard || net.ip6.used.has(route) ? 1 : 0);
}

/** An address holds the route that it brought; an anycast address twice. */
function holders({ type, metric }: Route6): number {
  if (metric !== 0) return 0;
  return type === "anycast" ? 2 : type === "local" ? 1 : 0;
}

function forksOf(node: Node6, route: Route6): number {
  const mine = !node.real && node.leaf === route ? 1 : 0;
  return node.below.reduce((sum, child) => sum + (child ? forksOf(child, route) : 0), mine);
}
