// The server's end of a control connection against an agent that is somebody else, or is read slowly.
// The real agent at the other end: agent.test.ts.

import assert from "node:assert/strict";
import { Duplex } from "node:stream";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { connectAgent } from "./connection.ts";
import { encodeFrame } from "./frames.ts";

/** A stream that swallows what is written; the test pushes what "the agent" says. */
function silent(): Duplex {
  return new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() });
}

const garbled = [
  ["N", "]"],
  ["N", '{"inode":1}'],
  ["N", '[{"inode":1,"pid":1,"hostname":"lab","netnsNames":null,"initial":true}]'],
  ["C", '{"inode":1,"group":"nosuch"}'],
  ["C", "null"],
] as const;

test("an agent that talks nonsense ends its connection and nothing else", async () => {
  for (const [type, text] of garbled) {
    const stream = silent();
    const agent = connectAgent(stream);
    const asked = agent.namespaces();
    stream.push(encodeFrame(type, 0, Buffer.from(text)));
    await assert.rejects(asked, /does not make sense/, text);
    assert.match(await agent.closed, /Run starts a new one/);
    assert.equal(stream.destroyed, true);
  }
});

test("a program that is read slowly has to wait", async () => {
  const stream = silent();
  const agent = connectAgent(stream);
  const events = agent.stream(["yes"])[Symbol.asyncIterator]();
  const frame = encodeFrame("D", 0, Buffer.alloc(60_000, "y\n"));
  const first = events.next();
  let pushed = 0;
  for (; pushed < 100 && !stream.isPaused(); pushed++) {
    stream.push(frame);
    await nextTurn();
  }
  await first;
  assert.ok(pushed > 10 && pushed < 30, `${pushed} frames were taken`);
  for (let taken = 1; taken < pushed; taken++) await events.next();
  assert.equal(stream.isPaused(), false);
  stream.push(encodeFrame("E", 0, Uint8Array.of(3)));
  assert.deepEqual((await events.next()).value, { type: "exit", code: 3 });
  agent.close();
});
