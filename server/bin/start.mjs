#!/usr/bin/env node
// `npm start`: from a fresh clone to an open page. Plain JavaScript, since nothing is installed yet.
// Not here: the steps themselves (server/setup); the server (server/cli).

import { nodeComplaint } from "../setup/nodeVersion.mjs";

const complaint = nodeComplaint(process.versions.node);
if (complaint === undefined) {
  // Imported only now: an older Node.js could not even read it.
  import("./startUp.mjs").then(({ startUp }) => startUp(process.argv.slice(2)));
} else {
  console.error(complaint);
  process.exitCode = 1;
}
