// A small question in a dialog, before something that cannot be taken back.

import { html, nothing, render } from "lit";

/** Asks, and resolves with the number of the chosen answer, or undefined for Cancel and Escape. */
export function ask(
  title: string,
  text: string,
  answers: readonly string[],
): Promise<number | undefined> {
  const dialog = document.createElement("dialog");
  dialog.className = "ask";
  dialog.setAttribute("aria-labelledby", "ask-title");
  let answer: number | undefined;
  render(
    html`<h2 id="ask-title">${title}</h2>
      <p>${text}</p>
      <p class="ask-answers">
        ${answers.map(
          (label, index) => html`<button class=${index === 0 ? "primary" : nothing}
            @click=${() => {
              answer = index;
              dialog.close();
            }}>${label}</button>`,
        )}
        <button class="quiet" @click=${() => dialog.close()}>Cancel</button>
      </p>`,
    dialog,
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
  });
}
