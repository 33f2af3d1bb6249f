// Editing the command of a cell: its text as it stands, or the editor in its place. The editor is
// loaded when Edit is first pressed; where it cannot be loaded, a plain text area does.
// The reader's text is kept in this browser. The author's file never changes.

import { html, type TemplateResult } from "lit";
import { sourceOf } from "../page/store.ts";
import type { CellElement } from "./cellElement.ts";

export type CellEditing = {
  readonly open: boolean;
  toggle(): void;
  /** The author's text as the server has drawn it, in colours. */
  keep(pre: HTMLElement): void;
  /** Back to the author's text. */
  revert(): void;
  render(source: string): TemplateResult;
};

/** The editing state of one cell element. */
export function cellEditing(element: CellElement): CellEditing {
  let editor: { dispose(): void; setText(text: string): void } | undefined;
  let open = false;
  let authored: HTMLElement | undefined;

  const close = () => {
    editor?.dispose();
    editor = undefined;
    open = false;
    element.requestUpdate();
  };

  const begin = async () => {
    const { cell, page } = element;
    if (!cell || !page) return;
    open = true;
    element.requestUpdate();
    const [{ openEditor }] = await Promise.all([
      import("../editor/editor.ts"),
      element.updateComplete,
    ]);
    const host = element.querySelector(".cell-editor");
    if (!open || !(host instanceof HTMLElement)) return;
    editor = await openEditor(host, {
      text: sourceOf(page.store, cell),
      language: "shell",
      label: `Commands of ${cell.id}. Escape leaves the editor.`,
      onChange: (text) => page.actions.edit(cell.id, text),
      onRun: () => page.actions.run(cell.id),
      onLeave: () => element.querySelector<HTMLElement>(".cell-actions button")?.focus(),
    });
    host.dataset.ready = "";
  };

  return {
    get open() {
      return open;
    },
    toggle: () => (open ? close() : void begin()),
    keep(pre) {
      pre.removeAttribute("tabindex");
      pre.className = "cell-source";
      authored = pre;
    },
    revert() {
      const { cell, page } = element;
      if (!cell || !page) return;
      page.actions.edit(cell.id, undefined);
      editor?.setText(cell.source);
    },
    render(source) {
      const edited = source !== element.cell?.source;
      return html`
        ${
          open
            ? html`<div class="cell-editor"></div>`
            : edited || !authored
              ? html`<pre class="cell-source"><code>${source}</code></pre>`
              : authored
        }`;
    },
  };
}
