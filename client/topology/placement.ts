// Where do rooms stand? In layers along one axis and in order along the other, so that a drawing can
// run to the right or, on a narrow page, downwards. The longest way through the network is the
// spine; rooms with one neighbour hang on its outer side.
// Policy: a room that stands somewhere stays there. A new room comes beside its neighbours.
// Not here: sizes, walls and lines (drawing.ts).

import type { Graph } from "./graph.ts";

/** A layer, and a place in it; whole numbers that may be negative. */
export type Place = {
  readonly layer: number;
  readonly order: number;
  /** Stood there without a cable: the first cable moves it. */
  readonly lonely?: boolean;
};

export type Placement = ReadonlyMap<number, Place>;

/** More rooms than this do not stand in one layer when they all hang on one neighbour. */
const MOST_IN_LAYER = 10;

type Neighbours = ReadonlyMap<number, readonly number[]>;

/** Places for all rooms; those that `known` has keep theirs. */
export function place(graph: Graph, known: Placement = new Map()): Placement {
  const neighbours = neighboursOf(graph);
  const stays = (room: number, { lonely = false }: Place) =>
    lonely === (neighbours.get(room)?.length === 0);
  const kept = new Map([...known].filter(([room, one]) => stays(room, one)));
  const added = [...neighbours.keys()].filter((room) => !kept.has(room));
  // Where most is new nothing is worth keeping.
  if (added.length > kept.size) return placeAll(neighbours);
  for (const room of added) kept.set(room, beside(neighbours.get(room) ?? [], kept));
  return kept;
}

function neighboursOf({ rooms, cables }: Graph): Map<number, number[]> {
  const found = new Map<number, number[]>(rooms.map(({ key }) => [key, []]));
  for (const { from, to } of cables) {
    if (to === undefined || to.room === from.room) continue;
    if (!found.get(from.room)?.includes(to.room)) {
      found.get(from.room)?.push(to.room);
      found.get(to.room)?.push(from.room);
    }
  }
  return found;
}

function placeAll(neighbours: Neighbours): Placement {
  const places = new Map<number, Place>();
  const lonely: number[] = [];
  const seen = new Set<number>();
  let next = 0;
  for (const room of neighbours.keys()) {
    if (seen.has(room)) continue;
    const part = [...distances(room, neighbours).keys()];
    for (const one of part) seen.add(one);
    if (part.length === 1) lonely.push(room);
    else next = placePart(part, neighbours, next, places);
  }
  for (const [at, room] of lonely.entries()) {
    places.set(room, { layer: at % 6, order: next + Math.floor(at / 6), lonely: true });
  }
  return places;
}

/** Places one connected part from the order `first` on; returns the first free order. */
function placePart(
  part: readonly number[],
  neighbours: Neighbours,
  first: number,
  places: Map<number, Place>,
): number {
  const layers = splitLayers(layersOf(part, neighbours), neighbours);
  const begin = layers.findIndex((rooms) => rooms.includes(part[0] ?? 0));
  // What the reader made first stands first.
  if (begin > (layers.length - 1) / 2) layers.reverse();
  sortLayers(layers, neighbours);
  const most = Math.max(...layers.map(({ length }) => length));
  for (const [layer, rooms] of layers.entries()) {
    const before = Math.floor((most - rooms.length) / 2);
    for (const [at, room] of rooms.entries()) {
      places.set(room, { layer, order: first + before + at });
    }
  }
  return first + most;
}

/** Layers by the distance from one end of the longest way; leaves hang on the outer side. */
function layersOf(part: readonly number[], neighbours: Neighbours): number[][] {
  const isLeaf = (room: number) => neighbours.get(room)?.length === 1;
  const end = farthest(part[0] ?? 0, neighbours);
  const distance = distances(end, neighbours);
  const middle = Math.max(...distance.values()) / 2;
  const layer = new Map<number, number>();
  const hung = new Map<number, number>();
  for (const room of part) {
    const host = neighbours.get(room)?.[0];
    if (part.length < 3 || host === undefined || !isLeaf(room)) {
      layer.set(room, distance.get(room) ?? 0);
      continue;
    }
    const at = distance.get(host) ?? 0;
    const count = hung.get(host) ?? 0;
    hung.set(host, count + 1);
    const side = at === middle ? (count % 2 === 0 ? -1 : 1) : Math.sign(at - middle);
    layer.set(room, at + side);
  }
  const lowest = Math.min(...layer.values());
  const layers: number[][] = [];
  for (const room of part) {
    const at = (layer.get(room) ?? 0) - lowest;
    layers[at] = [...(layers[at] ?? []), room];
  }
  return Array.from(layers, (rooms) => rooms ?? []);
}

/** A layer that is too long becomes several, which stand on its outer side. */
function splitLayers(layers: readonly number[][], neighbours: Neighbours): number[][] {
  const middle = (layers.length - 1) / 2;
  return layers.flatMap((rooms, at) => {
    const leaves = rooms.every((room) => neighbours.get(room)?.length === 1);
    if (!leaves || rooms.length <= MOST_IN_LAYER) return [rooms];
    const parts = Math.ceil(rooms.length / MOST_IN_LAYER);
    const each = Math.ceil(rooms.length / parts);
    const split = Array.from({ length: parts }, (_, part) =>
      rooms.slice(part * each, (part + 1) * each),
    );
    return at < middle ? split.reverse() : split;
  });
}

/** Orders rooms by the middle of their neighbours in the layers beside, to and fro. */
function sortLayers(layers: number[][], neighbours: Neighbours): void {
  const order = new Map<number, number>();
  const note = (rooms: readonly number[]) => {
    for (const [at, room] of rooms.entries()) order.set(room, at - (rooms.length - 1) / 2);
  };
  for (const rooms of layers) note(rooms);
  for (const sweep of [layers, [...layers].reverse(), layers]) {
    for (const rooms of sweep) {
      const middles = new Map(
        rooms.map((room) => {
          const orders = (neighbours.get(room) ?? []).map((other) => order.get(other) ?? 0);
          const sum = orders.reduce((total, one) => total + one, 0);
          return [room, orders.length === 0 ? 0 : sum / orders.length];
        }),
      );
      rooms.sort((one, other) => (middles.get(one) ?? 0) - (middles.get(other) ?? 0));
      note(rooms);
    }
  }
}

/** The free place that is nearest to the neighbours, or the end of the first layer. */
function beside(neighbours: readonly number[], taken: Placement): Place {
  const near = neighbours.flatMap((room) => taken.get(room) ?? []);
  const places = [...taken.values()];
  const isFree = ({ layer, order }: Place) =>
    !places.some((one) => one.layer === layer && one.order === order);
  const [host] = near;
  if (host === undefined) {
    const lowest = Math.min(0, ...places.map(({ layer }) => layer));
    const order = 1 + Math.max(-1, ...places.map((one) => one.order));
    return { layer: lowest, order, lonely: true };
  }
  for (let reach = 1; ; reach += 1) {
    const around = [host.layer - 1, host.layer + 1].flatMap((layer) =>
      [host.order + reach - 1, host.order - reach + 1].map((order) => ({ layer, order })),
    );
    const free = around.find(isFree);
    if (free !== undefined) return free;
  }
}

function farthest(from: number, neighbours: Neighbours): number {
  return [...distances(from, neighbours)].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}

function distances(from: number, neighbours: Neighbours): Map<number, number> {
  const found = new Map([[from, 0]]);
  for (const [room, distance] of found) {
    for (const next of neighbours.get(room) ?? []) {
      if (!found.has(next)) found.set(next, distance + 1);
    }
  }
  return found;
}
