// The line that is being edited: its characters, the cursor, what was cut out of it, and how to take
// changes back. Each editing command of emacs mode is a function of it.
// Source: readline(3) EDITING COMMANDS, bash(1) Killing and Yanking.
// Not simulated: numeric arguments, the region, keyboard macros.

/** A line under the cursor. A character is the bytes of one in UTF-8. */
export type EditedLine = {
  chars: string[];
  /** The cursor stands before this character. */
  point: number;
  /** What was cut, the newest last; yank-pop goes back in it. */
  readonly kills: string[][];
  /** What was yanked last: where it begins, and which kill it was. */
  yanked: { readonly start: number; readonly kill: number } | undefined;
  readonly undo: { readonly chars: string[]; readonly point: number }[];
  /** The command before this one, for those that join. */
  before: string;
};

/** An empty line; cut texts are shared with the lines before it. */
export function newLine(kills: string[][]): EditedLine {
  return { chars: [], point: 0, kills, yanked: undefined, undo: [], before: "" };
}

/** Puts text in at the cursor. */
export function insert(line: EditedLine, chars: readonly string[]): void {
  remember(line);
  line.chars = [...line.chars.slice(0, line.point), ...chars, ...line.chars.slice(line.point)];
  line.point += chars.length;
}

/** Makes the line this one, with the cursor at its end. */
export function replaceLine(line: EditedLine, chars: readonly string[]): void {
  remember(line);
  line.chars = [...chars];
  line.point = line.chars.length;
}

const KEPT_UNDO = 200;

function remember(line: EditedLine): void {
  line.undo.push({ chars: line.chars, point: line.point });
  if (line.undo.length > KEPT_UNDO) line.undo.shift();
}

/** Takes out from `start` to before `end`; false when there is nothing. */
function remove(line: EditedLine, start: number, end: number): boolean {
  if (start >= end) return false;
  remember(line);
  line.chars = [...line.chars.slice(0, start), ...line.chars.slice(end)];
  line.point = start;
  return true;
}

/** Cuts; cuts in a row join. */
function kill(line: EditedLine, start: number, end: number): boolean {
  const cut = line.chars.slice(start, end);
  const forward = start === line.point;
  if (!remove(line, start, end)) return true;
  const last = line.before === "kill" ? line.kills.pop() : undefined;
  line.kills.push(forward ? [...(last ?? []), ...cut] : [...cut, ...(last ?? [])]);
  if (line.kills.length > 10) line.kills.shift();
  return true;
}

function isWord(char: string | undefined): boolean {
  return char !== undefined && /^[A-Za-z0-9\x80-\xff]/.test(char);
}

function wordEnd(line: EditedLine): number {
  let at = line.point;
  while (at < line.chars.length && !isWord(line.chars[at])) at += 1;
  while (at < line.chars.length && isWord(line.chars[at])) at += 1;
  return at;
}

function wordStart(line: EditedLine, from = line.point): number {
  let at = from;
  while (at > 0 && !isWord(line.chars[at - 1])) at -= 1;
  while (at > 0 && isWord(line.chars[at - 1])) at -= 1;
  return at;
}

function blankWordStart(line: EditedLine): number {
  const blank = (at: number) => /\s/.test(line.chars[at - 1] ?? "x");
  let at = line.point;
  while (at > 0 && blank(at)) at -= 1;
  while (at > 0 && !blank(at)) at -= 1;
  return at;
}

function move(line: EditedLine, to: number): boolean {
  if (to < 0 || to > line.chars.length) return false;
  line.point = to;
  return true;
}

function transposeChars(line: EditedLine): boolean {
  const { chars, point } = line;
  if (point === 0 || chars.length < 2) return false;
  const at = point === chars.length ? point - 1 : point;
  remember(line);
  const [left = "", right = ""] = chars.slice(at - 1, at + 1);
  line.chars = [...chars.slice(0, at - 1), right, left, ...chars.slice(at + 1)];
  line.point = at + 1;
  return true;
}

