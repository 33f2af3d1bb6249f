// The line on the screen: where each character stands when lines wrap, and the fewest bytes that turn
// what is shown into what should be.
// Source: what bash 5.2 sends to an xterm; console_codes(4).
// Not simulated: wide and combining characters, inserting in place (the rest of a row is written anew).

import { promptWidth, shownPrompt, splitPrompt } from "./prompt.ts";

/** What the screen shows of a line. */
export type ScreenLine = {
  /** Bytes that show this line with the cursor before character `point`. */
  show(chars: readonly string[], point: number): string;
  /** The same below whatever was printed since: prompt and line anew. */
  again(): string;
  /** Another prompt stands before the line from now on. */
  reprompt(prompt: string): string;
  /** The window has so many columns now. */
  resize(columns: number): string;
  /** Down to a fresh row below the line. */
  leave(): string;
};

/** Cells by row, and the place of the cursor. */
type Layout = { readonly rows: readonly (readonly string[])[]; row: number; column: number };

/** A line that is still empty; `again` shows it for the first time. */
export function screenLine(
  prompt: string,
  { columns, hidden }: { readonly columns: number; readonly hidden: boolean },
): ScreenLine {
  let width = Math.max(1, columns);
  let indent = promptWidth(prompt);
  let whole = shownPrompt(prompt);
  let last = shownPrompt(splitPrompt(prompt).last);
  let shownChars: readonly string[] = [];
  let shownPoint = 0;
  let shown = layOut([], 0, { width, indent });

  const show = (chars: readonly string[], point: number): string => {
    if (hidden) return "";
    const next = layOut(chars, point, { width, indent });
    const bytes = change(shown, next, width);
    shown = next;
    shownChars = chars;
    shownPoint = point;
    return bytes;
  };
  const restart = (): string => {
    shown = layOut([], 0, { width, indent });
    return (indent > 0 && indent % width === 0 ? " \r" : "") + show(shownChars, shownPoint);
  };
  const toTop = (layout: Layout): string => `\r${layout.row > 0 ? `\x1b[${layout.row}A` : ""}`;
  return {
    show,
    again: () => whole + restart(),
    reprompt(prompt) {
      const up = `${toTop(shown)}\x1b[J`;
      indent = promptWidth(prompt);
      whole = shownPrompt(prompt);
      last = shownPrompt(splitPrompt(prompt).last);
      return up + last + restart();
    },
    resize(columns) {
      width = Math.max(1, columns);
      // The terminal has wrapped the line anew already.
      const now = layOut(shownChars, shownPoint, { width, indent });
      return `${toTop(now)}\x1b[J${last}${restart()}`;
    },
    leave() {
      // A line that has filled its last row stands before a fresh one already.
      const rows = shown.rows.length - (flowed(shown, width) ? 1 : 0);
      return "\n".repeat(rows - shown.row);
    },
  };
}

function flowed({ rows }: Layout, width: number): boolean {
  return rows.at(-1)?.length === 0 && rows.at(-2)?.length === width;
}

type Frame = { readonly width: number; readonly indent: number };

/** Where everything stands; the prompt's own cells are empty strings. */
function layOut(chars: readonly string[], point: number, { width, indent }: Frame): Layout {
  const rows: string[][] = [[]];
  const add = (cell: string) => {
    if ((rows.at(-1)?.length ?? 0) >= width) rows.push([]);
    rows.at(-1)?.push(cell);
  };
  for (let at = 0; at < indent; at++) add("");
  let cursor: { row: number; column: number } | undefined;
  const here = () => {
    const row = rows.length - 1;
    const column = rows[row]?.length ?? 0;
    return column >= width ? { row: row + 1, column: 0 } : { row, column };
  };
  for (const [at, char] of chars.entries()) {
    if (at === point) cursor = here();
    if (char === "\n") rows.push([]);
    else if (char === "\t") {
      const stop = 8 - ((rows.at(-1)?.length ?? 0) % 8);
      for (let blank = 0; blank < stop; blank++) add(" ");
    } else for (const cell of cellsOf(char)) add(cell);
  }
  const end = here();
  if (end.row === rows.length) rows.push([]);
  return { rows, ...(cursor ?? end) };
}

function cellsOf(char: string): string[] {
  if (char.length === 1 && (char < " " || char === "\x7f")) {
    return ["^", String.fromCharCode(char.charCodeAt(0) ^ 64)];
  }
  return char.length === 1 && char >= "\x80" ? ["\\", ...octal(char)] : [char];
}

function octal(byte: string): string[] {
  return byte.charCodeAt(0).toString(8).padStart(3, "0").split("");
}

/** Bytes that turn the one into the other. */
function change(from: Layout, to: Layout, width: number): string {
  let bytes = "";
  const at = { row: from.row, column: from.column };
  const moveOn = (to: Place) => {
    // Behind the last column the cursor hangs between two places.
    if (at.column >= width) {
      bytes += "\r";
      at.column = 0;
    }
    bytes += moveTo(at, to);
    at.row = to.row;
    at.column = to.column;
  };
  let bottom = from.rows.length - 1;
  const go = (row: number, column: number) => {
    if (bottom < row) {
      // Below the last row there is nothing yet: a line feed makes room.
      bytes += "\n".repeat(row - at.row);
      bottom = row;
      at.row = row;
      at.column = 0;
    }
    moveOn({ row, column });
  };
  const count = Math.max(from.rows.length, to.rows.length);
  for (let row = 0; row < count; row++) {
    const before = from.rows[row] ?? [];
    const after = to.rows[row] ?? [];
    let same = 0;
    while (same < after.length && same < before.length && before[same] === after[same]) same += 1;
    if (same === after.length && same === before.length) continue;
    // A row that the one above has run full into is there by itself.
    if (at.column === width && at.row === row - 1 && same === 0 && after.length > 0) {
      bottom = Math.max(bottom, row);
      at.row = row;
      at.column = 0;
    } else go(row, same);
    bytes += after.slice(same).join("");
    at.column = after.length;
    if (after.length < before.length) bytes += "\x1b[K";
  }
  if (at.row === to.row && at.column === to.column) return bytes;
  if (at.column === width && to.column === 0 && to.row === at.row + 1 && bottom === at.row) {
    return `${bytes} \r`;
  }
  go(to.row, to.column);
  return bytes;
}

type Place = { readonly row: number; readonly column: number };

/** Bytes that move the cursor. */
function moveTo(from: Place, to: Place): string {
  let bytes = to.row < from.row ? "\x1b[A".repeat(from.row - to.row) : "";
  let { column } = from;
  if (to.row > from.row) {
    bytes += "\n".repeat(to.row - from.row);
    column = 0;
  }
  if (to.column > column) return bytes + "\x1b[C".repeat(to.column - column);
  const back = column - to.column;
  if (back <= to.column) return bytes + "\b".repeat(back);
  return `${bytes}\r${"\x1b[C".repeat(to.column)}`;
}
