// Joins short neighbouring pieces of Markdown, since each call of the parser has a price of its
// own: a chapter is read twice as fast. Joined pieces stay so short that hostile ones stay cheap.

import type { Piece } from "./splitChapter.ts";

const MAX_LENGTH = 2000;

/** The same chapter in fewer pieces. */
export function joinMarkdown(pieces: readonly Piece[]): Piece[] {
  const joined: Piece[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (
      piece.type === "markdown" &&
      last?.type === "markdown" &&
      last.text.length + piece.text.length < MAX_LENGTH
    ) {
      const emptyLines = piece.line - last.line - last.text.split("\n").length;
      const text = last.text + "\n".repeat(emptyLines + 1) + piece.text;
      joined[joined.length - 1] = { ...last, text };
    } else joined.push(piece);
  }
  return joined;
}
