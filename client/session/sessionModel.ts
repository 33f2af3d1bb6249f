// What the page knows about the reader's session: a pure fold over the numbered events of
// shared/session.ts. The same list of events always gives the same model, so a reload and a
// second tab show the same.
// Not here: the bytes of runs and terminals (outputLog.ts), words for people (runWords.ts).

import type { Pace, SandboxKind } from "../../shared/sandbox.ts";
import type { RunEnd, SessionEvent } from "../../shared/session.ts";

/** One run of a cell, as far as the events tell it. Times are the server's, in milliseconds. */
export type RunRecord = {
  readonly run: string;
  readonly cell: string;
  readonly on: string;
  readonly queuedAt: number;
  readonly startedAt?: number;
  /** Number of the event that started it: the order in which runs began. */
  readonly order?: number;
  /** What was typed; known once it has started. */
  readonly source?: string;
  readonly end?: RunEnd;
  readonly milliseconds?: number;
  /** Set when the server stopped keeping output: how many bytes it kept. */
  readonly keptBytes?: number;
  /** The run that the cell showed before this one. */
  readonly previous?: string;
  /** Why the next run of this cell ended before it began. */
  readonly notAgain?: string;
  /** Which sandbox of this session it ran in; runs of an earlier one no longer count. */
  readonly generation: number;
};

/** Whether there is a sandbox, and which kernel answers in it. */
export type SandboxStatus =
  | { readonly state: "none" }
  | { readonly state: "starting"; readonly kind: SandboxKind }
  | { readonly state: "ready"; readonly kind: SandboxKind; readonly kernel: string }
  | { readonly state: "ended"; readonly reason: string };

export type SessionModel = {
  /** Number of the last event that is folded in. */
  readonly seq: number;
  readonly generation: number;
  readonly sandbox: SandboxStatus;
  /** How time passes, once a reader has said so. */
  readonly pace?: Pace;
  readonly runs: ReadonlyMap<string, RunRecord>;
  /** Cell id → the newest run of it. */
  readonly latest: ReadonlyMap<string, string>;
};

/** The model before any event. */
export const emptySession: SessionModel = {
  seq: 0,
  generation: 0,
  sandbox: { state: "none" },
  runs: new Map(),
  latest: new Map(),
};

/** Folds one event in. An event that is already in changes nothing. */
export function applyEvent(model: SessionModel, event: SessionEvent): SessionModel {
  if (event.seq <= model.seq) return model;
  const next = { ...model, seq: event.seq };
  switch (event.type) {
    case "sandbox-starting":
    case "sandbox-ready":
    case "sandbox-ended":
      return { ...next, ...sandboxAfter(model, event) };
    case "pace-set":
      return { ...next, pace: event.pace };
    case "run-queued":
      return withRun(next, newRecord(model, event));
    case "run-started":
      return withRun(next, {
        ...(model.runs.get(event.run) ?? newRecord(model, event)),
        startedAt: event.time,
        order: event.seq,
        source: event.source,
        generation: model.generation,
      });
    case "run-cut":
      return changeRun(next, event.run, { keptBytes: event.keptBytes });
    case "run-ended":
      return withEnd(next, event);
    default:
      return next;
  }
}

type SandboxEvent = Extract<SessionEvent, { type: `sandbox-${string}` }>;

/** A sandbox that ends, or that is replaced without a farewell, begins a new generation. */
function sandboxAfter(
  model: SessionModel,
  event: SandboxEvent,
): Pick<SessionModel, "sandbox" | "generation"> {
  const { generation } = model;
  const alive = model.sandbox.state === "ready" || model.sandbox.state === "starting";
  const { kind } = { kind: "vm" as SandboxKind, ...event };
  if (event.type === "sandbox-ready") {
    return { generation, sandbox: { state: "ready", kind, kernel: event.kernel } };
  }
  return {
    generation: alive ? generation + 1 : generation,
    sandbox:
      event.type === "sandbox-ended"
        ? { state: "ended", reason: event.reason }
        : { state: "starting", kind },
  };
}

function newRecord(
  model: SessionModel,
  event: Extract<SessionEvent, { type: "run-queued" | "run-started" }>,
): RunRecord {
  const { run, cell, on, time } = event;
  const previous = model.latest.get(cell);
  return {
    ...{ run, cell, on, queuedAt: time, generation: model.generation },
    ...(previous === undefined ? {} : { previous }),
  };
}

/** A run that ends before it began leaves the cell as it was, with a word about why. */
function withEnd(
  model: SessionModel,
  event: Extract<SessionEvent, { type: "run-ended" }>,
): SessionModel {
  const { end, milliseconds } = event;
  const next = changeRun(model, event.run, { end, milliseconds });
  const record = next.runs.get(event.run);
  if (!record || record.startedAt !== undefined || record.previous === undefined) return next;
  if (next.latest.get(record.cell) !== record.run || end.type !== "lost") return next;
  const latest = new Map(next.latest).set(record.cell, record.previous);
  return { ...changeRun(next, record.previous, { notAgain: end.reason }), latest };
}

function withRun(model: SessionModel, record: RunRecord): SessionModel {
  return {
    ...model,
    runs: new Map(model.runs).set(record.run, record),
    latest: new Map(model.latest).set(record.cell, record.run),
  };
}

function changeRun(model: SessionModel, run: string, change: Partial<RunRecord>): SessionModel {
  const record = model.runs.get(run);
  if (!record) return model;
  return { ...model, runs: new Map(model.runs).set(run, { ...record, ...change }) };
}
