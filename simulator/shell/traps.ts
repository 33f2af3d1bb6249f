// Traps: commands that wait for a signal, an error, or the end of the shell.
// Source: bash(1) trap, SIGNALS.
// Not here: the builtin (builtins/trap.ts). Not simulated: extdebug's use of the DEBUG trap.

import type { Process, Signal } from "../process/process.ts";
import { onSignal } from "../process/processTable.ts";
import { defaultAction, SIGNALS } from "../process/signals.ts";
import type { Execution, Steps, Wait } from "../process/wait.ts";
import { asUnwind, leave, type ShellState } from "./shellState.ts";
import { parseText } from "./syntax/parse.ts";

/** Makes the process do what the trap says on a signal. */
export function arm(state: ShellState, signal: Signal, command: string | undefined): void {
  if (command === "") onSignal(state.process, signal, "ignore");
  else if (command === undefined) onSignal(state.process, signal, defaultIn(state, signal));
  else {
    onSignal(state.process, signal, () => {
      if (!state.pending.includes(signal)) state.pending.push(signal);
    });
  }
}

/** A shell on a terminal survives what ends others. */
function defaultIn(state: ShellState, signal: Signal): "default" | "ignore" | (() => void) {
  if (!state.interactive || state.depth > 0) {
    const own = state.traps.get("EXIT")?.command ?? "";
    if (own === "" || state.dash || signal === "KILL") return "default";
    return defaultAction(signal) === "end" ? () => endBy(state, signal) : "default";
  }
  if (signal === "INT") {
    return () => {
      state.interrupted = true;
    };
  }
  return signal === "TERM" ||
    signal === "QUIT" ||
    signal === "TSTP" ||
    signal === "TTIN" ||
    signal === "TTOU"
    ? "ignore"
    : "default";
}

/** Comes never: what waits for it has been left. */
export const never: Wait = () => () => {};

/** What a signal is about to end does nothing more but its trap on EXIT. */
function endBy(state: ShellState, signal: Signal): void {
  const { process } = state;
  const { scheduler } = process.machine;
  state.ending = true;
  scheduler.start(process, lastWords());
  function* lastWords(): Execution {
    state.ending = false;
    yield* runExitTrap(state, state.status);
    scheduler.end(process, { signal });
    yield never;
    return 0;
  }
}

/** After the trap on EXIT was set or taken away: signals end the shell with or without it. */
export function armExit(state: ShellState): void {
  if (state.interactive || state.dash) return;
  for (const signal of SIGNALS) {
    if (state.traps.has(signal) || state.process.handlers.get(signal) === "ignore") continue;
    if (defaultAction(signal) === "end") arm(state, signal, undefined);
  }
}

/** A program or subshell of a shell on a terminal dies of what that shell survives. */
export function restoreSignals(state: ShellState, process: Process): void {
  if (!state.interactive) return;
  for (const signal of ["INT", "QUIT", "TERM", "TSTP", "TTIN", "TTOU"] as const) {
    if (state.traps.get(signal)?.command !== "") onSignal(process, signal, "default");
  }
}

/** Runs the traps of signals that have come. */
export function* runPending(state: ShellState): Steps<void> {
  for (let signal = state.pending.shift(); signal !== undefined; signal = state.pending.shift()) {
    const trap = state.traps.get(signal);
    if (trap !== undefined && trap.command !== "") yield* runTrap(state, trap.command);
  }
}

/** Runs a trap's command; $? is as before it. */
function* runTrap(state: ShellState, command: string, line = 1): Steps<void> {
  const { status, pipeStatus, lineOffset } = state;
  const before = state.line;
  try {
    state.lineOffset = 0;
    yield* state.interpreter.run(state, parseText(command, line));
  } finally {
    state.lineOffset = lineOffset;
    state.line = before;
  }
  state.status = status;
  state.pipeStatus = pipeStatus;
}

/** The trap on EXIT, once; the status with which the shell ends. */
export function* runExitTrap(state: ShellState, status: number): Steps<number> {
  const trap = state.traps.get("EXIT");
  if (trap === undefined || trap.command === "" || trap.inherited === true) return status;
  state.traps.delete("EXIT");
  state.status = status;
  try {
    yield* runTrap(state, trap.command);
    return status;
  } catch (error) {
    const unwind = asUnwind(error);
    if (unwind === undefined) throw error;
    return unwind.unwind === "exit" ? unwind.status : status;
  }
}

/** ERR and DEBUG. */
export function* runNamedTrap(state: ShellState, name: "ERR" | "DEBUG" | "RETURN"): Steps<void> {
  const trap = state.traps.get(name);
  if (trap === undefined || trap.command === "" || state.inTrap) return;
  state.inTrap = true;
  state.beforeTrap = state.current;
  try {
    yield* runTrap(state, trap.command, state.line);
  } finally {
    state.inTrap = false;
  }
}

/** After a command has failed: the trap on ERR, then `set -e`. */
export function* afterFailure(state: ShellState, trapped = true): Steps<void> {
  if (state.conditions > 0) return;
  if (trapped && state.traps.has("ERR")) {
    yield* runNamedTrap(state, "ERR");
  }
  if (state.options.has("errexit")) leave({ unwind: "exit", status: state.status });
}
