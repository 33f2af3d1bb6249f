// When may a session read more from its terminals? Not while every connected page is more than
// 512 KiB behind; without a page, not beyond 4 MiB since the last one left. A terminal that is not
// read stops its program in time, so `yes` costs no memory.
//
// Every reader of a terminal passes here after each piece, and each pass gives way to all others
// once: a flooding terminal cannot starve a quiet one, nor the sockets.
//
// Not here: what is read (terminals.ts, runQueue.ts).

import type { Clock } from "./clock.ts";
import type { EventLog } from "./eventLog.ts";

const PAGE_BEHIND = 512 * 1024;
const WITHOUT_PAGE = 4 * 1024 * 1024;

/** One gate for all terminals of a session. */
export class Flow {
  readonly #log: EventLog;
  readonly #clock: Clock;
  #waiting: (() => void)[] = [];
  #left: number;
  #released = false;

  constructor(log: EventLog, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
    this.#left = log.appended;
  }

  /** Settles when more may be read. */
  async pass(): Promise<void> {
    await this.#clock.turn();
    while (!this.#open()) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  /** A page came or has shown more. */
  changed(): void {
    if (this.#open()) {
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const resume of waiting) {
        resume();
      }
    }
  }

  /** The last page has left. */
  left(): void {
    this.#left = this.#log.appended;
    this.changed();
  }

  /** The session ends: whoever waits goes on and finds out. */
  release(): void {
    this.#released = true;
    this.changed();
  }

  #open(): boolean {
    if (this.#released) {
      return true;
    }
    const behind = this.#log.leastBehind;
    return behind === undefined
      ? this.#log.appended - this.#left <= WITHOUT_PAGE
      : behind <= PAGE_BEHIND;
  }
}
