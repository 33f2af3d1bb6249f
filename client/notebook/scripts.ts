// Shows the `js` cells of a chapter. The server has compiled them ahead of time into one module, so
// the page needs no `eval` and keeps its strict content policy.

import { Inspector } from "@observablehq/inspector";
import type { Definition, Module } from "@observablehq/runtime";

/** What the module of a chapter exports as `cells`. */
export type CompiledCell = {
  readonly id: string;
  readonly line: number;
  readonly variables: readonly {
    readonly name?: string;
    readonly inputs: readonly string[];
    readonly definition: Definition;
  }[];
};

/** Loads the compiled cells and defines their variables, each shown where its cell stands. */
export async function showScripts(module: Module, slug: string): Promise<void> {
  let cells: readonly CompiledCell[];
  try {
    const address = `/chapters/${encodeURIComponent(slug)}/cells.js`;
    ({ cells } = await import(/* @vite-ignore */ address));
  } catch (error) {
    for (const element of document.querySelectorAll("vb-script")) {
      say(element, `The JavaScript cells of this chapter could not be loaded (${error}).`);
    }
    return;
  }
  for (const cell of cells) showCell(module, cell);
}

function showCell(module: Module, cell: CompiledCell): void {
  const place = document.querySelector(`vb-script[data-cell="${CSS.escape(cell.id)}"]`);
  const names = new Set(cell.variables.map(({ name }) => name));
  for (const { name, inputs, definition } of cell.variables) {
    const visible = place && isShown(name, names);
    const observer = visible ? new Inspector(placeFor(place)) : true;
    module.variable(observer).define(name ?? null, inputs, definition);
  }
}

/** Of `viewof x` and `x` the input is shown; of `mutable x` and `x` the value. */
function isShown(name: string | undefined, names: ReadonlySet<string | undefined>): boolean {
  if (name === undefined) return true;
  return !/^(initial|mutable) /.test(name) && !names.has(`viewof ${name}`);
}

function placeFor(place: Element): Element {
  return place.appendChild(document.createElement("div"));
}

function say(element: Element, sentence: string): void {
  const line = document.createElement("p");
  line.className = "error";
  line.textContent = sentence;
  element.append(line);
}
