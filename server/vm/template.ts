// The template: a VM that has booted once, saved as its memory (a file that all clones map, each
// keeping only the pages that it changes) and its device state. Made where it is used, because it
// is tied to the version of QEMU, the machine line and the accelerator; the key holds them all.
// Source: QEMU's docs/devel/migration.rst, capability x-ignore-shared.

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readFile, rename, rm, stat, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { SandboxError } from "../../shared/sandbox.ts";
import { cacheDirectory, cacheFolder, removeUnused } from "../image/cache.ts";
import { type Image, markUsed } from "../image/image.ts";
import { withLock } from "../image/lock.ts";
import { failureSentence } from "../image/program.ts";
import { type BootedVm, bootVm } from "./boot.ts";
import { type Accelerator, machineLine, memoryMegabytes, portSocket } from "./machineLine.ts";
import { qemuVersion } from "./qemuVersion.ts";
import type { QmpEvent } from "./qmp.ts";
import { makeRunFolder, removeRunFolder } from "./runFolder.ts";
import { within } from "./timeLimit.ts";
import { firstTerminalPort, warmTerminal, warmTools } from "./warmUp.ts";

/** Raise it when what happens before the state is saved changes. */
const recipe = 1;
/** Seconds for a cold boot; 2 is usual, a machine busy with other things takes many times that. */
const bootLimit = 90;

/** A saved VM on disk. */
export type Template = {
  readonly accelerator: Accelerator;
  readonly image: Image;
  readonly memory: string;
  readonly state: string;
  readonly directory: string;
};

const fileSchema = z.object({ size: z.number(), mtimeMs: z.number(), sha256: z.string() });
const manifestSchema = z.object({ memory: fileSchema, state: fileSchema });

/** Resolves with the template, making it first if there is none or it is damaged. */
export async function ensureTemplate(image: Image, accelerator: Accelerator): Promise<Template> {
  const directory = join(cacheDirectory(), "templates", await templateKey(image, accelerator));
  const template = {
    accelerator,
    image,
    directory,
    memory: join(directory, "memory"),
    state: join(directory, "state"),
  };
  if (await isWhole(template)) return template;
  const lock = join(cacheDirectory(), "template.lock");
  return withLock(
    lock,
    () => {},
    async () => {
      if (await isWhole(template)) return template;
      await makeTemplate(template);
      await removeUnused(join(cacheDirectory(), "templates"), directory.split("/").at(-1) ?? "");
      return template;
    },
  );
}

/** Throws a template away that could not be started from. */
export async function discardTemplate(template: Template): Promise<void> {
  await rm(template.directory, { recursive: true, force: true });
}

async function makeTemplate(template: Template): Promise<void> {
  const templates = await cacheFolder("templates");
  const draft = join(templates, "draft");
  const run = await makeRunFolder();
  try {
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { mode: 0o700 });
    await requireSpace(draft);
    const memory = join(draft, "memory");
    const state = join(draft, "state");
    const boot = { accelerator: template.accelerator, memory, folder: run, limit: bootLimit };
    await saveVm(await bootVm(template.image, boot), run, state);
    const manifest = { memory: await describe(memory), state: await describe(state) };
    await writeFile(join(draft, "manifest.json"), JSON.stringify(manifest));
    await rm(template.directory, { recursive: true, force: true });
    await rename(draft, template.directory);
  } catch (error) {
    if (error instanceof SandboxError) throw error;
    const said = error instanceof Error ? error.message : String(error);
    throw failureSentence("Starting the virtual machine for the first time", said);
  } finally {
    await rm(draft, { recursive: true, force: true });
    await removeRunFolder(run);
  }
}

async function saveVm({ qemu, agent }: BootedVm, run: string, state: string): Promise<void> {
  try {
    const gone = qemu.ended.then((reason) => Promise.reject(new Error(reason)));
    const save = async (): Promise<void> => {
      await warmTools(agent);
      await warmTerminal(agent, portSocket(run, firstTerminalPort));
      await qemu.qmp.execute("stop");
      await qemu.qmp.execute("migrate-set-capabilities", { capabilities: savedState });
      const saved = migrationEnd((listener) => qemu.qmp.onEvent(listener));
      await qemu.qmp.execute("migrate", { uri: `exec:cat > ${shellQuote(state)}` });
      await saved;
    };
    const work = Promise.race([save(), gone]);
    await within(bootLimit, work, `the machine was not ready within ${bootLimit} s`);
  } finally {
    await qemu.stop();
  }
}

function shellQuote(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}

/** Memory stays in its file, out of the state; and QEMU tells how far it is. */
export const savedState = [
  { capability: "x-ignore-shared", state: true },
  { capability: "events", state: true },
];

/** Settles when QEMU says that a state was written or read. */
export function migrationEnd(
  subscribe: (listener: (event: QmpEvent) => void) => void,
): Promise<void> {
  const end = new Promise<void>((resolve, reject) => {
    subscribe(({ name, data }) => {
      if (name !== "MIGRATION") return;
      if (data.status === "completed") resolve();
      if (data.status === "failed") reject(new Error("the saved state could not be transferred"));
    });
  });
  end.catch(() => {}); // the command that started it may fail first, and tells more
  return end;
}

async function templateKey(image: Image, accelerator: Accelerator): Promise<string> {
  const fixed = { kernel: "kernel", initramfs: "initramfs", console: "console" };
  const line = machineLine({
    accelerator,
    rootDisk: "root",
    memory: "memory",
    sockets: "sockets",
    boot: fixed,
  });
  return createHash("sha256")
    .update([recipe, await qemuVersion(), image.key, ...line].join("\n"))
    .digest("hex")
    .slice(0, 20);
}

/** Sizes always; checksums when a file was touched since it was made. */
async function isWhole(template: Template): Promise<boolean> {
  const manifestFile = join(template.directory, "manifest.json");
  try {
    const manifest = manifestSchema.parse(JSON.parse(await readFile(manifestFile, "utf8")));
    for (const name of ["memory", "state"] as const) {
      const found = await stat(template[name]);
      const noted = manifest[name];
      if (found.size !== noted.size) return false;
      if (found.mtimeMs !== noted.mtimeMs && (await checksum(template[name])) !== noted.sha256) {
        return false;
      }
    }
  } catch {
    return false;
  }
  await markUsed(manifestFile);
  return true;
}

async function describe(file: string): Promise<z.infer<typeof fileSchema>> {
  const sha256 = await checksum(file);
  const { size, mtimeMs } = await stat(file);
  return { size, mtimeMs, sha256 };
}

async function checksum(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest("hex");
}

/** QEMU would die of SIGBUS in the middle of things when its memory's file cannot grow. */
async function requireSpace(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= (memoryMegabytes + 8) * 1024 * 1024) return;
  throw failureSentence("Saving the virtual machine's memory", "ENOSPC");
}
