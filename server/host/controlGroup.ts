// A control group around one host sandbox: an outer bound for its memory and processes. It can only
// be made by root (or in a delegated subtree); without it the limits from inside still hold.
// Source: cgroups(7), version 1 and 2; the kernel's cgroup-v2 document.

import { mkdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { limits } from "./limits.ts";

/** The folders of one sandbox's control groups; none where they cannot be made. */
export type ControlGroup = {
  readonly folders: readonly string[];
  /** Removes them; the sandbox's processes have ended by then. */
  remove(): Promise<void>;
};

const root = "/sys/fs/cgroup";

type Part = { readonly folder: string; readonly file: string; readonly value: number };

/** Makes control groups with this name and sets their limits; each limit is read back. */
export async function makeControlGroup(name: string): Promise<ControlGroup> {
  const { memory, processes } = limits;
  // A few more than from inside: the error that a reader sees should be that of the inner limit.
  const outer = processes + 50;
  const unified: Part[] = [
    { folder: join(root, name), file: "memory.max", value: memory },
    { folder: join(root, name), file: "pids.max", value: outer },
  ];
  const separate: Part[] = [
    { folder: join(root, "memory", name), file: "memory.limit_in_bytes", value: memory },
    { folder: join(root, "pids", name), file: "pids.max", value: outer },
  ];
  const made: string[] = [];
  for (const part of (await isUnified()) ? unified : separate) {
    if (await makePart(part)) made.push(part.folder);
  }
  const folders = [...new Set(made)];
  return { folders, remove: () => removeFolders(folders) };
}

async function isUnified(): Promise<boolean> {
  return readFile(join(root, "cgroup.controllers")).then(
    () => true,
    () => false,
  );
}

async function makePart({ folder, file, value }: Part): Promise<boolean> {
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, file), String(value));
    if ((await readFile(join(folder, file), "utf8")).trim() === String(value)) return true;
  } catch {
    // Not root, or this host has no such controller: the inner limits stay.
  }
  await rmdir(folder).catch(() => {});
  return false;
}

/** The kernel refuses while the last process is still being taken down. */
async function removeFolders(folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    for (let attempt = 0; attempt < 50; attempt++) {
      const removed = await rmdir(folder).then(
        () => true,
        (error: NodeJS.ErrnoException) => error.code === "ENOENT",
      );
      if (removed) break;
      await delay(20);
    }
  }
}
