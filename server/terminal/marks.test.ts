// Do marks come out, and nothing else go missing, wherever the chunks end?

import assert from "node:assert/strict";
import { test } from "node:test";
import { markParser, type Piece } from "./marks.ts";

const ours = "0123456789abcdef0123456789abcdef";
const old = "f".repeat(32);
const known = (nonce: string): boolean => nonce === ours || nonce === old;

/** What a parser made of these chunks: text with marks in braces, output joined. */
function shown(chunks: readonly Buffer[]): string {
  const parse = markParser(known);
  return chunks
    .flatMap((chunk) => parse(chunk))
    .map((piece: Piece) =>
      piece.type === "output"
        ? piece.bytes.toString("latin1")
        : `{${piece.kind} ${piece.argument} ${piece.nonce === ours ? "ours" : "old"}}`,
    )
    .join("");
}

/** Text as the test shows it: one character for each byte. */
function asBytes(text: string): string {
  return Buffer.from(text).toString("latin1");
}

const foreign = [
  "\x1b]133;A\x07",
  "\x1b]133;D;0\x07",
  "\x1b]133;D;0;aid=1\x07",
  "\x1b]133;C\x1b\\",
  "\x1b]633;D;0\x07",
  `\x1b]133;D;0;${"0".repeat(32)}\x07`,
  `\x1b]133;D;0;${ours}\x1b\\`,
  `\x1b]133;D;0;${ours.slice(1)}\x07`,
  `\x1b]133;D;0;${ours}x\x07`,
  `\x1b]133;D;0;${ours}\n\x07`,
  `\x1b]1330;D;0;${ours}\x07`,
  "\x1b[?2004h\x1b]0;title\x07",
];

test("marks are found and taken out at every split of the bytes", () => {
  const text = Buffer.from(
    `one${foreign.join("")}\x1b]133;C;${ours}\x07two ünï\x1b]133;D;7;${ours}\x07\x1b\x1b]133;A;${old}\x07three`,
  );
  const expected = `one${foreign.join("")}{C  ours}two ${asBytes("ünï")}{D 7 ours}\x1b{A  old}three`;
  assert.equal(shown([text]), expected);
  for (let split = 1; split < text.length; split++) {
    assert.equal(shown([text.subarray(0, split), text.subarray(split)]), expected, `at ${split}`);
  }
  assert.equal(shown([...text].map((byte) => Buffer.from([byte]))), expected, "byte by byte");
});

test("a mark that is cut off by another escape sequence is output", () => {
  const cut = `\x1b]133;D;0;${ours.slice(0, 20)}`;
  assert.equal(shown([Buffer.from(`${cut}\x1b]133;D;1;${ours}\x07`)]), `${cut}{D 1 ours}`);
});

test("an unfinished mark is held back, then given out", () => {
  const parse = markParser(known);
  assert.deepEqual(parse(Buffer.from("a\x1b]13")), [{ type: "output", bytes: Buffer.from("a") }]);
  assert.deepEqual(parse(Buffer.from("4;x")), [
    { type: "output", bytes: Buffer.from("\x1b]134;x") },
  ]);
});

test("what is held back has an end, however long a program goes on", () => {
  const parse = markParser(known);
  let printed = 0;
  let given = 0;
  parse(Buffer.from("\x1b]133;"));
  for (let round = 0; round < 1000; round++) {
    printed += 100;
    for (const piece of parse(Buffer.from("x".repeat(100)))) {
      assert.equal(piece.type, "output");
      if (piece.type === "output") given += piece.bytes.length;
    }
    assert.ok(printed - given <= 700, `${printed - given} bytes are held back`);
  }
});
