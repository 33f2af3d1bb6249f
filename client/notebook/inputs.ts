// Observable's ready-made inputs with their style, in a chunk of their own. The slider of `range`
// gets the name that otherwise only the number beside it has; a screen reader needs both.

import "@observablehq/inputs/dist/index.css";
import * as observableInputs from "@observablehq/inputs";

/** What a `js` cell knows as `Inputs`. */
export const Inputs: typeof observableInputs = {
  ...observableInputs,
  range(extent, options) {
    const form = observableInputs.range(extent, options);
    const label = form.querySelector("label")?.textContent;
    if (label) form.querySelector('input[type="range"]')?.setAttribute("aria-label", label);
    return form;
  },
};
