// What the operators of ${…} make of a value, or of each element of a list.
// Source: bash(1) Parameter Expansion.
// Not here: defaults (parameters.ts).

import type { Steps } from "../../process/wait.ts";
import { discard } from "../messages.ts";
import { quoteAlways } from "../quote.ts";
import { leave, type ShellState } from "../shellState.ts";
import { decodeAnsi } from "../syntax/ansiQuote.ts";
import { parseQuoted } from "../syntax/parse.ts";
import type { ParameterOperation, Word } from "../syntax/syntax.ts";
import { characters, isAscii, mapCharacters } from "../utf8.ts";
import { variableOf } from "../values.ts";
import { indices } from "../variables.ts";
import { assignmentText, keyValueText } from "../variableText.ts";
import { calculate } from "./calculate.ts";
import { fieldBreak, piecesToPattern, piecesToText } from "./fields.ts";
import type { Reference } from "./parameters.ts";
import { compilePattern, matchEnd, matches, type Pattern } from "./pattern.ts";

/** The reference with its value, or the values of its list, changed. */
export function* operate(
  state: ShellState,
  reference: Reference,
  operation: Exclude<ParameterOperation, { type: "default" | "bad" }>,
): Steps<Reference> {
  switch (operation.type) {
    case "remove": {
      const pattern = yield* patternOf(state, operation.pattern);
      return each(reference, (text) => remove(text, pattern, operation.operator));
    }
    case "replace": {
      const pattern = yield* patternOf(state, operation.pattern);
      const by = yield* replacementOf(state, operation.replacement);
      return each(reference, (text) =>
        replace(text, pattern, { operator: operation.operator, by }),
      );
    }
    case "slice":
      return yield* slice(state, reference, operation);
    case "case": {
      const pattern = operation.pattern && (yield* patternOf(state, operation.pattern));
      return each(reference, (text) => changeCase(text, operation.operator, pattern));
    }
    case "transform":
      return yield* transform(state, reference, operation.operator);
    default:
      return reference;
  }
}

function each(reference: Reference, change: (text: string) => string): Reference {
  const { value, list } = reference;
  return {
    ...reference,
    value: value === undefined ? undefined : change(value),
    list: list?.map(change),
  };
}

