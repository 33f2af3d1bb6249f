// Assignments: the values are expanded, then stored; arrays element by element.
// Source: bash(1) PARAMETERS, Arrays.
// Not here: declare and its kin (builtins/declare.ts).

import type { Steps } from "../../process/wait.ts";
import { arithmeticText } from "../expand/calculate.ts";
import { quickText } from "../expand/quick.ts";
import { expandText, expandWord } from "../expand/words.ts";
import { complain, discard } from "../messages.ts";
import { doubleQuote, quoteForTrace } from "../quote.ts";
import type { ShellState } from "../shellState.ts";
import type { ArrayElement, Assignment } from "../syntax/syntax.ts";
import { trace, tracing } from "../trace.ts";
import {
  asArray,
  assign,
  declareVariable,
  followName,
  store,
  type ValueRefusal,
} from "../values.ts";
import { findVariable, has, nextIndex, type Variable } from "../variables.ts";

/** Performs assignments that stand alone. */
export function* assignAll(state: ShellState, assignments: readonly Assignment[]): Steps<void> {
  for (const one of assignments) yield* assignOne(state, one);
}

function* assignOne(state: ShellState, one: Assignment): Steps<void> {
  const { name, append } = one;
  if (!("parts" in one.value)) {
    if (tracing(state))
      yield* trace(state, `${name}${append ? "+" : ""}=${elementsSource(one.value)}`);
    const followed = followName(state, name).name;
    const variable = findVariable(state.scopes, followed) ?? declareVariable(state, followed);
    yield* orDiscard(state, yield* assignArray(state, { name, variable, append }, one.value));
    return;
  }
  const subscript = one.index === undefined ? undefined : yield* arithmeticText(state, one.index);
  const quick = quickText(state, one.value);
  const value =
    typeof quick === "string" ? quick : yield* expandText(state, one.value, "assignment");
  if (tracing(state)) {
    const index = one.index === undefined ? "" : `[${one.index.source}]`;
    yield* trace(
      state,
      `${name}${index}${append ? "+" : ""}=${value === "" ? "" : quoteForTrace(value)}`,
    );
  }
  const refusal = assign(state, { name, subscript, append }, value);
  if (refusal !== undefined) yield* discard(state, refusal.text, refusal.kind);
}

function elementsSource(elements: readonly ArrayElement[]): string {
  const texts = elements.map(({ index, append, value }) =>
    index === undefined ? value.source : `[${index.source}]${append ? "+" : ""}=${value.source}`,
  );
  return `(${texts.join(" ")})`;
}

function* orDiscard(state: ShellState, refusal: ValueRefusal | undefined): Steps<void> {
  if (refusal !== undefined) yield* discard(state, refusal.text, refusal.kind);
}

/** Which array gets the elements. */
export type ArrayTarget = {
  readonly name: string;
  readonly variable: Variable;
  readonly append: boolean;
};

/** Gives an array its elements: `name=(…)`. */
export function* assignArray(
  state: ShellState,
  target: ArrayTarget,
  elements: readonly ArrayElement[],
): Steps<ValueRefusal | undefined> {
  const { name, variable, append } = target;
  if (has(variable, "r")) return { text: `${name}: readonly variable`, kind: "discard" };
  // All words are expanded before the old elements go away.
  const values: {
    readonly element: ArrayElement;
    readonly key: string | undefined;
    readonly texts: string[];
  }[] = [];
  for (const element of elements) {
    const key =
      element.index === undefined ? undefined : yield* arithmeticText(state, element.index);
    const texts: string[] = [];
    if (key === undefined) yield* expandWord(state, element.value, texts);
    else texts.push(yield* expandText(state, element.value, "assignment"));
    values.push({ element, key, texts });
  }
  if (variable.entries !== undefined) return yield* assignEntries(state, target, values);
  const kept = append ? asArray(variable) : new Map<number, string>();
  variable.value = undefined;
  variable.elements = kept;
  if (!has(variable, "a")) variable.attributes = `a${variable.attributes}`;
  let index = nextIndex(kept);
  for (const { element, key, texts } of values) {
    for (const text of texts) {
      const subscript = key ?? `${index}`;
      const refusal = store(
        state,
        { name, subscript, append: element.append },
        { variable, value: text },
      );
      if (refusal !== undefined) return refusal;
      index = key === undefined ? index + 1 : (lastKey(kept) ?? 0) + 1;
    }
  }
  return undefined;
}

function lastKey(elements: ReadonlyMap<number, string>): number | undefined {
  let last: number | undefined;
  for (const key of elements.keys()) last = key;
  return last;
}

function* assignEntries(
  state: ShellState,
  { name, variable, append }: ArrayTarget,
  values: readonly {
    readonly element: ArrayElement;
    readonly key: string | undefined;
    readonly texts: readonly string[];
  }[],
): Steps<ValueRefusal | undefined> {
  if (!append) variable.entries = new Map();
  const bare = values.filter(({ key }) => key === undefined);
  if (bare.length > 0 && bare.length === values.length) {
    const all = bare.flatMap(({ texts }) => texts);
    for (let at = 0; at < all.length; at += 2) {
      const [subscript = "", value = ""] = [all[at], all[at + 1]];
      const refusal = store(state, { name, subscript }, { variable, value });
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }
  for (const { element, key, texts } of values) {
    if (key === undefined) {
      const text = doubleQuote(texts.join(" ")).slice(1, -1);
      yield* complain(
        state,
        `${name}: ${text}: must use subscript when assigning associative array`,
      );
      continue;
    }
    const what = { variable, value: texts.join(" ") };
    const refusal = store(state, { name, subscript: key, append: element.append }, what);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
