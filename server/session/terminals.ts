// The terminals of one live sandbox, by name: each is opened once, and everything it shows goes
// into the list of events, whether a cell or the reader typed.
//
// Not here: runs (runQueue.ts); the pty (server/terminal).

import { Buffer } from "node:buffer";
import type { Sandbox, Terminal, TerminalSize } from "../../shared/sandbox.ts";
import type { EventLog } from "./eventLog.ts";
import type { Flow } from "./flow.ts";
import { sentenceOf } from "./sentence.ts";

/** A piece of output is logged as at most this many bytes, so that one batch can hold it. */
export const PIECE_BYTES = 32 * 1024;

const SHELL_ENDED = "The shell has ended. Open the terminal again to go on.";

/** What terminals need from their session. */
export type TerminalParts = {
  readonly sandbox: Sandbox;
  readonly log: EventLog;
  readonly flow: Flow;
};

/** All terminals of one sandbox. */
export class Terminals {
  readonly #parts: TerminalParts;
  readonly #open = new Map<string, Promise<Terminal>>();
  readonly #shown = new Set<string>();
  #over = false;

  constructor(parts: TerminalParts) {
    this.#parts = parts;
  }

  /** Opens the terminal, or finds it again; a given size is taken on. */
  async open(name: string, size: TerminalSize, resize: boolean): Promise<Terminal> {
    const known = this.#open.get(name);
    if (known !== undefined) {
      const terminal = await known;
      if (resize) {
        terminal.resize(size);
      }
      return terminal;
    }
    const opening = this.#openNew(name, size);
    this.#open.set(name, opening);
    try {
      return await opening;
    } catch (error) {
      this.#forget(name, opening);
      throw error;
    }
  }

  /** The terminal, when it is open or opening. */
  find(name: string): Promise<Terminal> | undefined {
    return this.#open.get(name);
  }

  /** The sandbox has ended: notes it for every open terminal, and nothing they say any more. */
  end(reason: string): void {
    if (!this.#over) {
      this.#over = true;
      for (const terminal of this.#shown) {
        this.#parts.log.append({ type: "terminal-ended", terminal, reason });
      }
      this.#shown.clear();
      this.#open.clear();
    }
  }

  async #openNew(name: string, size: TerminalSize): Promise<Terminal> {
    const terminal = await this.#parts.sandbox.terminal(name, size);
    if (!this.#over) {
      this.#shown.add(name);
      this.#parts.log.append({ type: "terminal-opened", terminal: name });
      void this.#pump(name, terminal);
    }
    return terminal;
  }

  async #pump(name: string, terminal: Terminal): Promise<void> {
    const opening = this.#open.get(name);
    let reason = SHELL_ENDED;
    try {
      for await (const bytes of terminal.output) {
        if (this.#over) {
          return;
        }
        for (const data of pieces(bytes)) {
          this.#parts.log.append({ type: "terminal-output", terminal: name, data });
        }
        await this.#parts.flow.pass();
      }
    } catch (error) {
      reason = sentenceOf(error, "The terminal was lost; open it again to go on");
    }
    if (!this.#over) {
      this.#shown.delete(name);
      this.#forget(name, opening);
      this.#parts.log.append({ type: "terminal-ended", terminal: name, reason });
    }
  }

  #forget(name: string, opening: Promise<Terminal> | undefined): void {
    if (this.#open.get(name) === opening) {
      this.#open.delete(name);
    }
  }
}

/** Base64 of `bytes` in pieces of a size that fits a batch. */
export function* pieces(bytes: Uint8Array): Generator<string> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    yield Buffer.from(bytes.subarray(at, at + PIECE_BYTES)).toString("base64");
  }
}
