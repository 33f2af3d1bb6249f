// The output of one run as text in the page. The bytes go through a terminal that is never shown;
// what it holds is copied into a <pre>, so that output can be selected, searched, printed and read
// aloud. Lines that have scrolled out of the terminal's screen never change again and are copied
// once; only the last screen is drawn anew.

import type { IBuffer, IMarker, Terminal } from "@xterm/xterm";
import { nextFrame } from "../page/nextFrame.ts";
import { inItsTurn } from "../page/turns.ts";
import type { OutputLog } from "../session/outputLog.ts";
import { lineNodes } from "./lineText.ts";
import { quietTerminal } from "./quietTerminal.ts";

/** A cell shows at most this many lines, the newest. */
export const shownLines = 5000;

const screen = { cols: 100, rows: 24 };
/** So many lines are seen at once; only a longer output is scrolled, which costs a layout. */
const seenLines = 24;
const linesPerDraw = 400;
const linesPerBlock = 100;

export type CellOutput = {
  /** Shows what the log holds beyond what has been shown. */
  feed(log: OutputLog): void;
  /** No more will come: frees the terminal once everything is shown, and calls `done`. */
  finish(done?: () => void): void;
};

/** Draws into `pre`; `onCut` is called when lines had to be left out. */
export function cellOutput(pre: HTMLElement, onCut: () => void): CellOutput {
  const terminal = quietTerminal(
    { ...screen, scrollback: shownLines, convertEol: true, logLevel: "off" },
    () => false,
  );
  const draw = painter(pre, terminal, onCut);
  const drawSoon = paced(() => {
    if (ended) return;
    if (draw()) return drawSoon();
    if (!finished || pending > 0) return;
    ended = true;
    terminal.dispose();
    finished();
  });
  let fed = 0;
  let pending = 0;
  let finished: (() => void) | undefined;
  let ended = false;
  return {
    feed(log) {
      fed = Math.max(fed, log.dropped);
      for (; fed < log.dropped + log.chunks.length && !ended; fed += 1) {
        const chunk = log.chunks[fed - log.dropped];
        if (!chunk) continue;
        pending += 1;
        terminal.write(chunk.bytes, () => {
          pending -= 1;
          drawSoon();
        });
      }
    },
    finish(done = () => {}) {
      finished ??= done;
      drawSoon();
    },
  };
}

/** Draws at the next frame, or later where drawing is slow: at most a fifth of the time. */
function paced(draw: () => void): () => void {
  let waiting = false;
  let restUntil = 0;
  return () => {
    if (waiting) return;
    waiting = true;
    setTimeout(
      () =>
        nextFrame(() =>
          inItsTurn(() => {
            waiting = false;
            const begin = performance.now();
            draw();
            const end = performance.now();
            restUntil = end + 4 * (end - begin);
          }),
        ),
      Math.max(0, restUntil - performance.now()),
    );
  };
}

/**
 * Returns a function that brings `pre` nearer to the terminal's buffer, and answers whether there is
 * more to do: one draw copies so many lines that the page can answer the reader in between.
 */
function painter(pre: HTMLElement, terminal: Terminal, onCut: () => void): () => boolean {
  /** The first line that was not final at the last draw: the top of the terminal's screen. */
  let edge: IMarker | undefined;
  const final = finalLines(pre);
  /** What stands below the final lines. */
  let tail: ChildNode[] = [];

  return () => {
    const buffer = terminal.buffer.active;
    const scrolls = final.count + tail.length > seenLines;
    const sticking = !scrolls || pre.scrollTop + pre.clientHeight >= pre.scrollHeight - 4;
    for (const row of tail) row.remove();
    tail = [];
    let row = buffer.baseY;
    if (buffer.type === "normal") {
      if (edge && edge.line < 0) {
        // More than a whole buffer has come since the last draw; what was between is gone.
        final.clear();
        onCut();
      }
      row = Math.max(0, edge?.line ?? 0);
      for (let left = linesPerDraw; row < buffer.baseY && left > 0; row += 1, left -= 1) {
        final.append(rowNode(buffer, row), goesOn(buffer, row));
      }
      edge?.dispose();
      edge = terminal.registerMarker(row - buffer.baseY - buffer.cursorY);
      if (final.shorten(shownLines)) onCut();
    }
    const behind = row < buffer.baseY;
    if (!behind) {
      const last = lastRow(buffer);
      const place = goesOn(buffer, row) ? final.lastBlock : undefined;
      for (; row <= last; row += 1) tail.push(rowNode(buffer, row));
      (place ?? pre).append(...tail);
    }
    if (sticking && final.count + tail.length > seenLines) pre.scrollTop = pre.scrollHeight;
    return behind;
  };
}

/**
 * Lines that never change again, in blocks: the browser lays out a block anew when a line of it comes
 * or goes, and leaves the others as they are.
 */
function finalLines(pre: HTMLElement) {
  let blocks: HTMLElement[] = [];
  let count = 0;
  return {
    get count() {
      return count;
    },
    get lastBlock() {
      return blocks.at(-1);
    },
    append(line: ChildNode, goesOnFromBefore: boolean) {
      let block = blocks.at(-1);
      if (!block || (block.childNodes.length >= linesPerBlock && !goesOnFromBefore)) {
        block = document.createElement("span");
        block.className = "output-block";
        pre.append(block);
        blocks.push(block);
      }
      block.append(line);
      count += 1;
    },
    /** Leaves the newest; says whether any had to go. */
    shorten(limit: number): boolean {
      const over = count > limit;
      for (; count > limit; count -= 1) {
        const [block] = blocks;
        block?.firstChild?.remove();
        if (block?.childNodes.length === 0) blocks.shift()?.remove();
      }
      return over;
    },
    clear() {
      for (const block of blocks) block.remove();
      blocks = [];
      count = 0;
    },
  };
}

/**
 * A row that goes on in the next one has no line end, so that long lines stay one line. A row without
 * colours, as most are, is just text.
 */
function rowNode(buffer: IBuffer, row: number): ChildNode {
  const pieces = lineNodes(buffer, row);
  if (!goesOn(buffer, row + 1)) pieces.push("\n");
  if (pieces.every((piece) => typeof piece === "string")) {
    return document.createTextNode(pieces.join(""));
  }
  const span = document.createElement("span");
  span.append(...pieces);
  return span;
}

/** Whether a row is the rest of a line that began above it. */
function goesOn(buffer: IBuffer, row: number): boolean {
  return buffer.getLine(row)?.isWrapped ?? false;
}

/** The last row of the screen that shows anything. */
function lastRow(buffer: IBuffer): number {
  let row = buffer.length - 1;
  while (row >= buffer.baseY && !buffer.getLine(row)?.translateToString(true)) row -= 1;
  return row;
}
