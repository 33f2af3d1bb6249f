// The frame of every page: head, skip link, main, scripts.
//
// Not here: what stands in it (chapterPage.ts, chapterListPage.ts, plainPage.ts).

import type { PageAssets } from "./assets.ts";
import { type Html, html } from "./html.ts";

/** What runs the cells of a chapter: this server behind a WebSocket, or the page itself. */
export type Engine = "server" | "page";

/** What differs from page to page. */
export type PageParts = {
  readonly title: string;
  /** The chapter that this page shows: its slug, what runs it, and whether it has a list of contents. */
  readonly chapter?: {
    readonly slug: string;
    readonly engine: Engine;
    readonly hasContents: boolean;
  };
  readonly assets: PageAssets;
  /** Before main: header and navigation. */
  readonly top?: Html;
  readonly main: Html;
  /** After main: data and the dock. */
  readonly end?: Html;
};

/** The whole document. */
export function pageShell(parts: PageParts): string {
  const { assets, chapter } = parts;
  const root = chapter === undefined ? undefined : html` data-engine="${chapter.engine}"`;
  const contents = chapter?.hasContents ? html` data-contents` : undefined;
  const body =
    chapter === undefined ? html`<body>` : html`<body data-chapter="${chapter.slug}"${contents}>`;
  const page = html`<!doctype html>
<html lang="en"${root}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${parts.title}</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
${assets.styles.map(
  (style) => html`<link rel="stylesheet" href="${style}">
`,
)}${assets.preload.map(
  (module) => html`<link rel="modulepreload" href="${module}">
`,
)}${assets.script === undefined ? undefined : html`<script type="module" src="${assets.script}"></script>`}
</head>
${body}
<a class="skip" href="#main">Skip to the text</a>
${parts.top}
<main id="main" tabindex="-1">
${parts.main}
</main>
${parts.end}
</body>
</html>
`;
  return page.html;
}
