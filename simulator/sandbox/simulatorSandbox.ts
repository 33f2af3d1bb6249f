// The simulator as a sandbox of the seam: one machine, made anew by a reset, run at a pace beside the
// reader's time. Whoever holds it cannot tell where it runs: the page's worker, the server, a test.
// Not here: the machine (../machine/createMachine.ts), its life (machineLife.ts).

import { type Observations, type Pace, type Sandbox, SandboxError } from "../../shared/sandbox.ts";
import type { Capture } from "./capture.ts";
import { beginLife, type LifeOptions } from "./machineLife.ts";
import { namedTerminals } from "./namedTerminals.ts";
import { runScript } from "./scriptRun.ts";

/** What a simulator is made of. */
export type SimulatorOptions = Omit<LifeOptions, "pace"> & {
  /** How its time passes; tests and the command line take "fastest". */
  readonly pace: Pace;
};

const KERNEL = "the simulator of Linux 6.1";
const RESET = "The sandbox was reset.";
const CLOSED = "The sandbox was closed.";

/** A sandbox that is ready at once. */
export function openSimulator(options: SimulatorOptions): Sandbox {
  let settleEnded: (reason: string) => void = () => {};
  const ended = new Promise<string>((resolve) => {
    settleEnded = resolve;
  });
  let pace = options.pace;
  let life = beginLife({ ...options, pace });
  let terminals = namedTerminals(life);
  return {
    kind: "simulator",
    kernel: KERNEL,
    ended,
    terminal: (name, size) => terminals.open(name, size),
    script: (source, { name }) => runScript(life, source, name),
    observe: (wanted) => ("state" in wanted ? life.observations : frames(life.capture)),
    async reset(to) {
      if (to !== undefined) {
        throw new SandboxError(`This sandbox has no snapshot ${to}. Reset it to its start.`);
      }
      life.end(RESET);
      life = beginLife({ ...options, pace });
      terminals = namedTerminals(life);
    },
    time: {
      get pace() {
        return pace;
      },
      setPace(next) {
        pace = next;
        life.runner.setPace(next);
      },
      stepEvent: () => life.runner.stepEvent(),
    },
    async [Symbol.asyncDispose]() {
      life.end(CLOSED);
      settleEnded(CLOSED);
    },
  };
}

async function* frames({ batches }: Capture): Observations {
  for await (const packets of batches) yield { type: "packets", packets };
}
