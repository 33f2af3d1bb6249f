// One page from its first message on: what it asks for goes to its session, what happens in the
// session goes to the page, in batches and no faster than the page shows them.
//
// A message that is not in the protocol ends this connection with a reason and touches nothing else.
// Source: RFC 6455 §7.4 (1008 policy violation, 1012 service restart).
// Not here: who may connect, and what carries the messages: a WebSocket (server/web/socketLink.ts)
// or the port of a worker.

import type { ClientMessage } from "../protocol.ts";
import type { Offer, ServerMessage } from "../session.ts";
import type { Clock } from "./clock.ts";
import { sentenceOf } from "./sentence.ts";
import type { Session, SessionPage } from "./session.ts";

const BATCH_BYTES = 64 * 1024;
/** What a page may have on its way without having shown it. */
const WINDOW_BYTES = 512 * 1024;
/** More is not handed to a socket that the network does not empty. */
const BUFFERED_BYTES = 256 * 1024;
const MOST_EARLY = 100;
/** Beyond this a page's number is not one that we gave. */
const LARGEST_SEQ = 2 ** 50;

/** What carries messages to one page. */
export interface PageLink {
  /** False once it is closed or closing. */
  readonly isOpen: boolean;
  /** Bytes that were sent and have not left yet. */
  readonly bufferedBytes: number;
  /** Calls `whenSent` when the message has left. */
  send(message: ServerMessage, whenSent: () => void): void;
  close(code: number, reason: string): void;
}

/** What a connection needs. */
export type ConnectionParts = {
  readonly link: PageLink;
  readonly clock: Pick<Clock, "turn">;
  /** The reader's session on this chapter; undefined when there is no such chapter. */
  readonly openSession: (chapter: string) => Promise<Session | undefined>;
  readonly offer: Offer;
};

type OpenMessage = Extract<ClientMessage, { type: "open" }>;
type Request = Exclude<ClientMessage, { type: "open" }>;

/** Serves one page until its link closes. */
export class PageConnection {
  readonly #parts: ConnectionParts;
  #opening = false;
  /** What was asked for while the session was being opened. */
  #early: Request[] = [];
  #session: Session | undefined;
  #page: SessionPage | undefined;
  #scheduled = false;
  #stateIsNew = false;
  #stateIsOnItsWay = false;
  /** The newest frame that was sent, once the page has asked for frames. */
  #told: { life: number; number: number; missing?: string | undefined } | undefined;
  #packetsAreOnTheirWay = false;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  /** The page is gone. */
  closed(): void {
    this.#page?.leave();
  }

  /** Takes a message of the page; undefined stands for one that is not in the protocol. */
  receive(message: ClientMessage | undefined): void {
    if (!this.#parts.link.isOpen) {
      return;
    }
    if (message === undefined) {
      this.#end(1008, "This message is not in the protocol. Reload the page.");
    } else if (message.type === "open") {
      this.#open(message);
    } else if (this.#session !== undefined && this.#page !== undefined) {
      void this.#serve(this.#session, this.#page, message);
    } else if (this.#opening && this.#early.length < MOST_EARLY) {
      this.#early.push(message);
    } else {
      this.#end(1008, "The first message has to be open. Reload the page.");
    }
  }

