// What Stop does to a run that goes on, that has not begun, that is deaf, and to those behind it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { cell, ended, newSession } from "./session.fake.ts";
import { fakePage } from "./sessionPage.fake.ts";

test("Stop interrupts what runs, again and again, and empties the queue", async () => {
  const { session } = newSession();
  const page = fakePage(session);
  session.run([cell("a", "deaf 2"), cell("b", "say 1 1")]);
  await page.until((event) => event.type === "run-started");
  session.stop();
  const stopped = await page.until(ended("a"));
  assert.deepEqual(stopped.type === "run-ended" && stopped.end, { type: "exit", code: 130 });
  const dropped = await page.until(ended("b"));
  assert.deepEqual(dropped.type === "run-ended" && dropped.end, {
    type: "lost",
    reason: "Stopped before it started.",
  });
  await session.close("over");
});

test("Stop while the sandbox is being opened ends the run at once; the next run has it", async () => {
  const { session, source } = newSession();
  const page = fakePage(session);
  const { open } = source;
  let letOpen: () => void = () => undefined;
  source.open = async () => {
    await new Promise<void>((resolve) => (letOpen = resolve));
    return open();
  };
  session.run([cell("a", "say 1 1"), cell("b", "say 1 1")]);
  await page.until((event) => event.type === "sandbox-starting");
  session.stop();
  const stopped = await page.until(ended("a"));
  assert.match(JSON.stringify(stopped), /Stopped before it started/);
  await page.until(ended("b"));
  session.run([cell("c", "exit 4")]);
  letOpen();
  const next = await page.until(ended("c"));
  assert.deepEqual(next.type === "run-ended" && next.end, { type: "exit", code: 4 });
  const started = page.events.filter((event) => event.type === "run-started");
  assert.equal(started.length, 1);
  assert.equal(source.opened.length, 1);
  await session.close("over");
});

test("Stop pressed again goes on where the first one gave up", { timeout: 30_000 }, async () => {
  const { session } = newSession(undefined, 0);
  const page = fakePage(session);
  session.run([cell("a", "deaf 120")]);
  await page.until((event) => event.type === "run-started");
  const interrupts = () =>
    page.events.filter((event) => event.type === "terminal-output" && event.data === "Aw==").length;
  for (const enough of [50, 100, 150]) {
    session.stop();
    await page.until((event) => event.type === "run-ended" || interrupts() >= enough);
  }
  await page.until(ended("a"));
  await session.close("over");
});

test("Stop for another cell leaves the running one alone", async () => {
  const { session } = newSession();
  const page = fakePage(session);
  session.run([cell("a", "hang"), cell("b", "say 1 1")]);
  await page.until((event) => event.type === "run-started");
  session.stop("b");
  await page.until(ended("b"));
  assert.ok(!page.events.some(ended("a")));
  session.stop("a");
  await page.until(ended("a"));
  await session.close("over");
});
