// Is a chapter cut into prose and fences at the right lines?

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { splitChapter } from "./splitChapter.ts";

const shape = (text: string) =>
  splitChapter(text).pieces.map((piece) => `${piece.line} ${piece.type}`);

test("front matter, prose and fences are told apart", () => {
  const text =
    "---\ntitle: x\n---\n\nOne\nline\n\nTwo\n```sh {#a}\nls\n\n# not a heading\n```\nThree";
  assert.deepEqual(shape(text), [
    "1 frontMatter",
    "5 markdown",
    "8 markdown",
    "9 fence",
    "14 markdown",
  ]);
  const fence = splitChapter(text).pieces[3];
  assert.equal(fence?.type === "fence" && fence.source, "ls\n\n# not a heading");
  assert.equal(fence?.type === "fence" && fence.info, "sh {#a}");
});

test("a list keeps its items, its paragraphs and its fences", () => {
  assert.deepEqual(shape("- a\n\n  more\n\n- b\n\n  ```text\n  x\n\n  ```\n\nEnd"), [
    "1 markdown",
    "12 markdown",
  ]);
});

test("a longer fence holds shorter ones", () => {
  assert.deepEqual(shape("````markdown\n```sh {#a}\nls\n```\n````\nEnd"), [
    "1 fence",
    "6 markdown",
  ]);
});

test("an open fence ends at the next fence, at a heading or at the end", () => {
  const open = (text: string) =>
    splitChapter(text).pieces.map((piece) => (piece.type === "fence" ? piece.closed : piece.line));
  assert.deepEqual(open("```sh {#a}\nls\n\nText\n\n```sh {#b}\nls\n```"), [false, true]);
  assert.deepEqual(open("```sh {#a}\nls\n\n## Next\n\nText"), [false, 4, 6]);
  assert.deepEqual(open("```"), [false]);
  assert.deepEqual(open("~~~text\n```\n~~~\n"), [true]);
});

test("no line is lost, doubled or moved", () => {
  const line = fc.constantFrom(
    "",
    "text",
    "```sh",
    "```",
    "~~~",
    "  ```",
    "- item",
    "> q",
    "# h",
    "---",
    "    x",
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), (rest) => {
      const lines = ["First", ...rest];
      const seen = new Map<number, string>();
      for (const piece of splitChapter(lines.join("\n")).pieces) {
        const text = piece.type === "fence" ? piece.raw : piece.text;
        for (const [at, content] of text.split("\n").entries()) {
          assert.equal(seen.has(piece.line + at), false);
          seen.set(piece.line + at, content);
        }
      }
      for (const [at, content] of lines.entries()) {
        if (content !== "") assert.equal(seen.get(at + 1), content);
      }
    }),
    { numRuns: 300 },
  );
});
