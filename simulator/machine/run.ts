// Runs a machine as fast as it can, without regard to the time outside: until a process has ended,
// or for some virtual time.
// A process that waits for something that can no longer come is left where it is.
// Not here: running at the pace of a reader's clock.

import type { Machine } from "../process/machine.ts";
import type { ExitStatus, Process } from "../process/process.ts";

/** Turns of processes between two looks at the clock. */
const SLICES = 1000;

/** Runs until the process has ended; undefined when nothing can happen any more before that. */
export async function runToEnd(
  machine: Machine,
  process: Process,
): Promise<ExitStatus | undefined> {
  await runWhile(machine, () => process.exitStatus === undefined);
  return process.exitStatus;
}

/** Runs for so many microseconds of the machine's time. */
export async function runFor(machine: Machine, microseconds: number): Promise<void> {
  const end = machine.clock.now + microseconds;
  const timer = machine.clock.after(microseconds, () => {});
  await runWhile(machine, () => machine.clock.now < end);
  timer.cancel();
}

async function runWhile(machine: Machine, wanted: () => boolean): Promise<void> {
  const { scheduler, clock } = machine;
  while (wanted()) {
    if (scheduler.runReady(SLICES)) continue;
    if (!scheduler.idle) await scheduler.fetched();
    else if (wanted() && !clock.runNext()) return;
  }
}
