// What time is it, and call me later: given to a session from outside, so that tests move time by
// hand instead of waiting for it.
//
// Not here: any schedule; each caller says what it waits for.

/** Time as a session sees it. */
export type Clock = {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `action` once after that many milliseconds; the answer cancels it. */
  after(milliseconds: number, action: () => void): () => void;
};

/** The clock of this machine. A pending call does not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, action) {
    const timer = setTimeout(action, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
