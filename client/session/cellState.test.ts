// Which state and which words does a cell have after its runs? "Failed" is relative to what the
// chapter expects.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { ShellCell } from "../../shared/chapter.ts";
import type { RunEnd, SessionFact } from "../../shared/session.ts";
import { type CellState, cellStates, ranCells } from "./cellState.ts";
import { duration, endWords, statusWord } from "./runWords.ts";
import { applyEvent, emptySession } from "./sessionModel.ts";

const ready: SessionFact = { type: "sandbox-ready", kind: "vm", kernel: "Linux" };
const reset: SessionFact = { type: "sandbox-ended", reason: "The sandbox was reset." };

function cell(id: string, more: Partial<ShellCell> = {}): ShellCell {
  return { type: "sh", id, line: 1, source: "true", on: "lab", expect: "ok", needs: [], ...more };
}

function ran(id: string, end: RunEnd = { type: "exit", code: 0 }): SessionFact[] {
  const run = `${id}-${Math.round(performance.now() * 1e6)}`;
  return [
    { type: "run-queued", run, cell: id, on: "lab" },
    { type: "run-started", run, cell: id, on: "lab", source: "true" },
    { type: "run-ended", run, end, milliseconds: 3100 },
  ];
}

function states(cells: readonly ShellCell[], ...facts: SessionFact[]) {
  const model = facts
    .map((fact, index) => ({ ...fact, seq: index + 1, time: index }))
    .reduce(applyEvent, emptySession);
  return cellStates(cells, model);
}

function stateAfter(one: ShellCell, ...facts: SessionFact[]): CellState {
  const state = states([one], ready, ...facts).get(one.id);
  assert.ok(state);
  return state;
}

const ends: readonly [ShellCell["expect"], number, string, string, string][] = [
  ["ok", 0, "done", "done", "Exit 0: done in 3.1 s."],
  ["ok", 1, "failed", "failed", "Exit 1: failed after 3.1 s."],
  ["fail", 1, "done", "failed as expected", "Exit 1, as expected, after 3.1 s."],
  [
    "fail",
    0,
    "failed",
    "failed",
    "Exit 0 after 3.1 s: it worked, but the chapter expects it to fail.",
  ],
  ["any", 0, "done", "done", "Exit 0: done in 3.1 s."],
  ["any", 2, "done", "exit 2", "Exit 2 after 3.1 s."],
  ["ok", 127, "failed", "failed", "Exit 127: a command was not found after 3.1 s."],
  ["ok", 137, "failed", "failed", "Exit 137: ended by SIGKILL after 3.1 s."],
  ["ok", 130, "failed", "stopped", "Stopped by Ctrl-C after 3.1 s."],
  ["fail", 130, "failed", "stopped", "Stopped by Ctrl-C after 3.1 s."],
  ["any", 130, "done", "stopped", "Stopped by Ctrl-C after 3.1 s."],
];

for (const [expect, code, status, word, sentence] of ends) {
  test(`expect=${expect}, exit ${code}: ${word}`, () => {
    const state = stateAfter(cell("a", { expect }), ...ran("a", { type: "exit", code }));
    assert.equal(state.status, status);
    assert.equal(statusWord(expect, state), word);
    assert.equal(endWords(expect, state), sentence);
  });
}

test("before its end a cell is not run, queued, then running", () => {
  const [queued, started] = ran("a");
  assert.ok(queued && started);
  assert.equal(stateAfter(cell("a")).status, "not-run");
  assert.equal(stateAfter(cell("a"), queued).status, "queued");
  assert.equal(stateAfter(cell("a"), queued, started).status, "running");
});

test("a lost run says why, and stays lost after the sandbox is gone", () => {
  const state = stateAfter(cell("a"), ...ran("a", { type: "lost", reason: "The VM died." }), reset);
  assert.equal(state.status, "lost");
  assert.equal(endWords("ok", state), "The VM died.");
});

test("after a reset a cell counts as not run and keeps its output", () => {
  const state = stateAfter(cell("a"), ...ran("a"), reset, ready);
  assert.equal(state.status, "not-run");
  assert.equal(statusWord("ok", state), "not run in this sandbox");
  assert.equal(endWords("ok", state), "Exit 0: done in 3.1 s. The sandbox of that run is gone.");
  assert.ok(state.run);
});

test("a cell is stale once a cell that it needs has run again", () => {
  const cells = [cell("setup"), cell("ping", { needs: ["setup"] })];
  const fresh = states(cells, ready, ...ran("setup"), ...ran("ping"));
  assert.equal(fresh.get("ping")?.status, "done");
  const after = states(cells, ready, ...ran("setup"), ...ran("ping"), ...ran("setup"));
  assert.equal(after.get("ping")?.status, "stale");
  assert.equal(after.get("setup")?.status, "done");
});

test("only what took effect in the present sandbox counts as run", () => {
  const cells = [cell("a"), cell("b"), cell("c"), cell("d")];
  const after = states(
    cells,
    ready,
    ...ran("a"),
    reset,
    ready,
    ...ran("b", { type: "exit", code: 1 }),
    ...ran("c", { type: "lost", reason: "Lost." }),
  );
  assert.deepEqual([...ranCells(after)], ["b"]);
});

test("durations are as exact as a reader wants them", () => {
  assert.deepEqual([0, 40, 99, 100, 3140, 9949, 9950, 59_400, 72_000].map(duration), [
    "1 ms",
    "40 ms",
    "99 ms",
    "0.1 s",
    "3.1 s",
    "9.9 s",
    "10 s",
    "59 s",
    "1 min 12 s",
  ]);
});
