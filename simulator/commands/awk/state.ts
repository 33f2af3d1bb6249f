// What a running awk program holds: variables, arrays, the record and its fields, open outputs.
// Not here: what statements do (run.ts).

import type { Process } from "../../process/process.ts";
import type { Steps } from "../../process/wait.ts";
import type { Lines } from "../text/lines.ts";
import { compileRegex, type Regex } from "../text/regex.ts";
import type { Tool } from "../tool.ts";
import { AwkError } from "./scan.ts";
import type { AwkProgram, Expression } from "./syntax.ts";
import { numberOf, textOf, UNSET, type Value } from "./values.ts";

/** An array of awk: values by text, in the order of making. */
export type AwkArray = Map<string, Value>;

/** An output that stays open until it is closed. */
export type OpenOutput = { readonly fd: number; readonly child: Process | undefined };

/** What expressions need of functions; handed in, because functions need expressions. */
export type Calls = {
  /** A function of the program. */
  own(awk: Awk, name: string, values: readonly Expression[]): Steps<Value>;
  builtin(awk: Awk, name: string, values: readonly Expression[]): Steps<Value>;
};

/** A running program. */
export type Awk = {
  readonly calls: Calls;
  readonly self: Process;
  readonly tool: Tool;
  readonly program: AwkProgram;
  readonly globals: Map<string, Value | AwkArray>;
  /** Parameters of the functions that run, the innermost last. */
  readonly frames: Map<string, Value | AwkArray>[];
  record: string;
  /** Fields from $1 on; undefined until somebody asks. */
  fields: string[] | undefined;
  /** NF was set or a field changed: $0 has to be built again. */
  recordIsOld: boolean;
  readonly outputs: Map<string, OpenOutput>;
  readonly inputs: Map<string, Lines>;
  readonly regexes: Map<string, Regex>;
  readonly operands: string[];
  input: Lines | undefined;
  seed: number;
};

/** A compiled expression; throws an `AwkError` for one that cannot be read. */
export function regexOf(awk: Awk, source: string): Regex {
  const known = awk.regexes.get(source);
  if (known !== undefined) return known;
  const regex = compileRegex(source, { style: "awk", escapes: true, bytes: true });
  if (typeof regex === "string")
    throw new AwkError(`regular expression compile failed (${regex})\n${source}`);
  if (awk.regexes.size > 500) awk.regexes.clear();
  awk.regexes.set(source, regex);
  return regex;
}

/** The map that has the variable: the innermost function's, or the globals. */
function place(awk: Awk, name: string): Map<string, Value | AwkArray> {
  const frame = awk.frames.at(-1);
  return frame?.has(name) ? frame : awk.globals;
}

/** The value of a variable. */
export function getVariable(awk: Awk, name: string): Value {
  if (name === "NF") return fieldsOf(awk).length;
  const value = place(awk, name).get(name);
  if (value instanceof Map)
    throw new AwkError(`type error: cannot use array ${name} in scalar context`);
  return value ?? UNSET;
}

/** Sets a variable; NF changes the record. */
export function setVariable(awk: Awk, name: string, value: Value): void {
  if (name === "NF") {
    const fields = fieldsOf(awk);
    const count = Math.max(0, Math.min(Math.trunc(numberOf(value)), MOST_FIELDS));
    while (fields.length < count) fields.push("");
    fields.length = count;
    awk.recordIsOld = true;
  } else place(awk, name).set(name, value);
}

/** The array of a name; made when it is not there. */
export function getArray(awk: Awk, name: string): AwkArray {
  const map = place(awk, name);
  const value = map.get(name);
  if (value instanceof Map) return value;
  if (value !== undefined && value !== UNSET)
    throw new AwkError(`type error: ${name} is not an array`);
  const array: AwkArray = new Map();
  map.set(name, array);
  return array;
}

const MOST_FIELDS = 100_000;

/** The fields of the record. */
function fieldsOf(awk: Awk): string[] {
  awk.fields ??= splitText(awk, awk.record, textOf(getVariable(awk, "FS")));
  return awk.fields;
}

/** $0, built anew from its fields when one has changed. */
export function recordOf(awk: Awk): string {
  if (awk.recordIsOld) {
    awk.record = fieldsOf(awk).join(textOf(getVariable(awk, "OFS")));
    awk.recordIsOld = false;
  }
  return awk.record;
}

/** Sets $0. */
export function setRecord(awk: Awk, text: string): void {
  awk.record = text;
  awk.fields = undefined;
  awk.recordIsOld = false;
}

/** A field; beyond the last it is unset. */
export function getField(awk: Awk, index: number): Value {
  if (index === 0) return { input: recordOf(awk) };
  if (index < 0) throw new AwkError(`negative field index $${index}`);
  const field = fieldsOf(awk)[index - 1];
  return field === undefined ? UNSET : { input: field };
}

/** Sets a field; those before it that are missing become empty. */
export function setField(awk: Awk, index: number, value: Value): void {
  const text = textOf(value, textOf(getVariable(awk, "CONVFMT")));
  if (index === 0) {
    setRecord(awk, text);
    return;
  }
  if (index < 0 || index > MOST_FIELDS) throw new AwkError(`negative field index $${index}`);
  const fields = fieldsOf(awk);
  while (fields.length < index) fields.push("");
  fields[index - 1] = text;
  awk.recordIsOld = true;
}

/** Cuts a text as FS says: blanks, one character, or a regular expression. */
export function splitText(awk: Awk, text: string, separator: string): string[] {
  if (separator === " ") return text.split(/[ \t\n]+/).filter((field) => field !== "");
  if (text === "") return [];
  if (separator === "") return [...text];
  if (separator.length === 1 && separator !== "\\") {
    return text.split(separator);
  }
  const regex = regexOf(awk, separator);
  const fields: string[] = [];
  let from = 0;
  for (let at = 0; at <= text.length; ) {
    const [start, end] = regex.match(text, at) ?? [];
    if (start === undefined || end === undefined) break;
    if (end === start) {
      at = end + 1;
      continue;
    }
    fields.push(text.slice(from, start));
    from = end;
    at = end;
  }
  return [...fields, text.slice(from)];
}
