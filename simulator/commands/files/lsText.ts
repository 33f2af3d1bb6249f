// How `ls` draws entries: one a line, in columns, with commas, or long (ls(1)).
// Not simulated: LS_COLORS; the colours are those that coreutils 9.1 has built in.

import type { FileStatus } from "../../process/fileSystem.ts";
import { characterCount } from "../../shell/utf8.ts";
import { calendar } from "../calendar.ts";
import { formatDate } from "../dateText.ts";
import { escapeByte, quoteIfNeeded } from "../quoteName.ts";
import { humanSize } from "./humanSize.ts";
import { modeText } from "./modes.ts";
import { deviceNumbers, typeLetter } from "./statusText.ts";

/** One file to list. */
export type Entry = {
  readonly name: string;
  readonly status: FileStatus;
  readonly links: number;
  /** KiB that it takes. */
  readonly blocks: number;
  /** Where a symlink points, and what is there. */
  readonly target: string | undefined;
  readonly targetStatus: FileStatus | undefined;
};

/** How a list looks. */
export type ListLook = {
  readonly format: "long" | "lines" | "columns" | "across" | "commas";
  readonly now: number;
  readonly width: number;
  readonly inode: boolean;
  readonly blocks: boolean;
  readonly human: "h" | "si" | undefined;
  readonly owner: boolean;
  readonly group: boolean;
  readonly numeric: boolean;
  readonly context: boolean;
  readonly classify: "all" | "types" | "folders" | undefined;
  readonly quoting: "literal" | "marks" | "shell" | "c" | "escape";
  readonly color: boolean;
  readonly timeStyle: string;
  readonly end: string;
};

function blockText(look: ListLook, kib: number): string {
  if (look.human === undefined) return `${kib}`;
  return humanSize(kib * 1024, look.human === "si" ? 1000 : 1024);
}

/** What stands after "total". */
export function totalOf(look: ListLook, entries: readonly Entry[]): string {
  return blockText(
    look,
    entries.reduce((sum, { blocks }) => sum + blocks, 0),
  );
}

function shownName(look: ListLook, name: string): string {
  switch (look.quoting) {
    case "shell":
      return quoteIfNeeded(name);
    case "marks":
      return name.replace(/[^ -~\x80-\xff]/g, "?");
    case "c":
      return `"${name.replace(/[\\"]/g, "\\$&").replace(/[^ -~\x80-\xff]/g, escapeByte)}"`;
    case "escape":
      return name.replace(/[\\ ]/g, "\\$&").replace(/[^ -~\x80-\xff]/g, escapeByte);
    default:
      return name;
  }
}

function indicator(look: ListLook, { type, mode }: FileStatus): string {
  if (look.classify === undefined) return "";
  if (type === "directory") return "/";
  if (look.classify === "folders") return "";
  if (type === "symlink") return "@";
  if (type === "pipe") return "|";
  return look.classify === "all" && type === "file" && (mode & 0o111) !== 0 ? "*" : "";
}

function colorOf({ status, targetStatus }: Pick<Entry, "status" | "targetStatus">): string {
  const { type, mode } = status;
  if (type === "directory") {
    const open = (mode & 0o002) !== 0;
    return (mode & 0o1000) !== 0 ? (open ? "30;42" : "37;44") : open ? "34;42" : "01;34";
  }
  if (type === "symlink") return targetStatus === undefined ? "" : "01;36";
  if (type === "pipe") return "33";
  if (type === "device") return "01;33";
  return (mode & 0o111) !== 0 ? "01;32" : "";
}

function painted(text: string, color: string): string {
  return color === "" ? text : `\x1b[${color}m${text}\x1b[0m`;
}

type Cell = { readonly text: string; readonly width: number };

