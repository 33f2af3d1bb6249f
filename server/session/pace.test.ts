// How time passes in a session whose sandbox has virtual time: told to every page, kept through
// Reset, a new sandbox and a restart, and refused where time is real.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SandboxError } from "../../shared/sandbox.ts";
import { cell, ended, newSession } from "./session.fake.ts";
import { fakePage } from "./sessionPage.fake.ts";

test("a pace is an event, and holds for the sandbox that is there and for every later one", async () => {
  const { session, source } = newSession([], undefined, 1);
  const page = fakePage(session);
  session.setPace(10);
  session.run([cell("a", "say 1 1")]);
  await page.until(ended("a"));
  assert.deepEqual(source.opened[0]?.told, [10], "set before anything ran");
  session.setPace("fastest");
  await page.until((event) => event.type === "pace-set" && event.pace === "fastest");
  assert.deepEqual(source.opened[0]?.told, [10, "fastest"]);
  await session.reset();
  assert.deepEqual(source.opened[0]?.told.at(-1), "fastest");
  assert.equal(source.opened[0]?.told.length, 3, "and again after the reset");
  source.opened[0]?.die("It was killed.");
  await page.until((e) => e.type === "sandbox-ended" && e.reason === "It was killed.");
  session.run([cell("b", "say 1 1")]);
  await page.until(ended("b"));
  assert.deepEqual(source.opened[1]?.told, ["fastest"]);
  assert.deepEqual(
    page.events.filter((event) => event.type === "pace-set").map((event) => event.pace),
    [10, "fastest"],
  );
  await session.close("over");
});

test("a restart keeps the pace", async () => {
  const { session, source } = newSession(
    [
      { type: "pace-set", pace: 10, seq: 1, time: 1 },
      { type: "pace-set", pace: 0, seq: 2, time: 2 },
    ],
    undefined,
    1,
  );
  session.run([cell("a", "exit 0")]);
  await fakePage(session).until(ended("a"));
  assert.deepEqual(source.opened[0]?.told, [0]);
  await session.stepEvent();
  assert.deepEqual(source.opened[0]?.told, [0, "step"]);
  await session.close("over");
});

test("a step is refused while time passes, both are refused where time is real", async () => {
  const passing = newSession([], undefined, 1).session;
  await assert.rejects(passing.stepEvent(), /Time passes. Pause it/);
  passing.setPace(0);
  await passing.stepEvent();
  const real = newSession().session;
  assert.throws(() => real.setPace(0), SandboxError);
  await assert.rejects(real.stepEvent(), /time of this sandbox is real/);
  assert.equal(real.log.head, 0);
  for (const session of [passing, real]) await session.close("over");
});
