// The keys of a chapter page. They act only where no editor, terminal or field has the keyboard.

import { recall, remember } from "./memory.ts";

export type ShortcutTargets = {
  readonly run: (cell: string) => void;
  readonly edit: (cell: string) => void;
  readonly openTerminals: () => void;
  readonly showHelp: () => void;
};

/** Whether single keys act; the reader may turn them off. */
export function singleKeys(): boolean {
  return recall("single-keys") !== "off";
}

/** Remembers whether single keys act. */
export function setSingleKeys(on: boolean): void {
  remember("single-keys", on ? undefined : "off");
}

/** Listens for the page's keys. */
export function listenForShortcuts(targets: ShortcutTargets): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.altKey || isTyping(event.target)) return;
    if (actOn(event, targets)) event.preventDefault();
  });
}

function actOn(event: KeyboardEvent, targets: ShortcutTargets): boolean {
  const cell = focusedCell();
  const id = cell?.dataset.cell;
  const command = event.ctrlKey || event.metaKey;
  if (event.key === "Enter" && id && (command || document.activeElement === cell)) {
    targets.run(id);
    return true;
  }
  if (command || !singleKeys()) return false;
  switch (event.key) {
    case "j":
      return moveFocus(1);
    case "k":
      return moveFocus(-1);
    case "e":
      if (id) targets.edit(id);
      return id !== undefined;
    case "t":
      targets.openTerminals();
      return true;
    case "?":
      targets.showHelp();
      return true;
    default:
      return false;
  }
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return target.closest("input, textarea, select, dialog, .xterm, .monaco-editor") !== null;
}

function focusedCell(): HTMLElement | null {
  return document.activeElement?.closest<HTMLElement>("vb-cell") ?? null;
}

/** From the cell that has the focus, else from what the reader sees. */
function moveFocus(step: 1 | -1): boolean {
  const cells = [...document.querySelectorAll<HTMLElement>("vb-cell")];
  const focused = focusedCell();
  const below = cells.findIndex((cell) => cell.getBoundingClientRect().top > 60);
  const from = focused ? cells.indexOf(focused) + step : step === 1 ? below : below - 1;
  const next = cells[Math.max(0, Math.min(cells.length - 1, from))];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
  return next !== undefined;
}
