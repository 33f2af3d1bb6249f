// Many elements change at once: Run all concerns every cell, a new route concerns every view. They
// are drawn in order, for a few milliseconds of each frame, so that the page answers the reader in
// between. What changes alone is drawn at once.

import { nextFrame } from "../page/nextFrame.ts";

/** So many milliseconds of a frame go to drawing; the browser needs the rest for layout and paint. */
const budget = 6;

const waiting: (() => void)[] = [];
let spent = 0;
let frameIsDue = false;

/** Draws now, or in one of the next frames when this one has had its share. */
export function inItsTurn(draw: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    waiting.push(() => {
      const begin = performance.now();
      try {
        draw();
        resolve();
      } catch (error) {
        reject(error);
      }
      spent += performance.now() - begin;
    });
    if (waiting.length === 1) drawWaiting();
  });
}

function drawWaiting(): void {
  while (spent < budget) {
    const next = waiting.shift();
    if (!next) break;
    next();
  }
  if (frameIsDue || spent === 0) return;
  frameIsDue = true;
  nextFrame(() => {
    frameIsDue = false;
    spent = 0;
    drawWaiting();
  });
}
