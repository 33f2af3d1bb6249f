// Compiles one js cell (Observable's JavaScript: `x = 1`, `viewof x = …`, `mutable x = …`, blocks,
// await and yield) into variables of @observablehq/runtime, as source text. No `eval` is needed
// later: a definition is a function whose parameters are the names that the cell uses.
//
//   viewof x = …    "viewof x" the input, "x" its values
//   mutable x = …   "initial x" the first value, "mutable x" the box, "x" its values
//
// Not here: names of other cells (scriptNames.ts), the module around (scriptModule.ts).

import { type Name, type ParsedCell, parseCell } from "@observablehq/parser";
import { COMPILING_GLOBALS, SCRIPT_GLOBALS } from "./scriptGlobals.ts";
import { nestsDeeply, SYNTAX } from "./scriptNesting.ts";

/** A variable to be; `definition` is the source of a function. */
export type ScriptVariable = {
  readonly name?: string;
  readonly inputs: readonly string[];
  readonly definition: string;
};

/** A name that the cell uses and does not define; `line` counts from 1 in its source. */
export type ScriptReference = { readonly name: string; readonly line: number };

/** A compiled cell, or where and why it cannot be read. */
export type CompiledScript =
  | {
      readonly variables: readonly ScriptVariable[];
      /** Index of the variable whose value the page shows. */
      readonly shown: number;
      readonly references: readonly ScriptReference[];
    }
  | { readonly error: string; readonly line: number };

/** Compiles the source of one cell. Never throws. */
export function compileScript(source: string): CompiledScript {
  try {
    if (nestsDeeply(source)) {
      return { error: "The cell nests too deeply; divide it into several cells.", line: 1 };
    }
    const cell = parseCell(source, { ...SYNTAX, globals: SCRIPT_GLOBALS });
    return compileCell(cell, source);
  } catch (error) {
    return mistake(error, source);
  }
}

function compileCell(cell: ParsedCell, source: string): CompiledScript {
  const lineAt = (offset: number) => source.slice(0, offset).split("\n").length;
  const { body, id } = cell;
  if (body === null) return { error: "The cell is empty; write an expression.", line: 1 };
  if (body.type === "ImportDeclaration") {
    return { error: "A cell cannot import; use what the page provides.", line: lineAt(body.start) };
  }
  const compiling = cell.references.find((name) => COMPILING_GLOBALS.has(nameOf(name)));
  if (compiling !== undefined) {
    const error = `\`${nameOf(compiling)}\` is not allowed, as it runs text as a program; write the code in the cell.`;
    return { error, line: lineAt(compiling.start) };
  }
  const { inputs, definition } = definitionOf(cell, body, source);
  const references = cell.references.map((name) => ({
    name: nameOf(name),
    line: lineAt(name.start),
  }));
  return { ...variablesOf(id, inputs, definition), references };
}

/** `x`, `viewof x` or `mutable x`. */
function nameOf(name: Name): string {
  if (name.type === "Identifier") return name.name;
  return `${name.type === "ViewExpression" ? "viewof" : "mutable"} ${name.id.name}`;
}

/** The function that computes the cell, with the names that it takes. */
function definitionOf(
  cell: ParsedCell,
  body: { readonly type: string; readonly start: number; readonly end: number },
  source: string,
): { inputs: string[]; definition: string } {
  // `viewof x` is no JavaScript: it becomes a parameter with a name that the source does not hold.
  let prefix = "$";
  while (source.includes(prefix)) prefix += "$";
  const parameters = new Map<string, string>();
  let text = source.slice(body.start, body.end);
  const places = [...cell.references].sort((a, b) => b.start - a.start);
  for (const name of [...places].reverse()) {
    const key = nameOf(name);
    if (parameters.has(key)) continue;
    parameters.set(key, name.type === "Identifier" ? key : `${prefix}${parameters.size}`);
  }
  for (const place of places) {
    if (place.type === "Identifier") continue;
    const parameter = parameters.get(nameOf(place)) ?? "";
    const use = place.type === "MutableExpression" ? `${parameter}.value` : parameter;
    text = text.slice(0, place.start - body.start) + use + text.slice(place.end - body.start);
  }
  const head = `${cell.async ? "async " : ""}function${cell.generator ? "*" : ""}`;
  const block = body.type === "BlockStatement" ? text : `{ return (\n${text}\n); }`;
  return {
    inputs: [...parameters.keys()],
    definition: `${head} (${[...parameters.values()].join(", ")}) ${block}`,
  };
}

function variablesOf(
  id: Name | null,
  inputs: readonly string[],
  definition: string,
): { variables: ScriptVariable[]; shown: number } {
  if (id === null) return { variables: [{ inputs, definition }], shown: 0 };
  if (id.type === "Identifier") {
    return { variables: [{ name: id.name, inputs, definition }], shown: 0 };
  }
  const { name } = id.id;
  if (id.type === "ViewExpression") {
    const values = {
      name,
      inputs: ["Generators", `viewof ${name}`],
      definition: "function (generators, view) { return generators.input(view); }",
    };
    return { variables: [{ name: `viewof ${name}`, inputs, definition }, values], shown: 0 };
  }
  const box = {
    name: `mutable ${name}`,
    inputs: [`initial ${name}`],
    definition: "function (initial) { return mutableBox(initial); }",
  };
  const values = {
    name,
    inputs: [`mutable ${name}`],
    definition: "function (box) { return box.values; }",
  };
  return { variables: [{ name: `initial ${name}`, inputs, definition }, box, values], shown: 2 };
}

function mistake(error: unknown, source: string): { error: string; line: number } {
  const { message, line } = syntaxError(error);
  const text = message.replace(/\s*\(\d+:\d+\)$/, "");
  const statements = /^\s*(?:const|let|var|if|for|while|return|throw|try)\b/.test(source);
  const hint = statements ? " Put several statements in braces: { …; return value; }." : "";
  return { error: `This is not a JavaScript cell: ${text}.${hint}`, line };
}

function syntaxError(error: unknown): { message: string; line: number } {
  if (!(error instanceof Error)) return { message: "it cannot be read", line: 1 };
  const { loc } = error as { loc?: { line?: unknown } };
  return { message: error.message, line: typeof loc?.line === "number" ? loc.line : 1 };
}
