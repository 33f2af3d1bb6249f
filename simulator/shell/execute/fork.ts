// Subshells: a process that runs commands with a copy of the shell's state; command and process
// substitution, which are subshells whose output or input is a pipe.
// Source: bash(1) COMMAND EXECUTION ENVIRONMENT, Command Substitution, Process Substitution.
// Not here: pipelines and jobs (pipeline.ts).

import { errnoText } from "../../net/core/errno.ts";
import { dropFile } from "../../process/openFiles.ts";
import { createPipe } from "../../process/pipe.ts";
import type { OpenFile, Process } from "../../process/process.ts";
import { mayStart, onSignal, spawn, waitFor } from "../../process/processTable.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { expandText } from "../expand/words.ts";
import { foreignJobs } from "../jobs.ts";
import { complain, discard } from "../messages.ts";
import { asUnwind, copyState, type ShellState } from "../shellState.ts";
import type { Parsed, Redirect } from "../syntax/syntax.ts";
import { never, restoreSignals, runExitTrap } from "../traps.ts";
import { environmentOf, statusOf } from "../values.ts";

/** How a subshell is to run. */
export type ForkRequest = {
  readonly files?: ReadonlyMap<number, OpenFile>;
  readonly processGroup?: number;
  /** Not in the foreground, and without job control: Ctrl-C is not for it. */
  readonly detached?: boolean;
  readonly mayExec?: boolean;
  /** `jobs` in it lists the jobs of this shell. */
  readonly keepsJobs?: boolean;
};

/** Starts a subshell. */
export function* fork(
  state: ShellState,
  request: ForkRequest,
  work: (inner: ShellState) => Steps<number>,
): Steps<Process> {
  if (!mayStart(state.process.machine)) {
    yield* discard(state, "fork: retry: Resource temporarily unavailable", "exit");
  }
  const group = request.processGroup;
  // The copy is made now: the parent goes on before the child's first turn.
  const copy = copyState(state, state.process);
  if (request.keepsJobs === true) copy.jobs = foreignJobs(state);
  return spawn(state.process, {
    argv: state.process.argv,
    environment: environmentOf(state),
    forked: true,
    ...(request.files === undefined ? {} : { files: request.files }),
    ...(group === undefined ? {} : { processGroup: group }),
    program: (child) => runFork(state, { ...copy, process: child }, { request, work }),
  });
}

function runFork(
  state: ShellState,
  inner: ShellState,
  how: { readonly request: ForkRequest; readonly work: (inner: ShellState) => Steps<number> },
): Execution {
  const child = inner.process;
  inner.mayExec = how.request.mayExec === true;
  if (state.terminal !== undefined) {
    // Only the shell itself controls jobs.
    restoreSignals(state, child);
    inner.options.delete("monitor");
  }
  if (how.request.detached === true) {
    onSignal(child, "INT", "ignore");
    onSignal(child, "QUIT", "ignore");
  }
  return endOfShell(inner, () => how.work(inner));
}

/** Runs commands to the end of a shell: `exit` ends here, the trap on EXIT runs. */
export function* endOfShell(state: ShellState, work: () => Steps<number>): Execution {
  let status: number;
  try {
    status = yield* work();
  } catch (error) {
    const unwind = asUnwind(error);
    if (unwind === undefined) throw error;
    status = "status" in unwind ? unwind.status : 0;
  }
  if (state.ending === true) yield never;
  return yield* runExitTrap(state, status);
}

/** The output of commands without the newlines at its end. */
export function* substitute(state: ShellState, parsed: Parsed): Steps<string> {
  const file = onlyInput(parsed);
  if (file !== undefined) return yield* readFile(state, file);
  const { readEnd, writeEnd } = createPipe(state.process.machine);
  const files = new Map(state.process.files);
  files.set(1, writeEnd);
  const child = yield* fork(
    state,
    { files, mayExec: isOneCommand(parsed), keepsJobs: true },
    (inner) => {
      inner.conditions = 0;
      if (!inner.shopts.has("inherit_errexit")) inner.options.delete("errexit");
      inner.lineOffset = inner.line - parsed.firstLine;
      inner.traceDepth += 1;
      return inner.interpreter.run(inner, parsed);
    },
  );
  dropFile(writeEnd);
  const output = yield* readToEnd(state, readEnd);
  dropFile(readEnd);
  state.substitutionStatus = statusOf(yield* waitFor(state.process, child));
  state.status = state.substitutionStatus;
  return yield* withoutZeros(state, output);
}

