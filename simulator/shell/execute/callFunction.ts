// Calls of functions: positional parameters, a scope for locals, `return`, and a bound on depth.
// Source: bash(1) FUNCTIONS, FUNCNEST.
// Not simulated: recursion as deep as the memory of a real machine allows.

import type { Steps } from "../../process/wait.ts";
import { discard } from "../messages.ts";
import { asUnwind, type ShellFunction, type ShellState, type Trap } from "../shellState.ts";
import { runNamedTrap } from "../traps.ts";
import { readVariable } from "../values.ts";
import type { Scope } from "../variables.ts";

/** What a function is called with. */
export type FunctionCall = {
  readonly args: readonly string[];
  /** Variables of `name=value function`. */
  readonly scope?: Scope | undefined;
};

/** Runs a function. */
export function* callFunction(
  state: ShellState,
  found: ShellFunction,
  call: FunctionCall,
): Steps<number> {
  const limit = Number(readVariable(state, "FUNCNEST") ?? "0");
  if (limit > 0 && state.calls.length >= limit) {
    yield* discard(state, `${found.name}: maximum function nesting level exceeded (${limit})`);
  }
  const { positional, scopes, line, lineOffset, calls, source, loops } = state;
  const scope: Scope = call.scope ?? new Map();
  state.scopes = [...scopes, scope];
  state.positional = call.args;
  state.calls = [...calls, { name: found.name, line, source, scope }];
  state.source = found.source;
  state.lineOffset = found.lineOffset;
  state.loops = 0;
  const localOptions = state.savedOptions;
  state.savedOptions = undefined;
  const hidden = hideTraps(state);
  // The shell that runs a function stays until the function ends.
  state.mayExec = false;
  try {
    const status = yield* state.interpreter.command(state, found.body);
    if (state.traps.has("RETURN")) yield* runNamedTrap(state, "RETURN");
    return status;
  } catch (error) {
    const unwind = asUnwind(error);
    if (unwind?.unwind !== "return") throw error;
    state.status = unwind.status;
    if (state.traps.has("RETURN")) yield* runNamedTrap(state, "RETURN");
    return unwind.status;
  } finally {
    for (const [name, trap] of hidden) if (!state.traps.has(name)) state.traps.set(name, trap);
    if (state.savedOptions !== undefined) restoreOptions(state, state.savedOptions);
    state.savedOptions = localOptions;
    state.scopes = scopes;
    state.positional = positional;
    state.calls = calls;
    state.source = source;
    state.lineOffset = lineOffset;
    state.line = line;
    state.loops = loops;
  }
}

function restoreOptions(state: ShellState, saved: ReadonlySet<string>): void {
  state.options.clear();
  for (const name of saved) state.options.add(name);
}

/** Functions do not inherit the traps on DEBUG, RETURN and ERR unless they are to be traced. */
function hideTraps(state: ShellState): Map<string, Trap> {
  const hidden = new Map<string, Trap>();
  if (state.traps.size === 0) return hidden;
  for (const [name, option] of [
    ["DEBUG", "functrace"],
    ["RETURN", "functrace"],
    ["ERR", "errtrace"],
  ] as const) {
    const trap = state.traps.get(name);
    if (trap === undefined || state.options.has(option)) continue;
    hidden.set(name, trap);
    state.traps.delete(name);
  }
  return hidden;
}
