// The page of one chapter: its text and cells as HTML that reads without scripts, and the same cells
// as data for the scripts that bring it to life.
//
// Not here: how a cell looks (server/chapters/renderChapter.ts, client/elements).

import type { Cell, Chapter } from "../../shared/chapter.ts";
import type { PageAssets } from "./assets.ts";
import type { Book } from "./book.ts";
import { dataIsland, html, ownHtml } from "./html.ts";
import { pageShell } from "./pageShell.ts";

/** The document for one chapter. */
export function chapterPage(chapter: Chapter, book: Book, assets: PageAssets): string {
  const headings = book.contents(chapter);
  const cells = chapter.blocks.filter(
    (block): block is Cell => block.type !== "prose" && block.type !== "error",
  );
  return pageShell({
    title: `${chapter.title} · Vethbook`,
    chapter: chapter.slug,
    assets,
    top: html`<header class="page-header">
<a class="home" href="/">Vethbook</a>
<span class="page-title">${chapter.title}</span>
<vb-status></vb-status>
</header>
${
  headings.length === 0
    ? undefined
    : html`<nav class="contents" aria-label="Contents">
<ol>
${headings.map(
  ({ id, title }) => html`<li><a href="#${id}">${title}</a></li>
`,
)}</ol>
</nav>`
}`,
    main: html`<article>
<h1>${chapter.title}</h1>
${notBuilt(assets)}
${ownHtml(book.html(chapter))}
</article>`,
    end: html`${dataIsland("chapter-data", { slug: chapter.slug, title: chapter.title, cells })}
<vb-dock></vb-dock>`,
  });
}

function notBuilt(assets: PageAssets) {
  return assets.script === undefined
    ? html`<p class="banner">The scripts of this page are not built, so its cells cannot run. Run
<code>npm run build</code> and reload.</p>`
    : html`<noscript><p class="banner">Without scripts this page can be read, but its cells cannot
run.</p></noscript>`;
}
