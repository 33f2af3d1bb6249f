// The sandbox of kind "host": the image's tools on this Linux host's own kernel, in namespaces of
// their own. For one reader on their own machine: the kernel is shared.

import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Sandbox, SandboxError } from "../../shared/sandbox.ts";
import type { Image } from "../image/image.ts";
import { openAgentSandbox } from "../machine/agentSandbox.ts";
import { startHostMachine } from "./hostMachine.ts";

/** Opens a host sandbox; rejects with a `SandboxError` when this host does not allow it. */
export function openHostSandbox(image: Image): Promise<Sandbox> {
  return openAgentSandbox(() => startHostMachine(image));
}

/** Undefined when a host sandbox works here, found out by starting one; else what is missing. */
export async function probeHost(image: Image): Promise<string | undefined> {
  if (process.platform !== "linux") return "A host sandbox needs Linux.";
  const folders = (process.env.PATH ?? "").split(delimiter);
  if (!folders.some((folder) => existsSync(join(folder, "bwrap")))) {
    return 'bubblewrap is missing; run "apt-get install bubblewrap".';
  }
  try {
    const machine = await startHostMachine(image);
    try {
      const { code, output } = await machine.control.run(["ip", "netns", "add", "probe"]);
      return code === 0 ? undefined : `This host does not let a sandbox make namespaces: ${output}`;
    } finally {
      machine.control.close();
      await machine.stop();
    }
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    return `${error.message} Unprivileged user namespaces may be off: run "sysctl -w kernel.unprivileged_userns_clone=1 kernel.apparmor_restrict_unprivileged_userns=0" as root.`;
  }
}
