// Shows the `js` cells of a chapter. The server has compiled them ahead of time into one module, so
// the page needs no `eval` and keeps its strict content policy.

import { Inspector } from "@observablehq/inspector";
import type { Definition, Module } from "@observablehq/runtime";

/** What the module of a chapter exports as `cells` (server/chapters/scriptModule.ts). */
type CompiledCell = {
  readonly id: string;
  readonly variables: readonly {
    readonly name?: string;
    readonly inputs: readonly string[];
    readonly definition: Definition;
  }[];
  /** Which of the variables is what the cell shows. */
  readonly shown: number;
  /** Why the cell cannot run; it then has no variables. */
  readonly error?: string;
};

/** Loads the compiled cells and defines their variables, each shown where its cell stands. */
export async function showScripts(module: Module, slug: string): Promise<void> {
  let cells: readonly CompiledCell[];
  try {
    const address = `/chapters/${encodeURIComponent(slug)}/cells.js`;
    ({ cells } = await import(/* @vite-ignore */ address));
  } catch (error) {
    for (const element of document.querySelectorAll("vb-script")) {
      say(element, `The JavaScript cells of this chapter could not be loaded: ${error}`);
    }
    return;
  }
  for (const cell of cells) showCell(module, cell);
}

function showCell(module: Module, cell: CompiledCell): void {
  const place = document.querySelector(`vb-script[data-cell="${CSS.escape(cell.id)}"]`);
  if (!place) return;
  foldSource(place);
  if (cell.error !== undefined) say(place, cell.error);
  cell.variables.forEach(({ name, inputs, definition }, at) => {
    const observer = at === cell.shown ? new Inspector(firstIn(place)) : true;
    module.variable(observer).define(name ?? null, inputs, definition);
  });
}

/** The value comes first; its source stays at hand. */
function foldSource(place: Element): void {
  const source = place.querySelector("pre");
  if (!source) return;
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = "JavaScript of this cell";
  details.append(summary, source);
  place.append(details);
}

function firstIn(place: Element): Element {
  const element = document.createElement("div");
  place.prepend(element);
  return element;
}

function say(place: Element, sentence: string): void {
  const line = document.createElement("p");
  line.className = "error";
  line.textContent = sentence;
  place.prepend(line);
}
