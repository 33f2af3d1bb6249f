// The private folder of one running VM: the sockets of its terminals. Removed when the VM is
// stopped; what a killed server left behind is swept by the next one.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sweepAbandoned } from "../machine/abandonedFolders.ts";
import { portSocket } from "./machineLine.ts";
import { firstTerminalPort } from "./warmUp.ts";

const prefix = "vethbook-vm-";

let swept: Promise<void> | undefined;

/** A folder with a short name that only this user may enter; a socket's path has 107 bytes. */
export async function makeRunFolder(): Promise<string> {
  const wanted = process.env.XDG_RUNTIME_DIR || tmpdir();
  const parent = wanted.length > 80 ? "/tmp" : wanted;
  swept ??= sweep(parent).catch(() => {});
  await swept;
  return mkdtemp(join(parent, prefix)).catch(() => mkdtemp(join("/tmp", prefix)));
}

/** Removes a folder made by `makeRunFolder`. */
export async function removeRunFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

function sweep(parent: string): Promise<void> {
  const socketOf = (folder: string) => portSocket(folder, firstTerminalPort + 1);
  return sweepAbandoned({ parent, prefix, socketOf, remove: removeRunFolder });
}
