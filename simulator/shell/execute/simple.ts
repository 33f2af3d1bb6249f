// Simple commands: words are expanded, redirections applied, then a function, a builtin or a program
// runs.
// Source: bash(1) SIMPLE COMMAND EXPANSION, COMMAND EXECUTION.
// Not here: programs (program.ts), functions (callFunction.ts), builtins (../builtins).

import type { Steps } from "../../process/wait.ts";
import type { BuiltinCall } from "../builtins/builtin.ts";
import { findBuiltin } from "../builtins/builtins.ts";
import { arithmeticText } from "../expand/calculate.ts";
import { expandText, expandWord } from "../expand/words.ts";
import { complain } from "../messages.ts";
import { quoteForTrace } from "../quote.ts";
import type { Lookup, ShellState } from "../shellState.ts";
import type { Assignment, SimpleCommand, Word } from "../syntax/syntax.ts";
import { trace, traceWords, tracing } from "../trace.ts";
import { runNamedTrap } from "../traps.ts";
import { store } from "../values.ts";
import { findVariable, giveAttribute, has, newVariable, type Scope } from "../variables.ts";
import { assignAll } from "./assign.ts";
import { callFunction } from "./callFunction.ts";
import { closeSubstitutions } from "./fork.ts";
import { runProgram } from "./program.ts";
import { keepRedirect, type Redirected, redirect, undoRedirect } from "./redirect.ts";

/** Runs a simple command. */
export function* runSimple(state: ShellState, command: SimpleCommand): Steps<number> {
  state.line = command.line + state.lineOffset;
  state.current = command;
  if (state.traps.has("DEBUG")) yield* runNamedTrap(state, "DEBUG");
  state.substitutionStatus = undefined;
  const substitutions = state.openSubstitutions.length;
  try {
    const { words, arrays } = yield* expandCommand(state, command.words);
    if (words.length === 0) return yield* withoutName(state, command);
    if (command.assignments.length === 0) return yield* runWords(state, command, { words, arrays });
    const scope = yield* temporaryScope(state, command.assignments);
    return yield* runWords(state, command, { words, arrays, scope });
  } finally {
    if (state.openSubstitutions.length > substitutions) closeSubstitutions(state, substitutions);
  }
}

type Expanded = {
  readonly words: readonly string[];
  readonly arrays: ReadonlyMap<number, Assignment>;
};

const noArrays: ReadonlyMap<number, Assignment> = new Map();

function* expandCommand(state: ShellState, words: readonly (Word | Assignment)[]): Steps<Expanded> {
  const fields: string[] = [];
  let arrays: Map<number, Assignment> | undefined;
  for (const word of words) {
    if ("type" in word) {
      if ("parts" in word.value) fields.push(yield* assignmentWord(state, word, word.value));
      else {
        arrays ??= new Map();
        arrays.set(fields.length - 1, word);
        fields.push(word.source);
      }
    } else if (word.literal !== undefined && !word.braces) fields.push(word.literal);
    else yield* expandWord(state, word, fields);
  }
  return { words: fields, arrays: arrays ?? noArrays };
}

/** `declare name=value`: the value is expanded as in an assignment. */
function* assignmentWord(state: ShellState, one: Assignment, value: Word): Steps<string> {
  const index = one.index === undefined ? "" : `[${yield* arithmeticText(state, one.index)}]`;
  const text = yield* expandText(state, value, "assignment");
  return `${one.name}${index}${one.append ? "+" : ""}=${text}`;
}

/** Assignments and redirections alone. */
function* withoutName(state: ShellState, command: SimpleCommand): Steps<number> {
  if (command.redirects.length > 0) {
    const saved = yield* redirect(state, command.redirects);
    if (saved === undefined) return 1;
    undoRedirect(state, saved);
  }
  yield* assignAll(state, command.assignments);
  return state.substitutionStatus ?? 0;
}

/** `name=value command`: variables that only the command sees. */
function* temporaryScope(state: ShellState, assignments: readonly Assignment[]): Steps<Scope> {
  const scope: Scope = new Map();
  for (const one of assignments) {
    const before = scope.get(one.name) ?? findVariable(state.scopes, one.name);
    const value = "parts" in one.value ? yield* expandText(state, one.value, "assignment") : "";
    if (tracing(state))
      yield* trace(state, `${one.name}=${value === "" ? "" : quoteForTrace(value)}`);
    if (before !== undefined && has(before, "r")) {
      yield* complain(state, `${one.name}: readonly variable`);
      continue;
    }
    const variable = newVariable("x");
    if (before !== undefined && has(before, "i")) giveAttribute(variable, "i");
    if (one.append) variable.value = before?.value;
    const refusal = store(state, { name: one.name, append: one.append }, { variable, value });
    if (refusal !== undefined) yield* complain(state, refusal.text);
    scope.set(one.name, variable);
  }
  return scope;
}

type Call = Expanded & { readonly scope?: Scope };

function* runWords(state: ShellState, command: SimpleCommand, call: Call): Steps<number> {
  const name = call.words[0] ?? "";
  if (tracing(state)) yield* traceCall(state, call);
  if (command.redirects.length === 0) return yield* dispatch(state, call, { functions: true });
  const saved = yield* redirect(state, command.redirects);
  if (saved === undefined) return 1;
  return yield* redirected(state, saved, name === "exec" && !state.functions.has(name), call);
}

/** `set -x` shows declarations word by word as they are assigned. */
function* traceCall(state: ShellState, call: Call): Steps<void> {
  yield* traceWords(state, call.words);
}

function* redirected(
  state: ShellState,
  saved: Redirected,
  stays: boolean,
  call: Call,
): Steps<number> {
  try {
    const status = yield* dispatch(state, call, { functions: true });
    if (stays) keepRedirect(saved);
    return status;
  } finally {
    undoRedirect(state, saved);
  }
}

/** Runs a function, a builtin or a program. */
export function* dispatch(state: ShellState, call: Call, look: Lookup): Steps<number> {
  const [name = "", ...args] = call.words;
  const found = look.functions ? state.functions.get(name) : undefined;
  if (found !== undefined) return yield* callFunction(state, found, { args, scope: call.scope });
  const builtin = findBuiltin(state, name);
  if (builtin === undefined) {
    const { words, scope } = call;
    return yield* runProgram(state, { words, scope, standardPath: look.standardPath === true });
  }
  const { scope } = call;
  const builtinCall: BuiltinCall = { name, args, arrays: call.arrays };
  if (scope === undefined) return lastWord(state, call.words, yield* builtin(state, builtinCall));
  state.scopes.push(scope);
  try {
    return yield* builtin(state, builtinCall);
  } finally {
    state.scopes = state.scopes.filter((one) => one !== scope);
  }
}

/** `$_` is the last word of the command before. */
function lastWord(state: ShellState, words: readonly string[], status: number): number {
  state.lastArgument = words[words.length - 1] ?? "";
  return status;
}

/** Runs words that are already expanded: `command`, `builtin`, traps of other builtins. */
export function runKnownWords(
  state: ShellState,
  words: readonly string[],
  look: Lookup,
): Steps<number> {
  return dispatch(state, { words, arrays: noArrays }, look);
}
