// One terminal of a sandbox: a pty on the host whose program is `vethbook-agent attach`, which joins
// a shell inside the sandbox. Here: opening it, its output, its end, and back-pressure.
// Not here: running a source at its prompt (typedRun.ts), nor reading what the output means; only
// our own marks are looked at.

import { randomBytes } from "node:crypto";
import { spawn } from "node-pty";
import { SandboxError, type Terminal, type TerminalSize } from "../../shared/sandbox.ts";
import { createQueue } from "../agent/eventQueue.ts";
import { markParser, type Piece } from "./marks.ts";
import { pushRunEvent, type Shell, typedRun, until } from "./typedRun.ts";

/** How a terminal is opened. */
export type PtyTerminalOptions = {
  /** The client that joins the shell: program and arguments. */
  readonly attachCommand: readonly string[];
  readonly size: TerminalSize;
};

/** A terminal with what its owner needs beyond the seam. */
export type PtyTerminal = Terminal & {
  /** Settles when the shell has ended or was cut off, with a sentence that says so. */
  readonly closed: Promise<string>;
  /** Ends it: the client's pty is closed, and the shell is hung up. The sentence says why. */
  dispose(sentence: string): void;
};

/** Bytes that may wait for a reader before the terminal's programs have to wait too. */
const waitingMaximum = 256 * 1024;
/** What a shell's marks carry before its first run; it is no secret and starts nothing. */
const firstNonce = "0".repeat(32);
const promptSeconds = 20;

/** Opens a terminal; resolves when its shell shows a prompt, rejects with a `SandboxError`. */
export async function openPtyTerminal(options: PtyTerminalOptions): Promise<PtyTerminal> {
  let settleClosed: (sentence: string) => void = () => {};
  const closed = new Promise<string>((resolve) => {
    settleClosed = resolve;
  });
  const key = randomBytes(16).toString("hex");
  const shell = startClient(options, key);
  void until(shell, () => shell.state === "ended").then(() => settleClosed(shell.endSentence));
  listen(shell, key);
  await until(shell, () => shell.state !== "starting", promptSeconds);
  if (shell.state === "starting") end(shell, "The sandbox's shell did not come up. Reset it.");
  if (shell.state === "ended") throw new SandboxError(shell.endSentence);
  return {
    run: (source, runOptions) => typedRun(shell, source, runOptions.nonce),
    write: (bytes) => shell.type(Buffer.from(bytes)),
    resize: (size) => {
      if (shell.state !== "ended") shell.pty.resize(size.columns, size.rows);
    },
    output: shell.output,
    closed,
    dispose: (sentence) => end(shell, sentence),
  };
}

function startClient(options: PtyTerminalOptions, key: string): Shell {
  const [program = "", ...rest] = options.attachCommand;
  const pty = spawn(program, rest, {
    cols: options.size.columns,
    rows: options.size.rows,
    name: "xterm-256color",
    encoding: null,
    env: { VETHBOOK_KEY: key },
  });
  const shell: Shell = {
    pty,
    output: createQueue<Uint8Array>({
      weigh: (bytes) => bytes.length,
      onPull: () => balance(shell),
    }),
    nonce: firstNonce,
    oldNonces: new Set([firstNonce]),
    state: "starting",
    run: undefined,
    heldKeys: undefined,
    paused: false,
    endSentence: "",
    watchers: new Set(),
    type: (keys) => {
      if (shell.state === "ended") return;
      if (shell.heldKeys !== undefined) shell.heldKeys.push(keys);
      else pty.write(keys);
    },
    balance: () => balance(shell),
  };
  return shell;
}

function listen(shell: Shell, key: string): void {
  const parse = markParser(
    (nonce) => nonce === shell.nonce || nonce === key || shell.oldNonces.has(nonce),
  );
  // With `encoding: null` node-pty hands over Buffers, which its types do not say.
  shell.pty.onData((data: string | Buffer) => {
    for (const piece of parse(Buffer.from(data as Buffer))) {
      if (piece.type === "mark" && piece.nonce === key) handleEnd(shell, piece);
      else handlePiece(shell, piece);
    }
    balance(shell);
  });
  shell.pty.onExit(() => end(shell, "The terminal was cut off. Open it again."));
}

function handlePiece(shell: Shell, piece: Piece): void {
  if (piece.type === "output") {
    shell.output.push(piece.bytes);
  } else if (piece.nonce === shell.nonce && shell.state !== "ended") {
    if (piece.kind === "B") shell.state = "prompt";
    if (piece.kind === "P") shell.state = "unfinished";
    if (piece.kind === "C") shell.state = "running";
  }
  for (const event of shell.run?.follow(piece) ?? []) pushRunEvent(shell, event);
  if (piece.type === "mark") for (const watcher of shell.watchers) watcher();
}

/** The client says how it ended: the shell's status, a refusal, or a lost connection. */
function handleEnd(shell: Shell, mark: Extract<Piece, { type: "mark" }>): void {
  if (mark.kind === "E") {
    const code = Number(mark.argument);
    pushRunEvent(shell, { type: "exit", code });
    end(shell, `The shell of this terminal ended with code ${code}. Open the terminal again.`);
  } else if (mark.kind === "X") {
    end(shell, mark.argument);
  } else {
    end(shell, "The sandbox ended. What was printed stays here; Run starts a new one.");
  }
}

function end(shell: Shell, sentence: string): void {
  if (shell.state === "ended") return;
  shell.state = "ended";
  shell.endSentence = sentence;
  pushRunEvent(shell, { type: "lost", reason: sentence });
  shell.output.end();
  // Hangs the client up, which hangs the shell up; node-pty closes its side when the client is gone.
  shell.pty.kill("SIGHUP");
  for (const watcher of shell.watchers) watcher();
}

/** Lets the terminal's programs wait while too much waits for a reader here. */
function balance(shell: Shell): void {
  if (!shell.output.consumed) {
    // Nobody looks at this terminal: only its latest output is kept.
    while (shell.output.weight > waitingMaximum && shell.output.size > 1) shell.output.dropOldest();
  }
  const waiting = Math.max(shell.output.weight, shell.run?.events.weight ?? 0);
  const full = waiting > waitingMaximum;
  if (full === shell.paused || shell.state === "ended") return;
  shell.paused = full;
  if (full) shell.pty.pause();
  else shell.pty.resume();
}
