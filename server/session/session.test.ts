// One reader's session on a fake sandbox: runs, Reset, death, terminals, back-pressure, idle.
// Not here: Stop (stopRuns.test.ts).

import assert from "node:assert/strict";
import { test } from "node:test";
import { KEPT_BYTES } from "../../shared/session/runQueue.ts";
import type { SessionEvent } from "../../shared/session.ts";
import { bytesOf } from "./sandbox.fake.ts";
import { cell, ended, newSession } from "./session.fake.ts";
import { fakePage, outputOf } from "./sessionPage.fake.ts";

const size = { columns: 80, rows: 24 };

test("runs go one at a time and in order; a failing cell does not stop the queue", async () => {
  const { session, source } = newSession();
  const page = fakePage(session);
  assert.equal(
    session.run([cell("a", "say 5000 1"), cell("b", "exit 3"), cell("c", "say 10 2", "netns1")]),
    undefined,
  );
  const last = await page.until(ended("c"));
  assert.deepEqual(
    page.events.filter((event) => !event.type.startsWith("terminal-")).map((event) => event.type),
    [
      ...["run-queued", "run-queued", "run-queued", "sandbox-starting", "sandbox-ready"],
      ...["run-started", "run-output", "run-ended", "run-started", "run-ended"],
      ...["run-started", "run-output", "run-ended"],
    ],
  );
  assert.deepEqual(last.type === "run-ended" && last.end, { type: "exit", code: 0 });
  assert.deepEqual(outputOf(page.events, "a"), Buffer.from(bytesOf(5000, 1)));
  const nonces = source.opened[0]?.nonces ?? [];
  assert.equal(new Set(nonces).size, 3);
  assert.ok(nonces.every((nonce) => /^[0-9a-f]{32}$/.test(nonce)));
  assert.ok(page.events.some((event) => event.type === "run-ended" && event.milliseconds >= 0));
  await session.close("over");
});

test("a run keeps one MiB and says when it was cut; the terminal's own output goes on", async () => {
  const { session } = newSession();
  const page = fakePage(session);
  session.run([cell("a", "flood")]);
  const cut = await page.until((event) => event.type === "run-cut");
  assert.equal(cut.type === "run-cut" && cut.keptBytes, KEPT_BYTES);
  const after = page.events.length;
  await page.until((event) => event.seq > cut.seq + 200 && event.type === "terminal-output");
  session.stop();
  await page.until(ended("a"));
  assert.ok(page.events.slice(after).every((event) => event.type !== "run-output"));
  assert.equal(outputOf(page.events, "a").length, KEPT_BYTES);
  assert.equal(page.events.filter((event) => event.type === "run-cut").length, 1);
  await session.close("over");
});

test("when the sandbox dies the run is lost with its sentence, and the next run opens another", async () => {
  const { session, source } = newSession();
  const page = fakePage(session);
  session.run([cell("a", "hang"), cell("b", "say 1 1")]);
  await page.until((event) => event.type === "run-started");
  source.opened[0]?.die("The VM was killed.");
  const lost = await page.until(ended("a"));
  assert.deepEqual(lost.type === "run-ended" && lost.end, {
    type: "lost",
    reason: "The VM was killed.",
  });
  await page.until(ended("b"));
  assert.ok(
    page.events.some((e) => e.type === "sandbox-ended" && e.reason === "The VM was killed."),
  );
  assert.ok(page.events.some((e) => e.type === "terminal-ended"));
  assert.equal(source.opened[0]?.disposed(), true);
  session.run([cell("c", "exit 7")]);
  const next = await page.until(ended("c"));
  assert.deepEqual(next.type === "run-ended" && next.end, { type: "exit", code: 7 });
  assert.equal(source.opened.length, 2);
  await session.close("over");
  assert.equal(source.opened[1]?.disposed(), true);
});

test("a sandbox that does not start ends the run with a sentence", async () => {
  const { session, source } = newSession();
  const page = fakePage(session);
  source.open = async () => {
    throw new Error("no such file\n    at stack");
  };
  session.run([cell("a", "say 1 1"), cell("b", "say 1 1")]);
  const lost = await page.until(ended("a"));
  assert.deepEqual(lost.type === "run-ended" && lost.end, {
    type: "lost",
    reason: "The sandbox did not start: no such file",
  });
  await page.until(ended("b"));
  await session.close("over");
});

