// Runs one program to its end and hands back what it printed. A failure becomes one sentence that
// names the program and the last line that it said; a full disk is told as such.
// Not here: programs that keep running (QEMU: server/vm/machine.ts).

import { spawn } from "node:child_process";
import { SandboxError } from "../../shared/sandbox.ts";

/** Where a program runs and with what; everything else is inherited. */
export type ProgramOptions = {
  readonly cwd?: string;
  readonly stdin?: Uint8Array;
  readonly env?: NodeJS.ProcessEnv;
};

/** Runs `argv` without a shell and resolves with its standard output; rejects with a SandboxError. */
export function runProgram(argv: readonly string[], options: ProgramOptions = {}): Promise<Buffer> {
  const [program = "", ...rest] = argv;
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, {
      cwd: options.cwd,
      env: { ...process.env, LC_ALL: "C", ...options.env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const output: Buffer[] = [];
    const complaint: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => complaint.push(chunk));
    child.stdin.on("error", () => {}); // the exit code tells more than a broken pipe
    child.on("error", (error) => reject(programError(argv, error.message)));
    child.on("close", (code, signal) => {
      if (code === 0) resolve(Buffer.concat(output));
      else {
        const said = Buffer.concat([...complaint, ...output]).toString();
        reject(programError(argv, said || `it ended with ${signal ?? `status ${code}`}`));
      }
    });
    child.stdin.end(options.stdin);
  });
}

/** The sentence for a failure, whoever met it: a full disk is named, anything else is quoted. */
export function failureSentence(what: string, said: string): SandboxError {
  if (isDiskFull(said)) {
    return new SandboxError(
      `The disk is full: ${what} failed. Free about 500 MB (or point VETHBOOK_CACHE at another disk) and try again.`,
    );
  }
  const lines = said.split("\n").filter((line) => line.trim() !== "");
  const telling = lines.findLast((line) => /^E:|error|cannot|fail/i.test(line)) ?? lines.at(-1);
  return new SandboxError(`${what} failed: ${(telling ?? "no reason given").trim()}`);
}

/** True for what programs and Node say when a disk is full, and for our own sentence about it. */
export function isDiskFull(said: string): boolean {
  const words = /ENOSPC|EDQUOT|no space left on|disk quota|Wrote only \d+ of|disk is full/i;
  return words.test(said);
}

function programError(argv: readonly string[], said: string): SandboxError {
  const name = (argv[0] ?? "").split("/").at(-1) ?? "";
  return failureSentence(`The program ${name}`, said);
}
