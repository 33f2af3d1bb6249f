// The private folder of one running VM: the sockets of its terminals. Removed when the VM is
// stopped; what a killed server left behind is swept by the next one.

import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { portSocket } from "./machineLine.ts";
import { firstTerminalPort } from "./warmUp.ts";

const prefix = "vethbook-vm-";
/** Milliseconds in which a VM that is being started makes its sockets. */
const youngest = 60_000;

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

/** Removes folders of this user whose QEMU is gone: nobody listens at its sockets any more. */
async function sweep(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue;
    const folder = join(parent, name);
    const found = await stat(folder).catch(() => undefined);
    if (found?.uid !== process.getuid?.() || Date.now() - (found?.mtimeMs ?? 0) < youngest)
      continue;
    if (!(await isListening(portSocket(folder, firstTerminalPort + 1))))
      await removeRunFolder(folder);
  }
}

function isListening(path: string): Promise<boolean> {
  const socket = connect(path);
  return new Promise<boolean>((resolve) => {
    socket.on("connect", () => resolve(true));
    socket.on("error", () => resolve(false));
  }).finally(() => socket.destroy());
}
