// The terminals of one machine by name. A name is that of a network namespace: "lab" for the initial
// one, else a name in /run/netns, else the hostname of its UTS namespace. A terminal stays when its
// namespace is made anew under the same name, but the next run gets a new shell: the old one would
// answer from the old network, and keep it alive.

import {
  type RunEvent,
  SandboxError,
  type Terminal,
  type TerminalSize,
} from "../../shared/sandbox.ts";
import { openPtyTerminal, type PtyTerminal } from "../terminal/ptyTerminal.ts";
import type { AgentMachine } from "./agentSandbox.ts";

/** The terminals of one machine. */
export type NamedTerminals = {
  /** Opens the terminal, or finds it again while its shell lives. */
  open(name: string, size: TerminalSize): Promise<Terminal>;
  /** Ends all. */
  close(sentence: string): void;
};

/** A shell in one namespace. */
type OpenShell = { readonly terminal: PtyTerminal; readonly inode: number; closed: boolean };

/** A terminal by its name, with the shell that it has now. */
type NamedTerminal = { readonly name: string; shell: OpenShell; size: TerminalSize };

const initialName = "lab";
/** What the agent calls the initial namespace. */
const initialInode = 0;
const replacedSentence = "This namespace was made anew; its terminal has a new shell.";

/** Starts with no terminal. */
export function agentTerminals(machine: AgentMachine): NamedTerminals {
  const all = new Map<string, { readonly named: NamedTerminal; readonly terminal: Terminal }>();
  /** One opening at a time for each name: two callers get the same terminal. */
  const opening = new Map<string, Promise<Terminal>>();

  const find = async (name: string, size: TerminalSize): Promise<Terminal> => {
    const known = all.get(name);
    if (known !== undefined && !known.named.shell.closed) {
      known.terminal.resize(size);
      await renew(machine, known.named);
      return known.terminal;
    }
    const inode = await inodeOf(machine, name);
    const shell = await openShell(machine, { name, inode }, size);
    const named: NamedTerminal = { name, shell, size };
    const terminal = steadyTerminal(machine, named);
    all.set(name, { named, terminal });
    return terminal;
  };

  return {
    async open(name, size) {
      while (opening.has(name)) await opening.get(name)?.catch(() => undefined);
      const found = find(name, size).finally(() => opening.delete(name));
      opening.set(name, found);
      return found;
    },
    close(sentence) {
      for (const { named } of all.values()) named.shell.terminal.dispose(sentence);
    },
  };
}

/** The terminal that others hold while its shells come and go. */
function steadyTerminal(machine: AgentMachine, named: NamedTerminal): Terminal {
  return {
    run: async function* (source, options): AsyncGenerator<RunEvent> {
      if (!named.shell.closed) {
        try {
          await renew(machine, named);
        } catch (error) {
          if (!(error instanceof SandboxError)) throw error;
          yield { type: "lost", reason: error.message };
          return;
        }
      }
      yield* named.shell.terminal.run(source, options);
    },
    write: (bytes) => named.shell.terminal.write(bytes),
    resize(size) {
      named.size = size;
      named.shell.terminal.resize(size);
    },
    output: outputOf(named),
  };
}

/** What one shell after the other prints; ends when a shell ends that was not replaced. */
async function* outputOf(named: NamedTerminal): AsyncGenerator<Uint8Array> {
  let shell: OpenShell;
  do {
    shell = named.shell;
    yield* shell.terminal.output;
  } while (shell !== named.shell);
}

/** Gives the terminal a new shell when its name stands for another namespace by now. */
async function renew(machine: AgentMachine, named: NamedTerminal): Promise<void> {
  const old = named.shell;
  const inode = await inodeOf(machine, named.name);
  if (inode === old.inode || named.shell !== old) return;
  const shell = await openShell(machine, { name: named.name, inode }, named.size);
  named.shell = shell;
  old.terminal.dispose(replacedSentence);
}

async function openShell(
  machine: AgentMachine,
  { name, inode }: { readonly name: string; readonly inode: number },
  size: TerminalSize,
): Promise<OpenShell> {
  const place = await machine.openTerminal(name);
  try {
    const terminal = await openPtyTerminal({
      attachCommand: [machine.agentProgram, "attach", place.socket, String(inode)],
      size,
    });
    const opened: OpenShell = { terminal, inode, closed: false };
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

/**
 * Inode of the namespace with that name; the newest, when several share it. The initial one needs no
 * listing: in an emulated machine that takes as long as the first prompt.
 */
async function inodeOf(machine: AgentMachine, name: string): Promise<number> {
  if (name === initialName) return initialInode;
  const others = (await machine.control.namespaces()).filter((one) => !one.initial);
  const found =
    others.findLast((one) => one.netnsNames.includes(name)) ??
    others.findLast((one) => one.hostname === name);
  if (found !== undefined) return found.inode;
  throw new SandboxError(
    `There is no namespace ${name} yet. Run the cells that build the network first.`,
  );
}
