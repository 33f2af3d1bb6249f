// Everything the chapter page knows, in one place, with one way to hear of changes. The elements
// read it; receive.ts and actions.ts change it.
// Not here: any DOM.

import type { Cell, ShellCell, ViewRequest } from "../../shared/chapter.ts";
import type { NetworkState } from "../../shared/network.ts";
import type { Pace } from "../../shared/sandbox.ts";
import type { Offer } from "../../shared/session.ts";
import type { ConnectionStatus } from "../connection/connection.ts";
import type { Frames } from "../packets/captured.ts";
import { type CellState, cellStates, ranCells } from "../session/cellState.ts";
import type { OutputLog } from "../session/outputLog.ts";
import { emptySession, type SessionModel } from "../session/sessionModel.ts";
import { nextFrame } from "./nextFrame.ts";

export type PageState = {
  readonly session: SessionModel;
  readonly connection: ConnectionStatus;
  /** What a run would get; known from the first message on. */
  readonly offer?: Offer;
  readonly network?: { readonly state: NetworkState; readonly before?: NetworkState } | undefined;
  /** Frames of the sandbox, once the page has asked for them. */
  readonly frames?: Frames | undefined;
  /** Cell id → the reader's text, where it differs from the author's. */
  readonly edits: ReadonlyMap<string, string>;
  /** Predict cell id → the chosen option. */
  readonly predictions: ReadonlyMap<string, number>;
  /** The newest sentence that the reader should notice. */
  readonly notice?: string;
};

/** What one shell of a terminal has printed so far, and why it ended. */
export type TerminalLog = { readonly output: OutputLog; readonly ended?: string };

/** What a listener is told: whether `state` is new, and which logs have grown or begun anew. */
export type Change = {
  readonly state: boolean;
  readonly runs: ReadonlySet<string>;
  readonly terminals: ReadonlySet<string>;
};

export type PageStore = {
  readonly slug: string;
  readonly cells: readonly Cell[];
  /** Those of `cells` that run. */
  readonly shellCells: readonly ShellCell[];
  readonly state: PageState;
  readonly states: ReadonlyMap<string, CellState>;
  /** Cells whose commands have taken effect in the sandbox that is there now. */
  readonly ran: ReadonlySet<string>;
  /** Output by run. */
  readonly outputs: Map<string, OutputLog>;
  readonly terminals: Map<string, TerminalLog>;
  update(change: Partial<PageState>): void;
  touched(logs: { readonly runs?: string; readonly terminals?: string }): void;
  /** Returns what ends the subscription. Listeners are called once per animation frame at most. */
  subscribe(listener: (change: Change) => void): () => void;
};

/** A store for the chapter `slug`; nothing is known yet. */
export function createStore(slug: string, cells: readonly Cell[]): PageStore {
  const listeners = new Set<(change: Change) => void>();
  const shellCells = cells.filter((cell) => cell.type === "sh");
  let state: PageState = {
    session: emptySession,
    connection: { state: "connecting" },
    edits: new Map(),
    predictions: new Map(),
  };
  let states: ReadonlyMap<string, CellState> | undefined;
  let ran: ReadonlySet<string> | undefined;
  let change = noChange();
  let waiting = false;
  const tell = () => {
    waiting = false;
    const told = change;
    change = noChange();
    for (const listener of listeners) listener(told);
  };
  const tellSoon = () => {
    if (!waiting) nextFrame(tell);
    waiting = true;
  };
  return {
    slug,
    cells,
    shellCells,
    outputs: new Map(),
    terminals: new Map(),
    get state() {
      return state;
    },
    get states() {
      states ??= cellStates(shellCells, state.session);
      return states;
    },
    get ran() {
      ran ??= ranCells(this.states);
      return ran;
    },
    update(part) {
      const { runs, generation } = state.session;
      state = { ...state, ...part };
      if (state.session.runs !== runs || state.session.generation !== generation) {
        states = undefined;
        ran = undefined;
      }
      change.state = true;
      tellSoon();
    },
    touched(logs) {
      if (logs.runs !== undefined) change.runs.add(logs.runs);
      if (logs.terminals !== undefined) change.terminals.add(logs.terminals);
      tellSoon();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function noChange() {
  return { state: false, runs: new Set<string>(), terminals: new Set<string>() };
}

/** How time passes; undefined where it is real. */
export function paceOf({ session, offer }: PageState): Pace | undefined {
  return offer?.pace === undefined ? undefined : (session.pace ?? offer.pace);
}

/** The shell cell with this id. */
export function shellCell(store: PageStore, id: string): ShellCell | undefined {
  return store.shellCells.find((cell) => cell.id === id);
}

/** The text that a run of this cell would type: the reader's, else the author's. */
export function sourceOf(store: PageStore, cell: ShellCell): string {
  return store.state.edits.get(cell.id) ?? cell.source;
}

/** Whether the chapter has a view that is made from frames. */
export function showsPackets({ cells }: PageStore): boolean {
  return cells.some((cell) => cell.type === "view" && cell.views.some(needsFrames));
}

/** Whether a view is made from frames. */
export function needsFrames({ view }: ViewRequest): boolean {
  return view === "packets" || view === "why";
}
