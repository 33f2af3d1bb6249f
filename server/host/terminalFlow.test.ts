// Back-pressure: does a program wait when its output is not read, does nothing get lost when it is
// read late, and does a terminal that nobody looks at go on?

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Sandbox } from "../../shared/sandbox.ts";
import { newNonce, openForTest, runText, size } from "./runText.fixture.ts";

let sandbox: Sandbox;
before(async () => {
  sandbox = await openForTest();
});
after(() => sandbox[Symbol.asyncDispose]());

const lines = 200_000;
const all = Array.from({ length: lines }, (_, index) => `${index + 1}\n`).join("");

test("output that is read by nobody but the run arrives whole", async () => {
  const terminal = await sandbox.terminal("lab", size);
  const { output, end } = await runText(terminal, `seq ${lines}`);
  assert.equal(end, 0);
  assert.ok(output === all);
});

test("a run that is not read makes its program wait, then goes on where it was", async () => {
  await using own = await openForTest();
  const terminal = await own.terminal("lab", size);
  await runText(terminal, "ip netns add other");
  const other = await own.terminal("other", size);
  const run = terminal.run(`seq ${lines}`, { nonce: newNonce() })[Symbol.asyncIterator]();
  const first = await run.next();
  // While nobody reads, the program's use of the processor comes to a stop.
  const ticks = "cut -d ' ' -f 14,15 /proc/$(pgrep -x seq)/stat";
  const waits = `until a=$(${ticks}); sleep 0.3; [ "$a" = "$(${ticks})" ]; do :; done; pgrep -x seq`;
  const { output } = await runText(other, waits);
  assert.match(output, /^\d+\n$/);
  const parts: Uint8Array[] = [];
  for (let next = first; !next.done; next = await run.next()) {
    if (next.value.type === "output") parts.push(next.value.bytes);
  }
  assert.ok(Buffer.concat(parts).toString().replaceAll("\r\n", "\n") === all);
});

test("a screen that is not read makes its program wait, too", async () => {
  await using own = await openForTest();
  const terminal = await own.terminal("lab", size);
  const screen = terminal.output[Symbol.asyncIterator]();
  await screen.next();
  const { end } = await runText(terminal, "true");
  assert.equal(end, 0);
  await runText(terminal, "ip netns add other");
  const other = await own.terminal("other", size);
  terminal.write(Buffer.from("yes\r"));
  const ticks = "cut -d ' ' -f 14,15 /proc/$(pgrep -x yes)/stat";
  const waits = `until pgrep -x yes > /tmp/x; do :; done; until a=$(${ticks}); sleep 0.3; [ "$a" = "$(${ticks})" ]; do :; done; pgrep -x yes`;
  assert.match((await runText(other, waits)).output, /^\d+\n$/);
});

test("a size that changes reaches the program", async () => {
  const terminal = await sandbox.terminal("lab", { columns: 93, rows: 17 });
  assert.equal((await runText(terminal, "stty size")).output, "17 93\n");
  terminal.resize({ columns: 101, rows: 33 });
  const waits = "until [ \"$(stty size)\" = '33 101' ]; do :; done; echo resized";
  assert.equal((await runText(terminal, waits)).output, "resized\n");
});
