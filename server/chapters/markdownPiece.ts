// Parses one piece of Markdown (about one top-level block) and renders it. A piece that would cost
// too much, or nests too deeply, is refused with a sentence and shown as it was written: parsing
// long hostile paragraphs takes a time that grows with the square of their length.

import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import type { Heading } from "../../shared/chapter.ts";
import { escapeHtml } from "./html.ts";
import type { ProseContext } from "./proseContext.ts";
import { renderHeading, renderNode } from "./renderProse.ts";

/** One top-level node as HTML. */
export type RenderedNode = {
  readonly html: string;
  readonly line: number;
  readonly heading?: Heading;
};

const MAX_LENGTH = 8 * 1024;
const MAX_LINES = 200;
const MAX_STRIKES = 100;
const MAX_EMPHASES = 1000;
const MAX_NESTING = 8;

/** A tilde alone is common in prose about shells; only two strike through. */
const PARSER = {
  extensions: [gfm({ singleTilde: false })],
  mdastExtensions: [gfmFromMarkdown()],
};

/** Renders the piece of Markdown that begins in line `firstLine` of the chapter. */
export function renderMarkdown(
  text: string,
  firstLine: number,
  context: ProseContext,
): readonly RenderedNode[] {
  const refuse = (message: string) => {
    context.report(firstLine, message);
    const shown = `<pre tabindex="0"><code>${escapeHtml(text)}</code></pre>`;
    return [{ html: shown, line: firstLine }];
  };
  const costly = tooCostly(text);
  if (costly !== undefined) return refuse(costly);
  try {
    return renderTree(text, firstLine, context);
  } catch {
    // The only way here is a tree too deep for the stack.
    return refuse("This part nests too deeply to be read; write it more plainly.");
  }
}

function renderTree(
  text: string,
  firstLine: number,
  context: ProseContext,
): readonly RenderedNode[] {
  const piece = { context, firstLine, text };
  return fromMarkdown(text, PARSER).children.map((node) => {
    const line = (node.position?.start.line ?? 1) + firstLine - 1;
    return node.type === "heading"
      ? { ...renderHeading(node, piece), line }
      : { html: renderNode(node, piece), line };
  });
}

function tooCostly(text: string): string | undefined {
  if (text.length > MAX_LENGTH) {
    return "This part is longer than 8 KB; divide it by an empty line and a new paragraph.";
  }
  const lines = text.split("\n");
  if (lines.length > MAX_LINES) {
    return "This part has more than 200 lines; divide it by an empty line and a new paragraph.";
  }
  if (text.split("~~").length > MAX_STRIKES) {
    return "This part strikes out too much; use at most 100 times ~~ in a paragraph.";
  }
  // Each may nest in the one before; the stack must hold them all.
  if ((text.match(/\*+|_+/g)?.length ?? 0) > MAX_EMPHASES) {
    return "This part has too many * and _; divide it, or put `backticks` around code.";
  }
  return nestsDeeply(lines)
    ? "Lists or quotes nest too deeply here; use at most 8 levels."
    : undefined;
}

/** Marks of quotes and lists at the head of a line, and lists in lists by their indent. */
function nestsDeeply(lines: readonly string[]): boolean {
  const marks = /^(?:[ \t]*(?:>|[-+*](?=\s|$)|\d{1,9}[.)](?=\s|$)))*/;
  return lines.some((line) => {
    const [head = ""] = marks.exec(line) ?? [];
    const count = head.match(/>|[-+*]|\d+[.)]/g)?.length ?? 0;
    const indent = /^[ \t]*/.exec(line)?.[0].replace(/\t/g, "    ").length ?? 0;
    const isItem = count > 0;
    return count > MAX_NESTING || (isItem && indent > MAX_NESTING * 4);
  });
}
