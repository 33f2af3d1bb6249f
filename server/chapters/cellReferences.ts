// Whether what the cells of a chapter name is there: ids are unique, `needs` and `for` lead to
// cells in the right order, namespaces and devices belong to the topology. Cells without an id of
// their own get one here.

import { cellVariableName } from "../../shared/cellNames.ts";
import { type Cell, LAB, type ShellCell } from "../../shared/chapter.ts";
import { suggestion } from "./nearestName.ts";
import type { Topology } from "./topology.ts";

/** Sentences about a cell, each with its line. */
export type CellReport = (cell: Cell, message: string) => void;

/** The cells with an id each: named by their author, or `view-1`, `js-1`, `predict-ID`. */
export function withIds(cells: readonly Cell[]): Cell[] {
  const taken = new Set(cells.map((cell) => cell.id));
  return cells.map((cell) => {
    if (cell.id !== "" || cell.type === "sh") return cell;
    const base = cell.type === "predict" ? `predict-${cell.for}` : `${cell.type}-1`;
    let id = base;
    for (let count = 2; taken.has(id); count++) id = base.replace(/(-1)?$/, `-${count}`);
    taken.add(id);
    return { ...cell, id };
  });
}

/** Reports every name that leads nowhere. */
export function checkReferences(
  cells: readonly Cell[],
  topology: Topology | undefined,
  report: CellReport,
): void {
  const first = new Map<string, Cell>();
  for (const cell of cells) {
    const other = first.get(cell.id);
    if (other === undefined) first.set(cell.id, cell);
    else if (cell.id !== "") {
      report(
        cell,
        `The id \`${cell.id}\` is taken by the fence in line ${other.line}; choose another.`,
      );
    }
  }
  checkVariables(first.values(), report);
  for (const cell of cells) {
    if (cell.type === "sh") checkNeeds(cell, first, report);
    else if (cell.type === "predict" && cell.for !== "") checkFor(cell, first, report);
    if (topology !== undefined) checkNames(cell, topology, report);
  }
}

/** Two ids such as `a-1` and `a1` would be one variable of JavaScript cells. */
function checkVariables(cells: Iterable<Cell>, report: CellReport): void {
  const owners = new Map<string, ShellCell>();
  for (const cell of cells) {
    if (cell.type !== "sh" || cell.id === "") continue;
    const name = cellVariableName(cell.id);
    const other = owners.get(name);
    if (other !== undefined) {
      report(
        cell,
        `\`${cell.id}\` and \`${other.id}\` are both \`${name}\` in js cells; rename one.`,
      );
    }
    owners.set(name, cell);
  }
}

function checkNeeds(cell: ShellCell, byId: ReadonlyMap<string, Cell>, report: CellReport): void {
  for (const need of cell.needs) {
    const other = byId.get(need);
    if (other === undefined) {
      report(cell, `No cell is called \`${need}\`.${suggestion(need, shellIds(byId))}`);
    } else if (other.type !== "sh") {
      report(cell, `\`${need}\` is a ${other.type} fence; a cell can only need sh cells.`);
    } else if (other.id === cell.id) {
      report(cell, `The cell needs itself; take \`${need}\` out of needs.`);
    } else if (other.line > cell.line) {
      const round = leadsTo(other, cell.id, byId);
      report(
        cell,
        round
          ? `\`${cell.id}\` and \`${need}\` need each other; take one out of the other's needs.`
          : `\`${need}\` stands later (line ${other.line}); a cell can only need cells before it.`,
      );
    }
  }
}

/** Whether `id` is needed by the cell, directly or through others. */
function leadsTo(cell: ShellCell, id: string, byId: ReadonlyMap<string, Cell>): boolean {
  const seen = new Set<string>();
  const open = [...cell.needs];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === id) return true;
    const other = byId.get(next);
    if (other?.type !== "sh" || seen.has(next)) continue;
    seen.add(next);
    open.push(...other.needs);
  }
  return false;
}

function checkFor(
  cell: Extract<Cell, { type: "predict" }>,
  byId: ReadonlyMap<string, Cell>,
  report: CellReport,
): void {
  const target = byId.get(cell.for);
  if (target === undefined) {
    report(cell, `No cell is called \`${cell.for}\`.${suggestion(cell.for, shellIds(byId))}`);
  } else if (target.type !== "sh") {
    report(cell, `\`${cell.for}\` is a ${target.type} fence; a prediction is for an sh cell.`);
  } else if (target.line < cell.line) {
    report(
      cell,
      `The cell \`${cell.for}\` stands before its question; move the question above it.`,
    );
  }
}

function checkNames(cell: Cell, topology: Topology, report: CellReport): void {
  const namespaces = [LAB, ...topology.namespaces.map(({ name }) => name)];
  const devices = topology.devices;
  const check = (kind: string, name: string, known: readonly string[]) => {
    if (known.includes(name)) return;
    const near = suggestion(name, known);
    report(cell, `The topology \`${topology.name}\` has no ${kind} \`${name}\`.${near}`);
  };
  if (cell.type === "sh") check("namespace", cell.on, namespaces);
  if (cell.type !== "view") return;
  for (const request of cell.views) {
    if (request.view === "packets") {
      for (const name of request.devices) check("device", name, devices);
    } else if (request.view !== "why")
      for (const name of request.namespaces) check("namespace", name, namespaces);
  }
}

function shellIds(byId: ReadonlyMap<string, Cell>): string[] {
  return [...byId.values()].filter((cell) => cell.type === "sh").map((cell) => cell.id);
}
