// Which cells must run first, and which are stale, along chains, forks and circles of needs?

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { cellVariableName } from "./cellNames.ts";
import { cellsToRunFirst, fromHere, staleCells } from "./dependencies.ts";

// setup ← route ← ping; forward stands alone; again needs ping and forward.
const cells = [
  { id: "setup", needs: [] },
  { id: "route", needs: ["setup"] },
  { id: "ping", needs: ["route"] },
  { id: "forward", needs: [] },
  { id: "again", needs: ["forward", "ping"] },
];

test("cells to run first are the missing ones in the chapter's order", () => {
  assert.deepEqual(cellsToRunFirst(cells, "again", []), ["setup", "route", "ping", "forward"]);
  assert.deepEqual(cellsToRunFirst(cells, "again", ["setup", "forward"]), ["route", "ping"]);
  assert.deepEqual(cellsToRunFirst(cells, "ping", ["route"]), []);
  assert.deepEqual(cellsToRunFirst(cells, "setup", []), []);
  assert.deepEqual(cellsToRunFirst(cells, "unknown", []), []);
});

test("a cell is stale when something it stands on ran again after it", () => {
  const stale = (...order: string[]) => [...staleCells(cells, order)];
  assert.deepEqual(stale("setup", "route", "ping"), []);
  assert.deepEqual(stale("setup", "route", "ping", "setup"), ["route", "ping"]);
  assert.deepEqual(stale("setup", "route", "ping", "setup", "route"), ["ping"]);
  assert.deepEqual(stale("setup", "route", "ping", "setup", "route", "ping"), []);
  assert.deepEqual(stale("setup", "route", "ping", "forward"), []);
  assert.deepEqual(stale("ping", "again", "forward"), ["again"]);
});

test("from here is the rest of the chapter", () => {
  assert.deepEqual(fromHere(cells, "ping"), ["ping", "forward", "again"]);
  assert.deepEqual(fromHere(cells, "unknown"), []);
});

test("cycles and unknown names end", () => {
  const odd = [
    { id: "a", needs: ["b", "gone"] },
    { id: "b", needs: ["a", "b"] },
  ];
  assert.deepEqual(cellsToRunFirst(odd, "a", []), ["b"]);
  assert.deepEqual([...staleCells(odd, ["a", "b"])], ["a"]);
});

test("running what must run first leaves nothing to run first and nothing stale", () => {
  const graph = fc
    .array(fc.array(fc.nat(11), { maxLength: 4 }), { minLength: 1, maxLength: 12 })
    .map((rows) =>
      rows.map((row, at) => ({
        id: `c${at}`,
        needs: row.filter((need) => need < at).map((need) => `c${need}`),
      })),
    );
  fc.assert(
    fc.property(graph, fc.nat(11), (chapter, pick) => {
      const id = `c${pick % chapter.length}`;
      const order = [...cellsToRunFirst(chapter, id, []), id];
      assert.deepEqual(cellsToRunFirst(chapter, id, order), []);
      assert.equal(staleCells(chapter, order).size, 0);
    }),
  );
});

test("variable names are camelCase", () => {
  assert.equal(cellVariableName("ping-across"), "pingAcross");
  assert.equal(cellVariableName("arp-netnsR-2"), "arpNetnsR2");
  assert.equal(cellVariableName("ping"), "ping");
});
