// One reader's work on one chapter: its list of events, its sandbox, its queue of runs and the pages
// that look at it. It lives on without a page; after 30 minutes without one its sandbox is closed.
//
// Not here: who the reader is (server/web/access.ts), what its pages say and hear
// (pageConnection.ts).

import { type Pace, SandboxError, type TerminalSize } from "../sandbox.ts";
import { utf8 } from "../utf8.ts";
import { factsAfterRestart } from "./afterRestart.ts";
import type { Clock, Secret } from "./clock.ts";
import type { Cursor } from "./cursor.ts";
import { EventLog, type SessionRecord } from "./eventLog.ts";
import { Flow } from "./flow.ts";
import type { PacketLog } from "./packetLog.ts";
import { type CellToRun, RunQueue } from "./runQueue.ts";
import { type NetworkView, SandboxLife, type SandboxSource } from "./sandboxLife.ts";

const IDLE_MILLISECONDS = 30 * 60 * 1000;
/** More than any server adds between two writes to the disk. */
const RESTART_JUMP = 1_000_000;

const RESET = "The sandbox was reset. Run starts a new one.";
const IDLE = "Nobody was here for 30 minutes, so the sandbox was closed. Run starts a new one.";

/** What a session is made of. */
export type SessionParts = {
  readonly id: string;
  readonly source: SandboxSource;
  readonly record: SessionRecord;
  readonly clock: Clock;
  readonly secret: Secret;
  readonly report: (line: string) => void;
  /** What ended the earlier life of this session, such as "The server stopped". */
  readonly interruption: string;
  /** The sandbox was closed because nobody was here. */
  readonly onIdle: () => void;
};

/** One page that is connected to a session. */
export type SessionPage = {
  /** The page's place in the list of events. */
  readonly cursor: Cursor;
  /** The page has shown everything up to this event. */
  see(seq: number): void;
  leave(): void;
};

/** What a page wants to be told; each says only that something is new. */
export type PageListener = {
  readonly onEvents: () => void;
  readonly onState: () => void;
  readonly onPackets: () => void;
};

/** One reader × one chapter. */
export class Session {
  readonly id: string;
  readonly log: EventLog;
  readonly #parts: SessionParts;
  readonly #flow: Flow;
  readonly #life: SandboxLife;
  readonly #runs: RunQueue;
  readonly #pages = new Set<PageListener>();
  #cancelIdle: () => void = () => undefined;

  constructor(parts: SessionParts) {
    const { clock, record, source, report } = parts;
    this.id = parts.id;
    this.#parts = parts;
    this.log = new EventLog({ now: clock.now, mirror: record, events: record.events });
    if (record.events.length > 0) {
      for (const fact of factsAfterRestart(record.events, parts.interruption)) {
        this.log.append(fact);
      }
      // Pages may have seen events that did not reach the disk; their numbers must not come again.
      this.log.renumber(this.log.head + RESTART_JUMP);
    }
    this.#flow = new Flow(this.log, clock);
    this.#life = new SandboxLife({
      source,
      report,
      pace: record.events.findLast((event) => event.type === "pace-set")?.pace,
      log: this.log,
      flow: this.#flow,
      onState: () => {
        for (const page of this.#pages) {
          page.onState();
        }
      },
      onPackets: () => {
        for (const page of this.#pages) {
          page.onPackets();
        }
      },
    });
    this.#runs = new RunQueue({
      ...{ log: this.log, flow: this.#flow, life: this.#life, clock },
      secret: parts.secret,
    });
    // The page that it was made for may have gone before it could join.
    this.#left();
  }

  /** The newest network state, when a sandbox has told one. */
  get view(): NetworkView | undefined {
    return this.#life.view;
  }

  /** The frames that are kept of this sandbox. */
  get packets(): PacketLog {
    return this.#life.packets;
  }

  /** Captures frames from now on. */
  async capture(): Promise<void> {
    await this.#life.capture();
  }

  /** A page that has seen everything up to `since`, or starts anew when that is no longer kept. */
  join(since: number, listener: PageListener): SessionPage {
    this.#cancelIdle();
    const cursor = this.log.follow(since, listener.onEvents);
    this.#pages.add(listener);
    this.#flow.changed();
    return {
      cursor,
      see: (seq) => {
        cursor.see(seq);
        this.#flow.changed();
      },
      leave: () => {
        if (this.#pages.delete(listener)) {
          this.log.unfollow(cursor);
          this.#left();
        }
      },
    };
  }

  /** Queues cells; a sentence when they were refused. */
  run(cells: readonly CellToRun[]): string | undefined {
    return this.#runs.add(cells);
  }

  /** Interrupts what runs (or only this cell) and empties the queue. */
  stop(cell?: string): void {
    this.#runs.stop(cell);
  }

  /** Back to the start of the chapter; rejects with a `SandboxError`. */
  async reset(): Promise<void> {
    this.#runs.abandon("The sandbox was reset before this ended.");
    await this.#life.reset(RESET);
  }

  /** How time passes from now on; throws a `SandboxError` where it is real. */
  setPace(pace: Pace): void {
    this.#life.setPace(pace);
  }

  /** Lets the next event happen while time stands still; rejects with a `SandboxError`. */
  async stepEvent(): Promise<void> {
    await this.#life.stepEvent();
  }

  /** Opens a terminal for the reader's own typing; rejects with a `SandboxError`. */
  async openTerminal(name: string, size: TerminalSize): Promise<void> {
    const live = await this.#life.ready();
    await live.terminals.open(name, size);
  }

  /** Types what the reader typed; rejects with a `SandboxError` when there is no such terminal. */
  async type(name: string, keys: string): Promise<void> {
    (await this.#terminal(name)).write(utf8(keys));
  }

  /** Takes on the size of the reader's terminal; rejects as `type` does. */
  async resize(name: string, size: TerminalSize): Promise<void> {
    await this.#terminal(name);
    await (await this.#life.current())?.terminals.resize(name, size);
  }

  /** Ends the sandbox and writes everything down. */
  async close(reason: string): Promise<void> {
    this.#cancelIdle();
    this.#runs.abandon(reason);
    this.#flow.release();
    await this.#life.close(reason);
    await this.#parts.record.flush();
  }

  async #terminal(name: string) {
    const terminal = (await this.#life.current())?.terminals.find(name);
    if (terminal === undefined) {
      throw new SandboxError(`The terminal ${name} is not open. Open it first.`);
    }
    return terminal;
  }

  #left(): void {
    if (this.#pages.size > 0) {
      this.#flow.changed();
      return;
    }
    this.#flow.left();
    this.#cancelIdle = this.#parts.clock.after(IDLE_MILLISECONDS, () => {
      this.#runs.abandon(IDLE);
      void this.#life.end(IDLE).then(() => {
        if (this.#pages.size === 0) {
          this.#parts.onIdle();
        }
      });
    });
  }
}
