// A transcript: what one bash on a fresh Linux machine was told, and what it printed. Recorded from
// the VM, kept as JSON in the folders beside this file, replayed against the simulator.
// `differs` marks a command whose output the simulator does not reach, and says why; the README's
// table of limits is made from these marks.
// Not here: what two runs may differ in without meaning anything (normalise.ts).

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** One command of a transcript with what a real kernel made of it. */
export type Turn = {
  readonly command: string;
  readonly output: string;
  readonly exitCode: number;
  /** Why the simulator prints something else. */
  readonly differs?: string;
};

const folder = dirname(fileURLToPath(import.meta.url));

/** Every transcript by the path of its file, sorted. */
export function allTranscripts(): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .map((name) => join(folder, name))
    .sort();
}

/** The file's name as a reader knows it: "link/veth". */
export function nameOf(file: string): string {
  return relative(folder, file).replace(/\.json$/, "");
}

/** The turns of a file; a plain list of commands counts as turns that were never recorded. */
export function readTranscript(file: string): readonly Turn[] {
  const value: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (!Array.isArray(value)) throw new Error(`${file} holds no list.`);
  return value.map((turn) =>
    typeof turn === "string" ? { command: turn, output: "", exitCode: -1 } : turn,
  );
}

/** Writes the turns as `exec --json` prints them. */
export function writeTranscript(file: string, turns: readonly Turn[]): void {
  writeFileSync(file, `${JSON.stringify(turns, undefined, 2)}\n`);
}
