// Are new, changed and gone rows told apart?

import assert from "node:assert/strict";
import { test } from "node:test";
import { compareRows } from "./changes.ts";

type Item = { readonly name: string; readonly state?: string; readonly flags?: readonly string[] };

const keyOf = ({ name }: Item) => name;

test("a row that appears, changes, stays and goes", () => {
  const changes = compareRows<Item>(
    [{ name: "a", state: "INCOMPLETE" }, { name: "b" }, { name: "c" }],
    [{ name: "b" }, { name: "a", state: "REACHABLE" }, { name: "d" }],
    keyOf,
  );
  assert.deepEqual(Object.fromEntries(changes), {
    a: {
      type: "changed",
      row: { name: "a", state: "REACHABLE" },
      old: { name: "a", state: "INCOMPLETE" },
    },
    d: { type: "new", row: { name: "d" } },
    c: { type: "gone", old: { name: "c" } },
  });
});

test("a property that comes or goes is a change, another order of properties is none", () => {
  const changes = compareRows<Item>(
    [
      { name: "a", state: "UP" },
      { name: "b", flags: ["UP"], state: "UP" },
    ],
    [{ name: "a" }, { state: "UP", name: "b", flags: ["UP"] }],
    keyOf,
  );
  assert.deepEqual([...changes.keys()], ["a"]);
});
