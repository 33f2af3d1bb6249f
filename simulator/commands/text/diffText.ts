// How `diff` shows changes: normal, unified (-u) and with context (-c) (diff(1)).
// Not here: what has changed (diffLines.ts).

import { calendar } from "../calendar.ts";
import { formatDate } from "../dateText.ts";
import type { Change } from "./diffLines.ts";

/** One of the two files. */
export type DiffFile = {
  readonly name: string;
  readonly text: string;
  readonly modified: number;
  readonly label?: string | undefined;
};

const NO_END = "\\ No newline at end of file\n";

/** Lines with a mark in front; the last one of a file may have no end. */
function marked(file: DiffFile, mark: string, from: number, count: number): string {
  const lines = file.text.split("\n");
  const whole = lines.at(-1) === "";
  const total = whole ? lines.length - 1 : lines.length;
  return lines
    .slice(from, from + count)
    .map((line, index) => {
      const last = !whole && from + index === total - 1;
      return `${mark}${line}\n${last ? NO_END : ""}`;
    })
    .join("");
}

function lineCount({ text }: DiffFile): number {
  return text === "" ? 0 : text.replace(/\n$/, "").split("\n").length;
}

function range(from: number, count: number): string {
  return count <= 1 ? `${from + count}` : `${from + 1},${from + count}`;
}

/** As ed would be told. */
export function normalText(a: DiffFile, b: DiffFile, changes: readonly Change[]): string {
  return changes
    .map(({ a: x, aCount, b: y, bCount }) => {
      const letter = aCount === 0 ? "a" : bCount === 0 ? "d" : "c";
      return [
        `${range(x, aCount)}${letter}${range(y, bCount)}\n`,
        marked(a, "< ", x, aCount),
        letter === "c" ? "---\n" : "",
        marked(b, "> ", y, bCount),
      ].join("");
    })
    .join("");
}

function headOf(mark: string, { name, label, modified }: DiffFile): string {
  const time = {
    ...calendar(modified),
    seconds: Math.floor(modified / 1e6),
    nanoseconds: (modified % 1e6) * 1000,
  };
  const stamp = formatDate("%Y-%m-%d %H:%M:%S.%N %z", time);
  return `${mark} ${label ?? `${name}\t${stamp}`}\n`;
}

/** Changes whose contexts touch, together. */
function hunks(changes: readonly Change[], context: number): Change[][] {
  const groups: Change[][] = [];
  for (const change of changes) {
    const last = groups.at(-1)?.at(-1);
    const near = last !== undefined && change.a - (last.a + last.aCount) <= 2 * context;
    if (near) groups.at(-1)?.push(change);
    else groups.push([change]);
  }
  return groups;
}

type Bounds = { aFrom: number; aTo: number; bFrom: number; bTo: number };

function boundsOf(group: readonly Change[], context: number, aTotal: number): Bounds {
  const [first] = group;
  const last = group.at(-1);
  const aFrom = Math.max(0, (first?.a ?? 0) - context);
  const lead = (first?.a ?? 0) - aFrom;
  const aEnd = (last?.a ?? 0) + (last?.aCount ?? 0);
  const aTo = Math.min(aTotal, aEnd + context);
  const bEnd = (last?.b ?? 0) + (last?.bCount ?? 0);
  return { aFrom, aTo, bFrom: (first?.b ?? 0) - lead, bTo: bEnd + aTo - aEnd };
}

/** As `patch` likes it best. */
export function unifiedText(
  a: DiffFile,
  b: DiffFile,
  changes: readonly Change[],
  context: number,
): string {
  const parts = [headOf("---", a), headOf("+++", b)];
  for (const group of hunks(changes, context)) {
    const { aFrom, aTo, bFrom, bTo } = boundsOf(group, context, lineCount(a));
    const span = (from: number, to: number) =>
      to - from === 1 ? `${to}` : `${to > from ? from + 1 : from},${to - from}`;
    parts.push(`@@ -${span(aFrom, aTo)} +${span(bFrom, bTo)} @@\n`);
    let at = aFrom;
    for (const { a: x, aCount, b: y, bCount } of group) {
      parts.push(marked(a, " ", at, x - at), marked(a, "-", x, aCount), marked(b, "+", y, bCount));
      at = x + aCount;
    }
    parts.push(marked(a, " ", at, aTo - at));
  }
  return parts.join("");
}

/** Both sides with what is around. */
export function contextText(
  a: DiffFile,
  b: DiffFile,
  changes: readonly Change[],
  context: number,
): string {
  const parts = [headOf("***", a), headOf("---", b)];
  const span = (from: number, to: number) => (to - from <= 1 ? `${to}` : `${from + 1},${to}`);
  for (const group of hunks(changes, context)) {
    const { aFrom, aTo, bFrom, bTo } = boundsOf(group, context, lineCount(a));
    parts.push("***************\n", `*** ${span(aFrom, aTo)} ****\n`);
    if (group.some(({ aCount }) => aCount > 0)) {
      let at = aFrom;
      for (const { a: x, aCount, bCount } of group) {
        parts.push(marked(a, "  ", at, x - at), marked(a, bCount > 0 ? "! " : "- ", x, aCount));
        at = x + aCount;
      }
      parts.push(marked(a, "  ", at, aTo - at));
    }
    parts.push(`--- ${span(bFrom, bTo)} ----\n`);
    if (group.some(({ bCount }) => bCount > 0)) {
      let at = bFrom;
      for (const { b: y, aCount, bCount } of group) {
        parts.push(marked(b, "  ", at, y - at), marked(b, aCount > 0 ? "! " : "+ ", y, bCount));
        at = y + bCount;
      }
      parts.push(marked(b, "  ", at, bTo - at));
    }
  }
  return parts.join("");
}
