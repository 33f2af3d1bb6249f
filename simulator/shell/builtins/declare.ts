// Builtins that declare names: declare, typeset, local, export, readonly.
// Source: bash(1); formats by experiment with bash 5.2.
// Not simulated: declare -I, the trace attribute of functions.

import type { Steps } from "../../process/wait.ts";
import { assignArray } from "../execute/assign.ts";
import { complain, refuse, say } from "../messages.ts";
import { quoteForTrace } from "../quote.ts";
import { leave, type ShellState } from "../shellState.ts";
import { functionText } from "../syntax/printCommand.ts";
import type { Assignment } from "../syntax/syntax.ts";
import { trace, tracing } from "../trace.ts";
import { followName, store } from "../values.ts";
import {
  findVariable,
  giveAttribute,
  has,
  isName,
  newVariable,
  type Scope,
  takeAttribute,
  type Variable,
} from "../variables.ts";
import { type Builtin, type BuiltinCall, showUsage } from "./builtin.ts";
import { listVariables, printVariables } from "./declareList.ts";

/** Letters given by `-` and taken by `+`, and the words after them. */
type Request = {
  readonly give: ReadonlySet<string>;
  readonly take: ReadonlySet<string>;
  readonly rest: readonly string[];
  readonly used: number;
};

const lettersOf: Readonly<Record<string, string>> = {
  declare: "aAfFgiIlnrtuxp",
  typeset: "aAfFgiIlnrtuxp",
  local: "aAfFgiIlnrtuxp",
  export: "fnp",
  readonly: "aAfp",
};

function* readRequest(state: ShellState, call: BuiltinCall): Steps<Request | undefined> {
  const give = new Set<string>();
  const take = new Set<string>();
  const known = lettersOf[call.name] ?? "";
  let at = 0;
  for (; at < call.args.length; at++) {
    const word = call.args[at] ?? "";
    if (word === "--") {
      at += 1;
      break;
    }
    if (!/^[-+]./.test(word) || (word.startsWith("+") && known.length < 6)) break;
    for (const letter of word.slice(1)) {
      if (!known.includes(letter)) {
        yield* complain(state, `${call.name}: ${word.slice(0, 1)}${letter}: invalid option`);
        yield* showUsage(state, call.name);
        return undefined;
      }
      (word.startsWith("-") ? give : take).add(letter);
    }
  }
  return { give, take, rest: call.args.slice(at), used: at };
}

/** declare, typeset, local. */
export const declare: Builtin = function* (state, call) {
  const local = call.name === "local";
  if (local && !state.calls.some((one) => one.scope !== undefined)) {
    return yield* refuse(state, "local: can only be used in a function");
  }
  const request = yield* readRequest(state, call);
  if (request === undefined) return 2;
  const { give, rest } = request;
  if (give.has("f") || give.has("F")) return yield* declareFunctions(state, request);
  if (rest.length === 0) return yield* listVariables(state, { give, take: request.take, local });
  if (give.has("p")) return yield* printVariables(state, call.name, rest);
  let status = 0;
  const scope = scopeFor(state, give.has("g"));
  for (const [at, word] of rest.entries()) {
    if (local && word === "-") {
      state.savedOptions ??= new Set(state.options);
      continue;
    }
    const assignment = call.arrays.get(request.used + at);
    const done = yield* declareOne(state, { word, scope, request, name: call.name, assignment });
    if (done !== 0) status = done;
  }
  return status;
};

/** Where a declaration goes: the innermost function, or the shell. */
function scopeFor(state: ShellState, global: boolean): Scope {
  const inner = state.calls.findLast((call) => call.scope !== undefined)?.scope;
  const whole = state.scopes[0] ?? new Map();
  return global || inner === undefined ? whole : inner;
}

type Declaration = {
  readonly word: string;
  readonly scope: Scope;
  readonly request: Pick<Request, "give" | "take">;
  readonly name: string;
  readonly assignment: Assignment | undefined;
};

