// Runs a script of `sed` line by line (sed(1)): the pattern space, the hold space, and what is to be
// printed at the end of a cycle.
// Not here: reading scripts (sedParse.ts), where lines come from (sedInput.ts).
// Not simulated: command e; texts of more than 8 MiB.

import { errnoText } from "../../net/core/errno.ts";
import { readAll, warn, writeFile } from "../../process/io.ts";
import { closeFile } from "../../process/openFiles.ts";
import type { OpenFile, Process } from "../../process/process.ts";
import { pause } from "../../process/scheduler.ts";
import type { Steps } from "../../process/wait.ts";
import { characters } from "../../shell/utf8.ts";
import type { Tool } from "../tool.ts";
import { type Lines, openLines, openOperand } from "./lines.ts";
import type { Regex } from "./regex.ts";
import { closeInput, isLast, nextLine, type SedInput } from "./sedInput.ts";
import type { SedAddress, SedCommand } from "./sedScript.ts";
import { substitute } from "./sedSubstitute.ts";

/** What a text may hold. */
const LARGEST = 8 * 1024 * 1024;

/** Where lines go: standard output, or the file that takes the place of another with -i. */
export type SedOutput = { file: OpenFile | undefined; newline: boolean };

/** A run. */
export type SedRun = {
  readonly tool: Tool;
  readonly commands: readonly SedCommand[];
  readonly input: SedInput;
  readonly output: SedOutput;
  readonly quiet: boolean;
  readonly end: string;
  readonly width: number;
  space: string;
  hold: string;
  readonly appended: { readonly kind: "text" | "file" | "line"; readonly text: string }[];
  replaced: boolean;
  last: Regex | undefined;
  /** Files of R that are being read, and files of w, by name. */
  readonly readers: Map<string, Lines | undefined>;
  readonly writers: Map<string, SedOutput>;
  steps: number;
};

/** Thrown to end with a sentence, within this file only. */
class Panic extends Error {
  readonly code: number;

  constructor(text: string, code = 4) {
    super(text);
    this.code = code;
  }
}

/** Runs it to its end; the exit code. */
export function* runSed(run: SedRun): Steps<number> {
  try {
    return yield* runCycles(run);
  } catch (error) {
    if (!(error instanceof Panic)) throw error;
    yield* warn(run.tool.self, `${run.tool.name}: ${error.message}\n`);
    return error.code;
  }
}

function* runCycles(run: SedRun): Steps<number> {
  const { input } = run;
  let again = false;
  for (;;) {
    if (!again) {
      const line = yield* nextLine(input);
      if (line === undefined) return input.code;
      run.space = line;
    }
    run.replaced = false;
    const result = yield* runScript(run);
    if (typeof result === "number") {
      if (result >= 0) yield* finish(run);
      yield* flushAppended(run);
      yield* closeInput(input);
      return result >= 0 ? result : -1 - result;
    }
    if (result === "print") yield* finish(run);
    yield* flushAppended(run);
    again = result === "again";
  }
}

function* finish(run: SedRun): Steps<void> {
  if (!run.quiet) yield* putLine(run, run.space);
}

/** "print" ends a cycle, "drop" without printing, "again" without reading; a number ends all. */
type Result = "print" | "drop" | "again" | number;

function* runScript(run: SedRun): Steps<Result> {
  const { commands, tool } = run;
  for (let at = 0; at < commands.length; at++) {
    const command = commands[at];
    if (command === undefined) break;
    run.steps += 1 + (run.space.length >> 6);
    if (run.steps > 20_000) {
      run.steps = 0;
      tool.self.machine.clock.spend(1000);
      yield pause;
    }
    if (run.space.length + run.hold.length > LARGEST)
      throw new Panic("couldn't re-allocate memory");
    const selected = command.from === undefined || (yield* isSelected(run, command));
    if (selected === command.negated) {
      if (command.name === "{") at = command.target - 1;
      continue;
    }
    const next = yield* runOne(run, command);
    if (next === "jump") at = command.target < 0 ? commands.length : command.target;
    else if (next !== undefined) return next;
  }
  return "print";
}

