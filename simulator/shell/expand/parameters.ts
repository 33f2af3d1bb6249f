// ${…}: the value of a parameter, then what the operators make of it. Lists ("$@", "${a[@]}") stay
// lists of fields.
// Source: bash(1) Parameter Expansion; messages by experiment with bash 5.2.
// Not here: the operators that change text (operators.ts).

import type { Steps } from "../../process/wait.ts";
import { discard } from "../messages.ts";
import type { ShellState } from "../shellState.ts";
import { parameterValue } from "../specialVariables.ts";
import type { ParameterPart, Word } from "../syntax/syntax.ts";
import { characterCount } from "../utf8.ts";
import { assign, elementOf, readVariable, variableOf } from "../values.ts";
import { findVariable, has, isName, itemsOf } from "../variables.ts";
import { ArithmeticFault } from "./arithmeticReader.ts";
import { arithmeticText, tellNotes } from "./calculate.ts";
import { fieldBreak, type Piece, piecesToText } from "./fields.ts";
import { operate } from "./operators.ts";

/** What a reference stands for: one value or none, or a list. */
export type Reference = {
  readonly name: string;
  /** The expanded subscript. */
  readonly subscript: string | undefined;
  /** For messages: "x", "a[1]", "$1". */
  readonly label: string;
  readonly value: string | undefined;
  /** The elements of "@" and "*". */
  readonly list: readonly string[] | undefined;
  readonly star: boolean;
};

/** Expands `$x` or `${x…}` and adds its pieces. */
export function* expandParameter(
  state: ShellState,
  part: ParameterPart,
  into: Piece[],
): Steps<void> {
  const { operation, prefix } = part;
  if (operation?.type === "bad" || (part.index !== undefined && part.index.source === "")) {
    yield* discard(state, `${part.source}: bad substitution`);
    return;
  }
  if (prefix === "!" && part.name !== "") {
    const names = listNames(state, part);
    if (names !== undefined) {
      addList(state, into, { list: names, star: namesStar(part), quoted: part.quoted });
      return;
    }
  }
  let reference = yield* refer(state, part.name, part.index);
  if (prefix === "!") reference = yield* follow(state, part, reference);
  if (operation?.type === "default") {
    yield* orDefault(
      state,
      { part, reference, word: operation.word, operator: operation.operator },
      into,
    );
    return;
  }
  if (isUnbound(state, part, reference)) {
    yield* discard(state, `${reference.label}: unbound variable`, "exit");
    return;
  }
  if (prefix === "#") {
    const length = reference.list?.length ?? characterCount(reference.value ?? "");
    into.push({ text: `${length}`, quoted: part.quoted, split: !part.quoted });
    return;
  }
  const changed = operation === undefined ? reference : yield* operate(state, reference, operation);
  add(state, into, changed, part.quoted);
}

function isUnbound(state: ShellState, part: ParameterPart, reference: Reference): boolean {
  if (!state.options.has("nounset") || reference.value !== undefined) return false;
  return reference.list === undefined && !(part.prefix === "#" && part.name === "");
}

/** `${!prefix*}` and `${!array[@]}`; undefined when it is neither. */
function listNames(state: ShellState, part: ParameterPart): readonly string[] | undefined {
  if (part.operation?.type === "names") {
    const names = new Set<string>();
    for (const scope of state.scopes) for (const name of scope.keys()) names.add(name);
    return [...names].filter((name) => name.startsWith(part.name)).sort();
  }
  const all = part.index?.source === "@" || part.index?.source === "*";
  if (!all || part.operation !== undefined) return undefined;
  const variable = variableOf(state, part.name);
  return variable === undefined ? [] : itemsOf(variable).map(([key]) => key);
}

function namesStar(part: ParameterPart): boolean {
  if (part.operation?.type === "names") return part.operation.operator === "*";
  return part.index?.source === "*";
}

/** What a name, with a subscript perhaps, stands for. */
function* refer(state: ShellState, name: string, index: Word | undefined): Steps<Reference> {
  if (name === "@" || name === "*") {
    const list = state.positional;
    return { name, subscript: undefined, label: name, value: undefined, list, star: name === "*" };
  }
  const plain = { name, subscript: undefined, list: undefined, star: false };
  if (!isName(name)) return { ...plain, label: `$${name}`, value: parameterValue(state, name) };
  if (index === undefined) return { ...plain, label: name, value: readVariable(state, name) };
  const all = index.source;
  if (all === "@" || all === "*") {
    const variable = variableOf(state, name);
    const list = variable === undefined ? [] : itemsOf(variable).map(([, value]) => value);
    return { ...plain, subscript: all, label: name, value: undefined, list, star: all === "*" };
  }
  const subscript = yield* arithmeticText(state, index);
  const label = `${name}[${index.source}]`;
  try {
    const value = elementOf(state, name, subscript);
    if (state.notes.length > 0) yield* tellNotes(state);
    return { ...plain, subscript, label, value };
  } catch (error) {
    if (!(error instanceof ArithmeticFault)) throw error;
    return yield* discard(state, error.message, error.kind === "exit" ? "exit" : "top");
  }
}

