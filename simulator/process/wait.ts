// How a program waits without blocking anybody: programs are generators that yield what they wait
// for, and the scheduler goes on with them when it has come. So one machine runs in slices of any
// size, stops between two of them, and does the same for the same input.
// Not here: who runs next (scheduler.ts).

/** Something to wait for: calls `wake` when it may have come; returns how to stop listening. */
export type Wait = (wake: () => void) => () => void;

/** Work that may wait, and what it results in. Call it with `yield*`. */
export type Steps<T> = Generator<Wait, T, void>;

/** A running program; its result is its exit status, 0 to 255. */
export type Execution = Steps<number>;

/** A condition that others announce. Waiters look again after each wake, as on a kernel wait queue. */
export type WaitQueue = { readonly wait: Wait; wakeAll(): void };

/** A new wait queue. */
export function createWaitQueue(): WaitQueue {
  const waiters = new Set<() => void>();
  return {
    wait(wake) {
      waiters.add(wake);
      return () => waiters.delete(wake);
    },
    wakeAll() {
      for (const wake of [...waiters]) wake();
    },
  };
}

/** Comes when any of them comes. */
export function anyOf(...waits: readonly Wait[]): Wait {
  return (wake) => {
    const stops = waits.map((wait) => wait(wake));
    return () => {
      for (const stop of stops) stop();
    };
  };
}
