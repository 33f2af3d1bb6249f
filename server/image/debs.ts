// Fetches Debian packages as an ordinary user (`apt-get download` checks apt's signatures) into the
// cache, each checked against the SHA-256 that apt's lists give for it.

import { createHash } from "node:crypto";
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { SandboxError } from "../../shared/sandbox.ts";
import { cacheFolder } from "./cache.ts";
import type { DebianPackage } from "./packages.ts";
import { isDiskFull, runProgram } from "./program.ts";

/** Makes sure that every package is in the cache; resolves with its file by package name. */
export async function fetchPackages(
  packages: readonly DebianPackage[],
  report: (text: string) => void,
): Promise<Map<string, string>> {
  const folder = await cacheFolder("debs");
  const files = new Map(packages.map((one) => [one.name, join(folder, fileName(one))]));
  const missing: DebianPackage[] = [];
  for (const one of packages) {
    if (!(await isComplete(join(folder, fileName(one)), one))) missing.push(one);
  }
  const bytes = missing.reduce((sum, one) => sum + one.size, 0);
  if (missing.length > 0) {
    report(`Fetching ${missing.length} Debian packages, ${(bytes / 1e6).toFixed(1)} MB.`);
    for (const one of missing) await rm(join(folder, fileName(one)), { force: true });
    const wanted = missing.map((one) => `${one.name}=${one.version}`);
    // apt's own download user may not enter the cache folder of root, and would warn about it.
    const asUser = ["-o", "APT::Sandbox::User=root"];
    const download = ["apt-get", "-q", ...asUser, "download", ...wanted];
    await runProgram(download, { cwd: folder }).catch((error) => {
      if (isDiskFull(error.message)) throw error;
      throw new SandboxError(
        `The packages of the VM image could not be fetched; check the network, or refresh apt's lists with: sudo apt-get update (${error.message})`,
      );
    });
  }
  for (const one of missing) {
    if (await isComplete(join(folder, fileName(one)), one)) continue;
    throw new SandboxError(
      `The package ${one.name} ${one.version} did not arrive whole; run "npx vethbook vm build" again.`,
    );
  }
  await removeOthers(folder, new Set(packages.map(fileName)));
  return files;
}

function fileName(one: DebianPackage): string {
  return `${one.name}_${one.version.replaceAll(":", "%3a")}_${one.architecture}.deb`;
}

async function isComplete(file: string, one: DebianPackage): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  if (found?.size !== one.size) return false;
  return (
    createHash("sha256")
      .update(await readFile(file))
      .digest("hex") === one.sha256
  );
}

async function removeOthers(folder: string, keep: ReadonlySet<string>): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!keep.has(name)) await rm(join(folder, name), { recursive: true, force: true });
  }
}
