// Runs a source by typing it at the prompt of a terminal's shell, in three steps: the start key and
// the run's nonce; the shell's S mark, which says that Bash's line editor has taken the nonce; the
// source as a paste. Nothing is typed into a program that runs. Keys that a reader presses meanwhile
// wait until the source is typed.
// Not here: where the run's output begins and ends (runOutput.ts).

import type { IPty } from "node-pty";
import type { RunEvent } from "../../shared/sandbox.ts";
import { createQueue, type Queue } from "../agent/eventQueue.ts";
import { typedSource } from "./pastedSource.ts";
import { followRun, type RunOutput } from "./runOutput.ts";

/** A run that has not ended: what follows the output for it, and its events for the consumer. */
export type ActiveRun = { readonly follow: RunOutput; readonly events: Queue<RunEvent> };

/** The shell of a terminal, as far as its marks tell. */
export type Shell = {
  readonly pty: IPty;
  readonly output: Queue<Uint8Array>;
  /** What the marks of the shell carry now: the nonce of the latest run. */
  nonce: string;
  /** Nonces whose marks are ours, though they no longer mean anything. */
  readonly oldNonces: Set<string>;
  /** "unfinished": the shell waits for more lines of a command. */
  state: "starting" | "prompt" | "unfinished" | "running" | "ended";
  run: ActiveRun | undefined;
  /** Keys that came while a run was being typed; undefined when keys are not held. */
  heldKeys: Buffer[] | undefined;
  paused: boolean;
  endSentence: string;
  /** Called after every mark and at the end. */
  readonly watchers: Set<() => void>;
  /** Types keys, unless the terminal has ended. */
  type(keys: Buffer): void;
  /** Pauses or resumes the pty by what waits for its readers. */
  balance(): void;
};

const startKey = "\x1b[9134~";
const controlC = "\x03";
const answerSeconds = 10;
/** How long the shell may take for one start key before it is typed again. */
const patienceSeconds = 1;
const busySentence =
  "The terminal is busy: a program still runs in it. Stop it with Ctrl-C, then run this again.";
const silentSentence =
  "The shell of this terminal does not answer. Press Ctrl-C in it, or reset the sandbox.";

/** Types the source and yields what it prints and its exit code, or `lost` and a sentence. */
export async function* typedRun(
  shell: Shell,
  source: string,
  nonce: string,
): AsyncGenerator<RunEvent> {
  if (shell.run !== undefined || shell.heldKeys !== undefined) {
    yield { type: "lost", reason: busySentence };
    return;
  }
  const held: Buffer[] = [];
  shell.heldKeys = held;
  let active: ActiveRun | undefined;
  try {
    if (shell.state === "unfinished") await leaveUnfinished(shell);
    if (shell.state === "prompt") active = await startRun(shell, nonce);
    if (active !== undefined && shell.run === active) shell.pty.write(typedSource(source));
  } finally {
    shell.heldKeys = undefined;
    for (const keys of held) shell.type(keys);
  }
  if (active !== undefined) {
    yield* active.events;
  } else {
    const reason = shell.state === "ended" ? shell.endSentence : busySentence;
    yield { type: "lost", reason };
  }
}

/** Gives an event to the run, if there is one; `exit` and `lost` end it. */
export function pushRunEvent(shell: Shell, event: RunEvent): void {
  shell.run?.events.push(event);
  if (event.type === "output") return;
  shell.run?.events.end();
  shell.run = undefined;
}

/** A half-typed command that spans lines is given up, as a half-typed line is. */
async function leaveUnfinished(shell: Shell): Promise<void> {
  shell.pty.write(controlC);
  await until(shell, () => shell.state !== "unfinished", answerSeconds);
}

/** Makes the shell take the nonce; afterwards the run is the shell's, or it has ended. */
async function startRun(shell: Shell, nonce: string): Promise<ActiveRun> {
  shell.oldNonces.clear();
  shell.oldNonces.add(shell.nonce);
  shell.nonce = nonce;
  shell.state = "running";
  let started = false;
  const follow = followRun(nonce);
  const active: ActiveRun = {
    events: createQueue<RunEvent>({
      weigh: (event) => (event.type === "output" ? event.bytes.length : 0),
      onPull: () => shell.balance(),
    }),
    follow: (piece) => {
      started ||= piece.type === "mark" && piece.kind === "S" && piece.nonce === nonce;
      return started ? follow(piece) : [];
    },
  };
  shell.run = active;
  shell.pty.write(startKey + nonce);
  // A late Ctrl-C of the run before may have made the tty drop some of these keys. Another Ctrl-C
  // frees the shell from waiting for the rest of them; they are typed again at the prompt it shows.
  for (let waited = 0; waited < answerSeconds; waited += patienceSeconds) {
    if (waited > 0) {
      let marks = -1; // the first look is before any mark
      shell.pty.write(controlC);
      await until(shell, () => ++marks > 0 || started, patienceSeconds);
      if (!started && shell.run === active) shell.pty.write(startKey + nonce);
    }
    await until(shell, () => started, patienceSeconds);
    if (started || shell.run !== active) return active;
  }
  pushRunEvent(shell, { type: "lost", reason: silentSentence });
  return active;
}

/** Waits until a mark makes the condition true, the shell ends, or the time is over. */
export function until(shell: Shell, condition: () => boolean, seconds?: number): Promise<void> {
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const watcher = (): void => {
      if (!condition() && shell.state !== "ended") return;
      clearTimeout(timer);
      shell.watchers.delete(watcher);
      resolve();
    };
    if (seconds !== undefined) {
      timer = setTimeout(() => {
        shell.watchers.delete(watcher);
        resolve();
      }, seconds * 1000);
    }
    shell.watchers.add(watcher);
    watcher();
  });
}
