// A shell on a terminal, for now without line editing: it prints its prompt and reads lines as the
// terminal gives them.
// Source: bash(1) INVOCATION, PROMPTING.
// Not simulated: readline, history expansion.

import { readOrErrno, write } from "../process/io.ts";
import type { Steps } from "../process/wait.ts";
import { isFault, runParsed, tellProblem } from "./execute/run.ts";
import { asUnwind, type ShellState } from "./shellState.ts";
import { parseText } from "./syntax/parse.ts";
import type { Parsed } from "./syntax/syntax.ts";
import { readVariable } from "./values.ts";

/** True when no more lines are needed to make commands of a text. */
export function isFinished(text: string): boolean {
  return parseText(text).problem?.unfinished !== true;
}

/** Runs one input of a terminal: what gives up ends the input, not the shell. */
export function* runInteractive(state: ShellState, parsed: Parsed): Steps<number> {
  try {
    yield* runParsed(state, { ...parsed, problem: undefined });
    if (isFault(parsed.problem)) yield* tellProblem(state, parsed.problem, "");
  } catch (error) {
    const unwind = asUnwind(error);
    if (unwind === undefined || unwind.unwind === "exit") throw error;
    state.status = "status" in unwind ? unwind.status : state.status;
  }
  return state.status;
}

/** Reads and runs until the end of input or `exit`. */
export function* interactiveLoop(state: ShellState): Steps<number> {
  let text = "";
  for (;;) {
    yield* write(state.process, 2, readVariable(state, text === "" ? "PS1" : "PS2") ?? "");
    const line = yield* readOrErrno(state.process, 0, 4096);
    if (typeof line !== "string" || line === "") return state.status;
    text += line;
    const parsed = parseText(text);
    if (parsed.problem?.unfinished === true) continue;
    text = "";
    yield* runInteractive(state, parsed);
  }
}
