// A process of the simulated machine: what the kernel knows about it (credentials left out: all are
// root), and the files it has open.
// This file holds the shape only.
// Not here: how one starts, waits and ends (processTable.ts), what it reads and writes (io.ts).

import type { Errno } from "../net/core/errno.ts";
import type { Net } from "../net/core/netNamespace.ts";
import type { Machine } from "./machine.ts";
import type { Execution, Wait, WaitQueue } from "./wait.ts";

/** Bytes as a string: one character of code 0 to 255 for each byte. All files, pipes and terminals carry these. */
export type ByteString = string;

/** Signals by name without SIG, as `kill -l` lists them. */
export type Signal =
  | "HUP"
  | "INT"
  | "QUIT"
  | "ILL"
  | "TRAP"
  | "ABRT"
  | "BUS"
  | "FPE"
  | "KILL"
  | "USR1"
  | "SEGV"
  | "USR2"
  | "PIPE"
  | "ALRM"
  | "TERM"
  | "STKFLT"
  | "CHLD"
  | "CONT"
  | "STOP"
  | "TSTP"
  | "TTIN"
  | "TTOU"
  | "URG"
  | "XCPU"
  | "XFSZ"
  | "VTALRM"
  | "PROF"
  | "WINCH"
  | "IO"
  | "PWR"
  | "SYS";

/** Runs a program in a process; `self.argv` holds its words, argv[0] included. */
export type Program = (self: Process) => Execution;

/**
 * An open file, pipe end or terminal; shared by all descriptors that were copied from one another.
 * `read` and `write` never wait by themselves: they answer "again" and `changed` tells when to retry.
 */
export interface OpenFile {
  readonly kind: "file" | "directory" | "pipe" | "tty" | "null" | "socket" | "proc";
  /** Path or description for /proc/PID/fd, such as "pipe:[12]" or "/tmp/x". */
  readonly label: string;
  /** Up to `max` bytes; "" at the end; "again" when nothing is there yet. */
  read(self: Process, max: number): ByteString | "again" | { readonly errno: Errno };
  /** How many bytes were taken (all or none for pipes within their size); "again" when full; EPIPE when nobody reads. */
  write(self: Process, bytes: ByteString): number | "again" | { readonly errno: Errno };
  /** Comes when a read or a write may succeed now. */
  readonly changed: Wait;
  /** Descriptors that refer to it; the last `closeFile` releases it. */
  references: number;
  release(): void;
  /** The terminal, when it is one. */
  readonly terminal?: ControllingTerminal;
  /** Position for regular files; undefined where there is none. */
  position?: number;
}

/** How a process ended. */
export type ExitStatus = { readonly code: number } | { readonly signal: Signal };

/** The hostname that processes of one UTS namespace share. */
export type Uts = { hostname: string; readonly inode: number };

/** A terminal that a session of processes has; see tty.ts. */
export interface ControllingTerminal {
  readonly name: string;
  /** The process group that gets Ctrl-C and may read. */
  foreground: number;
  readonly columns: number;
  readonly rows: number;
  readonly modes: Readonly<TerminalModes>;
  /** Changes modes as tcsetattr(3) does; a background process is stopped by TTOU first. */
  setModes(self: Process, change: Partial<TerminalModes>): void;
  /** Opens it once more; the caller has the reference. */
  open(): OpenFile;
}

/** What a terminal does with input and output (termios(3)); the names of stty(1) are in brackets. */
export type TerminalModes = {
  /** Input comes in lines that can be edited (icanon). */
  canonical: boolean;
  echo: boolean;
  /** Ctrl-C, Ctrl-\\ and Ctrl-Z send signals (isig). */
  signals: boolean;
  /** CR is read as NL (icrnl). */
  crToNl: boolean;
  /** NL is written as CR NL (opost onlcr). */
  nlToCrNl: boolean;
  /** Ctrl-S and Ctrl-Q stop and start output (ixon). */
  flow: boolean;
  /** Background writers are stopped (tostop). */
  stopWriters: boolean;
};

/** One process. */
export type Process = {
  readonly machine: Machine;
  readonly pid: number;
  parent: Process | undefined;
  readonly children: Set<Process>;
  processGroup: number;
  session: number;
  tty: ControllingTerminal | undefined;
  /** Words of the command line; exec replaces them. */
  argv: readonly string[];
  /** Name of at most 15 characters, as ps -o comm shows it. */
  name: string;
  /** The file that it runs, as /proc/PID/exe shows it. */
  executable: string;
  readonly environment: Map<string, string>;
  cwd: string;
  umask: number;
  net: Net;
  uts: Uts;
  /** Inodes of its other namespaces where they are not the initial ones: "mnt", "ipc", … */
  readonly otherNamespaces: Map<string, number>;
  /** Which namespace's devices /sys/class/net shows: `ip netns exec` mounts /sys anew, nsenter does not. */
  sysNet: Net;
  readonly files: Map<number, OpenFile>;
  state: "running" | "stopped" | "zombie";
  exitStatus: ExitStatus | undefined;
  /** The signal that stopped it, while it is stopped. */
  stopSignal: Signal | undefined;
  /** Wakes when it ends, stops or goes on. */
  readonly changed: WaitQueue;
  /** What is done on a signal; absent means Linux's default. A handler runs at once; then the process goes on. */
  readonly handlers: Map<Signal, "ignore" | (() => void)>;
  /** Signals that came while it was stopped; they act when it goes on. */
  readonly pending: Set<Signal>;
  /** Clock microseconds. */
  readonly started: number;
};
