// Much changes at once: Run all concerns every cell, a new route every view, and many outputs grow.
// It is drawn in order, for a few milliseconds of each frame, so that the page answers the reader in
// between. What changes alone is drawn at once.

import { nextFrame } from "./nextFrame.ts";

/** So many milliseconds of a frame go to drawing; the browser needs the rest for layout and paint. */
const budget = 6;

const waiting: (() => void)[] = [];
let spent = 0;
let frameIsDue = false;

/** Does it now, or in one of the next frames when this one has had its share. */
export function inItsTurn<T>(draw: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    waiting.push(() => {
      const begin = performance.now();
      try {
        resolve(draw());
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
