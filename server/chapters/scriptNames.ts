// Whether the names in the js cells of a chapter fit together: each is defined once, none hides
// what the page provides, and each name that is used belongs to a cell, the page or the browser.

import { cellVariableName, PROVIDED_NAMES } from "../../shared/cellNames.ts";
import type { Cell } from "../../shared/chapter.ts";
import { suggestion } from "./nearestName.ts";
import type { Report } from "./problem.ts";
import { type CompiledScript, compileScript, type ScriptReference } from "./scriptCell.ts";
import { RESERVED_WORDS, SCRIPT_GLOBALS } from "./scriptGlobals.ts";

/**
 * Reports, by line of the file, every mistake in the js cells. Of a cell that is not live only its
 * names count.
 */
export function checkScripts(
  cells: readonly Cell[],
  isLive: (cell: Cell) => boolean,
  report: Report,
): void {
  const scripts = cells
    .filter((cell) => cell.type === "js")
    .map((cell) => ({ cell, script: compileScript(cell.source) }));
  const runs = cells
    .filter((cell) => cell.type === "sh")
    .map((cell): [string, number] => [cellVariableName(cell.id), cell.line]);
  const defined = new Map(runs);
  for (const { cell, script } of scripts) {
    for (const name of namesOf(script)) {
      const other = defined.get(name);
      if (PROVIDED_NAMES.includes(name)) {
        report(cell.line + 1, `\`${name}\` is the page's own name; choose another.`);
      } else if (other !== undefined) {
        report(cell.line + 1, `\`${name}\` is taken by the cell in line ${other}; choose another.`);
      }
      defined.set(name, cell.line);
    }
  }
  const names = [...defined.keys(), ...PROVIDED_NAMES];
  for (const { cell, script } of scripts.filter((one) => isLive(one.cell))) {
    if ("error" in script) report(cell.line + script.line, script.error);
    else checkUses(script.references, cell, { names, report });
  }
}

function checkUses(
  references: readonly ScriptReference[],
  cell: Cell,
  { names, report }: { readonly names: readonly string[]; readonly report: Report },
): void {
  const told = new Set<string>();
  for (const { name, line } of references) {
    if (names.includes(name) || told.has(name)) continue;
    told.add(name);
    const near = suggestion(name, names) || " Define it in a js cell, or correct it.";
    report(cell.line + line, `Nothing is called \`${name}\`.${near}`);
  }
}

/** Why an id of a shell cell cannot be a variable of js cells; undefined when it can. */
export function refusedVariable(id: string): string | undefined {
  const name = cellVariableName(id);
  const taken =
    PROVIDED_NAMES.includes(name) || SCRIPT_GLOBALS.has(name) || RESERVED_WORDS.has(name);
  if (!taken) return undefined;
  return `The id \`${id}\` would hide JavaScript's \`${name}\`; choose another, such as ${id}-run.`;
}

function namesOf(script: CompiledScript): string[] {
  if ("error" in script) return [];
  return script.variables.flatMap(({ name }) => (name === undefined ? [] : [name]));
}