function* isSelected(run: SedRun, command: SedCommand): Steps<boolean> {
  const { from, to } = command;
  const { line } = run.input;
  if (from === undefined) return true;
  if (to === undefined) return yield* matches(run, from);
  if (command.active) {
    if (to.type === "regex" || to.type === "last" || to.type === "step") {
      if (yield* matches(run, to)) command.active = false;
      return true;
    }
    if (line >= command.end) command.active = false;
    if (line <= command.end) return true;
  }
  if (!(yield* matches(run, from))) return false;
  if (to.type === "line") command.end = to.line;
  else if (to.type === "plus") command.end = line + to.count;
  else if (to.type === "multiple") {
    command.end = to.count === 0 ? line : Math.ceil(line / to.count) * to.count;
  } else {
    command.active = true;
    return true;
  }
  command.active = command.end > line;
  return true;
}

function* matches(run: SedRun, address: SedAddress): Steps<boolean> {
  const { line } = run.input;
  switch (address.type) {
    case "line":
      return line === address.line;
    case "step":
      return line >= address.first && (line - address.first) % address.step === 0;
    case "last":
      return yield* isLast(run.input);
    case "regex":
      return regexOf(run, address.regex).test(run.space);
    default:
      return false;
  }
}

function regexOf(run: SedRun, regex: Regex | undefined): Regex {
  const used = regex ?? run.last;
  if (used === undefined)
    throw new Panic("-e expression #1, char 0: no previous regular expression", 1);
  run.last = used;
  return used;
}

function* runOne(run: SedRun, command: SedCommand): Steps<Result | "jump" | undefined> {
  const { input, end } = run;
  switch (command.name) {
    case "p":
      yield* putLine(run, run.space);
      break;
    case "P":
      yield* put(run, run.output, `${firstLine(run)}${end}`);
      break;
    case "d":
      return "drop";
    case "D":
      if (!run.space.includes(end)) return "drop";
      run.space = run.space.slice(run.space.indexOf(end) + 1);
      return "again";
    case "g":
      run.space = run.hold;
      break;
    case "G":
      run.space += end + run.hold;
      break;
    case "h":
      run.hold = run.space;
      break;
    case "H":
      run.hold += end + run.space;
      break;
    case "x":
      [run.space, run.hold] = [run.hold, run.space];
      break;
    case "z":
      run.space = "";
      break;
    case "n":
    case "N":
      return yield* readNext(run, command.name === "N");
    case "=":
      yield* put(run, run.output, `${input.line}\n`);
      break;
    case "F":
      yield* put(run, run.output, `${input.name}\n`);
      break;
    case "q":
      return command.number ?? 0;
    case "Q":
      return -1 - (command.number ?? 0);
    case "b":
      return "jump";
    case "t":
      if (!run.replaced) break;
      run.replaced = false;
      return "jump";
    case "T":
      if (!run.replaced) return "jump";
      run.replaced = false;
      break;
    case "y":
      run.space = characters(run.space)
        .map((char) => command.map?.get(char) ?? char)
        .join("");
      break;
    case "e":
      throw new Panic("vethbook simulator: command e is not simulated");
    default:
      return yield* runText(run, command);
  }
  return undefined;
}

function firstLine({ space, end }: SedRun): string {
  const at = space.indexOf(end);
  return at < 0 ? space : space.slice(0, at);
}

/** n and N. */
function* readNext(run: SedRun, join: boolean): Steps<Result | undefined> {
  if (yield* isLast(run.input)) {
    // At the very end both print and stop; a separate file may follow.
    if (run.input.names.length === 0) return run.input.code;
    if (join && run.input.separate) return run.input.code;
  }
  if (!join) yield* finish(run);
  yield* flushAppended(run);
  const line = yield* nextLine(run.input);
  if (line === undefined) return -1 - run.input.code;
  run.space = join ? run.space + run.end + line : line;
  return undefined;
}

