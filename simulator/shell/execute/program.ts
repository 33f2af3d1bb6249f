// Programs: finding them, starting them, waiting for them in the foreground.
// Source: bash(1) COMMAND EXECUTION, EXIT STATUS.
// Not here: background jobs (pipeline.ts).

import { errnoText } from "../../net/core/errno.ts";
import { write } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import { commandName, mayStart, spawn } from "../../process/processTable.ts";
import { type FoundProgram, findProgram, loadProgram } from "../../process/programLookup.ts";
import type { Steps } from "../../process/wait.ts";
import { complain, discard, prefix } from "../messages.ts";
import { leave, type ShellState } from "../shellState.ts";
import { commandText } from "../syntax/printCommand.ts";
import { restoreSignals } from "../traps.ts";
import { environmentOf } from "../values.ts";
import type { Scope } from "../variables.ts";
import { waitForeground } from "./foreground.ts";

/** A program that is to run. */
export type ProgramCall = {
  readonly words: readonly string[];
  readonly scope: Scope | undefined;
  readonly standardPath: boolean;
};

/** Runs a program to its end. */
export function* runProgram(state: ShellState, call: ProgramCall): Steps<number> {
  const environment = programEnvironment(state, call);
  const found = yield* lookUp(state, call, environment);
  if (typeof found === "number") return found;
  state.lastArgument = call.words.at(-1) ?? "";
  environment.set("_", found.path);
  if (state.mayExec) return yield* replaceShell(state, call.words, { found, environment });
  if (!mayStart(state.process.machine)) {
    yield* discard(state, "fork: retry: Resource temporarily unavailable", "exit");
  }
  const controlled = state.options.has("monitor");
  const child = spawn(state.process, {
    argv: call.words,
    environment,
    ...(controlled ? { processGroup: 0 } : {}),
    program: (process) => start(state, process, found),
  });
  const { current } = state;
  const text = () => (current === undefined ? call.words.join(" ") : commandText(current));
  const [status = 0] = yield* waitForeground(state, [{ process: child, text }], text);
  return status;
}

function programEnvironment(state: ShellState, call: ProgramCall): Map<string, string> {
  const environment = environmentOf(state);
  for (const [name, variable] of call.scope ?? []) environment.set(name, variable.value ?? "");
  return environment;
}

/** What a shell hides from programs goes; signals it ignores for itself act again. */
function* start(state: ShellState, process: Process, found: FoundProgram): Steps<number> {
  restoreSignals(state, process);
  identify(process, found);
  return yield* (yield* loadProgram(process, found))(process);
}

function identify(process: Process, found: FoundProgram): void {
  process.name = commandName(found.path);
  const executable = process.machine.files.realPath(process, found.path);
  if (typeof executable === "string") process.executable = executable;
}

/** This process becomes the program. */
export function* replaceShell(
  state: ShellState,
  words: readonly string[],
  what: { readonly found: FoundProgram; readonly environment: ReadonlyMap<string, string> },
): Steps<never> {
  const { process } = state;
  process.environment.clear();
  for (const [name, value] of what.environment) process.environment.set(name, value);
  process.argv = words;
  identify(process, what.found);
  if (state.terminal !== undefined) restoreSignals(state, process);
  for (const [signal, handler] of process.handlers) {
    if (handler !== "ignore") process.handlers.delete(signal);
  }
  state.traps.clear();
  const program = yield* loadProgram(process, what.found);
  return leave({ unwind: "exit", status: yield* program(process) });
}

/** The program, or the status after saying that there is none. */
export function* lookUp(
  state: ShellState,
  call: Pick<ProgramCall, "words" | "standardPath"> & {
    readonly missing?: string;
    readonly shown?: string;
  },
  environment: ReadonlyMap<string, string>,
): Steps<FoundProgram | number> {
  const name = call.words[0] ?? "";
  const hashed = state.hashed.get(name);
  const path = call.standardPath
    ? new Map([["PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]])
    : environment;
  let found = findProgram(state.process, hashed?.path ?? name, path);
  if ("errno" in found && hashed !== undefined) found = findProgram(state.process, name, path);
  if (!("errno" in found)) {
    if (!name.includes("/") && state.options.has("hashall")) {
      state.hashed.set(name, { path: found.path, hits: (hashed?.hits ?? 0) + 1 });
    }
    return found;
  }
  if (!name.includes("/")) {
    if (found.errno === "EACCES" && name !== "") {
      yield* complain(state, `${name}: Permission denied`);
      return 126;
    }
    const file = state.dash ? undefined : inPath(state, name, path.get("PATH"));
    if (file !== undefined) return yield* noInterpreter(state, file);
    if (call.missing === undefined) return yield* notFound(state, call.words);
    yield* complain(state, call.missing);
    return 127;
  }
  const { files } = state.process.machine;
  const status = files.stat(state.process, name);
  const isDirectory = !("errno" in status) && status.type === "directory";
  if (found.errno === "ENOENT" && !("errno" in status) && !state.dash)
    return yield* noInterpreter(state, call.shown ?? name);
  const why = isDirectory && !state.dash ? "Is a directory" : errnoText(found.errno);
  yield* complain(state, `${name}: ${state.dash && found.errno === "ENOENT" ? "not found" : why}`);
  return found.errno === "ENOENT" ? 127 : 126;
}

/** A script whose interpreter is not there. */
function* noInterpreter(state: ShellState, path: string): Steps<number> {
  yield* complain(state, `${path}: cannot execute: required file not found`);
  return 127;
}

/** The first file of this name along PATH that may be run. */
function inPath(state: ShellState, name: string, path: string | undefined): string | undefined {
  if (name === "") return undefined;
  const { files } = state.process.machine;
  return path
    ?.split(":")
    .map((folder) => `${folder === "" ? "." : folder}/${name}`)
    .find((file) => {
      const status = files.stat(state.process, file);
      return !("errno" in status) && status.type === "file" && (status.mode & 0o111) !== 0;
    });
}

function* notFound(state: ShellState, words: readonly string[]): Steps<number> {
  const handler = state.functions.get("command_not_found_handle");
  if (handler !== undefined) {
    return yield* state.interpreter.words(state, ["command_not_found_handle", ...words], {
      functions: true,
    });
  }
  const why = state.dash ? "not found" : "command not found";
  yield* write(state.process, 2, `${prefix(state)}${words[0] ?? ""}: ${why}\n`);
  return 127;
}
