// [[ ]]: patterns, regular expressions, comparisons; operands are neither split nor matched to files.
// Source: bash(1) Compound Commands, [[ expression ]].
// Not here: operators on files (../testOperators.ts). Not simulated: back-references in expressions.

import type { Steps } from "../../process/wait.ts";
import { calculate } from "../expand/calculate.ts";
import { fieldBreak } from "../expand/fields.ts";
import { compilePattern, matches } from "../expand/pattern.ts";
import { regularExpression } from "../expand/regularExpression.ts";
import { expandPattern, expandText } from "../expand/words.ts";
import type { ShellState } from "../shellState.ts";
import type { TestExpression, Word } from "../syntax/syntax.ts";
import { compareNumbers, testFiles, testUnary } from "../testOperators.ts";
import { trace, tracing } from "../trace.ts";
import { newVariable } from "../variables.ts";

/** 0 for true, 1 for false, 2 for a faulty expression. */
export function* evaluateTest(state: ShellState, expression: TestExpression): Steps<number> {
  switch (expression.type) {
    case "group":
      return yield* evaluateTest(state, expression.expression);
    case "not": {
      const status = yield* evaluateTest(state, expression.operand);
      return status > 1 ? status : 1 - status;
    }
    case "logical": {
      let status = expression.and ? 0 : 1;
      for (const operand of expression.operands) {
        status = yield* evaluateTest(state, operand);
        if (expression.and ? status !== 0 : status === 0) return status;
      }
      return status;
    }
    case "unary": {
      const word = yield* expandText(state, expression.operand);
      if (tracing(state)) yield* trace(state, `[[ ${expression.operator} ${word} ]]`);
      return testUnary(state, expression.operator === "-a" ? "-e" : expression.operator, word)
        ? 0
        : 1;
    }
    default:
      return yield* evaluateBinary(state, expression);
  }
}

type Binary = Extract<TestExpression, { type: "binary" }>;

function* evaluateBinary(state: ShellState, { operator, left, right }: Binary): Steps<number> {
  const value = yield* expandText(state, left);
  const show = function* (shown: string): Steps<void> {
    const quoted = value === "" ? "''" : value;
    if (tracing(state)) yield* trace(state, `[[ ${quoted} ${operator} ${shown} ]]`);
  };
  if (operator === "=~") return yield* matchExpression(state, value, right);
  if (operator === "=" || operator === "==" || operator === "!=") {
    const ignoreCase = state.shopts.has("nocasematch");
    const text = yield* expandPattern(state, right);
    yield* show(text === "" ? "''" : text);
    const pattern = compilePattern(text, { extended: true, ignoreCase });
    return matches(pattern, value, ignoreCase) === (operator !== "!=") ? 0 : 1;
  }
  const other = yield* expandText(state, right);
  yield* show(other === "" ? "''" : other);
  if (operator === "<" || operator === ">")
    return (operator === "<" ? value < other : value > other) ? 0 : 1;
  if (/^-(?:nt|ot|ef)$/.test(operator)) return testFiles(state, operator, [value, other]) ? 0 : 1;
  const a = yield* calculate(state, value, "[[: ");
  if (a === undefined) return 1;
  const b = yield* calculate(state, other, "[[: ");
  return b !== undefined && compareNumbers(operator, a, b) ? 0 : 1;
}

function* matchExpression(state: ShellState, value: string, right: Word): Steps<number> {
  const pieces = yield* state.interpreter.parts(state, right.parts, "word");
  let source = "";
  for (const piece of pieces) {
    if (piece === fieldBreak) source += " ";
    else source += piece.quoted ? piece.text.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&") : piece.text;
  }
  if (tracing(state)) yield* trace(state, `[[ ${value} =~ ${source} ]]`);
  const expression = regularExpression(source, state.shopts.has("nocasematch"));
  if (expression === undefined) return 2;
  const match = expression.exec(value);
  const found = newVariable("a");
  found.elements = new Map(match === null ? [] : match.map((part, index) => [index, part ?? ""]));
  state.scopes[0]?.set("BASH_REMATCH", found);
  return match === null ? 1 : 0;
}
