// Which cells must run before a cell, and which have become stale. A cell names what it needs by
// `needs`; everything here follows these names transitively. Names that no cell has are ignored:
// the parser has reported them. Cycles do no harm.
// Not here: what a run is, and whether it succeeded.

import type { ShellCell } from "./chapter.ts";

type Needing = Pick<ShellCell, "id" | "needs">;

/**
 * Ids of the cells that must run before `id`, in the order of the chapter: those it needs,
 * directly or through others, that have not run. A needed cell that has run is not looked behind.
 */
export function cellsToRunFirst(
  cells: readonly Needing[],
  id: string,
  ran: Iterable<string>,
): string[] {
  const before = needed(cells, id, new Set(ran));
  return cells.map((cell) => cell.id).filter((other) => before.has(other) && other !== id);
}

/**
 * Ids of the cells whose result no longer stands on what is there now: a cell they need, directly
 * or through others, ran again after they last ran. `runOrder` lists the runs, oldest first; a
 * cell may stand in it more than once.
 */
export function staleCells(cells: readonly Needing[], runOrder: readonly string[]): Set<string> {
  const last = new Map(runOrder.map((id, at) => [id, at]));
  const stale = new Set<string>();
  for (const { id } of cells) {
    const own = last.get(id);
    if (own === undefined) continue;
    for (const other of needed(cells, id, new Set())) {
      if ((last.get(other) ?? -1) > own) stale.add(id);
    }
  }
  return stale;
}

/** Ids of the cell and of all cells after it, in the order of the chapter. */
export function fromHere(cells: readonly Needing[], id: string): string[] {
  const at = cells.findIndex((cell) => cell.id === id);
  return at < 0 ? [] : cells.slice(at).map((cell) => cell.id);
}

/** Everything that `id` needs, stopping at the cells in `except`, which are not part of it. */
function needed(
  cells: readonly Needing[],
  id: string,
  except: ReadonlySet<string>,
): ReadonlySet<string> {
  const needs = new Map(cells.map((cell) => [cell.id, cell.needs]));
  const found = new Set<string>();
  const open = [...(needs.get(id) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const further = needs.get(next);
    if (further === undefined || except.has(next) || found.has(next)) continue;
    found.add(next);
    open.push(...further);
  }
  return found;
}
