// Makes a machine: a clock that stands at a fixed moment, chance from a seed, a kernel, files and
// init. The same seed and the same input give the same bytes.
// Not here: running it (run.ts). Not simulated: booting.

import { createClock } from "../clock.ts";
import { bootKernel } from "../net/bootKernel.ts";
import type { Machine, ProgramEntry } from "../process/machine.ts";
import { createNetnsNames } from "../process/netnsNames.ts";
import { createInit, endProcess } from "../process/processTable.ts";
import { createScheduler } from "../process/runProcesses.ts";
import { createFiles } from "../process/startTree.ts";
import { createRandom } from "../random.ts";

/** When a machine starts unless somebody says otherwise, microseconds since 1970. */
const DEFAULT_START = 1_795_505_400_000_000;

/** The inode of the initial UTS namespace on the kernel that we follow. */
const INIT_UTS_INODE = 4026531838;

/** What a machine is made from. */
export type MachineParts = {
  readonly seed: number;
  /** Clock microseconds. */
  readonly start?: number;
  readonly programs: ReadonlyMap<string, ProgramEntry>;
};

/** A machine that has just booted: only `lo`, which is down, and init. */
export function createMachine({ seed, start = DEFAULT_START, programs }: MachineParts): Machine {
  const clock = createClock(start);
  const random = createRandom(seed);
  const initUts = { hostname: "lab", inode: INIT_UTS_INODE };
  const parts: Omit<Machine, "init"> = {
    kernel: bootKernel({ clock, random }),
    clock,
    random,
    scheduler: createScheduler({ clock, random, ended: endProcess }),
    processes: new Map(),
    files: createFiles(clock, programs.keys()),
    programs: rememberLoaded(programs),
    netnsNames: createNetnsNames(),
    initUts,
    nextPid: 160 + random.below(40),
    nextFileInode: 10000,
  };
  const machine = parts as Machine;
  machine.init = createInit(machine);
  return machine;
}

/** A copy in which what has once been fetched is there at once. */
function rememberLoaded(programs: ReadonlyMap<string, ProgramEntry>): Map<string, ProgramEntry> {
  const table = new Map(programs);
  for (const [name, entry] of programs) {
    if (!("load" in entry)) continue;
    const load = () =>
      entry.load().then((program) => {
        table.set(name, { program });
        return program;
      });
    table.set(name, { load });
  }
  return table;
}
