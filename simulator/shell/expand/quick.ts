// Words that expand at once: text, plain parameters and arithmetic of such. Loops consist of them, so
// they take a short way that never waits and makes nothing but the text.
// Source: bash(1) EXPANSION.
// Not here: all other words (words.ts).

import type { ShellState } from "../shellState.ts";
import { parameterValue } from "../specialVariables.ts";
import type { Word, WordPart } from "../syntax/syntax.ts";
import { arithmeticHost, readVariable } from "../values.ts";
import { isName } from "../variables.ts";
import { evaluate } from "./arithmetic.ts";
import { ArithmeticFault } from "./arithmeticReader.ts";

/** The text of a word; undefined when it needs the long way. A fault is returned, to be said. */
export function quickText(state: ShellState, word: Word): string | ArithmeticFault | undefined {
  if (word.literal !== undefined) return word.literal;
  if (!word.quick || state.options.has("nounset")) return undefined;
  let text = "";
  for (const part of word.parts) {
    const piece = partText(state, part);
    if (typeof piece !== "string") return piece;
    text += piece;
  }
  return text;
}

const splits = /[ \t\n*?[\\(]/;

function maySplit(state: ShellState, piece: string): boolean {
  return splits.test(piece) || (readVariable(state, "IFS") ?? " \t\n") !== " \t\n";
}

/** The one field of a word; undefined when it may be none or several. */
export function quickField(state: ShellState, word: Word): string | ArithmeticFault | undefined {
  if (word.literal !== undefined && !word.braces) return word.literal;
  if (!word.quick || word.braces || state.options.has("nounset")) return undefined;
  let text = "";
  let quoted = false;
  for (const part of word.parts) {
    const piece = partText(state, part);
    if (typeof piece !== "string") return piece;
    if (part.quoted) quoted = true;
    else if (part.type !== "text" && maySplit(state, piece)) return undefined;
    text += piece;
  }
  return text === "" && !quoted ? undefined : text;
}

function partText(state: ShellState, part: WordPart): string | ArithmeticFault | undefined {
  switch (part.type) {
    case "text":
      return part.text;
    case "parameter":
      return (
        (isName(part.name) ? readVariable(state, part.name) : parameterValue(state, part.name)) ??
        ""
      );
    case "arithmetic":
      return arithmeticValue(state, part.expression.word);
    default:
      return undefined;
  }
}

function arithmeticValue(state: ShellState, word: Word): string | ArithmeticFault | undefined {
  const text = quickText(state, word);
  if (typeof text !== "string") return text;
  try {
    return `${evaluate(arithmeticHost(state), text)}`;
  } catch (error) {
    if (error instanceof ArithmeticFault) return error;
    throw error;
  }
}
