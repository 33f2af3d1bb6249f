// `vethbook doctor`: what this machine can do, and for each thing that it cannot, the one command
// that would give it. Tries instead of guessing; changes nothing and makes no image.
// Not here: the tries themselves (server/vm, server/host), making the image (vm.ts).

import { execFile } from "node:child_process";
import type { Dirent } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { release, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { openHostSandbox } from "../host/hostSandbox.ts";
import { cacheDirectory } from "../image/cache.ts";
import { existingImage, type Image } from "../image/image.ts";
import { availableKinds, type KindState } from "../sandboxes/choose.ts";
import { probeKvm } from "../vm/kvm.ts";
import { runCommands } from "./exec.ts";

/** Prints the table; 0 when a real kernel works, else 1. */
export async function doctor(): Promise<number> {
  const image = await existingImage();
  const kinds = await availableKinds();
  for (const state of kinds) console.log(row(state.kind, await kindText(state, image)));
  console.log(row("simulator", "works: everywhere, in the page and on the command line"));
  console.log(row("KVM", await kvmText(kinds, image)));
  console.log(row("image", image?.directory ?? "none yet; make it with: npx vethbook vm build"));
  console.log(row("cache", await cacheText()));
  console.log(row("tools", `Node.js ${process.versions.node}`));
  for (const version of await toolVersions()) console.log(row("", version));
  return kinds.some((state) => state.reason === undefined) ? 0 : 1;
}

function row(name: string, text: string): string {
  return `${name.padEnd(11)}${text}`;
}

async function kindText({ kind, reason }: KindState, image: Image | undefined): Promise<string> {
  if (reason !== undefined || image === undefined) return `no: ${reason}`;
  if (kind === "vm") return `works: Linux ${image.kernelVersion} in a VM`;
  const lacking = await hostLacks(image);
  const without = lacking.length === 0 ? "" : `, but its kernel lacks ${lacking.join(" and ")}`;
  return `works: this machine's Linux ${release()}${without}`;
}

/** What chapters about VLANs need and a host's kernel may not have. */
const hostTrials = {
  "802.1Q": "ip link add name a type veth && ip link add link a name a.5 type vlan id 5",
  "VLANs on bridges": "ip link add name b type bridge vlan_filtering 1",
};

async function hostLacks(image: Image): Promise<string[]> {
  await using sandbox = await openHostSandbox(image);
  const { results } = await runCommands(sandbox, Object.values(hostTrials));
  return Object.keys(hostTrials).filter((_, index) => results[index]?.exitCode !== 0);
}

async function kvmText(kinds: readonly KindState[], image: Image | undefined): Promise<string> {
  const vm = kinds.find((state) => state.kind === "vm");
  if (image === undefined || vm?.reason !== undefined) return "not tried, because no VM starts";
  const { works, reason } = await probeKvm(image);
  if (works) return "works: VMs use it";
  const more = /may not open/.test(reason)
    ? ` Get in with: sudo usermod -aG kvm ${userInfo().username}, then log in again.`
    : "";
  const why = /\/dev\/kvm/.test(reason) ? reason : `a VM did not boot with it (${reason})`;
  return `no: ${why}. VMs work without it, more slowly.${more}`;
}

async function cacheText(): Promise<string> {
  const megabytes = ((await folderSize(cacheDirectory())) / 1e6).toFixed(0);
  return `${cacheDirectory()}, ${megabytes} MB on disk`;
}

/** Bytes that the folder takes on disk. */
async function folderSize(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((): Dirent[] => []);
  let bytes = 0;
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += await folderSize(path);
    else bytes += ((await lstat(path).catch(() => undefined))?.blocks ?? 0) * 512;
  }
  return bytes;
}

const tools: readonly (readonly [name: string, argv: readonly [string, ...string[]]])[] = [
  ["QEMU", ["qemu-system-x86_64", "--version"]],
  ["bubblewrap", ["bwrap", "--version"]],
  ["a C compiler", ["cc", "--version"]],
  ["apt", ["apt-get", "--version"]],
];

async function toolVersions(): Promise<string[]> {
  return Promise.all(
    tools.map(async ([name, [program, ...args]]) => {
      try {
        const { stdout } = await promisify(execFile)(program, args, { timeout: 10_000 });
        return stdout.split("\n")[0] ?? name;
      } catch {
        return `${name} is not there`;
      }
    }),
  );
}
