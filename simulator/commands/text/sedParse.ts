// Reads the script of `sed` (sed(1)) with the words of GNU sed 4.9 for what is wrong with it: the
// number of the expression and how many of its characters had been read.
// Not here: `s` and `y` (sedSubstitute.ts), running (sedRun.ts).
// Not simulated: commands e and L, --posix.

import { compileRegex } from "./regex.ts";
import {
  type Cursor,
  endOfCommand,
  Mistake,
  peek,
  readText,
  skipBlanks,
  take,
} from "./sedCursor.ts";
import type { SedAddress, SedCommand, SedScript } from "./sedScript.ts";
import { readSubstitution, readTransliteration, readUntil } from "./sedSubstitute.ts";

/** A piece of the script: an -e, or a file. */
export type SedChunk = { readonly text: string; readonly file: string | undefined };

/** Reads all pieces as one script. */
export function parseSed(chunks: readonly SedChunk[], extended: boolean): SedScript {
  const cursor: Cursor = {
    text: chunks.map(({ text }) => text).join("\n"),
    chunks,
    at: 0,
    extended,
  };
  const quiet = /^#n(\n|$)/.test(chunks[0]?.text ?? "");
  const commands: SedCommand[] = [];
  const open: number[] = [];
  try {
    while (readCommand(cursor, commands, open));
    if (open.length > 0) throw new Mistake("unmatched `{'", 0);
  } catch (error) {
    if (error instanceof Mistake) return { error: error.place(cursor), code: 1 };
    throw error;
  }
  const labels = new Map<string, number>();
  commands.forEach(({ name, text }, index) => {
    if (name === ":") labels.set(text, index);
  });
  for (const command of commands) {
    if (!"btT".includes(command.name) || command.text === "") continue;
    const target = labels.get(command.text);
    if (target === undefined)
      return { error: `can't find label for jump to \`${command.text}'`, code: 4 };
    command.target = target;
  }
  return { commands, quiet };
}

/** Reads the next command; false at the end. */
function readCommand(cursor: Cursor, commands: SedCommand[], open: number[]): boolean {
  while (/[\s;]/.test(peek(cursor))) take(cursor);
  if (peek(cursor) === "") return false;
  const from = readAddress(cursor, false);
  let to: SedAddress | undefined;
  if (from !== undefined) {
    skipBlanks(cursor);
    if (peek(cursor) === ",") {
      take(cursor);
      skipBlanks(cursor);
      to = readAddress(cursor, true);
      if (to === undefined) {
        take(cursor);
        throw new Mistake("unexpected `,'");
      }
    }
  }
  const zero = from?.type === "line" && from.line === 0;
  if (zero && to?.type !== "regex") {
    take(cursor);
    throw new Mistake("invalid usage of line address 0");
  }
  skipBlanks(cursor);
  let negated = false;
  while (peek(cursor) === "!") {
    take(cursor);
    if (negated) throw new Mistake("multiple `!'s");
    negated = true;
    skipBlanks(cursor);
  }
  const name = take(cursor);
  if (name === "") throw new Mistake("missing command");
  if (to !== undefined && "qQ".includes(name)) {
    throw new Mistake("command only uses one address");
  }
  const base: SedCommand = {
    name,
    from,
    to,
    negated,
    text: "",
    number: undefined,
    substitution: undefined,
    map: undefined,
    target: -1,
    active: zero,
    end: 0,
  };
  const command = readRest(cursor, base, { open, commands });
  if (command !== undefined) commands.push(command);
  return true;
}

type Blocks = { readonly open: number[]; readonly commands: readonly SedCommand[] };

