// What `set -x` prints before commands.
// Source: bash(1) set -x, PS4; experiments with bash 5.2.
// Not simulated: BASH_XTRACEFD.

import { write } from "../process/io.ts";
import type { Steps } from "../process/wait.ts";
import { expandText } from "./expand/words.ts";
import { quoteForTrace } from "./quote.ts";
import type { ShellState } from "./shellState.ts";
import { parseQuoted } from "./syntax/parse.ts";
import { readVariable } from "./values.ts";

/** True when commands are to be printed. */
export function tracing(state: ShellState): boolean {
  return state.options.has("xtrace");
}

/** Prints a line behind PS4, whose first character tells how deep the shell is. */
export function* trace(state: ShellState, text: string): Steps<void> {
  const prompt = readVariable(state, "PS4") ?? "+ ";
  let shown = prompt;
  if (/[$`\\]/.test(prompt)) {
    state.options.delete("xtrace");
    const { status } = state;
    shown = yield* expandText(state, parseQuoted(prompt, state.line), "none");
    state.status = status;
    state.options.add("xtrace");
  }
  const first = shown.slice(0, 1);
  yield* write(state.process, 2, `${first.repeat(state.traceDepth)}${shown}${text}\n`);
}

/** Prints words, quoted so that they can be read again. */
export function* traceWords(state: ShellState, words: readonly string[]): Steps<void> {
  yield* trace(state, words.map(quoteForTrace).join(" "));
}
