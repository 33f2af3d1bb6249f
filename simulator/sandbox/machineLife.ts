// One machine from its start to its end: it runs at a pace, says what its network is like, and whoever
// waits for it learns when it ends.
// Not here: what runs in it (scriptRun.ts, simulatorTerminal.ts), how time passes (pace.ts).

import { type Newest, newestOnly } from "../../shared/newest.ts";
import type { Observations, Pace, StateObservation } from "../../shared/sandbox.ts";
import { programs } from "../commands/programs.ts";
import { createMachine } from "../machine/createMachine.ts";
import { openDevice } from "../net/core/devChange.ts";
import type { Machine } from "../process/machine.ts";
import { type Capture, createCapture } from "./capture.ts";
import { networkState } from "./networkState.ts";
import { createRunner, type Runner, type World } from "./pace.ts";

/** What a life is made of. */
export type LifeOptions = {
  readonly world: World;
  /** The same seed and the same input give the same bytes. */
  readonly seed: number;
  /** What the machine's clock shows first, milliseconds since 1970. */
  readonly start: number;
  readonly pace: Pace;
};

/** A machine that runs. */
export type MachineLife = {
  readonly machine: Machine;
  readonly runner: Runner;
  readonly observations: Observations<StateObservation>;
  readonly capture: Capture;
  /** Called after each slice of work, until it answers false. */
  onSlice(look: () => boolean): void;
  /** Somebody waits for a result from now on; call the answer when it is there. */
  await(): () => void;
  /** Settles with a sentence when this life is over. */
  readonly ended: Promise<string>;
  end(reason: string): void;
};

/** The network is told at most this often, in milliseconds. */
const TELL_EVERY = 40;

/** Starts a machine. */
export function beginLife(options: LifeOptions): MachineLife {
  const { world, seed, start, pace } = options;
  const machine = createMachine({ seed, start: start * 1000, programs });
  // As the init of the VM does.
  openDevice(machine.kernel.initNet.loopback);
  const looks = new Set<() => boolean>();
  const watcher = watchNetwork(machine, world);
  const capture = createCapture(machine);
  let waiting = 0;
  let settle: (reason: string) => void = () => {};
  const ended = new Promise<string>((resolve) => {
    settle = resolve;
  });
  const runner = createRunner(machine, world, () => {
    for (const look of [...looks]) if (!look()) looks.delete(look);
    watcher.afterSlice();
    capture.afterSlice();
  });
  runner.setPace(pace);
  return {
    machine,
    runner,
    observations: watcher.observations,
    capture,
    onSlice: (look) => void looks.add(look),
    await() {
      waiting += 1;
      runner.setHurry(true);
      return () => {
        waiting -= 1;
        if (waiting === 0) runner.setHurry(false);
      };
    },
    ended,
    end(reason) {
      runner.stop();
      for (const look of [...looks]) look();
      watcher.end();
      capture.end();
      settle(reason);
    },
  };
}

/** Tells the network when netlink or a run may have changed it; nothing is read while nobody looks. */
function watchNetwork(machine: Machine, world: World) {
  const newest: Newest<StateObservation> = newestOnly();
  let watched = false;
  let changed = true;
  let told = Number.NEGATIVE_INFINITY;
  let pending = false;
  machine.kernel.netlinkListeners.add(() => {
    changed = true;
  });
  const tell = () => {
    pending = false;
    changed = false;
    told = world.now();
    newest.put({ type: "state", state: networkState(machine) });
  };
  const afterSlice = () => {
    if (!watched || !changed || pending) return;
    const rest = told + TELL_EVERY - world.now();
    if (rest <= 0) tell();
    else {
      pending = true;
      world.after(rest, tell);
    }
  };
  const observations: Observations<StateObservation> = {
    [Symbol.asyncIterator]() {
      if (!watched) {
        watched = true;
        tell();
      }
      return newest[Symbol.asyncIterator]();
    },
    poke() {
      changed = true;
      afterSlice();
    },
  };
  return { afterSlice, observations, end: () => newest.end() };
}
