#!/usr/bin/env node
// `npx vethbook VERB`: the command line. Plain JavaScript, since nothing may be installed yet.
// Not here: Debian packages and the page, which `npm start` brings; the verbs (server/cli).

import { nodeComplaint } from "../setup/nodeVersion.mjs";

const complaint = nodeComplaint(process.versions.node);
if (complaint === undefined) {
  // Imported only now: an older Node.js could not even read it.
  import("./runVerb.mjs").then(({ runVerb }) => runVerb(process.argv.slice(2)));
} else {
  console.error(complaint);
  process.exitCode = 1;
}
