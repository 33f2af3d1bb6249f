// How fast does a machine's time pass beside the reader's? At their pace, ten times that, as fast as
// it can while something runs, not at all, or one event at a time. The machine runs in slices of a
// few milliseconds, so that whoever shares its thread stays quick.
// Not here: what runs in the machine (simulatorSandbox.ts).

import type { Pace } from "../../shared/sandbox.ts";
import type { Machine } from "../process/machine.ts";

/** The world outside: a clock in milliseconds, a timer and a turn for others. */
export type World = {
  /** Milliseconds that only ever rise. */
  now(): number;
  /** Calls `action` once after so many milliseconds; the answer cancels it. */
  after(milliseconds: number, action: () => void): () => void;
  /** Settles when everything else that is ready has had its turn. */
  turn(): Promise<void>;
};

/** Runs one machine. */
export type Runner = {
  /** Something came from outside: look at once. */
  wake(): void;
  setPace(pace: Pace): void;
  /** While it stands still: lets exactly one timer and all that follows from it happen. */
  stepEvent(): void;
  /** Says whether anybody waits for a result; "fastest" hurries only then. */
  setHurry(hurry: boolean): void;
  stop(): void;
};

/** A slice, in milliseconds of the reader's time. */
const SLICE = 8;
const TURNS = 200;
/** Longer sleeps of the outside timer are taken in pieces. */
const LONGEST_WAIT = 60_000;

/** How the machine's time follows the reader's. */
type Tempo = {
  /** Lets the machine's clock show the reader's now, unless something is due before that. */
  catchUp(): void;
  /** Lets time move to what is due next, if it may; false when it has to wait. */
  moveOn(): boolean;
  /** Milliseconds until it may. */
  untilDue(): number;
  setPace(pace: Pace): void;
  setHurry(hurry: boolean): void;
  stepEvent(): void;
};

function createTempo({ clock }: Machine, world: World): Tempo {
  let pace: Pace = 1;
  let hurry = false;
  let begun = false;
  let steps = 0;
  let anchor = { virtual: clock.now, outside: world.now() };
  const hurries = () => pace === "fastest" && hurry;
  // As fast as it can, nothing moves before somebody first waits: the same input meets the same time.
  const rate = () => (pace !== "fastest" ? pace : begun ? 1 : 0);
  /** The machine's time that belongs to the reader's now. */
  const target = () => Math.floor(anchor.virtual + (world.now() - anchor.outside) * 1000 * rate());
  const anchorHere = () => {
    anchor = { virtual: clock.now, outside: world.now() };
  };
  const catchUp = () => {
    if (rate() > 0 && !hurries()) clock.advanceTo(target());
  };
  return {
    catchUp,
    moveOn() {
      const due = clock.nextDue();
      if (due !== undefined && hurries()) {
        const moved = clock.runNext();
        anchorHere();
        return moved;
      }
      if (due !== undefined && steps > 0) {
        steps -= 1;
        return clock.runNext();
      }
      if (due !== undefined && due <= target()) return clock.runNext();
      catchUp();
      return false;
    },
    untilDue() {
      const due = clock.nextDue();
      return due === undefined || rate() === 0 ? LONGEST_WAIT : (due - target()) / 1000 / rate();
    },
    setPace(next) {
      catchUp();
      anchorHere();
      pace = next;
    },
    setHurry(next) {
      catchUp();
      anchorHere();
      begun = true;
      hurry = next;
    },
    stepEvent() {
      steps += 1;
    },
  };
}

/** Starts to run the machine; `afterSlice` is called whenever it may have changed. */
export function createRunner(machine: Machine, world: World, afterSlice: () => void): Runner {
  const { scheduler } = machine;
  const tempo = createTempo(machine, world);
  let stopped = false;
  let woken = false;
  let endRest: () => void = () => {};

  /** True when more could be done at once. */
  const slice = async (): Promise<boolean> => {
    const end = world.now() + SLICE;
    // Whoever is ready now has not slept since the last slice.
    tempo.catchUp();
    while (!stopped && world.now() < end) {
      if (scheduler.runReady(TURNS)) continue;
      if (!scheduler.idle) await scheduler.fetched();
      else if (!tempo.moveOn()) return false;
    }
    return true;
  };

  const rest = (): Promise<void> => {
    if (woken) return Promise.resolve();
    const milliseconds = Math.min(Math.max(0, tempo.untilDue()), LONGEST_WAIT);
    return new Promise((resolve) => {
      const cancel = world.after(milliseconds, resolve);
      endRest = () => {
        cancel();
        resolve();
      };
    });
  };

  const run = async (): Promise<void> => {
    while (!stopped) {
      woken = false;
      const more = await slice();
      afterSlice();
      await (more ? world.turn() : rest());
    }
  };
  void run();

  const wake = () => {
    woken = true;
    endRest();
  };
  const thenWake =
    <T extends unknown[]>(act: (...values: T) => void) =>
    (...values: T) => {
      act(...values);
      wake();
    };
  return {
    wake,
    setPace: thenWake(tempo.setPace),
    setHurry: thenWake(tempo.setHurry),
    stepEvent: thenWake(tempo.stepEvent),
    stop: thenWake(() => {
      stopped = true;
    }),
  };
}
