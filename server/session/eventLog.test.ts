// The numbered list: order, windows, shortening, and that a number never names two events.

import assert from "node:assert/strict";
import { test } from "node:test";
import { EventLog } from "../../shared/session/eventLog.ts";
import type { SessionEvent, SessionFact } from "../../shared/session.ts";

function logInMemory(events: readonly SessionEvent[] = []) {
  const disk: SessionEvent[] = [...events];
  const mirror = {
    append: (event: SessionEvent) => void disk.push(event),
    rewrite: (all: readonly SessionEvent[]) => void disk.splice(0, disk.length, ...all),
  };
  return { disk, log: new EventLog({ now: () => 7, mirror, events }) };
}

const output = (terminal: string, size: number): SessionFact => ({
  type: "terminal-output",
  terminal,
  data: "A".repeat(size),
});

function startRun(log: EventLog, run: string, cell: string): void {
  log.append({ type: "run-started", run, cell, on: "lab", source: "x" });
}

function endRun(log: EventLog, run: string): void {
  log.append({ type: "run-ended", run, end: { type: "exit", code: 0 }, milliseconds: 1 });
}

test("numbers start at 1 and have no gaps, for the page and for the disk", () => {
  const { log, disk } = logInMemory();
  assert.deepEqual([log.first, log.head], [1, 0]);
  for (let index = 0; index < 5; index += 1) {
    log.append(output("lab", 4));
  }
  assert.deepEqual(
    log.read(0).map((event) => event.seq),
    [1, 2, 3, 4, 5],
  );
  assert.deepEqual(
    log.read(3).map((event) => event.seq),
    [4, 5],
  );
  assert.deepEqual(disk, log.read(0));
});

test("a cursor hands out batches, wakes on news and counts what is unseen", () => {
  const { log } = logInMemory();
  let woken = 0;
  const cursor = log.follow(0, () => {
    woken += 1;
  });
  for (let index = 0; index < 4; index += 1) {
    log.append(output("lab", 1000));
  }
  assert.equal(woken, 4);
  assert.deepEqual(
    cursor.take(2500).map((event) => event.seq),
    [1, 2],
  );
  assert.deepEqual(
    cursor.take(1).map((event) => event.seq),
    [3],
    "one event goes even if it is bigger than asked for",
  );
  const { unseen } = cursor;
  cursor.see(2);
  assert.ok(cursor.unseen > 0 && cursor.unseen < unseen);
  cursor.see(3);
  assert.equal(cursor.unseen, 0);
  assert.ok(cursor.behind > 1000, "the fourth is still to come");
  cursor.take(1e6);
  cursor.see(4);
  assert.equal(cursor.behind, 0);
  log.unfollow(cursor);
  log.append(output("lab", 1));
  assert.equal(woken, 4);
});

test("shortening keeps the newest run of each cell and the end of each terminal", () => {
  const { log, disk } = logInMemory();
  startRun(log, "old", "a");
  log.append({ type: "run-output", run: "old", data: "B".repeat(1000) });
  endRun(log, "old");
  startRun(log, "only", "b");
  log.append({ type: "run-output", run: "only", data: "C".repeat(1000) });
  endRun(log, "only");
  startRun(log, "new", "a");
  log.append(output("quiet", 800));
  const before = log.head;
  for (let sent = 0; sent < 9 * 1024 * 1024; sent += 32_000) {
    log.append(output("loud", 32_000));
  }
  const kept = log.read(0);
  assert.ok(log.first > before, "old numbers are behind the first one");
  assert.deepEqual(
    kept.map((event) => event.seq),
    kept.map((_event, index) => log.first + index),
  );
  assert.deepEqual(
    [...new Set(kept.flatMap((event) => ("run" in event ? [event.run] : [])))],
    ["only", "new"],
  );
  assert.ok(kept.some((event) => event.type === "terminal-output" && event.terminal === "quiet"));
  assert.ok(
    kept.reduce((sum, event) => sum + ("data" in event ? event.data.length : 0), 0) < 4e6,
    "most of the loud output is gone",
  );
  assert.deepEqual(disk, kept);
});

test("a connected page goes on through a shortening: nothing twice, nothing lost", () => {
  const { log } = logInMemory();
  const cursor = log.follow(0, () => undefined);
  const seen: string[] = [];
  let last = 0;
  for (let index = 0; index < 2000; index += 1) {
    log.append({ type: "terminal-output", terminal: "lab", data: `${index}`.padEnd(16_000, "=") });
    // Always about 160 kB behind, so that the shortening meets events that are not sent yet.
    if (index % 10 === 9) {
      for (const event of cursor.take(170_000)) {
        assert.ok(event.seq > last);
        last = event.seq;
        seen.push("data" in event ? event.data : "");
      }
      cursor.see(last);
    }
  }
  seen.push(...cursor.take(1e9).map((event) => ("data" in event ? event.data : "")));
  assert.equal(cursor.broken, false);
  assert.deepEqual(
    seen.map((data) => Number.parseInt(data, 10)),
    Array.from({ length: 2000 }, (_, index) => index),
  );
  assert.ok(log.first > 2000);
});

test("a page that is hopelessly behind is broken, and starts anew when it comes back", () => {
  const { log } = logInMemory();
  log.append(output("lab", 10));
  const cursor = log.follow(0, () => undefined);
  for (let sent = 0; sent < 9 * 1024 * 1024; sent += 32_000) {
    log.append(output("lab", 32_000));
  }
  assert.equal(cursor.broken, true);
  assert.deepEqual(cursor.take(1000), []);
  const again = log.follow(1, () => undefined);
  assert.ok(1 + 1 < log.first, "so the page knows");
  assert.equal(again.take(1)[0]?.seq, log.first);
});

test("a page that knows more than the log starts anew", () => {
  const { log } = logInMemory();
  log.append(output("lab", 10));
  const cursor = log.follow(500, () => undefined);
  assert.ok(log.first > 501);
  assert.equal(cursor.take(1000).length, 1);
});
