// Everything between a fresh clone and a program that can start, in the order that it needs.
// A compiler comes before npm, because node-pty is compiled; the page comes after npm.
// Not here: the VM image, which TypeScript makes (server/bin/start.mjs, test/run.mjs).

import { buildClient } from "./buildClient.mjs";
import { installDebian } from "./installDebian.mjs";
import { installPackages } from "./installPackages.mjs";

/** Installs what is missing and builds the page. Sentences for people go to `say`. */
export async function prepare(debianPackages, say) {
  const notThere = await installDebian(debianPackages);
  if (notThere !== undefined) say(notThere);
  await installPackages();
  await buildClient();
}
