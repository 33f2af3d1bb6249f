// One VM as a machine that a sandbox can be made of: started from the template, on KVM where that
// works, else emulated. What can be repaired by itself is: a damaged template is made anew once, and
// a KVM that is to blame for a failure is not tried again on this host until it is booted anew.

import { SandboxError } from "../../shared/sandbox.ts";
import type { Image } from "../image/image.ts";
import { failureSentence } from "../image/program.ts";
import type { AgentMachine } from "../machine/agentSandbox.ts";
import { type Clone, startClone } from "./clone.ts";
import { noteKvmFailure, probeKvm } from "./kvm.ts";
import type { Accelerator } from "./machineLine.ts";
import { discardTemplate, ensureTemplate } from "./template.ts";
import { terminalPorts } from "./terminalPorts.ts";

/** Starts a VM; rejects with a sentence. */
export async function startVmMachine(image: Image): Promise<AgentMachine> {
  const clone = await startAccelerated(image);
  let stopping = false;
  return {
    kind: "vm",
    kernel: `Linux ${image.kernelVersion} in a VM`,
    control: clone.agent,
    agentProgram: image.agent,
    openTerminal: terminalPorts(clone.agent, clone.sockets),
    async stop() {
      stopping = true;
      await clone.stop();
    },
    ended: clone.ended.then((reason) =>
      stopping ? "The virtual machine was stopped." : endSentence(reason),
    ),
  };
}

/** How a VM ended, for the reader. */
function endSentence(reason: string): string {
  return `The virtual machine stopped (${reason}). What was printed stays; Run starts a new one.`;
}

async function startAccelerated(image: Image): Promise<Clone> {
  if ((await probeKvm(image)).works) {
    try {
      return await startRepaired(image, "kvm");
    } catch (error) {
      await noteKvmFailure(messageOf(error));
    }
  }
  return startRepaired(image, "tcg");
}

async function startRepaired(image: Image, accelerator: Accelerator): Promise<Clone> {
  const template = await ensureTemplate(image, accelerator);
  try {
    return await startClone(template);
  } catch {
    await discardTemplate(template);
  }
  const anew = await ensureTemplate(image, accelerator);
  try {
    return await startClone(anew);
  } catch (error) {
    if (error instanceof SandboxError) throw error;
    throw failureSentence("Starting the virtual machine", messageOf(error));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
