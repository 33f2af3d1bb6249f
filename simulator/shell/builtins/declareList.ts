// What declare and its kin list.
// Source: experiments with bash 5.2.
// Not here: declaring (declare.ts).

import type { Steps } from "../../process/wait.ts";
import { complain, say } from "../messages.ts";
import type { ShellState } from "../shellState.ts";
import { computedValue } from "../specialVariables.ts";
import { functionText } from "../syntax/printCommand.ts";
import { variableOf } from "../values.ts";
import { findVariable, has, type Variable } from "../variables.ts";
import { declaration, settingLine } from "../variableText.ts";

/** Which variables are listed: those with all of these attributes. */
export type Listing = {
  readonly give: ReadonlySet<string>;
  readonly take: ReadonlySet<string>;
  readonly local: boolean;
};

/** Every name that is visible, in order. */
function visibleNames(state: ShellState): string[] {
  const names = new Set<string>();
  for (const scope of state.scopes) for (const name of scope.keys()) names.add(name);
  return [...names].sort();
}

/** declare, declare -p, declare -i, local, export, readonly without names. */
export function* listVariables(state: ShellState, { give, take, local }: Listing): Steps<number> {
  const letters = [...give].filter((letter) => "aAilnrux".includes(letter));
  const inner = state.calls.findLast((call) => call.scope !== undefined)?.scope;
  const names = local ? [...(inner?.keys() ?? [])].sort() : visibleNames(state);
  const plain = !local && letters.length === 0 && !give.has("p") && take.size === 0;
  let text = "";
  for (const name of names) {
    const variable = findVariable(state.scopes, name);
    if (variable === undefined || !letters.every((letter) => has(variable, letter))) continue;
    if (plain) text += lineOf(settingLine(name, variable));
    else text += `${declaration(name, variable)}\n`;
  }
  if (plain)
    for (const [name, { body }] of sortedFunctions(state)) text += functionText(name, body);
  return yield* say(state, "declare", text);
}

const lineOf = (line: string | undefined): string => (line === undefined ? "" : `${line}\n`);

function sortedFunctions(state: ShellState) {
  return [...state.functions].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** `set` without words. */
export function* listSettings(state: ShellState): Steps<number> {
  return yield* listVariables(state, { give: new Set(), take: new Set(), local: false });
}

/** declare -p name… */
export function* printVariables(
  state: ShellState,
  caller: string,
  names: readonly string[],
): Steps<number> {
  let status = 0;
  for (const name of names) {
    const variable = shownVariable(state, name);
    if (variable === undefined) {
      yield* complain(state, `${caller}: ${name}: not found`);
      status = 1;
    } else yield* say(state, caller, `${declaration(name, variable)}\n`);
  }
  return status;
}

function shownVariable(state: ShellState, name: string): Variable | undefined {
  const own = findVariable(state.scopes, name);
  if (own !== undefined && has(own, "n")) return own;
  const value = computedValue(state, name);
  if (value === undefined) return variableOf(state, name);
  const attributes = /^(?:S?RANDOM|BASHPID|HISTCMD)$/.test(name) ? "i" : "";
  return { value, elements: undefined, entries: undefined, attributes };
}
