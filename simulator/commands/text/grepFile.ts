// What `grep` does with one file: which lines are selected, and how they are shown with their
// context.
// Not here: options and which files (grep.ts).

import type { Errno } from "../../net/core/errno.ts";
import type { Steps } from "../../process/wait.ts";
import { isAscii } from "../../shell/utf8.ts";
import type { Tool } from "../tool.ts";
import { readLines } from "./lines.ts";
import type { Regex } from "./regex.ts";

/** How results look. */
export type GrepLook = {
  readonly before: number;
  readonly after: number;
  readonly most: number;
  readonly invert: boolean;
  readonly names: boolean;
  readonly numbers: boolean;
  readonly offsets: boolean;
  readonly tab: boolean;
  readonly only: boolean;
  readonly what: "lines" | "count" | "files" | "others" | "nothing";
  readonly quiet: boolean;
  /** Stands behind names instead of ":" or the newline. */
  readonly nameEnd: string | undefined;
  readonly end: string;
  readonly binary: "text" | "none" | "remark";
  readonly color: boolean;
  readonly separator: string | undefined;
  readonly label: string;
};

/** One file to search. */
export type GrepRequest = {
  readonly fd: number;
  readonly name: string;
  readonly regex: Regex | undefined;
  readonly look: GrepLook;
  /** How wide -T makes numbers: as the size of the file. */
  readonly width: number;
};

type Line = { readonly text: string; readonly number: number; readonly offset: number };

type Printer = {
  readonly tool: Tool;
  readonly request: GrepRequest;
  /** Lines that may become context. */
  readonly waiting: Line[];
  /** How many lines of context are to follow. */
  due: number;
  /** The number of the line that was printed last. */
  last: number;
};

/** Searches what a descriptor gives. */
export function* grepDescriptor(
  tool: Tool,
  request: GrepRequest,
): Steps<{ readonly count: number; readonly errno: Errno | undefined }> {
  const { look, name, regex } = request;
  const lines = readLines(tool.self, request.fd, look.end);
  const printer: Printer = { tool, request, waiting: [], due: 0, last: 0 };
  let count = 0;
  let offset = 0;
  let number = 0;
  let binary = false;
  let hidden = false;
  while (count < look.most) {
    const text = lines.ready() ?? (yield* lines.next());
    if (text === undefined) break;
    number += 1;
    const line = { text, number, offset };
    offset += text.length + 1;
    if (look.end === "\n" && look.binary !== "text" && text.includes("\0")) binary = true;
    if (binary && look.binary === "none") break;
    if ((regex?.test(text) ?? false) === look.invert) {
      yield* printContext(printer, line);
      continue;
    }
    count += 1;
    if (look.what === "files" || look.what === "others" || look.what === "nothing") break;
    if (look.what === "count") continue;
    if (look.binary !== "text" && (binary || !isUtf8(text))) {
      hidden = look.binary === "remark";
      if (binary) break;
    } else yield* printSelected(printer, line);
  }
  if (count >= look.most && look.what === "lines") {
    // What follows the last line is its context, and the next one to read for whoever comes next.
    while (printer.due > 0) {
      const text = lines.ready() ?? (yield* lines.next());
      if (text === undefined) break;
      number += 1;
      yield* printContext(printer, { text, number, offset });
      offset += text.length + 1;
    }
    lines.giveBack();
  }
  if (hidden) yield* tool.error(`${name}: binary file matches`);
  return { count, errno: lines.errno };
}

function isUtf8(text: string): boolean {
  return (
    isAscii(text) ||
    /^(?:[^\x80-\xff]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})*$/.test(
      text,
    )
  );
}

