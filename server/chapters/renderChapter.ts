// The static HTML of a chapter: what a reader sees before any script runs, and without scripts.
// Cells are custom elements around text that says the same in words:
//
//   <vb-cell id="cell-ID" data-cell="ID" data-on data-expect data-needs="a b" data-title>
//   <vb-view id="cell-ID" data-cell="ID" data-views="arp netns12; routes netnsR">
//   <vb-predict id="cell-ID" data-cell="ID" data-for>  a fieldset of radio buttons
//   <vb-script id="cell-ID" data-cell="ID">
//   <vb-error data-line>
//
// Not here: the page around it (server/web), what the elements do (client/elements).

import type {
  Block,
  Cell,
  Chapter,
  ChapterError,
  Heading,
  PredictCell,
  ShellCell,
  ViewCell,
  ViewRequest,
} from "../../shared/chapter.ts";
import { attributes, escapeHtml, inlineCode } from "./html.ts";
import { colourShell } from "./shellColours.ts";

/** The main content of the chapter's page: title, mistakes if there are any, and a section per h2. */
export function renderChapter(chapter: Chapter): string {
  const head =
    `<header class="chapter-head"><h1>${escapeHtml(chapter.title)}</h1>` +
    (chapter.summary === "" ? "" : `<p class="summary">${escapeHtml(chapter.summary)}</p>`) +
    "</header>";
  return [head, renderErrors(chapter.errors), ...sections(chapter.blocks).map(renderSection)]
    .filter((part) => part !== "")
    .join("\n");
}

/** The headings of level 2 and 3, in order: the list of contents. */
export function contents(chapter: Chapter): Heading[] {
  return chapter.blocks.flatMap((block) =>
    block.type === "prose" && block.heading !== undefined && block.heading.level <= 3
      ? [block.heading]
      : [],
  );
}

type Section = { readonly heading?: Heading; readonly blocks: Block[] };

function sections(blocks: readonly Block[]): Section[] {
  const found: Section[] = [];
  for (const block of blocks) {
    const heading = block.type === "prose" ? block.heading : undefined;
    const last = found.at(-1);
    if (heading?.level === 2) found.push({ heading, blocks: [block] });
    else if (last === undefined) found.push({ blocks: [block] });
    else last.blocks.push(block);
  }
  return found;
}

function renderSection({ heading, blocks }: Section): string {
  const label = attributes({ "aria-labelledby": heading?.id });
  return `<section${label}>\n${blocks.map(renderBlock).join("\n")}\n</section>`;
}

function renderBlock(block: Block): string {
  switch (block.type) {
    case "prose":
      return block.html;
    case "error":
      return renderBrokenFence(block.error, block.source);
    case "sh":
      return renderShell(block);
    case "view":
      return renderView(block);
    case "predict":
      return renderPrediction(block);
    case "js":
      return element("vb-script", block, {}, pre(escapeHtml(block.source)));
  }
}

function element(
  tag: string,
  cell: Cell,
  values: Readonly<Record<string, string | undefined>>,
  content: string,
): string {
  const all = attributes({ id: `cell-${cell.id}`, "data-cell": cell.id, ...values });
  return `<${tag}${all}>${content}</${tag}>`;
}

function pre(html: string): string {
  return `<pre tabindex="0"><code>${html}</code></pre>`;
}

function renderShell(cell: ShellCell): string {
  const title = cell.title === undefined ? "" : `: ${escapeHtml(cell.title)}`;
  const label = `<p class="cell-label">In <code>${escapeHtml(cell.on)}</code>${title}</p>`;
  const values = {
    "data-on": cell.on,
    "data-expect": cell.expect,
    "data-needs": cell.needs.length === 0 ? undefined : cell.needs.join(" "),
    "data-title": cell.title,
  };
  return element("vb-cell", cell, values, label + pre(colourShell(cell.source)));
}

function renderView(cell: ViewCell): string {
  const lines = cell.views.map((view) => [view.view, ...namesOf(view)].join(" "));
  const items = cell.views.map((view) => `<li>${viewWords(view)}</li>`).join("");
  const content = `<p class="cell-label">Live, while a sandbox runs:</p><ul>${items}</ul>`;
  return element("vb-view", cell, { "data-views": lines.join("; ") }, content);
}

function namesOf(view: ViewRequest): readonly string[] {
  if (view.view === "why") return [];
  return view.view === "packets" ? view.devices : view.namespaces;
}

const VIEW_WORDS = {
  ...{ topology: "Topology", arp: "ARP cache", routes: "Routes", rules: "Rules", links: "Devices" },
  ...{ fdb: "Bridge FDB", vlans: "Bridge VLANs", sysctls: "Sysctls" },
} as const;

function viewWords(view: ViewRequest): string {
  if (view.view === "why") return "Why the newest ping failed, if one did";
  if (view.view === "topology" && view.namespaces.length === 0) return "Topology of the network";
  const names = namesOf(view)
    .map((name) => `<code>${escapeHtml(name)}</code>`)
    .join(", ");
  if (view.view !== "packets") return `${VIEW_WORDS[view.view]} of ${names}`;
  return `Packets on ${names || "all devices"}`;
}

function renderPrediction(cell: PredictCell): string {
  const options = cell.options
    .map((option, at) => {
      const radio = attributes({ type: "radio", name: `predict-${cell.id}`, value: String(at) });
      return `<label><input${radio}> <span>${inlineCode(option)}</span></label>`;
    })
    .join("");
  const legend = `<legend>${inlineCode(cell.question)}</legend>`;
  const content = `<fieldset>${legend}${options}</fieldset>`;
  return element("vb-predict", cell, { "data-for": cell.for }, content);
}

function renderBrokenFence(error: ChapterError, source: string): string {
  const line = attributes({ "data-line": String(error.line) });
  return `<vb-error${line}><p>${errorWords(error)}</p>${pre(escapeHtml(source))}</vb-error>`;
}

function renderErrors(errors: readonly ChapterError[]): string {
  if (errors.length === 0) return "";
  const count = errors.length === 1 ? "a mistake" : `${errors.length} mistakes`;
  const items = errors.map((error) => `<li>${errorWords(error)}</li>`).join("");
  return (
    `<aside class="chapter-errors" role="note"><p>This chapter has ${count}. ` +
    `What is not concerned works.</p><ul>${items}</ul></aside>`
  );
}

function errorWords({ file, line, message }: ChapterError): string {
  return `<code>${escapeHtml(`${file}:${line}`)}</code> ${inlineCode(message)}`;
}
