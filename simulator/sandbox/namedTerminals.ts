// The terminals of one machine by name. A name is that of a network namespace: "lab" for the initial
// one, else a name in /run/netns, else the hostname of its UTS namespace. A terminal stays when its
// namespace is made anew under the same name, but the next run gets a new shell: the old one would
// answer from the old network, and keep it alive.
// Not here: one shell (shellTerminal.ts).

import {
  type RunEvent,
  SandboxError,
  type Terminal,
  type TerminalSize,
} from "../../shared/sandbox.ts";
import type { Net } from "../net/core/netNamespace.ts";
import type { MachineLife } from "./machineLife.ts";
import { openShellTerminal, type ShellPlace, type ShellTerminal } from "./shellTerminal.ts";

/** The terminals of one life. */
export type NamedTerminals = {
  /** Opens the terminal, or finds it again while its shell lives. */
  open(name: string, size: TerminalSize): Promise<Terminal>;
};

/** A terminal by its name, with the shell that it has now. */
type NamedTerminal = {
  readonly name: string;
  net: Net;
  shell: ShellTerminal;
  size: TerminalSize;
};

const REPLACED = "This namespace was made anew; its terminal has a new shell.";

/** Starts with no terminal. */
export function namedTerminals(life: MachineLife): NamedTerminals {
  const all = new Map<string, { readonly named: NamedTerminal; readonly terminal: Terminal }>();
  /** One opening at a time for each name: two callers get the same terminal. */
  const opening = new Map<string, Promise<Terminal>>();
  const devices = new Set<string>();

  const openShell = async (name: string, size: TerminalSize) => {
    const place = placeOf(life, name);
    const device = freeDevice(devices);
    try {
      const shell = await openShellTerminal(life, { ...place, device }, size);
      void shell.whenClosed.then(() => devices.delete(device));
      return { shell, net: place.net };
    } catch (error) {
      devices.delete(device);
      throw error;
    }
  };
  /** Gives the terminal a new shell when its name stands for another namespace by now. */
  const renew = async (named: NamedTerminal) => {
    const old = named.shell;
    if (placeOf(life, named.name).net === named.net) return;
    const { shell, net } = await openShell(named.name, named.size);
    named.shell = shell;
    named.net = net;
    old.dispose(REPLACED);
  };
  const find = async (name: string, size: TerminalSize): Promise<Terminal> => {
    const known = all.get(name);
    if (known !== undefined && !known.named.shell.closed) {
      known.terminal.resize(size);
      await renew(known.named);
      return known.terminal;
    }
    const named: NamedTerminal = { name, size, ...(await openShell(name, size)) };
    const terminal = steadyTerminal(named, renew);
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
  };
}

/** The terminal that others hold while its shells come and go. */
function steadyTerminal(
  named: NamedTerminal,
  renew: (named: NamedTerminal) => Promise<void>,
): Terminal {
  return {
    run: async function* (source, options): AsyncGenerator<RunEvent> {
      if (!named.shell.closed) {
        try {
          await renew(named);
        } catch (error) {
          if (!(error instanceof SandboxError)) throw error;
          yield { type: "lost", reason: error.message };
          return;
        }
      }
      yield* named.shell.run(source, options);
    },
    write: (bytes) => named.shell.write(bytes),
    resize(size) {
      named.size = size;
      named.shell.resize(size);
    },
    output: outputOf(named),
  };
}

/** What one shell after the other prints; ends when a shell ends that was not replaced. */
async function* outputOf(named: NamedTerminal): AsyncGenerator<Uint8Array> {
  let shell: ShellTerminal;
  do {
    shell = named.shell;
    yield* shell.output;
  } while (shell !== named.shell);
}

function freeDevice(taken: Set<string>): string {
  let number = 0;
  while (taken.has(`/dev/pts/${number}`)) number += 1;
  const device = `/dev/pts/${number}`;
  taken.add(device);
  return device;
}

/** The namespaces with that name; the newest, when several share it. */
function placeOf(life: MachineLife, name: string): Omit<ShellPlace, "device"> {
  const { kernel, initUts, netnsNames, processes } = life.machine;
  if (name === "lab") return { net: kernel.initNet, uts: initUts, name: undefined };
  const named = netnsNames.get(name);
  if (named?.alive) return { net: named, uts: initUts, name };
  const inside = [...processes.values()].findLast(
    ({ net, uts, state }) => net !== kernel.initNet && uts.hostname === name && state !== "zombie",
  );
  if (inside !== undefined) return { net: inside.net, uts: inside.uts, name: undefined };
  throw new SandboxError(
    `There is no namespace ${name} yet. Run the cells that build the network first.`,
  );
}
