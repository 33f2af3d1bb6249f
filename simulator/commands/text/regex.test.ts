// Do expressions match what GNU grep, sed and mawk match? The transcripts ask thousands of turns; here
// are the longest match, the groups, and the time that hostile expressions take.

import assert from "node:assert/strict";
import { test } from "node:test";
import { compileRegex, compileStrings, type Regex } from "./regex.ts";
import type { RegexSyntax } from "./regexSyntax.ts";

function regex(source: string, syntax: RegexSyntax = { style: "extended" }): Regex {
  const compiled = compileRegex(source, syntax);
  if (typeof compiled === "string") throw new Error(compiled);
  return compiled;
}

// echo TEXT | grep -obE EXPRESSION | head -1
for (const [source, text, from, to] of [
  ["a|ab|abc", "xabcd", 1, 4],
  ["(a|ab)(c|bcd)", "abcd", 0, 4],
  ["x*", "aaxx", 0, 0],
  ["(ab|a)(bc)?", "abc", 0, 3],
  ["[[:digit:]]+(\\.[0-9]+){3}", "at 10.0.0.1/24", 3, 11],
  ["\\<b\\w*\\>", "abc bcd", 4, 7],
  ["(a*)+b", "aaaab", 0, 5],
  ["^(.+)\\1$", "abcabc", 0, 6],
] as const) {
  test(`${source} finds ${to - from} characters of ${text}`, () => {
    assert.deepEqual(regex(source).match(text)?.slice(0, 2), [from, to]);
  });
}

test("groups say where they matched last", () => {
  const match = regex("(a|(b))+(c)?").match("abab");
  assert.deepEqual(match?.slice(0, 2), [0, 4]);
  assert.deepEqual(match?.slice(4), [3, 4, -1, -1]);
});

test("a point takes a whole character of UTF-8, and no broken byte", () => {
  assert.deepEqual(regex("^.$").match("\xc3\xa9"), [0, 2]);
  assert.equal(regex("^.$").match("\xff"), undefined);
  assert.deepEqual(regex("^..$", { style: "awk", bytes: true }).match("\xc3\xa9"), [0, 2]);
});

test("strings match as they are", () => {
  const any = compileStrings(["a.c", "*"], { style: "basic" });
  assert.ok(typeof any !== "string");
  assert.deepEqual(any.match("abc a.c"), [4, 7]);
});

test("Perl's expressions take the first way that matches", () => {
  const perl: RegexSyntax = { style: "perl", lenient: true };
  assert.deepEqual(regex("ab|abc", perl).match("abc"), [0, 2]);
  assert.deepEqual(regex("a.*?c", perl).match("abcbc"), [0, 3]);
  assert.deepEqual(regex("inet \\K[\\d.]+", perl).match("inet 10.0.0.1/24"), [5, 13]);
});

for (const source of [
  "(a+)+$",
  "(a|a)*b",
  "(a|aa)+b",
  "(.*)*x",
  "a*a*a*a*a*a*b",
  "(a*)*\\1b",
  "((a{1,50}){1,50}){1,20}b",
  "(x+x+)+y",
]) {
  test(`${source} ends soon on a line of a thousand`, () => {
    const compiled = compileRegex(source, { style: "extended" });
    if (typeof compiled === "string") return;
    const before = performance.now();
    compiled.test("a".repeat(1000));
    compiled.test("x".repeat(1000));
    const spent = performance.now() - before;
    // 100 ms are wanted on a quiet machine.
    assert.ok(spent < 2000, `${spent} ms`);
  });
}