function transposeWords(line: EditedLine): boolean {
  const end = wordEnd(line);
  const start = wordStart(line, end);
  const firstStart = wordStart(line, start);
  let firstEnd = firstStart;
  while (isWord(line.chars[firstEnd])) firstEnd += 1;
  if (firstStart === start || firstEnd > start) return false;
  const part = (from: number, to: number) => line.chars.slice(from, to);
  remember(line);
  line.chars = [
    ...part(0, firstStart),
    ...part(start, end),
    ...part(firstEnd, start),
    ...part(firstStart, firstEnd),
    ...part(end, line.chars.length),
  ];
  line.point = end;
  return true;
}

function changeCase(line: EditedLine, change: (char: string, first: boolean) => string): boolean {
  const end = wordEnd(line);
  remember(line);
  let first = true;
  line.chars = line.chars.map((char, at) => {
    if (at < line.point || at >= end || !isWord(char)) return char;
    const changed = change(char, first);
    first = false;
    return changed;
  });
  return move(line, end);
}

function yank(line: EditedLine): boolean {
  const last = line.kills.at(-1);
  if (last === undefined) return false;
  const start = line.point;
  insert(line, last);
  line.yanked = { start, kill: line.kills.length - 1 };
  return true;
}

function yankPop(line: EditedLine): boolean {
  const { yanked } = line;
  if (line.before !== "yank" || yanked === undefined || line.kills.length === 0) return false;
  remove(line, yanked.start, line.point);
  const next = (yanked.kill + line.kills.length - 1) % line.kills.length;
  insert(line, line.kills[next] ?? []);
  line.yanked = { start: yanked.start, kill: next };
  return true;
}

function takeBack(line: EditedLine): boolean {
  const last = line.undo.pop();
  if (last === undefined) return false;
  line.chars = last.chars;
  line.point = last.point;
  return true;
}

function dropBlanks(line: EditedLine): boolean {
  let start = line.point;
  let end = line.point;
  while (/^[ \t]$/.test(line.chars[start - 1] ?? "")) start -= 1;
  while (/^[ \t]$/.test(line.chars[end] ?? "")) end += 1;
  return remove(line, start, end) || true;
}

const upper = (char: string) => char.toUpperCase();
const lower = (char: string) => char.toLowerCase();
const ascii = (change: (char: string) => string) => (char: string) =>
  char.length === 1 ? change(char) : char;

/** Editing commands by name; false when there is nothing to do, which rings. */
export const EDITING: Readonly<Record<string, (line: EditedLine) => boolean>> = {
  "beginning-of-line": (line) => move(line, 0),
  "end-of-line": (line) => move(line, line.chars.length),
  "forward-char": (line) => move(line, line.point + 1),
  "backward-char": (line) => move(line, line.point - 1),
  "forward-word": (line) => move(line, wordEnd(line)),
  "backward-word": (line) => move(line, wordStart(line)),
  "delete-char": (line) => remove(line, line.point, Math.min(line.point + 1, line.chars.length)),
  "backward-delete-char": (line) => line.point > 0 && remove(line, line.point - 1, line.point),
  "kill-line": (line) => kill(line, line.point, line.chars.length),
  "backward-kill-line": (line) => line.point > 0 && kill(line, 0, line.point),
  "unix-line-discard": (line) => line.point > 0 && kill(line, 0, line.point),
  "kill-word": (line) => kill(line, line.point, wordEnd(line)),
  "backward-kill-word": (line) => kill(line, wordStart(line), line.point),
  "unix-word-rubout": (line) => line.point > 0 && kill(line, blankWordStart(line), line.point),
  "delete-horizontal-space": dropBlanks,
  "transpose-chars": transposeChars,
  "transpose-words": transposeWords,
  "upcase-word": (line) => changeCase(line, ascii(upper)),
  "downcase-word": (line) => changeCase(line, ascii(lower)),
  "capitalize-word": (line) =>
    changeCase(line, (char, first) => ascii(first ? upper : lower)(char)),
  yank,
  "yank-pop": yankPop,
  undo: takeBack,
  "revert-line": (line) => {
    while (takeBack(line));
    return true;
  },
};

/** Commands whose cuts join. */
export function kindOf(command: string): string {
  if (/kill|discard|rubout/.test(command)) return "kill";
  return /^yank(-pop)?$/.test(command) ? "yank" : command;
}
