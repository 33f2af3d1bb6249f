// Builtins that change what runs next: break, continue, return, exit, eval, `.`, exec, command, builtin,
// shift, let.
// Source: bash(1) SHELL BUILTIN COMMANDS; messages by experiment with bash 5.2.
// Not simulated: exec -l beyond the dash before the name.

import { errnoText } from "../../net/core/errno.ts";
import { write } from "../../process/io.ts";
import { dropFile } from "../../process/openFiles.ts";
import type { Steps } from "../../process/wait.ts";
import { lookUp, replaceShell } from "../execute/program.ts";
import { calculate } from "../expand/calculate.ts";
import { conditionOf } from "../jobs.ts";
import { complain, refuse } from "../messages.ts";
import { asUnwind, leave, type ShellState, type TerminalSide } from "../shellState.ts";
import { parseWithAliases } from "../syntax/aliases.ts";
import { parseText } from "../syntax/parse.ts";
import { environmentOf, readVariable } from "../values.ts";
import { type Builtin, type BuiltinCall, readOptions, showUsage } from "./builtin.ts";

/** break and continue. */
export const leaveLoop: Builtin = function* (state, { name, args }) {
  if (state.loops === 0) {
    yield* complain(state, `${name}: only meaningful in a \`for', \`while', or \`until' loop`);
    return 0;
  }
  const [word = "1", more] = args;
  const level = wholeNumber(word);
  if (level === undefined) {
    yield* complain(state, `${name}: ${word}: numeric argument required`);
    return leave({ unwind: "exit", status: 128 });
  }
  if (more !== undefined) yield* tooMany(state, name);
  if (level < 1) {
    yield* complain(state, `${name}: ${word}: loop count out of range`);
    state.status = 1;
    return leave({ unwind: "break", level: state.loops });
  }
  state.status = 0;
  return leave({
    unwind: name === "break" ? "break" : "continue",
    level: Math.min(level, state.loops),
  });
};

function wholeNumber(word: string): number | undefined {
  return /^\s*[-+]?\d{1,18}\s*$/.test(word) ? Number(word) : undefined;
}

function* tooMany(state: ShellState, name: string): Steps<never> {
  yield* complain(state, `${name}: too many arguments`);
  return leave({ unwind: "discard", status: 1 });
}

/** return. */
export const returnFrom: Builtin = function* (state, { args }) {
  const [word, more] = args[0] === "--" ? args.slice(1) : args;
  let status = state.status;
  if (word !== undefined) {
    const number = wholeNumber(word);
    if (number === undefined) {
      yield* complain(state, `return: ${word}: numeric argument required`);
      status = 2;
    } else status = number & 255;
  }
  if (more !== undefined) yield* tooMany(state, "return");
  if (state.calls.length > 0) return leave({ unwind: "return", status });
  return yield* refuse(state, "return: can only `return' from a function or sourced script", 2);
};

/** exit and logout. */
export const exit: Builtin = function* (state, { name, args }) {
  if (name === "logout" && !state.shopts.has("login_shell")) {
    return yield* refuse(state, "logout: not login shell: use `exit'");
  }
  if (state.terminal !== undefined && (yield* keptByJobs(state, state.terminal))) return 1;
  const [word, more] = args[0] === "--" ? args.slice(1) : args;
  if (word === undefined) return leave({ unwind: "exit", status: state.status });
  const number = wholeNumber(word);
  if (number === undefined) {
    yield* complain(state, `${name}: ${word}: numeric argument required`);
    return leave({ unwind: "exit", status: 2 });
  }
  if (more !== undefined) yield* tooMany(state, name);
  return leave({ unwind: "exit", status: number & 255 });
};

/** A shell on a terminal says that it leaves; stopped jobs keep it once. */
export function* keptByJobs(state: ShellState, terminal: TerminalSide): Steps<boolean> {
  yield* write(state.process, 2, "exit\n");
  if (terminal.exitWarned || !state.jobs.some((job) => conditionOf(job) === "stopped"))
    return false;
  terminal.exitWarned = true;
  yield* write(state.process, 2, "There are stopped jobs.\n");
  return true;
}

/** eval. */
export const evalWords: Builtin = function* (state, call) {
  const args = call.args[0] === "--" ? call.args.slice(1) : call.args;
  const invalid = call.args[0];
  if (invalid !== undefined && /^-./.test(invalid) && invalid !== "--") {
    yield* complain(state, `eval: ${invalid.slice(0, 2)}: invalid option`);
    yield* showUsage(state, "eval");
    return 2;
  }
  const text = args.join(" ");
  if (text.trim() === "") return 0;
  return yield* runHere(state, text);
};

/** Runs a text in this shell, as from this line on. */
function* runHere(state: ShellState, text: string): Steps<number> {
  const { lineOffset, line } = state;
  state.lineOffset = 0;
  state.traceDepth += 1;
  const { current } = state;
  try {
    return yield* state.interpreter.text(state, parseWithAliases(state, text, line), "eval: ");
  } finally {
    state.traceDepth -= 1;
    state.lineOffset = lineOffset;
    state.line = line;
    state.current = current;
  }
}