test("Reset ends what runs, says so and answers again; a missing namespace is a sentence", async () => {
  const { session, source } = newSession();
  const page = fakePage(session);
  session.run([cell("a", "hang")]);
  await page.until((event) => event.type === "run-started");
  const mark = page.events.length;
  const resetting = session.reset();
  session.run([cell("b", "say 4 4"), cell("c", "say 1 1", "elsewhere")]);
  await resetting;
  const lost = await page.until(ended("a"));
  assert.equal(lost.type === "run-ended" && lost.end.type, "lost");
  await page.until(ended("b"));
  const refused = await page.until(ended("c"));
  assert.match(JSON.stringify(refused), /There is no namespace elsewhere/);
  const types = page.events.slice(mark).map((event) => event.type);
  assert.deepEqual(
    types.filter((type) => type.startsWith("sandbox-")),
    ["sandbox-ended", "sandbox-starting", "sandbox-ready"],
  );
  assert.equal(source.opened.length, 1, "the same sandbox was reset");
  await session.close("over");
});

test("a terminal of the dock shows what is typed, ends with exit and opens again", async () => {
  const { session } = newSession();
  const page = fakePage(session);
  await assert.rejects(session.type("netns1", "x"), /The terminal netns1 is not open/);
  await session.openTerminal("netns1", size);
  await session.openTerminal("netns1", { columns: 100, rows: 30 });
  await session.type("netns1", "ab");
  await session.type("netns1", "\rexit\r");
  await page.until((event) => event.type === "terminal-ended");
  const typed = page.events.flatMap((event) =>
    event.type === "terminal-output" ? [Buffer.from(event.data, "base64").toString()] : [],
  );
  assert.equal(typed.join(""), "ab\rexit\r");
  await session.openTerminal("netns1", size);
  await page.until(
    (event) => event.type === "terminal-opened" && event.seq > (page.events[2]?.seq ?? 0) + 3,
  );
  assert.equal(page.events.filter((event) => event.type === "terminal-opened").length, 2);
  await assert.rejects(session.openTerminal("elsewhere", size), /no namespace elsewhere/);
  await session.close("over");
});

test("a namespace that was made anew has a new terminal of the old size", async () => {
  const { session, source } = newSession();
  const page = fakePage(session);
  await session.openTerminal("netns1", size);
  source.opened[0]?.makeAnew("netns1");
  session.run([cell("a", "say 5 1", "netns1")]);
  await page.until(ended("a"));
  const facts = page.events.flatMap((event) =>
    event.type === "terminal-opened" || event.type === "terminal-ended" ? [event.type] : [],
  );
  assert.deepEqual(facts, ["terminal-opened", "terminal-ended", "terminal-opened"]);
  await session.type("netns1", "to the new one");
  await page.until((event) => event.type === "terminal-output" && /new/.test(atob(event.data)));
  await session.close("over");
});

test("frames that are asked for while the sandbox is being opened are captured once", async () => {
  const { session, source } = newSession();
  const opening = session.openTerminal("lab", size);
  await Promise.all([opening, session.capture(), session.capture()]);
  assert.equal(source.opened[0]?.captures(), 1);
  await session.close("over");
});

test("the state of the network is kept with what it was when the last run began", async () => {
  const { session, source } = newSession();
  const page = fakePage(session);
  await session.openTerminal("lab", size);
  const sandbox = source.opened[0];
  assert.ok(sandbox);
  let news: () => void = () => undefined;
  const states = session.join(0, {
    onEvents: () => undefined,
    onState: () => news(),
    onPackets: () => undefined,
  });
  const nextState = () => new Promise<void>((resolve) => (news = resolve));
  let told = nextState();
  await sandbox.observeNow(1);
  await told;
  const times = () => [session.view?.before?.time, session.view?.state.time];
  assert.deepEqual(times(), [undefined, 1]);
  session.run([cell("a", "say 1 1")]);
  await page.until(ended("a"));
  told = nextState();
  await sandbox.observeNow(2);
  await told;
  assert.deepEqual(times(), [1, 2]);
  assert.equal(sandbox.pokes(), 1);
  states.leave();
  await session.close("over");
});

test("a page that shows nothing stops the flood; one that keeps up lets it go on", async () => {
  const { session, source } = newSession();
  const stuck = fakePage(session, { acknowledge: false });
  session.run([cell("a", "flood")]);
  await settled(() => source.opened[0]?.produced() ?? 0);
  const produced = source.opened[0]?.produced() ?? 0;
  assert.ok(produced > 100_000 && produced < 1024 * 1024, `${produced} bytes were read`);
  const quick = fakePage(session);
  await quick.until((event) => event.type === "run-cut");
  assert.ok((source.opened[0]?.produced() ?? 0) > produced);
  session.stop();
  await quick.until(ended("a"));
  stuck.leave();
  await session.close("over");
});

