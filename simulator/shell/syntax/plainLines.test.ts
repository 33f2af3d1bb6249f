// The short way reads lines as the grammar does. The grammar reads everything behind a line that is
// not plain, so the same text is read both ways.

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseText } from "./parse.ts";
import { plainLines } from "./plainLines.ts";

const BEFORE = "(:)\n";

const texts = [
  "ip link add v1 type veth peer name eth0 netns h1\n",
  "\n  \n a  b\tc \n\nd",
  "rm -f -- 'a b'; sysctl -qw net.ipv4.ip_forward=1; : ;\necho x",
  "ping -q -c 1 10.0.0.2 > /dev/null\necho '' \"two words\" >out\n",
  "echo a=b +x -- % @ a:b,c\n",
];

for (const text of texts) {
  test(`the short way reads ${JSON.stringify(text)} as the grammar does`, () => {
    assert.equal(plainLines(text, 1).end, text.length);
    const long = parseText(BEFORE + text, 0).lists.slice(1);
    const shifted = long.map((list) => ({ ...list, end: list.end - BEFORE.length }));
    assert.deepEqual(parseText(text).lists, shifted);
  });
}

test("lines that are more than words are left to the grammar", () => {
  const rest = [
    "a=1",
    "if true",
    "a | b",
    "a &",
    "a 2> b",
    "a b'c'",
    "a $b",
    "a *",
    "a # b",
    "a;;",
    "! a",
  ];
  for (const line of rest) assert.equal(plainLines(`x\n${line}\ny\n`, 1).end, 2, line);
});
