// The buttons of a cell, and the hints beside them.

import { html, nothing, type TemplateResult } from "lit";
import type { PredictCell, ShellCell } from "../../shared/chapter.ts";
import { neededFirst } from "../page/actions.ts";
import { count } from "../session/runWords.ts";
import type { CellElement } from "./cellElement.ts";
import { icon } from "./icons.ts";
import type { PageContext } from "./pageElement.ts";

/** Run or Stop, Run from here, Edit, Copy, Note. */
export function cellActions(
  element: CellElement,
  cell: ShellCell,
  page: PageContext,
): TemplateResult {
  const { actions, store } = page;
  const { status } = element.state;
  const busy = status === "running" || status === "queued";
  const away = store.state.connection.state !== "open";
  const edited = store.state.edits.has(cell.id);
  return html`<div class="cell-actions">
    ${
      busy
        ? html`<button class="stop" ?disabled=${away} aria-label="Stop ${cell.id}"
            @click=${(event: MouseEvent) => {
              // The second click of a double click on Run is not meant for Stop.
              if (event.detail < 2) swapFocus(element, () => actions.stop(cell.id));
            }}>${icon("stop")}Stop</button>`
        : html`<button class="run" ?disabled=${away} aria-label="Run ${cell.id}"
            @click=${() => swapFocus(element, () => actions.run(cell.id))}
            >${icon("run")}Run</button>`
    }
    <button class="quiet" ?disabled=${away} aria-label="Run from here: ${cell.id}"
      @click=${() => actions.runFrom(cell.id)}>Run from here</button>
    <button class="quiet" aria-label="${element.editing.open ? "Done" : "Edit"}: ${cell.id}"
      @click=${() => element.editing.toggle()}>${element.editing.open ? "Done" : "Edit"}</button>
    ${
      edited
        ? html`<button class="quiet" aria-label="Revert to the author's text: ${cell.id}"
            @click=${() => element.editing.revert()}>Revert to the author’s text</button>`
        : nothing
    }
    <button class="quiet" aria-label="Copy ${cell.id}"
      @click=${(event: Event) => copy(event, page, cell)}>Copy</button>
    <button class="quiet" aria-label="${element.note.open ? "Close note" : "Note"}: ${cell.id}"
      @click=${() => element.note.toggle()}>${element.note.open ? "Close note" : "Note"}</button>
    ${busy ? nothing : hint(cell, page)}
  </div>`;
}

function hint(cell: ShellCell, page: PageContext): TemplateResult | typeof nothing {
  const question = unanswered(cell, page);
  if (question) {
    return html`<span class="cell-hint"><a href="#cell-${question.id}">Predict first</a>, or run
      anyway.</span>`;
  }
  const needed = neededFirst(page.store, cell.id).length;
  if (needed === 0) return nothing;
  return html`<span class="cell-hint">Runs ${count(needed, "set-up cell")} first.</span>`;
}

function unanswered(cell: ShellCell, { store }: PageContext): PredictCell | undefined {
  if (store.states.get(cell.id)?.run) return undefined;
  return store.cells.find(
    (other): other is PredictCell =>
      other.type === "predict" && other.for === cell.id && !store.state.predictions.has(other.id),
  );
}

/** Run and Stop take each other's place; the keyboard stays where it was. */
function swapFocus(element: CellElement, act: () => void): void {
  act();
  element.keepFocus = true;
}

function copy(event: Event, { store }: PageContext, cell: ShellCell): void {
  const button = event.currentTarget as HTMLButtonElement;
  const text = store.state.edits.get(cell.id) ?? cell.source;
  navigator.clipboard.writeText(text).then(
    () => {
      button.dataset.told = "Copied";
      setTimeout(() => delete button.dataset.told, 1500);
    },
    () =>
      store.update({ notice: "This browser does not let the page copy. Select the text instead." }),
  );
}
