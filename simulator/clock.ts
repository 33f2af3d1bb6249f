// Virtual time: what time is it in the simulated machine, and what is due next? One heap of timers
// that are due at a microsecond; equal times run in the order in which they were set. Work costs
// time too: `spend` lets the one CPU of the machine pass some microseconds, so that two frames never
// have the same moment by accident and an endless loop moves on.
// Not simulated: a second CPU.

/** Something that is due once; `cancel` of a timer that has run does nothing. */
export type Timer = { readonly due: number; cancel(): void };

/** The clock of one machine. All times are whole microseconds since 1970, all delays microseconds. */
export type Clock = {
  /** Now, microseconds since 1970. */
  readonly now: number;
  /** When the machine was made. */
  readonly start: number;
  /** Calls `run` in `delay` microseconds. */
  after(delay: number, run: () => void): Timer;
  /**
   * As `after`, for the kernel's own timers: in jiffies of 4 ms and as coarse as Linux's timer wheel,
   * up to 32 ms late from a quarter of a second on, up to 256 ms from two seconds on; never early.
   */
  afterJiffies(delay: number, run: () => void): Timer;
  /** Lets the CPU work for some microseconds. Does not run what falls due. */
  spend(microseconds: number): void;
  /** As `spend`, for work that interrupts break into: what falls due meanwhile runs when it is due. */
  work(microseconds: number): void;
  /** Moves on to a moment, never backwards and never beyond the next timer; runs nothing. */
  advanceTo(time: number): void;
  /** When the next timer is due; undefined when there is none. */
  nextDue(): number | undefined;
  /** Moves on to the next timer, never backwards, and runs it; false when there is none. */
  runNext(): boolean;
};

/** One jiffy of the kernel we follow (HZ 250), in microseconds. */
export const JIFFY = 4000;

/** How many timers break into one piece of work, so that one that re-arms itself cannot take all. */
const MOST_INTERRUPTS = 1000;

type Entry = { due: number; order: number; run: (() => void) | undefined };

/** A clock that shows `start`, microseconds since 1970. */
export function createClock(start: number): Clock {
  const heap: Entry[] = [];
  let now = start;
  let order = 0;
  const after = (delay: number, run: () => void): Timer => {
    const entry: Entry = { due: now + Math.max(0, Math.ceil(delay)), order: order++, run };
    push(heap, entry);
    return {
      due: entry.due,
      cancel: () => {
        entry.run = undefined;
      },
    };
  };
  const first = (): Entry | undefined => {
    while (heap[0] !== undefined && heap[0].run === undefined) pop(heap);
    return heap[0];
  };
  const runNext = (): boolean => {
    const entry = first();
    if (entry === undefined) return false;
    pop(heap);
    if (entry.due > now) now = entry.due;
    const run = entry.run;
    entry.run = undefined;
    run?.();
    return true;
  };
  return {
    get now() {
      return now;
    },
    start,
    after,
    afterJiffies(delay, run) {
      const ticks = Math.ceil(delay / JIFFY);
      const expires = Math.floor((now - start) / JIFFY) + ticks;
      const grain = wheelGrain(ticks);
      return after(start + (Math.floor(expires / grain) + 1) * grain * JIFFY - now, run);
    },
    spend(microseconds) {
      now += microseconds;
    },
    work(microseconds) {
      const end = now + microseconds;
      for (let count = 0; count < MOST_INTERRUPTS && (first()?.due ?? end) < end; count++)
        runNext();
      now = Math.max(now, end);
    },
    advanceTo(time) {
      now = Math.max(now, Math.min(time, first()?.due ?? time));
    },
    nextDue: () => first()?.due,
    runNext,
  };
}

/** The wheel's levels have 64 slots, each 8 times as long as those of the level below. */
function wheelGrain(ticks: number): number {
  let grain = 1;
  while (ticks >= 63 * grain && grain < 8 ** 8) grain *= 8;
  return grain;
}

function before(a: Entry, b: Entry): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}

function push(heap: Entry[], entry: Entry): void {
  let at = heap.length;
  heap.push(entry);
  while (at > 0) {
    const up = (at - 1) >> 1;
    const parent = heap[up];
    if (parent === undefined || !before(entry, parent)) break;
    heap[at] = parent;
    at = up;
  }
  heap[at] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    let down = 2 * at + 1;
    const left = heap[down];
    if (left === undefined) break;
    const right = heap[down + 1];
    let child = left;
    if (right !== undefined && before(right, left)) {
      down += 1;
      child = right;
    }
    if (!before(child, last)) break;
    heap[at] = child;
    at = down;
  }
  heap[at] = last;
}
