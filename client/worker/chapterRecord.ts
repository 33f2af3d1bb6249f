// The record that a session of this tab writes to: the browser's, when this tab keeps the chapter,
// else a list of its own that nobody keeps, and a sentence about that.
// Not here: which tab keeps it (client/connection/keeper.ts), how events are kept (indexedRecord.ts).

import type { SessionRecord } from "../../shared/session/eventLog.ts";
import { indexedRecord, memoryRecord } from "./indexedRecord.ts";
import type { Beginning } from "./workerMessages.ts";

const NOT_KEPT = {
  elsewhere:
    "This chapter is open in another tab, so nothing that you do here is kept when you leave this page.",
  nowhere: "This browser keeps nothing of this page, so it is gone when you leave it.",
};

/** The record of a chapter; `report` gets a sentence when nothing will be kept. */
export async function chapterRecord(
  { chapter, keeping }: Beginning,
  report: (sentence: string) => void,
): Promise<SessionRecord> {
  if (keeping === "here") return indexedRecord(chapter, report);
  report(NOT_KEPT[keeping]);
  return memoryRecord();
}
