// Boots a VM from its kernel, the slow way: to make the template, and to see whether KVM works.
// Not here: starting from a template (clone.ts).

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type AgentControl, connectAgent } from "../agent/connection.ts";
import type { Image } from "../image/image.ts";
import { processorFailure } from "./kvmFailure.ts";
import { type Accelerator, machineLine } from "./machineLine.ts";
import { type Qemu, startQemu } from "./qemu.ts";
import { within } from "./timeLimit.ts";

/** What to boot and where. */
export type BootOptions = {
  readonly accelerator: Accelerator;
  /** Becomes the memory; must not exist or be empty. */
  readonly memory: string;
  /** Private folder for sockets and the console's text. */
  readonly folder: string;
  /** Seconds until it is given up. */
  readonly limit: number;
};

/** A VM whose agent answers. */
export type BootedVm = { readonly qemu: Qemu; readonly agent: AgentControl };

/** Boots and waits for the agent; rejects with what the machine said last. */
export async function bootVm(image: Image, options: BootOptions): Promise<BootedVm> {
  const consoleFile = join(options.folder, "console");
  const qemu = await startQemu({
    agent: image.agent,
    args: machineLine({
      accelerator: options.accelerator,
      rootDisk: image.rootDisk,
      memory: options.memory,
      sockets: options.folder,
      boot: { kernel: image.kernel, initramfs: image.initramfs, console: consoleFile },
    }),
  });
  const agent = connectAgent(qemu.control);
  // A KVM that cannot run the kernel leaves QEMU sitting there, stopped, for ever.
  const stopped = new Promise<never>((_, reject) => {
    qemu.qmp.onEvent(({ name }) => {
      if (name === "STOP") reject(new Error(processorFailure));
    });
    qemu.ended.then((reason) => reject(new Error(reason)));
  });
  stopped.catch(() => {});
  try {
    await qemu.qmp.execute("qmp_capabilities");
    const answer = Promise.race([agent.ping(), stopped]);
    await within(options.limit, answer, `the machine did not answer within ${options.limit} s`);
    return { qemu, agent };
  } catch (error) {
    await qemu.stop();
    const said = await lastLine(consoleFile);
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(said === "" ? reason : `${reason} (its console says: ${said})`);
  }
}

async function lastLine(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch(() => "");
  return text.trim().split("\n").at(-1)?.trim().slice(0, 200) ?? "";
}
