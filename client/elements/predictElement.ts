// <vb-predict>: a question before a run. The server sends a fieldset with radio buttons; this
// element remembers the choice and, after the run, sets it beside what the cell printed.
// Not here: grading; the page does not know the right answer yet.

import { html, nothing, render } from "lit";
import type { PredictCell } from "../../shared/chapter.ts";
import type { PageContext } from "./pageElement.ts";

/** One question of a chapter, around the server's own form. */
export class PredictElement extends HTMLElement {
  #page: PageContext | undefined;

  set page(page: PageContext) {
    this.#page = page;
    this.#radios().forEach((radio, option) => {
      radio.checked = page.store.state.predictions.get(this.#id) === option;
      radio.addEventListener("change", () => page.actions.predict(this.#id, option));
    });
    page.store.subscribe((change) => {
      if (change.state) this.#tell();
    });
    this.#tell();
  }

  get #id(): string {
    return this.dataset.cell ?? "";
  }

  #radios(): HTMLInputElement[] {
    return [...this.querySelectorAll<HTMLInputElement>('input[type="radio"]')];
  }

  #tell(): void {
    const store = this.#page?.store;
    const cell = store?.cells.find(
      (one): one is PredictCell => one.type === "predict" && one.id === this.#id,
    );
    if (!store || !cell) return;
    const chosen = cell.options[store.state.predictions.get(cell.id) ?? -1];
    const ended = store.states.get(cell.for)?.run?.end !== undefined;
    this.toggleAttribute("data-answered", chosen !== undefined);
    render(
      ended && chosen !== undefined
        ? html`You predicted: <strong>${chosen}</strong>. Compare it with what
          <a href="#cell-${cell.for}">the cell</a> printed.`
        : nothing,
      this.#place(),
    );
  }

  #place(): HTMLElement {
    const found = this.querySelector<HTMLElement>(".predict-told");
    if (found) return found;
    const place = document.createElement("p");
    place.className = "predict-told";
    this.append(place);
    return place;
  }
}
