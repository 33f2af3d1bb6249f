// Up and down through the lines that were entered before. A line that was changed on the way keeps its
// changes until one is entered.
// Source: readline(3) Commands for Manipulating the History.

import { characters } from "../utf8.ts";

/** A place in the history; behind its end stands the new line. */
export type HistoryWalk = {
  /** The line there, given the one that is left; undefined when there is none that way. */
  step(by: number, left: readonly string[]): readonly string[] | undefined;
  toEnd(end: "first" | "last", left: readonly string[]): readonly string[] | undefined;
  goTo(index: number, left: readonly string[]): void;
  readonly index: number;
};

/** Begins behind the end. */
export function walkHistory(history: readonly string[]): HistoryWalk {
  const changed = new Map<number, readonly string[]>();
  let index = history.length;
  const lineAt = (at: number): readonly string[] =>
    changed.get(at) ?? characters(history[at] ?? "");
  const goTo = (next: number, left: readonly string[]) => {
    changed.set(index, left);
    index = next;
  };
  const visit = (next: number, left: readonly string[]) => {
    if (next < 0 || next > history.length || next === index) return undefined;
    goTo(next, left);
    return lineAt(next);
  };
  return {
    step: (by, left) => visit(index + by, left),
    toEnd: (end, left) => visit(end === "first" ? 0 : history.length, left),
    goTo,
    get index() {
      return index;
    },
  };
}
