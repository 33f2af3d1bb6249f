// The page of one chapter: its text and cells as HTML that reads without scripts, and the same cells
// as data for the scripts that bring it to life.
//
// Not here: how a cell looks (server/chapters/renderChapter.ts, client/elements).

import type { Cell, Chapter, Heading } from "../../shared/chapter.ts";
import type { PageAssets } from "./assets.ts";
import type { Book } from "./book.ts";
import { dataIsland, type Html, html, ownHtml } from "./html.ts";
import { type Engine, pageShell } from "./pageShell.ts";

/** What a chapter's page is made from, besides the chapter. */
export type PageSources = {
  readonly book: Pick<Book, "html" | "contents">;
  readonly assets: PageAssets;
  readonly engine: Engine;
};

/** The document for one chapter. */
export function chapterPage(chapter: Chapter, { book, assets, engine }: PageSources): string {
  const headings = book.contents(chapter);
  const cells = chapter.blocks.filter(
    (block): block is Cell => block.type !== "prose" && block.type !== "error",
  );
  return pageShell({
    title: `${chapter.title} · Vethbook`,
    chapter: { slug: chapter.slug, engine, hasContents: headings.length > 0 },
    assets,
    top: html`<header>
<a class="home" href="/">Vethbook</a>
<vb-status></vb-status>
</header>
${contents(headings)}`,
    main: html`<article>
${notBuilt(assets)}
${ownHtml(book.html(chapter))}
</article>`,
    end: html`${dataIsland("chapter-data", { slug: chapter.slug, title: chapter.title, cells })}
<vb-dock></vb-dock>`,
  });
}

/** The list of contents: headings of level 3 stand below the one of level 2 before them. */
function contents(headings: readonly Heading[]): Html | undefined {
  if (headings.length === 0) {
    return undefined;
  }
  const parts: Heading[][] = [];
  for (const heading of headings) {
    const last = parts.at(-1);
    if (last === undefined || heading.level <= 2) {
      parts.push([heading]);
    } else {
      last.push(heading);
    }
  }
  const link = ({ id, text }: Heading) => html`<a href="#${id}">${text}</a>`;
  const list = ([head, ...below]: readonly Heading[]) => html`<li>${head && link(head)}${
    below.length === 0
      ? undefined
      : html`<ol>${below.map((one) => html`<li>${link(one)}</li>`)}</ol>`
  }</li>
`;
  return html`<nav aria-label="Contents"><ol>
${parts.map(list)}</ol></nav>`;
}

function notBuilt(assets: PageAssets) {
  return assets.script === undefined
    ? html`<p class="banner">The scripts of this page are not built, so its cells cannot run. Run
<code>npm run build</code> and reload.</p>`
    : html`<noscript><p class="banner">Without scripts this page can be read, but its cells cannot
run.</p></noscript>`;
}
