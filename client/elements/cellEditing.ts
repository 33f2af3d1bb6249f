// Editing the command of a cell: its text as it stands, or the editor in its place.
// The reader's text is kept in this browser. The author's file never changes.

import { html, type TemplateResult } from "lit";
import { sourceOf } from "../page/store.ts";
import type { CellElement } from "./cellElement.ts";
import { editorPlace } from "./editorPlace.ts";

export type CellEditing = {
  readonly open: boolean;
  toggle(): void;
  /** The author's text as the server has drawn it, in colours. */
  keep(pre: HTMLElement): void;
  /** Back to the author's text. */
  revert(): void;
  render(source: string): TemplateResult | HTMLElement;
};

/** The editing state of one cell element. */
export function cellEditing(element: CellElement): CellEditing {
  let authored: HTMLElement | undefined;
  const place = editorPlace(element, ".cell-editor", () => {
    const { cell, page } = element;
    return cell && page
      ? {
          text: sourceOf(page.store, cell),
          language: "shell",
          label: `Commands of ${cell.id}. Escape leaves the editor.`,
          onChange: (text) => page.actions.edit(cell.id, text),
          onRun: () => page.actions.run(cell.id),
          onLeave: () => element.focusActions(),
        }
      : undefined;
  });
  return {
    get open() {
      return place.open;
    },
    toggle: place.toggle,
    keep(pre) {
      pre.removeAttribute("tabindex");
      pre.className = "cell-source";
      authored = pre;
    },
    revert() {
      const { cell, page } = element;
      if (!cell || !page) return;
      page.actions.edit(cell.id, undefined);
      place.setText(cell.source);
    },
    render(source) {
      if (place.open) return html`<div class="cell-editor"></div>`;
      if (authored && source === element.cell?.source) return authored;
      return html`<pre class="cell-source"><code>${source}</code></pre>`;
    },
  };
}