function* patternOf(state: ShellState, word: Word): Steps<Pattern> {
  const text =
    word.literal !== undefined && !/[\\'"$`]/.test(word.source)
      ? word.literal
      : piecesToPattern(yield* state.interpreter.parts(state, word.parts, "word"));
  return compilePattern(text, { extended: state.shopts.has("extglob") });
}

const units = (text: string): string | readonly string[] =>
  isAscii(text) ? text : characters(text);

const joined = (all: string | readonly string[], from: number, to?: number): string =>
  typeof all === "string" ? all.slice(from, to) : all.slice(from, to).join("");

function remove(text: string, pattern: Pattern, operator: string): string {
  const all = units(text);
  const longest = operator.length === 2;
  if (operator.startsWith("#")) {
    const end = matchEnd(pattern, all, 0, longest);
    return end < 0 ? text : joined(all, end);
  }
  const start = suffixStart(pattern, all, longest);
  return start < 0 ? text : joined(all, 0, start);
}

function suffixStart(pattern: Pattern, all: string | readonly string[], longest: boolean): number {
  const step = longest ? 1 : -1;
  for (let at = longest ? 0 : all.length; at >= 0 && at <= all.length; at += step) {
    if (matches(pattern, joined(all, at))) return at;
  }
  return -1;
}

/** Text, and places where what was matched goes. */
type Replacement = readonly (string | { readonly matched: true })[];

function* replacementOf(state: ShellState, word: Word): Steps<Replacement> {
  const pieces = yield* state.interpreter.parts(state, word.parts, "word");
  const parts: (string | { readonly matched: true })[] = [];
  for (const piece of pieces) {
    if (piece === fieldBreak) parts.push(" ");
    else if (piece.quoted || !state.shopts.has("patsub_replacement")) parts.push(piece.text);
    else {
      for (const token of piece.text.match(/\\[&\\]|&|[^\\&]+|\\/g) ?? []) {
        if (token === "&") parts.push({ matched: true });
        else parts.push(/^\\[&\\]$/.test(token) ? token.slice(1) : token);
      }
    }
  }
  return parts;
}

function replace(
  text: string,
  pattern: Pattern,
  how: { readonly operator: string; readonly by: Replacement },
): string {
  const { operator, by } = how;
  const fill = (matched: string) =>
    by.map((part) => (typeof part === "string" ? part : matched)).join("");
  if (pattern.literal === "" && operator.length === 1) return text;
  const all = units(text);
  if (operator === "/#") {
    const end = matchEnd(pattern, all, 0, true);
    return end < 0 ? text : fill(joined(all, 0, end)) + joined(all, end);
  }
  if (operator === "/%") {
    const start = suffixStart(pattern, all, true);
    return start < 0 ? text : joined(all, 0, start) + fill(joined(all, start));
  }
  if (pattern.literal !== undefined)
    return replaceLiteral(text, pattern.literal, { operator, fill });
  let out = "";
  let at = 0;
  while (at <= all.length) {
    const end = matchEnd(pattern, all, at, true);
    if (end > at) {
      out += fill(joined(all, at, end));
      at = end;
      if (operator === "/") break;
    } else {
      if (at < all.length) out += joined(all, at, at + 1);
      at += 1;
    }
  }
  return out + joined(all, at);
}

function replaceLiteral(
  text: string,
  literal: string,
  how: { readonly operator: string; readonly fill: (matched: string) => string },
): string {
  if (literal === "") return text;
  const by = how.fill(literal);
  return how.operator === "//" ? text.split(literal).join(by) : text.replace(literal, () => by);
}

function* slice(
  state: ShellState,
  reference: Reference,
  operation: { readonly offset: Word; readonly length: Word | undefined },
): Steps<Reference> {
  if (reference.list === undefined && reference.value === undefined) return reference;
  const number = function* (word: Word): Steps<number> {
    const value = yield* calculate(state, word, `${reference.label}: `);
    return value === undefined ? leave({ unwind: "discard", status: 1 }) : Number(value);
  };
  const offset = yield* number(operation.offset);
  const length = operation.length === undefined ? undefined : yield* number(operation.length);
  const below = function* (): Steps<never> {
    return yield* discard(state, `${operation.length?.source ?? ""}: substring expression < 0`);
  };
  if (reference.list !== undefined) {
    if (length !== undefined && length < 0) return yield* below();
    return { ...reference, list: sliceList(state, reference, { offset, length }) };
  }
  const all = units(reference.value ?? "");
  const start = offset < 0 ? all.length + offset : offset;
  if (start < 0 || start > all.length) return { ...reference, value: "" };
  const end = length === undefined ? all.length : length < 0 ? all.length + length : start + length;
  if (end < start) return yield* below();
  return { ...reference, value: joined(all, start, end) };
}

function sliceList(
  state: ShellState,
  reference: Reference,
  { offset, length }: { readonly offset: number; readonly length: number | undefined },
): readonly string[] {
  const list = reference.list ?? [];
  const take = (from: number) => list.slice(from, length === undefined ? undefined : from + length);
  if (reference.subscript === undefined) {
    const whole = [state.name, ...list];
    const start = offset < 0 ? whole.length + offset : offset;
    if (start < 0) return [];
    return whole.slice(Math.max(start, 0), length === undefined ? undefined : start + length);
  }
  const variable = variableOf(state, reference.name);
  const keys =
    variable?.elements === undefined ? list.map((_, at) => at) : indices(variable.elements);
  const start = offset < 0 ? (keys.at(-1) ?? -1) + 1 + offset : offset;
  if (start < 0) return [];
  const first = keys.findIndex((key) => key >= start);
  return first < 0 ? [] : take(first);
}

function changeCase(text: string, operator: string, pattern: Pattern | undefined): string {
  const change = (one: string): string => {
    if (pattern !== undefined && !matches(pattern, one)) return one;
    if (operator.startsWith("^")) return one.toUpperCase();
    if (operator.startsWith(",")) return one.toLowerCase();
    return one === one.toLowerCase() ? one.toUpperCase() : one.toLowerCase();
  };
  if (operator.length === 2) return mapCharacters(text, change);
  const [first = ""] = characters(text.slice(0, 4));
  return mapCharacters(first, change) + text.slice(first.length);
}

function* transform(state: ShellState, reference: Reference, operator: string): Steps<Reference> {
  const variable = variableOf(state, reference.name);
  switch (operator) {
    case "Q":
      return each(reference, quoteAlways);
    case "U":
    case "L":
      return each(reference, (text) => changeCase(text, operator === "U" ? "^^" : ",,", undefined));
    case "u":
      return each(reference, (text) => changeCase(text, "^", undefined));
    case "E":
      return each(reference, (text) => decodeAnsi(text, "quote").text);
    case "a":
      return each(reference, () => variable?.attributes ?? "");
    case "A": {
      if (variable === undefined) return reference;
      const all = reference.list !== undefined;
      const text = assignmentText(reference.name, variable, all ? "all" : reference.value);
      return { ...reference, value: text, list: undefined };
    }
    case "K":
    case "k": {
      if (variable === undefined || reference.list === undefined)
        return each(reference, quoteAlways);
      const list = keyValueText(variable, operator === "K");
      return operator === "K"
        ? { ...reference, value: list[0], list: undefined }
        : { ...reference, list };
    }
    case "P": {
      const text = reference.value ?? "";
      const word = parseQuoted(text, state.line);
      const pieces = yield* state.interpreter.parts(state, word.parts, "none");
      return { ...reference, value: piecesToText(pieces) };
    }
    default:
      return { ...reference, value: "", list: undefined };
  }
}
