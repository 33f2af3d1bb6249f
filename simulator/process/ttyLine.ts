// The line that is being typed at a terminal: editing, echo, and the lines that wait to be read
// (linux/drivers/tty/n_tty.c, stty(1): erase, werase, kill, rprnt, lnext, eof; echoe echok echoke
// echoctl iutf8 are on).
// Not here: signals and flow control (tty.ts). Not simulated: echoprt, extproc.

import type { ByteString, TerminalModes } from "./process.ts";

/** A line, its newline included, holds at most so many bytes; more keys are answered by a bell. */
const LINE_MAX = 4095;

/** What is kept for a reader who does not read. */
const KEPT_MAX = 65536;

const TAB = 8;

/** Typing on one side, reading on the other. */
export type LineEditor = {
  /** One key, after CR has been mapped. */
  type(key: string): void;
  /** True when Ctrl-V was typed: the next key means itself. */
  quotesNext(): boolean;
  echo(text: ByteString): void;
  /** Forgets everything that was typed and not read. */
  flush(): void;
  /** Reads: a line at a time in canonical mode. */
  take(max: number): ByteString | "again";
  /** Canonical mode was switched on or off: what waits can be read at once. */
  switchMode(): void;
  /** A program wrote this: where the cursor is now. */
  wrote(bytes: ByteString): void;
};

type State = {
  readonly modes: TerminalModes;
  readonly show: (bytes: ByteString) => void;
  /** What is being typed. */
  line: ByteString;
  /** What can be read; an empty one is an end of file. */
  readonly ready: ByteString[];
  quoted: boolean;
  /** The cursor's column, and where it was when the line began. */
  column: number;
  start: number;
};

/** An empty editor; `show` gets the echo. */
export function createLineEditor(
  modes: TerminalModes,
  show: (bytes: ByteString) => void,
): LineEditor {
  const state: State = { modes, show, line: "", ready: [], quoted: false, column: 0, start: 0 };
  return {
    type: (key) => (modes.canonical ? typeCanonical(state, key) : typeRaw(state, key)),
    quotesNext: () => modes.canonical && state.quoted,
    echo: (text) => echo(state, text),
    flush() {
      state.line = "";
      state.ready.length = 0;
      state.quoted = false;
    },
    take: (max) => take(state, max),
    switchMode() {
      const all = state.ready.join("") + state.line;
      state.line = "";
      state.ready.length = 0;
      if (all !== "") state.ready.push(all);
    },
    wrote: (bytes) => {
      state.column = columnAfter(bytes, state.column);
    },
  };
}

function take(state: State, max: number): ByteString | "again" {
  const first = state.ready.shift();
  if (first === undefined) return "again";
  if (state.modes.canonical) {
    if (first.length > max) state.ready.unshift(first.slice(max));
    return first.slice(0, max);
  }
  const all = first + state.ready.join("");
  state.ready.length = 0;
  if (all.length > max) state.ready.push(all.slice(max));
  return all === "" ? "again" : all.slice(0, max);
}

function typeRaw(state: State, key: string): void {
  const last = state.ready.length - 1;
  if ((state.ready[last]?.length ?? 0) >= KEPT_MAX) return;
  if (last < 0) state.ready.push(key);
  else state.ready[last] += key;
  if (state.modes.echo) echo(state, visible(key));
}

function typeCanonical(state: State, key: string): void {
  if (state.quoted) {
    state.quoted = false;
    add(state, key);
  } else if (key === "\x7f") {
    erase(state, characterStart(state.line));
  } else if (key === "\x17") {
    erase(state, wordStart(state.line));
  } else if (key === "\x15") {
    erase(state, 0);
  } else if (key === "\x12") {
    if (state.modes.echo) echo(state, `^R\n${visible(state.line)}`);
  } else if (key === "\x16") {
    state.quoted = true;
    if (state.modes.echo) state.show("^\b");
  } else if (key === "\x04") {
    finish(state, state.line);
  } else if (key === "\n") {
    if (state.modes.echo) echo(state, "\n");
    finish(state, `${state.line}\n`);
  } else {
    add(state, key);
  }
}

function add(state: State, key: string): void {
  if (state.line.length >= LINE_MAX) {
    state.show("\x07");
    return;
  }
  if (state.line === "") state.start = state.column;
  state.line += key;
  if (state.modes.echo) echo(state, visible(key));
}

function finish(state: State, line: ByteString): void {
  state.line = "";
  if (state.ready.length < 1024) state.ready.push(line);
}

/** Takes everything from `from` on off the line and off the screen. */
function erase(state: State, from: number): void {
  if (from >= state.line.length) return;
  const before = columnAfter(visible(state.line), state.start);
  state.line = state.line.slice(0, from);
  const after = columnAfter(visible(state.line), state.start);
  if (state.modes.echo) echo(state, "\b \b".repeat(before - after));
}

function echo(state: State, text: ByteString): void {
  state.column = columnAfter(text, state.column);
  state.show(text);
}

/** Control characters as ^X, all others as they are; tabs and newlines too. */
function visible(text: ByteString): ByteString {
  let shown = "";
  for (const byte of text) {
    const plain = byte === "\t" || byte === "\n" || (byte >= " " && byte !== "\x7f");
    shown += plain ? byte : `^${String.fromCharCode(byte.charCodeAt(0) ^ 64)}`;
  }
  return shown;
}

function isContinuation(byte: string): boolean {
  return byte >= "\x80" && byte < "\xc0";
}

function characterStart(line: ByteString): number {
  let at = line.length - 1;
  while (at > 0 && isContinuation(line.charAt(at))) at -= 1;
  return Math.max(0, at);
}

function wordStart(line: ByteString): number {
  const match = /[A-Za-z0-9_\x80-\xff]*[^A-Za-z0-9_\x80-\xff]*$/.exec(line);
  return match?.index ?? 0;
}

function columnAfter(text: ByteString, column: number): number {
  let at = column;
  for (const byte of text) {
    if (byte === "\n" || byte === "\r") at = 0;
    else if (byte === "\b") at = Math.max(0, at - 1);
    else if (byte === "\t") at += TAB - (at % TAB);
    else if (byte >= " " && !isContinuation(byte)) at += 1;
  }
  return at;
}
