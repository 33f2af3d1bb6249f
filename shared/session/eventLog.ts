// The numbered list of everything that happened in one session; the one source that every page,
// reload and restart reads.
//
// Numbers start at 1 and have no gaps. When the list weighs more than 8 MiB it is shortened
// (shorten.ts says what goes), and what stays gets new numbers above all old ones, so that a number
// never names two events: a page that comes back with an old number is behind `first` and starts
// anew. A page that is connected meanwhile just goes on with the next event; it sees the numbers
// jump upwards, and nothing twice. The newest events that a connected page still waits for are
// kept, unless it is hopelessly behind: then its cursor is `broken` and it has to start anew.
//
// Not here: disk (sessionStore.ts), when to stop reading terminals (flow.ts).

import type { SessionEvent, SessionFact } from "../session.ts";
import { Cursor } from "./cursor.ts";
import { keptEvents, sizeOf } from "./shorten.ts";

const SOFT_LIMIT = 8 * 1024 * 1024;
/** How much must be new before it is shortened again when little could go. */
const GROWTH = 4 * 1024 * 1024;
/** A page that is further behind than this does not hold events back. */
const HOPELESS = 2 * 1024 * 1024;

/** Where every change of the list goes as well: the disk. */
export type LogMirror = {
  append(event: SessionEvent): void;
  /** The whole list was replaced by this one. */
  rewrite(events: readonly SessionEvent[]): void;
};

/** Where a session is kept. */
export type SessionRecord = LogMirror & {
  /** What was there when it was opened. */
  readonly events: readonly SessionEvent[];
  /** False once the disk has refused: only memory holds the newest events. */
  readonly safe: () => boolean;
  /** Writes what is pending. */
  flush(): Promise<void>;
};

/** What a log starts from. */
export type LogStart = {
  readonly now: () => number;
  readonly mirror: LogMirror;
  /** What an earlier server left, already numbered; empty for a new session. */
  readonly events: readonly SessionEvent[];
};

/** The list of events of one session. */
export class EventLog {
  readonly #now: () => number;
  readonly #mirror: LogMirror;
  readonly #cursors = new Set<Cursor>();
  #events: SessionEvent[];
  #head: number;
  #bytes: number;
  #limit: number;
  #appended = 0;

  constructor(start: LogStart) {
    this.#now = start.now;
    this.#mirror = start.mirror;
    this.#events = [...start.events];
    this.#head = this.#events.at(-1)?.seq ?? 0;
    this.#bytes = weight(this.#events);
    this.#limit = Math.max(SOFT_LIMIT, this.#bytes + GROWTH);
  }

  /** Number of the oldest event that is kept; `head + 1` when there is none. */
  get first(): number {
    return this.#events[0]?.seq ?? this.#head + 1;
  }

  /** Number of the newest event. */
  get head(): number {
    return this.#head;
  }

  /** Bytes that were ever appended; only differences mean something. */
  get appended(): number {
    return this.#appended;
  }

  /** How far the best connected page is behind, in bytes; undefined without a page. */
  get leastBehind(): number | undefined {
    let least: number | undefined;
    for (const cursor of this.#cursors) {
      least = Math.min(least ?? Number.POSITIVE_INFINITY, cursor.behind);
    }
    return least;
  }

  /** Notes what happened, now. */
  append(fact: SessionFact): SessionEvent {
    this.#head += 1;
    const event: SessionEvent = { ...fact, seq: this.#head, time: this.#now() };
    const size = sizeOf(event);
    this.#events.push(event);
    this.#bytes += size;
    this.#appended += size;
    this.#mirror.append(event);
    for (const cursor of this.#cursors) {
      cursor.unsent += size;
    }
    if (this.#bytes > this.#limit) {
      this.#shorten();
    }
    for (const cursor of this.#cursors) {
      cursor.wake();
    }
    return event;
  }

  /** Events after `position`, at least one if there is any, at most about `bytes`. */
  read(position: number, bytes = Number.POSITIVE_INFINITY): readonly SessionEvent[] {
    const start = Math.max(0, position + 1 - this.first);
    let end = start;
    let size = 0;
    for (let event = this.#events[end]; event !== undefined; event = this.#events[end]) {
      size += sizeOf(event);
      if (end > start && size > bytes) {
        break;
      }
      end += 1;
    }
    return this.#events.slice(start, end);
  }

  /** A place in the list for a page that has seen everything up to `since`. */
  follow(since: number, wake: () => void): Cursor {
    if (since > this.#head) {
      // The page has seen events that did not reach the disk before the server died.
      this.renumber(since + 2);
    }
    const position = Math.max(since, this.first - 1);
    const cursor = new Cursor(this, { position, unsent: weight(this.read(position)), wake });
    this.#cursors.add(cursor);
    return cursor;
  }

  /** The page is gone. */
  unfollow(cursor: Cursor): void {
    this.#cursors.delete(cursor);
  }

  /** Gives all events new numbers from `first` on; every page that comes back starts anew. */
  renumber(first: number): void {
    this.#replace(this.#events, first);
  }

  #shorten(): void {
    let floor = this.#head;
    for (const cursor of this.#cursors) {
      if (cursor.unsent <= HOPELESS) {
        floor = Math.min(floor, cursor.position);
      }
    }
    // A gap of one: a page that has seen all old numbers is still behind `first`.
    this.#replace(keptEvents(this.#events, floor), this.#head + 2);
    this.#limit = Math.max(SOFT_LIMIT, this.#bytes + GROWTH);
  }

  #replace(kept: readonly SessionEvent[], first: number): void {
    const keptNumbers = new Set(kept.map((event) => event.seq));
    const newestDropped = this.#events.findLast((event) => !keptNumbers.has(event.seq))?.seq ?? 0;
    for (const cursor of this.#cursors) {
      cursor.broken ||= cursor.position < newestDropped;
      const before = kept.filter((event) => event.seq <= cursor.position);
      cursor.position = first + before.length - 1;
      cursor.unsent = weight(kept) - weight(before);
    }
    this.#events = kept.map((event, index) => ({ ...event, seq: first + index }));
    this.#head = first + kept.length - 1;
    this.#bytes = weight(this.#events);
    this.#mirror.rewrite(this.#events);
  }
}

function weight(events: readonly SessionEvent[]): number {
  return events.reduce((sum, event) => sum + sizeOf(event), 0);
}
