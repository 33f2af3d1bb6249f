// How far one page is in the list of events: what was sent to it, and what it says it has shown.
//
// The difference is the window: a socket stops sending when too much is unseen, and a session stops
// reading its terminals when every page is too far behind.
//
// Not here: the events (eventLog.ts), the socket (web/socket.ts).

import type { SessionEvent } from "../session.ts";
import { sizeOf } from "./shorten.ts";

/** The part of the event list that a cursor reads. */
type Source = {
  /** Events after `position`, at least one if there is any, at most about `bytes`. */
  read(position: number, bytes: number): readonly SessionEvent[];
};

/** One page's place in the list. Made by `EventLog.follow`. */
export class Cursor {
  /** Number of the last event that was handed out. */
  position: number;
  /** Bytes in the list after `position`. */
  unsent: number;
  /** Set when events that this page has not got were dropped: it has to start anew. */
  broken = false;
  /** Called when there may be more to take. */
  readonly wake: () => void;

  readonly #source: Source;
  #unseen = 0;
  #sent: { readonly seq: number; readonly bytes: number }[] = [];

  constructor(source: Source, start: { position: number; unsent: number; wake: () => void }) {
    this.#source = source;
    this.position = start.position;
    this.unsent = start.unsent;
    this.wake = start.wake;
  }

  /** Bytes that were handed out and not yet shown. */
  get unseen(): number {
    return this.#unseen;
  }

  /** Bytes that the page has not shown, sent or not. */
  get behind(): number {
    return this.#unseen + this.unsent;
  }

  /** The next events, about `bytes` of them; empty when there is none. */
  take(bytes: number): readonly SessionEvent[] {
    const events = this.broken ? [] : this.#source.read(this.position, bytes);
    const last = events.at(-1);
    if (last !== undefined) {
      const size = events.reduce((sum, event) => sum + sizeOf(event), 0);
      this.position = last.seq;
      this.unsent -= size;
      this.#unseen += size;
      this.#sent.push({ seq: last.seq, bytes: size });
    }
    return events;
  }

  /** The page has shown everything up to this event. */
  see(seq: number): void {
    while (this.#sent[0] !== undefined && this.#sent[0].seq <= seq) {
      this.#unseen -= this.#sent[0].bytes;
      this.#sent.shift();
    }
  }
}
