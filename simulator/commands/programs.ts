// Every program of the machine by the name it has in /usr/bin or /usr/sbin. What is large and not
// needed at once is fetched when it is first called.
// Not here: what bash itself knows (shell/builtins).

import type { ProgramEntry } from "../process/machine.ts";

/** Name → program. */
export const programs: ReadonlyMap<string, ProgramEntry> = new Map<string, ProgramEntry>([
  ["bridge", { load: () => import("./bridge/bridge.ts").then(({ bridge }) => bridge) }],
  ["brctl", { load: () => import("./brctl.ts").then(({ brctl }) => brctl) }],
]);
