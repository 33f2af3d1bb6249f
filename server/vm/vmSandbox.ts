// The sandbox of kind "vm": a Linux machine of its own under QEMU, without a network card and
// without any file of this host but its read-only root disk.

import { type Sandbox, SandboxError } from "../../shared/sandbox.ts";
import type { Image } from "../image/image.ts";
import { openAgentSandbox } from "../machine/agentSandbox.ts";
import { qemuVersion } from "./qemuVersion.ts";
import { startVmMachine } from "./vmMachine.ts";

/** Opens a fresh VM of that image; each reset is another clone of the same template. */
export function openVmSandbox(image: Image): Promise<Sandbox> {
  return openAgentSandbox(() => startVmMachine(image));
}

/** Undefined when VMs can be started here, else one sentence with what is missing. */
export async function probeVm(): Promise<string | undefined> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    return `The VM runs on Linux for x86-64; this machine is ${process.platform} on ${process.arch}.`;
  }
  try {
    await qemuVersion();
    return undefined;
  } catch (error) {
    return error instanceof SandboxError ? error.message : `QEMU does not start: ${error}`;
  }
}
