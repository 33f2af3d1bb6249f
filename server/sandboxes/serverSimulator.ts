// The simulator in this process: for the command line and for tests, as fast as it can.
// Not here: the simulator of a page, which runs in the page (client/worker).

import { setImmediate as nextTurn } from "node:timers/promises";
import type { Sandbox } from "../../shared/sandbox.ts";
import { openSimulator } from "../../simulator/sandbox/simulatorSandbox.ts";

/** Chance that is the same each time: a run can be repeated. */
const SEED = 1;

/** A fresh machine whose clock shows this computer's time. */
export function openServerSimulator(seed = SEED): Sandbox {
  return openSimulator({
    seed,
    start: Date.now(),
    pace: "fastest",
    world: {
      now: () => performance.now(),
      after(milliseconds, action) {
        const timer = setTimeout(action, milliseconds);
        return () => clearTimeout(timer);
      },
      turn: () => nextTurn(),
    },
  });
}
