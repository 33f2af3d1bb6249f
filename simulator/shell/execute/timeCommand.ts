// The reserved word `time`.
// Source: bash(1) Pipelines, TIMEFORMAT.
// Not simulated: how much of the time a processor was busy; user and sys are a guess at a small share.

import { write } from "../../process/io.ts";
import type { Steps } from "../../process/wait.ts";
import type { ShellState } from "../shellState.ts";
import { readVariable } from "../values.ts";

/** Runs it and prints how long it took. */
export function* timeCommand(
  state: ShellState,
  style: "bash" | "posix",
  run: () => Steps<number>,
): Steps<number> {
  const { clock } = state.process.machine;
  const start = clock.now;
  const status = yield* run();
  const seconds = (clock.now - start) / 1e6;
  const format = readVariable(state, "TIMEFORMAT");
  const text =
    style === "posix"
      ? "real %2R\nuser %2U\nsys %2S"
      : (format ?? "\nreal\t%3lR\nuser\t%3lU\nsys\t%3lS");
  if (text !== "") yield* write(state.process, 2, `${formatTime(text, seconds)}\n`);
  return status;
}

function formatTime(format: string, seconds: number): string {
  const busy = Math.min(seconds, 0.001);
  const values: Readonly<Record<string, number>> = { R: seconds, U: busy, S: 0 };
  return format.replace(
    /%(\d?)(l?)([RUSP%])/g,
    (_, digits: string, long: string, letter: string) => {
      if (letter === "%") return "%";
      const places = Math.min(digits === "" ? 3 : Number(digits), 3);
      const value = letter === "P" ? (100 * busy) / (seconds || 1) : (values[letter] ?? 0);
      const cut = Math.floor(value * 10 ** places + 1e-9) / 10 ** places;
      if (long === "") return cut.toFixed(places);
      return `${Math.floor(cut / 60)}m${(cut % 60).toFixed(places)}s`;
    },
  );
}
