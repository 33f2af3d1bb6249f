// The table of builtins. Those that most scripts do without are fetched when one of them is first
// called (lateBuiltins.ts).
// Source: bash(1) SHELL BUILTIN COMMANDS.
// Not here: what they do.

import type { Steps } from "../../process/wait.ts";
import type { ShellState } from "../shellState.ts";
import { answer, type Builtin, type BuiltinCall } from "./builtin.ts";
import {
  builtin,
  command,
  evalWords,
  exec,
  exit,
  leaveLoop,
  letWords,
  returnFrom,
  shift,
  source,
} from "./control.ts";
import { cd, pwd } from "./directories.ts";
import { echo } from "./echo.ts";
import { test } from "./test.ts";

const succeed: Builtin = () => answer(0);

const fail: Builtin = () => answer(1);

const table: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [":", succeed],
  ["true", succeed],
  ["false", fail],
  [".", source],
  ["source", source],
  ["[", test],
  ["test", test],
  ["break", leaveLoop],
  ["continue", leaveLoop],
  ["builtin", builtin],
  ["cd", cd],
  ["command", command],
  ["echo", echo],
  ["eval", evalWords],
  ["exec", exec],
  ["exit", exit],
  ["logout", exit],
  ["let", letWords],
  ["pwd", pwd],
  ["return", returnFrom],
  ["shift", shift],
]);

const lateNames: ReadonlySet<string> = new Set(
  "alias bg fg bind caller compgen complete compopt declare typeset local dirs disown enable export readonly fc getopts hash help history jobs kill mapfile readarray popd printf pushd read set shopt suspend times trap type ulimit umask unalias unset wait".split(
    " ",
  ),
);

/** The builtin of a name, unless it is switched off. */
export function findBuiltin(state: ShellState, name: string): Builtin | undefined {
  if (state.disabled.size > 0 && state.disabled.has(name)) return undefined;
  const known = table.get(name) ?? state.fetched.get(name);
  return known ?? (lateNames.has(name) ? fetchAndRun : undefined);
}

function* fetchAndRun(state: ShellState, call: BuiltinCall): Steps<number> {
  const { scheduler } = state.process.machine;
  const { lateBuiltins } = yield* scheduler.fetch(import("./lateBuiltins.ts"));
  for (const [name, builtin] of lateBuiltins) state.fetched.set(name, builtin);
  return yield* (lateBuiltins.get(call.name) ?? fail)(state, call);
}

/** All names, for completion. */
export const builtinNames: readonly string[] = [...table.keys(), ...lateNames];
