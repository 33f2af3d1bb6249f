// Waiting in the foreground: for the processes of a pipeline, with the terminal in their hands when the
// shell controls jobs, and saying what ended them.
// Source: bash(1) JOB CONTROL.
// Not here: background jobs (pipeline.ts).

import { write } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import { reap, waitFor, waitForChange } from "../../process/processTable.ts";
import { signalNumber } from "../../process/signals.ts";
import type { Steps } from "../../process/wait.ts";
import { addJob, tellChanges, tellDeath, tellDeaths } from "../jobs.ts";
import { leave, type ShellState } from "../shellState.ts";
import { runPending } from "../traps.ts";
import { statusOf } from "../values.ts";

/** A process that is waited for, and its part of the command. */
export type Waited = { readonly process: Process; readonly text: () => string };

/** Waits for all of them; their statuses. A job that is stopped stays as one. */
export function* waitForeground(
  state: ShellState,
  waited: readonly Waited[],
  text: () => string,
): Steps<number[]> {
  const controlled = state.options.has("monitor");
  const group = waited[0]?.process.processGroup ?? 0;
  const { tty } = state.process;
  if (controlled && tty !== undefined && state.interactive) tty.foreground = group;
  const statuses: number[] = [];
  let stopped = false;
  for (const { process } of waited) {
    const end = controlled
      ? yield* waitForChange(state.process, process)
      : yield* waitFor(state.process, process);
    if ("stopped" in end) {
      stopped = true;
      statuses.push(128 + signalNumber(end.stopped));
    } else statuses.push(statusOf(end));
  }
  if (controlled && tty !== undefined && state.interactive)
    tty.foreground = state.process.processGroup;
  const { terminal } = state;
  if (stopped) {
    const processes = waited.map((one) => ({ process: one.process, text: one.text() }));
    const job = addJob(state, {
      text: text(),
      group,
      processes,
      foreground: false,
      controlled: true,
      line: state.line,
    });
    if (terminal === undefined) job.told = "Stopped";
  } else yield* afterEnd(state, waited, text);
  if (state.pending.length > 0) yield* runPending(state);
  if (terminal !== undefined) {
    yield* tellChanges(state);
    // A program that took the Ctrl-C for itself and ended well does not end the loop around it.
    if (terminal.stopped() && state.loops > 0) leave({ unwind: "break", level: state.loops });
  }
  return statuses;
}

function* afterEnd(state: ShellState, waited: readonly Waited[], text: () => string): Steps<void> {
  const last = waited.at(-1)?.process.exitStatus;
  if (last !== undefined && "signal" in last) {
    const processes = waited.map((one) => ({ process: one.process, text: one.text() }));
    yield* tellDeath(state, {
      number: 0,
      text: text(),
      group: 0,
      processes,
      foreground: true,
      told: "",
      disowned: false,
      controlled: false,
      line: state.line,
    });
    if (last.signal === "INT" && state.interactive) {
      if (state.traps.get("INT")?.command) state.pending.push("INT");
      yield* write(state.process, 2, "\n");
      leave({ unwind: "top", status: 130 });
    }
  }
  for (const { process } of waited) reap(process);
  yield* tellDeaths(state);
}
