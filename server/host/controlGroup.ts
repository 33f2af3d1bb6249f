// A control group around one host sandbox: an outer bound for its memory and processes. It can only
// be made by root (or in a delegated subtree); without it the limits from inside still hold.
// Source: cgroups(7), version 1 and 2; the kernel's cgroup-v2 document.

import { mkdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { limits } from "./limits.ts";

const root = "/sys/fs/cgroup";

type Part = { readonly folder: string; readonly file: string; readonly value: number };

/**
 * Makes control groups with this name, each limit read back. Gives their folders, which are none
 * where this user may not make any.
 */
export async function makeControlGroup(name: string): Promise<readonly string[]> {
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
  return [...new Set(made)];
}

/** Removes them; the kernel refuses while the last process is still being taken down. */
export async function removeControlGroup(name: string): Promise<void> {
  for (const folder of [root, join(root, "memory"), join(root, "pids")]) {
    for (let attempt = 0; attempt < 100; attempt++) {
      const code = await rmdir(join(folder, name)).then(
        () => "removed",
        (error: NodeJS.ErrnoException) => error.code,
      );
      if (code !== "EBUSY") break;
      await delay(20);
    }
  }
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
