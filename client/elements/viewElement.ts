// <vb-view>: live tables and drawings of the network. What they show is the value of a variable of the notebook
// runtime; this element only draws it. A changed row is told by a sign and a word, not by colour.

import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { type TopologyView, topologyTable } from "../topology/words.ts";
import { type Field, MARK_SIGNS, type Row, type ViewTable } from "../views/viewTable.ts";
import { LightElement } from "./lightElement.ts";
import type { View } from "./view.ts";

/** One `view` fence of a chapter: a table for each namespace that it names. */
export class ViewElement extends LightElement {
  static override properties = {
    views: { attribute: false },
    wide: { state: true },
  };

  /** Set by the observer of the view's variable. */
  declare views: readonly View[];
  /** Titles of the views that show everything. */
  declare wide: ReadonlySet<string>;
  #addresses = false;

  constructor() {
    super();
    this.views = [];
    this.wide = new Set();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.replaceChildren();
  }

  override render(): unknown {
    return this.views.map((view) =>
      view.type === "table"
        ? this.#table(view)
        : view.type === "topology"
          ? this.#topology(view)
          : this.#packets(view),
    );
  }

  #table(table: ViewTable): TemplateResult {
    const wide = this.wide.has(table.title);
    const rows = table.rows.filter((row) => wide || !row.aside);
    const more = table.rows.filter((row) => row.aside).length;
    return html`<figure class="view">
      ${caption(table)}
      ${rows.length > 0 ? tableBody(table, rows) : nothing}
      ${
        more > 0
          ? html`<button class="quiet" aria-expanded=${wide} @click=${() => this.#toggle(table)}
              >${wide ? "Fewer rows" : `${more} more`}</button>`
          : nothing
      }
    </figure>`;
  }

  #topology(view: View & { readonly type: "topology" }): TemplateResult {
    void define("vb-topology", async () => (await import("./topologyElement.ts")).TopologyElement);
    const wide = this.wide.has(view.title);
    return html`<figure class="view view-row">
      ${caption(view)}
      ${
        view.graph.rooms.length === 0
          ? nothing
          : html`<vb-topology .view=${view} ?addresses=${this.#addresses}></vb-topology>
            <div class="view-tools">
              <label><input type="checkbox" .checked=${this.#addresses}
                @change=${() => this.#switchAddresses()}>Addresses</label>
              <button class="quiet" aria-expanded=${wide} @click=${() => this.#toggle(view)}
                >${wide ? "Without the table" : "As a table"}</button>
            </div>
            ${wide ? topologyBody(view) : nothing}`
      }
    </figure>`;
  }

  #packets(view: View & { readonly type: "packets" }): TemplateResult {
    void define("vb-packets", async () => (await import("./packetsElement.ts")).PacketsElement);
    return html`<figure class="view view-row">
      ${caption(view)}
      ${view.frames.length === 0 ? nothing : html`<vb-packets id="packets-${this.id}" .view=${view}></vb-packets>`}
    </figure>`;
  }

  #switchAddresses(): void {
    this.#addresses = !this.#addresses;
    this.requestUpdate();
  }

  #toggle({ title }: { readonly title: string }): void {
    const wide = new Set(this.wide);
    if (!wide.delete(title)) wide.add(title);
    this.wide = wide;
  }
}

/** A chapter without such a view never loads its element. */
async function define(name: string, load: () => Promise<CustomElementConstructor>): Promise<void> {
  if (customElements.get(name)) return;
  const element = await load();
  // Another view may have been quicker.
  if (!customElements.get(name)) customElements.define(name, element);
}

function topologyBody({ graph, segments, marks }: TopologyView): TemplateResult {
  const table = topologyTable(graph, segments, marks);
  return tableBody(table, table.rows);
}

function caption(view: { readonly title: string; readonly sentence: string }): TemplateResult {
  return html`<figcaption>
    <span class="view-title">${view.title}</span>
    <span class="view-sentence">${view.sentence}</span>
  </figcaption>`;
}

function tableBody(table: ViewTable, rows: readonly Row[]): TemplateResult {
  return html`<div class="view-scroll" tabindex="0" role="group" aria-label=${table.title}>
    <table>
      <thead>
        <tr>
          ${table.columns.map((column) => html`<th scope="col">${column}</th>`)}
          <th scope="col"><span class="visually-hidden">change</span></th>
        </tr>
      </thead>
      <tbody>
        ${repeat(
          rows,
          (row) => row.key + row.mark,
          (row) => html`<tr data-mark=${row.mark ?? nothing}>
            ${row.fields.map((field) => html`<td>${fieldText(field)}</td>`)}
            <td>${row.mark ? html`<span class="mark">${MARK_SIGNS[row.mark]} ${row.mark}</span>` : nothing}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function fieldText(field: Field): TemplateResult {
  return html`${field.text || "–"}${field.note ? html` <span class="owner">(${field.note})</span>` : nothing}${
    field.was ? html` <span class="was">was ${field.was}</span>` : nothing
  }`;
}
