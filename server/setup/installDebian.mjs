// Installs the Debian packages that are missing, where root and apt are there.
// Elsewhere it changes nothing and says in a sentence which one command would add them.
// Not here: which packages (debianPackages.mjs). It never calls sudo by itself.

import { readdirSync } from "node:fs";
import { lastLines, runCommand } from "./command.mjs";
import { missingPackages } from "./debianPackages.mjs";
import { step } from "./progress.mjs";

const QUIET = { DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" };

/** Installs what is missing. Resolves to a sentence about what is not there, or to undefined. */
export async function installDebian(packages) {
  const missing = missingPackages(packages);
  if (missing.length === 0) return undefined;
  if (!hasApt()) {
    return `Not found here: ${missing.join(", ")} (Debian's names). Vethbook goes on with what there is.`;
  }
  if (!isRoot()) return wouldAdd(missing);
  try {
    await step(`Installing ${count(missing)}`, (detail) => install(missing, detail));
    return undefined;
  } catch (error) {
    return `${wouldAdd(missing)}\n${lastLines(error.message)}`;
  }
}

/** Reads Debian's package lists anew where that is allowed; false where it is not. */
export async function refreshLists() {
  if (!hasApt() || !isRoot()) return false;
  await step("Reading Debian's package lists", () => update(() => undefined));
  return true;
}

/** Whether this machine has apt at all. */
export function hasApt() {
  return missingPackages([{ name: "apt", shownBy: "apt-get" }]).length === 0;
}

function isRoot() {
  return process.getuid?.() === 0;
}

function wouldAdd(missing) {
  return `Missing: ${missing.join(", ")}. \`sudo apt-get install ${missing.join(" ")}\` would add them; Vethbook goes on with what there is.`;
}

function count(missing) {
  return missing.length === 1 ? missing[0] : `${missing.length} Debian packages`;
}

async function install(missing, detail) {
  if (noLists()) await update(detail);
  const first = await aptInstall(missing, detail);
  if (first.code === 0) return undefined;
  await update(detail);
  const second = await aptInstall(missing, detail);
  if (second.code !== 0) throw new Error(second.output);
}

async function update(detail) {
  detail("reading the package lists");
  await runCommand(["apt-get", "update"], { env: QUIET });
}

function aptInstall(missing, detail) {
  const argv = ["apt-get", "install", "-y", "--no-install-recommends", ...missing];
  return runCommand(argv, {
    env: QUIET,
    onLine: (line) => {
      const unpacking = /^(Unpacking|Setting up) (\S+)/.exec(line);
      if (unpacking) detail(`${unpacking[1].toLowerCase()} ${unpacking[2]}`);
    },
  });
}

function noLists() {
  try {
    return !readdirSync("/var/lib/apt/lists").some((name) => name.includes("_Packages"));
  } catch {
    return true;
  }
}
