// coproc: a background command with pipes to and from it.
// Source: bash(1) Coprocesses.
// Not simulated: the warning about a second coprocess.

import { dropFile } from "../../process/openFiles.ts";
import { createPipe } from "../../process/pipe.ts";
import type { Steps } from "../../process/wait.ts";
import { addJob } from "../jobs.ts";
import type { ShellState } from "../shellState.ts";
import { commandText } from "../syntax/printCommand.ts";
import type { Command } from "../syntax/syntax.ts";
import { assign } from "../values.ts";
import { newVariable } from "../variables.ts";
import { fork } from "./fork.ts";

/** Starts it; NAME holds the descriptors, NAME_PID the process. */
export function* startCoprocess(
  state: ShellState,
  command: Extract<Command, { type: "coproc" }>,
): Steps<number> {
  state.line = command.line + state.lineOffset;
  const toIt = createPipe(state.process.machine);
  const fromIt = createPipe(state.process.machine);
  const files = new Map(state.process.files);
  files.set(0, toIt.readEnd);
  files.set(1, fromIt.writeEnd);
  const mayExec = command.body.type === "simple";
  const process = yield* fork(state, { files, mayExec, detached: true }, (inner) =>
    inner.interpreter.command(inner, command.body),
  );
  dropFile(toIt.readEnd);
  dropFile(fromIt.writeEnd);
  // Bash moves all four ends up before it closes those of the command.
  const free: number[] = [];
  for (let fd = 63; free.length < 4; fd--) if (!state.process.files.has(fd)) free.push(fd);
  const [read = 63, , , write = 60] = free;
  state.process.files.set(read, fromIt.readEnd);
  state.process.files.set(write, toIt.writeEnd);
  const descriptors = newVariable("a");
  descriptors.elements = new Map([
    [0, `${read}`],
    [1, `${write}`],
  ]);
  state.scopes[0]?.set(command.name, descriptors);
  assign(state, { name: `${command.name}_PID` }, `${process.pid}`);
  state.lastBackground = process.pid;
  const text = commandText(command);
  addJob(state, {
    text,
    group: process.processGroup,
    processes: [{ process, text }],
    foreground: false,
    controlled: state.options.has("monitor"),
    line: state.line,
  });
  return 0;
}
