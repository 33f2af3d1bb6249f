// bash 5.2 as a program: bash [options] [-c commands | file] [words], commands from standard input, and
// an interactive shell on a terminal (interactive/, fetched when it is needed).
// Source: bash(1) OPTIONS, INVOCATION.
// Not simulated: restricted shells, startup files of login shells.

import { errnoText } from "../net/core/errno.ts";
import { readOrErrno, write } from "../process/io.ts";
import { dropFile } from "../process/openFiles.ts";
import type { Process, Program } from "../process/process.ts";
import type { Execution, Steps } from "../process/wait.ts";
import { createShell } from "./createShell.ts";
import { endOfShell, isOneCommand } from "./execute/fork.ts";
import { isFault, runParsed, tellProblem } from "./execute/run.ts";
import { type Invocation, readInvocation } from "./invocation.ts";
import { asUnwind, type ShellState } from "./shellState.ts";
import { parseWithAliases } from "./syntax/aliases.ts";
import { parseText } from "./syntax/parse.ts";
import type { Parsed } from "./syntax/syntax.ts";

/** The program bash, and sh. */
export const bashProgram: Program = function* (self) {
  const invocation = readInvocation(self);
  if ("say" in invocation) {
    yield* write(self, invocation.error ? 2 : 1, invocation.say);
    return invocation.status;
  }
  return yield* runShell(self, invocation);
};

function* runShell(self: Process, invocation: Invocation): Execution {
  const state = createShell(self, invocation);
  if (invocation.command !== undefined) {
    const parsed = parseText(invocation.command);
    state.mayExec = isOneCommand(parsed);
    return yield* endOfShell(state, () => runCommandString(state, parsed));
  }
  if (invocation.file !== undefined) {
    const text = yield* readFile(self, invocation.file);
    if (typeof text !== "string") return text.status;
    return yield* endOfShell(state, () => runScript(state, text));
  }
  if (state.interactive) {
    const { interactiveLoop } = yield* self.machine.scheduler.fetch(
      import("./interactive/interactiveLoop.ts"),
    );
    return yield* endOfShell(state, () => interactiveLoop(state));
  }
  return yield* endOfShell(state, () => runInput(state));
}

function* runCommandString(state: ShellState, parsed: Parsed): Steps<number> {
  try {
    const before = state.status;
    const status = yield* runParsed(state, parsed, "-c: ");
    const spoils = parsed.problem?.spoils === true && !parsed.problem.unfinished;
    return spoils && parsed.lists.length === 0 ? before : status;
  } catch (error) {
    const unwind = asUnwind(error);
    if (unwind?.unwind !== "top") throw error;
    return unwind.status;
  }
}

/** The text of a script; a status after saying why there is none. */
function* readFile(self: Process, path: string): Steps<string | { readonly status: number }> {
  const { files } = self.machine;
  const say = function* (text: string, status: number) {
    yield* write(self, 2, text);
    return { status };
  };
  const name = self.argv[0] ?? "bash";
  const file = files.open(self, path, { read: true });
  if ("errno" in file && name.replace(/^.*\//, "") === "sh")
    return yield* say(
      `${name}: 0: cannot open ${path}: ${file.errno === "ENOENT" ? "No such file" : errnoText(file.errno)}\n`,
      2,
    );
  if ("errno" in file) {
    const status = file.errno === "ENOENT" ? 127 : 126;
    return yield* say(`${name}: ${path}: ${errnoText(file.errno)}\n`, status);
  }
  if (file.kind === "directory") {
    dropFile(file);
    return yield* say(`${path}: ${path}: Is a directory\n`, 126);
  }
  const parts: string[] = [];
  for (;;) {
    const bytes = file.read(self, 65536);
    if (bytes === "again") yield file.changed;
    else if (typeof bytes !== "string" || bytes === "") break;
    else parts.push(bytes);
  }
  dropFile(file);
  const text = parts.join("");
  if (isBinary(text)) {
    return yield* say(`${path}: ${path}: cannot execute binary file\n`, 126);
  }
  return text;
}

function isBinary(text: string): boolean {
  const first = text.slice(0, 80);
  const line = first.slice(0, first.indexOf("\n") + 1 || undefined);
  return line.includes("\0");
}

/** Runs a script line by line; nothing but `exit` keeps one line from the next. */
function* runScript(state: ShellState, text: string): Steps<number> {
  const parsed = parseText(text);
  let told = 0;
  for (const list of parsed.lists) {
    if (state.options.has("verbose")) yield* write(state.process, 2, text.slice(told, list.end));
    told = list.end;
    yield* runOne(state, { ...parsed, lists: [list], problem: undefined });
  }
  if (!isFault(parsed.problem)) return state.status;
  const before = state.status;
  const status = yield* tellProblem(state, parsed.problem, "");
  // A fault in `[[ ]]` ends a script, but not with a status of its own.
  return parsed.problem.spoils === true ? before : status;
}

function* runOne(state: ShellState, parsed: Parsed): Steps<void> {
  try {
    yield* runParsed(state, parsed);
  } catch (error) {
    const unwind = asUnwind(error);
    if (unwind?.unwind !== "top") throw error;
    state.status = unwind.status;
  }
}

/** Commands from standard input, which they may read themselves. */
function* runInput(state: ShellState): Steps<number> {
  const { process } = state;
  let text = "";
  let line = 1;
  for (;;) {
    const next = yield* readLine(process);
    text += next;
    if (text === "") return state.status;
    const parsed = parseWithAliases(state, text, line);
    if (parsed.problem !== undefined) {
      if (parsed.problem.unfinished && next.endsWith("\n")) continue;
      for (const list of parsed.lists)
        yield* runOne(state, { ...parsed, lists: [list], problem: undefined });
      if (isFault(parsed.problem)) return yield* tellProblem(state, parsed.problem, "");
    } else for (const list of parsed.lists) yield* runOne(state, { ...parsed, lists: [list] });
    line += text.split("\n").length - 1;
    text = "";
    if (!next.endsWith("\n")) return state.status;
  }
}

/** A line, byte by byte, so that what follows is left for the commands. */
function* readLine(process: Process): Steps<string> {
  let text = "";
  while (!text.endsWith("\n")) {
    const byte = yield* readOrErrno(process, 0, 1);
    if (typeof byte !== "string" || byte === "") break;
    text += byte;
  }
  return text;
}
