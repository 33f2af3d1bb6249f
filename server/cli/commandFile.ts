// What stands in the FILE of `vethbook exec`: a script, or with --json a list of commands.
// Whatever is wrong with it is bad usage, told in one sentence.

import { readFile } from "node:fs/promises";
import { UsageError } from "./usageError.ts";

/** The text of the file. */
export async function readScript(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${reasonOf(error)}.`);
  }
}

/** The commands of the file, a JSON array of strings. */
export async function readCommands(file: string): Promise<readonly string[]> {
  const text = await readScript(file);
  const form = "it has to hold a JSON array of command strings";
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError(`${file} is not JSON; ${form}.`);
  }
  if (!Array.isArray(value)) throw new UsageError(`${file} holds no JSON array; ${form}.`);
  return value.map((command: unknown, index) => {
    if (typeof command !== "string") {
      throw new UsageError(`Entry ${index + 1} of ${file} is not a string; ${form}.`);
    }
    if (command.includes("\0")) {
      throw new UsageError(`Command ${index + 1} of ${file} holds a NUL, which no shell can read.`);
    }
    return command;
  });
}

function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a folder";
  if (code === "EACCES") return "this user may not read it";
  return error instanceof Error ? error.message : String(error);
}
