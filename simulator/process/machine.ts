// The whole simulated machine: one kernel, its processes, its files.
// This file holds the shape only.
// Not here: making one (../machine/createMachine.ts).

import type { Clock } from "../clock.ts";
import type { Kernel } from "../net/core/kernel.ts";
import type { Random } from "../random.ts";
import type { FileSystem } from "./fileSystem.ts";
import type { NetnsNames } from "./netnsNames.ts";
import type { Process, Program, Uts } from "./process.ts";
import type { Scheduler } from "./scheduler.ts";

/** A program, or how to fetch it; fetching is the only thing here that is not instant. */
export type ProgramEntry =
  | { readonly program: Program }
  | { readonly load: () => Promise<Program> };

/** One machine. Two machines share nothing. */
export type Machine = {
  readonly kernel: Kernel;
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly processes: Map<number, Process>;
  readonly files: FileSystem;
  /** Programs by name, as found in /usr/bin and /usr/sbin. */
  readonly programs: ReadonlyMap<string, ProgramEntry>;
  /** /run/netns: named namespaces, the newest first, as `ip netns list` prints them. */
  readonly netnsNames: NetnsNames;
  readonly initUts: Uts;
  /** pid 1. */
  init: Process;
  /** The number that the next process gets, unless it is taken. */
  nextPid: number;
  /** The inode that the next file or pipe gets. */
  nextFileInode: number;
};
