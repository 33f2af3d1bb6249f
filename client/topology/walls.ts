// On which wall of its room does a port stand? The one that faces the other end of its cable; what has
// no cable stands where there is more room. Bridges stand in the middle, subdevices on their parents.
// Not here: sizes; the browser lays rooms out.

import type { Graph, Port, Room } from "./graph.ts";
import type { Placement } from "./placement.ts";

/** A port with what stands on it, in the order of their indices. */
export type Stand = { readonly port: Port; readonly on: readonly Port[] };

/** A room as it is drawn: `before` faces lower layers, `after` higher ones. */
export type Plan = {
  readonly room: Room;
  readonly before: readonly Stand[];
  readonly after: readonly Stand[];
  readonly bridges: readonly Stand[];
};

/** The plan of each room, layer by layer, in the order in which they stand. */
export function plans(graph: Graph, placement: Placement): Plan[][] {
  const ends = farEnds(graph);
  const layers = new Map<number, { readonly order: number; readonly plan: Plan }[]>();
  for (const room of graph.rooms) {
    const place = placement.get(room.key) ?? { layer: 0, order: 0 };
    const rooms = layers.get(place.layer) ?? [];
    rooms.push({ order: place.order, plan: planOf(room, place.layer, { ends, placement }) });
    layers.set(place.layer, rooms);
  }
  return [...layers]
    .sort(([one], [other]) => one - other)
    .map(([, rooms]) => rooms.sort((a, b) => a.order - b.order).map(({ plan }) => plan));
}

type Surroundings = {
  readonly ends: ReadonlyMap<string, Port>;
  readonly placement: Placement;
};

function planOf(room: Room, layer: number, { ends, placement }: Surroundings): Plan {
  const own = new Set(room.ports.map(({ key }) => key));
  const before: Stand[] = [];
  const after: Stand[] = [];
  const bridges: Stand[] = [];
  const standing = (port: Port): readonly Port[] =>
    room.ports
      .filter(({ parent }) => parent === port.key)
      .flatMap((one) => [one, ...standing(one)]);
  const undecided: Stand[] = [];
  for (const port of room.ports) {
    if (port.parent !== undefined && own.has(port.parent)) continue;
    const stand = { port, on: standing(port) };
    const far = placement.get(ends.get(port.key)?.room ?? 0)?.layer ?? layer;
    if (port.kind === "bridge") bridges.push(stand);
    else if (far === layer) undecided.push(stand);
    else (far < layer ? before : after).push(stand);
  }
  for (const stand of undecided) (before.length < after.length ? before : after).push(stand);
  const bridgeOf = ({ port }: Stand) => bridges.findIndex((one) => one.port.key === port.bridge);
  const orderOf = ({ port }: Stand) => placement.get(ends.get(port.key)?.room ?? 0)?.order ?? 0;
  const byFarEnd = (one: Stand, other: Stand) =>
    bridgeOf(one) - bridgeOf(other) || orderOf(one) - orderOf(other);
  return { room, before: before.sort(byFarEnd), after: after.sort(byFarEnd), bridges };
}

/** Pixels of a letter, of what is around a label, of the least room, and between layers. */
const LETTER = 7.4;
const AROUND = 15;
const LEAST_ROOM = 76;
const GAP = 24;

/** How many pixels all layers need beside each other; what it says of letters follows topology.css. */
export function widthOf(layers: readonly (readonly Plan[])[], addresses: boolean): number {
  const label = ({ name, addresses: own }: Port) =>
    Math.max(name.length, ...(addresses ? own : []).map(({ length }) => length));
  const column = (stands: readonly Stand[]) =>
    stands.length === 0
      ? 0
      : AROUND + LETTER * Math.max(...stands.flatMap(({ port, on }) => [port, ...on].map(label)));
  const widths = layers.map((plans) =>
    Math.max(
      ...plans.map(({ before, after, bridges }) =>
        Math.max(LEAST_ROOM, column(before) + column(bridges) + column(after)),
      ),
    ),
  );
  return widths.reduce((sum, one) => sum + one, 0) + GAP * (layers.length - 1);
}

function farEnds({ cables }: Graph): Map<string, Port> {
  const ends = new Map<string, Port>();
  for (const { from, to } of cables) {
    if (to === undefined) continue;
    ends.set(from.key, to);
    ends.set(to.key, from);
  }
  return ends;
}
