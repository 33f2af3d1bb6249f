// <vb-dock>: the terminals at the foot of the page, one tab for each namespace of the network and
// one for the lab itself, named like their prompts. xterm is loaded when the dock is first opened.
// Keys: F6 (or Ctrl-Shift-Escape) leaves a terminal; arrows move between tabs.

import { html, nothing, type TemplateResult } from "lit";
import { recall, remember } from "../page/memory.ts";
import type { Change } from "../page/store.ts";
import type { DockTerminal } from "../terminal/dockTerminal.ts";
import { dockHandle, rememberedHeight } from "./dockHandle.ts";
import { icon } from "./icons.ts";
import { PageElement } from "./pageElement.ts";

type OpenTab = { readonly host: HTMLElement; readonly terminal: Promise<DockTerminal> };

/** The dock of one chapter page. */
export class DockElement extends PageElement {
  static override properties = {
    ...PageElement.properties,
    open: { type: Boolean, reflect: true },
    active: { state: true },
    readerMode: { state: true },
  };

  declare open: boolean;
  declare active: string;
  declare readerMode: boolean;
  readonly #tabs = new Map<string, OpenTab>();

  constructor() {
    super();
    this.open = false;
    this.active = "lab";
    this.readerMode = recall("screen-reader") === "on";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.replaceChildren();
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", "Terminals");
    document.addEventListener("vb-terminal", this.#wanted);
    document.documentElement.style.setProperty("--dock-height", `${rememberedHeight()}px`);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("vb-terminal", this.#wanted);
  }

  /** A drawing asks for the terminal of a namespace. */
  readonly #wanted = (event: Event): void => {
    this.active = String((event as CustomEvent<unknown>).detail);
    void this.show();
  };

  /** Opens the dock and puts the keyboard into the active terminal. */
  async show(): Promise<void> {
    this.open = true;
    await this.updateComplete;
    await this.#activate(this.active);
  }

  protected override changed(change: Change): void {
    super.changed(change);
    for (const name of change.terminals) {
      const log = this.page?.store.terminals.get(name);
      if (log) void this.#tabs.get(name)?.terminal.then((terminal) => terminal.feed(log));
      if (log?.ended !== undefined) this.requestUpdate();
    }
  }

  override render(): unknown {
    if (!this.page) return nothing;
    document.body.toggleAttribute("data-dock", this.open);
    return html`
      ${this.open ? dockHandle() : nothing}
      <div class="dock-bar">
        <button class="quiet" aria-expanded=${this.open} @click=${() => this.#toggle()}
          >${icon("terminal")}Terminals</button>
        ${this.open ? this.#tabList() : nothing}
        ${this.open ? this.#readerSwitch() : nothing}
      </div>
      <div class="dock-body" ?hidden=${!this.open}>
        ${[...this.#tabs].map(([name, { host }]) => this.#panel(name, host))}
      </div>`;
  }

  #names(): string[] {
    const namespaces = this.page?.store.state.network?.state.namespaces ?? [];
    const inside = [...namespaces.map(({ name }) => name), ...this.#tabs.keys()];
    return [...new Set(["lab", ...inside.sort((a, b) => a.localeCompare(b, "en"))])];
  }

  #tabList(): TemplateResult {
    return html`<div class="dock-tabs" role="tablist" aria-label="Terminals"
      @keydown=${(event: KeyboardEvent) => this.#moveBetweenTabs(event)}>
      ${this.#names().map((name) => {
        const selected = name === this.active;
        return html`<button role="tab" id="tab-${name}" aria-selected=${selected}
          aria-controls=${this.#tabs.has(name) ? `panel-${name}` : nothing}
          tabindex=${selected ? 0 : -1} @click=${() => this.#activate(name)}>${name}:~ #</button>`;
      })}
    </div>`;
  }

  #readerSwitch(): TemplateResult {
    return html`<label class="dock-reader"><input type="checkbox" .checked=${this.readerMode}
      @change=${(event: Event) => this.#setReaderMode(event)}>Screen reader</label>`;
  }

  #panel(name: string, host: HTMLElement): TemplateResult {
    const ended = this.page?.store.terminals.get(name)?.ended;
    return html`<div role="tabpanel" id="panel-${name}" aria-labelledby="tab-${name}"
      ?hidden=${name !== this.active}>
      ${
        ended === undefined
          ? nothing
          : html`<p class="dock-ended">${ended} <button class="quiet"
              @click=${() => this.#openShell(name)}>Open it again</button></p>`
      }
      ${host}
    </div>`;
  }

  #toggle(): void {
    if (this.open) this.open = false;
    else void this.show();
  }

  async #activate(name: string): Promise<void> {
    this.active = name;
    const isNew = !this.#tabs.has(name);
    if (isNew) this.#tabs.set(name, this.#newTab(name));
    this.requestUpdate();
    await this.updateComplete;
    const terminal = await this.#tabs.get(name)?.terminal;
    if (isNew) await this.#openShell(name);
    if (this.active === name && this.open) terminal?.focus();
  }

  #newTab(name: string): OpenTab {
    const host = document.createElement("div");
    host.className = "dock-terminal";
    const terminal = Promise.all([import("../terminal/dockTerminal.ts"), this.#shown(host)]).then(
      ([{ dockTerminal }]) => {
        const opened = dockTerminal(host, {
          label: `Terminal of ${name}.`,
          screenReaderMode: this.readerMode,
          onInput: (data) => this.page?.actions.typeInto(name, data),
          onResize: (size) => this.page?.actions.resizeTerminal(name, size),
          onLeave: () => this.querySelector<HTMLElement>('[role="tab"][tabindex="0"]')?.focus(),
        });
        const log = this.page?.store.terminals.get(name);
        if (log) opened.feed(log);
        return opened;
      },
    );
    return { host, terminal };
  }

  async #shown(host: HTMLElement): Promise<void> {
    while (!host.isConnected) await new Promise(requestAnimationFrame);
  }

  async #openShell(name: string): Promise<void> {
    const terminal = await this.#tabs.get(name)?.terminal;
    if (terminal) this.page?.actions.openTerminal(name, terminal.size);
  }

  #moveBetweenTabs(event: KeyboardEvent): void {
    const names = this.#names();
    const at = names.indexOf(this.active);
    const to = {
      ArrowRight: (at + 1) % names.length,
      ArrowLeft: (at - 1 + names.length) % names.length,
      Home: 0,
      End: names.length - 1,
    }[event.key];
    const name = to === undefined ? undefined : names[to];
    if (name === undefined) return;
    event.preventDefault();
    this.active = name;
    void this.updateComplete.then(() =>
      this.querySelector<HTMLElement>(`[id="tab-${CSS.escape(name)}"]`)?.focus(),
    );
  }

  #setReaderMode(event: Event): void {
    this.readerMode = (event.target as HTMLInputElement).checked;
    remember("screen-reader", this.readerMode ? "on" : undefined);
    for (const { terminal } of this.#tabs.values()) {
      void terminal.then((opened) => opened.setScreenReaderMode(this.readerMode));
    }
  }
}
