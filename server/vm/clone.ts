// Starts a VM from the template: QEMU maps the template's memory, reads its device state and goes
// on from there, in about a tenth of a second. The clock and the random pool are the template's at
// that moment, so both are set before anybody uses the VM.

import { randomBytes } from "node:crypto";
import { open } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { type AgentControl, connectAgent } from "../agent/connection.ts";
import { processorFailure } from "./kvmFailure.ts";
import { inherited, machineLine } from "./machineLine.ts";
import { type Qemu, startQemu } from "./qemu.ts";
import { makeRunFolder, removeRunFolder } from "./runFolder.ts";
import { migrationEnd, savedState, type Template } from "./template.ts";
import { within } from "./timeLimit.ts";

/** Seconds until a clone that does not answer is given up. */
const startLimit = 30;
/** Milliseconds for QEMU to end by itself after the agent's connection has ended. */
const farewell = 1000;

/** A running clone. */
export type Clone = {
  readonly qemu: Qemu;
  readonly agent: AgentControl;
  /** Folder with the sockets of its terminals. */
  readonly sockets: string;
  /** Settles when it is gone, with the reason in words. */
  readonly ended: Promise<string>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
};

/** Starts a clone and resolves when its agent answers. */
export async function startClone(template: Template): Promise<Clone> {
  const sockets = await makeRunFolder();
  let qemu: Qemu | undefined;
  const stop = async (): Promise<void> => {
    await qemu?.stop();
    await removeRunFolder(sockets);
  };
  try {
    const state = await open(template.state, "r");
    try {
      const { accelerator, memory, image } = template;
      const args = machineLine({ accelerator, rootDisk: image.rootDisk, memory, sockets });
      qemu = await startQemu({ agent: image.agent, state: state.fd, args });
    } finally {
      await state.close();
    }
    const agent = connectAgent(qemu.control);
    const ended = watch(qemu, agent);
    const gone = ended.then((reason) => Promise.reject(new Error(reason)));
    const ready = Promise.race([resume(qemu, agent), gone]);
    await within(startLimit, ready, `the virtual machine did not answer within ${startLimit} s`);
    return { qemu, agent, sockets, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Nobody stops a clone: when QEMU says that it has, its guest has crashed the processor. And a QEMU
 * that lives on without its agent is of no use to anybody. Both are ended here.
 */
function watch(qemu: Qemu, agent: AgentControl): Promise<string> {
  let cause: string | undefined;
  qemu.qmp.onEvent(({ name }) => {
    if (name !== "STOP") return;
    cause ??= processorFailure;
    void qemu.stop();
  });
  void agent.closed.then(async () => {
    // A QEMU that ends closes the connection as well, and says more about why.
    const byItself = await Promise.race([
      qemu.ended.then(() => true),
      setTimeout(farewell, false, { ref: false }),
    ]);
    if (byItself) return;
    cause ??= "the connection to its agent was lost";
    await qemu.stop();
  });
  return qemu.ended.then((reason) => cause ?? reason);
}

async function resume({ qmp }: Qemu, agent: AgentControl): Promise<void> {
  const restored = migrationEnd((listener) => qmp.onEvent(listener));
  await Promise.all([
    qmp.execute("qmp_capabilities"),
    qmp.execute("migrate-set-capabilities", { capabilities: savedState }),
    qmp.execute("migrate-incoming", { uri: `fd:${inherited.state}` }),
    restored,
  ]);
  agent.setClock(Date.now() / 1000);
  const answered = agent.ping();
  // The agent does this next, before it looks at any terminal, while the host opens one.
  agent.stirEntropy(randomBytes(64));
  await Promise.all([qmp.execute("cont"), answered]);
}
