// Does the simulator print what the kernel in the VM printed? Every transcript in the folders here.
// A turn with a `differs` mark must differ: a mark that is no longer true fails too.

import assert from "node:assert/strict";
import { test } from "node:test";
import { openSandbox } from "../../server/sandboxes/choose.ts";
import { limitsInReadme, limitsTable } from "./limits.ts";
import { differences, play } from "./replay.ts";
import { allTranscripts, nameOf, readTranscript } from "./transcript.ts";

for (const file of allTranscripts()) {
  test(`the simulator prints ${nameOf(file)}`, async () => {
    const turns = readTranscript(file);
    assert.ok(
      turns.every(({ exitCode }) => exitCode >= 0),
      "record it first",
    );
    await using sandbox = await openSandbox("simulator", () => {});
    const found = differences(turns, await play(sandbox, turns, 60_000));
    assert.deepEqual(
      found.filter(({ differs }) => differs === undefined),
      [],
    );
    const stale = turns.filter(
      (turn) =>
        turn.differs !== undefined && !found.some(({ command }) => command === turn.command),
    );
    assert.deepEqual(stale, [], "these turns are marked as different and are the same");
  });
}

test("the README says what differs; write it by: npm run -s transcripts -- limits", () => {
  assert.equal(limitsInReadme(), limitsTable());
});
