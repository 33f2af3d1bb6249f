// Brings node_modules to what package-lock.json says, only when the two differ.
// npm keeps its own note of what it has installed in node_modules/.package-lock.json and writes it
// last, so an install that was cut short is seen as well.
// Not here: Debian packages (installDebian.mjs); node-pty needs a compiler from there.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { firstLines, runCommand } from "./command.mjs";
import { step } from "./progress.mjs";
import { root } from "./root.mjs";

/** Installs npm packages where they are missing or older than the lock file. True if it did. */
export async function installPackages({ directory = root } = {}) {
  if (packagesAreCurrent(directory)) return false;
  await step("Installing npm packages", async () => {
    const result = await runCommand(["npm", "ci", "--no-audit", "--no-fund"], { cwd: directory });
    if (result.code !== 0) {
      throw new Error(
        `The npm packages could not be installed. Run \`npm ci\` in ${directory} to see more.\n${firstLines(result.output)}`,
      );
    }
  });
  return true;
}

/** Whether node_modules holds every package of the lock file, in the version that it names. */
export function packagesAreCurrent(directory) {
  const wanted = packagesOf(join(directory, "package-lock.json"));
  const present = packagesOf(join(directory, "node_modules/.package-lock.json"));
  if (wanted === undefined) return present !== undefined;
  if (present === undefined) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "" || (entry.optional && !(path in present))) return true;
    return present[path]?.version === entry.version && present[path]?.integrity === entry.integrity;
  });
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}
