// <vb-status>: the bar at the top of a chapter. Which kernel answers, how far the reader is, the
// buttons for all cells, and a plain sentence whenever something is not as it should be.

import { html, nothing, type TemplateResult } from "lit";
import { type PageState, paceOf } from "../page/store.ts";
import type { CellState } from "../session/cellState.ts";
import { icon } from "./icons.ts";
import { type PageContext, PageElement } from "./pageElement.ts";

/** The bar of one chapter. */
export class StatusElement extends PageElement {
  #ticking: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.replaceChildren();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#ticking);
  }

  override render(): unknown {
    if (!this.page) return nothing;
    const { actions, store } = this.page;
    const { state } = store;
    const { total, ran, busy } = counts(store.states);
    const away = state.connection.state !== "open";
    return html`
      <div class="status-line">
        <span class="status-kernel" data-sandbox=${state.session.sandbox.state}
          ?data-paused=${paceOf(state) === 0}>${kernel(state)}</span>
        <span class="status-progress">${ran} of ${total}<span class="wide"> cells run</span></span>
        ${paceOf(state) === undefined ? nothing : html`<vb-pace .page=${this.page}></vb-pace>`}
        <span class="status-actions">
          <button class="run" ?disabled=${away || busy} @click=${() => runAll(this.page)}
            >${icon("run")}Run all</button>
          <button class="stop" ?disabled=${away || !busy} @click=${() => actions.stop()}
            >${icon("stop")}Stop</button>
          <button ?disabled=${away} aria-label="Reset sandbox" @click=${() => reset(this.page)}
            ><span>Reset<span class="wide"> sandbox</span></span></button>
          <button class="quiet" aria-label="Keyboard help" @click=${help}>?</button>
        </span>
      </div>
      <progress class="status-bar" max=${total} .value=${ran} aria-label="Cells run"></progress>
      <div role="status">${told(this.page)}</div>
      ${state.connection.state === "away" ? countdown(this.page, state.connection.retryAt) : nothing}`;
  }

  protected override updated(): void {
    const waiting = this.page?.store.state.connection.state === "away";
    if (waiting === (this.#ticking !== undefined)) return;
    clearInterval(this.#ticking);
    this.#ticking = waiting ? setInterval(() => this.requestUpdate(), 1000) : undefined;
  }
}

const standsStill = "Time stands still";

function counts(states: ReadonlyMap<string, CellState>) {
  const all = [...states.values()];
  return {
    total: all.length,
    ran: all.filter(({ status }) => ["done", "failed", "stale"].includes(status)).length,
    busy: all.some(({ status }) => status === "queued" || status === "running"),
  };
}

/** Which kernel answers, or would answer; or that nothing moves on by itself. */
function kernel(state: PageState): string {
  const { session, offer } = state;
  const { sandbox } = session;
  if (paceOf(state) === 0) return standsStill;
  if (sandbox.state === "ready") return sandbox.kernel;
  if (sandbox.state === "starting") return `Starting ${offer?.label ?? "the sandbox"} …`;
  return offer?.label ?? "";
}

/** What is wrong, or nothing. It is read aloud when it changes. */
function told({ store, actions }: PageContext): TemplateResult | typeof nothing {
  const { connection, session, notice } = store.state;
  if (connection.state === "away") {
    return html`<span class="visually-hidden">The server is away; your output is kept.</span>`;
  }
  if (connection.state === "refused") {
    return html`<p class="banner">${connection.reason}
      <button class="quiet" @click=${actions.retryNow}>Try again</button></p>`;
  }
  if (notice) {
    return html`<p class="banner">${notice}
      <button class="quiet" @click=${actions.dismissNotice}>Dismiss</button></p>`;
  }
  if (session.sandbox.state === "ended") {
    return html`<p class="banner">${session.sandbox.reason}</p>`;
  }
  const paused = paceOf(store.state) === 0;
  return paused ? html`<span class="visually-hidden">${standsStill}.</span>` : nothing;
}

/** Seen, but not read aloud each second. */
function countdown({ actions }: PageContext, retryAt: number): TemplateResult {
  const seconds = Math.max(1, Math.ceil((retryAt - Date.now()) / 1000));
  return html`<p class="banner">The server does not answer. Your output is kept; trying again in
    ${seconds} s. <button class="quiet" @click=${actions.retryNow}>Try now</button></p>`;
}

async function help(): Promise<void> {
  const { showHelp } = await import("./helpDialog.ts");
  showHelp();
}

async function runAll(page: PageContext | undefined): Promise<void> {
  if (!page) return;
  const started = [...page.store.states.values()].some(({ run, past }) => run && !past);
  if (!started) return page.actions.runAll();
  const { ask } = await import("./askDialog.ts");
  const answer = await ask(
    "Run all cells",
    "Some cells have run already, and what they made is still there. A second set-up would fail on it.",
    ["Reset and run all", "Run all as it is"],
  );
  if (answer === undefined) return;
  if (answer === 0) page.actions.reset();
  page.actions.runAll();
}

async function reset(page: PageContext | undefined): Promise<void> {
  if (!page) return;
  const started = [...page.store.states.values()].some(({ run }) => run);
  if (started) {
    const question =
      "Everything in the sandbox goes: namespaces, routes, caches, open terminals. The output on this page stays.";
    const { ask } = await import("./askDialog.ts");
    if ((await ask("Reset the sandbox", question, ["Reset"])) === undefined) return;
  }
  page.actions.reset();
}
