// Keeps the events of one chapter where they survive a reload: in the browser's IndexedDB, one
// database for each chapter, one row for each event. What comes while a write is under way goes with
// the next one. A page that is left loses what was on its way, a few milliseconds.
//
// A browser that refuses (no room, no permission) is told of once in a sentence; the list goes on in
// memory.
// Source: Indexed Database API 3.0.
// Not here: who may write (chapterRecord.ts).

import type { SessionRecord } from "../../shared/session/eventLog.ts";
import { sentenceOf } from "../../shared/session/sentence.ts";
import type { SessionEvent } from "../../shared/session.ts";

/** Rises when events change their form; what an older form wrote is dropped. */
const FORM = 1;
const STORE = "events";
const NOT_KEPT = "This browser keeps nothing more of this page, so it is gone when you leave it";

/** The kept events of a chapter; `report` gets a sentence when something cannot be kept. */
export async function indexedRecord(
  chapter: string,
  report: (sentence: string) => void,
): Promise<SessionRecord> {
  const refuse = (error: unknown) => report(sentenceOf(error, NOT_KEPT));
  try {
    const database = await openDatabase(`vethbook:${chapter}`);
    const rows = database.transaction(STORE).objectStore(STORE).getAll();
    const events: SessionEvent[] = await settled(rows);
    return { events, ...createWriter(database, refuse) };
  } catch (error) {
    refuse(error);
    return memoryRecord();
  }
}

/** A list that nothing keeps. */
export function memoryRecord(): SessionRecord {
  return {
    events: [],
    append: () => {},
    rewrite: () => {},
    flush: () => Promise.resolve(),
    safe: () => false,
  };
}

function openDatabase(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, FORM);
  request.onupgradeneeded = () => {
    const database = request.result;
    for (const store of [...database.objectStoreNames]) database.deleteObjectStore(store);
    database.createObjectStore(STORE, { keyPath: "seq" });
  };
  return settled(request);
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function createWriter(
  database: IDBDatabase,
  refuse: (error: unknown) => void,
): Omit<SessionRecord, "events"> {
  let safe = true;
  let pending: SessionEvent[] = [];
  /** Everything that is stored goes before what is pending is written. */
  let anew = false;
  let writing: Promise<void> | undefined;

  const giveUp = (error: unknown) => {
    if (safe) refuse(error);
    safe = false;
    pending = [];
  };
  const writePending = async () => {
    // Whatever happens in this turn goes together.
    await Promise.resolve();
    while (safe && (pending.length > 0 || anew)) {
      const events = pending;
      const clear = anew;
      pending = [];
      anew = false;
      await write(database, events, clear).catch(giveUp);
    }
    writing = undefined;
  };
  const flush = () => {
    writing ??= writePending();
    return writing;
  };
  // The reader has cleared what sites keep, or another tab needs a newer form.
  database.onclose = () => giveUp(new Error("its storage was emptied"));
  database.onversionchange = () => database.close();
  return {
    safe: () => safe,
    append(event) {
      if (!safe) return;
      pending.push(event);
      void flush();
    },
    rewrite(events) {
      if (!safe) return;
      pending = [...events];
      anew = true;
      void flush();
    },
    flush,
  };
}

function write(
  database: IDBDatabase,
  events: readonly SessionEvent[],
  clear: boolean,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, "readwrite", { durability: "relaxed" });
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
    const store = transaction.objectStore(STORE);
    if (clear) store.clear();
    for (const event of events) store.put(event);
  });
}
