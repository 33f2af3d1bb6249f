// `vethbook vm build` and `vethbook vm info`: what the VM is made of, how large it is, and how fast
// one starts here. Not here: reading the command line (main.ts).

import { SandboxError } from "../../shared/sandbox.ts";
import { describeImage, ensureImage, existingImage, type Image } from "../image/image.ts";
import { probeKvm } from "../vm/kvm.ts";
import { memoryMegabytes } from "../vm/machineLine.ts";
import { openVmSandbox, probeVm } from "../vm/vmSandbox.ts";

const startsMeasured = 5;

/** Makes the image if it is not there or no longer current, and prints its files. */
export async function vmBuild(report: (text: string) => void): Promise<void> {
  const image = await ensureImage(report);
  await printFiles(image);
  const missing = await probeVm();
  if (missing !== undefined) {
    console.log(missing);
    return;
  }
  report("Starting a VM.");
  const sandbox = await openVmSandbox(image);
  await sandbox[Symbol.asyncDispose]();
  console.log(`Kernel       ${sandbox.kernel}`);
}

/** Prints size, kernel and start time of the VM, measured by starting some. */
export async function vmInfo(): Promise<void> {
  const image = await existingImage();
  if (!image) {
    throw new SandboxError("There is no VM image yet; make it with: npx vethbook vm build");
  }
  await printFiles(image);
  console.log(`Kernel       Linux ${image.kernelVersion}`);
  console.log(`Memory       ${memoryMegabytes} MiB for each VM, shared between VMs until written`);
  const missing = await probeVm();
  if (missing !== undefined) throw new SandboxError(missing);
  const kvm = await probeKvm(image);
  console.log(`Processor    ${kvm.works ? "KVM" : `emulated (TCG): ${kvm.reason}`}`);
  console.log(`Start        ${await measuredStart(image)}`);
}

async function printFiles(image: Image): Promise<void> {
  console.log(`Image        ${image.directory}`);
  for (const { name, size, sha256 } of await describeImage(image)) {
    const megabytes = `${(size / 1e6).toFixed(1)} MB`.padStart(8);
    console.log(`  ${name.padEnd(16)} ${megabytes}  sha256 ${sha256}`);
  }
}

/** The first start may have to make the template and is told apart. */
async function measuredStart(image: Image): Promise<string> {
  const first = await startOnce(image);
  const seconds: number[] = [];
  for (let count = 0; count < startsMeasured; count++) seconds.push(await startOnce(image));
  seconds.sort((a, b) => a - b);
  const median = seconds[Math.floor(seconds.length / 2)] ?? first;
  const all = seconds.map((one) => one.toFixed(3)).join(" ");
  return `${median.toFixed(3)} s to an answering prompt (${all}; the first ${first.toFixed(2)} s)`;
}

async function startOnce(image: Image): Promise<number> {
  const started = performance.now();
  const sandbox = await openVmSandbox(image);
  try {
    await sandbox.terminal("lab", { columns: 80, rows: 24 });
    return (performance.now() - started) / 1000;
  } finally {
    await sandbox[Symbol.asyncDispose]();
  }
}
