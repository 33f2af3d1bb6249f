// <vb-topology>: the network as a drawing. The browser lays rooms and ports out; cables are lines
// between them, measured afterwards. A room is a button that opens its terminal.
// Not here: what stands where (topology/), and the table beside it (viewElement.ts).

import { html, nothing, svg, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { cablePath, type Leaving, looseEnd, middle, type Point } from "../topology/cables.ts";
import type { Cable, Port, Room } from "../topology/graph.ts";
import { type Placement, place } from "../topology/placement.ts";
import { type Plan, plans, type Stand, widthOf } from "../topology/walls.ts";
import { kindWords, type TopologyView } from "../topology/words.ts";
import { MARK_SIGNS } from "../views/viewTable.ts";
import { LightElement } from "./lightElement.ts";

/** Asks the page for a terminal; `detail` is the namespace's name. */
export type TerminalWanted = CustomEvent<string>;

/** Letters that are smaller still cannot be read. */
const LEAST_SCALE = 0.85;

type Line = { readonly key: string; readonly path: string; readonly label: string; at: Point };

/** One drawing. */
export class TopologyElement extends LightElement {
  static override properties = {
    view: { attribute: false },
    way: { state: true },
    scale: { state: true },
    lines: { state: true },
    addresses: { type: Boolean, reflect: true },
  };

  declare view: TopologyView | undefined;
  declare way: "right" | "down";
  /** Of letters, where layers just fit beside each other. */
  declare scale: number;
  declare lines: readonly Line[];
  declare addresses: boolean;
  #placement: Placement = new Map();
  #plans: readonly Plan[][] = [];
  readonly #size = new ResizeObserver(() => this.#measure());

  constructor() {
    super();
    this.way = "right";
    this.scale = 1;
    this.lines = [];
    this.addresses = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#size.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#size.disconnect();
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (this.view === undefined) return;
    if (changed.has("view")) {
      this.#placement = place(this.view.graph, this.#placement);
      this.#plans = plans(this.view.graph, this.#placement);
    }
    this.#turn();
  }

  protected override updated(changed: Map<string, unknown>): void {
    if (!changed.has("lines") || changed.size > 1) this.#measure();
  }

  override render(): unknown {
    if (this.view === undefined) return nothing;
    const { rooms } = this.view.graph;
    return html`<div class="topology-map" data-way=${this.way} style="--scale:${this.scale}" ?data-dense=${rooms.length > 24}>
      <svg class="topology-cables" aria-hidden="true">${this.lines.map((line) => this.#line(line))}</svg>
      ${this.lines.map(({ label, at }) =>
        label === ""
          ? nothing
          : html`<span class="cable-label" aria-hidden="true" style="left:${at.x}px;top:${at.y}px">${label}</span>`,
      )}
      ${this.#plans.map(
        (layer) =>
          html`<ul class="topology-layer">${repeat(
            layer,
            ({ room }) => room.key,
            (plan) => this.#room(plan),
          )}</ul>`,
      )}
    </div>`;
  }

  #room({ room, before, after, bridges }: Plan): TemplateResult {
    const mark = this.view?.marks.rooms.get(room.key);
    return html`<li class="room" data-mark=${mark ?? nothing}>
      <button class="room-name" title="Open a terminal in ${room.name}" @click=${() => this.#terminal(room)}>
        ${mark ? html`<span class="mark">${MARK_SIGNS[mark]}</span>` : nothing}${room.name}
      </button>
      <div class="room-floor">
        ${this.#wall(before, "before")}
        ${bridges.length === 0 ? nothing : html`<div class="bridges">${bridges.map((stand) => this.#stand(stand))}</div>`}
        ${this.#wall(after, "after")}
      </div>
    </li>`;
  }

  #wall(stands: readonly Stand[], wall: Leaving["wall"]): TemplateResult | typeof nothing {
    if (stands.length === 0) return nothing;
    return html`<ul class="wall ${wall}">${repeat(
      stands,
      ({ port }) => port.key,
      (stand) => html`<li>${this.#stand(stand)}</li>`,
    )}</ul>`;
  }

  #stand({ port, on }: Stand): TemplateResult {
    return html`<div class="port" data-port=${port.key} data-kind=${port.kind} data-state=${port.state}
        data-mark=${this.view?.marks.ports.get(port.key) ?? nothing} ?data-patched=${port.bridge !== undefined}>
        <span class="plug"></span>${this.#portText(port)}
      </div>
      ${on.map(
        (sub) => html`<div class="port sub" data-port=${sub.key} data-state=${sub.state}
        data-mark=${this.view?.marks.ports.get(sub.key) ?? nothing}>${this.#portText(sub)}</div>`,
      )}`;
  }

  #portText(port: Port): TemplateResult {
    const mark = this.view?.marks.ports.get(port.key);
    return html`<span class="port-name" title="${kindWords(port)}, ${port.mac}, MTU ${port.mtu}${
      port.addresses.length > 0 ? `, ${port.addresses.join(", ")}` : ""
    }">${mark ? html`<span class="mark">${MARK_SIGNS[mark]}</span>` : nothing}${port.name}</span>${
      port.state === "up" ? nothing : html`<span class="port-state">${port.state}</span>`
    }${
      this.addresses
        ? port.addresses
            .filter((one) => !one.startsWith("fe80"))
            .map((one) => html`<span class="port-address">${one}</span>`)
        : nothing
    }`;
  }

  #line({ key, path }: Line): TemplateResult {
    const { graph, segments } = this.view ?? {};
    const state = graph?.cables.find((one) => one.key === key)?.state;
    return svg`<path class="cable" d=${path} data-state=${state ?? nothing}
      data-segment=${tintOf(segments?.numbers.get(key))}></path>`;
  }

  #terminal({ name }: Room): void {
    const wanted: TerminalWanted = new CustomEvent("vb-terminal", { bubbles: true, detail: name });
    this.dispatchEvent(wanted);
  }

  /** Layers go downwards where they do not fit beside each other. */
  #turn(): void {
    if (this.clientWidth === 0) return;
    const scale = this.clientWidth / widthOf(this.#plans, this.addresses);
    this.way = scale < LEAST_SCALE ? "down" : "right";
    this.scale = this.way === "down" ? 1 : Math.min(1, scale);
  }

  #measure(): void {
    this.#turn();
    const map = this.querySelector<HTMLElement>(".topology-map");
    if (!map || this.view === undefined || this.clientWidth === 0) return;
    const origin = map.getBoundingClientRect();
    const plugs = new Map<string, { at: Point; leaving: Leaving }>();
    for (const port of map.querySelectorAll<HTMLElement>("[data-port]")) {
      const box = (port.querySelector(".plug") ?? port).getBoundingClientRect();
      const { way } = this;
      const wall = port.closest(".wall.before") ? "before" : "after";
      const at = {
        x: box.x + box.width / 2 - origin.x,
        y: box.y + box.height / 2 - origin.y,
      };
      plugs.set(port.dataset.port ?? "", { at, leaving: { wall, way } });
    }
    const lines = this.view.graph.cables.flatMap((cable) => this.#cable(cable, plugs));
    if (JSON.stringify(lines) !== JSON.stringify(this.lines)) this.lines = lines;
  }

  #cable(cable: Cable, plugs: Plugs): Line[] {
    const from = plugs.get(cable.from.key);
    const to = plugs.get(cable.to?.key ?? "");
    if (!from) return [];
    if (!to) {
      return [{ key: cable.key, path: looseEnd(from.at, from.leaving), label: "?", at: from.at }];
    }
    const number = this.view?.segments.numbers.get(cable.key);
    const vlans = this.view?.segments.tagged.get(cable.key);
    const label = vlans ? `VLAN ${vlans.join(", ")}` : number === undefined ? "" : `S${number + 1}`;
    return [
      {
        key: cable.key,
        path: cablePath(from.at, from.leaving, to.at, to.leaving),
        label,
        at: middle(from.at, to.at),
      },
    ];
  }
}

type Plugs = ReadonlyMap<string, { readonly at: Point; readonly leaving: Leaving }>;

/** Six tints; the name of the segment stands on its cables as well. */
function tintOf(segment: number | undefined) {
  return segment === undefined ? nothing : segment % 6;
}
