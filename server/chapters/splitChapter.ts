// Cuts the text of a chapter into front matter, fences and pieces of Markdown, line by line and in
// linear time (CommonMark 0.31, sections 4.5 and 3). A piece of Markdown is about one top-level
// block: pieces are parsed one by one, so the cost of a hostile paragraph stays its own, and every
// fence at the left margin is known with its exact source.
// A fence that is not closed ends where the next one opens, or at the next heading after an empty
// line, so that the rest of the chapter still opens.
// Not here: what stands in a fence or in a piece.

/** A piece of a chapter; `line` is its first line. */
export type Piece =
  | { readonly type: "frontMatter"; readonly line: number; readonly text: string }
  | { readonly type: "markdown"; readonly line: number; readonly text: string }
  | FencePiece;

/** A fence at the left margin. */
export type FencePiece = {
  readonly type: "fence";
  readonly line: number;
  /** What follows the backticks in the first line. */
  readonly info: string;
  /** The lines between the fence's own; its first line is `line + 1`. */
  readonly source: string;
  /** False when the closing line is missing. */
  readonly closed: boolean;
  /** The fence as it stands in the file. */
  readonly raw: string;
};

const FENCE = /^( *)(`{3,}|~{3,})(.*)$/;
const LIST_ITEM = /^(?:[-+*]|\d{1,9}[.)])(?:\s|$)/;

/** The pieces of a chapter in order; undefined front matter means that it is opened and not closed. */
export function splitChapter(text: string): { pieces: Piece[]; openFrontMatter: boolean } {
  const lines = text
    .replace(/^\uFEFF/, "")
    .replace(/\r\n?/g, "\n")
    .split("\n");
  const pieces: Piece[] = [];
  let at = 0;
  let openFrontMatter = false;
  if (lines[0]?.trimEnd() === "---") {
    const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === "---");
    openFrontMatter = end < 0;
    if (end > 0) {
      pieces.push({ type: "frontMatter", line: 1, text: lines.slice(1, end).join("\n") });
      at = end + 1;
    }
  }
  while (at < lines.length) {
    const line = lines[at] ?? "";
    if (line.trim() === "") {
      at++;
      continue;
    }
    const opening = openingFence(line);
    const end = opening?.indent === 0 ? fenceEnd(lines, at, opening) : markdownEnd(lines, at);
    pieces.push(
      opening?.indent === 0
        ? fencePiece(lines.slice(at, end), at + 1, opening)
        : { type: "markdown", line: at + 1, text: lines.slice(at, end).join("\n") },
    );
    at = end;
  }
  return { pieces, openFrontMatter };
}

type Opening = { readonly indent: number; readonly mark: string; readonly info: string };

function openingFence(line: string): Opening | undefined {
  const [, indent = "", mark = "", info = ""] = FENCE.exec(line) ?? [];
  if (mark === "" || (mark.startsWith("`") && info.includes("`"))) return undefined;
  return { indent: indent.length, mark, info: info.trim() };
}

/** Whether the line ends a fence that was opened by `opening`. */
function closes(line: string, opening: Opening): boolean {
  const text = line.trim();
  const character = opening.mark.charAt(0);
  return text.length >= opening.mark.length && text === character.repeat(text.length);
}

/** The line after the fence that opens in line `from`. */
function fenceEnd(lines: readonly string[], from: number, opening: Opening): number {
  for (let at = from + 1; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (closes(line, opening) && line.search(/\S/) < 4) return at + 1;
    if (opensAnother(line, opening)) return at;
  }
  for (let at = from + 2; at < lines.length; at++) {
    if (lines[at - 1]?.trim() === "" && /^#{2,6} /.test(lines[at] ?? "")) return at;
  }
  return lines.length;
}

/** A fence with an info string inside a fence of the same mark: the first was left open. */
function opensAnother(line: string, opening: Opening): boolean {
  const other = openingFence(line);
  return (
    other !== undefined &&
    other.indent === 0 &&
    other.info !== "" &&
    other.mark.startsWith(opening.mark)
  );
}

function fencePiece(lines: readonly string[], line: number, opening: Opening): FencePiece {
  const closed = lines.length > 1 && closes(lines.at(-1) ?? "", opening);
  const source = lines.slice(1, closed ? -1 : undefined).join("\n");
  return { type: "fence", line, info: opening.info, source, closed, raw: lines.join("\n") };
}

/**
 * The line after the piece of Markdown that begins in line `from`: it ends at a fence at the left
 * margin, and after an empty line at the next text there, unless that continues a list.
 */
function markdownEnd(lines: readonly string[], from: number): number {
  let list = false;
  let inner: Opening | undefined;
  for (let at = from; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const atMargin = /^\S/.test(line);
    if (inner !== undefined) {
      if (!(list && atMargin)) {
        if (closes(line, inner)) inner = undefined;
        continue;
      }
      inner = undefined;
    }
    const opening = openingFence(line);
    if (opening?.indent === 0) return at;
    const item = LIST_ITEM.test(line);
    if (at > from && atMargin && lines[at - 1]?.trim() === "" && !(list && item)) return at;
    list ||= item;
    if (opening !== undefined && (list || opening.indent < 4)) inner = opening;
  }
  return lines.length;
}
