// Reading and writing variables by name: namerefs, elements, attributes, and the variables that the
// shell computes. What goes wrong is a value; the caller says it.
// Source: bash(1) PARAMETERS, Shell Variables.
// Not simulated: COMP_WORDBREAKS, MAIL, TIMEFORMAT and other variables that this shell does not use.

import type { Signal } from "../process/process.ts";
import { signalNumber } from "../process/signals.ts";
import { evaluate } from "./expand/arithmetic.ts";
import { ArithmeticFault, type ArithmeticHost } from "./expand/arithmeticReader.ts";
import { putFunctions } from "./exportedFunctions.ts";
import type { ShellState } from "./shellState.ts";
import { computedArray, computedValue, notice } from "./specialVariables.ts";
import {
  findVariable,
  has,
  isName,
  newVariable,
  nextIndex,
  scalarOf,
  type Variable,
} from "./variables.ts";

/** Why a variable was not written: what to say, and how much is given up. */
export type ValueRefusal = { readonly text: string; readonly kind: "discard" | "top" | "exit" };

/** Where a value goes. */
export type Target = {
  readonly name: string;
  /** Text between brackets, expanded. */
  readonly subscript?: string | undefined;
  readonly append?: boolean;
};

/** Follows namerefs; the name at their end, and an element that one of them names. */
export function followName(state: ShellState, name: string): { name: string; subscript?: string } {
  let at = name;
  for (let count = 0; count < 10; count++) {
    const variable = findVariable(state.scopes, at);
    if (variable === undefined || !has(variable, "n") || variable.value === undefined) break;
    const element = /^([A-Za-z_]\w*)\[(.*)\]$/s.exec(variable.value);
    if (element !== null) return { name: element[1] ?? at, subscript: element[2] ?? "" };
    if (!isName(variable.value)) break;
    at = variable.value;
  }
  return { name: at };
}

/** The variable itself, behind namerefs. */
export function variableOf(state: ShellState, name: string): Variable | undefined {
  return computedArray(state, name) ?? findVariable(state.scopes, followName(state, name).name);
}

/** What `$name` gives. */
export function readVariable(state: ShellState, name: string): string | undefined {
  const computed = computedValue(state, name);
  if (computed !== undefined) return computed;
  const array = computedArray(state, name);
  if (array !== undefined) return array.elements?.get(0);
  const target = followName(state, name);
  if (target.subscript !== undefined) return elementOf(state, target.name, target.subscript);
  const variable = findVariable(state.scopes, target.name);
  return variable === undefined ? undefined : scalarOf(variable);
}

/** What `${name[subscript]}` gives; throws ArithmeticFault for a faulty subscript. */
export function elementOf(state: ShellState, name: string, subscript: string): string | undefined {
  const variable = variableOf(state, name);
  if (variable?.entries !== undefined) return variable.entries.get(subscript);
  const index = indexOf(state, subscript, variable);
  if (variable === undefined) return undefined;
  if (index < 0) state.notes.push(`${name}: bad array subscript`);
  if (variable.elements !== undefined) return variable.elements.get(index);
  return index === 0 ? variable.value : undefined;
}

/** The number of an element; negative ones count from the end and stay negative when there is none. */
export function indexOf(
  state: ShellState,
  subscript: string,
  variable: Variable | undefined,
): number {
  const index = Number(evaluate(arithmeticHost(state), subscript));
  if (index >= 0) return index;
  const size =
    variable?.elements === undefined ? scalarSize(variable) : nextIndex(variable.elements);
  return index + size;
}

function scalarSize(variable: Variable | undefined): number {
  return variable?.value === undefined ? 0 : 1;
}

/** How arithmetic sees the variables. */
export function arithmeticHost(state: ShellState): ArithmeticHost {
  state.arithmetic ??= createHost(state);
  return state.arithmetic;
}

function createHost(state: ShellState): ArithmeticHost {
  return {
    read(name, subscript) {
      const value =
        subscript === undefined ? readVariable(state, name) : elementOf(state, name, subscript);
      if (value === undefined && state.options.has("nounset")) {
        throw new ArithmeticFault(`${name}: unbound variable`, "exit");
      }
      return value;
    },
    write(name, subscript, value) {
      const refusal = assign(state, { name, subscript }, value);
      if (refusal !== undefined) throw new ArithmeticFault(refusal.text, "plain");
    },
  };
}

