// `awk`: mawk 1.3.4-20200120, which is Debian's (mawk(1)).
// Not here: programs (awkParse.ts), running them (awkMachine.ts).
// Not simulated: -W and what it can say, floating point errors.

import { errnoText } from "../../net/core/errno.ts";
import { readAll, warn } from "../../process/io.ts";
import { closeFile } from "../../process/openFiles.ts";
import type { Process } from "../../process/process.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { notSimulated } from "../complain.ts";
import { openTool } from "../tool.ts";
import { type AwkArray, createArray, touchElement } from "./awkArray.ts";
import { createChance } from "./awkBuiltins.ts";
import type { AwkCode } from "./awkCode.ts";
import { compileAwk } from "./awkCompileProgram.ts";
import { assignArgument, closeMain, nextMainRecord } from "./awkInputOutput.ts";
import { plainText } from "./awkLexer.ts";
import { runCode } from "./awkMachine.ts";
import { type AwkValue, input } from "./awkNumber.ts";
import { parseAwk } from "./awkParse.ts";
import { setRecord, splitterOf } from "./awkRecord.ts";
import {
  AwkFault,
  type AwkRun,
  currentSplitter,
  type Halt,
  regexCompiler,
  SLOT,
} from "./awkRun.ts";
import { closeAll, createStreams } from "./awkStreams.ts";
import { openOperand } from "./lines.ts";
import { MAWK_USAGE } from "./mawkUsage.ts";

type Command = {
  readonly files: readonly string[];
  readonly separator: string | undefined;
  readonly assignments: readonly string[];
  readonly rest: readonly string[];
};

/** Runs a program on records and fields. */
export function* awk(self: Process): Execution {
  const name = (self.argv[0] ?? "awk").replace(/^.*\//, "");
  if (self.argv.length < 2) {
    yield* warn(self, MAWK_USAGE);
    return 0;
  }
  const command = readCommand(self.argv.slice(1));
  if (command === "-W") return yield* notSimulated(self, `${name} -W`);
  if (typeof command === "string") {
    yield* warn(self, `${name}: ${command}\n`);
    return 2;
  }
  const [first = "", ...others] = command.rest;
  const source = command.files.length === 0 ? first : yield* readFiles(self, command.files);
  if (typeof source !== "string") {
    yield* warn(self, `${name}: ${source.error}\n`);
    return 2;
  }
  if (command.files.length === 0 && command.rest.length === 0) {
    yield* warn(self, MAWK_USAGE);
    return 0;
  }
  const file = command.files.at(-1);
  const parsed = parseAwk(source, file);
  if ("errors" in parsed) return yield* say(self, name, parsed.errors);
  const line = source.split("\n").length;
  const code = compileAwk(parsed, line);
  if ("errors" in code) return yield* say(self, name, code.errors);
  const args = command.files.length === 0 ? others : command.rest;
  const run = createRun(self, { code, line, args: [name, ...args] });
  return yield* runProgram(run, command, name);
}

function* say(self: Process, name: string, lines: readonly string[]): Execution {
  // Only the first line of an expression that could not be compiled has the name in front.
  const shown = lines.map((line) => {
    return /^(?:.*: )?line \d+: |^\d+: /.test(line) ? `${name}: ${line}` : line;
  });
  yield* warn(self, `${shown.join("\n")}\n`);
  return 2;
}

/** The options, up to the first word that is none; a text says what is wrong. */
function readCommand(words: readonly string[]): Command | string {
  const files: string[] = [];
  const assignments: string[] = [];
  let separator: string | undefined;
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "--") {
      at += 1;
      break;
    }
    if (!word.startsWith("-") || word === "-") break;
    const letter = word.charAt(1);
    if (!"fFvW".includes(letter)) return `not an option: ${word}`;
    if (letter === "W") return "-W";
    const value = word.length > 2 ? word.slice(2) : words[++at];
    if (value === undefined) return `option -${letter} lacks argument`;
    if (letter === "f") files.push(value);
    else if (letter === "F") separator = value;
    else if (!/^[A-Za-z_]\w*=/.test(value)) return `improper assignment: -v ${value}`;
    else assignments.push(value);
  }
  return { files, separator, assignments, rest: words.slice(at) };
}

