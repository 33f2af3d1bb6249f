// Who runs next? One CPU, first come first served: a process runs until it waits. The machine's
// time moves only when nobody is ready.
// This file holds the shape only.
// Not simulated: preemption, priorities, a second CPU.

import type { ExitStatus, Process } from "./process.ts";
import type { Execution, Steps, Wait } from "./wait.ts";

/** Runs processes. */
export interface Scheduler {
  /** Lets the process run this from now on; it ends with its result. */
  start(process: Process, execution: Execution): void;
  /**
   * Goes on with ready processes until none is ready or `slices` were run; true when more are ready.
   * Timers that fall due meanwhile run in between. While something is fetched nobody runs.
   */
  runReady(slices: number): boolean;
  /** True when nobody can go on before time moves. */
  readonly idle: boolean;
  /** Fetches something from outside the machine while its time stands still. */
  fetch<T>(promise: Promise<T>): Steps<T>;
  /** As `fetch`, but what this function has once fetched is there at once. */
  fetchOnce<T>(load: () => Promise<T>): Steps<T>;
  /** Settles when no fetch is under way. */
  fetched(): Promise<void>;
  /** Makes a stopped or signalled process ready again; used by signals. */
  wake(process: Process): void;
  /** Ends the process: its `finally` blocks run; at once, or at its next wait when it is the one that runs. */
  end(process: Process, status: ExitStatus): void;
}

/** Lets others run; comes at once. */
export const pause: Wait = (wake) => {
  wake();
  return () => {};
};
