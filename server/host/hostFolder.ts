// The folder on this host that one host sandbox uses while it runs: its socket, and the few files
// that differ from the image. It is removed with the sandbox; what a killed server left behind is
// swept by the next one.

import { existsSync } from "node:fs";
import { chmod, cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { buildGroupShim } from "../agent/build.ts";
import type { Image } from "../image/image.ts";
import { sweepAbandoned } from "../machine/abandonedFolders.ts";
import { removeControlGroup } from "./controlGroup.ts";

const shimInside = "/run/vethbook/groupShim.so";

const prefix = "vethbook-host-";
let swept: Promise<void> | undefined;

/** A folder whose parts have their final names. */
export type HostFolder = {
  readonly path: string;
  readonly socket: string;
  /** An empty folder where the image's tree can be shown. */
  readonly tree: string;
  /** Files that stand in for files of the image, by their path in the sandbox. */
  readonly files: Readonly<Record<string, string>>;
  remove(): Promise<void>;
};

/** Makes the folder. */
export async function makeHostFolder(image: Image): Promise<HostFolder> {
  // A socket's path has at most 107 bytes.
  const parent = tmpdir().length > 70 ? "/tmp" : tmpdir();
  swept ??= sweep(parent).catch(() => {});
  await swept;
  const path = await mkdtemp(join(parent, prefix));
  const folder: HostFolder = {
    path,
    socket: join(path, "agent"),
    tree: join(path, "tree"),
    files: {
      [shimInside]: join(path, "groupShim.so"),
      "/etc/ld.so.preload": join(path, "ld.so.preload"),
      "/etc/passwd": join(path, "passwd"),
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
  try {
    await chmod(path, 0o711); // the sandbox's user passes, but cannot list
    await mkdir(folder.tree);
    await writeFile(join(path, "ld.so.preload"), `${shimInside}\n`);
    await writeFile(join(path, "passwd"), await users(image));
    await cp(await groupShim(image), join(path, "groupShim.so"));
    return folder;
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

/** Only one user id exists in the sandbox: the user that tcpdump becomes has to be root. */
async function users(image: Image): Promise<string> {
  const text = await readFile(join(image.tree, "etc/passwd"), "utf8");
  return text.replace(/^tcpdump:x:\d+:\d+:/m, "tcpdump:x:0:0:");
}

const shims = new Map<string, Promise<string>>();

/** The compiled shim, built once for each image and kept beside it. */
function groupShim(image: Image): Promise<string> {
  const known = shims.get(image.directory);
  if (known !== undefined) return known;
  const built = findShim(join(image.directory, "groupShim.so"));
  shims.set(image.directory, built);
  built.catch(() => shims.delete(image.directory));
  return built;
}

async function findShim(file: string): Promise<string> {
  if (existsSync(file)) return file;
  const draft = `${file}.${process.pid}`;
  await buildGroupShim(draft);
  await rename(draft, file);
  return file;
}

function sweep(parent: string): Promise<void> {
  return sweepAbandoned({
    parent,
    prefix,
    socketOf: (folder) => join(folder, "agent"),
    async remove(folder) {
      await removeControlGroup(basename(folder));
      await rm(folder, { recursive: true, force: true });
    },
  });
}