function* readFiles(self: Process, names: readonly string[]): Steps<string | { error: string }> {
  const parts: string[] = [];
  for (const name of names) {
    const fd = openOperand(self, name);
    if (typeof fd !== "number") return { error: `cannot open ${name} (${errnoText(fd)})` };
    parts.push(yield* readAll(self, fd));
    if (fd !== 0) closeFile(self, fd);
  }
  return parts.join("\n");
}

type Start = { readonly code: AwkCode; readonly line: number; readonly args: readonly string[] };

function createRun(self: Process, { code, line, args }: Start): AwkRun {
  const tool = openTool(self);
  const { random, clock } = self.machine;
  const run: AwkRun = {
    tool,
    program: code,
    line,
    streams: createStreams(tool),
    chance: createChance(random, clock.now),
    record: { whole: undefined, fields: undefined, changed: false, splitter: () => [] },
    globals: code.globals.map(({ isArray }) => (isArray ? createArray<AwkValue>() : undefined)),
    stack: [],
    locals: [],
    frame: 0,
    frames: [],
    loops: [],
    ranges: new Array<boolean>(code.ranges).fill(false),
    pc: 0,
    work: 0,
    regex: undefined,
    count: 0,
    exitCode: 0,
    argument: 1,
    input: undefined,
    opened: false,
    splitters: new Map(),
    separators: new Map(),
    compile: regexCompiler(line),
  };
  const { globals } = run;
  for (const [slot, value] of [
    [SLOT.NR, 0],
    [SLOT.FNR, 0],
    [SLOT.FS, " "],
    [SLOT.OFS, " "],
    [SLOT.RS, "\n"],
    [SLOT.ORS, "\n"],
    [SLOT.FILENAME, ""],
    [SLOT.SUBSEP, "\x1c"],
    [SLOT.CONVFMT, "%.6g"],
    [SLOT.OFMT, "%.6g"],
    [SLOT.ARGC, args.length],
  ] as const) {
    globals[slot] = value;
  }
  const list: AwkArray<AwkValue> = createArray();
  args.forEach((text, index) => {
    touchElement<AwkValue>(list, index, input(text));
  });
  globals[SLOT.ARGV] = list;
  const environment: AwkArray<AwkValue> = createArray();
  for (const [name, text] of self.environment) {
    touchElement<AwkValue>(environment, name, input(text));
  }
  globals[SLOT.ENVIRON] = environment;
  setRecord(run.record, undefined, currentSplitter(run));
  return run;
}

function* runProgram(run: AwkRun, { separator, assignments }: Command, name: string): Execution {
  try {
    if (separator !== undefined) {
      const text = plainText(separator);
      run.globals[SLOT.FS] = text;
      // No line of the program has been read when -F is.
      run.splitters.set(text, splitterOf(text, regexCompiler(0)));
    }
    setRecord(run.record, undefined, currentSplitter(run));
    for (const word of assignments) assignArgument(run, word);
    yield* runParts(run);
  } catch (error) {
    if (!(error instanceof AwkFault)) throw error;
    yield* warn(run.tool.self, `${name}: ${error.message}\n`);
    yield* closeAll(run.streams);
    return 2;
  }
  yield* closeAll(run.streams);
  return yield* run.tool.end(run.exitCode, 2);
}

function* runParts(run: AwkRun): Steps<void> {
  const { begin, each, end } = run.program;
  let halt: Halt = "end";
  if (begin !== undefined) halt = yield* runPart(run, begin);
  if (halt !== "exit" && (each !== undefined || end !== undefined))
    halt = yield* runRecords(run, each);
  if (end !== undefined) yield* runPart(run, end);
}

/** Runs one part; whatever ended it, nothing of it remains on the stack. */
function* runPart(run: AwkRun, start: number): Steps<Halt> {
  const halt = yield* runCode(run, start);
  run.stack.length = 0;
  run.locals.length = 0;
  run.frames.length = 0;
  run.loops.length = 0;
  run.frame = 0;
  return halt;
}

function* runRecords(run: AwkRun, each: number | undefined): Steps<Halt> {
  for (;;) {
    const record = yield* nextMainRecord(run);
    if (record === undefined) return "end";
    setRecord(run.record, input(record), currentSplitter(run));
    const halt = each === undefined ? "end" : yield* runPart(run, each);
    if (halt === "exit") return halt;
    if (halt === "nextfile") closeMain(run);
  }
}
