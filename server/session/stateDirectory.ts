// Where a server keeps what must survive it: readers and their sessions. XDG Base Directory
// Specification: $XDG_STATE_HOME, by default ~/.local/state. VETHBOOK_STATE overrides it.
//
// Not here: what can be made again from its inputs; that is the cache (server/image/cache.ts).

import { mkdir } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** The folder, by the environment. */
export function stateDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const { VETHBOOK_STATE: own, XDG_STATE_HOME: base } = environment;
  if (own !== undefined && own !== "") {
    return own;
  }
  // A relative XDG path is invalid by the specification and ignored.
  return base !== undefined && isAbsolute(base)
    ? join(base, "vethbook")
    : join(homedir(), ".local", "state", "vethbook");
}

/** Makes the folder, for its owner only. */
export async function makePrivateDirectory(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
}
