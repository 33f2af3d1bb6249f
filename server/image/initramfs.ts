// Makes the tiny initramfs: busybox, kernel modules, and a script that loads them, mounts the root
// disk and hands over to the sandbox agent.
// Source: Documentation/filesystems/ramfs-rootfs-initramfs.rst (cpio "newc").

import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { LoadedModule } from "./modules.ts";
import { runTreeProgram } from "./treeProgram.ts";

/** What goes into the initramfs. */
export type InitramfsParts = {
  /** Our init script. */
  readonly init: string;
  /** Kernel modules in the order to load them. */
  readonly modules: readonly LoadedModule[];
  /** Trees with busybox and cpio and their libraries. */
  readonly builders: readonly [string, ...string[]];
};

/** Lays the initramfs out below `work` and resolves with the archive. */
export async function packInitramfs(parts: InitramfsParts, work: string): Promise<Buffer> {
  const folders = ["bin", "modules", "dev", "proc", "ro", "rw", "new"];
  for (const folder of folders) await mkdir(join(work, folder), { recursive: true });
  await copyFile(join(parts.builders[0], "usr/bin/busybox"), join(work, "bin/busybox"));
  await copyFile(parts.init, join(work, "init"));
  const names = parts.modules.map(({ file }) => basename(file));
  for (const { file } of parts.modules) {
    await copyFile(file, join(work, "modules", basename(file)));
  }
  const order = parts.modules.map(({ parameters }, index) => `${names[index]} ${parameters}\n`);
  await writeFile(join(work, "modules/order"), order.join(""));
  const contents = [
    ".",
    ...folders,
    "init",
    "bin/busybox",
    "modules/order",
    ...names.map((name) => `modules/${name}`),
  ];
  const flags = ["--quiet", "-o", "-H", "newc", "--owner=0:0", "--reproducible"];
  return runTreeProgram(parts.builders, { path: "usr/bin/cpio" }, flags, {
    cwd: work,
    stdin: Buffer.from(`${contents.join("\n")}\n`),
  });
}
