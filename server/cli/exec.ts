// `vethbook exec`: runs commands in one shell of a fresh, empty Linux machine and prints what they
// print, as it comes or, with --json, as one JSON array with the exit status of each.
// Not here: what the file may hold (commandFile.ts), how outputs are told apart (markedScript.ts).

import { randomBytes } from "node:crypto";
import { type Sandbox, SandboxError } from "../../shared/sandbox.ts";
import { openSandbox, type WantedKind } from "../sandboxes/choose.ts";
import { readCommands, readScript } from "./commandFile.ts";
import { type CommandResult, markedScript, markReader } from "./markedScript.ts";
import { write } from "./output.ts";
import { nextSignal } from "./signals.ts";

/** What stands on the command line. */
export type ExecOptions = { readonly sandbox: WantedKind; readonly json: boolean };

/** Does it, and resolves with the exit status. */
export async function exec(file: string, options: ExecOptions): Promise<number> {
  if (!options.json) {
    const source = await readScript(file);
    return inFreshSandbox(options.sandbox, (sandbox) => runScript(sandbox, source, file));
  }
  const commands = await readCommands(file);
  const { results, problem } = await inFreshSandbox(options.sandbox, (sandbox) =>
    runCommands(sandbox, commands),
  );
  await write(`${JSON.stringify(results, undefined, 2)}\n`);
  if (problem === undefined) return 0;
  console.error(problem);
  return 1;
}

/** The sandbox ends with the work, and with a signal that ends the program. */
async function inFreshSandbox<T>(
  kind: WantedKind,
  work: (sandbox: Sandbox) => Promise<T>,
): Promise<T> {
  await using sandbox = await openSandbox(kind, console.error);
  const stopped = nextSignal().then((signal) => {
    throw new SandboxError(`Stopped by ${signal} before the end.`);
  });
  return await Promise.race([work(sandbox), stopped]);
}

/** Runs the script and passes its output on; 0 when it succeeds, else 1. */
async function runScript(sandbox: Sandbox, source: string, name: string): Promise<number> {
  for await (const event of sandbox.script(source, { name })) {
    if (event.type === "output") await write(event.bytes);
    else if (event.type === "exit") return event.code === 0 ? 0 : 1;
    else throw new SandboxError(event.reason);
  }
  throw new SandboxError("The sandbox ended before the script did.");
}

/** What the commands did, and a sentence when not all of them ran to their end. */
export type CommandsOutcome = {
  readonly results: readonly CommandResult[];
  readonly problem?: string;
};

/** Runs the commands in order in one bash. */
export async function runCommands(
  sandbox: Sandbox,
  commands: readonly string[],
): Promise<CommandsOutcome> {
  const nonce = randomBytes(16).toString("hex");
  const reader = markReader(commands, nonce);
  for await (const event of sandbox.script(markedScript(commands, nonce), { name: "bash" })) {
    if (event.type === "output") reader.push(event.bytes);
    else if (event.type === "lost") return { results: reader.finished(), problem: event.reason };
    else return outcome(reader.finish(event.code), commands.length);
  }
  return { results: reader.finished(), problem: "The sandbox ended before the commands did." };
}

function outcome(results: readonly CommandResult[], wanted: number): CommandsOutcome {
  const missing = wanted - results.length;
  if (missing <= 0) return { results };
  const rest = missing === 1 ? "the command after it" : `the ${missing} commands after it`;
  return { results, problem: `Command ${results.length} ended the shell, so ${rest} did not run.` };
}
