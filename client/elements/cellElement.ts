// <vb-cell>: one shell cell. The server sends it with the command as text; this element adds what
// makes it run: buttons, state, the output of the newest run, and the editor when asked.
// Not here: what a state means (session/), how output becomes text (terminal/cellOutput.ts).

import { html, nothing, type TemplateResult } from "lit";
import type { ShellCell } from "../../shared/chapter.ts";
import { neededFirst } from "../page/actions.ts";
import type { Change } from "../page/store.ts";
import { shellCell, sourceOf } from "../page/store.ts";
import { inItsTurn } from "../page/turns.ts";
import type { CellState } from "../session/cellState.ts";
import { joined } from "../session/outputLog.ts";
import { duration, endWords, statusWord } from "../session/runWords.ts";
import type { CellOutput } from "../terminal/cellOutput.ts";
import { cellActions } from "./cellActions.ts";
import { cellEditing } from "./cellEditing.ts";
import { cellNote } from "./cellNote.ts";
import { icon } from "./icons.ts";
import { PageElement } from "./pageElement.ts";

const notRun: CellState = { status: "not-run", past: false };

function exitCode({ run }: CellState): number | undefined {
  return run?.end?.type === "exit" ? run.end.code : undefined;
}

/** One runnable cell of a chapter. */
export class CellElement extends PageElement {
  static override properties = { ...PageElement.properties, cut: { state: true } };

  declare cut: boolean;
  readonly editing = cellEditing(this);
  readonly note = cellNote(this);
  /** The button that was pressed is about to be replaced by another one. */
  keepFocus = false;
  #output:
    | { readonly run: string; readonly pre: HTMLElement; readonly view: Promise<CellOutput> }
    | undefined;
  #ticking: ReturnType<typeof setInterval> | undefined;
  #drawnFrom: readonly unknown[] = [];

  constructor() {
    super();
    this.cut = false;
  }

  /** The cell as its author wrote it. */
  get cell(): ShellCell | undefined {
    return this.page && shellCell(this.page.store, this.dataset.cell ?? "");
  }

  get state(): CellState {
    return this.page?.store.states.get(this.dataset.cell ?? "") ?? notRun;
  }

  /** Exactly what the run on show has printed so far. */
  get bytes(): Uint8Array {
    const log = this.page?.store.outputs.get(this.state.run?.run ?? "");
    return log ? joined(log) : new Uint8Array();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const pre = this.querySelector("pre");
    if (pre) this.editing.keep(pre);
    this.replaceChildren();
    this.tabIndex = -1;
    this.setAttribute("role", "group");
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#ticking);
  }

  protected override changed(change: Change): void {
    if (change.state && this.#isOutOfDate()) this.requestUpdate();
    if (change.runs.has(this.state.run?.run ?? "")) this.#showOutput();
  }

  /** A chapter has many cells, and most changes concern one of them. */
  #isOutOfDate(): boolean {
    const drawn = this.#drawnFrom;
    this.#drawnFrom = this.#drawsFrom();
    return this.#drawnFrom.some((value, index) => value !== drawn[index]);
  }

  /** Everything of the store that a cell shows, besides its output. */
  #drawsFrom(): readonly unknown[] {
    if (!this.page) return [];
    const { store } = this.page;
    const { status, run, past } = this.state;
    const { connection, edits, predictions } = store.state;
    const needed = neededFirst(store, this.dataset.cell ?? "").length;
    return [status, run, past, connection.state, edits, predictions, needed];
  }

  override render(): unknown {
    const { cell, page, state } = this;
    if (!cell || !page) return nothing;
    return html`
      <div class="cell-head">
        <span class="prompt">${cell.on}:~ #</span>
        <span class="cell-title">${cell.title}
          ${page.store.state.edits.has(cell.id) ? html`<span class="cell-edited">edited</span>` : nothing}
        </span>
        ${this.#status(cell, state)}
      </div>
      ${this.editing.render(sourceOf(page.store, cell))}
      ${cellActions(this, cell, page)}
      ${this.#outputArea(cell, state)}
      ${this.note.render()}`;
  }

  #status(cell: ShellCell, state: CellState): TemplateResult {
    const { run, status } = state;
    const elapsed =
      status === "running" && run?.startedAt !== undefined
        ? html` <span class="elapsed">${duration(Math.max(0, Date.now() - run.startedAt))}</span>`
        : nothing;
    const neutral = status === "done" && cell.expect === "any" && exitCode(state) !== 0;
    return html`<span class="cell-state">${icon(neutral ? "ended" : status)}
      <span>${statusWord(cell.expect, state)}${elapsed}</span></span>`;
  }

  #outputArea(cell: ShellCell, state: CellState): TemplateResult {
    const words = endWords(cell.expect, state);
    const kept = state.run?.keptBytes;
    return html`<div class="cell-output" ?hidden=${!words && !this.#output}>
      ${this.cut ? html`<p class="cell-note">Only the newest 5000 lines are shown.</p>` : nothing}
      ${this.#output?.pre}
      ${
        kept === undefined
          ? nothing
          : html`<p class="cell-note">The first ${Math.round(kept / 1024)} KiB are kept; what the
              cell prints after that is not shown.</p>`
      }
      ${words ? html`<p class="cell-end">${words}</p>` : nothing}
      ${state.run?.notAgain ? html`<p class="cell-note">${state.run.notAgain}</p>` : nothing}
    </div>`;
  }

  protected override updated(): void {
    const { cell, state } = this;
    if (!cell) return;
    this.dataset.status = state.status;
    this.toggleAttribute("data-past", state.past);
    this.toggleAttribute("data-nonzero", (exitCode(state) ?? 0) !== 0);
    this.setAttribute("aria-label", `Cell ${cell.id}${cell.title ? `: ${cell.title}` : ""}`);
    this.#tick(state.status === "running");
    this.#showOutput();
    if (this.keepFocus && document.activeElement === document.body) {
      this.focusActions();
      this.keepFocus = false;
    }
  }

  /** Puts the keyboard on the first button. */
  focusActions(): void {
    this.querySelector<HTMLElement>(".cell-actions button")?.focus();
  }

  #tick(running: boolean): void {
    if (running === (this.#ticking !== undefined)) return;
    clearInterval(this.#ticking);
    this.#ticking = running ? setInterval(() => this.requestUpdate(), 200) : undefined;
  }

  /** The output of an older run stays until the newer one begins to print or has ended. */
  #showOutput(): void {
    const { run } = this.state;
    const log = this.page?.store.outputs.get(run?.run ?? "");
    if (!run || (!log && !run.end)) return;
    if (this.#output?.run !== run.run) this.#beginOutput(run.run);
    void this.#output?.view.then((view) => {
      if (log) view.feed(log);
      if (run.end) view.finish();
    });
  }

  /** Each run has a <pre> of its own, so that a late drawing of an older one ends nowhere. */
  #beginOutput(run: string): void {
    const pre = document.createElement("pre");
    pre.className = "output";
    pre.tabIndex = 0;
    pre.setAttribute("role", "group");
    pre.setAttribute("aria-label", `Output of ${this.dataset.cell}`);
    this.cut = false;
    const view = import("../terminal/cellOutput.ts").then(({ cellOutput }) =>
      inItsTurn(() =>
        cellOutput(pre, () => {
          this.cut = this.#output?.pre === pre;
        }),
      ),
    );
    this.#output = { run, pre, view };
    this.requestUpdate();
  }
}
