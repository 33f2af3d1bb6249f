// How a shell takes its terminal: it waits in the background until it is in the foreground, leads a group
// of its own, and ignores what would stop or end it. When the terminal goes, so do its jobs.
// Source: bash(1) SIGNALS, JOB CONTROL; credentials(7).

import { write } from "../../process/io.ts";
import { isOrphanedGroup, onSignal, sendSignal, signalGroup } from "../../process/processTable.ts";
import { pause } from "../../process/scheduler.ts";
import type { Steps } from "../../process/wait.ts";
import { conditionOf } from "../jobs.ts";
import type { ShellState } from "../shellState.ts";
import { arm } from "../traps.ts";

/** Takes the terminal, unless the shell can never have it. */
export function* beginJobControl(state: ShellState): Steps<void> {
  const { process } = state;
  const { tty, machine } = process;
  for (const option of ["emacs", "histexpand", "history"]) state.options.add(option);
  while (tty !== undefined && tty.foreground !== process.processGroup) {
    if (isOrphanedGroup(machine, process.processGroup)) {
      const name = state.name.replace(/^.*\//, "");
      yield* write(
        process,
        2,
        `${name}: cannot set terminal process group (${tty.foreground}): Inappropriate ioctl for device\n` +
          `${name}: no job control in this shell\n`,
      );
      return;
    }
    signalGroup(machine, process.processGroup, "TTIN");
    yield pause;
  }
  for (const signal of ["INT", "QUIT", "TERM", "TSTP", "TTIN", "TTOU"] as const) {
    arm(state, signal, undefined);
  }
  onSignal(process, "HUP", () => {
    for (const job of state.jobs) {
      if (job.disowned) continue;
      signalGroup(machine, job.group, "HUP");
      if (conditionOf(job) === "stopped") signalGroup(machine, job.group, "CONT");
    }
    onSignal(process, "HUP", "default");
    sendSignal(process, "HUP");
  });
  if (tty === undefined) return;
  state.options.add("monitor");
  process.processGroup = process.pid;
  tty.foreground = process.pid;
  return;
}
