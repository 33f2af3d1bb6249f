// Which events stay when a session's list has grown too long? Never dropped: what a page needs to
// show every cell's newest run and every terminal's end of screen.
//
// Rules, in this order, for events up to `floor` (later ones all stay):
// 1. Everything of an ended run whose cell has been started again since, and every pace but the newest.
// 2. Of each terminal, output older than its newest 512 KiB.
// 3. While more than HARD_LIMIT stays: whole ended runs, oldest first.
//
// Not here: numbers and readers of the list; see eventLog.ts.

import type { SessionEvent } from "../session.ts";

const TERMINAL_KEPT = 512 * 1024;
const HARD_LIMIT = 16 * 1024 * 1024;

/** Roughly what an event weighs on the wire and in memory, in bytes. */
export function sizeOf(event: SessionEvent): number {
  const payload = "data" in event ? event.data.length : "source" in event ? event.source.length : 0;
  return payload + 128;
}

/** The events that stay, in order. `floor` is the number of the newest event that may go. */
export function keptEvents(events: readonly SessionEvent[], floor: number): SessionEvent[] {
  const goneRuns = supersededRuns(events);
  const goneOutput = oldTerminalOutput(events);
  const pace = events.findLast(({ type }) => type === "pace-set");
  const goes = (event: SessionEvent) =>
    goneOutput.has(event) ||
    belongsTo(event, goneRuns) ||
    (event.type === "pace-set" && event !== pace);
  const kept = events.filter((event) => event.seq > floor || !goes(event));
  const surplus = surplusRuns(kept, floor);
  return surplus.size === 0 ? kept : kept.filter((event) => !belongsTo(event, surplus));
}

function belongsTo(event: SessionEvent, runs: ReadonlySet<string>): boolean {
  return "run" in event && runs.has(event.run);
}

/** Runs that ended and whose cell was started again later. */
function supersededRuns(events: readonly SessionEvent[]): Set<string> {
  const cellOf = new Map<string, string>();
  const lastStarted = new Map<string, number>();
  for (const event of events) {
    if (event.type === "run-queued" || event.type === "run-started") {
      cellOf.set(event.run, event.cell);
    }
    if (event.type === "run-started") {
      lastStarted.set(event.cell, event.seq);
    }
  }
  const superseded = new Set<string>();
  for (const event of events) {
    if (event.type === "run-ended") {
      const started = lastStarted.get(cellOf.get(event.run) ?? "");
      if (started !== undefined && started > event.seq) {
        superseded.add(event.run);
      }
    }
  }
  return superseded;
}

function oldTerminalOutput(events: readonly SessionEvent[]): Set<SessionEvent> {
  const seen = new Map<string, number>();
  const old = new Set<SessionEvent>();
  for (const event of events.toReversed()) {
    if (event.type !== "terminal-output") {
      continue;
    }
    const newer = seen.get(event.terminal) ?? 0;
    if (newer >= TERMINAL_KEPT) {
      old.add(event);
    }
    // Base64 holds three bytes in four characters.
    seen.set(event.terminal, newer + (event.data.length * 3) / 4);
  }
  return old;
}

function surplusRuns(events: readonly SessionEvent[], floor: number): Set<string> {
  let total = 0;
  const weight = new Map<string, number>();
  for (const event of events) {
    total += sizeOf(event);
    if ("run" in event) {
      weight.set(event.run, (weight.get(event.run) ?? 0) + sizeOf(event));
    }
  }
  const surplus = new Set<string>();
  for (const event of events) {
    if (total <= HARD_LIMIT) {
      break;
    }
    if (event.type === "run-ended" && event.seq <= floor) {
      surplus.add(event.run);
      total -= weight.get(event.run) ?? 0;
    }
  }
  return surplus;
}
