// Does the drawing stand where a reader expects it, stay there, and say in words what it shows?

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Link, Namespace, NetworkState, PortVlan } from "../../shared/network.ts";
import { cablePath } from "./cables.ts";
import { networkGraph } from "./graph.ts";
import { type Placement, place } from "./placement.ts";
import { plans } from "./walls.ts";
import { topologyTable, topologyView } from "./words.ts";

type End = { readonly namespace: string; readonly device: string };
type Wish = {
  readonly cables: readonly (readonly [string, string])[];
  readonly bridges?: readonly (readonly [string, readonly string[]])[];
  readonly vlans?: Readonly<Record<string, readonly PortVlan[]>>;
  readonly alone?: readonly string[];
  readonly down?: readonly string[];
};

/** A network of "namespace/device" ends, in the order in which they are named. */
function network({ cables, bridges = [], vlans = {}, alone = [], down = [] }: Wish): NetworkState {
  const links = new Map<string, Link[]>([
    ["lab", []],
    ...alone.map((name): [string, Link[]] => [name, []]),
  ]);
  const end = (text: string): End => {
    const [namespace = "", device = ""] = text.split("/");
    return { namespace, device };
  };
  const add = (text: string, more: Partial<Link>) => {
    const { namespace, device } = end(text);
    const own = links.get(namespace) ?? [];
    links.set(namespace, own);
    const flags = down.includes(text) ? [] : ["UP", "LOWER_UP"];
    own.push({
      ...{ index: own.length + 2, name: device, kind: "veth", mac: "02:00:00:00:00:01" },
      ...{ mtu: 1500, flags, operstate: "UP", ...more },
    });
    return own.length + 1;
  };
  for (const [bridge] of bridges) add(bridge, { kind: "bridge", vlanFiltering: bridge in vlans });
  const inodeOf = (name: string) => 100 + [...links.keys()].indexOf(name);
  for (const [one, other] of cables) {
    const masterOf = (text: string) => {
      const bridge = bridges.find(([, ports]) => ports.includes(text))?.[0];
      return bridge === undefined ? {} : { master: end(bridge).device };
    };
    const here = add(one, masterOf(one));
    const there = add(other, { peerIndex: here, ...masterOf(other) });
    const own = links.get(end(one).namespace);
    const link = own?.at(-1);
    if (own && link) own[own.length - 1] = { ...link, peerIndex: there };
  }
  const far = new Map(cables.flatMap(([one, other]) => [[one, other] as const, [other, one]]));
  const namespaces = [...links].map(([name, own]): Namespace => {
    const withPeers = own.map((link): Link => {
      const other = far.get(`${name}/${link.name}`);
      return other === undefined ? link : { ...link, peerNamespace: inodeOf(end(other).namespace) };
    });
    const rows = own.flatMap((link) => vlans[`${name}/${link.name}`] ?? []);
    return {
      ...{ inode: inodeOf(name), name, netnsNames: [name], hostname: name, pid: 1 },
      ...{ links: withPeers, addresses: [], routes: [], rules: [], neighbours: [], fdb: [] },
      ...{ portVlans: rows, sysctls: {} },
    };
  });
  return { time: 0, namespaces };
}

const twoSegments: Wish = {
  cables: [
    ["h11/e", "B1/a"],
    ["h12/e", "B1/b"],
    ["h21/e", "B2/a"],
    ["h22/e", "B2/b"],
    ["R/1", "B1/r"],
    ["R/2", "B2/r"],
  ],
  bridges: [
    ["B1/br", ["B1/a", "B1/b", "B1/r"]],
    ["B2/br", ["B2/a", "B2/b", "B2/r"]],
  ],
};

function drawn(state: NetworkState, known?: Placement) {
  const graph = networkGraph(state);
  const placement = place(graph, known);
  const layers = plans(graph, placement).map((layer) => layer.map(({ room }) => room.name));
  return { graph, placement, layers };
}

test("two segments and a router stand in one line from left to right", () => {
  const state = network(twoSegments);
  const { layers, graph, placement } = drawn(state);
  assert.deepEqual(layers, [["h11", "h12"], ["B1"], ["R"], ["B2"], ["h21", "h22"]]);
  const [router] = plans(graph, placement)[2] ?? [];
  assert.deepEqual(
    router?.before.map(({ port }) => port.name),
    ["1"],
  );
  assert.deepEqual(
    router?.after.map(({ port }) => port.name),
    ["2"],
  );
  const { sentence } = topologyView({ state }, []);
  assert.equal(
    sentence,
    "7 namespaces and 6 cables. Ethernet segments: S1 with 3 cables, S2 with 3 cables.",
  );
});

