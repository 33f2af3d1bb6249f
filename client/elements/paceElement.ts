// <vb-pace>: how time passes in the simulator: not at all, as in life, ten times that, as fast as it
// can; and while it stands still, one event at a time. It is four radio buttons, so the arrow keys
// work and every page shows what the session says.
// Not here: which sandboxes have such a time (the offer of the session says it).

import { html, nothing, type TemplateResult } from "lit";
import type { Pace } from "../../shared/sandbox.ts";
import { paceOf } from "../page/store.ts";
import { icon } from "./icons.ts";
import { PageElement } from "./pageElement.ts";

/** What stands on each button, and what it means in words where that is not the same. */
const paces: readonly { readonly pace: Pace; readonly face: unknown; readonly words?: string }[] = [
  { pace: 0, face: icon("pause"), words: "Pause" },
  { pace: 1, face: "1×" },
  { pace: 10, face: "10×" },
  { pace: "fastest", face: "max", words: "as fast as possible" },
];

/** The control of one page. */
export class PaceElement extends PageElement {
  override connectedCallback(): void {
    super.connectedCallback();
    this.replaceChildren();
  }

  override render(): unknown {
    if (!this.page) return nothing;
    const { actions, store } = this.page;
    const away = store.state.connection.state !== "open";
    const current = paceOf(store.state);
    return html`<fieldset class="paces" ?disabled=${away}>
        <legend class="visually-hidden">Speed of time</legend>
        ${paces.map((choice) => this.#choice(choice, current))}
      </fieldset>
      <button class="step" ?disabled=${away || current !== 0} @click=${actions.step}
        title="Let the next event happen">${icon("step")}<span>One event</span></button>`;
  }

  #choice(
    { pace, face, words }: (typeof paces)[number],
    current: Pace | undefined,
  ): TemplateResult {
    return html`<label class="pace" title=${words ?? nothing}
      ><input type="radio" name="pace" class="visually-hidden" .checked=${current === pace}
        @change=${() => this.#choose(pace)}><span class="pace-face">${face}${
          words && html`<span class="visually-hidden"> ${words}</span>`
        }</span></label>`;
  }

  #choose(pace: Pace): void {
    this.page?.actions.setPace(pace);
    // Until the session has said it, the old one holds; a refusal leaves it so.
    this.requestUpdate();
  }
}
