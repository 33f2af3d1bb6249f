// Makes one image from packages: kernel, initramfs, read-only root disk, and the tree they came
// from. Works in a folder of its own; the caller moves it into place when it is whole.

import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildAgent } from "../agent/build.ts";
import { packInitramfs } from "./initramfs.ts";
import { agentFolder, guestFolder, initramfsInit } from "./inputs.ts";
import { assertElf, kernelPayload } from "./kernelImage.ts";
import { installModules } from "./modules.ts";
import type { DebianPackage } from "./packages.ts";
import { runProgram } from "./program.ts";
import { finishTree, unpackPackages } from "./tree.ts";
import { runTreeProgram } from "./treeProgram.ts";

/** Names of the files of an image in its folder. */
export const imageFiles = {
  agent: "agent",
  kernel: "vmlinux",
  initramfs: "initramfs.cpio",
  rootDisk: "root.squashfs",
} as const;

/** What is noted beside an image: enough to see that it is whole. */
export type ImageManifest = {
  readonly kernelVersion: string;
  readonly files: Readonly<Record<string, { readonly size: number; readonly sha256: string }>>;
};

/** Makes the image in the empty folder `folder` from fetched packages. */
export async function buildImage(
  packages: readonly DebianPackage[],
  debs: ReadonlyMap<string, string>,
  folder: string,
  report: (text: string) => void,
): Promise<ImageManifest> {
  const tree = join(folder, "tree");
  const work = join(folder, "work");
  const builders = join(work, "builders");
  const unpackedKernel = join(work, "kernel");
  await mkdir(unpackedKernel, { recursive: true });
  await mkdir(join(work, "initramfs"), { recursive: true });
  const filesOf = (...parts: DebianPackage["part"][]) =>
    packages.filter((one) => parts.includes(one.part)).map((one) => debs.get(one.name) ?? "");

  report("Compiling the sandbox agent.");
  const agent = join(folder, imageFiles.agent);
  await buildAgent(agent);
  report(`Unpacking ${packages.length} packages.`);
  await unpackPackages(filesOf("tree"), tree);
  await unpackPackages(filesOf("builder"), builders);
  for (const deb of filesOf("kernel")) await runProgram(["dpkg-deb", "-x", deb, unpackedKernel]);
  const [version = ""] = await readdir(join(unpackedKernel, "lib/modules"));

  const modules = await installModules(unpackedKernel, tree, version);
  await finishTree(tree, { guest: guestFolder, bashrc: join(agentFolder, "bashrc"), agent });
  const packed = await packInitramfs(
    { init: initramfsInit, modules, builders: [builders, tree] },
    join(work, "initramfs"),
  );
  await writeFile(join(folder, imageFiles.initramfs), packed);
  report(`Unpacking the kernel ${version}.`);
  const vmlinuz = await readFile(join(unpackedKernel, "boot", `vmlinuz-${version}`));
  const kernel = await runTreeProgram([builders, tree], { path: "usr/bin/lz4" }, ["-dcq", "-"], {
    stdin: kernelPayload(vmlinuz),
  });
  assertElf(kernel);
  await writeFile(join(folder, imageFiles.kernel), kernel);
  report("Packing the root disk.");
  await packRootDisk(tree, builders, join(folder, imageFiles.rootDisk));
  await rm(work, { recursive: true, force: true });
  return { kernelVersion: version, files: await describeFiles(folder) };
}

/** LZ4: what a clone reads first is unpacked under emulation, and speed there beats size here. */
async function packRootDisk(tree: string, builders: string, file: string): Promise<void> {
  const flags = ["-comp", "lz4", "-Xhc", "-all-root", "-no-xattrs", "-quiet", "-no-progress"];
  const fixed = ["-mkfs-time", "0", "-all-time", "0"];
  const mksquashfs = { path: "usr/bin/mksquashfs" };
  await runTreeProgram([builders, tree], mksquashfs, [tree, file, ...flags, ...fixed]);
}

async function describeFiles(folder: string): Promise<ImageManifest["files"]> {
  const files: Record<string, { size: number; sha256: string }> = {};
  for (const name of Object.values(imageFiles)) {
    const { size } = await stat(join(folder, name));
    const sha256 = createHash("sha256")
      .update(await readFile(join(folder, name)))
      .digest("hex");
    files[name] = { size, sha256 };
  }
  return files;
}
