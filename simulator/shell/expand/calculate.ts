// Arithmetic in scripts: expands an expression's text, evaluates it, and says what is wrong with it.
// Source: bash(1) ARITHMETIC EVALUATION.
// Not here: evaluating (arithmetic.ts).

import type { Steps } from "../../process/wait.ts";
import { complain, discard } from "../messages.ts";
import { leave, type ShellState } from "../shellState.ts";
import type { Arithmetic, Word } from "../syntax/syntax.ts";
import { arithmeticHost } from "../values.ts";
import { evaluate } from "./arithmetic.ts";
import { ArithmeticFault } from "./arithmeticReader.ts";
import { piecesToText } from "./fields.ts";
import type { Integer } from "./integers.ts";
import { quickText } from "./quick.ts";

/** `$((…))`: a fault gives the line up. */
export function* expandArithmetic(
  state: ShellState,
  expression: Arithmetic,
  kind: "discard" | "top" = "discard",
): Steps<Integer> {
  const value = yield* calculate(state, expression.word, "");
  if (value === undefined) return leave({ unwind: kind, status: 1 });
  return value;
}

/** The value of an expression; undefined after a fault, which was said with `command` before it. */
export function* calculate(
  state: ShellState,
  word: Word | string,
  command: string,
): Steps<Integer | undefined> {
  const quick = typeof word === "string" ? word : quickText(state, word);
  if (quick instanceof ArithmeticFault) return yield* giveUp(state, quick);
  const text = quick ?? (typeof word === "string" ? word : yield* arithmeticText(state, word));
  try {
    const value = evaluate(arithmeticHost(state), text);
    if (state.notes.length > 0) yield* tellNotes(state);
    return value;
  } catch (error) {
    if (!(error instanceof ArithmeticFault)) throw error;
    if (state.notes.length > 0) yield* tellNotes(state);
    if (error.kind === "exit") return yield* discard(state, error.message, "exit");
    yield* complain(state, `${error.kind === "plain" ? "" : command}${error.message}`);
    return undefined;
  }
}

/** Says what is wrong with an expression in a word, and gives the line up. */
export function* giveUp(state: ShellState, fault: ArithmeticFault): Steps<never> {
  if (state.notes.length > 0) yield* tellNotes(state);
  return yield* discard(state, fault.message, fault.kind === "exit" ? "exit" : "discard");
}

/** Says what an expansion has left to be said. */
export function* tellNotes(state: ShellState): Steps<void> {
  for (const note of state.notes.splice(0)) yield* complain(state, note);
}

/** The text of an expression, expanded as in double quotes. */
export function* arithmeticText(state: ShellState, word: Word): Steps<string> {
  if (word.literal !== undefined) return word.literal;
  return piecesToText(yield* state.interpreter.parts(state, word.parts, "none"));
}
