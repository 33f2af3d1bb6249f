// From a word to a program and into a process: the search along PATH, scripts with "#!", execve(2).
// Programs that are not there yet are fetched while the machine's time stands still.
// Prints nothing; who asked says what went wrong in his own words.
// Not simulated: programs of readers other than scripts, set-user-ID.

import type { Errno } from "../net/core/errno.ts";
import type { ProgramEntry } from "./machine.ts";
import type { Process, Program } from "./process.ts";
import { commandName, type SpawnRequest, spawn } from "./processTable.ts";
import type { Execution, Steps } from "./wait.ts";

/** What loading another program into a process costs, in microseconds. */
const EXEC_COST = 17_000;

/** Where programs are looked for when PATH is not set. */
const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** How deep scripts may be each other's interpreters. */
const SCRIPT_DEPTH = 4;

/** A program that can be run, and its path. */
export type FoundProgram = ProgramEntry & { readonly path: string };

/** Finds what execvp(3) would run; `errno` says why there is nothing to run. */
export function findProgram(
  self: Process,
  name: string,
  environment: ReadonlyMap<string, string> = self.environment,
): FoundProgram | { readonly errno: Errno } {
  if (name === "") return { errno: "ENOENT" };
  if (name.includes("/")) return programAt(self, name, SCRIPT_DEPTH);
  let refusal: Errno = "ENOENT";
  for (const folder of (environment.get("PATH") ?? DEFAULT_PATH).split(":")) {
    const found = programAt(self, `${folder === "" ? "." : folder}/${name}`, SCRIPT_DEPTH);
    if (!("errno" in found)) return found;
    if (found.errno === "EACCES") refusal = "EACCES";
  }
  return { errno: refusal };
}

function programAt(
  self: Process,
  path: string,
  depth: number,
): FoundProgram | { readonly errno: Errno } {
  const { files, programs } = self.machine;
  const status = files.stat(self, path);
  if ("errno" in status) return status;
  if (status.type !== "file" || (status.mode & 0o111) === 0) return { errno: "EACCES" };
  const name = files.programName(self, path);
  if (name !== undefined) {
    const entry = programs.get(name);
    if (entry === undefined) return { errno: "ENOENT" };
    // Named one by one: engines copy an object of several shapes slowly.
    return "program" in entry ? { program: entry.program, path } : { load: entry.load, path };
  }
  return scriptAt(self, path, depth);
}

/** A script: its first line names who runs it, or sh does, as execvp(3) has it. */
function scriptAt(
  self: Process,
  path: string,
  depth: number,
): FoundProgram | { readonly errno: Errno } {
  const file = self.machine.files.open(self, path, { read: true });
  if ("errno" in file) return file;
  const head = file.read(self, 256);
  file.release();
  if (typeof head !== "string" || head === "again") return { errno: "EACCES" };
  const match = /^#![ \t]*([^ \t\n]+)[ \t]*([^\n]*)/.exec(head);
  const words = match === null ? ["/bin/sh"] : [match[1] ?? "", (match[2] ?? "").trim()];
  const interpreter =
    depth === 0 ? { errno: "ELOOP" as const } : programAt(self, words[0] ?? "", depth - 1);
  if ("errno" in interpreter) return interpreter;
  const program: Program = function* (child) {
    child.argv = [...words.filter((word) => word !== ""), path, ...child.argv.slice(1)];
    return yield* (yield* loadProgram(child, interpreter))(child);
  };
  return { program, path };
}

/** The program of an entry, fetched if need be. */
export function* loadProgram(self: Process, entry: ProgramEntry): Steps<Program> {
  return "program" in entry ? entry.program : yield* self.machine.scheduler.fetch(entry.load());
}

/**
 * Goes on with another program in this process: `return yield* exec(self, argv)`. Handlers are gone,
 * ignored signals stay ignored. 127 when there is no such program, 126 when it may not be run.
 */
export function* exec(
  self: Process,
  argv: readonly string[],
  environment?: ReadonlyMap<string, string>,
): Execution {
  const found = findProgram(self, argv[0] ?? "");
  if ("errno" in found) return found.errno === "ENOENT" ? 127 : 126;
  if (environment !== undefined && environment !== self.environment) {
    self.environment.clear();
    for (const [name, value] of environment) self.environment.set(name, value);
  }
  self.machine.clock.work(EXEC_COST);
  self.argv = argv;
  self.name = commandName(found.path);
  const executable = self.machine.files.realPath(self, found.path);
  if (typeof executable === "string") self.executable = executable;
  for (const [signal, handler] of self.handlers) {
    if (handler !== "ignore") self.handlers.delete(signal);
  }
  return yield* (yield* loadProgram(self, found))(self);
}

/** Starts a program in a child; the errno when there is none to start. */
export function spawnCommand(
  self: Process,
  argv: readonly string[],
  request: Omit<Partial<SpawnRequest>, "argv" | "program"> = {},
): Process | { readonly errno: Errno } {
  const found = findProgram(self, argv[0] ?? "");
  if ("errno" in found) return found;
  return spawn(self, { ...request, argv, forked: true, program: (child) => exec(child, argv) });
}
