// The command line: which verb, with which options, and what exit status comes of it. 0 success,
// 1 the thing asked for failed, 2 bad usage; an error is one plain sentence on standard error.
// Verbs are loaded when they are called, so that `--help` is there at once.
// Not here: what a verb does (one file each).

import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { WantedKind } from "../sandboxes/choose.ts";
import { endWhenNobodyReads } from "./output.ts";
import { UsageError } from "./usageError.ts";

const kinds: readonly WantedKind[] = ["auto", "vm", "host", "simulator"];

/** Runs the verb that the arguments name and leaves its exit status in `process.exitCode`. */
export async function main(args: readonly string[]): Promise<void> {
  endWhenNobodyReads();
  let status = 0;
  const done = (code: number) => {
    status = code;
  };
  try {
    await commandLine(done).parseAsync([...args], { from: "user" });
  } catch (error) {
    status = report(error);
  }
  process.exitCode = status;
}

/** Says what went wrong; answers with the exit status. */
function report(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    console.error(usageSentence(error.message));
    return 2;
  }
  console.error(error instanceof Error ? error.message : String(error));
  return error instanceof UsageError ? 2 : 1;
}

/** "error: unknown option '--x'" → "Unknown option '--x'. See: vethbook --help". */
function usageSentence(message: string): string {
  const plain = message
    .replace(/^error: /, "")
    .replace(/\n\(Did you mean (.*)\?\)$/, "; did you mean $1?");
  const sentence = plain.charAt(0).toUpperCase() + plain.slice(1);
  return `${sentence}${/[.?]$/.test(sentence) ? "" : "."} See: vethbook --help`;
}

function commandLine(done: (code: number) => void): Command {
  const program = quiet(new Command("vethbook"))
    .description("Vethbook: a notebook for learning Linux virtual networking by doing.")
    .helpCommand(false)
    .addHelpText("after", "\nHelp on one verb: vethbook VERB --help")
    .allowExcessArguments(true)
    .action(() => refuseVerb(program.args[0], "serve, exec, vm or doctor", "vethbook --help"));
  addServe(program, done);
  addExec(program, done);
  addVm(program, done);
  quiet(program.command("doctor"))
    .description("say what this machine can do, and the one command that would give more")
    .action(async () => {
      const { doctor } = await import("./doctor.ts");
      done(await doctor());
    });
  return program;
}

/** Errors are thrown and told by `report`; help goes to standard output. */
function quiet(command: Command): Command {
  return command
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .allowExcessArguments(false);
}

function sandboxOption(): Option {
  return new Option("--sandbox <kind>", "which kernel answers")
    .choices(kinds)
    .default("auto", "auto: a VM where QEMU is installed");
}

function addServe(program: Command, done: (code: number) => void): void {
  quiet(program.command("serve"))
    .description("serve the notebook and print the address that opens it")
    .addOption(sandboxOption())
    .option("--port <number>", "port to listen on; 0 takes any free one", portNumber)
    .option("--host <address>", "address to listen on (default: 127.0.0.1)")
    .option("--open", "open it in the browser", false)
    .action(
      async (options: { sandbox: WantedKind; port?: number; host?: string; open: boolean }) => {
        const { serve } = await import("./serve.ts");
        done(await serve(options));
      },
    );
}

function addExec(program: Command, done: (code: number) => void): void {
  quiet(program.command("exec"))
    .description("run commands in one shell of a fresh, empty Linux machine")
    .argument("<file>", "a bash script; with --json, a JSON array of command strings")
    .addOption(sandboxOption())
    .option("--json", "print a JSON array of {command, output, exitCode}", false)
    .action(async (file: string, options: { sandbox: WantedKind; json: boolean }) => {
      const { exec } = await import("./exec.ts");
      done(await exec(file, options));
    });
}

function addVm(program: Command, done: (code: number) => void): void {
  const vm = quiet(program.command("vm"))
    .description("the image that VMs start from")
    .helpCommand(false)
    .allowExcessArguments(true)
    .action(() => refuseVerb(vm.args[0], "vm build or vm info", "vethbook vm --help"));
  quiet(vm.command("build"))
    .description("make the image from Debian packages, unless it is up to date")
    .action(async () => {
      const { vmBuild } = await import("./vm.ts");
      await vmBuild((text) => console.error(text));
      done(0);
    });
  quiet(vm.command("info"))
    .description("say its size, its kernel, and how fast a VM starts here")
    .action(async () => {
      const { vmInfo } = await import("./vm.ts");
      await vmInfo();
      done(0);
    });
}

/** No verb, or one that there is not. */
function refuseVerb(verb: string | undefined, known: string, help: string): never {
  const problem = verb === undefined ? "Say what to do" : `There is no verb "${verb}"; there is`;
  throw new UsageError(`${problem}: ${known}. See: ${help}`);
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535)
    throw new InvalidArgumentError("0 to 65535 is possible.");
  return port;
}
