// The part of a chapter page that can wait for the first paint: predictions, the notebook runtime
// with its views, the terminal dock, the keys and what is read aloud.

import type { SessionEvent } from "../shared/session.ts";
import type { CellElement } from "./elements/cellElement.ts";
import { DockElement } from "./elements/dockElement.ts";
import { showHelp } from "./elements/helpDialog.ts";
import { PaceElement } from "./elements/paceElement.ts";
import type { PageContext } from "./elements/pageElement.ts";
import { PredictElement } from "./elements/predictElement.ts";
import { ViewElement } from "./elements/viewElement.ts";
import { startNotebook } from "./notebook/notebook.ts";
import { announcer } from "./page/announcer.ts";
import { followContents } from "./page/contents.ts";
import { listenForShortcuts } from "./page/shortcuts.ts";
import { type PageStore, shellCell } from "./page/store.ts";
import { endWords } from "./session/runWords.ts";

/** Starts it; `announce` wants to hear of every event that is not replayed. */
export function startRestOfPage(page: PageContext): { announce(event: SessionEvent): void } {
  customElements.define("vb-view", ViewElement);
  customElements.define("vb-dock", DockElement);
  customElements.define("vb-predict", PredictElement);
  customElements.define("vb-pace", PaceElement);
  for (const element of document.querySelectorAll<DockElement | PredictElement>(
    "vb-dock, vb-predict",
  )) {
    element.page = page;
  }
  startNotebook(page);
  followContents();
  listenForShortcuts({
    run: page.actions.run,
    edit: (id) => cellElement(id)?.editing.toggle(),
    openTerminals: () => void document.querySelector<DockElement>("vb-dock")?.show(),
    showHelp,
  });
  const say = announcer();
  return {
    announce: (event) => {
      const sentence = resultOf(page.store, event);
      if (sentence) say(sentence);
    },
  };
}

function cellElement(id: string): CellElement | null {
  return document.querySelector<CellElement>(`vb-cell[data-cell="${CSS.escape(id)}"]`);
}

/** How a run ended, for a reader who does not see it. */
function resultOf(store: PageStore, event: SessionEvent): string | undefined {
  if (event.type !== "run-ended") return undefined;
  const id = store.state.session.runs.get(event.run)?.cell ?? "";
  const cell = shellCell(store, id);
  const state = store.states.get(id);
  const words = cell && state && endWords(cell.expect, state);
  return words && `${id}: ${words}`;
}
