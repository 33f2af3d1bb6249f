// A machine for tests: programs given as generators, and what a process printed.

import { createMachine } from "../machine/createMachine.ts";
import { runToEnd } from "../machine/run.ts";
import type { Machine, ProgramEntry } from "./machine.ts";
import { dropFile } from "./openFiles.ts";
import type { ExitStatus, OpenFile, Program } from "./process.ts";
import { spawn } from "./processTable.ts";
import { createWaitQueue } from "./wait.ts";

/** A machine with these programs. */
export function machineWith(programs: Record<string, Program> = {}): Machine {
  const entries = Object.entries(programs).map(([name, program]): [string, ProgramEntry] => [
    name,
    { program },
  ]);
  return createMachine({ seed: 1, programs: new Map(entries) });
}

/** An open file that keeps what is written to it. */
export function sink(): { readonly file: OpenFile; text(): string } {
  let text = "";
  const file: OpenFile = {
    kind: "pipe",
    label: "pipe:[1]",
    read: () => "",
    write: (_self, bytes) => {
      text += bytes;
      return bytes.length;
    },
    changed: createWaitQueue().wait,
    references: 1,
    release() {},
  };
  return { file, text: () => text };
}

/** Runs a program to its end; what it printed, and how it ended. */
export async function runProgram(
  machine: Machine,
  program: Program,
  argv: readonly string[] = ["test"],
): Promise<{ output: string; status: ExitStatus | undefined }> {
  const { file, text } = sink();
  const input = machine.files.open(machine.init, "/dev/null", { read: true });
  if ("errno" in input) throw new Error(input.errno);
  const files = new Map([
    [0, input],
    [1, file],
    [2, file],
  ]);
  const process = spawn(machine.init, { argv, program, files });
  dropFile(input);
  const status = await runToEnd(machine, process);
  return { output: text(), status };
}
