// Starts a VM from the template: QEMU maps the template's memory, reads its device state and goes
// on from there, in about a tenth of a second. The clock and the random pool are the template's at
// that moment, so both are set before anybody uses the VM.

import { randomBytes } from "node:crypto";
import { open } from "node:fs/promises";
import { type AgentControl, connectAgent } from "../agent/connection.ts";
import { inherited, machineLine } from "./machineLine.ts";
import { type Qemu, startQemu } from "./qemu.ts";
import { makeRunFolder, removeRunFolder } from "./runFolder.ts";
import { migrationEnd, savedState, type Template } from "./template.ts";
import { within } from "./timeLimit.ts";

/** Seconds until a clone that does not answer is given up. */
const startLimit = 30;

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
    const gone = qemu.ended.then((reason) => Promise.reject(new Error(reason)));
    const ready = Promise.race([resume(qemu, agent), gone]);
    await within(startLimit, ready, `the virtual machine did not answer within ${startLimit} s`);
    return { qemu, agent, sockets, ended: watch(qemu), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Nobody stops a clone: when QEMU says that it has, its guest has crashed the processor. */
function watch(qemu: Qemu): Promise<string> {
  let crashed = false;
  qemu.qmp.onEvent(({ name }) => {
    if (name !== "STOP") return;
    crashed = true;
    void qemu.stop();
  });
  return qemu.ended.then((reason) => (crashed ? "internal error of the processor" : reason));
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
