// The terminals of one machine by name. A name is that of a network namespace: "lab" for the initial
// one, else a name in /run/netns, else the hostname of its UTS namespace. A namespace that was made
// anew under the same name gets a new shell; the old shell would keep the old network alive.

import { SandboxError, type Terminal, type TerminalSize } from "../../shared/sandbox.ts";
import type { NamespaceRef } from "../agent/protocol.ts";
import { openPtyTerminal, type PtyTerminal } from "../terminal/ptyTerminal.ts";
import type { AgentMachine } from "./agentSandbox.ts";

/** The terminals of one machine. */
export type NamedTerminals = {
  /** Opens the terminal, or finds it again while its shell and its namespace are still the same. */
  open(name: string, size: TerminalSize): Promise<Terminal>;
  /** Ends all. */
  close(sentence: string): void;
};

type OpenTerminal = { readonly terminal: PtyTerminal; readonly inode: number; closed: boolean };

const initialName = "lab";

/** Starts with no terminal. */
export function agentTerminals(machine: AgentMachine): NamedTerminals {
  const open = new Map<string, OpenTerminal>();
  /** One opening at a time for each name: two callers get the same terminal. */
  const opening = new Map<string, Promise<Terminal>>();

  const find = async (name: string, size: TerminalSize): Promise<Terminal> => {
    const wanted = inodeOf(await machine.control.namespaces(), name);
    const known = open.get(name);
    if (known?.inode === wanted && !known.closed) {
      known.terminal.resize(size);
      return known.terminal;
    }
    known?.terminal.dispose("This namespace was made anew; its terminal has a new shell.");
    const opened = await openAt(machine, { name, inode: wanted }, size);
    open.set(name, opened);
    return opened.terminal;
  };

  return {
    async open(name, size) {
      while (opening.has(name)) await opening.get(name)?.catch(() => undefined);
      const found = find(name, size).finally(() => opening.delete(name));
      opening.set(name, found);
      return found;
    },
    close(sentence) {
      for (const { terminal } of open.values()) terminal.dispose(sentence);
    },
  };
}

async function openAt(
  machine: AgentMachine,
  { name, inode }: { readonly name: string; readonly inode: number },
  size: TerminalSize,
): Promise<OpenTerminal> {
  const place = await machine.openTerminal(name);
  try {
    const terminal = await openPtyTerminal({
      attachCommand: [machine.agentProgram, "attach", place.socket, String(inode)],
      size,
    });
    const opened: OpenTerminal = { terminal, inode, closed: false };
    void terminal.closed.then(() => {
      opened.closed = true;
      place.release();
    });
    return opened;
  } catch (error) {
    place.release();
    throw error;
  }
}

/** Inode of the namespace with that name; the newest, when several share it. */
function inodeOf(namespaces: readonly NamespaceRef[], name: string): number {
  const others = namespaces.filter((one) => !one.initial);
  const found =
    name === initialName
      ? namespaces.find((one) => one.initial)
      : (others.findLast((one) => one.netnsNames.includes(name)) ??
        others.findLast((one) => one.hostname === name));
  if (found !== undefined) return found.inode;
  throw new SandboxError(
    `There is no namespace ${name} yet. Run the cells that build the network first.`,
  );
}
