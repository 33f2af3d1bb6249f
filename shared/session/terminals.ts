// The terminals of one live sandbox, by name: everything each of them shows goes into the list of
// events, whether a cell or the reader typed. The sandbox is asked each time: when a namespace was
// made anew under its old name it hands over a new shell, and the old one's end is noted.
//
// Not here: runs (runQueue.ts); the pty (server/terminal).

import { base64 } from "../base64.ts";
import type { Sandbox, Terminal, TerminalSize } from "../sandbox.ts";
import type { EventLog } from "./eventLog.ts";
import type { Flow } from "./flow.ts";
import { sentenceOf } from "./sentence.ts";

/** A piece of output is logged as at most this many bytes, so that one batch can hold it. */
const PIECE_BYTES = 32 * 1024;
/** Until a page that shows the terminal says its size. */
const UNSEEN: TerminalSize = { columns: 80, rows: 24 };

const SHELL_ENDED = "The shell has ended. Open the terminal again to go on.";
const MADE_ANEW = "This namespace was made anew, and it has a new shell.";

/** What terminals need from their session. */
export type TerminalParts = {
  readonly sandbox: Sandbox;
  readonly log: EventLog;
  readonly flow: Flow;
};

/** All terminals of one sandbox. */
export class Terminals {
  readonly #parts: TerminalParts;
  readonly #open = new Map<string, Terminal>();
  readonly #opening = new Map<string, Promise<Terminal>>();
  readonly #sizes = new Map<string, TerminalSize>();
  #over = false;

  constructor(parts: TerminalParts) {
    this.#parts = parts;
  }

  /** Opens the terminal, or finds it again; without a size it keeps the one it has. */
  async open(name: string, size?: TerminalSize): Promise<Terminal> {
    if (size !== undefined) {
      this.#sizes.set(name, size);
    }
    const opening = this.#find(name, this.#sizes.get(name) ?? UNSEEN);
    this.#opening.set(name, opening);
    try {
      return await opening;
    } finally {
      if (this.#opening.get(name) === opening) {
        this.#opening.delete(name);
      }
    }
  }

  /** The terminal, when it is open or opening. */
  find(name: string): Promise<Terminal> | Terminal | undefined {
    return this.#opening.get(name) ?? this.#open.get(name);
  }

  /** The page shows the terminal at this size now. */
  async resize(name: string, size: TerminalSize): Promise<void> {
    this.#sizes.set(name, size);
    (await this.find(name))?.resize(size);
  }

  /** The sandbox has ended: notes it for every open terminal, and nothing they say any more. */
  end(reason: string): void {
    if (!this.#over) {
      this.#over = true;
      for (const terminal of this.#open.keys()) {
        this.#parts.log.append({ type: "terminal-ended", terminal, reason });
      }
      this.#open.clear();
    }
  }

  async #find(name: string, size: TerminalSize): Promise<Terminal> {
    const { sandbox, log } = this.#parts;
    const terminal = await sandbox.terminal(name, size);
    const known = this.#open.get(name);
    if (!this.#over && known !== terminal) {
      if (known !== undefined) {
        log.append({ type: "terminal-ended", terminal: name, reason: MADE_ANEW });
      }
      this.#open.set(name, terminal);
      log.append({ type: "terminal-opened", terminal: name });
      void this.#pump(name, terminal);
    }
    return terminal;
  }

  /** Only the terminal that has the name now is heard. */
  async #pump(name: string, terminal: Terminal): Promise<void> {
    const { log, flow } = this.#parts;
    const current = () => this.#open.get(name) === terminal;
    let reason = SHELL_ENDED;
    try {
      for await (const bytes of terminal.output) {
        if (!current()) {
          return;
        }
        for (const data of pieces(bytes)) {
          log.append({ type: "terminal-output", terminal: name, data });
        }
        await flow.pass();
      }
    } catch (error) {
      reason = sentenceOf(error, "The terminal was lost; open it again to go on");
    }
    if (current()) {
      this.#open.delete(name);
      log.append({ type: "terminal-ended", terminal: name, reason });
    }
  }
}

/** Base64 of `bytes` in pieces of a size that fits a batch. */
export function* pieces(bytes: Uint8Array): Generator<string> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    yield base64(bytes.subarray(at, at + PIECE_BYTES));
  }
}
