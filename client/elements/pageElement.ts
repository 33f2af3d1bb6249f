// What all elements of a chapter page share: they render into the page itself (so that the one
// style sheet, find in page and print all reach them), and they hear of every change in the store.

import { LitElement } from "lit";
import type { Actions } from "../page/actions.ts";
import type { Change, PageStore } from "../page/store.ts";
import { inItsTurn } from "../page/turns.ts";

/** What main.ts gives to every element once the page has started. */
export type PageContext = { readonly store: PageStore; readonly actions: Actions };

/** Base of the page's elements: light DOM, redrawn when the store changes. */
export class PageElement extends LitElement {
  static override properties = { page: { attribute: false } };

  declare page: PageContext | undefined;
  #unsubscribe: (() => void) | undefined;

  override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override async scheduleUpdate(): Promise<void> {
    await inItsTurn(() => super.scheduleUpdate());
  }

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
