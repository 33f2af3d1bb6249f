// A page that says one thing and what to do: refused, not found, failed. It loads nothing, because
// whoever sees it may not be allowed to load anything.
//
// Not here: when which of them is sent (app.ts).

import { html } from "./html.ts";
import { pageShell } from "./pageShell.ts";

const style = html`<style>
:root { color-scheme: light dark; }
body { max-width: 34rem; margin: 12vh auto; padding: 0 1rem; font: 1.0625rem/1.6 system-ui, sans-serif; }
h1 { font-size: 1.5rem; }
.skip { position: absolute; left: -99rem; }
</style>`;
const nothing = { script: undefined, preload: [], styles: [] };
const toOpen = "Open the address that npm start printed; it ends in a token.";

const titles: Readonly<Record<number, string>> = {
  400: "This address is broken",
  401: "This page needs its token",
  403: "Not from here",
  404: "There is no such page",
  405: "This cannot be done here",
  429: "Too many tries",
  500: "Something went wrong here",
};

/** The document for a status. `reason` is a sentence. */
export function plainPage(status: number, reason: string): string {
  const title = titles[status] ?? "Something went wrong here";
  return pageShell({
    title: `${title} · Vethbook`,
    assets: nothing,
    top: style,
    main: html`<h1>${title}</h1>
<p>${reason}</p>
${status === 401 ? html`<p>${toOpen}</p>` : undefined}
${status === 404 ? html`<p><a href="/">All chapters</a></p>` : undefined}`,
  });
}
