// How the terminal of a sandbox and its shell work together on a run: the one asks, the other takes the
// source when it is at its prompt, as if it had been pasted there, and says when output begins and ends.
// The shape only. Not here: the terminal (sandbox/simulatorTerminal.ts).

import type { Wait } from "../../process/wait.ts";

/** What the shell does: it reads keys, or the rest of a command, or runs something. */
export type ShellMoment = "prompt" | "unfinished" | "running";

/** The side of the terminal, as the shell sees it. */
export type RunFollower = {
  /** Comes when there may be a source to take. */
  readonly asked: Wait;
  /** The source that is to be run, once. */
  take(): string | undefined;
  /** True while what is shown belongs to the run, not to its echo or a prompt; set by the shell. */
  shows: boolean;
  /** Ctrl-C has come to the run. */
  readonly stopped: boolean;
  /** At a prompt, `status` is `$?`: whatever ran has ended with it. */
  note(moment: ShellMoment, status: number): void;
};
