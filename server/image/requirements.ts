// What the machine must have to make the image: amd64, apt with lists of Debian 12, a C compiler.
// Anything that is missing becomes a sentence with the one command that adds it.

import { access, constants, readdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { SandboxError } from "../../shared/sandbox.ts";
import { runProgram } from "./program.ts";

/** Where apt keeps the lists of what it offers. */
export const aptLists = "/var/lib/apt/lists";

const needed: readonly (readonly [program: string, debianPackage: string])[] = [
  ["apt-get", "apt"],
  ["apt-cache", "apt"],
  ["dpkg-deb", "dpkg"],
  ["tar", "tar"],
  ["flock", "util-linux"],
  ["cc", "gcc libc6-dev"],
];

/** True when the command can be found in PATH or in the folders of system programs. */
export async function hasProgram(name: string): Promise<boolean> {
  const folders = (process.env.PATH ?? "").split(delimiter);
  for (const folder of [...folders, "/usr/sbin", "/sbin"]) {
    const found = await access(join(folder, name), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}

/** Rejects with a sentence when the image cannot be made here; fetches apt's lists if it may. */
export async function requireBuildTools(report: (text: string) => void): Promise<void> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new SandboxError(
      `The VM image is made on Linux for x86-64; this machine is ${process.platform} on ${process.arch}.`,
    );
  }
  const missing: string[] = [];
  for (const [program, debianPackage] of needed) {
    if (!(await hasProgram(program))) missing.push(debianPackage);
  }
  if (missing.includes("apt")) {
    throw new SandboxError("The VM image is made from Debian packages, but there is no apt here.");
  }
  if (missing.length > 0) {
    const packages = [...new Set(missing)].join(" ");
    throw new SandboxError(
      `Making the VM image needs ${packages}; add it with: sudo apt-get install ${packages}`,
    );
  }
  await requireLists(report);
}

async function requireLists(report: (text: string) => void): Promise<void> {
  if (await hasLists()) return;
  if (process.getuid?.() !== 0) {
    throw new SandboxError("apt has no package lists yet; fetch them with: sudo apt-get update");
  }
  report("Fetching apt's package lists.");
  await runProgram(["apt-get", "-q", "update"]);
}

async function hasLists(): Promise<boolean> {
  const names = await readdir(aptLists).catch(() => []);
  return names.some((name) => name.includes("_Packages"));
}