function readRest(cursor: Cursor, base: SedCommand, blocks: Blocks): SedCommand | undefined {
  const { name } = base;
  switch (name) {
    case "#":
      if (base.from !== undefined) throw new Mistake("comments don't accept any addresses");
      while (peek(cursor) !== "" && peek(cursor) !== "\n") take(cursor);
      return undefined;
    case "{":
      blocks.open.push(blocks.commands.length);
      return base;
    case "}": {
      const start = blocks.open.pop();
      if (start === undefined) throw new Mistake("unexpected `}'");
      if (base.from !== undefined) throw new Mistake("} doesn't want any addresses");
      const opener = blocks.commands[start];
      if (opener !== undefined) opener.target = blocks.commands.length;
      endOfCommand(cursor);
      return base;
    }
    case ":": {
      if (base.from !== undefined) throw new Mistake(": doesn't want any addresses");
      const label = readLabel(cursor, "");
      if (label === "") throw new Mistake('":" lacks a label');
      return { ...base, text: label };
    }
    case "b":
    case "t":
    case "T":
      return { ...base, text: readLabel(cursor, "}") };
    case "a":
    case "i":
    case "c":
      return { ...base, text: readText(cursor) };
    case "r":
    case "R":
    case "w":
    case "W":
      return { ...base, text: readFileName(cursor) };
    case "s":
      return { ...base, substitution: readSubstitution(cursor, readFileName) };
    case "y":
      return { ...base, map: readTransliteration(cursor) };
    case "q":
    case "Q":
    case "l":
    case "L":
      return { ...base, number: readNumber(cursor) };
    case "v":
      readLabel(cursor, "");
      return undefined;
    default:
      if (!"=dDeFgGhHnNpPxz".includes(name)) throw new Mistake(`unknown command: \`${name}'`);
      endOfCommand(cursor);
      return base;
  }
}

function readNumber(cursor: Cursor): number | undefined {
  skipBlanks(cursor);
  const digits = readDigits(cursor);
  endOfCommand(cursor);
  return digits === "" ? undefined : Number(digits);
}

function readDigits(cursor: Cursor): string {
  let digits = "";
  while (/\d/.test(peek(cursor))) digits += take(cursor);
  return digits;
}

function readLabel(cursor: Cursor, closer: string): string {
  skipBlanks(cursor);
  let label = "";
  for (;;) {
    const char = peek(cursor);
    if (char === "" || /[\s;]/.test(char) || (closer !== "" && char === closer)) return label;
    label += take(cursor);
  }
}

function readFileName(cursor: Cursor): string {
  skipBlanks(cursor);
  let name = "";
  while (peek(cursor) !== "" && peek(cursor) !== "\n") name += take(cursor);
  if (name === "") throw new Mistake("missing filename in r/R/w/W commands");
  return name;
}

function readAddress(cursor: Cursor, second: boolean): SedAddress | undefined {
  const char = peek(cursor);
  if (char === "$") {
    take(cursor);
    return { type: "last" };
  }
  if (char === "/" || char === "\\") {
    if (char === "\\") take(cursor);
    const delimiter = take(cursor);
    const source = readUntil(cursor, delimiter, true);
    if (source === undefined) throw new Mistake("unterminated address regex");
    let [ignoreCase, multiline] = [false, false];
    for (;;) {
      const flag = peek(cursor);
      if (flag === "I") ignoreCase = true;
      else if (flag === "M") multiline = true;
      else break;
      take(cursor);
    }
    if (source === "") return { type: "regex", regex: undefined };
    const style = cursor.extended ? "extended" : "basic";
    const regex = compileRegex(source, { style, escapes: true, ignoreCase, multiline });
    if (typeof regex === "string") throw new Mistake(regex);
    return { type: "regex", regex };
  }
  if (second && (char === "+" || char === "~")) {
    take(cursor);
    const digits = readDigits(cursor);
    if (digits === "") throw new Mistake("expected number");
    return { type: char === "+" ? "plus" : "multiple", count: Number(digits) };
  }
  if (!/\d/.test(char)) return undefined;
  const line = Number(readDigits(cursor));
  skipBlanks(cursor);
  if (peek(cursor) !== "~" || second) return { type: "line", line };
  take(cursor);
  skipBlanks(cursor);
  const step = Number(readDigits(cursor) || "0");
  return step > 0 ? { type: "step", first: line, step } : { type: "line", line };
}
