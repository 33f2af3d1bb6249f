// Markdown (CommonMark with GitHub's tables, strikethrough, task lists and bare addresses) as HTML.
// The renderer is our own and knows each kind of node; all text is escaped, nothing of an author is
// markup. What a chapter may not hold (HTML, footnotes, pictures without a description) is told and
// shown as text.
// Not here: fences at the left margin (splitChapter.ts finds them before).

import type { Code, Heading as HeadingNode, Image, Link, List, Nodes, Table } from "mdast";
import type { Heading } from "../../shared/chapter.ts";
import { imageAddress, linkAddress } from "./addresses.ts";
import { attributes, escapeHtml } from "./html.ts";
import { headingId, headingSlug, type ProseContext } from "./proseContext.ts";
import { isCellLanguage, isOpenFence, renderShown } from "./shownCode.ts";

/** A piece of Markdown: its text, the chapter it belongs to, and the line where it begins. */
export type ProsePiece = {
  readonly context: ProseContext;
  readonly firstLine: number;
  readonly text: string;
};

type Parent = { readonly children: readonly Nodes[] };

const WRAPPERS: Readonly<Partial<Record<Nodes["type"], string>>> = {
  emphasis: "em",
  strong: "strong",
  delete: "del",
};

/** A node and what is in it as HTML. */
export function renderNode(node: Nodes, piece: ProsePiece): string {
  switch (node.type) {
    case "text":
      return escapeHtml(node.value);
    case "paragraph":
      return paragraph(node, piece);
    case "heading":
      return renderHeading(node, piece).html;
    case "inlineCode":
      return `<code>${escapeHtml(node.value)}</code>`;
    case "code":
      return code(node, piece);
    case "break":
      return "<br>";
    case "thematicBreak":
      return "<hr>";
    // A landmark for each note would bury the page's own; the role says what it is.
    case "blockquote":
      return `<aside class="note" role="note">${children(node, piece)}</aside>`;
    case "link":
      return link(node, piece);
    case "image":
      return image(node, piece);
    case "list":
      return list(node, piece);
    case "table":
      return table(node, piece);
    case "html":
    case "footnoteDefinition":
    case "footnoteReference":
    case "definition":
      return refused(node, piece);
    default:
      return wrapped(node, piece);
  }
}

/** A heading as HTML and as a line of the contents. */
export function renderHeading(
  node: HeadingNode,
  piece: ProsePiece,
): { readonly html: string; readonly heading: Heading } {
  const { context } = piece;
  if (node.depth === 1) {
    refuse(node, piece, "The title stands in the front matter; write ## for a heading.");
  } else if (node.depth > context.level + 1) {
    const marks = "#".repeat(context.level + 1);
    refuse(node, piece, `The heading skips a level; write ${marks} here.`);
  }
  const level = Math.max(2, Math.min(node.depth, context.level + 1));
  context.level = level;
  const text = plainText(node).trim();
  const id = headingId(headingSlug(text, context.headings));
  return {
    html: `<h${level}${attributes({ id })}>${children(node, piece)}</h${level}>`,
    heading: { id, text, level },
  };
}

function refuse(node: Nodes, { context, firstLine }: ProsePiece, message: string): void {
  context.report((node.position?.start.line ?? 1) + firstLine - 1, message);
}

function children(node: Parent, piece: ProsePiece): string {
  return node.children.map((child) => renderNode(child, piece)).join("");
}

function wrapped(node: Nodes, piece: ProsePiece): string {
  const content = "children" in node ? children(node, piece) : "";
  const tag = WRAPPERS[node.type];
  return tag === undefined ? content : `<${tag}>${content}</${tag}>`;
}

function refused(node: Nodes, piece: ProsePiece): string {
  if (node.type === "html") {
    refuse(
      node,
      piece,
      "A chapter holds no HTML; write Markdown, or put `backticks` around what is code.",
    );
    return `<code>${escapeHtml(node.value)}</code>`;
  }
  if (node.type === "definition") {
    refuse(node, piece, "Write the address at the link itself: [text](https://…).");
    return "";
  }
  refuse(node, piece, "Footnotes are not supported; write the note as text or as a > quote.");
  return wrapped(node, piece);
}

