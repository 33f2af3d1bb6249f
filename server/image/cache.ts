// Where everything that can be made again is kept: Debian packages, images, VM templates.
// Follows the XDG base directory specification.

import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

/** VETHBOOK_CACHE, else $XDG_CACHE_HOME/vethbook, else ~/.cache/vethbook. */
export function cacheDirectory(): string {
  const own = process.env.VETHBOOK_CACHE;
  if (own) return own;
  const xdg = process.env.XDG_CACHE_HOME;
  return join(xdg || join(homedir(), ".cache"), "vethbook");
}

/** Makes and returns a folder of the cache, readable by others: the host sandbox's user enters it. */
export async function cacheFolder(name: string): Promise<string> {
  const folder = join(cacheDirectory(), name);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  return folder;
}

/**
 * Removes the sub-folders of `folder` that nobody has used for an hour, except `keep`. Whoever uses
 * one touches its manifest.json, so a server that still clones an old template keeps it.
 */
export async function removeUnused(folder: string, keep: string): Promise<void> {
  const limit = Date.now() - 3600_000;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name === keep) continue;
    const path = join(folder, entry.name);
    const used = await stat(join(path, "manifest.json")).catch(() => undefined);
    if (used === undefined || used.mtimeMs < limit)
      await rm(path, { recursive: true, force: true });
  }
}