test("without a page a flood goes on for 4 MiB and waits for a page", async () => {
  const { session, source } = newSession();
  session.run([cell("a", "flood")]);
  await settled(() => source.opened[0]?.produced() ?? 0);
  const produced = source.opened[0]?.produced() ?? 0;
  assert.ok(produced > 1024 * 1024 && produced < 4 * 1024 * 1024, `${produced} bytes were read`);
  const page = fakePage(session);
  session.stop();
  await page.until(ended("a"));
  await session.close("over");
});

test("a flooding terminal does not starve a quiet one", async () => {
  const { session } = newSession();
  const page = fakePage(session);
  await session.openTerminal("netns1", size);
  session.run([cell("a", "flood")]);
  await page.until((event) => event.type === "run-output");
  const before = session.log.appended;
  await session.type("netns1", "k");
  await page.until((event) => event.type === "terminal-output" && event.terminal === "netns1");
  assert.ok(session.log.appended - before < 1024 * 1024, "the key was answered among the flood");
  session.stop();
  await page.until(ended("a"));
  await session.close("over");
});

test("thirty minutes without a page close the sandbox; a page that comes back stops that", async () => {
  const { session, source, pending, idled } = newSession();
  const page = fakePage(session);
  session.run([cell("a", "say 1 1")]);
  await page.until(ended("a"));
  page.leave();
  assert.deepEqual(
    pending.map((timer) => timer.milliseconds),
    [30 * 60 * 1000],
  );
  const back = fakePage(session);
  assert.equal(pending.length, 0);
  back.leave();
  pending[0]?.action();
  await settled(idled);
  assert.equal(idled(), 1);
  assert.equal(source.opened[0]?.disposed(), true);
  assert.match(JSON.stringify(session.log.read(0).at(-1)), /Nobody was here for 30 minutes/);
  await session.close("over");
});

test("a session that no page ever joined is forgotten as well", async () => {
  const { session, pending, idled } = newSession();
  assert.equal(pending.length, 1);
  pending[0]?.action();
  await settled(idled);
  assert.equal(idled(), 1);
  await session.close("over");
});

test("a session left by a stopped server tells the truth", async () => {
  const before: SessionEvent[] = [
    { seq: 1, time: 10, type: "sandbox-starting", kind: "vm" },
    { seq: 2, time: 20, type: "sandbox-ready", kind: "vm", kernel: "Linux" },
    { seq: 3, time: 30, type: "run-queued", run: "r1", cell: "a", on: "lab" },
    { seq: 4, time: 31, type: "run-queued", run: "r2", cell: "b", on: "lab" },
    { seq: 5, time: 40, type: "terminal-opened", terminal: "lab" },
    { seq: 6, time: 50, type: "run-started", run: "r1", cell: "a", on: "lab", source: "x" },
    { seq: 7, time: 90, type: "run-output", run: "r1", data: "QUJD" },
  ];
  const { session } = newSession(before);
  const events = session.log.read(0);
  assert.deepEqual(
    events.slice(7).map(({ seq: _seq, time: _time, ...fact }) => fact),
    [
      {
        type: "run-ended",
        run: "r1",
        milliseconds: 40,
        end: {
          type: "lost",
          reason:
            "The server stopped while this ran. What was printed is kept. Run the cell again.",
        },
      },
      {
        type: "run-ended",
        run: "r2",
        milliseconds: 0,
        end: {
          type: "lost",
          reason: "The server stopped before this ran. Run the cell again.",
        },
      },
      {
        type: "terminal-ended",
        terminal: "lab",
        reason: "The server stopped, and this terminal with it.",
      },
      {
        type: "sandbox-ended",
        reason: "The server stopped, and the sandbox with it. Run starts a new one.",
      },
    ],
  );
  assert.ok(session.log.first > 1000, "a page of the old server starts anew");
  await session.close("over");
});

/** Settles once a value has not changed for many turns of the event loop. */
async function settled(value: () => number): Promise<void> {
  let last = Number.NaN;
  for (let quiet = 0; quiet < 200; quiet += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    if (value() !== last) {
      last = value();
      quiet = 0;
    }
  }
}
