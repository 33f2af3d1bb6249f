// Simple commands: words are expanded, redirections applied, then a function, a builtin or a program
// runs.
// Source: bash(1) SIMPLE COMMAND EXPANSION, COMMAND EXECUTION.
// Not here: programs (program.ts), functions (callFunction.ts), builtins (../builtins).

import type { Steps } from "../../process/wait.ts";
import type { BuiltinCall } from "../builtins/builtin.ts";
import { findBuiltin } from "../builtins/builtins.ts";
import { arithmeticText, giveUp, tellNotes } from "../expand/calculate.ts";
import { quickField } from "../expand/quick.ts";
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
import { keepRedirect, redirect, undoRedirect } from "./redirect.ts";

/** Runs a simple command. */
export function* runSimple(state: ShellState, command: SimpleCommand): Steps<number> {
  state.line = command.line + state.lineOffset;
  state.current = command;
  if (state.traps.size > 0 && state.traps.has("DEBUG")) yield* runNamedTrap(state, "DEBUG");
  state.substitutionStatus = undefined;
  const substitutions = state.openSubstitutions.length;
  try {
    if (command.words.length === 0) return yield* withoutName(state, command);
    const { words, arrays } = yield* expandCommand(state, command.words);
    if (state.notes.length > 0) yield* tellNotes(state);
    if (words.length === 0) return yield* withoutName(state, command);
    const scope =
      command.assignments.length === 0
        ? undefined
        : yield* temporaryScope(state, command.assignments);
    const call = { words, arrays, scope };
    if (tracing(state)) yield* traceWords(state, words);
    if (command.redirects.length > 0) return yield* runRedirected(state, command, call);
    return yield* dispatch(state, call, withFunctions);
  } finally {
    if (state.openSubstitutions.length > substitutions) closeSubstitutions(state, substitutions);
  }
}

const withFunctions: Lookup = { functions: true };

type Expanded = {
  readonly words: readonly string[];
  readonly arrays: ReadonlyMap<number, Assignment>;
};

const noArrays: ReadonlyMap<number, Assignment> = new Map();

function* expandCommand(state: ShellState, words: readonly (Word | Assignment)[]): Steps<Expanded> {
  const fields: string[] = [];
  let arrays: Map<number, Assignment> | undefined;
  for (const word of words) {
    const quick = "type" in word ? undefined : quickField(state, word);
    if (typeof quick === "string") fields.push(quick);
    else if (quick !== undefined) yield* giveUp(state, quick);
    else if ("type" in word) {
      if ("parts" in word.value) fields.push(yield* assignmentWord(state, word, word.value));
      else {
        arrays ??= new Map();
        arrays.set(fields.length - 1, word);
        fields.push(word.source);
      }
    } else yield* expandWord(state, word, fields);
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
    if (saved === undefined) return state.dash ? 2 : 1;
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

type Call = Expanded & { readonly scope: Scope | undefined };

function* runRedirected(state: ShellState, command: SimpleCommand, call: Call): Steps<number> {
  const saved = yield* redirect(state, command.redirects);
  if (saved === undefined) return state.dash ? 2 : 1;
  const [name = ""] = call.words;
  try {
    const status = yield* dispatch(state, call, withFunctions);
    if (name === "exec" && !state.functions.has(name)) keepRedirect(saved);
    return status;
  } finally {
    undoRedirect(state, saved);
  }
}

/** Runs a function, a builtin or a program. */
function dispatch(state: ShellState, call: Call, look: Lookup): Steps<number> {
  const { words, scope } = call;
  const name = words[0] ?? "";
  const found = look.functions ? state.functions.get(name) : undefined;
  if (found !== undefined) return callFunction(state, found, { args: words.slice(1), scope });
  const builtin = findBuiltin(state, name);
  if (builtin === undefined) {
    return runProgram(state, { words, scope, standardPath: look.standardPath === true });
  }
  const builtinCall: BuiltinCall = { name, args: words.slice(1), arrays: call.arrays };
  if (scope !== undefined) return withScope(state, scope, builtin(state, builtinCall));
  // `$_` is the last word of the command before.
  state.lastArgument = words[words.length - 1] ?? "";
  return builtin(state, builtinCall);
}

function* withScope(state: ShellState, scope: Scope, work: Steps<number>): Steps<number> {
  state.scopes.push(scope);
  try {
    return yield* work;
  } finally {
    state.scopes = state.scopes.filter((one) => one !== scope);
  }
}

/** Runs words that are already expanded: `command`, `builtin`, traps of other builtins. */
export function runKnownWords(
  state: ShellState,
  words: readonly string[],
  look: Lookup,
): Steps<number> {
  return dispatch(state, { words, arrays: noArrays, scope: undefined }, look);
}
