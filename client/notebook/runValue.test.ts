// What does a JavaScript cell see of a run?

import assert from "node:assert/strict";
import { test } from "node:test";
import { outputLog } from "../session/outputLog.ts";
import { runValue } from "./runValue.ts";

const esc = String.fromCharCode(27);

function logOf(text: string) {
  const log = outputLog();
  log.append({ bytes: new TextEncoder().encode(text), history: false });
  return log;
}

test("a cell that has not run has a state and no text", () => {
  assert.deepEqual(runValue({ status: "not-run", past: false }, undefined), {
    state: "not-run",
    text: "",
  });
});

test("a run has its exit code, its seconds and its text", () => {
  const run = {
    ...{ run: "a", cell: "ping", on: "lab", queuedAt: 0, startedAt: 1, generation: 0 },
    end: { type: "exit", code: 1 },
    milliseconds: 2500,
  } as const;
  assert.deepEqual(runValue({ status: "done", past: false, run }, logOf("one\r\ntwo\r\n")), {
    ...{ state: "done", exitCode: 1, seconds: 2.5 },
    text: "one\ntwo\n",
  });
});

test("the text has no colours, titles or links in it", () => {
  const printed = `${esc}[1;32mUP${esc}[0m ${esc}]0;title\u0007${esc}]8;;http://x${esc}\\link${esc}]8;;${esc}\\ ${esc}(Bend`;
  assert.equal(runValue({ status: "done", past: false }, logOf(printed)).text, "UP link end");
});
