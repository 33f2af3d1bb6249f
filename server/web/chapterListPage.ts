// The first page: which chapters there are, and what is wrong with those that do not open whole.
//
// Not here: reading chapters (server/chapters).

import type { Chapter } from "../../shared/chapter.ts";
import type { PageAssets } from "./assets.ts";
import { html } from "./html.ts";
import { pageShell } from "./pageShell.ts";

/** The course counts its posts in Roman numerals; a folder's name begins with the number. */
const numerals = ["", "I", "II", "III", "IV", "V", "VI"];

/** The document that lists the chapters. */
export function chapterListPage(chapters: readonly Chapter[], assets: PageAssets): string {
  return pageShell({
    title: "Vethbook",
    assets,
    main: html`<h1>Vethbook</h1>
<p class="lead">Linux virtual networking, learned by doing. Each chapter is a page whose commands run
on a real kernel.</p>
${
  chapters.length === 0
    ? html`<p>There are no chapters in the notebooks folder.</p>`
    : html`<ol class="chapters">
${chapters.map(
  (chapter) => html`<li>
${chapterNumber(chapter)}
<h2><a href="/chapters/${chapter.slug}">${chapter.title}</a></h2>
<p>${chapter.summary}</p>
${
  chapter.errors.length === 0
    ? undefined
    : html`<p class="errors">${chapter.errors.length === 1 ? "One error" : `${chapter.errors.length} errors`} in its file; the page says where.</p>`
}</li>
`,
)}</ol>`
}`,
  });
}

function chapterNumber({ slug }: Chapter) {
  const numeral = numerals[Number.parseInt(slug, 10)];
  return numeral ? html`<p class="chapter-number">Chapter ${numeral}</p>` : undefined;
}
