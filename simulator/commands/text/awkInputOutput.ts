// What an `awk` program does with files and commands: print, getline, close, system, and the records
// of its arguments (mawk(1)).
// Not here: the files themselves (awkStreams.ts).

import { errnoText } from "../../net/core/errno.ts";
import { closeFile } from "../../process/openFiles.ts";
import type { Steps } from "../../process/wait.ts";
import { findElement } from "./awkArray.ts";
import { formatted } from "./awkCalculate.ts";
import type { AwkInstruction } from "./awkCode.ts";
import { toText } from "./awkFormat.ts";
import { plainText } from "./awkLexer.ts";
import { type AwkValue, input, toNumber } from "./awkNumber.ts";
import { setRecord } from "./awkRecord.ts";
import { nextRecord, openRecords, type RecordReader, readError } from "./awkRecords.ts";
import {
  type AwkRun,
  currentSplitter,
  formatOf,
  loadField,
  runFault,
  SLOT,
  storeGlobal,
  textAt,
  textOf,
  valueAt,
} from "./awkRun.ts";
import { closeStream, flushAll, openInput, printTo, runSystem } from "./awkStreams.ts";
import { openOperand } from "./lines.ts";

type Blocking = Extract<AwkInstruction, { op: "print" | "getline" | "builtin" }>;

const BLOCKING = new Set(["close", "system", "fflush"]);

/** True for instructions that may have to wait. */
export function blocks(one: AwkInstruction): one is Blocking {
  return (
    one.op === "print" || one.op === "getline" || (one.op === "builtin" && BLOCKING.has(one.name))
  );
}

/** Runs an instruction that may have to wait. */
export function* runBlocking(run: AwkRun, one: Blocking): Steps<void> {
  if (one.op === "print") yield* print(run, one);
  else if (one.op === "getline") yield* getline(run, one);
  else if (one.name === "fflush") {
    run.stack.length -= one.count;
    yield* flushAll(run.streams);
    run.stack.push(0);
  } else {
    const name = textAt(run);
    const { streams } = run;
    run.stack.push(
      yield* one.name === "close" ? closeStream(streams, name) : runSystem(streams, name),
    );
  }
}

function* print(
  run: AwkRun,
  { formatted: hasFormat, count, how }: Extract<Blocking, { op: "print" }>,
): Steps<void> {
  const { stack, tool, streams } = run;
  const name = how === undefined ? "" : textAt(run);
  const args = stack.splice(stack.length - count);
  const text = hasFormat ? formatted(run, "printf", args) : plainLine(run, args);
  if (how === undefined) {
    if (tool.add(text)) yield* tool.flush();
    return;
  }
  const problem = yield* printTo(streams, how, name, text);
  if (problem !== undefined) throw runFault(run, problem);
}

function plainLine(run: AwkRun, args: readonly AwkValue[]): string {
  const format = textOf(run, SLOT.OFMT);
  const values = args.length === 0 ? [loadField(run, 0)] : args;
  return (
    values.map((value) => toText(value, format)).join(textOf(run, SLOT.OFS)) + textOf(run, SLOT.ORS)
  );
}

function* getline(run: AwkRun, one: Extract<Blocking, { op: "getline" }>): Steps<void> {
  const { stack } = run;
  const { from } = one;
  let text: string | undefined;
  let status = 0;
  if (from === "main") text = yield* nextMainRecord(run);
  else {
    const reader = yield* openInput(run.streams, from, textAt(run));
    if (reader === undefined) status = -1;
    else {
      text = yield* nextRecord(reader, textOf(run, SLOT.RS), run.separators);
      if (text === undefined && reader.errno !== undefined) status = -1;
    }
  }
  if (text !== undefined) status = 1;
  if (text !== undefined && !one.target) setRecord(run.record, input(text), currentSplitter(run));
  run.count = status;
  if (!one.target) stack.push(status);
  else if (text !== undefined) stack.push(input(text));
  else {
    stack.length -= one.address;
    run.pc = one.to;
  }
}

/** The next record of the arguments or of standard input; NR and FNR count it. */
export function* nextMainRecord(run: AwkRun): Steps<string | undefined> {
  for (;;) {
    const reader = run.input ?? openNextArgument(run);
    if (reader === undefined) return undefined;
    run.input = reader;
    const record = yield* nextRecord(reader, textOf(run, SLOT.RS), run.separators);
    const problem = readError(reader);
    if (problem !== undefined) throw runFault(run, problem);
    if (record === undefined) {
      closeMain(run);
      continue;
    }
    for (const slot of [SLOT.NR, SLOT.FNR]) run.globals[slot] = toNumber(valueAt(run, slot)) + 1;
    return record;
  }
}

/** Ends the file that is read. */
export function closeMain(run: AwkRun): void {
  const { fd } = run.input ?? { fd: 0 };
  if (fd !== 0) closeFile(run.tool.self, fd);
  run.input = undefined;
}

function openNextArgument(run: AwkRun): RecordReader | undefined {
  const { self } = run.tool;
  const count = toNumber(valueAt(run, SLOT.ARGC));
  const list = run.globals[SLOT.ARGV];
  if (run.argument < 0) return undefined;
  for (; run.argument < count; ) {
    const at = run.argument++;
    const element = typeof list === "object" && "lists" in list ? findElement(list, at) : undefined;
    const name = toText(element?.value, formatOf(run));
    if (name === "" || assignArgument(run, name)) continue;
    run.argument = Math.max(run.argument, 1);
    run.globals[SLOT.FNR] = 0;
    run.globals[SLOT.FILENAME] = name;
    const fd = openOperand(self, name === "/dev/stdin" ? "-" : name);
    if (typeof fd !== "number") throw runFault(run, `cannot open ${name} (${errnoText(fd)})`);
    run.opened = true;
    return openRecords(self, fd);
  }
  if (run.opened) return undefined;
  run.argument = -1;
  run.globals[SLOT.FILENAME] = "-";
  run.globals[SLOT.FNR] = 0;
  return openRecords(self, 0);
}

/** NAME=VALUE among the files sets a variable; true when it was one. */
export function assignArgument(run: AwkRun, word: string): boolean {
  const match = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(word);
  if (match === null) return false;
  const [, name = "", value = ""] = match;
  const slot = run.program.globals.findIndex((global) => global.name === name);
  if (slot >= 0 && !run.program.globals[slot]?.isArray)
    storeGlobal(run, slot, input(plainText(value)));
  return true;
}