function* declareOne(state: ShellState, what: Declaration): Steps<number> {
  const { word, scope, request, name: caller, assignment } = what;
  const match = /^([A-Za-z_]\w*)(?:\[([^\]]*(?:\][^=+]*)?)\])?(?:(\+?)=([\s\S]*))?$/.exec(word);
  const name = assignment?.name ?? match?.[1];
  if (name === undefined || !isName(name)) {
    yield* complain(state, `${caller}: \`${word}': not a valid identifier`);
    return 1;
  }
  const subscript = match?.[2];
  const append = assignment?.append ?? match?.[3] === "+";
  const value = assignment === undefined ? match?.[4] : undefined;
  const variable = yield* variableFor(state, { name, scope, request, caller, append });
  if (variable === undefined) return 1;
  const wrong = yield* convert(state, { variable, name, request, caller, subscript });
  if (wrong !== 0) return wrong;
  const wasReadonly = has(variable, "r");
  const gives = assignment !== undefined || value !== undefined;
  if (wasReadonly && (gives || request.take.has("r"))) {
    yield* complain(state, `${caller}: ${name}: readonly variable`);
    return 1;
  }
  for (const letter of request.take) if (!"aAgpr".includes(letter)) takeAttribute(variable, letter);
  for (const letter of request.give) giveLetter(variable, letter);
  const status = yield* give(state, { ...what, variable, name, subscript, append, value });
  if (request.give.has("r")) giveAttribute(variable, "r");
  return status;
}

function giveLetter(variable: Variable, letter: string): void {
  if (!"ilnux".includes(letter)) return;
  if (letter === "l") takeAttribute(variable, "u");
  if (letter === "u") takeAttribute(variable, "l");
  giveAttribute(variable, letter);
}

type Search = {
  readonly name: string;
  readonly scope: Scope;
  readonly request: Pick<Request, "give" | "take">;
  readonly caller: string;
  readonly append: boolean;
};

/** The variable in its scope, made if need be; undefined after a refusal. */
function* variableFor(state: ShellState, search: Search): Steps<Variable | undefined> {
  const { scope, request, caller } = search;
  const name =
    request.give.has("n") || request.take.has("n")
      ? search.name
      : followName(state, search.name).name;
  const here = scope.get(name);
  if (here !== undefined) return here;
  const outer = findVariable(state.scopes, name);
  if (outer !== undefined && has(outer, "r") && scope !== state.scopes[0]) {
    yield* complain(state, `${caller}: ${name}: readonly variable`);
    return undefined;
  }
  const variable = newVariable();
  if (state.shopts.has("localvar_inherit") && outer !== undefined)
    variable.attributes = outer.attributes;
  if (state.options.has("allexport")) giveAttribute(variable, "x");
  scope.set(name, variable);
  return variable;
}

type Conversion = {
  readonly variable: Variable;
  readonly name: string;
  readonly request: Pick<Request, "give" | "take">;
  readonly caller: string;
  readonly subscript: string | undefined;
};

/** Makes it an array of the wanted kind. */
function* convert(state: ShellState, what: Conversion): Steps<number> {
  const { variable, name, request, caller } = what;
  const { give, take } = request;
  if ((take.has("a") && has(variable, "a")) || (take.has("A") && has(variable, "A"))) {
    yield* complain(state, `${caller}: ${name}: cannot destroy array variables in this way`);
    return 1;
  }
  if (give.has("A")) {
    if (has(variable, "a")) {
      yield* complain(state, `${caller}: ${name}: cannot convert indexed to associative array`);
      return 1;
    }
    if (variable.entries === undefined) {
      variable.entries = new Map(variable.value === undefined ? [] : [["0", variable.value]]);
      variable.value = undefined;
      giveAttribute(variable, "A");
    }
  } else if (give.has("a")) {
    if (has(variable, "A")) {
      yield* complain(state, `${caller}: ${name}: cannot convert associative to indexed array`);
      return 1;
    }
    if (variable.value !== undefined) {
      variable.elements = new Map([[0, variable.value]]);
      variable.value = undefined;
    }
    giveAttribute(variable, "a");
  }
  return 0;
}