/** Gives a variable a value; where there is none it is made in the shell's own scope. */
export function assign(state: ShellState, target: Target, value: string): ValueRefusal | undefined {
  const followed = followName(state, target.name);
  const subscript = target.subscript ?? followed.subscript;
  const variable =
    findVariable(state.scopes, followed.name) ?? declareVariable(state, followed.name);
  return store(state, { ...target, name: followed.name, subscript }, { variable, value });
}

/** A new variable of the shell's own scope. */
export function declareVariable(state: ShellState, name: string): Variable {
  const variable = newVariable();
  if (state.options.has("allexport")) variable.attributes = "x";
  state.scopes[0]?.set(name, variable);
  return variable;
}

/** Gives a value to this variable, as its attributes have it. */
export function store(
  state: ShellState,
  target: Target,
  what: { readonly variable: Variable; readonly value: string },
): ValueRefusal | undefined {
  const { variable } = what;
  if (has(variable, "r")) return { text: `${target.name}: readonly variable`, kind: "discard" };
  try {
    return storeElement(state, target, what);
  } catch (error) {
    if (error instanceof ArithmeticFault) {
      return { text: error.message, kind: error.kind === "exit" ? "exit" : "top" };
    }
    throw error;
  }
}

function storeElement(
  state: ShellState,
  target: Target,
  { variable, value }: { readonly variable: Variable; readonly value: string },
): ValueRefusal | undefined {
  const { name, subscript } = target;
  if (variable.entries !== undefined) {
    const key = subscript ?? "0";
    if (key === "") return { text: `${name}[]: bad array subscript`, kind: "discard" };
    const before = target.append ? (variable.entries.get(key) ?? "") : undefined;
    variable.entries.set(key, shaped(state, variable, { before, value }));
    return undefined;
  }
  if (subscript !== undefined) {
    if (subscript.trim() === "")
      return { text: `${name}[${subscript}]: bad array subscript`, kind: "discard" };
    const index = indexOf(state, subscript, variable);
    if (index < 0) return { text: `${name}[${subscript}]: bad array subscript`, kind: "discard" };
    const elements = asArray(variable);
    const before = target.append ? (elements.get(index) ?? "") : undefined;
    elements.set(index, shaped(state, variable, { before, value }));
    return undefined;
  }
  const before = target.append ? (scalarOf(variable) ?? "") : undefined;
  const text = shaped(state, variable, { before, value });
  if (variable.elements !== undefined) variable.elements.set(0, text);
  else variable.value = text;
  notice(state, name, text);
  return undefined;
}

/** The elements of a variable that becomes an indexed array if it is none. */
export function asArray(variable: Variable): Map<number, string> {
  if (variable.elements === undefined) {
    variable.elements = new Map(variable.value === undefined ? [] : [[0, variable.value]]);
    variable.value = undefined;
    if (!has(variable, "a")) variable.attributes = `a${variable.attributes}`;
  }
  return variable.elements;
}

/** A value as attributes i, l, u and c want it; `before` is what it is appended to. */
function shaped(
  state: ShellState,
  variable: Variable,
  { before, value }: { readonly before: string | undefined; readonly value: string },
): string {
  if (variable.attributes === "") return before === undefined ? value : before + value;
  if (has(variable, "i")) {
    const host = arithmeticHost(state);
    const sum = evaluate(host, value);
    return before === undefined || before === ""
      ? `${sum}`
      : `${evaluate(host, `(${before})+(${sum})`)}`;
  }
  const whole = before === undefined ? value : before + value;
  if (has(variable, "l")) return whole.toLowerCase();
  return has(variable, "u") ? whole.toUpperCase() : whole;
}

/** The environment of programs that the shell starts. */
export function environmentOf(state: ShellState): Map<string, string> {
  const environment = new Map<string, string>();
  for (const scope of state.scopes) {
    // Not for…of: this happens for each command, and engines interpret that slowly.
    scope.forEach((variable, name) => {
      const { attributes, value } = variable;
      if (value !== undefined && (attributes === "x" || has(variable, "x")))
        environment.set(name, value);
      else if (environment.size > 0) environment.delete(name);
    });
  }
  if (state.exportedFunctions.size > 0) putFunctions(state, environment);
  return environment;
}

/** The number that a shell gives a program's end. */
export function statusOf(status: { readonly code: number } | { readonly signal: Signal }): number {
  return "code" in status ? status.code : 128 + signalNumber(status.signal);
}
