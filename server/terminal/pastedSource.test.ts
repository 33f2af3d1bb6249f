// Can a source do anything but be typed?

import assert from "node:assert/strict";
import { test } from "node:test";
import { typedSource } from "./pastedSource.ts";

test("lines are pasted as they stand and ended by one Enter", () => {
  assert.equal(typedSource("a\n\tb ü\n"), "\x1b[200~a\n\tb ü\x1b[201~\r");
  assert.equal(typedSource("a\r\nb\n\n"), "\x1b[200~a\nb\x1b[201~\r");
});

test("no control character of the source reaches the line editor", () => {
  const all = Array.from({ length: 0x110 }, (_, code) => String.fromCodePoint(code)).join("");
  const body = typedSource(`${all}\x1b[201~\x9b201~\rrm\x1b[9134~`).slice(6, -7);
  assert.doesNotMatch(body, /(?![\t\n])\p{Cc}/u);
  assert.ok(body.includes("rm[9134~"));
});
