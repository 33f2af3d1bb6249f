// unset.
// Source: bash(1); messages by experiment with bash 5.2.

import { ArithmeticFault } from "../expand/arithmeticReader.ts";
import { complain } from "../messages.ts";
import type { ShellState } from "../shellState.ts";
import { followName, indexOf } from "../values.ts";
import { findVariable, has, isName } from "../variables.ts";
import { type Builtin, readOptions } from "./builtin.ts";

/** unset. */
export const unset: Builtin = function* (state, call) {
  const options = yield* readOptions(state, call, "fnv");
  if (options === undefined) return 2;
  const { flags, rest } = options;
  let status = 0;
  for (const word of rest) {
    const problem = unsetOne(state, word, flags);
    if (problem === undefined) continue;
    yield* complain(state, `unset: ${problem}`);
    status = 1;
  }
  return status;
};

/** What is wrong; undefined when it was unset, or was not set. */
function unsetOne(state: ShellState, word: string, flags: ReadonlySet<string>): string | undefined {
  const element = /^([A-Za-z_]\w*)\[(.*)\]$/s.exec(word);
  const base = element?.[1] ?? word;
  const name = flags.has("n") ? base : followName(state, base).name;
  const variable = flags.has("f") ? undefined : findVariable(state.scopes, name);
  if (variable === undefined) {
    if (flags.has("v") || element !== null) return undefined;
    if (!flags.has("f") && !isName(word) && !state.functions.has(word)) return undefined;
    if (state.readonlyFunctions.has(word)) return `${word}: cannot unset: readonly function`;
    state.functions.delete(word);
    if (isName(word)) state.unset.add(word);
    return undefined;
  }
  if (has(variable, "r")) return `${name}: cannot unset: readonly variable`;
  if (element !== null) return unsetElement(state, { name, subscript: element[2] ?? "" });
  const scope = state.scopes.findLast((one) => one.has(name));
  const call = state.calls.findLast((one) => one.scope !== undefined);
  if (scope !== undefined && scope === call?.scope && scope !== state.scopes[0]) {
    // A local that is unset stays local, without a value.
    variable.value = undefined;
    variable.elements = undefined;
    variable.entries = undefined;
    variable.attributes = "";
  } else scope?.delete(name);
  return undefined;
}

function unsetElement(
  state: ShellState,
  { name, subscript }: { readonly name: string; readonly subscript: string },
): string | undefined {
  const variable = findVariable(state.scopes, name);
  if (variable === undefined) return undefined;
  if (variable.entries !== undefined) {
    if (subscript === "@" || subscript === "*") variable.entries.clear();
    else variable.entries.delete(subscript);
    return undefined;
  }
  if (subscript === "@" || subscript === "*") {
    variable.elements?.clear();
    return undefined;
  }
  try {
    const index = indexOf(state, subscript, variable);
    if (index < 0) return `[${subscript}]: bad array subscript`;
    if (variable.elements === undefined && index !== 0) return `${name}: not an array variable`;
    variable.elements?.delete(index);
    if (variable.elements === undefined) variable.value = undefined;
    return undefined;
  } catch (error) {
    if (error instanceof ArithmeticFault) return error.message;
    throw error;
  }
}
