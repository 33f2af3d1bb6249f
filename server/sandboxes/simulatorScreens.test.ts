// Does a reader see what bash would show them for the same keys? The screens were recorded from bash
// 5.2 on a pseudo-terminal; numbers of processes are left out.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { seenAfter } from "../../simulator/shell/interactive/screen.fixture.ts";
import { openTerminal, runText } from "./simulatorTerminal.fixture.ts";

type Recorded = {
  readonly columns: number;
  readonly keys: readonly string[];
  readonly wait: number;
  readonly lines: readonly string[];
  readonly cursor: readonly [number, number];
};

const file = new URL(
  "../../simulator/shell/interactive/terminalScreens.recorded.json",
  import.meta.url,
);
const recorded = JSON.parse(await readFile(file, "utf8")) as readonly Recorded[];

for (const { columns, keys, wait, lines, cursor } of recorded) {
  test(`${JSON.stringify(keys)} on ${columns} columns`, async () => {
    await using open = await openTerminal(columns);
    for (const each of keys) {
      await open.type(each);
      await sleep(wait);
    }
    const seen = () => {
      const now = seenAfter(open.shown(), columns);
      const named = now.lines.map((line) =>
        line.replace(/^(\[\d+\]) \d+$/, "$1 PID").replace(/^(\[\d+\][+-]? )\s*\d+/, "$1PID"),
      );
      return { lines: named, cursor: now.cursor };
    };
    // A program that is fetched for the first time may take a while.
    for (let more = 0; more < 40 && seen().lines.length < lines.length; more++) await sleep(25);
    assert.deepEqual(seen(), { lines, cursor });
  });
}

const keys = fc.oneof(
  fc.constantFrom(..."ech ls if fi do {}()|&;<>'\"$!^#~/\\*[]?=1 ".split("")),
  fc.constantFrom(
    ...["\r", "\t", "\x7f", "\x1b", "\x03", "\x1a", "\x04", "\x12", "\x07", "\x16", "\x19"],
  ),
  fc.constantFrom(
    ...["\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[H", "\x1b[F", "\x1b[3~", "\x1b[1;5C"],
  ),
  fc.constantFrom(..."\x01\x02\x05\x06\x0b\x0c\x0e\x10\x14\x15\x17\x1f\x18\x1c\x00".split("")),
  fc.constantFrom("\x1b[200~", "\x1b[201~", "\x1b.", "\x1by", "\x1bt", "\x1bu", "\x1b\x7f"),
  fc.constantFrom("ip ", "ip netns exec ", "sleep 1", "\xc3\xa4", "\xff", "cat ", "jobs", "fg "),
);

test("10,000 random keys neither break the shell nor keep it busy", async () => {
  const all = fc.sample(keys, { numRuns: 10_000, seed: 5 });
  let open = await openTerminal(33);
  for (let at = 0; at < all.length; at += 100) {
    open.terminal.write(Buffer.from(all.slice(at, at + 100).join(""), "latin1"));
    open.terminal.resize({ columns: 5 + (at % 90), rows: 24 });
    await sleep(1);
    assert.doesNotMatch(open.shown(), /failed: /);
    // The end of a paste, Ctrl-C and a line end bring any shell back to its prompt.
    await open.type("\x1b[201~\x03");
    await open.type("\x03");
    const { end } = await runText(open.terminal, "echo on");
    if (end === 0) continue;
    assert.match(String(end), /^(?:130|.*(?:ended with code|busy).*)$/);
    await open.sandbox[Symbol.asyncDispose]();
    open = await openTerminal(33);
  }
  await open.sandbox[Symbol.asyncDispose]();
});
