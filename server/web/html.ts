// HTML from templates in which everything that is put in is escaped, unless it already is HTML of
// ours. A string from outside cannot become markup by being forgotten.
//
// Not here: Markdown (server/chapters), which hands over HTML that it has made itself.

import { escapeHtml } from "../chapters/html.ts";

/** HTML that may be put into a page as it is. */
export type Html = { readonly html: string };

type Part = string | number | Html | readonly Html[] | undefined;

/** A template: what is put in is escaped; `undefined` is nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: String.raw({ raw: strings }, ...parts.map(htmlOf)) };
}

/** Marks HTML that our own renderer made. */
export function ownHtml(text: string): Html {
  return { html: text };
}

/** Data for scripts, as an element that runs nothing. `<` is written so that nothing ends it early. */
export function dataIsland(id: string, value: unknown): Html {
  const json = JSON.stringify(value).replaceAll("<", "\\u003c");
  return html`<script type="application/json" id="${id}">${ownHtml(json)}</script>`;
}

function htmlOf(part: Part): string {
  if (part === undefined) {
    return "";
  }
  if (typeof part === "string" || typeof part === "number") {
    return escapeHtml(String(part));
  }
  return "html" in part ? part.html : part.map((one) => one.html).join("");
}