function* withoutZeros(state: ShellState, output: string): Steps<string> {
  const text = output.replace(/\n+$/, "");
  if (!text.includes("\0")) return text;
  yield* complain(state, "warning: command substitution: ignored null byte in input");
  return text.replaceAll("\0", "").replace(/\n+$/, "");
}

/** True when a subshell for it can become its only command. */
export function isOneCommand(parsed: Parsed): boolean {
  const list = parsed.lists[0]?.list;
  const first = list?.[0];
  if (parsed.lists.length !== 1 || list?.length !== 1 || first === undefined) return false;
  return !first.background && first.command.type === "simple";
}

/** The file of `$(<file)`. */
function onlyInput(parsed: Parsed): Redirect | undefined {
  if (!isOneCommand(parsed)) return undefined;
  const command = parsed.lists[0]?.list[0]?.command;
  if (command?.type !== "simple" || command.words.length + command.assignments.length > 0)
    return undefined;
  const [redirect, more] = command.redirects;
  return more === undefined && redirect?.operator === "<" ? redirect : undefined;
}

function* readFile(state: ShellState, redirect: Redirect): Steps<string> {
  const path = yield* expandText(state, redirect.target);
  const file = state.process.machine.files.open(state.process, path, { read: true });
  if ("errno" in file) {
    yield* complain(state, `${path}: ${errnoText(file.errno)}`);
    state.substitutionStatus = 1;
    return "";
  }
  const text = yield* readToEnd(state, file);
  dropFile(file);
  state.substitutionStatus = 0;
  return yield* withoutZeros(state, text);
}

const longestOutput = 64_000_000;

function* readToEnd(state: ShellState, file: OpenFile): Steps<string> {
  const { process } = state;
  const parts: string[] = [];
  let length = 0;
  for (;;) {
    const bytes = file.read(process, 65536);
    if (bytes === "again") {
      yield file.changed;
      continue;
    }
    if (typeof bytes !== "string" || bytes === "" || length > longestOutput) return parts.join("");
    parts.push(bytes);
    length += bytes.length;
  }
}

/** `<(…)` and `>(…)`: a path of the shell's end of a pipe. */
export function* processPath(
  state: ShellState,
  direction: "<" | ">",
  parsed: Parsed,
): Steps<string> {
  const { readEnd, writeEnd } = createPipe(state.process.machine);
  const [ours, theirs] = direction === "<" ? [readEnd, writeEnd] : [writeEnd, readEnd];
  const files = new Map(state.process.files);
  files.set(direction === "<" ? 1 : 0, theirs);
  for (const fd of state.openSubstitutions) files.delete(fd);
  const child = yield* fork(
    state,
    { files, mayExec: isOneCommand(parsed), keepsJobs: true },
    (inner) => {
      inner.lineOffset = inner.line - parsed.firstLine;
      return inner.interpreter.run(inner, parsed);
    },
  );
  state.lastBackground = child.pid;
  dropFile(theirs);
  let fd = 63;
  while (state.process.files.has(fd)) fd -= 1;
  state.process.files.set(fd, ours);
  state.openSubstitutions.push(fd);
  return `/dev/fd/${fd}`;
}

/** Closes the shell's ends of process substitutions that were opened since `from`. */
export function closeSubstitutions(state: ShellState, from: number): void {
  while (state.openSubstitutions.length > from) {
    const fd = state.openSubstitutions.pop() ?? -1;
    const file = state.process.files.get(fd);
    state.process.files.delete(fd);
    if (file !== undefined) dropFile(file);
  }
}
