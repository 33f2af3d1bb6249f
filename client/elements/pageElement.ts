// What the elements of a chapter page share that know its store: they hear of every change in it.

import type { Actions } from "../page/actions.ts";
import type { Change, PageStore } from "../page/store.ts";
import { LightElement } from "./lightElement.ts";

/** What main.ts gives to every element once the page has started. */
export type PageContext = { readonly store: PageStore; readonly actions: Actions };

/** Base of such elements: redrawn when the store changes. */
export class PageElement extends LightElement {
  static override properties = { page: { attribute: false } };

  declare page: PageContext | undefined;
  #unsubscribe: (() => void) | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }

  protected override willUpdate(): void {
    if (this.#unsubscribe || !this.page || !this.isConnected) return;
    this.#unsubscribe = this.page.store.subscribe((change) => this.changed(change));
  }

  /** The store has changed; by default the element is drawn again when the state is new. */
  protected changed(change: Change): void {
    if (change.state) this.requestUpdate();
  }
}
