// What an image depends on, as two short strings: our own files, and what apt offers. Comparing
// them with those noted beside an image says in a few milliseconds whether it is still good.

import { createHash, type Hash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { aptLists } from "./requirements.ts";

/** Raise it when a change of the code, rather than of a hashed file, changes the image. */
const recipe = 1;

/** The sandbox agent's folder. */
export const agentFolder = join(import.meta.dirname, "../agent");
/** Laid over the tree. */
export const guestFolder = join(import.meta.dirname, "guest");
/** Init of the initramfs. */
export const initramfsInit = join(import.meta.dirname, "initramfsInit.sh");

/** Hash of our own files that go into an image: guest files, init scripts, package list, agent. */
export async function ownInputs(): Promise<string> {
  const hash = createHash("sha256").update(`recipe ${recipe}\n`);
  const here = import.meta.dirname;
  for (const name of ["initramfsInit.sh", "packages.ts", "tree.ts", "modules.ts"]) {
    await addFile(hash, join(here, name));
  }
  await addFolder(hash, guestFolder, () => true);
  await addFolder(hash, agentFolder, (name) => /\.[ch]$|^bashrc$|^build\.ts$/.test(name));
  return hash.digest("hex");
}

/** Changes whenever apt may offer something else; says nothing about what. */
export async function aptStamp(): Promise<string> {
  const hash = createHash("sha256");
  const names = await readdir(aptLists).catch(() => []);
  const lists = names.filter((name) => name.includes("_Packages")).map((n) => join(aptLists, n));
  const settings = ["sources.list", "sources.list.d", "preferences", "preferences.d"];
  for (const path of [...lists.sort(), ...settings.map((name) => join("/etc/apt", name))]) {
    const found = await stat(path).catch(() => undefined);
    if (found) hash.update(`${path} ${found.size} ${found.mtimeMs}\n`);
  }
  return hash.digest("hex");
}

async function addFolder(
  hash: Hash,
  folder: string,
  wanted: (name: string) => boolean,
): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile() && wanted(entry.name));
  for (const path of files.map((file) => join(file.parentPath, file.name)).sort()) {
    await addFile(hash, path);
  }
}

async function addFile(hash: Hash, path: string): Promise<void> {
  const bytes = await readFile(path);
  hash.update(`${path.slice(import.meta.dirname.length)} ${bytes.length}\n`).update(bytes);
}
