// What has to be changed to make one list of lines of another (E. Myers, An O(ND) Difference
// Algorithm and Its Variations, 1986). Where the lists differ in too much, whole stretches count as
// changed.
// Not here: how changes are printed (diff.ts).

/** A stretch: so many lines from `a` on were replaced by so many lines from `b` on. */
export type Change = {
  readonly a: number;
  readonly aCount: number;
  readonly b: number;
  readonly bCount: number;
};

/** How many edits are looked for. */
const MOST_EDITS = 2000;

/** The changes in their order. */
export function changesBetween(a: readonly string[], b: readonly string[]): Change[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let [aEnd, bEnd] = [a.length, b.length];
  while (aEnd > start && bEnd > start && a[aEnd - 1] === b[bEnd - 1]) {
    aEnd -= 1;
    bEnd -= 1;
  }
  const pairs = commonLines(a.slice(start, aEnd), b.slice(start, bEnd));
  const changes: Change[] = [];
  let [i, j] = [start, start];
  for (const [x, y] of [
    ...pairs.map(([p, q]) => [p + start, q + start] as const),
    [aEnd, bEnd] as const,
  ]) {
    if (x > i || y > j) changes.push({ a: i, aCount: x - i, b: j, bCount: y - j });
    [i, j] = [x + 1, y + 1];
  }
  return slideDown(changes, a, b);
}

/** Pairs of indexes of lines that stay. */
function commonLines(a: readonly string[], b: readonly string[]): [number, number][] {
  const size = Math.min(MOST_EDITS, a.length + b.length);
  const trace: Int32Array[] = [];
  const reach = new Int32Array(2 * size + 3);
  for (let edits = 0; edits <= size; edits++) {
    trace.push(reach.slice(size - edits, size + edits + 3));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const at = diagonal + size + 1;
      const down =
        diagonal === -edits || (diagonal !== edits && (reach[at - 1] ?? 0) < (reach[at + 1] ?? 0));
      let x = down ? (reach[at + 1] ?? 0) : (reach[at - 1] ?? 0) + 1;
      let y = x - diagonal;
      while (x < a.length && y < b.length && a[x] === b[y]) {
        x += 1;
        y += 1;
      }
      reach[at] = x;
      if (x >= a.length && y >= b.length) return walkBack(trace, edits, [a.length, b.length]);
    }
  }
  return [];
}

function walkBack(
  trace: readonly Int32Array[],
  last: number,
  end: [number, number],
): [number, number][] {
  const pairs: [number, number][] = [];
  let [x, y] = end;
  for (let edits = last; edits > 0; edits--) {
    const reach = trace[edits];
    const middle = edits + 1;
    const diagonal = x - y;
    const value = (at: number) => reach?.[at + middle] ?? 0;
    const down =
      diagonal === -edits || (diagonal !== edits && value(diagonal - 1) < value(diagonal + 1));
    const before = down ? diagonal + 1 : diagonal - 1;
    const fromX = value(before);
    const fromY = fromX - before;
    const startX = down ? fromX : fromX + 1;
    while (x > startX) {
      x -= 1;
      y -= 1;
      pairs.push([x, y]);
    }
    [x, y] = [fromX, fromY];
  }
  while (x > 0 && y > 0) {
    x -= 1;
    y -= 1;
    pairs.push([x, y]);
  }
  return pairs.reverse();
}

/** Moves stretches that are only in one file as far down as they go, as diff does. */
function slideDown(
  changes: readonly Change[],
  a: readonly string[],
  b: readonly string[],
): Change[] {
  const moved: Change[] = [];
  for (const [index, change] of changes.entries()) {
    let { a: x, b: y } = change;
    const { aCount, bCount } = change;
    const next = changes[index + 1];
    const lines = aCount === 0 ? b : a;
    const count = aCount + bCount;
    if (aCount === 0 || bCount === 0) {
      for (;;) {
        const at = aCount === 0 ? y : x;
        const limit =
          next === undefined ? Number.POSITIVE_INFINITY : aCount === 0 ? next.b : next.a;
        if (at + count >= Math.min(lines.length, limit) || lines[at] !== lines[at + count]) break;
        x += 1;
        y += 1;
      }
    }
    moved.push({ a: x, aCount, b: y, bCount });
  }
  return moved;
}
