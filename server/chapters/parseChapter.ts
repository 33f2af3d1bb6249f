// From the text of notebooks/NN-name/index.md to a Chapter. Whatever is wrong is told with its
// line and what to write instead; the rest of the chapter still opens. Never throws.
// Not here: files (chapters.ts), the page's HTML around prose and cells (renderChapter.ts).

import type { Block, Cell, Chapter, ChapterError } from "../../shared/chapter.ts";
import { checkReferences, withIds } from "./cellReferences.ts";
import { type FenceInfo, parseFenceInfo } from "./fenceInfo.ts";
import { type FrontMatter, parseFrontMatter } from "./frontMatter.ts";
import { joinMarkdown } from "./joinMarkdown.ts";
import { type RenderedNode, renderMarkdown } from "./markdownPiece.ts";
import { mistakenLanguage } from "./mistakenLanguage.ts";
import { nearestName } from "./nearestName.ts";
import { checkFragments, type ProseContext } from "./proseContext.ts";
import { readCell } from "./readCell.ts";
import { checkScripts, refusedVariable } from "./scriptNames.ts";
import { isCellLanguage, renderShown } from "./shownCode.ts";
import { type FencePiece, type Piece, splitChapter } from "./splitChapter.ts";
import type { Topology } from "./topology.ts";

/** Where a chapter comes from, and what its names are checked against, where that is known. */
export type ChapterSource = {
  readonly slug: string;
  /** The path that messages name, such as notebooks/05-routing-namespace/index.md. */
  readonly file: string;
  /** All topologies by name. */
  readonly topologies?: ReadonlyMap<string, Topology>;
  /** Whether the chapter's folder holds this figure. */
  readonly hasFigure?: (name: string) => boolean;
};

const MAX_LENGTH = 256 * 1024;

/** Reads a chapter. */
export function parseChapter(text: string, source: ChapterSource): Chapter {
  const errors: ChapterError[] = [];
  const report = (line: number, message: string) => {
    errors.push({ file: source.file, line, message });
  };
  if (text.length > MAX_LENGTH) {
    report(1, "The chapter is longer than 256 KB; divide it into two chapters.");
    return { slug: source.slug, title: source.slug, summary: "", blocks: [], errors };
  }
  const { pieces, openFrontMatter } = splitChapter(text);
  const front = readFront(pieces, openFrontMatter, report);
  const prose: ProseContext = {
    slug: source.slug,
    report,
    hasFigure: source.hasFigure,
    headings: new Set(),
    fragments: [],
    level: 1,
  };
  const drafts = joinMarkdown(pieces).flatMap((piece) => draftsOf(piece, prose));
  const topology = topologyOf(front, source, report);
  const { blocks, cells } = resolveCells(drafts, { topology, file: source.file, errors });
  const live = new Set<UnjoinedBlock>(blocks);
  checkFragments(prose, new Set(cells.map((cell) => cell.id)));
  checkScripts(cells, (cell) => live.has(cell), report);
  return {
    slug: source.slug,
    title: front.title ?? source.slug,
    summary: front.summary,
    ...(front.topology !== undefined && { topology: front.topology }),
    blocks: joinProse(blocks),
    errors: errors.sort((a, b) => a.line - b.line),
  };
}

/** A piece on its way to be a block. `mistakes` of a fence make it an error block. */
type Draft =
  | (RenderedNode & { readonly type: "prose" })
  | {
      readonly type: "fence";
      readonly fence: FencePiece;
      readonly cell: Cell | undefined;
      readonly mistakes: Mistake[];
    };

type Mistake = { readonly line: number; readonly message: string };

function readFront(
  pieces: readonly Piece[],
  open: boolean,
  report: ProseContext["report"],
): FrontMatter {
  if (open) {
    report(1, "The front matter is not closed; write --- on a line of its own after it.");
    return { summary: "", topologyLine: 1 };
  }
  const [first] = pieces;
  return parseFrontMatter(first?.type === "frontMatter" ? first.text : undefined, report);
}

