// Builds the page with vite, only when something that it is made from has changed.
// What it was made from is remembered as a hash in client/dist/.built-from.
// Not here: serving it (server/web); how vite is set up (client/vite.config.ts).

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lastLines, runCommand } from "./command.mjs";
import { step } from "./progress.mjs";
import { root } from "./root.mjs";

const STAMP = "client/dist/.built-from";
const INPUTS = ["client", "shared", "package-lock.json"];

/** Builds client/dist where it is missing or older than its sources. True if it did. */
export async function buildClient() {
  const inputs = hashOfInputs();
  if (readStamp() === inputs) return false;
  await step("Building the page", async () => {
    const vite = join(root, "node_modules/vite/bin/vite.js");
    const argv = [process.execPath, vite, "build", "client", "--logLevel", "warn"];
    const result = await runCommand(argv, { cwd: root });
    if (result.code !== 0) throw new Error(`The page was not built.\n${lastLines(result.output)}`);
    writeFileSync(join(root, STAMP), inputs);
  });
  return true;
}

function readStamp() {
  try {
    return readFileSync(join(root, STAMP), "utf8");
  } catch {
    return undefined;
  }
}

function hashOfInputs() {
  const hash = createHash("sha256");
  for (const file of INPUTS.flatMap(filesOf).sort()) {
    hash.update(`${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest("hex");
}

/** Every file that goes into the page, by path in the repository; tests and results do not. */
function filesOf(path) {
  if (path === "package-lock.json") return [path];
  return readdirSync(join(root, path), { withFileTypes: true }).flatMap((entry) => {
    const inside = `${path}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === "dist" ? [] : filesOf(inside);
    return entry.name.endsWith(".test.ts") || entry.name.endsWith(".tsbuildinfo") ? [] : [inside];
  });
}
