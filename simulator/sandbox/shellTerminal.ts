// One shell of a machine on a terminal of its own: what it shows, what is typed, and runs of cells.
// A run is handed to the shell when it is at its prompt; what the terminal then shows, without the echo
// and the next prompt, is the run's output.
// Not here: which shell belongs to which name (namedTerminals.ts), the line editor (shell/interactive).

import {
  type RunEvent,
  SandboxError,
  type Terminal,
  type TerminalSize,
} from "../../shared/sandbox.ts";
import type { Net } from "../net/core/netNamespace.ts";
import type { OpenFile, Process, Uts } from "../process/process.ts";
import { spawn, statusNumber, takeTerminal } from "../process/processTable.ts";
import { signalNumber } from "../process/signals.ts";
import { createTerminal } from "../process/tty.ts";
import { createWaitQueue } from "../process/wait.ts";
import type { RunFollower, ShellMoment } from "../shell/interactive/runFollower.ts";
import { type ByteQueue, byteQueue, byteString, bytesOf } from "./byteQueue.ts";
import { cellSource } from "./cellSource.ts";
import { rootEnvironment } from "./environment.ts";
import type { MachineLife } from "./machineLife.ts";

/** Where a shell is, and what its prompt calls that place: undefined for the hostname. */
export type ShellPlace = {
  readonly device: string;
  readonly net: Net;
  readonly uts: Uts;
  readonly name: string | undefined;
};

/** A terminal with what its owner needs beyond the seam. */
export type ShellTerminal = Terminal & {
  /** True once the shell has ended or was cut off. */
  readonly closed: boolean;
  /** Settles then. */
  readonly whenClosed: Promise<void>;
  /** Ends it: the shell is hung up. The sentence says why. */
  dispose(sentence: string): void;
};

const CONTROL_C = "\x03";
const BUSY =
  "The terminal is busy: a program still runs in it. Stop it with Ctrl-C, then run this again.";

/** A run that has not ended. */
type ActiveRun = {
  readonly source: string;
  readonly output: ByteQueue;
  taken: boolean;
  stopped: boolean;
  /** Nobody reads its output any more. */
  left: boolean;
  end: RunEvent | undefined;
};

/** What is known of the shell. */
type State = {
  readonly life: MachineLife;
  moment: ShellMoment | "starting" | "ended";
  run: ActiveRun | undefined;
  sentence: string;
  /** Called when the moment is another one. */
  readonly watchers: Set<() => void>;
  /** Ends the machine's hurry, while a run makes it hurry. */
  hurry: (() => void) | undefined;
};

/** Opens a terminal; resolves when its shell is at its prompt, rejects with a `SandboxError`. */
export async function openShellTerminal(
  life: MachineLife,
  place: ShellPlace,
  size: TerminalSize,
): Promise<ShellTerminal> {
  const state: State = {
    life,
    moment: "starting",
    run: undefined,
    sentence: "",
    watchers: new Set(),
    hurry: undefined,
  };
  const asked = createWaitQueue();
  const follower = followerOf(state, asked.wait);
  const screen: ByteQueue = byteQueue({
    keepsLatest: true,
    drained: () => drained(),
  });
  const tty = createTerminal(life.machine, {
    name: place.device,
    ...size,
    show(bytes) {
      const piece = bytesOf(bytes);
      screen.push(piece);
      if (state.run === undefined) return;
      hurry(state, true);
      if (follower.shows && state.run.taken && !state.run.left) state.run.output.push(piece);
    },
    hasRoom: () => screen.hasRoom && state.run?.output.hasRoom !== false,
  });
  const drained = () => {
    tty.drained();
    life.runner.wake();
  };
  const shell = startShell(state, { place, follower, file: starvingFile(state, tty.open()) });
  takeTerminal(shell, tty);

  const type = (bytes: string) => {
    if (state.moment === "ended") return;
    if (state.run !== undefined) {
      if (bytes.includes(CONTROL_C)) state.run.stopped = true;
      hurry(state, true);
    }
    tty.input(bytes);
    life.runner.wake();
  };
  const close = (sentence: string) => {
    if (state.moment === "ended") return;
    state.sentence = sentence;
    endRun(state, { type: "lost", reason: sentence });
    screen.end();
    become(state, "ended");
  };
  life.onSlice(() => {
    if (shell.exitStatus === undefined) return state.moment !== "ended";
    const code = statusNumber(shell.exitStatus, signalNumber);
    endRun(state, { type: "exit", code });
    close(`The shell of this terminal ended with code ${code}. Open the terminal again.`);
    return false;
  });
  void life.ended.then(close);
  life.runner.wake();
  await until(state, () => state.moment !== "starting");
  if (state.moment === "ended") throw new SandboxError(state.sentence);
  return {
    run: (source) => runAtPrompt(state, cellSource(source), { type, drained, ask: asked.wakeAll }),
    write: (bytes) => type(byteString(bytes)),
    resize({ columns, rows }) {
      if (state.moment === "ended") return;
      tty.resize(columns, rows);
      life.runner.wake();
    },
    output: screen,
    get closed() {
      return state.moment === "ended";
    },
    whenClosed: until(state, () => state.moment === "ended"),
    dispose(sentence) {
      if (state.moment === "ended") return;
      close(sentence);
      tty.hangUp();
      life.runner.wake();
    },
  };
}

