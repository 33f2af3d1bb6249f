// Which cables form one Ethernet segment: what a broadcast reaches without a router. Bridges join the
// segments of their ports; a VLAN-aware one joins only ports with the same PVID. A cable that carries
// several VLANs belongs to none of them and is told with its VLANs.
// Not here: macvlan, isolated ports, and bridges that do not learn or flood.

import type { NetworkState, PortVlan } from "../../shared/network.ts";
import { type Graph, type Port, portKey } from "./graph.ts";

/** What runs over the cables of a drawing, by the keys of cables. */
export type Segments = {
  /** From 0; segments of one cable only have none. */
  readonly numbers: ReadonlyMap<string, number>;
  /** VLANs that a cable carries tagged. */
  readonly tagged: ReadonlyMap<string, readonly number[]>;
};

/** Finds them. */
export function segmentsOf(state: NetworkState, graph: Graph): Segments {
  const sets = disjointSets();
  const tagged = new Map<string, number[]>();
  const vlans = portVlans(state);
  const aware = awareBridges(state);
  const isTrunk = (port: Port) => (vlans.get(port.key) ?? []).some(({ untagged }) => !untagged);
  for (const { ports } of graph.rooms) {
    for (const port of ports) {
      if (port.bridge === undefined) continue;
      if (!aware.has(port.bridge)) {
        sets.join(port.key, port.bridge);
      } else if (!isTrunk(port)) {
        const pvid = vlans.get(port.key)?.find((vlan) => vlan.pvid)?.vlan;
        if (pvid !== undefined) sets.join(port.key, `${port.bridge} ${pvid}`);
      }
    }
  }
  for (const { key, from, to } of graph.cables) {
    const ends = to === undefined ? [from] : [from, to];
    const trunk = ends.find((port) => port.bridge && aware.has(port.bridge) && isTrunk(port));
    if (trunk !== undefined) {
      const carried = vlans.get(trunk.key) ?? [];
      tagged.set(
        key,
        carried.filter(({ untagged }) => !untagged).map(({ vlan }) => vlan),
      );
    } else if (to !== undefined) sets.join(from.key, to.key);
  }
  return { numbers: numbered(graph, sets, tagged), tagged };
}

function numbered(
  graph: Graph,
  sets: DisjointSets,
  tagged: ReadonlyMap<string, unknown>,
): Map<string, number> {
  const plain = graph.cables.filter(({ key }) => !tagged.has(key));
  const sizes = new Map<string, number>();
  for (const { from } of plain) {
    const root = sets.root(from.key);
    sizes.set(root, (sizes.get(root) ?? 0) + 1);
  }
  const order = [...sizes].filter(([, size]) => size > 1).map(([root]) => root);
  const numbers = new Map<string, number>();
  for (const { key, from } of plain) {
    const number = order.indexOf(sets.root(from.key));
    if (number >= 0) numbers.set(key, number);
  }
  return numbers;
}

function portVlans(state: NetworkState): Map<string, PortVlan[]> {
  const found = new Map<string, PortVlan[]>();
  for (const { inode, links, portVlans } of state.namespaces) {
    for (const row of portVlans) {
      const index = links.find(({ name }) => name === row.device)?.index;
      if (index === undefined) continue;
      const key = portKey(inode, index);
      found.set(key, [...(found.get(key) ?? []), row]);
    }
  }
  return found;
}

function awareBridges(state: NetworkState): Set<string> {
  return new Set(
    state.namespaces.flatMap(({ inode, links }) =>
      links.filter(({ vlanFiltering }) => vlanFiltering).map(({ index }) => portKey(inode, index)),
    ),
  );
}

type DisjointSets = ReturnType<typeof disjointSets>;

function disjointSets() {
  const parents = new Map<string, string>();
  const root = (key: string): string => {
    const parent = parents.get(key);
    return parent === undefined || parent === key ? key : root(parent);
  };
  return {
    root,
    join(one: string, other: string) {
      parents.set(root(one), root(other));
    },
  };
}
