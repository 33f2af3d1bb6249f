// The one seam: everything that can run a chapter implements `Sandbox`, and nothing else of the
// product knows which implementation answered. Nothing in this file may assume a server: a later
// kind runs in the page.

import type { NetworkState } from "./network.ts";
import type { Packet } from "./packets.ts";

/** Which kernel answers: a VM of its own, this host's kernel in namespaces, or our simulator. */
export type SandboxKind = "vm" | "host" | "simulator";

/** Width and height of a terminal in character cells; both are whole numbers from 1 to 1000. */
export type TerminalSize = { readonly columns: number; readonly rows: number };

/** Names a snapshot that a sandbox took after a cell. */
export type SnapshotId = string & { readonly brand: "SnapshotId" };

/** What `observe` is to report: the network, or every frame at every device. */
export type ObserveOptions = { readonly state: true } | { readonly packets: true };

/** One report: the whole network as it was read at one moment, or frames in the order in which they were seen. */
export type Observation =
  | StateObservation
  | { readonly type: "packets"; readonly packets: readonly Packet[] };

export type StateObservation = { readonly type: "state"; readonly state: NetworkState };

/** Reports as they come, and a way to ask for the next one. */
export type Observations<Kind extends Observation = Observation> = AsyncIterable<Kind> & {
  /** Looks again soon, also at what the kernel does not announce; called after each run. */
  readonly poke?: () => void;
};

/** How one run is told apart from all others. */
export type RunOptions = {
  /** 32 hexadecimal digits that nobody else knows; they mark the end of this run's output. */
  readonly nonce: string;
};

/** What a run yields, in order. The last event is `exit`, or `lost` when no exit code can be known. */
export type RunEvent =
  | { readonly type: "output"; readonly bytes: Uint8Array }
  /** `code` is the shell's `$?` after the last command, 0 to 255. */
  | { readonly type: "exit"; readonly code: number }
  /** `reason` is a sentence for the reader: what happened and what to do. */
  | { readonly type: "lost"; readonly reason: string };

/** One shell of a sandbox on a pty of its own. */
export interface Terminal {
  /**
   * Types the source at the prompt and yields what it prints, without the echo, and last its exit
   * code. Refuses with a `lost` event when the shell is not at its prompt.
   */
  run(source: string, options: RunOptions): AsyncIterable<RunEvent>;
  /** Types bytes; Ctrl-C is the byte 3. Does nothing once the terminal has ended. */
  write(bytes: Uint8Array): void;
  resize(size: TerminalSize): void;
  /**
   * Everything the terminal shows, from its first byte; one consumer. A consumer that stops
   * pulling stops the program in time. Ends when the shell ends.
   */
  readonly output: AsyncIterable<Uint8Array>;
}

/** Seconds of the machine for each second of the reader; 0 stands still, "fastest" never waits while something runs. */
export type Pace = 0 | 1 | 10 | "fastest";

/** Time that can be told how to pass. */
export interface VirtualTime {
  readonly pace: Pace;
  setPace(pace: Pace): void;
  /** While time stands still: lets the next event happen, and all that follows from it at once. */
  stepEvent(): void;
}

/** One isolated Linux network that belongs to one reader. */
export interface Sandbox extends AsyncDisposable {
  readonly kind: SandboxKind;
  /** The kernel that answers, in the reader's words: "Linux 6.1.0-56-cloud-amd64 in a VM". */
  readonly kernel: string;
  /**
   * Opens, or finds again, the named terminal. "lab" is a shell in the initial namespace; any
   * other name is a shell inside the network and UTS namespace of that name. Rejects with a
   * `SandboxError` when there is no such namespace.
   */
  terminal(name: string, size: TerminalSize): Promise<Terminal>;
  /**
   * Runs a bash script without a terminal, standard output and error merged in order. `name` is
   * what bash calls the script in its messages.
   */
  script(source: string, options: { readonly name: string }): AsyncIterable<RunEvent>;
  /**
   * The network as it is now, then every change; or each frame from now on. Throws a `SandboxError`
   * where frames cannot be captured.
   */
  observe(options: ObserveOptions): Observations;
  /**
   * Back to the start, or to a snapshot. All terminals end. Rejects with a `SandboxError` for a
   * snapshot that this sandbox does not have.
   */
  reset(to?: SnapshotId): Promise<void>;
  /** Only a machine whose time is virtual has it. */
  readonly time?: VirtualTime;
  /** Settles when the sandbox has ended, with a sentence that says why. */
  readonly ended: Promise<string>;
}

/** A refusal whose message is one plain sentence for the reader. */
export class SandboxError extends Error {
  override readonly name = "SandboxError";
}