function cellOf(look: ListLook, entry: Entry, widths: { inode: number; blocks: number }): Cell {
  const name = shownName(look, entry.name);
  // Where one name is quoted the others stand one column further right.
  const before =
    (look.inode ? `${`${entry.status.inode}`.padStart(widths.inode)} ` : "") +
    (look.blocks ? `${blockText(look, entry.blocks).padStart(widths.blocks)} ` : "") +
    (look.context && look.format !== "long" ? "? " : "");
  const mark = indicator(look, entry.status);
  const text = before + (look.color ? painted(name, colorOf(entry)) : name) + mark;
  return { text, width: before.length + characterCount(name) + mark.length };
}

/** The lines of a list. */
export function drawEntries(look: ListLook, entries: readonly Entry[]): string {
  if (entries.length === 0) return "";
  if (look.format === "long") return drawColor(look, drawLong(look, entries));
  const padded = look.format !== "commas";
  const widths = {
    inode: padded ? Math.max(...entries.map(({ status }) => `${status.inode}`.length)) : 0,
    blocks: padded ? Math.max(...entries.map(({ blocks }) => blockText(look, blocks).length)) : 0,
  };
  const pad =
    look.quoting === "shell" &&
    look.format !== "commas" &&
    entries.some(({ name }) => quoteIfNeeded(name) !== name);
  const cells = entries.map((entry) => {
    const cell = cellOf(look, entry, widths);
    const aligned = pad && quoteIfNeeded(entry.name) === entry.name;
    return aligned ? { text: ` ${cell.text}`, width: cell.width + 1 } : cell;
  });
  return drawColor(look, drawCells(look, cells));
}

function drawColor(look: ListLook, text: string): string {
  return look.color ? text.replace("\x1b", "\x1b[0m\x1b") : text;
}

function drawCells(look: ListLook, cells: readonly Cell[]): string {
  if (look.format === "lines") return cells.map(({ text }) => text + look.end).join("");
  if (look.format === "commas") return drawCommas(look.width, cells);
  const down = look.format === "columns";
  const columns = columnCount(look.width, cells, down);
  const rows = Math.ceil(cells.length / columns.length);
  let out = "";
  for (let row = 0; row < rows; row++) {
    let position = 0;
    let at = 0;
    for (let column = 0; column < columns.length; column++) {
      const cell = cells[down ? column * rows + row : row * columns.length + column];
      if (cell === undefined) break;
      if (column > 0) out += indent(at, position);
      out += cell.text;
      at = position + cell.width;
      position += columns[column] ?? 0;
    }
    out += "\n";
  }
  return out;
}

/** From column to column with tabs where they reach. */
function indent(from: number, to: number): string {
  let text = "";
  for (let at = from; at < to; ) {
    if (Math.floor(to / 8) > Math.floor((at + 1) / 8)) {
      text += "\t";
      at += 8 - (at % 8);
    } else {
      text += " ";
      at += 1;
    }
  }
  return text;
}

/** The widths of as many columns as fit, two spaces included but for the last. */
function columnCount(width: number, cells: readonly Cell[], down: boolean): readonly number[] {
  const most = Math.max(1, Math.min(cells.length, Math.floor(width / 3)));
  for (let count = most; count > 1; count--) {
    const rows = Math.ceil(cells.length / count);
    const widths = new Array<number>(count).fill(3);
    cells.forEach((cell, index) => {
      const column = down ? Math.floor(index / rows) : index % count;
      const own = cell.width + (column === count - 1 ? 0 : 2);
      widths[column] = Math.max(widths[column] ?? 3, own);
    });
    if (widths.reduce((sum, each) => sum + each, 0) < width) return widths;
  }
  return [Math.max(...cells.map((cell) => cell.width))];
}

function drawCommas(width: number, cells: readonly Cell[]): string {
  let out = "";
  let at = 0;
  cells.forEach((cell, index) => {
    if (index > 0) {
      const fits = at + cell.width + 2 < width;
      out += fits ? ", " : ",\n";
      at = fits ? at + 2 : 0;
    }
    out += cell.text;
    at += cell.width;
  });
  return `${out}\n`;
}

