// Runs the statements of an awk program. How a statement ends (next, exit, break …) is a value that
// goes up until somebody takes it.
// Not here: expressions (evaluate.ts), records (input.ts).

import { pause } from "../../process/scheduler.ts";
import type { Steps } from "../../process/wait.ts";
import { evaluate, keyOf } from "./evaluate.ts";
import { writeTo } from "./output.ts";
import { AwkError } from "./scan.ts";
import { type Awk, type AwkArray, getArray, getVariable, recordOf, setVariable } from "./state.ts";
import type { Expression, Statement } from "./syntax.ts";
import { numberOf, sprintf, textOf, truthOf, UNSET, type Value } from "./values.ts";

/** How a statement ended; undefined: it is done. */
export type End =
  | { readonly type: "next" | "break" | "continue" }
  | { readonly type: "exit"; readonly code: number | undefined }
  | { readonly type: "return"; readonly value: Value };

const DEEPEST_CALL = 1000;

/** Runs a statement. */
export function* run(awk: Awk, statement: Statement): Steps<End | undefined> {
  switch (statement.type) {
    case "expression":
      yield* evaluate(awk, statement.expression);
      return undefined;
    case "print":
    case "printf":
      yield* print(awk, statement);
      return undefined;
    case "block":
      for (const inner of statement.body) {
        const end = yield* run(awk, inner);
        if (end !== undefined) return end;
      }
      return undefined;
    case "if": {
      const yes = truthOf(yield* evaluate(awk, statement.test));
      if (yes) return yield* run(awk, statement.yes);
      return statement.no === undefined ? undefined : yield* run(awk, statement.no);
    }
    case "while":
    case "for":
      return yield* loop(awk, statement);
    case "forIn":
      return yield* forIn(awk, statement);
    case "exit": {
      const code =
        statement.value === undefined ? undefined : numberOf(yield* evaluate(awk, statement.value));
      return { type: "exit", code };
    }
    case "return": {
      const value = statement.value === undefined ? UNSET : yield* evaluate(awk, statement.value);
      return { type: "return", value };
    }
    case "delete": {
      const array = getArray(awk, statement.name);
      if (statement.keys === undefined) array.clear();
      else array.delete(yield* keyOf(awk, statement.keys));
      return undefined;
    }
    default:
      return { type: statement.type };
  }
}

type Loop = Extract<Statement, { type: "while" | "for" }>;

function* loop(awk: Awk, statement: Loop): Steps<End | undefined> {
  if (statement.type === "for" && statement.start !== undefined) yield* run(awk, statement.start);
  let first = statement.type === "while" && statement.after;
  for (let round = 1; ; round++) {
    // Others get their turn, and a signal ends a loop that has no end.
    if (round % 1000 === 0) yield pause;
    if (!first && statement.test !== undefined && !truthOf(yield* evaluate(awk, statement.test)))
      return undefined;
    first = false;
    const end = yield* run(awk, statement.body);
    if (end?.type === "break") return undefined;
    if (end !== undefined && end.type !== "continue") return end;
    if (statement.type === "for" && statement.step !== undefined) yield* run(awk, statement.step);
  }
}

function* forIn(
  awk: Awk,
  statement: Extract<Statement, { type: "forIn" }>,
): Steps<End | undefined> {
  for (const key of [...getArray(awk, statement.array).keys()]) {
    setVariable(awk, statement.name, { input: key });
    const end = yield* run(awk, statement.body);
    if (end?.type === "break") return undefined;
    if (end !== undefined && end.type !== "continue") return end;
  }
  return undefined;
}

function* print(
  awk: Awk,
  statement: Extract<Statement, { type: "print" | "printf" }>,
): Steps<void> {
  const values: Value[] = [];
  for (const value of statement.values) values.push(yield* evaluate(awk, value));
  const format = textOf(getVariable(awk, "OFMT"));
  let text: string;
  if (statement.type === "printf") text = sprintf(textOf(values[0] ?? ""), values.slice(1));
  else {
    const line =
      values.length === 0
        ? recordOf(awk)
        : values.map((value) => textOf(value, format)).join(textOf(getVariable(awk, "OFS")));
    text = line + textOf(getVariable(awk, "ORS"));
  }
  const { output } = statement;
  const name = output === undefined ? "" : textOf(yield* evaluate(awk, output.to));
  yield* writeTo(awk, output?.mode, name, text);
}

/** Calls a function of the program; arrays are passed as they are. */
export function* callFunction(awk: Awk, name: string, values: readonly Expression[]): Steps<Value> {
  const called = awk.program.functions.get(name);
  if (called === undefined) throw new AwkError(`function ${name} never defined`);
  if (awk.frames.length > DEEPEST_CALL) throw new AwkError("function call nesting is too deep");
  const frame = new Map<string, Value | AwkArray>();
  for (const [index, parameter] of called.parameters.entries()) {
    const value = values[index];
    frame.set(parameter, value === undefined ? UNSET : yield* argument(awk, value));
  }
  awk.frames.push(frame);
  const end = yield* run(awk, called.body);
  awk.frames.pop();
  if (end?.type === "exit") throw new ExitAwk(end.code);
  return end?.type === "return" ? end.value : UNSET;
}

/** `exit` within a function leaves everything. */
export class ExitAwk extends Error {
  readonly code: number | undefined;
  constructor(code: number | undefined) {
    super("exit");
    this.code = code;
  }
}

function* argument(awk: Awk, value: Expression): Steps<Value | AwkArray> {
  if (value.type === "variable") {
    const own = awk.frames.at(-1);
    const held = own?.has(value.name) ? own.get(value.name) : awk.globals.get(value.name);
    if (held instanceof Map) return held;
  }
  return yield* evaluate(awk, value);
}
