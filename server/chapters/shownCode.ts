// Fences that are shown and not run, and which languages belong to cells.

import { attributes, escapeHtml } from "./html.ts";
import { colourShell } from "./shellColours.ts";

/** Languages of fences that mean something to Vethbook; `check` is known by a later version. */
export const CELL_LANGUAGES = ["sh", "view", "predict", "js", "check"] as const;

/** A language of a cell. */
export type CellLanguage = (typeof CELL_LANGUAGES)[number];

/** Whether a fence of this language may be a cell. */
export function isCellLanguage(language: string): language is CellLanguage {
  return CELL_LANGUAGES.some((known) => known === language);
}

/** Code that is only shown. It scrolls by itself, also by keyboard. */
export function renderShown(language: string, source: string): string {
  const name = /^[\w+#.-]{1,30}$/.test(language) ? `language-${language}` : undefined;
  const shell = language === "sh" || language === "bash";
  const content = shell ? colourShell(source) : escapeHtml(source);
  return `<pre${attributes({ class: name, tabindex: "0" })}><code>${content}</code></pre>`;
}

/** Whether this is a fence, as it stands in a list or quote, whose last line does not close it. */
export function isOpenFence(source: string): boolean {
  const [, mark] = /^(`{3,}|~{3,})/.exec(source) ?? [];
  if (mark === undefined) return false;
  const [, ...lines] = source.split("\n");
  return !lines
    .at(-1)
    ?.replace(/^[\s>]*/, "")
    .startsWith(mark);
}
