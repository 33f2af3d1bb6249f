// Expectations: bash 5.2 with `shopt -s expand_aliases`, its `set -x` or its functions' text.

import assert from "node:assert/strict";
import { test } from "node:test";
import { expandAliases } from "./aliases.ts";

const aliases = new Map([
  ["ll", "ls -l"],
  ["ls", "ls --color"],
  ["sudo", "sudo "],
  ["both", "ll; ls"],
  ["a", "b"],
  ["b", "a"],
]);

test("names of commands are replaced, and nothing else", () => {
  const cases = [
    ["ll x", "ls --color -l x"],
    ["echo ll", "echo ll"],
    ["'ll' x; \\ll", "'ll' x; \\ll"],
    ["sudo ll", "sudo  ls --color -l"],
    ["both", "ls --color -l; ls --color"],
    ["if ll; then echo $(ls); fi", "if ls --color -l; then echo $(ls --color); fi"],
    ["x=1 ll | ls", "x=1 ls --color -l | ls --color"],
    ["a", "a"],
    ["ll 'open", "ls --color -l 'open"],
    ["", ""],
  ] as const;
  for (const [text, expected] of cases) assert.equal(expandAliases(text, aliases), expected);
});