function topologyOf(
  { topology, topologyLine }: FrontMatter,
  { topologies }: ChapterSource,
  report: ProseContext["report"],
): Topology | undefined {
  if (topology === undefined || topologies === undefined) return undefined;
  const found = topologies.get(topology);
  if (found === undefined) {
    const near = nearestName(topology, topologies.keys());
    const advice =
      near === undefined ? "correct the name, or add the file" : `did you mean ${near}`;
    report(
      topologyLine,
      `There is no usable content/topologies/${topology}.yaml; ${advice}${near ? "?" : "."}`,
    );
  }
  return found;
}

function draftsOf(piece: Piece, prose: ProseContext): Draft[] {
  if (piece.type === "frontMatter") return [];
  if (piece.type === "markdown") {
    return renderMarkdown(piece.text, piece.line, prose).map((node) => ({
      type: "prose",
      ...node,
    }));
  }
  return [fenceDraft(piece)];
}

function fenceDraft(fence: FencePiece): Draft {
  const info = parseFenceInfo(fence.info);
  const mistakes: Mistake[] = info.mistakes.map((message) => ({ line: fence.line, message }));
  const report = (line: number, message: string) => {
    mistakes.push({ line, message });
  };
  const wrongLanguage = mistakenLanguage(info);
  if (wrongLanguage !== undefined) report(fence.line, wrongLanguage);
  if (!fence.closed) {
    report(fence.line, "The fence is not closed; write ``` on a line of its own after it.");
  }
  const { language } = info;
  // A broken fence may hold half of the chapter: what is inside it says nothing then.
  const cell =
    isCellLanguage(language) && isLive(info)
      ? readCell(language, info, { fence, report: fence.closed ? report : () => {} })
      : undefined;
  if (cell === undefined && mistakes.length === 0) {
    return { type: "prose", html: renderShown(language, fence.source), line: fence.line };
  }
  return { type: "fence", fence, cell, mistakes };
}

/**
 * An sh fence without braces is only shown; the other languages have no other use. Where the
 * braces were forgotten around attributes, that is mistake enough.
 */
function isLive({ language, attributes, mistakes }: FenceInfo): boolean {
  return attributes !== undefined || (language !== "sh" && mistakes.length === 0);
}

type Resolving = {
  readonly topology: Topology | undefined;
  readonly file: string;
  readonly errors: ChapterError[];
};

/** Gives every cell its id, checks what cells say of each other, and turns broken ones into errors. */
function resolveCells(
  drafts: readonly Draft[],
  { topology, file, errors }: Resolving,
): { readonly blocks: UnjoinedBlock[]; readonly cells: Cell[] } {
  const fences = drafts.filter((draft) => draft.type === "fence");
  const owners = fences.filter((fence) => fence.cell !== undefined);
  const cells = withIds(owners.flatMap(({ cell }) => cell ?? []));
  const final = new Map(owners.map((owner, at) => [owner, cells[at]]));
  const byCell = new Map(cells.map((cell, at) => [cell, owners[at]]));
  const say = (cell: Cell, message: string) => {
    byCell.get(cell)?.mistakes.push({ line: cell.line, message });
  };
  checkReferences(cells, topology, say);
  for (const cell of cells) {
    const refused = cell.type === "sh" ? refusedVariable(cell.id) : undefined;
    if (refused !== undefined) say(cell, refused);
  }
  const blocks = drafts.map((draft): UnjoinedBlock => {
    if (draft.type === "prose") return draft;
    const told = draft.mistakes.map((mistake) => ({ file, ...mistake }));
    errors.push(...told);
    const [error] = told;
    const cell = final.get(draft);
    if (error === undefined && cell !== undefined) return cell;
    const unknown = { file, line: draft.fence.line, message: "The fence cannot be used." };
    return { type: "error", error: error ?? unknown, source: draft.fence.raw };
  });
  return { blocks, cells };
}

type UnjoinedBlock = Block | (RenderedNode & { readonly type: "prose" });

/** Joins prose up to the next heading or cell. */
function joinProse(blocks: readonly UnjoinedBlock[]): Block[] {
  const joined: Block[] = [];
  for (const block of blocks) {
    const last = joined.at(-1);
    if (block.type === "prose" && block.heading === undefined && last?.type === "prose") {
      joined[joined.length - 1] = { ...last, html: `${last.html}\n${block.html}` };
    } else joined.push(block);
  }
  return joined;
}
