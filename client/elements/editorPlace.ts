// A place in an element that becomes an editor and stops being one. The editor is loaded when the
// first one opens; where it cannot be loaded, a plain text area does.

import type { LitElement } from "lit";
import type { Editor, EditorOptions } from "../editor/editor.ts";

export type EditorPlace = {
  /** While true, the element has to draw the place, under the selector that was agreed. */
  readonly open: boolean;
  toggle(): void;
  setText(text: string): void;
};

/** An editor in the part of `element` that `selector` finds once it is drawn. */
export function editorPlace(
  element: LitElement,
  selector: string,
  options: () => EditorOptions | undefined,
): EditorPlace {
  let editor: Editor | undefined;
  let open = false;

  const close = () => {
    editor?.dispose();
    editor = undefined;
    open = false;
    element.requestUpdate();
  };

  const begin = async () => {
    const chosen = options();
    if (!chosen) return;
    open = true;
    element.requestUpdate();
    const [{ openEditor }] = await Promise.all([
      import("../editor/editor.ts"),
      element.updateComplete,
    ]);
    const host = element.querySelector(selector);
    if (!open || !(host instanceof HTMLElement)) return;
    const opened = await openEditor(host, chosen);
    if (!open || editor) opened.dispose();
    else editor = opened;
    host.dataset.ready = "";
  };

  return {
    get open() {
      return open;
    },
    toggle: () => (open ? close() : void begin()),
    setText: (text) => editor?.setText(text),
  };
}
