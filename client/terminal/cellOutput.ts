// The output of one run as text in the page. The bytes go through a terminal that is never shown;
// what it holds is copied into a <pre>, so that output can be selected, searched, printed and read
// aloud. Lines that have scrolled out of the terminal's screen never change again and are copied
// once; only the last screen is drawn anew.

import type { IBuffer, IMarker, Terminal } from "@xterm/xterm";
import { nextFrame } from "../page/nextFrame.ts";
import type { OutputLog } from "../session/outputLog.ts";
import { lineNodes } from "./lineText.ts";
import { quietTerminal } from "./quietTerminal.ts";

/** A cell shows at most this many lines, the newest. */
export const shownLines = 5000;

const screen = { cols: 100, rows: 24 };
/** So many lines are seen at once; only a longer output is scrolled, which costs a layout. */
const seenLines = 24;

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
    draw();
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
        nextFrame(() => {
          waiting = false;
          const begin = performance.now();
          draw();
          const end = performance.now();
          restUntil = end + 4 * (end - begin);
        }),
      Math.max(0, restUntil - performance.now()),
    );
  };
}

/** Returns a function that brings `pre` up to date with the terminal's buffer. */
function painter(pre: HTMLElement, terminal: Terminal, onCut: () => void): () => void {
  /** The first line that was not final at the last draw: the top of the terminal's screen. */
  let edge: IMarker | undefined;
  let final = 0;

  return () => {
    const buffer = terminal.buffer.active;
    const sticking =
      pre.childNodes.length <= seenLines ||
      pre.scrollTop + pre.clientHeight >= pre.scrollHeight - 4;
    while (pre.childNodes.length > final) pre.lastChild?.remove();
    if (buffer.type === "normal") {
      if (edge && edge.line < 0) {
        // More than a whole buffer has come since the last draw; what was between is gone.
        pre.replaceChildren();
        final = 0;
        onCut();
      }
      for (let row = Math.max(0, edge?.line ?? 0); row < buffer.baseY; row += 1, final += 1) {
        appendRow(pre, buffer, row);
      }
      edge?.dispose();
      edge = terminal.registerMarker(-buffer.cursorY);
      while (final > shownLines) {
        pre.firstChild?.remove();
        final -= 1;
        onCut();
      }
    }
    for (let row = buffer.baseY; row <= lastRow(buffer); row += 1) appendRow(pre, buffer, row);
    if (sticking && pre.childNodes.length > seenLines) pre.scrollTop = pre.scrollHeight;
  };
}

/**
 * A row that goes on in the next one has no line end, so that long lines stay one line. Each row is
 * one child of `pre`; a row without colours, as most are, is just text.
 */
function appendRow(pre: HTMLElement, buffer: IBuffer, row: number): void {
  const pieces = lineNodes(buffer, row);
  if (!buffer.getLine(row + 1)?.isWrapped) pieces.push("\n");
  if (pieces.every((piece) => typeof piece === "string")) {
    pre.append(pieces.join(""));
    return;
  }
  const span = document.createElement("span");
  span.append(...pieces);
  pre.append(span);
}

/** The last row of the screen that shows anything. */
function lastRow(buffer: IBuffer): number {
  let row = buffer.length - 1;
  while (row >= buffer.baseY && !buffer.getLine(row)?.translateToString(true)) row -= 1;
  return row;
}
