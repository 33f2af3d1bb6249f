// What the shell says when something is wrong, with the name and the line that bash puts before it.
// Source: experiments with bash 5.2.
// Not here: faults of syntax (syntax/syntaxProblem.ts).

import { errnoText } from "../net/core/errno.ts";
import { write } from "../process/io.ts";
import type { Steps } from "../process/wait.ts";
import { leave, type ShellState } from "./shellState.ts";

/** "bash: line 3: ", "sh: 3: ", or "bash: " on a terminal. */
export function prefix(state: ShellState): string {
  if (state.dash) return `${state.source}: ${state.line}: `;
  if (!state.interactive) return `${state.source}: line ${state.line}: `;
  const file = state.source === state.name ? "" : `${state.source}: line ${state.line}: `;
  return `${state.name.replace(/^.*\//, "")}: ${file}`;
}

/** Says it on standard error. */
export function* complain(state: ShellState, text: string): Steps<void> {
  yield* write(state.process, 2, `${prefix(state)}${text}\n`);
}

/** Says it, and answers 1 (or another status) for the builtin that failed. */
export function* refuse(state: ShellState, text: string, status = 1): Steps<number> {
  yield* complain(state, text);
  return status;
}

/** Says it and gives the line up. */
export function* discard(
  state: ShellState,
  text: string,
  kind: "discard" | "top" | "exit" = "discard",
): Steps<never> {
  yield* complain(state, text);
  const status = state.dash ? 2 : kind === "exit" && state.commandString ? 127 : 1;
  return leave({ unwind: kind, status });
}

/** Writes to standard output; false when that fails, which the builtin says. */
export function* say(state: ShellState, builtin: string, text: string): Steps<number> {
  const errno = yield* write(state.process, 1, text);
  if (errno === undefined) return 0;
  return yield* refuse(state, `${builtin}: write error: ${errnoText(errno)}`);
}
