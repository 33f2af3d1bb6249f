// Does folding events give the truth about every run, also across resets, stops and replays?

import assert from "node:assert/strict";
import { test } from "node:test";
import type { SessionEvent, SessionFact } from "../../shared/session.ts";
import { applyEvent, emptySession, type SessionModel } from "./sessionModel.ts";

function events(...facts: SessionFact[]): SessionEvent[] {
  return facts.map((fact, index) => ({ ...fact, seq: index + 1, time: 1000 + index }));
}

function fold(list: readonly SessionEvent[]): SessionModel {
  return list.reduce(applyEvent, emptySession);
}

const ready: SessionFact = { type: "sandbox-ready", kind: "vm", kernel: "Linux 6.1 in a VM" };

function queued(run: string, cell = "ping"): SessionFact {
  return { type: "run-queued", run, cell, on: "lab" };
}

function started(run: string, cell = "ping"): SessionFact {
  return { type: "run-started", run, cell, on: "lab", source: "true" };
}

function ended(run: string, code = 0): SessionFact {
  return { type: "run-ended", run, end: { type: "exit", code }, milliseconds: 3100 };
}

function lost(run: string): SessionFact {
  return {
    type: "run-ended",
    run,
    end: { type: "lost", reason: "The VM was killed." },
    milliseconds: 5,
  };
}

test("a run goes from queued over running to its exit code", () => {
  const list = events({ type: "sandbox-starting", kind: "vm" }, queued("a"), ready, started("a"));
  assert.equal(fold(list.slice(0, 2)).runs.get("a")?.startedAt, undefined);
  assert.equal(fold(list).runs.get("a")?.startedAt, 1003);
  const after = fold(
    events(
      { type: "sandbox-starting", kind: "vm" },
      queued("a"),
      ready,
      started("a"),
      ended("a", 1),
    ),
  );
  assert.deepEqual(after.runs.get("a")?.end, { type: "exit", code: 1 });
  assert.equal(after.runs.get("a")?.milliseconds, 3100);
  assert.equal(after.latest.get("ping"), "a");
});

test("an event that is replayed changes nothing", () => {
  const list = events(ready, queued("a"), started("a"), ended("a"));
  const once = fold(list);
  assert.deepEqual(list.reduce(applyEvent, once), once);
});

test("the sandbox says which kernel answers, and why it ended", () => {
  assert.deepEqual(fold(events(ready)).sandbox, {
    state: "ready",
    kind: "vm",
    kernel: "Linux 6.1 in a VM",
  });
  assert.deepEqual(fold(events(ready, { type: "sandbox-ended", reason: "It died." })).sandbox, {
    state: "ended",
    reason: "It died.",
  });
});

test("a sandbox that ends begins one new generation, not two", () => {
  const model = fold(
    events(
      ready,
      { type: "sandbox-ended", reason: "Reset." },
      { type: "sandbox-starting", kind: "vm" },
      ready,
    ),
  );
  assert.equal(model.generation, 1);
});

test("a sandbox that is replaced without a farewell begins a new generation", () => {
  const model = fold(events(ready, { type: "sandbox-starting", kind: "vm" }, ready));
  assert.equal(model.generation, 1);
});

test("a run counts for the sandbox in which it began, not for the one when it was queued", () => {
  const model = fold(
    events(ready, queued("a"), { type: "sandbox-ended", reason: "Reset." }, ready, started("a")),
  );
  assert.equal(model.runs.get("a")?.generation, 1);
});

test("a run that ends before it began leaves the cell with its run of before", () => {
  const model = fold(events(ready, queued("a"), started("a"), ended("a"), queued("b"), lost("b")));
  assert.equal(model.latest.get("ping"), "a");
  assert.equal(model.runs.get("a")?.notAgain, "The VM was killed.");
});

test("the first run of a cell stays its newest one even when it never began", () => {
  assert.equal(fold(events(ready, queued("a"), lost("a"))).latest.get("ping"), "a");
});

test("output that is no longer kept is noted with its size", () => {
  const model = fold(
    events(ready, queued("a"), started("a"), { type: "run-cut", run: "a", keptBytes: 4096 }),
  );
  assert.equal(model.runs.get("a")?.keptBytes, 4096);
});

test("the newest pace holds, through a new sandbox too", () => {
  assert.equal(emptySession.pace, undefined);
  const model = fold(
    events({ type: "pace-set", pace: 10 }, { type: "pace-set", pace: 0 }, ready, ready),
  );
  assert.equal(model.pace, 0);
});
