// Pipelines and background commands: processes with pipes between them.
// Source: bash(1) Pipelines, Lists, JOB CONTROL.
// Not here: waiting for them (foreground.ts).

import { dropFile } from "../../process/openFiles.ts";
import { createPipe } from "../../process/pipe.ts";
import type { OpenFile } from "../../process/process.ts";
import type { Steps } from "../../process/wait.ts";
import { addJob, tellDeaths } from "../jobs.ts";
import type { JobProcess, ShellState } from "../shellState.ts";
import { commandText } from "../syntax/printCommand.ts";
import type { Command, Pipeline } from "../syntax/syntax.ts";
import { waitForeground } from "./foreground.ts";
import { fork } from "./fork.ts";

/** Runs `a | b`; the status of each. */
export function* runStages(state: ShellState, pipeline: Pipeline): Steps<readonly number[]> {
  const lastHere = state.shopts.has("lastpipe") && !state.options.has("monitor");
  const { processes, tail } = yield* startStages(state, pipeline, { lastHere, background: false });
  const waited = processes.map(({ process, text }) => ({ process, text: () => text }));
  const text = () => commandText({ ...pipeline, negated: false, timed: undefined });
  if (tail === undefined) return yield* waitForeground(state, waited, text);
  const last = pipeline.commands.at(-1);
  const before = state.process.files.get(0);
  state.process.files.set(0, tail);
  let status = 0;
  try {
    if (last !== undefined) status = yield* state.interpreter.command(state, last);
  } finally {
    dropFile(tail);
    if (before === undefined) state.process.files.delete(0);
    else state.process.files.set(0, before);
  }
  return [...(yield* waitForeground(state, waited, text)), status];
}

type Manner = { readonly lastHere: boolean; readonly background: boolean };

type Started = {
  readonly processes: JobProcess[];
  /** What the last command is to read, when this shell runs it. */
  readonly tail: OpenFile | undefined;
};

function* startStages(state: ShellState, pipeline: Pipeline, manner: Manner): Steps<Started> {
  const controlled = state.options.has("monitor");
  const processes: JobProcess[] = [];
  let input: OpenFile | undefined = manner.background && !controlled ? nullFile(state) : undefined;
  const count = pipeline.commands.length - (manner.lastHere ? 1 : 0);
  for (let at = 0; at < count; at++) {
    const command = pipeline.commands[at];
    if (command === undefined) break;
    const pipe = at < pipeline.commands.length - 1 ? createPipe(state.process.machine) : undefined;
    const files = new Map(state.process.files);
    if (input !== undefined) files.set(0, input);
    if (pipe !== undefined) {
      files.set(1, pipe.writeEnd);
      if (pipeline.withErrors[at] === true) files.set(2, pipe.writeEnd);
    }
    const leader = processes[0]?.process.processGroup;
    const process = yield* fork(
      state,
      {
        files,
        mayExec: command.type === "simple",
        keepsJobs: !manner.background && isJobs(command),
        detached: manner.background && !controlled,
        ...(controlled ? { processGroup: leader ?? 0 } : {}),
      },
      (inner) => {
        // A simple command of a pipeline does not count as a subshell.
        if (command.type === "simple" && !manner.background) inner.depth -= 1;
        return runStage(inner, command);
      },
    );
    processes.push({ process, text: commandText(command) });
    if (input !== undefined) dropFile(input);
    if (pipe !== undefined) dropFile(pipe.writeEnd);
    input = pipe?.readEnd;
  }
  if (!manner.lastHere && input !== undefined) dropFile(input);
  return { processes, tail: manner.lastHere ? input : undefined };
}

/** `jobs | …` tells of this shell's jobs. */
function isJobs(command: Command): boolean {
  if (command.type !== "simple") return false;
  const name = command.words[0];
  return name !== undefined && "literal" in name && name.literal === "jobs";
}

/** In a process of its own. A subshell needs no second one. */
function* runStage(inner: ShellState, command: Command): Steps<number> {
  if (command.type !== "simple") inner.mayExec = false;
  if (command.type === "subshell") return yield* runList(inner, command);
  return yield* inner.interpreter.command(inner, command);
}

function* runList(
  inner: ShellState,
  command: Extract<Command, { type: "subshell" }>,
): Steps<number> {
  return yield* inner.interpreter.command(inner, { type: "group", body: command.body });
}

function nullFile(state: ShellState): OpenFile | undefined {
  const file = state.process.machine.files.open(state.process, "/dev/null", { read: true });
  return "errno" in file ? undefined : file;
}

/** Starts `command &`. */
export function* runInBackground(state: ShellState, command: Command): Steps<void> {
  yield* tellDeaths(state);
  const controlled = state.options.has("monitor");
  const stages: Pipeline =
    command.type === "pipeline" && !command.negated && command.timed === undefined
      ? command
      : {
          type: "pipeline",
          line: state.line,
          negated: false,
          timed: undefined,
          commands: [command],
          withErrors: [],
        };
  const { processes } = yield* startStages(state, stages, { lastHere: false, background: true });
  const last = processes.at(-1)?.process;
  if (last === undefined) return;
  state.lastBackground = last.pid;
  const job = addJob(state, {
    text: commandText(command),
    group: processes[0]?.process.processGroup ?? last.processGroup,
    processes,
    foreground: false,
    controlled,
    line: state.line,
  });
  yield* state.interpreter.started(state, job);
}
