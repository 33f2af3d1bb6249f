// Installs the npm packages where there are none, then hands over to the command line.
// Only then: comparing the lock file is for `npm start`; a verb has to begin at once.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { installPackages } from "../setup/installPackages.mjs";
import { root } from "../setup/root.mjs";

/** Runs one verb and ends the process with its exit status. */
export async function runVerb(args) {
  try {
    if (!existsSync(join(root, "node_modules/.package-lock.json"))) await installPackages();
    const { register } = await import("tsx/esm/api");
    register();
    const { main } = await import("../cli/main.ts");
    await main(args);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
  // What a verb left open, such as a socket that is closing, does not keep the shell waiting.
  process.stdout.write("", () => process.exit());
}
