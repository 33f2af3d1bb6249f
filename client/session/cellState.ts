// In which state is each shell cell? Derived from the session model every time, never stored.
// "Failed" is relative to what the chapter expects: a cell that should fail and failed is done.
// Not here: the order of cells and what a cell depends on (shared/dependencies.ts).

import type { ShellCell } from "../../shared/chapter.ts";
import { staleCells } from "../../shared/dependencies.ts";
import type { RunRecord, SessionModel } from "./sessionModel.ts";

export type CellStatus = "not-run" | "queued" | "running" | "done" | "failed" | "stale" | "lost";

export type CellState = {
  readonly status: CellStatus;
  /** The run whose output the cell shows, if any. */
  readonly run?: RunRecord;
  /** The output is from a sandbox that is gone. */
  readonly past: boolean;
};

/** Exit code of a program that Ctrl-C ended: 128 + SIGINT. */
export const stoppedByKeyboard = 130;

/** Whether an exit code is what the chapter says it should be. */
export function asExpected(expect: ShellCell["expect"], code: number): boolean {
  if (expect === "any") return true;
  if (code === stoppedByKeyboard) return false;
  return expect === "ok" ? code === 0 : code !== 0;
}

/** The state of every shell cell of the chapter, by id. */
export function cellStates(
  cells: readonly ShellCell[],
  model: SessionModel,
): ReadonlyMap<string, CellState> {
  const stale = staleCells(cells, runOrder(model));
  const states = new Map<string, CellState>();
  for (const cell of cells) states.set(cell.id, stateOf(cell, model, stale));
  return states;
}

/** Cells by the order in which their newest runs began, oldest first, in the sandbox of now. */
function runOrder(model: SessionModel): string[] {
  return [...model.latest.values()]
    .flatMap((run) => model.runs.get(run) ?? [])
    .filter((run) => run.order !== undefined && run.generation === model.generation)
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
    .map(({ cell }) => cell);
}

function stateOf(cell: ShellCell, model: SessionModel, stale: ReadonlySet<string>): CellState {
  const run = model.runs.get(model.latest.get(cell.id) ?? "");
  if (!run) return { status: "not-run", past: false };
  const past = run.end !== undefined && run.generation !== model.generation;
  return { status: statusOf(cell, run, { past, stale: stale.has(cell.id) }), run, past };
}

function statusOf(
  cell: ShellCell,
  run: RunRecord,
  now: { readonly past: boolean; readonly stale: boolean },
): CellStatus {
  if (!run.end) return run.startedAt === undefined ? "queued" : "running";
  if (run.end.type === "lost") return run.startedAt === undefined ? "not-run" : "lost";
  if (now.past) return "not-run";
  if (now.stale) return "stale";
  return asExpected(cell.expect, run.end.code) ? "done" : "failed";
}

/** Cells whose commands have taken effect in the sandbox that is there now. */
export function ranCells(states: ReadonlyMap<string, CellState>): Set<string> {
  const ran = new Set<string>();
  for (const [id, { status }] of states) {
    if (status !== "not-run" && status !== "lost") ran.add(id);
  }
  return ran;
}
