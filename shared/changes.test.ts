// Are new, changed and gone rows told apart, per namespace?

import assert from "node:assert/strict";
import { test } from "node:test";
import { changedNeighbours, changedRoutes, neighbourKey, routeKey } from "./changes.ts";
import type { Namespace, Neighbour, Route } from "./network.ts";

function neighbour(address: string, state: string, mac?: string): Neighbour {
  return { address, device: "veth11", state, proxy: false, ...(mac === undefined ? {} : { mac }) };
}

function route(destination: string, more: Partial<Route> = {}): Route {
  return {
    ...{ family: "inet", type: "unicast", destination, protocol: "boot", scope: "link" },
    ...{ table: "main", flags: [] },
    ...more,
  };
}

function state(
  rows: Record<string, { readonly neighbours?: Neighbour[]; readonly routes?: Route[] }>,
  inode = 1,
) {
  const namespaces = Object.entries(rows).map(
    ([name, { neighbours = [], routes = [] }], index): Namespace => ({
      ...{ inode: inode + index, name, netnsNames: [], hostname: "", pid: 1, links: [] },
      ...{ addresses: [], routes, rules: [], neighbours, fdb: [], portVlans: [], sysctls: {} },
    }),
  );
  return { time: 0, namespaces };
}

test("a neighbour that appears, changes and goes", () => {
  const incomplete = neighbour("10.0.0.1", "INCOMPLETE");
  const reachable = neighbour("10.0.0.1", "REACHABLE", "02:00:00:00:00:01");
  const stays = neighbour("10.0.0.2", "STALE", "02:00:00:00:00:02");
  const goes = neighbour("10.0.0.3", "FAILED");
  const comes = neighbour("10.0.0.4", "PERMANENT", "02:00:00:00:00:04");
  const changes = changedNeighbours(
    state({ A: { neighbours: [incomplete, stays, goes] } }),
    state({ A: { neighbours: [stays, reachable, comes] } }),
    "A",
  );
  assert.deepEqual(Object.fromEntries(changes), {
    [neighbourKey(reachable)]: { type: "changed", row: reachable, old: incomplete },
    [neighbourKey(comes)]: { type: "new", row: comes },
    [neighbourKey(goes)]: { type: "gone", old: goes },
  });
});

test("a proxy entry and a neighbour of the same address are two rows", () => {
  const learned = neighbour("10.0.0.1", "STALE", "02:00:00:00:00:01");
  const proxy = { ...neighbour("10.0.0.1", "NONE"), proxy: true };
  const changes = changedNeighbours(
    state({ A: { neighbours: [learned] } }),
    state({ A: { neighbours: [learned, proxy] } }),
    "A",
  );
  assert.deepEqual([...changes.values()], [{ type: "new", row: proxy }]);
});

test("a route is told by destination, device, gateway and table; the rest is a change", () => {
  const before = [route("10.0.0.0/8", { device: "a" }), route("default", { gateway: "10.0.0.1" })];
  const linkdown = route("10.0.0.0/8", { device: "a", flags: ["linkdown"] });
  const other = route("default", { gateway: "10.0.0.2" });
  const table = route("default", { gateway: "10.0.0.2", table: "100" });
  const changes = changedRoutes(
    state({ A: { routes: before } }),
    state({ A: { routes: [linkdown, other, table] } }),
    "A",
  );
  assert.deepEqual(Object.fromEntries(changes), {
    [routeKey(linkdown)]: { type: "changed", row: linkdown, old: before[0] },
    [routeKey(other)]: { type: "new", row: other },
    [routeKey(table)]: { type: "new", row: table },
    [routeKey(route("default", { gateway: "10.0.0.1" }))]: { type: "gone", old: before[1] },
  });
});

test("nothing is marked without a state before, and equal rows are no change", () => {
  const rows = { A: { routes: [route("default", { device: "a", source: "1.2.3.4" })] } };
  assert.equal(changedRoutes(undefined, state(rows), "A").size, 0);
  const sameInOtherOrder = { ...route("default"), source: "1.2.3.4", device: "a" };
  const after = state({ A: { routes: [sameInOtherOrder] } });
  assert.equal(changedRoutes(state(rows), after, "A").size, 0);
});

test("namespaces are compared by name: new, gone, and made anew with another inode", () => {
  const row = neighbour("10.0.0.1", "STALE", "02:00:00:00:00:01");
  const full = { neighbours: [row] };
  const changes = (name: string) => [
    ...changedNeighbours(
      state({ A: full, B: full }),
      state({ B: full, C: full }, 7),
      name,
    ).values(),
  ];
  assert.deepEqual(changes("A"), [{ type: "gone", old: row }]);
  assert.deepEqual(changes("B"), []);
  assert.deepEqual(changes("C"), [{ type: "new", row }]);
});

test("two rows with one key do not hide each other's absence", () => {
  const twins = [route("10.0.0.0/8", { device: "a" }), route("10.0.0.0/8", { device: "a" })];
  const moment = state({ A: { routes: twins } });
  assert.equal(changedRoutes(moment, moment, "A").size, 0);
});
