// All js cells of a chapter as one ES module for the page, compiled here so that the page needs no
// `eval`. It exports `cells`: for each js cell its id, its line, and the variables to define in
// @observablehq/runtime, or the sentence that says why it cannot run. It imports nothing; what the
// cells use comes in as inputs of their variables.

import type { Chapter, ScriptCell } from "../../shared/chapter.ts";
import { compileScript, type ScriptVariable } from "./scriptCell.ts";

/** The source of the module. A cell with a syntax error exports `error` and no variables. */
export function scriptModule(chapter: Chapter): string {
  const scripts = chapter.blocks.filter((block) => block.type === "js").map(cellSource);
  const cells = `export const cells = [\n${scripts.map(({ source }) => source).join(",\n")}\n];\n`;
  return scripts.some(({ usesBox }) => usesBox) ? `${MUTABLE_BOX}\n${cells}` : cells;
}

function cellSource(cell: ScriptCell): { source: string; usesBox: boolean } {
  const head = `id: ${JSON.stringify(cell.id)}, line: ${cell.line}`;
  const script = compileScript(cell.source);
  if ("error" in script) {
    const error = `Line ${cell.line + script.line}: ${script.error}`;
    const source = `{ ${head}, variables: [], shown: 0, error: ${JSON.stringify(error)} }`;
    return { source, usesBox: false };
  }
  const variables = script.variables.map(variableSource).join(",\n");
  return {
    source: `{ ${head}, shown: ${script.shown}, variables: [\n${variables}\n] }`,
    usesBox: script.variables.length === 3,
  };
}

function variableSource({ name, inputs, definition }: ScriptVariable): string {
  const named = name === undefined ? "" : `name: ${JSON.stringify(name)}, `;
  return `{ ${named}inputs: ${JSON.stringify(inputs)}, definition: ${definition} }`;
}

/** A value that cells may set: `.value` is the newest, `.values` yields it now and after each change. */
const MUTABLE_BOX = `function mutableBox(initial) {
  let value = initial;
  let fresh = true;
  let wake;
  const next = () => {
    if (fresh) {
      fresh = false;
      return { done: false, value: Promise.resolve(value) };
    }
    const later = new Promise((resolve) => { wake = resolve; });
    return { done: false, value: later.then(() => { fresh = false; return value; }) };
  };
  return {
    get value() { return value; },
    set value(changed) { value = changed; fresh = true; wake?.(); },
    values: { next, return: () => ({ done: true, value: undefined }), throw: () => ({ done: true, value: undefined }) },
  };
}`;
