// Keeps the events of sessions where they survive the server: one file of JSON lines per session,
// its first line naming the format. Events are written at once and in order; those that come while
// a write is under way go with the next one. A server that is killed loses what was on its way, a
// few milliseconds; a torn last line is dropped on reading.
//
// A disk that refuses (full, read-only) is told once in a sentence; the session goes on in memory.
//
// Not here: what an interrupted list needs added (afterRestart.ts).

import { appendFile, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { SessionRecord } from "../../shared/session/eventLog.ts";
import { sentenceOf } from "../../shared/session/sentence.ts";
import type { SessionEvent } from "../../shared/session.ts";
import { makePrivateDirectory } from "./stateDirectory.ts";

const FORMAT = '{"format":"vethbook session 1"}\n';

/** Where sessions are kept. */
export interface SessionStore {
  /** `id` is made of letters, digits, `.`, `_` and `-` and does not start with a dot. */
  open(id: string): Promise<SessionRecord>;
}

/** Keeps sessions as files in `directory`/sessions; `report` gets a sentence when that fails. */
export function fileStore(directory: string, report: (sentence: string) => void): SessionStore {
  return {
    async open(id) {
      if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/.test(id)) {
        throw new Error(`not a session id: ${id.slice(0, 40)}`);
      }
      const folder = join(directory, "sessions");
      const file = join(folder, `${id}.jsonl`);
      const writer = new FileWriter(file, report);
      try {
        await makePrivateDirectory(folder);
        const events = parseSession(await readFile(file, "utf8"));
        if (events === undefined) {
          await rename(file, `${file}.unreadable`);
          report(`${file} could not be read and was set aside; its session starts anew.`);
        }
        return record(writer, events ?? []);
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) {
          writer.refuse(error);
        }
        return record(writer, []);
      }
    },
  };
}

function record(writer: FileWriter, events: readonly SessionEvent[]): SessionRecord {
  return {
    events,
    safe: () => writer.safe,
    append: (event) => writer.append(event),
    rewrite: (all) => writer.rewrite(all),
    flush: () => writer.flush(),
  };
}

/** The events of a file up to its first damage; undefined when it is not such a file at all. */
function parseSession(text: string): SessionEvent[] | undefined {
  if (!FORMAT.startsWith(text.slice(0, FORMAT.length))) {
    return undefined;
  }
  const events: SessionEvent[] = [];
  const lines = text.slice(FORMAT.length).split("\n");
  // What stands after the last line end was not written to its end.
  lines.pop();
  for (const line of lines) {
    const event = parseEvent(line);
    const last = events.at(-1);
    if (event === undefined || (last !== undefined && event.seq !== last.seq + 1)) {
      break;
    }
    events.push(event);
  }
  return events;
}

function parseEvent(line: string): SessionEvent | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isEvent(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The file is our own and private; this guards against damage, not against forgery. */
function isEvent(value: unknown): value is SessionEvent {
  return (
    typeof value === "object" &&
    value !== null &&
    "seq" in value &&
    Number.isSafeInteger(value.seq) &&
    "time" in value &&
    typeof value.time === "number" &&
    "type" in value &&
    typeof value.type === "string"
  );
}

/** Writes one file in order, one write at a time. */
class FileWriter {
  safe = true;
  readonly #file: string;
  readonly #report: (sentence: string) => void;
  /** Set while the whole file is to be replaced before anything is appended. */
  #whole = false;
  #lines: string[] = [];
  #fresh = true;
  /** A write is due that will take what is pending. */
  #due = false;
  #writing: Promise<void> = Promise.resolve();

  constructor(file: string, report: (sentence: string) => void) {
    this.#file = file;
    this.#report = report;
  }

  append(event: SessionEvent): void {
    if (this.safe) {
      this.#lines.push(JSON.stringify(event));
      void this.flush();
    }
  }

  rewrite(events: readonly SessionEvent[]): void {
    if (this.safe) {
      this.#whole = true;
      this.#lines = events.map((event) => JSON.stringify(event));
      void this.flush();
    }
  }

  flush(): Promise<void> {
    if (!this.#due) {
      this.#due = true;
      this.#writing = this.#writing.then(nextTurn).then(() => this.#writePending());
    }
    return this.#writing;
  }

  refuse(error: unknown): void {
    if (this.safe) {
      this.safe = false;
      this.#lines = [];
      this.#report(
        sentenceOf(
          error,
          `The work of a reader cannot be saved to ${this.#file} and is kept in memory only; ` +
            "make room or allow writing there, then start the server again",
        ),
      );
    }
  }

  async #writePending(): Promise<void> {
    this.#due = false;
    if (this.#lines.length === 0 && !this.#whole) {
      return;
    }
    const lines = this.#lines;
    const whole = this.#whole || this.#fresh;
    this.#lines = [];
    this.#whole = false;
    try {
      const text = lines.map((line) => `${line}\n`).join("");
      if (whole) {
        // Beside it first: a server that dies in between leaves the old list whole.
        const next = `${this.#file}.next`;
        await writeFile(next, FORMAT + text, { mode: 0o600 });
        await rename(next, this.#file);
        this.#fresh = false;
      } else {
        await appendFile(this.#file, text, { mode: 0o600 });
      }
    } catch (error) {
      this.refuse(error);
    }
  }
}
