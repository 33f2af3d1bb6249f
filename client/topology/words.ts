// The drawing in words: one sentence, and a table with a row for each device. Both say everything that
// lines and colours say.

import type { NetworkState } from "../../shared/network.ts";
import type { Mark, Row, ViewTable } from "../views/viewTable.ts";
import { cableAt, type Graph, networkGraph, type Port } from "./graph.ts";
import { type Segments, segmentsOf } from "./segments.ts";

/** What changed since the last cell began, by the keys of ports and rooms. */
export type Marks = {
  readonly ports: ReadonlyMap<string, Mark>;
  readonly rooms: ReadonlyMap<number, Mark>;
  readonly gone: readonly string[];
};

/** Compares the drawing with the one from before; without one nothing is marked. */
function marksOf(before: Graph | undefined, graph: Graph): Marks {
  const ports = new Map<string, Mark>();
  const rooms = new Map<number, Mark>();
  if (before === undefined) return { ports, rooms, gone: [] };
  const old = new Map(before.rooms.flatMap((room) => room.ports.map((port) => [port.key, port])));
  const oldRooms = new Set(before.rooms.map(({ key }) => key));
  for (const room of graph.rooms) {
    if (!oldRooms.delete(room.key)) rooms.set(room.key, "new");
    for (const port of room.ports) {
      const was = old.get(port.key);
      old.delete(port.key);
      if (was === undefined) ports.set(port.key, "new");
      else if (JSON.stringify(was) !== JSON.stringify(port)) ports.set(port.key, "changed");
    }
  }
  const names = before.rooms.filter(({ key }) => oldRooms.has(key)).map(({ name }) => name);
  return { ports, rooms, gone: [...names, ...[...old.values()].map(({ name }) => name)] };
}

/** "7 namespaces, 6 cables, segment S1 with 3 cables, …" and what is not as it should be. */
function topologySentence(graph: Graph, { numbers, tagged }: Segments, marks: Marks): string {
  const cables = count(graph.cables.length, "cable");
  const parts = [`${count(graph.rooms.length, "namespace")} and ${cables}.`];
  const segments = new Set(numbers.values());
  if (segments.size > 0) {
    const told = [...segments]
      .sort((a, b) => a - b)
      .map((number) => {
        const many = [...numbers.values()].filter((one) => one === number).length;
        return `S${number + 1} with ${count(many, "cable")}`;
      });
    parts.push(`Ethernet segments: ${told.join(", ")}.`);
  }
  if (tagged.size > 0) parts.push(`${count(tagged.size, "cable")} with tagged VLANs.`);
  const down = graph.cables.filter(({ state }) => state !== "up").length;
  if (down > 0) parts.push(`${count(down, "cable")} not up.`);
  const fresh = [...marks.ports.values()].filter((mark) => mark === "new").length;
  const changed = marks.ports.size - fresh;
  const since = [
    ...(fresh > 0 ? [`${fresh} new`] : []),
    ...(changed > 0 ? [`${changed} changed`] : []),
    ...(marks.gone.length > 0 ? [`${marks.gone.length} gone`] : []),
  ];
  if (since.length > 0) parts.push(`Since the last cell began: ${since.join(", ")}.`);
  return parts.join(" ");
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** One row for each device. */
export function topologyTable(graph: Graph, segments: Segments, marks: Marks): ViewTable {
  const rows = graph.rooms.flatMap((room) =>
    room.ports.map((port): Row => {
      const mark = marks.ports.get(port.key);
      return {
        key: port.key,
        aside: false,
        ...(mark === undefined ? {} : { mark }),
        fields: [
          { text: room.name },
          { text: port.name, note: kindWords(port) },
          { text: port.state },
          { text: farWords(graph, port) },
          { text: segmentWords(graph, segments, port) },
          { text: port.addresses.join(" ") },
          { text: port.mac },
        ],
      };
    }),
  );
  return {
    title: "Topology as a table",
    sentence: "",
    columns: ["namespace", "device", "state", "leads to", "segment", "addresses", "MAC"],
    rows,
  };
}

/** "veth", "bridge", "VLAN 10". */
export function kindWords({ kind, vlan }: Port): string {
  return vlan === undefined ? kind : `VLAN ${vlan}`;
}

function farWords(graph: Graph, port: Port): string {
  const { rooms } = graph;
  const nameOf = (key: number) => rooms.find((room) => room.key === key)?.name ?? "";
  const ports = rooms.flatMap((room) => room.ports);
  if (port.kind === "bridge") {
    const own = ports.filter(({ bridge }) => bridge === port.key).map(({ name }) => name);
    return own.length === 0 ? "no ports" : `ports ${own.join(", ")}`;
  }
  const parent = ports.find(({ key }) => key === port.parent);
  if (parent !== undefined) return `on ${parent.name}`;
  const cable = cableAt(graph, port.key);
  if (cable === undefined) return "";
  const far = cable.from.key === port.key ? cable.to : cable.from;
  return far === undefined ? "a namespace out of sight" : `${far.name} in ${nameOf(far.room)}`;
}

function segmentWords(graph: Graph, { numbers, tagged }: Segments, port: Port): string {
  const cable = cableAt(graph, port.key);
  if (cable === undefined) return "";
  const number = numbers.get(cable.key);
  if (number !== undefined) return `S${number + 1}`;
  const vlans = tagged.get(cable.key);
  return vlans === undefined ? "" : `VLANs ${vlans.join(", ")}`;
}

/** Everything that a drawing needs of one moment and the one before. */
export type TopologyView = {
  readonly graph: Graph;
  readonly segments: Segments;
  readonly marks: Marks;
  readonly title: string;
  readonly sentence: string;
};

/** The view of a network; `wanted` are the namespaces to show, none of them: all. */
export function topologyView(
  moments: { readonly state: NetworkState; readonly before?: NetworkState } | undefined,
  wanted: readonly string[],
): TopologyView {
  const state = moments?.state ?? { time: 0, namespaces: [] };
  const graph = networkGraph(state, wanted);
  const segments = segmentsOf(state, graph);
  const before = moments?.before && networkGraph(moments.before, wanted);
  const marks = marksOf(before, graph);
  const sentence =
    moments === undefined
      ? "Nothing has run yet, so there is no network to look at."
      : graph.rooms.length === 0
        ? "There is nothing but the machine itself yet; a set-up cell makes namespaces."
        : topologySentence(graph, segments, marks);
  return { graph, segments, marks, title: "Topology", sentence };
}
