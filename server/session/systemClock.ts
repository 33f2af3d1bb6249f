// The clock of this machine and its chance, as sessions want them.
//
// Not here: any schedule; each caller says what it waits for.

import { randomBytes } from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "../../shared/session/clock.ts";

/** The clock of this machine. A pending call does not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, action) {
    const timer = setTimeout(action, milliseconds);
    timer.unref();
    return () => clearTimeout(timer);
  },
  turn: () => nextTurn(),
};

/** Bytes of the system's generator as hexadecimal digits. */
export function secret(bytes: number): string {
  return randomBytes(bytes).toString("hex");
}
