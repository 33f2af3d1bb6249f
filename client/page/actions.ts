// What the reader can do on a chapter page. Every button and every key ends in one of these
// functions; each sends at most one message and changes nothing that the server owns.

import { cellsToRunFirst, fromHere } from "../../shared/dependencies.ts";
import type { ClientMessage } from "../../shared/protocol.ts";
import type { Pace, TerminalSize } from "../../shared/sandbox.ts";
import type { Connection } from "../connection/connection.ts";
import { remember } from "./memory.ts";
import { type PageStore, shellCell, sourceOf } from "./store.ts";

export type Actions = {
  /** Runs a cell, after the cells it needs that have not run. */
  run(cell: string): void;
  /** Runs a cell and everything after it. */
  runFrom(cell: string): void;
  runAll(): void;
  /** Ctrl-C for one cell, or for all. */
  stop(cell?: string): void;
  reset(): void;
  /** How time passes from now on, where it is virtual. */
  setPace(pace: Pace): void;
  /** While time stands still: lets the next event happen. */
  step(): void;
  /** Keeps the reader's text of a cell; the author's text, or undefined, ends the edit. */
  edit(cell: string, text: string | undefined): void;
  predict(cell: string, option: number): void;
  openTerminal(terminal: string, size: TerminalSize): void;
  resizeTerminal(terminal: string, size: TerminalSize): void;
  typeInto(terminal: string, data: string): void;
  retryNow(): void;
  dismissNotice(): void;
};

/** At most so many characters of input go into one message. */
const inputLimit = 16_384;

/** The actions of one page. */
export function pageActions(store: PageStore, connection: Connection): Actions {
  const send = (message: ClientMessage) => {
    if (!connection.send(message)) {
      store.update({ notice: "The server does not answer, so nothing was sent. Try again soon." });
    }
  };
  const runCells = (ids: readonly string[]) => {
    const cells = [...new Set(ids)].flatMap((id) => {
      const cell = shellCell(store, id);
      return cell ? [{ cell: id, on: cell.on, source: sourceOf(store, cell) }] : [];
    });
    if (cells.length > 0) send({ type: "run", cells });
  };
  return {
    run: (cell) => runCells([...neededFirst(store, cell), cell]),
    runFrom: (cell) => runCells([...neededFirst(store, cell), ...fromHere(store.shellCells, cell)]),
    runAll: () => runCells(store.shellCells.map(({ id }) => id)),
    stop: (cell) => send(cell === undefined ? { type: "stop" } : { type: "stop", cell }),
    reset: () => send({ type: "reset" }),
    setPace: (pace) => send({ type: "pace", pace }),
    step: () => send({ type: "step" }),
    edit: (id, text) => {
      const edits = new Map(store.state.edits);
      const own = text === shellCell(store, id)?.source ? undefined : text;
      if (own === undefined) edits.delete(id);
      else edits.set(id, own);
      remember(`${store.slug}:edit:${id}`, own);
      store.update({ edits });
    },
    predict: (cell, option) => {
      remember(`${store.slug}:predict:${cell}`, String(option));
      store.update({ predictions: new Map(store.state.predictions).set(cell, option) });
    },
    openTerminal: (terminal, size) => send({ type: "terminal-open", terminal, size }),
    resizeTerminal: (terminal, size) => send({ type: "terminal-resize", terminal, size }),
    typeInto: (terminal, data) => {
      for (let at = 0; at < data.length; at += inputLimit) {
        send({ type: "terminal-input", terminal, data: data.slice(at, at + inputLimit) });
      }
    },
    retryNow: () => connection.retryNow(),
    dismissNotice: () => store.update({ notice: "" }),
  };
}

/** The cells that Run would run before this one. */
export function neededFirst(store: PageStore, cell: string): readonly string[] {
  return cellsToRunFirst(store.shellCells, cell, store.ran);
}
