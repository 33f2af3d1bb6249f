// Builds the sandbox agent: one static program that needs nothing of the system it runs on, so
// the same file works in a VM, in a host sandbox and on the host.
// Not here: installing it into the root tree (server/image does that, together with bashrc).

import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const sourceDirectory = fileURLToPath(new URL(".", import.meta.url));
const run = promisify(execFile);

async function agentSources(): Promise<readonly string[]> {
  const names = await readdir(sourceDirectory);
  return names
    .filter((name) => name.endsWith(".c") || name.endsWith(".h"))
    .sort()
    .map((name) => join(sourceDirectory, name));
}

/** Compiles the agent (which is also `attach` and `launch`) into `outFile`. */
export async function buildAgent(outFile: string): Promise<void> {
  const sources = (await agentSources()).filter(
    (file) => file.endsWith(".c") && !file.endsWith("groupShim.c"),
  );
  await compile(["-static", "-s", "-o", outFile, ...sources]);
}

/** Compiles the shared object that lets tcpdump start where only one user id exists. */
export async function buildGroupShim(outFile: string): Promise<void> {
  await compile(["-shared", "-fPIC", "-s", "-o", outFile, join(sourceDirectory, "groupShim.c")]);
}

async function compile(options: readonly string[]): Promise<void> {
  await run("cc", ["-std=gnu11", "-Wall", "-Wextra", "-Os", ...options]);
}