/** Prints the count or the name, where that was asked for. */
export function* printSummary(
  tool: Tool,
  { look, name }: { readonly look: GrepLook; readonly name: string },
  count: number,
): Steps<void> {
  const shown = painted(look, "35", name);
  if (look.what === "count") {
    const head = look.names ? shown + (look.nameEnd ?? painted(look, "36", ":")) : "";
    if (tool.add(`${head}${count}\n`)) yield* tool.flush();
  } else if (look.what === "files" || look.what === "others") {
    const wanted = count > 0 === (look.what === "files");
    if (wanted && tool.add(shown + (look.nameEnd ?? "\n"))) yield* tool.flush();
  }
}

function painted({ color }: GrepLook, code: string, text: string): string {
  return color ? `\x1b[${code}m\x1b[K${text}\x1b[m\x1b[K` : text;
}

function* printContext(printer: Printer, line: Line): Steps<void> {
  const { look } = printer.request;
  if (look.what !== "lines") return;
  if (printer.due > 0) {
    printer.due -= 1;
    if (!look.only) yield* printLine(printer, line, "-");
    else printer.last = line.number;
    return;
  }
  if (look.before === 0) return;
  printer.waiting.push(line);
  if (printer.waiting.length > look.before) printer.waiting.shift();
}

function* printSelected(printer: Printer, line: Line): Steps<void> {
  const { look } = printer.request;
  const first = printer.waiting[0]?.number ?? line.number;
  const gap = printer.last > 0 && first > printer.last + 1;
  if (gap && (look.before > 0 || look.after > 0) && look.separator !== undefined) {
    printer.tool.add(`${painted(look, "36", look.separator)}\n`);
  }
  for (const each of printer.waiting.splice(0)) {
    if (!look.only) yield* printLine(printer, each, "-");
  }
  if (look.only) yield* printParts(printer, line);
  else yield* printLine(printer, line, ":");
  printer.last = line.number;
  printer.due = look.after;
}

/** Name, number and offset in front of a line. */
function headOf({ name, look, width }: GrepRequest, line: Line, mark: string): string {
  const sign = painted(look, "36", mark);
  const parts: string[] = [];
  if (look.names) parts.push(painted(look, "35", name) + (look.nameEnd ?? sign));
  const number = (value: number, wide: number) =>
    painted(look, "32", `${value}`.padStart(wide)) + sign;
  if (look.numbers) parts.push(number(line.number, width));
  if (look.offsets) parts.push(number(line.offset, width));
  return parts.join("") + (look.tab && parts.length > 0 ? "\t" : "");
}

function* printLine(printer: Printer, line: Line, mark: string): Steps<void> {
  const { tool, request } = printer;
  const { look, regex } = request;
  const selected = mark === ":";
  const marked = look.color && regex !== undefined && selected !== look.invert;
  const text = marked ? paintMatches(look, regex, line.text) : line.text;
  printer.last = line.number;
  if (tool.add(headOf(request, line, mark) + text + look.end)) yield* tool.flush();
}

/** Each match of a line, and where it begins. */
function* matchesOf(regex: Regex, text: string): Generator<readonly [number, number]> {
  for (let from = 0; from <= text.length; ) {
    const [start = -1, end = -1] = regex.match(text, from) ?? [];
    if (start < 0) return;
    if (end > start) yield [start, end];
    from = end > start ? end : end + 1;
  }
}

function paintMatches(look: GrepLook, regex: Regex, text: string): string {
  let out = "";
  let from = 0;
  for (const [start, end] of matchesOf(regex, text)) {
    out += text.slice(from, start) + painted(look, "01;31", text.slice(start, end));
    from = end;
  }
  return out + text.slice(from);
}

function* printParts({ tool, request }: Printer, line: Line): Steps<void> {
  const { look, regex } = request;
  if (look.invert || regex === undefined) return;
  for (const [start, end] of matchesOf(regex, line.text)) {
    const head = headOf(request, { ...line, offset: line.offset + start }, ":");
    const part = painted(look, "01;31", line.text.slice(start, end));
    if (tool.add(head + part + look.end)) yield* tool.flush();
  }
}
