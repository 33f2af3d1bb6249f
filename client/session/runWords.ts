// How a run is told in words: durations, exit status and the state of a cell. Every sentence that
// a cell shows about itself is made here, so that tone and tests are in one place.

import type { ShellCell } from "../../shared/chapter.ts";
import type { RunEnd } from "../../shared/session.ts";
import { asExpected, type CellState, stoppedByKeyboard } from "./cellState.ts";

const signals: Readonly<Record<number, string>> = {
  131: "SIGQUIT",
  134: "SIGABRT",
  137: "SIGKILL",
  139: "SIGSEGV",
  141: "SIGPIPE",
  143: "SIGTERM",
};

/** "40 ms", "3.1 s", "48 s", "1 min 12 s". */
export function duration(milliseconds: number): string {
  if (milliseconds < 100) return `${Math.max(1, Math.round(milliseconds))} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** The word beside the icon of a cell. */
export function statusWord(expect: ShellCell["expect"], state: CellState): string {
  const end = state.run?.end;
  switch (state.status) {
    case "not-run":
      return state.past ? "not run in this sandbox" : "not run";
    case "done":
      return doneWord(expect, end);
    case "failed":
      return end?.type === "exit" && end.code === stoppedByKeyboard ? "stopped" : "failed";
    default:
      return state.status;
  }
}

function doneWord(expect: ShellCell["expect"], end: RunEnd | undefined): string {
  if (expect === "fail") return "failed as expected";
  if (end?.type !== "exit" || end.code === 0) return "done";
  return end.code === stoppedByKeyboard ? "stopped" : `exit ${end.code}`;
}

/** The sentence under the output of a run that has ended. */
export function endWords(expect: ShellCell["expect"], state: CellState): string | undefined {
  const { run } = state;
  if (!run?.end) return undefined;
  if (run.end.type === "lost") return run.end.reason;
  const told = exitWords(expect, run.end.code, duration(run.milliseconds ?? 0));
  if (state.past) return `${told} The sandbox of that run is gone.`;
  if (state.status === "stale") return `${told} A cell it builds on has run again since.`;
  return told;
}

function exitWords(expect: ShellCell["expect"], code: number, time: string): string {
  if (code === stoppedByKeyboard) return `Stopped by Ctrl-C after ${time}.`;
  if (asExpected(expect, code)) {
    if (code === 0) return `Exit 0: done in ${time}.`;
    return expect === "fail"
      ? `Exit ${code}, as expected, after ${time}.`
      : `Exit ${code} after ${time}.`;
  }
  if (code === 0) return `Exit 0 after ${time}: it worked, but the chapter expects it to fail.`;
  return `Exit ${code}: ${reason(code)} after ${time}.`;
}

function reason(code: number): string {
  if (code === 126) return "the file could not be run";
  if (code === 127) return "a command was not found";
  const signal = signals[code];
  return signal ? `ended by ${signal}` : "failed";
}

/** "1 cell", "3 cells". */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number} ${number === 1 ? noun : plural}`;
}
