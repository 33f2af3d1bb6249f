// Which tab keeps what happens in a chapter? The first one that is open. The lock ends with its tab,
// however that ends. Another tab of the same chapter works on a list of its own that nobody keeps,
// and says so.
// Source: Web Locks API.
// Not here: how events are kept (indexedRecord.ts).

import type { SessionRecord } from "../../shared/session/eventLog.ts";
import { indexedRecord, memoryRecord } from "./indexedRecord.ts";

/** A page that is reloaded may have to wait for itself: its old worker lets go a little later. */
const PATIENCE = 500;

const ELSEWHERE =
  "This chapter is open in another tab, so nothing that you do here is kept when you leave this page.";
const NO_LOCKS = "This browser keeps nothing of this page, so it is gone when you leave it.";

/** The record of a chapter for this tab; `report` gets a sentence when it will not be kept. */
export async function chapterRecord(
  chapter: string,
  report: (sentence: string) => void,
): Promise<SessionRecord> {
  // A page that came over plain HTTP from another machine has no locks.
  if (!("locks" in navigator)) {
    report(NO_LOCKS);
    return memoryRecord();
  }
  if (await holdLock(`vethbook:${chapter}`)) return indexedRecord(chapter, report);
  report(ELSEWHERE);
  return memoryRecord();
}

/** True when this worker has the lock now; it keeps it for as long as it lives. */
function holdLock(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(PATIENCE);
    const hold = () => {
      resolve(true);
      return new Promise<never>(() => {});
    };
    navigator.locks.request(name, { signal }, hold).catch(() => resolve(false));
  });
}
