// The Sandbox of the seam over a machine with our agent in it: terminals, scripts, observing and
// reset are the same whether the machine is a VM or namespaces of this host.
// Not here: starting a machine (server/vm, server/host).

import {
  type Observations,
  type RunEvent,
  type Sandbox,
  SandboxError,
  type SandboxKind,
  type SnapshotId,
  type StateObservation,
} from "../../shared/sandbox.ts";
import type { AgentControl } from "../agent/connection.ts";
import { observeAgent } from "../observe/observer.ts";
import { agentTerminals, type NamedTerminals } from "./agentTerminals.ts";

/** A started machine whose agent answers. */
export type AgentMachine = {
  readonly kind: SandboxKind;
  /** In the reader's words: "Linux 6.1.0-56-cloud-amd64 in a VM". */
  readonly kernel: string;
  readonly control: AgentControl;
  /** The agent's program on this host, which is also the client of a terminal. */
  readonly agentProgram: string;
  /**
   * A place where one more terminal can be opened; rejects with a `SandboxError` when all are taken.
   * For the first "lab" a machine may have a shell that already waits at its prompt.
   */
  openTerminal(name: string): Promise<TerminalPlace>;
  /** Ends the machine and removes what it left on this host. */
  stop(): Promise<void>;
  /** Settles with a sentence when the machine has ended. */
  readonly ended: Promise<string>;
};

/** Where the client of one terminal connects to. */
export type TerminalPlace = {
  readonly socket: string;
  /** The terminal has ended; another may have the place. */
  release(): void;
};

const closedSentence = "The sandbox was closed.";

type Life = { readonly machine: AgentMachine; readonly terminals: NamedTerminals };

/** Starts a machine and makes a sandbox of it; `start` is called again by each reset. */
export async function openAgentSandbox(start: () => Promise<AgentMachine>): Promise<Sandbox> {
  let settleEnded: (sentence: string) => void = () => {};
  const ended = new Promise<string>((resolve) => {
    settleEnded = resolve;
  });
  let life: Life | undefined;
  let closed = false;

  const begin = async (): Promise<void> => {
    const machine = await start();
    if (closed) {
      machine.control.close(closedSentence);
      await machine.stop();
      throw new SandboxError(closedSentence);
    }
    const begun: Life = { machine, terminals: agentTerminals(machine) };
    life = begun;
    void machine.ended.then((sentence) => {
      if (life === begun) settleEnded(sentence);
    });
  };
  const finish = async (sentence: string): Promise<void> => {
    const finished = life;
    life = undefined;
    finished?.terminals.close(sentence);
    finished?.machine.control.close(sentence);
    await finished?.machine.stop();
  };
  const current = (): Life => {
    if (life !== undefined) return life;
    throw new SandboxError("The sandbox is not running. Run starts a new one.");
  };

  await begin();
  const { kind, kernel } = current().machine;
  return {
    kind,
    kernel,
    ended,
    terminal: async (name, size) => current().terminals.open(name, size),
    script: (source, { name }) => runScript(() => current().machine.control, source, name),
    observe(wanted) {
      if ("packets" in wanted) throw new SandboxError(NO_FRAMES);
      return observeMachine(current().machine);
    },
    async reset(to?: SnapshotId) {
      if (to !== undefined) {
        throw new SandboxError(`This sandbox has no snapshot ${to}. Reset it to its start.`);
      }
      await finish("The sandbox was reset.");
      try {
        await begin();
      } catch (error) {
        settleEnded("The sandbox could not be started again.");
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      await finish(closedSentence);
      settleEnded(closedSentence);
    },
  };
}

const NO_FRAMES =
  "Frames of this kind of sandbox are not captured yet. Run tcpdump in a terminal instead.";

const observers = new WeakMap<AgentMachine, Observations<StateObservation>>();

/** One observer for each machine: its agent's changes have one reader, who tells all others. */
function observeMachine(machine: AgentMachine): Observations<StateObservation> {
  const known = observers.get(machine);
  if (known !== undefined) return known;
  const observer = observeAgent(machine.control);
  observers.set(machine, observer);
  return observer;
}

/**
 * A script of Bash in root's home, run without a terminal; it ends when Bash itself ends. Its first
 * words remove its own file, which Bash has open by then: a fresh machine stays empty for `ls`.
 */
async function* runScript(
  control: () => AgentControl,
  source: string,
  name: string,
): AsyncGenerator<RunEvent> {
  const file = name.replace(/^.*\//, "") || "script.sh";
  try {
    const store = ["sh", "-c", 'cat > "$1"', "sh", file];
    const unseen = `rm -f -- '${file.replaceAll("'", "'\\''")}'; ${source}`;
    const { code, output } = await control().run(store, { stdin: unseen });
    if (code !== 0) throw new SandboxError(`The script could not be stored. ${output.trim()}`);
    yield* control().stream(["bash", "--", file]);
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    yield { type: "lost", reason: error.message };
  }
}
