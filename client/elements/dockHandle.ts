// The upper edge of the dock: drag it, or move it with the arrow keys, to make the terminals taller.

import { html, type TemplateResult } from "lit";
import { recall, remember } from "../page/memory.ts";

const smallest = 140;

/** The height that the reader chose last, in pixels. */
export function rememberedHeight(): number {
  const height = Number(recall("dock-height") ?? "280");
  return limited(Number.isFinite(height) ? height : 280);
}

/** A separator that changes the height of the dock. */
export function dockHandle(): TemplateResult {
  return html`<div class="dock-handle" role="separator" aria-orientation="horizontal" tabindex="0"
    aria-label="Height of the terminals" aria-valuenow=${rememberedHeight()}
    aria-valuemin=${smallest} aria-valuemax=${largest()}
    @keydown=${onKey} @pointerdown=${onPointer}></div>`;
}

function largest(): number {
  return Math.max(smallest, Math.round(innerHeight * 0.8));
}

function limited(height: number): number {
  return Math.round(Math.max(smallest, Math.min(largest(), height)));
}

function setHeight(height: number, handle: Element): void {
  const chosen = limited(height);
  remember("dock-height", String(chosen));
  handle.setAttribute("aria-valuenow", String(chosen));
  document.documentElement.style.setProperty("--dock-height", `${chosen}px`);
}

function onKey(event: KeyboardEvent): void {
  const step = { ArrowUp: 24, ArrowDown: -24 }[event.key];
  if (step === undefined || !(event.currentTarget instanceof Element)) return;
  event.preventDefault();
  setHeight(rememberedHeight() + step, event.currentTarget);
}

function onPointer(event: PointerEvent): void {
  const handle = event.currentTarget;
  if (!(handle instanceof HTMLElement)) return;
  event.preventDefault();
  handle.setPointerCapture(event.pointerId);
  const begin = rememberedHeight() + event.clientY;
  const move = (now: PointerEvent) => setHeight(begin - now.clientY, handle);
  handle.addEventListener("pointermove", move);
  handle.addEventListener(
    "lostpointercapture",
    () => handle.removeEventListener("pointermove", move),
    {
      once: true,
    },
  );
}