/** `.` and source. */
export const source: Builtin = function* (state, call) {
  const options = yield* readOptions(state, call, "");
  if (options === undefined) return 2;
  const [path, ...args] = options.rest;
  if (path === undefined) {
    yield* complain(state, `${call.name}: filename argument required`);
    yield* showUsage(state, call.name);
    return 2;
  }
  const text = yield* readScript(state, path);
  if (text === undefined) {
    if (state.options.has("posix")) leave({ unwind: "exit", status: 1 });
    return 1;
  }
  const { positional, line, lineOffset, calls, loops } = state;
  const before = state.source;
  if (args.length > 0) state.positional = args;
  state.calls = [...calls, { name: "source", line, source: before, scope: undefined }];
  state.source = path;
  state.lineOffset = 0;
  state.loops = 0;
  try {
    return yield* state.interpreter.text(state, parseText(text), "");
  } catch (error) {
    const unwind = asUnwind(error);
    if (unwind?.unwind !== "return") throw error;
    return unwind.status;
  } finally {
    if (args.length > 0) state.positional = positional;
    state.calls = calls;
    state.source = before;
    state.line = line;
    state.lineOffset = lineOffset;
    state.loops = loops;
  }
};

/** The text of a script, looked for on PATH; undefined after saying why there is none. */
function* readScript(state: ShellState, name: string): Steps<string | undefined> {
  const { files } = state.process.machine;
  const folders = name.includes("/") ? [] : (readVariable(state, "PATH") ?? "").split(":");
  const candidates = [...folders.map((folder) => `${folder || "."}/${name}`), name];
  const path = candidates.find((one) => {
    const status = files.stat(state.process, one);
    return !("errno" in status) && status.type === "file";
  });
  const file = files.open(state.process, path ?? name, { read: true });
  if ("errno" in file) {
    yield* complain(state, `${name}: ${errnoText(file.errno)}`);
    return undefined;
  }
  if (file.kind === "directory") {
    dropFile(file);
    yield* complain(state, `.: ${name}: is a directory`);
    return undefined;
  }
  const parts: string[] = [];
  for (;;) {
    const bytes = file.read(state.process, 65536);
    if (bytes === "again") yield file.changed;
    else if (typeof bytes !== "string" || bytes === "") break;
    else parts.push(bytes);
  }
  dropFile(file);
  return parts.join("");
}

/** exec. */
export const exec: Builtin = function* (state, call) {
  const options = yield* readOptions(state, call, "cla:");
  if (options === undefined) return 2;
  const [name] = options.rest;
  if (name === undefined) return 0;
  const environment = options.flags.has("c") ? new Map<string, string>() : environmentOf(state);
  const found = yield* findForExec(state, options.rest, environment);
  if (typeof found === "number") {
    if (state.interactive || state.shopts.has("execfail")) return found;
    return leave({ unwind: "exit", status: found });
  }
  const shown = options.values.get("a") ?? (options.flags.has("l") ? `-${name}` : name);
  environment.set("_", found.path);
  return yield* replaceShell(state, [shown, ...options.rest.slice(1)], { found, environment });
};

function* findForExec(
  state: ShellState,
  words: readonly string[],
  environment: ReadonlyMap<string, string>,
) {
  const [name = ""] = words;
  if (name.includes("/")) {
    const status = state.process.machine.files.stat(state.process, name);
    if (!("errno" in status) && status.type === "directory") {
      yield* complain(state, `${name}: Is a directory`);
      yield* complain(state, `exec: ${name}: cannot execute: Is a directory`);
      return 126;
    }
    const shown = name.startsWith("/") ? name : `${state.process.cwd}/${name.replace(/^\.\//, "")}`;
    return yield* lookUp(state, { words, standardPath: false, shown }, environment);
  }
  const missing = `exec: ${name}: not found`;
  return yield* lookUp(state, { words, standardPath: false, missing }, environment);
}

/** command. */
export const command: Builtin = function* (state, call) {
  const options = yield* readOptions(state, call, "pVv");
  if (options === undefined) return 2;
  const { flags, rest } = options;
  if (rest.length === 0) return 0;
  if (flags.has("v") || flags.has("V")) {
    const style = flags.has("V") ? "long" : "short";
    const { scheduler } = state.process.machine;
    const { describeNames } = yield* scheduler.fetch(import("./names.ts"));
    return yield* describeNames(state, rest, { caller: "command", style });
  }
  return yield* state.interpreter.words(state, rest, {
    functions: false,
    standardPath: flags.has("p"),
  });
};

/** builtin. */
export const builtin: Builtin = function* (state, call) {
  const [name] = call.args[0] === "--" ? call.args.slice(1) : call.args;
  if (name === undefined) return 0;
  if (!state.interpreter.isBuiltin(state, name)) {
    return yield* refuse(state, `builtin: ${name}: not a shell builtin`);
  }
  const words = call.args[0] === "--" ? call.args.slice(1) : call.args;
  return yield* state.interpreter.words(state, words, { functions: false });
};

/** shift. */
export const shift: Builtin = function* (state, { args }) {
  const [word = "1", more] = args[0] === "--" ? args.slice(1) : args;
  const count = wholeNumber(word);
  if (count === undefined) {
    return yield* refuse(state, `shift: ${word}: numeric argument required`);
  }
  if (more !== undefined) yield* tooMany(state, "shift");
  if (count < 0 || count > state.positional.length) {
    if (count < 0 || state.shopts.has("shift_verbose")) {
      yield* complain(state, `shift: ${word}: shift count out of range`);
    }
    return 1;
  }
  state.positional = state.positional.slice(count);
  return 0;
};

/** let. */
export const letWords: Builtin = function* (state, call: BuiltinCall) {
  const args = call.args[0] === "--" ? call.args.slice(1) : call.args;
  if (args.length === 0) return yield* refuse(state, "let: expression expected");
  let value: number | bigint | undefined = 0;
  for (const word of args) {
    value = yield* calculate(state, word, "let: ");
    if (value === undefined) return 1;
  }
  return value === 0 ? 1 : 0;
};
