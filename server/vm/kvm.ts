// Whether KVM really runs our kernel here. A /dev/kvm that opens proves nothing: inside some virtual
// machines the guest dies a few seconds later, or QEMU sits there stopped. So it is tried by
// booting, with a time limit, and the answer is kept until the host or QEMU changes.

import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { cacheDirectory, cacheFolder } from "../image/cache.ts";
import type { Image } from "../image/image.ts";
import { bootVm } from "./boot.ts";
import { blamesKvm } from "./kvmFailure.ts";
import { qemuVersion } from "./qemuVersion.ts";
import { makeRunFolder, removeRunFolder } from "./runFolder.ts";

/** Seconds for a boot with KVM; where it works it takes less than one. */
const probeLimit = 8;
const silent = `the machine did not answer within ${probeLimit} s`;

const answerSchema = z.object({ host: z.string(), works: z.boolean(), reason: z.string() });

/** What a try of KVM showed; `reason` is empty when it works. */
export type KvmAnswer = { readonly works: boolean; readonly reason: string };

/** Tries KVM, or repeats what an earlier try on this running host showed. */
export async function probeKvm(image: Image): Promise<KvmAnswer> {
  const unusable = await whyNotOpen();
  if (unusable !== undefined) return { works: false, reason: unusable };
  const host = await hostAndQemu();
  const known = await readAnswer();
  if (known?.host === host) return known;
  const reason = await whyNotBoot(image);
  const answer = { host, works: reason === "", reason };
  // A boot that failed for another reason shows nothing about KVM; the next start tries again.
  return answer.works || blamesKvm(reason) || reason.startsWith(silent)
    ? writeAnswer(answer)
    : answer;
}

/**
 * A machine on KVM ended with these words, though KVM booted once. When they blame KVM, it is not
 * tried again on this running host.
 */
export async function noteKvmFailure(reason: string): Promise<void> {
  if (!blamesKvm(reason)) return;
  await writeAnswer({ host: await hostAndQemu(), works: false, reason });
}

async function whyNotOpen(): Promise<string | undefined> {
  try {
    await (await open("/dev/kvm", "r+")).close();
    return undefined;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    return code === "EACCES" ? "this user may not open /dev/kvm" : "there is no /dev/kvm";
  }
}

async function whyNotBoot(image: Image): Promise<string> {
  const folder = await makeRunFolder();
  const memory = join(await cacheFolder("probe"), String(process.pid));
  try {
    const options = { accelerator: "kvm", memory, folder, limit: probeLimit } as const;
    const { qemu } = await bootVm(image, options);
    await qemu.stop();
    return "";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    await rm(memory, { force: true });
    await removeRunFolder(folder);
  }
}

async function hostAndQemu(): Promise<string> {
  const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  return `${boot.trim()} ${await qemuVersion()}`;
}

function answerFile(): string {
  return join(cacheDirectory(), "kvm.json");
}

async function readAnswer(): Promise<(KvmAnswer & { host: string }) | undefined> {
  try {
    return answerSchema.parse(JSON.parse(await readFile(answerFile(), "utf8")));
  } catch {
    return undefined;
  }
}

async function writeAnswer(answer: KvmAnswer & { host: string }): Promise<KvmAnswer> {
  // Two starts at once both learn the answer: each writes a file of its own.
  const draft = `${answerFile()}.${randomUUID()}`;
  await mkdir(cacheDirectory(), { recursive: true });
  await writeFile(draft, JSON.stringify(answer));
  await rename(draft, answerFile());
  return answer;
}
