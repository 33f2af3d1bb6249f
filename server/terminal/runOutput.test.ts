// Which bytes are a run's, and which belong to the echo and the prompt?

import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunEvent } from "../../shared/sandbox.ts";
import { markParser } from "./marks.ts";
import { followRun } from "./runOutput.ts";

const nonce = "a".repeat(32);
const old = "b".repeat(32);
const mark = (kind: string, argument?: string, by = nonce): string =>
  `\x1b]133;${kind};${argument === undefined ? "" : `${argument};`}${by}\x07`;
const prompt = (code: string): string =>
  `\x1b[?2004h${mark("D", code)}${mark("A")}lab:~ # ${mark("B")}`;
const echo = `${mark("A", undefined, old)}lab:~ # ${mark("B", undefined, old)}false\r\n\x1b[?2004l\r`;

/** Output as one text and how the run ended, with the terminal's bytes cut at each given length. */
function followed(printed: string, step: number): [string, RunEvent | undefined] {
  const parse = markParser((one) => one === nonce || one === old);
  const follow = followRun(nonce);
  const bytes = Buffer.from(printed);
  const events: RunEvent[] = [];
  for (let at = 0; at < bytes.length; at += step) {
    for (const piece of parse(bytes.subarray(at, at + step))) events.push(...follow(piece));
  }
  const output = events.map((event) =>
    event.type === "output" ? Buffer.from(event.bytes).toString() : "",
  );
  const last = events.at(-1);
  return [output.join(""), last?.type === "output" ? undefined : last];
}

const cases: readonly [string, string, string, number | undefined][] = [
  ["one command", `${echo}${mark("C")}out\r\n${prompt("0")}`, "out\r\n", 0],
  ["a failing command", `${echo}${mark("C")}${prompt("1")}`, "", 1],
  ["several commands", `${echo}${mark("C")}1\r\n${mark("C")}2\r\n${prompt("3")}`, "1\r\n2\r\n", 3],
  [
    "job notices before the prompt",
    `${echo}${mark("C")}x[1]+  Done\r\n${prompt("0")}`,
    "x[1]+  Done\r\n",
    0,
  ],
  [
    "a syntax error, where nothing begins to run",
    `${echo}bash: syntax error\r\n${prompt("2")}`,
    "bash: syntax error\r\n",
    2,
  ],
  ["nothing to run", `${echo}${prompt("0")}`, "", 0],
  [
    "unfinished input, given up",
    `${echo}\x1b[?2004h${mark("P")}> ^C\r\n${prompt("130")}`,
    "> ^C\r\n",
    130,
  ],
  [
    "commands that are left out after a stop",
    `${echo}${mark("C")}^C\r\n${mark("Q")}${mark("C")}\r\n${mark("Q")}${mark("C")}\r\n${prompt("130")}`,
    "^C\r\n",
    130,
  ],
  [
    "marks of older runs",
    `${echo}${mark("C")}x${mark("D", "9", old)}${mark("A", undefined, old)}y${prompt("0")}`,
    "xy",
    0,
  ],
  ["a prompt without an end", `${echo}${mark("C")}x${mark("A")}y`, "xy", undefined],
  ["the start of a paste mode in the output", `${echo}${mark("C")}a\x1b[?20`, "a", undefined],
  [
    "a program that turns on paste mode itself",
    `${echo}${mark("C")}a\x1b[?2004hb${prompt("0")}`,
    "a\x1b[?2004hb",
    0,
  ],
];

for (const [name, printed, output, code] of cases) {
  test(name, () => {
    const end = code === undefined ? undefined : { type: "exit", code };
    for (const step of [1, 2, 3, 7, 50, 100000]) {
      assert.deepEqual(followed(printed, step), [output, end], `in steps of ${step}`);
    }
  });
}

test("after the end nothing more is the run's", () => {
  const [output] = followed(`${echo}${mark("C")}x${prompt("0")}${mark("C")}more`, 5);
  assert.equal(output, "x");
});