/** `${!x}`: what the value of x names. */
function* follow(state: ShellState, part: ParameterPart, first: Reference): Steps<Reference> {
  const variable = findVariable(state.scopes, part.name);
  if (variable !== undefined && has(variable, "n") && part.index === undefined) {
    return { ...first, value: variable.value, list: undefined };
  }
  const name = first.list === undefined ? first.value : first.list.join(" ");
  if (name === undefined) {
    if (part.operation?.type === "default") return first;
    return yield* discard(state, `${first.label}: invalid indirect expansion`);
  }
  const element = /^([A-Za-z_]\w*)\[(.+)\]$/s.exec(name);
  if (element !== null) {
    const [, base = "", subscript = ""] = element;
    const parts = [{ type: "text", quoted: true, text: subscript } as const];
    return yield* refer(state, base, {
      source: subscript,
      parts,
      literal: subscript,
      quick: true,
      braces: false,
    });
  }
  if (!isName(name) && !/^(?:\d+|[@*#?$!-])$/.test(name)) {
    return yield* discard(state, `${name}: invalid variable name`);
  }
  return yield* refer(state, name, undefined);
}

type Default = {
  readonly part: ParameterPart;
  readonly reference: Reference;
  readonly word: Word;
  readonly operator: string;
};

/** `:-`, `:=`, `:?`, `:+` and their kin without the colon. */
function* orDefault(state: ShellState, what: Default, into: Piece[]): Steps<void> {
  const { part, reference, word, operator } = what;
  const text = reference.list?.join(" ") ?? reference.value;
  const empty = reference.list !== undefined && reference.list.length === 0;
  const missing = text === undefined || empty || (operator.startsWith(":") && text === "");
  const kind = operator.at(-1);
  const addWord = function* (): Steps<void> {
    const pieces = yield* state.interpreter.parts(state, word.parts, "word");
    // Text of the word is split as the parameter's value would have been.
    for (const piece of pieces) {
      into.push(
        piece === fieldBreak ? piece : { ...piece, quoted: piece.quoted, split: !piece.quoted },
      );
    }
    if (part.quoted && pieces.length === 0) into.push({ text: "", quoted: true, split: false });
  };
  if (kind === "+") {
    if (!missing) yield* addWord();
    else if (part.quoted) into.push({ text: "", quoted: true, split: false });
    return;
  }
  if (!missing) {
    add(state, into, reference, part.quoted);
    return;
  }
  if (kind === "-") {
    yield* addWord();
    return;
  }
  const value = piecesToText(yield* state.interpreter.parts(state, word.parts, "word"));
  if (kind === "?") {
    const told = operator === ":?" ? "parameter null or not set" : "parameter not set";
    yield* discard(state, `${reference.label.replace(/^\$/, "")}: ${value || told}`, "exit");
  }
  if (!isName(reference.name)) {
    yield* discard(state, `${reference.label}: cannot assign in this way`);
  }
  const refusal = assign(state, reference, value);
  if (refusal !== undefined) yield* discard(state, refusal.text, refusal.kind);
  into.push({ text: value, quoted: part.quoted, split: !part.quoted });
}

function add(state: ShellState, into: Piece[], reference: Reference, quoted: boolean): void {
  const { list, star, value } = reference;
  if (list === undefined) into.push({ text: value ?? "", quoted, split: !quoted });
  else addList(state, into, { list, star, quoted });
}

/** Fields of a list: one each, or joined for "$*". */
function addList(
  state: ShellState,
  into: Piece[],
  what: { readonly list: readonly string[]; readonly star: boolean; readonly quoted: boolean },
): void {
  const { list, star, quoted } = what;
  if (quoted && star) {
    const ifs = readVariable(state, "IFS");
    into.push({ text: list.join(ifs === undefined ? " " : ifs.slice(0, 1)), quoted, split: false });
    return;
  }
  for (const [index, text] of list.entries()) {
    if (index > 0) into.push(fieldBreak);
    into.push({ text, quoted, split: !quoted });
  }
}