test("what stands somewhere stays there when a host joins or leaves", () => {
  const { placement } = drawn(network(twoSegments));
  const joined = network({ ...twoSegments, cables: [...twoSegments.cables, ["new/e", "B1/c"]] });
  const after = drawn(joined, placement);
  for (const [room, at] of placement) assert.deepEqual(after.placement.get(room), at);
  assert.equal(after.layers.flat().length, 8);
  const { cables, bridges = [] } = twoSegments;
  const left = drawn(network({ cables: cables.slice(0, 3), bridges }), placement);
  for (const [room, at] of left.placement) assert.deepEqual(at, placement.get(room));
});

test("namespaces without cables move once, when they get their first one", () => {
  const names = ["h11", "B1", "h12", "h21", "B2", "h22", "R"];
  const { placement, layers } = drawn(network({ cables: [], alone: names }));
  assert.equal(layers.flat().length, 7);
  const joined = drawn(network({ ...twoSegments, alone: names }), placement);
  assert.deepEqual(
    joined.layers.map(({ length }) => length),
    [2, 1, 1, 1, 2],
  );
});

test("two hosts, a loop and a hundred hosts all find a place of their own", () => {
  assert.deepEqual(drawn(network({ cables: [["a/e", "b/e"]] })).layers, [["a"], ["b"]]);
  const loop = network({
    cables: [
      ["a/1", "b/1"],
      ["b/2", "c/1"],
      ["c/2", "a/2"],
    ],
  });
  assert.equal(drawn(loop).layers.flat().length, 3);
  const hosts = Array.from({ length: 100 }, (_, at) => [`h${at}/e`, `B/p${at}`] as const);
  const star = network({ cables: hosts, bridges: [["B/br", hosts.map(([, port]) => port)]] });
  const { layers, placement } = drawn(star);
  assert.equal(layers.flat().length, 101);
  assert.ok(Math.max(...layers.map(({ length }) => length)) <= 10);
  const places = [...placement.values()].map(({ layer, order }) => `${layer} ${order}`);
  assert.equal(new Set(places).size, 101);
});

test("a VLAN-aware bridge joins ports of one PVID; a trunk is told with its VLANs", () => {
  const vlan = (device: string, id: number, untagged: boolean): PortVlan => ({
    ...{ device, vlan: id, pvid: untagged, untagged },
  });
  const cables = [
    ["a/e", "B/1"],
    ["b/e", "B/2"],
    ["c/e", "B/3"],
    ["d/e", "B/4"],
    ["t/e", "B/5"],
  ] as const;
  const state = network({
    cables,
    bridges: [["B/br", cables.map(([, port]) => port)]],
    vlans: {
      "B/br": [vlan("br", 1, true)],
      "B/1": [vlan("1", 10, true)],
      "B/2": [vlan("2", 10, true)],
      "B/3": [vlan("3", 20, true)],
      "B/4": [vlan("4", 20, true)],
      "B/5": [vlan("5", 10, false), vlan("5", 20, false)],
    },
  });
  const view = topologyView({ state }, []);
  assert.equal(
    view.sentence,
    "6 namespaces and 5 cables. Ethernet segments: S1 with 2 cables, S2 with 2 cables. 1 cable with tagged VLANs.",
  );
  const rows = topologyTable(view.graph, view.segments, view.marks).rows;
  const told = rows.map(({ fields }) => [fields[1]?.text, fields[4]?.text].join(" "));
  for (const row of ["1 S1", "2 S1", "3 S2", "4 S2", "5 VLANs 10, 20"]) {
    assert.ok(told.includes(row), `${row} in ${told.join("; ")}`);
  }
});

test("a cable that is not up and an end out of sight are told, changes are marked", () => {
  const before = network({ cables: [["a/e", "b/e"]] });
  const state = network({ cables: [["a/e", "b/e"]], down: ["a/e"] });
  const { sentence, marks, graph } = topologyView({ state, before }, []);
  assert.equal(
    sentence,
    "2 namespaces and 1 cable. 1 cable not up. Since the last cell began: 1 changed.",
  );
  assert.deepEqual([...marks.ports.values()], ["changed"]);
  assert.equal(graph.cables[0]?.state, "down");
  const alone = topologyView({ state }, ["a"]);
  const [row] = topologyTable(alone.graph, alone.segments, alone.marks).rows;
  assert.equal(row?.fields[3]?.text, "a namespace out of sight");
});

test("a line leaves its wall at a right angle", () => {
  const path = cablePath(
    { x: 0, y: 0 },
    { wall: "after", way: "right" },
    { x: 100, y: 40 },
    { wall: "before", way: "right" },
  );
  assert.match(path, /^M0 0 C48\.5 0 51\.5 40 100 40$/);
});
