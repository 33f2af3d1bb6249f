// Sessions on disk: order, torn and damaged files, a disk that refuses, permissions.

import assert from "node:assert/strict";
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { SessionEvent } from "../../shared/session.ts";
import { fileStore } from "./sessionStore.ts";
import { stateDirectory } from "./stateDirectory.ts";

async function directoryOf(context: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "vethbook-store-"));
  context.after(() => rm(directory, { recursive: true }));
  return directory;
}

const event = (seq: number): SessionEvent => ({
  seq,
  time: seq,
  type: "terminal-output",
  terminal: "lab",
  data: "QQ==",
});
const never = (sentence: string) => assert.fail(sentence);

test("what was appended and rewritten comes back, in order", async (context) => {
  const directory = await directoryOf(context);
  const store = fileStore(directory, never);
  const first = await store.open("a.b");
  assert.deepEqual(first.events, []);
  for (let seq = 1; seq <= 300; seq += 1) {
    first.append(event(seq));
    if (seq % 100 === 0) {
      void first.flush();
    }
  }
  await first.flush();
  const second = await store.open("a.b");
  assert.deepEqual(
    second.events.map(({ seq }) => seq),
    Array.from({ length: 300 }, (_, index) => index + 1),
  );
  second.append(event(301));
  second.rewrite([event(1000), event(1001)]);
  second.append(event(1002));
  await second.flush();
  second.append(event(1003));
  await second.flush();
  assert.deepEqual(
    (await store.open("a.b")).events.map(({ seq }) => seq),
    [1000, 1001, 1002, 1003],
  );
  assert.equal((await stat(join(directory, "sessions"))).mode & 0o777, 0o700);
  assert.equal((await stat(join(directory, "sessions", "a.b.jsonl"))).mode & 0o777, 0o600);
});

test("a torn last line is dropped; damage in the middle keeps what stands before it", async (context) => {
  const directory = await directoryOf(context);
  const store = fileStore(directory, never);
  const file = join(directory, "sessions", "s.jsonl");
  const record = await store.open("s");
  record.append(event(1));
  record.append(event(2));
  await record.flush();
  const whole = await readFile(file, "utf8");
  for (let cut = 1; cut < 60; cut += 1) {
    await writeFile(file, whole.slice(0, -cut));
    const { events } = await store.open("s");
    assert.deepEqual(events, [event(1)], `cut by ${cut}`);
  }
  await writeFile(file, whole);
  await appendFile(file, `{"nonsense\n${JSON.stringify(event(3))}\n`);
  assert.deepEqual((await store.open("s")).events, [event(1), event(2)]);
  // What is written after a torn file is opened again is whole.
  await writeFile(file, whole.slice(0, -3));
  const again = await store.open("s");
  again.rewrite([...again.events, event(2)]);
  await again.flush();
  assert.deepEqual((await store.open("s")).events, [event(1), event(2)]);
});

test("a file of another kind is set aside with a sentence", async (context) => {
  const directory = await directoryOf(context);
  const said: string[] = [];
  const store = fileStore(directory, (sentence) => said.push(sentence));
  await (await store.open("s")).flush();
  await writeFile(join(directory, "sessions", "s.jsonl"), "something else\n");
  assert.deepEqual((await store.open("s")).events, []);
  assert.match(said.join(), /set aside/);
});

test("a disk that refuses is told once, and nothing throws", async (context) => {
  const directory = await directoryOf(context);
  const said: string[] = [];
  const store = fileStore(directory, (sentence) => said.push(sentence));
  const record = await store.open("s");
  // The folder becomes a file: every write fails from here on, also for root.
  await rm(join(directory, "sessions"), { recursive: true });
  await writeFile(join(directory, "sessions"), "");
  assert.equal(record.safe(), true);
  for (let seq = 1; seq < 5; seq += 1) {
    record.append(event(seq));
    await record.flush();
  }
  assert.equal(record.safe(), false);
  assert.equal(said.length, 1);
  assert.match(said[0] ?? "", /kept in memory only; make room/);
});

test("an id that could leave the folder is refused", async (context) => {
  const store = fileStore(await directoryOf(context), never);
  for (const id of ["../x", "a/b", "", ".hidden", "a\0b"]) {
    await assert.rejects(store.open(id), /not a session id/);
  }
});

test("the state directory follows the environment", () => {
  assert.equal(stateDirectory({ VETHBOOK_STATE: "/a" }), "/a");
  assert.equal(stateDirectory({ XDG_STATE_HOME: "/b" }), "/b/vethbook");
  assert.match(stateDirectory({ XDG_STATE_HOME: "relative" }), /\.local\/state\/vethbook$/);
});