const HALF_YEAR = 31556952e6 / 2;

/** The time as ls shows it: with the hour where it is of the last half year. */
function timeText(look: ListLook, modified: number): string {
  const parts = calendar(modified);
  const time = {
    ...parts,
    seconds: Math.floor(modified / 1e6),
    nanoseconds: (modified % 1e6) * 1000,
  };
  const recent = modified > look.now - HALF_YEAR && modified <= look.now;
  const style = look.timeStyle.replace(/^posix-/, "");
  if (style.startsWith("+")) {
    const [old = "", young = old] = style.slice(1).split("\n");
    return formatDate(recent ? young : old, time);
  }
  if (style === "full-iso") return formatDate("%Y-%m-%d %H:%M:%S.%N %z", time);
  if (style === "long-iso") return formatDate("%Y-%m-%d %H:%M", time);
  if (style === "iso") return formatDate(recent ? "%m-%d %H:%M" : "%Y-%m-%d ", time);
  return formatDate(recent ? "%b %e %H:%M" : "%b %e  %Y", time);
}

function sizeText(look: ListLook, { status }: Entry): string {
  if (look.human === undefined || status.type === "device") return `${status.size}`;
  return humanSize(status.size, look.human === "si" ? 1000 : 1024);
}

function drawLong(look: ListLook, entries: readonly Entry[]): string {
  const devices = entries.map((entry) =>
    entry.status.type === "device" ? deviceNumbers(entry.name) : undefined,
  );
  const wide = (texts: readonly string[]) => Math.max(0, ...texts.map((text) => text.length));
  const links = wide(entries.map((entry) => `${entry.links}`));
  const major = wide(devices.map((numbers) => (numbers === undefined ? "" : `${numbers[0]}`)));
  const minor = wide(devices.map((numbers) => (numbers === undefined ? "" : `${numbers[1]}`)));
  const sizes = entries.map((entry, index) => (devices[index] ? "" : sizeText(look, entry)));
  const size = Math.max(wide(sizes), minor === 0 ? 0 : major + 2 + minor);
  const inode = wide(entries.map(({ status }) => `${status.inode}`));
  const blocks = wide(entries.map(({ blocks }) => blockText(look, blocks)));
  const times = entries.map(({ status }) => timeText(look, status.modified));
  const owner = look.numeric ? "0" : "root";
  const pad = look.quoting === "shell" && entries.some(({ name }) => quoteIfNeeded(name) !== name);
  return entries
    .map((entry, index) => {
      const { status, target } = entry;
      const numbers = devices[index];
      const amount =
        numbers === undefined
          ? (sizes[index] ?? "").padStart(size)
          : `${`${numbers[0]}`.padStart(size - minor - 2)}, ${`${numbers[1]}`.padStart(minor)}`;
      const name = shownName(look, entry.name);
      const space = pad && name === entry.name ? " " : "";
      const arrow = target === undefined ? "" : ` -> ${targetText(look, entry)}`;
      return [
        look.inode ? `${`${status.inode}`.padStart(inode)} ` : "",
        look.blocks ? `${blockText(look, entry.blocks).padStart(blocks)} ` : "",
        `${typeLetter(status.type)}${modeText(status.mode)} `,
        `${`${entry.links}`.padStart(links)} `,
        look.owner ? `${owner} ` : "",
        look.group ? `${owner} ` : "",
        look.context ? "? " : "",
        `${amount} ${(times[index] ?? "").padStart(wide(times))} `,
        space + (look.color ? painted(name, colorOf(entry)) : name),
        arrow === "" ? indicator(look, status) : arrow,
        look.end,
      ].join("");
    })
    .join("");
}

function targetText(look: ListLook, { target = "", targetStatus }: Entry): string {
  const name = shownName(look, target);
  if (targetStatus === undefined) return name;
  const color = colorOf({ status: targetStatus, targetStatus: undefined });
  return (look.color ? painted(name, color) : name) + indicator(look, targetStatus);
}
