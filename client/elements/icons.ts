// The few icons of the page, drawn on a 16 by 16 grid in the colour of the text beside them. They
// always stand next to a word, so they are hidden from screen readers.

import { html, type TemplateResult } from "lit";

const paths = {
  "not-run": "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11",
  queued: "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11M8 5v3.2l2 1.3",
  running: "M8 2.5a5.5 5.5 0 1 1-5.5 5.5",
  ended: "M4 8h8",
  done: "M3 8.5l3.2 3.2L13 4.8",
  failed: "M4 4l8 8M12 4l-8 8",
  stale: "M13 8a5 5 0 1 1-1.6-3.7M13 2.5v3h-3",
  lost: "M8 2.2l6 11H2zM8 6.5v3M8 11.3v.4",
  run: "M5 3.2l7.5 4.8L5 12.8z",
  stop: "M4 4h8v8H4z",
  pause: "M5.2 3.2v9.6M10.8 3.2v9.6",
  step: "M4 3.5l6 4.5-6 4.5zM12.5 3.5v9",
  terminal: "M2 3h12v10H2zM4.5 6l2 2-2 2M8.5 10.2h3",
} as const;

export type IconName = keyof typeof paths;

/** An icon for inside a button or beside a word. */
export function icon(name: IconName): TemplateResult {
  const solid = name === "run" || name === "stop";
  return html`<svg class="icon icon-${name}" viewBox="0 0 16 16" aria-hidden="true"
    ><path d=${paths[name]} fill=${solid ? "currentColor" : "none"}></path></svg>`;
}