  async #open({ chapter, since }: OpenMessage): Promise<void> {
    if (this.#opening || since > LARGEST_SEQ) {
      this.#end(1008, "This message does not fit here. Reload the page.");
      return;
    }
    this.#opening = true;
    const { link, offer } = this.#parts;
    try {
      const session = await this.#parts.openSession(chapter);
      if (session === undefined) {
        this.#end(1008, "There is no such chapter. Go back to the list of chapters.");
      } else if (link.isOpen) {
        this.#join(session, since, offer);
      }
    } catch {
      this.#end(1011, "The chapter could not be opened. Look at the output of the server.");
    }
  }

  #join(session: Session, since: number, offer: ConnectionParts["offer"]): void {
    this.#session = session;
    this.#page = session.join(since, {
      onEvents: () => this.#schedule(),
      onState: () => {
        this.#stateIsNew = true;
        this.#schedule();
      },
      onPackets: () => {
        if (this.#told !== undefined) {
          this.#schedule();
        }
      },
    });
    const { first, head } = session.log;
    const { kind, label, pace } = offer;
    this.#send({ type: "hello", session: session.id, first, head, offer: { kind, label, pace } });
    this.#stateIsNew = session.view !== undefined;
    this.#schedule();
    const early = this.#early;
    this.#early = [];
    for (const message of early) {
      void this.#serve(session, this.#page, message);
    }
  }

  async #serve(session: Session, page: SessionPage, message: Request): Promise<void> {
    try {
      switch (message.type) {
        case "seen":
          page.see(message.seq);
          this.#schedule();
          break;
        case "run": {
          const refusal = session.run(message.cells);
          if (refusal !== undefined) {
            this.#send({ type: "refused", of: message.type, reason: refusal });
          }
          break;
        }
        case "stop":
          session.stop(message.cell);
          break;
        case "reset":
          await session.reset();
          break;
        case "pace":
          session.setPace(message.pace);
          break;
        case "step":
          await session.stepEvent();
          break;
        case "packets":
          this.#told = { life: message.life, number: message.since };
          this.#schedule();
          await session.capture();
          break;
        case "terminal-open":
          await session.openTerminal(message.terminal, message.size);
          break;
        case "terminal-resize":
          await session.resize(message.terminal, message.size);
          break;
        case "terminal-input":
          await session.type(message.terminal, message.data);
          break;
      }
    } catch (error) {
      const reason = sentenceOf(error, "That did not work");
      this.#send({ type: "refused", of: message.type, reason });
    }
  }

  /** One batch per turn of the event loop, so that connections take turns. */
  #schedule(): void {
    if (!this.#scheduled) {
      this.#scheduled = true;
      void this.#parts.clock.turn().then(() => {
        this.#scheduled = false;
        this.#sendNext();
      });
    }
  }

  #sendNext(): void {
    const { link } = this.#parts;
    const cursor = this.#page?.cursor;
    if (cursor === undefined || !link.isOpen) {
      return;
    }
    if (cursor.broken) {
      // Without a reason, because there is nothing for the reader to do: the page comes back.
      this.#end(1012, "");
      return;
    }
    if (link.bufferedBytes > BUFFERED_BYTES) {
      // The callback of the last send schedules again.
      return;
    }
    this.#sendState();
    this.#sendPackets();
    if (cursor.unseen < WINDOW_BYTES) {
      const events = cursor.take(BATCH_BYTES);
      if (events.length > 0) {
        this.#send({ type: "events", events });
        this.#schedule();
      }
    }
  }

  /** The newest state only, and not before the last one has left. */
  #sendState(): void {
    const view = this.#session?.view;
    if (this.#stateIsNew && !this.#stateIsOnItsWay && view !== undefined) {
      this.#stateIsNew = false;
      this.#stateIsOnItsWay = true;
      this.#send({ type: "state", ...view }, () => {
        this.#stateIsOnItsWay = false;
      });
    }
  }

  /** The next frames, and not before the last ones have left. */
  #sendPackets(): void {
    const told = this.#told;
    const packets = this.#session?.packets;
    if (told === undefined || packets === undefined || this.#packetsAreOnTheirWay) {
      return;
    }
    const { life, missing } = packets;
    const isNew = told.life !== life || told.missing !== missing;
    if (told.life !== life) {
      told.number = 0;
    }
    told.life = life;
    told.missing = missing;
    const batch = packets.after(told.number);
    if (batch.length === 0 && !isNew) {
      return;
    }
    told.number = batch.at(-1)?.number ?? told.number;
    this.#packetsAreOnTheirWay = true;
    const why = missing === undefined ? {} : { missing };
    this.#send({ type: "packets", life, packets: batch, ...why }, () => {
      this.#packetsAreOnTheirWay = false;
    });
  }

  #send(message: ServerMessage, whenSent: () => void = () => undefined): void {
    this.#parts.link.send(message, () => {
      whenSent();
      this.#schedule();
    });
  }

  #end(code: number, reason: string): void {
    this.#page?.leave();
    this.#page = undefined;
    this.#parts.link.close(code, reason);
  }
}
