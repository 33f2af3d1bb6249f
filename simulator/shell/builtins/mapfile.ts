// mapfile and readarray.
// Source: bash(1); messages by experiment with bash 5.2.

import { readAll } from "../../process/io.ts";
import { complain, refuse } from "../messages.ts";
import { singleQuote } from "../quote.ts";
import { parseText } from "../syntax/parse.ts";
import { findVariable, has, isName, newVariable } from "../variables.ts";
import { type Builtin, readOptions } from "./builtin.ts";

/** mapfile. */
export const mapfile: Builtin = function* (state, call) {
  const options = yield* readOptions(state, call, "d:n:O:s:tu:C:c:");
  if (options === undefined) return 2;
  const { flags, values, rest } = options;
  const { name: caller } = call;
  const [name = "MAPFILE"] = rest;
  if (!isName(name)) return yield* refuse(state, `${caller}: \`${name}': not a valid identifier`);
  const number = (letter: string, otherwise: number) => Number(values.get(letter) ?? otherwise);
  for (const [letter, what] of [
    ["n", "line count"],
    ["O", "array origin"],
    ["s", "line count"],
    ["c", "callback quantum"],
  ] as const) {
    const value = values.get(letter);
    if (value !== undefined && !/^\d+$/.test(value)) {
      return yield* refuse(state, `${caller}: ${value}: invalid ${what}`);
    }
  }
  const fd = number("u", 0);
  if (state.process.files.get(fd) === undefined) {
    return yield* refuse(state, `${caller}: ${fd}: invalid file descriptor: Bad file descriptor`);
  }
  const existing = findVariable(state.scopes, name);
  if (existing !== undefined && has(existing, "r")) {
    return yield* refuse(state, `${name}: readonly variable`);
  }
  if (existing !== undefined && has(existing, "A")) {
    return yield* refuse(state, `${caller}: ${name}: not an indexed array`);
  }
  const delimiter = values.has("d") ? (values.get("d") ?? "").slice(0, 1) || "\0" : "\n";
  const text = yield* readAll(state.process, fd);
  const lines = linesOf(text, delimiter).slice(number("s", 0));
  const most = number("n", 0);
  const variable = existing ?? newVariable("a");
  if (existing === undefined) state.scopes[0]?.set(name, variable);
  if (variable.elements === undefined || !values.has("O")) variable.elements = new Map();
  if (!has(variable, "a")) variable.attributes = `a${variable.attributes}`;
  variable.value = undefined;
  const origin = number("O", 0);
  const callback = values.get("C");
  const quantum = number("c", 5000);
  for (const [at, line] of (most === 0 ? lines : lines.slice(0, most)).entries()) {
    const kept = flags.has("t") && line.endsWith(delimiter) ? line.slice(0, -1) : line;
    if (callback !== undefined && (at + 1) % quantum === 0) {
      yield* state.interpreter.run(
        state,
        parseText(`${callback} ${origin + at} ${singleQuote(kept)}`),
      );
    }
    variable.elements.set(origin + at, kept);
  }
  if (text === "" && state.process.files.get(fd)?.kind === "directory") {
    yield* complain(state, `${caller}: ${fd}: Is a directory`);
  }
  return 0;
};

function linesOf(text: string, delimiter: string): string[] {
  const lines: string[] = [];
  let from = 0;
  for (let at = text.indexOf(delimiter); at >= 0; at = text.indexOf(delimiter, from)) {
    lines.push(text.slice(from, at + 1));
    from = at + 1;
  }
  if (from < text.length) lines.push(text.slice(from));
  return lines;
}
