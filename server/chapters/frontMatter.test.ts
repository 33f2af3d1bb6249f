// Is the head of a chapter read, and every mistake in it told with its line?

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseFrontMatter } from "./frontMatter.ts";

function read(text: string | undefined) {
  const problems: string[] = [];
  const found = parseFrontMatter(text, (line, message) => problems.push(`${line}: ${message}`));
  return { ...found, problems };
}

test("title, summary and topology are read", () => {
  assert.deepEqual(read("title: A title\nsummary: One sentence.\ntopology: two-segments"), {
    title: "A title",
    summary: "One sentence.",
    topology: "two-segments",
    topologyLine: 4,
    problems: [],
  });
});

test("each mistake is told with its line, and the rest is kept", () => {
  const table: [string | undefined, string, RegExp][] = [
    [undefined, "", /^1: The chapter has no front matter/],
    ["summary: x", "", /^2: `title` is missing/],
    ["title: x\ntopolgy: y", "x", /^3: `topolgy` is not known here. Did you mean `topology`\?/],
    [
      "title: x\nauthor: y",
      "x",
      /^3: `author` is not known here. Known are title, summary, topology/,
    ],
    ["title: [x]", "", /^2: `title` must be a text/],
    ["title: x\ntitle: y", "", /^3: This is not YAML: .*unique/],
    ["title: x\ntopology: ../secret", "x", /^3: `topology`: Write a name/],
    ["title: 'x", "", /^\d: This is not YAML/],
    ["- a", "", /^2: This must be a mapping/],
    ["title: ''", "", /^2: `title`: Write a text/],
    [`title: ${"[".repeat(4000)}`, "", /^\d+: /],
    [`title: ${"x".repeat(5000)}`, "", /^1: The front matter is longer/],
    ["a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c,*c,*c,*c]", "", /^2: /],
  ];
  for (const [text, title, message] of table) {
    const found = read(text);
    assert.match(found.problems[0] ?? "", message, text);
    assert.equal(found.title ?? "", title, text);
  }
});

test("any text is read without a throw", () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom("title: x", "- a", "? b", "&a *a", "{", "!!js x"),
  );
  fc.assert(fc.property(fc.array(line, { maxLength: 8 }), (lines) => void read(lines.join("\n"))));
});
