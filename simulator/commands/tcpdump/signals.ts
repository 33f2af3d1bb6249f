// Signals that tcpdump listens to: INT, TERM and PIPE end it, HUP too unless it is ignored; USR1 asks
// for the counts, USR2 writes out what -w has in its buffer.

import type { Process } from "../../process/process.ts";
import { onSignal } from "../../process/processTable.ts";

/** What came; `asked` holds the counts as they were when somebody asked. */
export type Signals = { ended: boolean; readonly asked: string[]; flush: boolean };

/** Listens; `wake` is called for each, `counts` when somebody asks. */
export function listenForSignals(
  self: Process,
  wake: () => void,
  counts: () => string = () => "",
): Signals {
  const signals: Signals = { ended: false, asked: [], flush: false };
  const end = () => {
    signals.ended = true;
    wake();
  };
  for (const signal of ["INT", "TERM", "PIPE"] as const) onSignal(self, signal, end);
  if (!self.handlers.has("HUP")) onSignal(self, "HUP", end);
  onSignal(self, "USR1", () => {
    signals.asked.push(counts());
    wake();
  });
  onSignal(self, "USR2", () => {
    signals.flush = true;
    wake();
  });
  return signals;
}