/** Commands with a text, a file or a replacement. */
function* runText(run: SedRun, command: SedCommand): Steps<Result | undefined> {
  const { text, substitution, name } = command;
  switch (name) {
    case "a":
      run.appended.push({ kind: "text", text });
      break;
    case "r":
      run.appended.push({ kind: "file", text });
      break;
    case "R":
      run.appended.push({ kind: "line", text });
      break;
    case "i":
      yield* put(run, run.output, text);
      break;
    case "c":
      if (command.to === undefined || command.negated || !command.active) {
        yield* put(run, run.output, text);
      }
      return "drop";
    case "w":
    case "W":
      yield* putInto(run, text, name === "w" ? run.space : firstLine(run));
      break;
    case "l":
      yield* put(run, run.output, unambiguous(run.space, command.number ?? run.width));
      break;
    case "s": {
      if (substitution === undefined) break;
      const next = substitute(run.space, regexOf(run, substitution.regex), substitution);
      if (next === undefined) break;
      run.space = next;
      run.replaced = true;
      if (substitution.print) yield* putLine(run, next);
      if (substitution.file !== undefined) yield* putInto(run, substitution.file, next);
      break;
    }
  }
  return undefined;
}

/** Writes a line with its newline, unless the last line of the input had none. */
function* putLine(run: SedRun, text: string): Steps<void> {
  yield* putTo(run, run.output, text);
}

function* putTo(run: SedRun, output: SedOutput, text: string): Steps<void> {
  const cut = run.input.cut;
  yield* put(run, output, cut ? text : text + run.end);
  output.newline = cut;
}

function* put({ tool, end }: SedRun, output: SedOutput, text: string): Steps<void> {
  const whole = output.newline ? end + text : text;
  output.newline = false;
  if (output.file !== undefined) yield* writeFile(tool.self, output.file, whole);
  else if (tool.add(whole)) yield* tool.flush();
}

function* putInto(run: SedRun, name: string, text: string): Steps<void> {
  const output = name === "/dev/stdout" ? run.output : run.writers.get(name);
  if (output !== undefined) yield* putTo(run, output, text);
}

function* flushAppended(run: SedRun): Steps<void> {
  const { self } = run.tool;
  for (const { kind, text } of run.appended.splice(0)) {
    if (kind === "text") yield* put(run, run.output, text);
    else if (kind === "file") {
      const fd = openOperand(self, text === "/dev/stdin" ? "-" : text);
      if (typeof fd !== "number") continue;
      const all = yield* readAll(self, fd);
      if (fd !== 0) closeFile(self, fd);
      if (all !== "") yield* put(run, run.output, all);
    } else {
      const reader = readerOf(run, text);
      const line = reader && (yield* reader.next());
      if (line !== undefined) yield* put(run, run.output, line + run.end);
    }
  }
}

function readerOf(run: SedRun, name: string): Lines | undefined {
  if (run.readers.has(name)) return run.readers.get(name);
  const lines = openLines(run.tool.self, name, run.end);
  const reader = typeof lines === "string" ? undefined : lines;
  run.readers.set(name, reader);
  return reader;
}

/** Opens the files of w; a text says which one cannot be opened. */
export function openWriters(
  self: Process,
  commands: readonly SedCommand[],
): Map<string, SedOutput> | string {
  const writers = new Map<string, SedOutput>();
  for (const { name, text, substitution } of commands) {
    const path = name === "w" || name === "W" ? text : substitution?.file;
    if (path === undefined || path === "/dev/stdout" || writers.has(path)) continue;
    const own = path === "/dev/stderr" ? self.files.get(2) : undefined;
    const mode = { write: true, create: true, truncate: true };
    const file = own ?? self.machine.files.open(self, path, mode);
    if ("errno" in file) return `couldn't open file ${path}: ${errnoText(file.errno)}`;
    writers.set(path, { file, newline: false });
  }
  return writers;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};

/** What `l` prints: no byte is ambiguous, long lines are folded. */
function unambiguous(text: string, width: number): string {
  let out = "";
  let column = 0;
  for (const byte of text) {
    const octal = () => `\\${byte.charCodeAt(0).toString(8).padStart(3, "0")}`;
    const shown = ESCAPES[byte] ?? (byte >= " " && byte <= "~" ? byte : octal());
    if (width > 0 && column + shown.length > width - 1) {
      out += "\\\n";
      column = 0;
    }
    out += shown;
    column += shown.length;
  }
  return `${out}$\n`;
}