function followerOf(state: State, asked: RunFollower["asked"]): RunFollower {
  return {
    asked,
    take() {
      const { run } = state;
      if (run === undefined || run.taken) return undefined;
      run.taken = true;
      return run.source;
    },
    shows: false,
    get stopped() {
      return state.run?.stopped === true;
    },
    note(moment, status) {
      if (state.moment === "ended") return;
      if (moment === "prompt" && state.run?.taken === true) {
        endRun(state, { type: "exit", code: status });
      }
      become(state, moment);
    },
  };
}

function become(state: State, moment: State["moment"]): void {
  state.moment = moment;
  for (const watcher of [...state.watchers]) watcher();
}

function endRun(state: State, end: RunEvent): void {
  const { run } = state;
  if (run === undefined) return;
  state.run = undefined;
  run.end = end;
  run.output.end();
  hurry(state, false);
  state.life.observations.poke?.();
}

/** While a run waits for keys, time follows the reader's clock. */
function hurry(state: State, on: boolean): void {
  if (on === (state.hurry !== undefined)) return;
  const stop = state.hurry;
  state.hurry = on ? state.life.await() : undefined;
  stop?.();
}

/** The terminal's file: whoever reads it and finds nothing waits for the reader. */
function starvingFile(state: State, file: OpenFile): OpenFile {
  return {
    ...file,
    read(self, max) {
      const bytes = file.read(self, max);
      if (bytes === "again" && state.run?.taken === true) hurry(state, false);
      return bytes;
    },
  };
}

function startShell(
  { life }: State,
  parts: { readonly place: ShellPlace; readonly follower: RunFollower; readonly file: OpenFile },
): Process {
  const { place, follower, file } = parts;
  const shell = spawn(life.machine.init, {
    argv: ["bash"],
    files: new Map([0, 1, 2].map((fd) => [fd, file])),
    environment: rootEnvironment(),
    cwd: "/root",
    processGroup: 0,
    net: place.net,
    uts: place.uts,
    *program(self) {
      const { terminalShell } = yield* self.machine.scheduler.fetch(
        import("../shell/interactive/terminalShell.ts"),
      );
      return yield* terminalShell(self, follower, place.name);
    },
  });
  shell.sysNet = place.net;
  return shell;
}

type Typing = {
  type(bytes: string): void;
  drained(): void;
  /** Tells the shell that there is a source. */
  ask(): void;
};

async function* runAtPrompt(
  state: State,
  source: string,
  typing: Typing,
): AsyncGenerator<RunEvent> {
  if (state.moment === "unfinished" && state.run === undefined) {
    // A half-typed command that spans lines is given up, as a half-typed line is.
    typing.type(CONTROL_C);
    await until(state, () => state.moment !== "unfinished" && state.moment !== "running");
  }
  if (state.moment !== "prompt" || state.run !== undefined) {
    yield { type: "lost", reason: state.moment === "ended" ? state.sentence : BUSY };
    return;
  }
  const run: ActiveRun = {
    source,
    output: byteQueue({ drained: typing.drained }),
    taken: false,
    stopped: false,
    left: false,
    end: undefined,
  };
  state.run = run;
  typing.ask();
  state.life.runner.wake();
  try {
    for await (const bytes of run.output) yield { type: "output", bytes };
  } finally {
    run.left = true;
  }
  if (run.end !== undefined) yield run.end;
}

/** Settles when the condition holds, or the terminal has ended. */
function until(state: State, condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const watcher = () => {
      if (!condition() && state.moment !== "ended") return;
      state.watchers.delete(watcher);
      resolve();
    };
    state.watchers.add(watcher);
    watcher();
  });
}
