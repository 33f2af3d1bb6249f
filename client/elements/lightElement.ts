// What all elements share: they render into the page itself (so that the one style sheet, find in page
// and print all reach them), and they are drawn in their turn when much changes at once.

import { LitElement } from "lit";
import { inItsTurn } from "../page/turns.ts";

/** Base of every element: light DOM, drawn in its turn. */
export class LightElement extends LitElement {
  override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override async scheduleUpdate(): Promise<void> {
    await inItsTurn(() => super.scheduleUpdate());
  }
}
