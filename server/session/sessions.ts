// All sessions of a server, by reader and chapter: found in memory, else read from disk, else new.
// One that has been idle is written down and forgotten here; it comes back from disk.
//
// Not here: what a session does (session.ts).

import type { Clock, Secret } from "../../shared/session/clock.ts";
import type { SessionRecord } from "../../shared/session/eventLog.ts";
import type { SandboxSource } from "../../shared/session/sandboxLife.ts";
import { Session } from "../../shared/session/session.ts";
import type { SessionStore } from "./sessionStore.ts";

const SERVER_STOPPED = "The server was stopped, and the sandbox with it. Run starts a new one.";

/** What sessions share. */
export type SessionsParts = {
  readonly store: SessionStore;
  readonly source: SandboxSource;
  readonly clock: Clock;
  readonly secret: Secret;
  readonly report: (line: string) => void;
};

/** The sessions of one server. */
export class Sessions {
  readonly #parts: SessionsParts;
  readonly #sessions = new Map<string, Promise<Session>>();
  /** Being written down before they are forgotten. */
  readonly #resting = new Map<string, Promise<void>>();

  constructor(parts: SessionsParts) {
    this.#parts = parts;
  }

  /** The session of this reader on this chapter. `reader` is made of hexadecimal digits. */
  open(reader: string, chapter: string): Promise<Session> {
    const id = `${reader}.${chapter}`;
    const known = this.#sessions.get(id);
    if (known !== undefined) {
      return known;
    }
    const session = (this.#resting.get(id) ?? Promise.resolve()).then(() => this.#load(id));
    this.#sessions.set(id, session);
    session.catch(() => this.#sessions.delete(id));
    return session;
  }

  /** Closes every sandbox and writes everything down. */
  async close(): Promise<void> {
    const all = await Promise.allSettled(this.#sessions.values());
    this.#sessions.clear();
    await Promise.all(
      all.map((one) => (one.status === "fulfilled" ? one.value.close(SERVER_STOPPED) : undefined)),
    );
  }

  async #load(id: string): Promise<Session> {
    const { store, source, clock, secret, report } = this.#parts;
    const record = await store.open(id);
    return new Session({
      id,
      source,
      record,
      clock,
      secret,
      report,
      interruption: "The server stopped",
      onIdle: () => this.#rest(id, record),
    });
  }

  /** Whoever comes back meanwhile waits until the file is whole, then reads it. */
  #rest(id: string, record: SessionRecord): void {
    if (record.safe()) {
      this.#sessions.delete(id);
      const written = record.flush().finally(() => {
        if (this.#resting.get(id) === written) {
          this.#resting.delete(id);
        }
      });
      this.#resting.set(id, written);
    }
  }
}
