// The functions that every awk has (POSIX awk, mawk(1)).
// Not here: functions of the program (run.ts). Not simulated: srand from the time of day; it is 0.

import { statusNumber, waitFor } from "../../process/processTable.ts";
import { spawnCommand } from "../../process/programLookup.ts";
import { signalNumber } from "../../process/signals.ts";
import type { Steps } from "../../process/wait.ts";
import { evaluate, locate, regexSource } from "./evaluate.ts";
import { closeOutput, flushOutputs } from "./output.ts";
import { AwkError } from "./scan.ts";
import {
  type Awk,
  getArray,
  getVariable,
  recordOf,
  regexOf,
  setVariable,
  splitText,
} from "./state.ts";
import type { Expression } from "./syntax.ts";
import { numberOf, sprintf, textOf, type Value } from "./values.ts";

/** Calls one. */
export function* callBuiltin(awk: Awk, name: string, values: readonly Expression[]): Steps<Value> {
  const [first, second, third] = values;
  const text = function* (value: Expression | undefined): Steps<string> {
    return value === undefined
      ? recordOf(awk)
      : textOf(yield* evaluate(awk, value), textOf(getVariable(awk, "CONVFMT")));
  };
  const number = function* (value: Expression | undefined): Steps<number> {
    return value === undefined ? 0 : numberOf(yield* evaluate(awk, value));
  };
  switch (name) {
    case "length":
      if (first?.type === "variable" && isArray(awk, first.name))
        return getArray(awk, first.name).size;
      return (yield* text(first)).length;
    case "substr":
      return substr(
        yield* text(first),
        yield* number(second),
        third === undefined ? undefined : yield* number(third),
      );
    case "index":
      return (yield* text(first)).indexOf(yield* text(second)) + 1;
    case "split":
      return yield* split(awk, values);
    case "sub":
    case "gsub":
      return yield* substitute(awk, values, name === "gsub");
    case "match": {
      const subject = yield* text(first);
      const source = second === undefined ? "" : yield* regexSource(awk, second);
      const [start = -1, end = -1] = regexOf(awk, source).match(subject) ?? [];
      setVariable(awk, "RSTART", start + 1);
      setVariable(awk, "RLENGTH", start < 0 ? -1 : end - start);
      return start + 1;
    }
    case "sprintf": {
      const all: Value[] = [];
      for (const value of values) all.push(yield* evaluate(awk, value));
      return sprintf(textOf(all[0] ?? ""), all.slice(1));
    }
    case "tolower":
      return (yield* text(first)).replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
    case "toupper":
      return (yield* text(first)).replace(/[a-z]+/g, (letters) => letters.toUpperCase());
    case "system":
      return yield* system(awk, yield* text(first));
    case "close":
      return yield* closeOutput(awk, yield* text(first));
    case "fflush":
      yield* flushOutputs(awk);
      return 0;
    case "atan2":
      return Math.atan2(yield* number(first), yield* number(second));
    case "rand":
      return awk.self.machine.random.fraction();
    case "srand": {
      const before = awk.seed;
      awk.seed = yield* number(first);
      return before;
    }
    default:
      return mathematics(name, yield* number(first));
  }
}

function isArray(awk: Awk, name: string): boolean {
  return (awk.frames.at(-1)?.get(name) ?? awk.globals.get(name)) instanceof Map;
}

function mathematics(name: string, value: number): number {
  switch (name) {
    case "sin":
      return Math.sin(value);
    case "cos":
      return Math.cos(value);
    case "exp":
      return Math.exp(value);
    case "log":
      return Math.log(value);
    case "sqrt":
      return Math.sqrt(value);
    case "int":
      return Math.trunc(value);
    default:
      throw new AwkError(`function ${name} never defined`);
  }
}

/** Positions are rounded, as POSIX wants it. */
function substr(text: string, start: number, length: number | undefined): string {
  const from = Math.round(start);
  const to = length === undefined ? Number.POSITIVE_INFINITY : from + Math.round(length);
  return text.slice(Math.max(0, from - 1), Math.max(0, to - 1));
}

function* split(awk: Awk, [text, array, separator]: readonly Expression[]): Steps<Value> {
  if (text === undefined || array?.type !== "variable")
    throw new AwkError("split needs a text and an array");
  const subject = textOf(yield* evaluate(awk, text));
  const by =
    separator === undefined ? textOf(getVariable(awk, "FS")) : yield* regexSource(awk, separator);
  const parts = splitText(awk, subject, by);
  const target = getArray(awk, array.name);
  target.clear();
  for (const [index, part] of parts.entries()) target.set(String(index + 1), { input: part });
  return parts.length;
}

function* substitute(
  awk: Awk,
  [pattern, replacement, target]: readonly Expression[],
  all: boolean,
): Steps<Value> {
  if (pattern === undefined || replacement === undefined)
    throw new AwkError("sub needs an expression and a text");
  const regex = regexOf(awk, yield* regexSource(awk, pattern));
  const by = textOf(yield* evaluate(awk, replacement));
  const fallback = { type: "field", index: { type: "number", value: 0 } } as const;
  const given = target === undefined ? fallback : target;
  if (given.type !== "variable" && given.type !== "element" && given.type !== "field") return 0;
  const place = yield* locate(awk, given);
  const text = textOf(place.get());
  let result = "";
  let from = 0;
  let count = 0;
  for (let at = 0; at <= text.length; ) {
    const [start, end] = regex.match(text, at) ?? [];
    if (start === undefined || end === undefined) break;
    const matched = text.slice(start, end);
    result +=
      text.slice(from, start) +
      by.replace(
        /\\(\\|&)|&/g,
        (whole, escaped?: string) => escaped ?? (whole === "&" ? matched : whole),
      );
    count += 1;
    from = end;
    at = end;
    if (!all) break;
    if (end === start) {
      result += text.charAt(end);
      from = end + 1;
      at = end + 1;
    }
  }
  if (count > 0) place.set(result + text.slice(from));
  return count;
}

function* system(awk: Awk, command: string): Steps<Value> {
  yield* flushOutputs(awk);
  const child = spawnCommand(awk.self, ["sh", "-c", command]);
  if ("errno" in child) return 127;
  return statusNumber(yield* waitFor(awk.self, child), signalNumber);
}
