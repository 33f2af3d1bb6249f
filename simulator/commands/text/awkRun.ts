// The state of a running `awk` program, and what every part of the machine does with it: the stack,
// variables that mean something, fields.
// Not here: instructions (awkMachine.ts).

import type { Tool } from "../tool.ts";
import type { AwkArray } from "./awkArray.ts";
import type { AwkChance } from "./awkBuiltins.ts";
import type { AwkCode } from "./awkCode.ts";
import { awkRegex } from "./awkCompile.ts";
import { SPECIAL } from "./awkCompileProgram.ts";
import { toText } from "./awkFormat.ts";
import { type AwkValue, toNumber } from "./awkNumber.ts";
import {
  type AwkRecord,
  fieldsOf,
  MOST_FIELDS,
  type Splitter,
  setField,
  setFieldCount,
  setRecord,
  splitterOf,
  wholeOf,
} from "./awkRecord.ts";
import type { RecordReader } from "./awkRecords.ts";
import type { AwkStreams } from "./awkStreams.ts";
import type { Regex } from "./regex.ts";

/** How the rules came to an end. */
export type Halt = "end" | "next" | "nextfile" | "exit";

/** What a variable holds. */
export type AwkStorage = AwkValue | AwkArray<AwkValue>;

/** A run. */
export type AwkRun = {
  readonly tool: Tool;
  readonly program: AwkCode;
  /** The last line of the program. */
  readonly line: number;
  readonly streams: AwkStreams;
  readonly chance: AwkChance;
  readonly record: AwkRecord;
  readonly globals: AwkStorage[];
  readonly stack: AwkValue[];
  readonly locals: AwkStorage[];
  /** Where the locals of the function begin that runs. */
  frame: number;
  readonly frames: { readonly pc: number; readonly frame: number; readonly loops: number }[];
  readonly loops: { readonly keys: readonly string[]; at: number }[];
  readonly ranges: boolean[];
  pc: number;
  /** What long texts cost beside the number of instructions. */
  work: number;
  /** The expression that was put on the stack last, when it is one of the program's own. */
  regex: Regex | undefined;
  /** What sub, gsub or getline answers. */
  count: number;
  exitCode: number;
  /** Which argument is read next, and the file that is read. */
  argument: number;
  input: RecordReader | undefined;
  /** An argument was a file. */
  opened: boolean;
  readonly splitters: Map<string, Splitter>;
  readonly separators: Map<string, Regex>;
  compile(source: string): Regex;
};

/** Slots of variables that mean something. */
export const SLOT = Object.fromEntries(SPECIAL.map((name, index) => [name, index])) as Readonly<
  Record<
    | "NF"
    | "NR"
    | "FNR"
    | "FS"
    | "OFS"
    | "RS"
    | "ORS"
    | "FILENAME"
    | "SUBSEP"
    | "RSTART"
    | "RLENGTH"
    | "CONVFMT"
    | "OFMT"
    | "ENVIRON"
    | "ARGC"
    | "ARGV",
    number
  >
>;

/** The longest text. */
const LONGEST = 32 * 1024 * 1024;

/** What ends a run: lines to print, without the name of `awk`. */
export class AwkFault extends Error {}

/** A mistake that shows when the program runs. */
export function runFault(run: AwkRun, text: string): AwkFault {
  if (/^program limit|^regular|^cannot|^read error/.test(text)) return new AwkFault(text);
  const [name, fnr, nr] = [SLOT.FILENAME, SLOT.FNR, SLOT.NR].map((slot) => textOf(run, slot));
  return new AwkFault(`run time error: ${text}\n\tFILENAME="${name}" FNR=${fnr} NR=${nr}`);
}

/** A variable that is not an array. */
export function valueAt(run: AwkRun, slot: number): AwkValue {
  const value = run.globals[slot];
  return typeof value === "object" && "lists" in value ? undefined : value;
}

/** A variable as a text. */
export function textOf(run: AwkRun, slot: number): string {
  const value = valueAt(run, slot);
  return typeof value === "string" ? value : toText(value, "%.6g");
}

/** CONVFMT. */
export function formatOf(run: AwkRun): string {
  return textOf(run, SLOT.CONVFMT);
}

/** Takes a number from the stack. */
export function numberAt(run: AwkRun): number {
  return toNumber(run.stack.pop());
}

/** Takes a text from the stack. */
export function textAt(run: AwkRun): string {
  const text = toText(run.stack.pop(), formatOf(run));
  run.work += text.length >> 6;
  return text;
}

/** Puts a text on the stack. */
export function push(run: AwkRun, text: string): void {
  if (text.length > LONGEST) throw runFault(run, "out of memory");
  run.stack.push(text);
}

/** Takes an expression to match with from the stack. */
export function regexAt(run: AwkRun): Regex {
  const value = run.stack.pop();
  const { regex } = run;
  run.regex = undefined;
  if (value === undefined && regex !== undefined) return regex;
  return run.compile(toText(value, formatOf(run)));
}

/** Compiles expressions that are texts, and keeps them. */
export function regexCompiler(line: number): (source: string) => Regex {
  const known = new Map<string, Regex>();
  return (source) => {
    const found = known.get(source);
    if (found !== undefined) return found;
    const regex = awkRegex(source);
    if (typeof regex === "string") throw new AwkFault(`line ${line}: ${regex}`);
    if (known.size > 500) known.clear();
    known.set(source, regex);
    return regex;
  };
}

/** How FS takes records apart now. */
export function currentSplitter(run: AwkRun): Splitter {
  const separator = textOf(run, SLOT.FS);
  let splitter = run.splitters.get(separator);
  if (splitter === undefined) {
    splitter = splitterOf(separator, (source) => run.compile(source));
    run.splitters.set(separator, splitter);
  }
  return splitter;
}

/** $index. */
export function loadField(run: AwkRun, index: number): AwkValue {
  const at = fieldIndex(run, index);
  if (at === 0) return wholeOf(run.record, textOf(run, SLOT.OFS), formatOf(run));
  return fieldsOf(run.record)[at - 1];
}

/** Sets $index. */
export function storeField(run: AwkRun, index: number, value: AwkValue): void {
  const at = fieldIndex(run, index);
  if (at === 0) setRecord(run.record, asInput(value), currentSplitter(run));
  else setField(run.record, at, value);
}

function asInput(value: AwkValue): AwkValue {
  return typeof value === "string" ? { text: value, number: null } : value;
}

function fieldIndex(run: AwkRun, index: number): number {
  const at = Math.trunc(index);
  if (at < 0) throw runFault(run, `negative field index $${at}`);
  if (at > MOST_FIELDS) {
    throw runFault(run, `program limit exceeded: maximum number of fields size=${MOST_FIELDS}`);
  }
  return Number.isNaN(at) ? 0 : at;
}

/** Sets a variable of the program; NF changes the record. */
export function storeGlobal(run: AwkRun, index: number, value: AwkValue): void {
  if (index !== SLOT.NF) {
    run.globals[index] = value;
    return;
  }
  const count = Math.trunc(toNumber(value)) || 0;
  if (count < 0) throw runFault(run, "negative value assigned to NF");
  if (count > MOST_FIELDS) {
    throw runFault(run, `program limit exceeded: maximum number of fields size=${MOST_FIELDS}`);
  }
  setFieldCount(run.record, count);
}
