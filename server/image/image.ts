// The image: everything a sandbox is started from. `ensureImage` makes it once and finds it again in
// some milliseconds; it is made anew when our own files or the package versions have changed, or
// when it is not whole.

import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { SandboxError } from "../../shared/sandbox.ts";
import { buildImage, imageFiles } from "./buildImage.ts";
import { cacheDirectory, cacheFolder, removeUnused } from "./cache.ts";
import { fetchPackages } from "./debs.ts";
import { aptStamp, ownInputs } from "./inputs.ts";
import { withLock } from "./lock.ts";
import { type DebianPackage, offeredPackages } from "./packages.ts";
import { failureSentence } from "./program.ts";
import { requireBuildTools } from "./requirements.ts";

/** An image on disk; all paths are absolute. */
export type Image = {
  /** Root file system as a folder, read-only to everybody who uses it. */
  readonly tree: string;
  /** Uncompressed kernel, an ELF file. */
  readonly kernel: string;
  readonly initramfs: string;
  /** The tree as squashfs. */
  readonly rootDisk: string;
  /** The sandbox agent, a static program that runs on this machine too. */
  readonly agent: string;
  /** As `uname -r` says it in the VM. */
  readonly kernelVersion: string;
  /** Hash of everything the image was made from. */
  readonly key: string;
  readonly directory: string;
};

/** What was true when an image was last found to be up to date. */
const noteSchema = z.object({ key: z.string(), apt: z.string() });
const manifestSchema = z.object({
  kernelVersion: z.string(),
  files: z.record(z.string(), z.object({ size: z.number(), sha256: z.string() })),
});

/** Resolves with the image, making it first if need be; `report` is told what takes time. */
export async function ensureImage(report: (text: string) => void): Promise<Image> {
  const own = await ownInputs();
  const known = await findImage(own);
  if (known?.current) return known.image;
  try {
    const lock = join(cacheDirectory(), "image.lock");
    const waiting = () => report("Another process is making the VM image; waiting for it.");
    return await withLock(lock, waiting, () => makeImage(own, report));
  } catch (error) {
    if (error instanceof SandboxError) throw error;
    const said = error instanceof Error ? error.message : String(error);
    throw failureSentence("Making the VM image", said);
  }
}

/** The image that is there already, if there is one; makes nothing. */
export async function existingImage(): Promise<Image | undefined> {
  return (await findImage(await ownInputs()))?.image;
}

/** The image that our own files ask for, and whether apt still offers what it was made from. */
async function findImage(own: string): Promise<{ image: Image; current: boolean } | undefined> {
  const note = await readJson(noteFile(own), noteSchema);
  if (!note) return undefined;
  const image = await readImage(note.key);
  return image && { image, current: note.apt === (await aptStamp()) };
}

async function makeImage(own: string, report: (text: string) => void): Promise<Image> {
  const known = await findImage(own); // somebody may have made it while we waited for the lock
  if (known?.current) return known.image;
  try {
    await requireBuildTools(report);
    const packages = await offeredPackages();
    const key = imageKey(own, packages);
    const image = (await readImage(key)) ?? (await buildInto(key, packages, report));
    await writeNote(own, { key, apt: await aptStamp() });
    return image;
  } catch (error) {
    if (!known) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    report(`The VM image of before stays in use. ${reason}`);
    await writeNote(own, { key: known.image.key, apt: await aptStamp() }); // until apt's lists change
    return known.image;
  }
}

async function buildInto(
  key: string,
  packages: readonly DebianPackage[],
  report: (text: string) => void,
): Promise<Image> {
  const started = performance.now();
  const images = await cacheFolder("images");
  const draft = join(images, "draft"); // one at a time: we hold the lock
  const final = join(images, key);
  try {
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft);
    const debs = await fetchPackages(packages, report);
    const manifest = await buildImage(packages, debs, draft, report);
    await writeFile(join(draft, "manifest.json"), JSON.stringify(manifest, undefined, 2));
    await rm(final, { recursive: true, force: true });
    await rename(draft, final);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  await removeUnused(images, key);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  report(`The VM image is made, ${seconds} s.`);
  const image = await readImage(key);
  if (image) return image;
  throw new SandboxError(`The VM image in ${final} is not whole; run "npx vethbook vm build".`);
}

/** The image of that key, if every file is there with its size. Says that it is in use. */
async function readImage(key: string): Promise<Image | undefined> {
  const directory = join(cacheDirectory(), "images", key);
  const manifestFile = join(directory, "manifest.json");
  const manifest = await readJson(manifestFile, manifestSchema);
  if (!manifest) return undefined;
  for (const [name, { size }] of Object.entries(manifest.files)) {
    const found = await stat(join(directory, name)).catch(() => undefined);
    if (found?.size !== size) return undefined;
  }
  await markUsed(manifestFile);
  return {
    tree: join(directory, "tree"),
    kernel: join(directory, imageFiles.kernel),
    initramfs: join(directory, imageFiles.initramfs),
    rootDisk: join(directory, imageFiles.rootDisk),
    agent: join(directory, imageFiles.agent),
    kernelVersion: manifest.kernelVersion,
    key,
    directory,
  };
}

/** Files of an image with size and checksum, as noted when it was made. */
export async function describeImage(
  image: Image,
): Promise<{ name: string; size: number; sha256: string }[]> {
  const manifest = await readJson(join(image.directory, "manifest.json"), manifestSchema);
  return Object.entries(manifest?.files ?? {}).map(([name, file]) => ({ name, ...file }));
}

/** Notes that an image or template is in use, so that `removeUnused` leaves it alone. */
export async function markUsed(file: string): Promise<void> {
  const now = new Date();
  await utimes(file, now, now).catch(() => {}); // a cache that we may only read is still a cache
}

function imageKey(own: string, packages: readonly DebianPackage[]): string {
  const hash = createHash("sha256").update(own);
  for (const one of packages) hash.update(`\n${one.name} ${one.version} ${one.sha256}`);
  return hash.digest("hex").slice(0, 20);
}

function noteFile(own: string): string {
  return join(cacheDirectory(), "images", `${own.slice(0, 20)}.json`);
}

async function writeNote(own: string, note: z.infer<typeof noteSchema>): Promise<void> {
  await writeFile(`${noteFile(own)}.new`, JSON.stringify(note));
  await rename(`${noteFile(own)}.new`, noteFile(own));
}

async function readJson<T>(file: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return undefined; // absent or half-written: the same as never made
  }
}
