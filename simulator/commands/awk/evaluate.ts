// Values of awk's expressions. Reading a line and calling a function may wait, so everything is a
// generator.
// Not here: statements (run.ts), built-in functions (builtins.ts).

import type { Steps } from "../../process/wait.ts";
import { readCommand, readFile, readMain } from "./input.ts";
import {
  type Awk,
  getArray,
  getField,
  getVariable,
  recordOf,
  regexOf,
  setField,
  setRecord,
  setVariable,
} from "./state.ts";
import type { Expression, Target } from "./syntax.ts";
import { compare, numberOf, textOf, truthOf, UNSET, type Value } from "./values.ts";

/** The value of an expression. */
export function* evaluate(awk: Awk, expression: Expression): Steps<Value> {
  switch (expression.type) {
    case "number":
    case "string":
      return expression.value;
    case "group":
      return yield* evaluate(awk, expression.inner);
    case "regex":
      return Number(regexOf(awk, expression.source).test(recordOf(awk)));
    case "variable":
    case "element":
    case "field":
      return yield* currentValue(awk, expression);
    case "assign":
      return yield* assign(awk, expression);
    case "step": {
      const place = yield* locate(awk, expression.target);
      const before = numberOf(place.get());
      place.set(before + expression.by);
      return expression.before ? before + expression.by : before;
    }
    case "choice":
      return yield* evaluate(
        awk,
        truthOf(yield* evaluate(awk, expression.test)) ? expression.yes : expression.no,
      );
    case "and":
      return Number(
        truthOf(yield* evaluate(awk, expression.left)) &&
          truthOf(yield* evaluate(awk, expression.right)),
      );
    case "or":
      return Number(
        truthOf(yield* evaluate(awk, expression.left)) ||
          truthOf(yield* evaluate(awk, expression.right)),
      );
    case "unary": {
      const value = yield* evaluate(awk, expression.operand);
      if (expression.operator === "!") return Number(!truthOf(value));
      return expression.operator === "-" ? -numberOf(value) : numberOf(value);
    }
    case "binary":
      return yield* binary(awk, expression);
    case "match": {
      const text = textOf(yield* evaluate(awk, expression.left));
      const source = yield* regexSource(awk, expression.right);
      return Number(regexOf(awk, source).test(text) !== expression.negated);
    }
    case "member":
      return Number(getArray(awk, expression.name).has(yield* keyOf(awk, expression.keys)));
    case "getline":
      return yield* getline(awk, expression);
    case "call":
      return expression.own
        ? yield* awk.calls.own(awk, expression.name, expression.values)
        : yield* awk.calls.builtin(awk, expression.name, expression.values);
  }
}

/** The source of a regular expression: a literal, or the text of a value. */
export function* regexSource(awk: Awk, expression: Expression): Steps<string> {
  return expression.type === "regex" ? expression.source : textOf(yield* evaluate(awk, expression));
}

/** The text by which an array knows an element. */
export function* keyOf(awk: Awk, keys: readonly Expression[]): Steps<string> {
  const texts: string[] = [];
  for (const key of keys)
    texts.push(textOf(yield* evaluate(awk, key), textOf(getVariable(awk, "CONVFMT"))));
  return texts.join(textOf(getVariable(awk, "SUBSEP")));
}

function* currentValue(awk: Awk, target: Target): Steps<Value> {
  if (target.type === "variable") return getVariable(awk, target.name);
  return (yield* locate(awk, target)).get();
}

/** A place for a value. */
export type Place = { get(): Value; set(value: Value): void };

/** The place that a target names; its keys are computed once. */
export function* locate(awk: Awk, target: Target): Steps<Place> {
  if (target.type === "variable") {
    const { name } = target;
    return { get: () => getVariable(awk, name), set: (value) => setVariable(awk, name, value) };
  }
  if (target.type === "field") {
    const index = Math.trunc(numberOf(yield* evaluate(awk, target.index)));
    return { get: () => getField(awk, index), set: (value) => setField(awk, index, value) };
  }
  const key = yield* keyOf(awk, target.keys);
  const array = getArray(awk, target.name);
  return {
    get() {
      const value = array.get(key) ?? UNSET;
      if (!array.has(key)) array.set(key, value);
      return value;
    },
    set: (value) => void array.set(key, value),
  };
}

function* assign(awk: Awk, expression: Extract<Expression, { type: "assign" }>): Steps<Value> {
  const value = yield* evaluate(awk, expression.value);
  const place = yield* locate(awk, expression.target);
  const result =
    expression.operator === ""
      ? value
      : arithmetic(expression.operator, numberOf(place.get()), numberOf(value));
  place.set(result);
  return result;
}

function arithmetic(operator: string, left: number, right: number): number {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "%":
      return left % right;
    default:
      return left ** right;
  }
}

function* binary(awk: Awk, expression: Extract<Expression, { type: "binary" }>): Steps<Value> {
  const { operator } = expression;
  const left = yield* evaluate(awk, expression.left);
  const right = yield* evaluate(awk, expression.right);
  switch (operator) {
    case "": {
      const format = textOf(getVariable(awk, "CONVFMT"));
      return textOf(left, format) + textOf(right, format);
    }
    case "<":
      return Number(compare(left, right) < 0);
    case "<=":
      return Number(compare(left, right) <= 0);
    case "==":
      return Number(compare(left, right) === 0);
    case "!=":
      return Number(compare(left, right) !== 0);
    case ">":
      return Number(compare(left, right) > 0);
    case ">=":
      return Number(compare(left, right) >= 0);
    default:
      return arithmetic(operator, numberOf(left), numberOf(right));
  }
}

function* getline(awk: Awk, expression: Extract<Expression, { type: "getline" }>): Steps<Value> {
  const { source, target } = expression;
  const name = source === undefined ? "" : textOf(yield* evaluate(awk, source));
  const line =
    expression.from === "main"
      ? yield* readMain(awk)
      : expression.from === "file"
        ? yield* readFile(awk, name)
        : yield* readCommand(awk, name);
  if (typeof line === "number") return line;
  if (target === undefined) setRecord(awk, line);
  else (yield* locate(awk, target)).set({ input: line });
  if (expression.from !== "file") setVariable(awk, "NR", numberOf(getVariable(awk, "NR")) + 1);
  return 1;
}
