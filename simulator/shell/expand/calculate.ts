// Arithmetic in scripts: expands an expression's text, evaluates it, and says what is wrong with it.
// Source: bash(1) ARITHMETIC EVALUATION.
// Not here: evaluating (arithmetic.ts).

import type { Steps } from "../../process/wait.ts";
import { complain, discard } from "../messages.ts";
import { leave, type ShellState } from "../shellState.ts";
import type { Arithmetic, Word } from "../syntax/syntax.ts";
import { arithmeticHost } from "../values.ts";
import { ArithmeticFault, evaluate } from "./arithmetic.ts";
import { piecesToText } from "./fields.ts";
import type { Integer } from "./integers.ts";

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
  const text = typeof word === "string" ? word : yield* arithmeticText(state, word);
  try {
    return evaluate(arithmeticHost(state), text);
  } catch (error) {
    if (!(error instanceof ArithmeticFault)) throw error;
    if (error.exit) return yield* discard(state, error.message, "exit");
    yield* complain(state, `${command}${error.message}`);
    return undefined;
  }
}

/** The text of an expression, expanded as in double quotes. */
export function* arithmeticText(state: ShellState, word: Word): Steps<string> {
  if (word.literal !== undefined) return word.literal;
  return piecesToText(yield* state.interpreter.parts(state, word.parts, "none"));
}
