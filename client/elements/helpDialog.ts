// The list of keys, and the switch that turns single keys off for readers whose voice control or
// habit makes them a trap (WCAG 2.1.4).

import { html, render } from "lit";
import { setSingleKeys, singleKeys } from "../page/shortcuts.ts";

const keys: readonly (readonly [string, string])[] = [
  ["j, k", "next and previous cell"],
  ["Enter", "run the cell that has the focus"],
  ["Ctrl-Enter", "run the cell, also from its editor"],
  ["e", "edit the cell that has the focus"],
  ["Escape", "leave the editor"],
  ["t", "open the terminals"],
  ["F6", "leave a terminal"],
  ["?", "this list"],
];

/** Opens the dialog. */
export function showHelp(): void {
  const dialog = document.createElement("dialog");
  dialog.className = "ask";
  dialog.setAttribute("aria-labelledby", "help-title");
  render(
    html`<h2 id="help-title">Keys</h2>
      <dl class="keys">
        ${keys.map(([key, what]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${what}</dd></div>`)}
      </dl>
      <p><label><input type="checkbox" .checked=${singleKeys()}
        @change=${(event: Event) => setSingleKeys((event.target as HTMLInputElement).checked)}>
        Single keys (j, k, e, t, ?) are on</label></p>
      <p class="ask-answers"><button @click=${() => dialog.close()}>Close</button></p>`,
    dialog,
  );
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
}
