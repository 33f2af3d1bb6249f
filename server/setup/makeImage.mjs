// Has the VM image made, and once more with fresh package lists when the first try failed:
// lists that are some weeks old name packages that the archive no longer has.
// Not here: how it is made; `build` is given, because TypeScript does it (server/image).

import { refreshLists } from "./installDebian.mjs";
import { step } from "./progress.mjs";

/** Runs `build(detail)` with its progress on one line, and again after refreshing apt's lists. */
export async function makeImage(build) {
  try {
    return await step("Making the VM image", build);
  } catch (error) {
    if (!(await refreshLists())) throw error;
    return await step("Making the VM image", build);
  }
}
