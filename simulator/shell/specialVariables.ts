// Variables and parameters that the shell computes: $?, $RANDOM, $SECONDS, FUNCNAME and the like.
// Source: bash(1) Special Parameters, Shell Variables.
// Not here: all others (values.ts).

import { optionLetters } from "./options.ts";
import type { ShellState } from "./shellState.ts";
import { commandText } from "./syntax/printCommand.ts";
import { findVariable, newVariable, type Variable } from "./variables.ts";

const computed: Readonly<Record<string, (state: ShellState) => string>> = {
  RANDOM(state) {
    // The minimal standard generator of Park and Miller, two of its numbers folded into one.
    state.randomSeed = (state.randomSeed * 16807) % 2147483647 || 123459876;
    return `${((state.randomSeed >>> 16) ^ (state.randomSeed & 65535)) & 32767}`;
  },
  SRANDOM: (state) => `${state.process.machine.random.below(0x100000000)}`,
  SECONDS: (state) => `${Math.floor((state.process.machine.clock.now - state.secondsFrom) / 1e6)}`,
  EPOCHSECONDS: (state) => `${Math.floor(state.process.machine.clock.now / 1e6)}`,
  EPOCHREALTIME(state) {
    const { now } = state.process.machine.clock;
    return `${Math.floor(now / 1e6)}.${`${Math.floor(now % 1e6)}`.padStart(6, "0")}`;
  },
  _: (state) => state.lastArgument,
  LINENO: (state) => `${state.line}`,
  BASHPID: (state) => `${state.process.pid}`,
  BASH_SUBSHELL: (state) => `${state.depth}`,
  BASH_COMMAND: (state) => {
    const command = state.inTrap ? state.beforeTrap : state.current;
    return command === undefined ? "" : commandText(command);
  },
  BASHOPTS: (state) => [...state.shopts].sort().join(":"),
  SHELLOPTS: (state) => [...state.options].sort().join(":"),
  HISTCMD: (state) => `${state.history.length}`,
};

/** The value of a computed variable; undefined when the name is none, or was unset. */
export function computedValue(state: ShellState, name: string): string | undefined {
  if (!Object.hasOwn(computed, name)) return undefined;
  return state.unset.has(name) ? undefined : computed[name]?.(state);
}

const arrays: Readonly<Record<string, (state: ShellState) => readonly string[]>> = {
  FUNCNAME: (state) => {
    const names = state.calls.map((call) => call.name).reverse();
    return names.length === 0 || !runsFile(state) ? names : [...names, "main"];
  },
  BASH_LINENO: (state) => [
    ...state.calls.map((call) => `${call.line}`).reverse(),
    ...(runsFile(state) ? ["0"] : []),
  ],
  BASH_SOURCE: (state) => {
    const callers = state.calls.map((call) => call.source).reverse();
    return runsFile(state) ? [state.source, ...callers] : [state.source, ...callers].slice(0, -1);
  },
  DIRSTACK: (state) => [
    findVariable(state.scopes, "PWD")?.value ?? state.process.cwd,
    ...state.directories,
  ],
  PIPESTATUS: (state) => state.pipeStatus.map(String),
  GROUPS: () => ["0"],
};

/** Only a script's file is a frame of its own below all functions. */
export function runsFile(state: ShellState): boolean {
  return !state.commandString && !state.readsInput;
}

/** An array that the shell computes. */
export function computedArray(state: ShellState, name: string): Variable | undefined {
  if (!Object.hasOwn(arrays, name)) return undefined;
  const values = arrays[name]?.(state) ?? [];
  const variable = newVariable("a");
  variable.elements = new Map(values.map((value, index) => [index, value]));
  return variable;
}

/** The value of a parameter that is no name: `?`, `1`, `#`…; undefined when it is not set. */
export function parameterValue(state: ShellState, name: string): string | undefined {
  switch (name) {
    case "?":
      return `${state.status}`;
    case "$":
      return `${state.mainPid}`;
    case "!":
      return state.lastBackground === undefined ? undefined : `${state.lastBackground}`;
    case "#":
      return `${state.positional.length}`;
    case "-":
      return optionLetters(state);
    case "0":
      return state.name;
    default:
      return state.positional[Number(name) - 1];
  }
}

/** What the shell does when some of its variables are written. */
export function notice(state: ShellState, name: string, value: string): void {
  switch (name) {
    case "RANDOM":
      state.randomSeed = Number.parseInt(value, 10) || 0;
      break;
    case "SECONDS":
      state.secondsFrom = state.process.machine.clock.now - (Number.parseInt(value, 10) || 0) * 1e6;
      break;
    case "OPTIND":
      state.getoptsOffset = 0;
      break;
    case "PATH":
      state.hashed.clear();
      break;
  }
}