function paragraph(node: Parent, piece: ProsePiece): string {
  const [only] = node.children;
  if (node.children.length === 1 && only?.type === "image" && only.title) {
    const caption = escapeHtml(only.title);
    return `<figure>${image(only, piece)}<figcaption>${caption}</figcaption></figure>`;
  }
  return `<p>${children(node, piece)}</p>`;
}

function code(node: Code, piece: ProsePiece): string {
  const { start, end } = node.position ?? {};
  if (isOpenFence(piece.text.slice(start?.offset, end?.offset))) {
    refuse(node, piece, "The fence is not closed; write ``` on a line of its own after it.");
  }
  const language = node.lang ?? "";
  if (isCellLanguage(language) && (language !== "sh" || node.meta)) {
    refuse(
      node,
      piece,
      `A \`${language}\` fence works only at the left margin; take it out of the list or quote.`,
    );
  }
  return renderShown(language, node.value);
}

function link(node: Link, piece: ProsePiece): string {
  const content = children(node, piece);
  // A bare root@host.example is no link of the author's.
  if (node.url === `mailto:${plainText(node)}`) return content;
  const address = linkAddress(node.url);
  if ("refused" in address) {
    refuse(node, piece, address.refused);
    return content;
  }
  if ("href" in address) {
    return `<a${attributes({ href: address.href, rel: "noopener" })}>${content}</a>`;
  }
  const { fragment } = address;
  const line = (node.position?.start.line ?? 1) + piece.firstLine - 1;
  piece.context.fragments.push({ line, fragment });
  const id = fragment.startsWith("cell-") ? fragment : headingId(fragment);
  return `<a${attributes({ href: `#${id}` })}>${content}</a>`;
}

function image(node: Image, piece: ProsePiece): string {
  const { slug, hasFigure } = piece.context;
  const alt = node.alt?.trim() ?? "";
  if (alt === "") {
    refuse(node, piece, "The picture has no description; write ![what it shows](file.svg).");
  }
  const address = imageAddress(node.url, slug);
  if ("refused" in address) {
    refuse(node, piece, address.refused);
    return escapeHtml(alt);
  }
  if (hasFigure?.(address.name) === false) {
    const message = `The chapter's folder has no picture \`${address.name}\`; add it or correct the name.`;
    refuse(node, piece, message);
    return escapeHtml(alt);
  }
  return `<img${attributes({ src: address.href, alt, loading: "lazy" })}>`;
}

function list(node: List, piece: ProsePiece): string {
  const loose = node.spread === true || node.children.some((item) => item.spread);
  const items = node.children.map((item) => {
    const box = typeof item.checked === "boolean" ? (item.checked ? "☑ " : "☐ ") : "";
    const content = item.children.map((child) =>
      !loose && child.type === "paragraph" ? children(child, piece) : renderNode(child, piece),
    );
    return `<li>${box}${content.join("")}</li>`;
  });
  const start = typeof node.start === "number" && node.start !== 1 ? String(node.start) : undefined;
  const tag = node.ordered ? "ol" : "ul";
  return `<${tag}${attributes({ start })}>${items.join("")}</${tag}>`;
}

function table(node: Table, piece: ProsePiece): string {
  const row = (cells: readonly Parent[], tag: string, scope?: string) =>
    cells
      .map((cell, at) => {
        const align = node.align?.[at];
        const extra = attributes({ scope, class: align ? `align-${align}` : undefined });
        return `<${tag}${extra}>${children(cell, piece)}</${tag}>`;
      })
      .join("");
  const [head, ...body] = node.children;
  const rows = body.map((line) => `<tr>${row(line.children, "td")}</tr>`).join("");
  // Wide tables scroll by themselves, also by keyboard.
  return (
    '<div class="table" role="group" aria-label="Table" tabindex="0"><table>' +
    `<thead><tr>${row(head?.children ?? [], "th", "col")}</tr></thead>` +
    `<tbody>${rows}</tbody></table></div>`
  );
}

/** The text of a node without its marks. */
function plainText(node: Nodes): string {
  if ("value" in node) return node.value;
  if (node.type === "image") return node.alt ?? "";
  return "children" in node ? node.children.map((child) => plainText(child)).join("") : "";
}
