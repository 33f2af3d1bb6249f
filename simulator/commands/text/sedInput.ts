// The lines that `sed` works on: of all files one after the other, or each file for itself.
// Reads one line ahead only when somebody asks whether this is the last one.
// Not here: writing files in place (sed.ts).

import { errnoText } from "../../net/core/errno.ts";
import { warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Steps } from "../../process/wait.ts";
import { type Lines, openLines } from "./lines.ts";

/** Where lines come from. */
export type SedInput = {
  readonly self: Process;
  readonly names: string[];
  /** -s and -i: line numbers and "$" are of each file. */
  readonly separate: boolean;
  readonly end: string;
  lines: Lines | undefined;
  /** The file that is being read; "-" is standard input. */
  name: string;
  line: number;
  /** True when the line that was read last had no newline. */
  cut: boolean;
  /** 2 when a file could not be read. */
  code: number;
  /** A read that failed ends everything. */
  broken: boolean;
  /** With -i: called when a file has been opened or is at its end. */
  readonly onFile: ((opened: boolean, name: string) => Steps<boolean>) | undefined;
};

/** Opens the next file that can be read; false when there is none. */
function* openNext(input: SedInput): Steps<boolean> {
  for (;;) {
    const name = input.names.shift();
    if (name === undefined) return false;
    const { self } = input;
    const isInput = name === "-" && input.onFile === undefined;
    if (input.onFile !== undefined && !(yield* input.onFile(true, name))) continue;
    const lines = openLines(self, isInput ? "-" : name, input.end);
    if (typeof lines === "string") {
      yield* warn(self, `${self.argv[0]}: can't read ${name}: ${errnoText(lines)}\n`);
      input.code = 2;
      continue;
    }
    input.lines = lines;
    input.name = name;
    if (input.separate) input.line = 0;
    return true;
  }
}

/** True when the file that is open has no more lines. */
function* fileEnded(input: SedInput): Steps<boolean> {
  const { lines, self } = input;
  if (lines === undefined) return true;
  if (!(yield* lines.atEnd())) return false;
  if (lines.errno !== undefined) {
    const text = `read error on ${input.name}: ${errnoText(lines.errno)}`;
    yield* warn(self, `${self.argv[0]}: ${text}\n`);
    input.code = 4;
    input.broken = true;
  }
  return true;
}

function* closeCurrent(input: SedInput): Steps<void> {
  if (input.lines === undefined) return;
  input.lines.close();
  input.lines = undefined;
  if (input.onFile !== undefined) yield* input.onFile(false, input.name);
}

/** The next line; undefined when there is none. */
export function* nextLine(input: SedInput): Steps<string | undefined> {
  for (;;) {
    const ready = input.lines?.ready();
    if (ready === undefined && (yield* fileEnded(input))) {
      yield* closeCurrent(input);
      if (input.broken || !(yield* openNext(input))) return undefined;
      continue;
    }
    const line = ready ?? (input.lines && (yield* input.lines.next()));
    if (line === undefined) continue;
    input.line += 1;
    input.cut = input.lines?.terminated === false;
    return line;
  }
}

/** True when no line follows: in this file, or in any. */
export function* isLast(input: SedInput): Steps<boolean> {
  while (yield* fileEnded(input)) {
    if (input.separate) return true;
    yield* closeCurrent(input);
    if (input.broken || !(yield* openNext(input))) return true;
  }
  return false;
}

/** Closes what is open. */
export function* closeInput(input: SedInput): Steps<void> {
  input.lines?.giveBack();
  yield* closeCurrent(input);
}
