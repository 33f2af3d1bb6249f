// The reader's own note at a cell, written as Markdown and kept in this browser. It is shown as it
// was written: nothing that a reader types becomes markup.

import { html, nothing, type TemplateResult } from "lit";
import { recall, remember } from "../page/memory.ts";
import type { CellElement } from "./cellElement.ts";
import { editorPlace } from "./editorPlace.ts";

export type CellNote = {
  readonly open: boolean;
  toggle(): void;
  render(): TemplateResult | typeof nothing;
};

/** The note of one cell element. */
export function cellNote(element: CellElement): CellNote {
  const key = () => `${element.page?.store.slug}:note:${element.dataset.cell}`;
  const place = editorPlace(element, ".note-editor", () => ({
    text: recall(key()) ?? "",
    language: "markdown",
    label: `Your note at ${element.dataset.cell}. Escape leaves the editor.`,
    onChange: (text) => remember(key(), text.trim() ? text : undefined),
    onRun: () => place.toggle(),
    onLeave: () => element.focusActions(),
  }));
  return {
    get open() {
      return place.open;
    },
    toggle: place.toggle,
    render() {
      const text = recall(key());
      if (!place.open && !text) return nothing;
      return html`<div class="cell-own">
        <p class="cell-label">Your note, kept in this browser</p>
        ${place.open ? html`<div class="cell-editor note-editor"></div>` : html`<p>${text}</p>`}
      </div>`;
    },
  };
}