type Gift = Declaration & {
  readonly variable: Variable;
  readonly name: string;
  readonly subscript: string | undefined;
  readonly append: boolean;
  readonly value: string | undefined;
};

function* give(state: ShellState, gift: Gift): Steps<number> {
  const { variable, name, value, subscript, append, assignment, name: target } = gift;
  if (assignment !== undefined && !("parts" in assignment.value)) {
    const refusal = yield* assignArray(state, { name, variable, append }, assignment.value);
    if (refusal === undefined) return 0;
    yield* complain(state, refusal.text);
    return 1;
  }
  if (value === undefined) return 0;
  if (has(variable, "n") && gift.request.give.has("n")) {
    if (!/^[A-Za-z_]\w*(?:\[.*\])?$/s.test(value)) {
      yield* complain(state, `declare: \`${value}': invalid variable name for name reference`);
      return 1;
    }
    variable.value = value;
    return 0;
  }
  if (has(variable, "a") && variable.elements === undefined) variable.elements = new Map();
  const refusal = store(state, { name: target, subscript, append }, { variable, value });
  if (refusal === undefined) return 0;
  if (refusal.kind !== "top") {
    yield* complain(state, refusal.text);
    return 1;
  }
  yield* complain(state, `declare: ${refusal.text}`);
  return leave({ unwind: "top", status: 1 });
}

/** declare -f, -F, and attributes of functions. */
function* declareFunctions(state: ShellState, request: Request): Steps<number> {
  const namesOnly = request.give.has("F");
  if (request.rest.length === 0) {
    const names = [...state.functions.keys()].sort();
    for (const name of names) {
      const body = state.functions.get(name)?.body;
      if (body === undefined) continue;
      yield* say(state, "declare", namesOnly ? `declare -f ${name}\n` : functionText(name, body));
    }
    return 0;
  }
  let status = 0;
  for (const name of request.rest) {
    const found = state.functions.get(name);
    if (found === undefined) status = 1;
    else if (request.give.has("r")) state.readonlyFunctions.add(name);
    else if (request.give.has("x")) state.exportedFunctions.add(name);
    else if (!request.give.has("t")) {
      yield* say(state, "declare", namesOnly ? `${name}\n` : functionText(name, found.body));
    }
  }
  return status;
}

/** export and readonly. */
export const exportOrReadonly: Builtin = function* (state, call) {
  const request = yield* readRequest(state, call);
  if (request === undefined) return 2;
  const letter = call.name === "export" ? "x" : "r";
  if (request.give.has("f")) {
    return yield* declareFunctions(state, {
      ...request,
      give: new Set(letter === "r" ? ["r"] : ["x"]),
    });
  }
  if (request.rest.length === 0) {
    return yield* listVariables(state, {
      give: new Set([letter, "p"]),
      take: new Set(),
      local: false,
    });
  }
  const undo = request.give.has("n");
  const arrays = [...request.give].filter((one) => one === "a" || one === "A");
  const wanted = {
    give: new Set(undo ? [] : [letter, ...arrays]),
    take: new Set(undo ? [letter] : []),
  };
  let status = 0;
  for (const [at, word] of request.rest.entries()) {
    const assignment = call.arrays.get(request.used + at);
    const name = assignment?.name ?? /^\w*/.exec(word)?.[0] ?? "";
    const scope = state.scopes.findLast((one) => one.has(name)) ?? state.scopes[0] ?? new Map();
    const what = { word, scope, request: wanted, name: call.name, assignment };
    const done = yield* declareOne(state, what);
    if (done !== 0) status = done;
    else if (tracing(state) && word.includes("=")) yield* traceAssignment(state, word);
  }
  return status;
};

function* traceAssignment(state: ShellState, word: string): Steps<void> {
  const equals = word.indexOf("=");
  const value = word.slice(equals + 1);
  yield* trace(state, `${word.slice(0, equals)}=${value === "" ? "" : quoteForTrace(value)}`);
}
