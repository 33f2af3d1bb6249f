// The terminals of one VM: each is a virtio port, behind a Unix socket of QEMU's. A port outlives its
// terminal, so before it is given to another one its shell is hung up and seen to be gone.
// Source: server/agent/protocol.ts.

import { connect } from "node:net";
import { SandboxError } from "../../shared/sandbox.ts";
import type { AgentControl } from "../agent/connection.ts";
import { encodeFrame, frameReader } from "../agent/frames.ts";
import type { TerminalPlace } from "../machine/agentSandbox.ts";
import { portCount, portSocket } from "./machineLine.ts";
import { firstTerminalPort } from "./warmUp.ts";

/** No namespace has this inode. */
const noNamespace = 0xffffffff;

/** Hands out ports; the first "lab" gets the one whose shell is already at its prompt. */
export function terminalPorts(
  agent: Pick<AgentControl, "servePort">,
  sockets: string,
): (name: string) => Promise<TerminalPlace> {
  const free = Array.from({ length: portCount - 1 }, (_, index) => index + 1);
  let firstIsFresh = true;
  return async (name) => {
    const wantsFirst = name === "lab";
    const index = free.findIndex((port) => wantsFirst || !(firstIsFresh && isFirst(port)));
    const [port] = index < 0 ? [] : free.splice(index, 1);
    if (port === undefined) {
      throw new SandboxError(
        `This machine has ${portCount - 1} terminals and all are open. Close one of them first.`,
      );
    }
    if (isFirst(port)) firstIsFresh = false;
    agent.servePort(port);
    const socket = portSocket(sockets, port);
    let released = false;
    return {
      socket,
      release() {
        if (released) return;
        released = true;
        void hangUp(socket).then((gone) => gone && free.push(port));
      },
    };
  };
}

function isFirst(port: number): boolean {
  return port === firstTerminalPort;
}

/**
 * Hangs the shell of a port up; resolves with true when the port has none any more. A shell that does
 * not care about hanging up keeps its port for as long as it lives.
 */
function hangUp(path: string): Promise<boolean> {
  const socket = connect(path);
  return new Promise((resolve) => {
    const finish = (gone: boolean): void => {
      socket.destroy();
      resolve(gone);
    };
    socket.unref();
    // The machine has ended.
    socket.on("error", () => finish(false));
    socket.on("close", () => finish(false));
    // The end of the shell is told; where there is none, opening one in no namespace is refused.
    const read = frameReader(({ type }) => {
      if (type === "E" || type === "X") finish(true);
    });
    socket.on("data", read);
    const open = Buffer.alloc(8);
    open.writeUInt32BE(noNamespace, 4);
    socket.write(Buffer.concat([encodeFrame("K", 0), encodeFrame("O", 0, open)]));
  });
}
