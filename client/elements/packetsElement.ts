// <vb-packets>: frames as tcpdump prints them, with a filter in its language, the details of one of
// them, and a file for Wireshark. Only the lines on show are made, however many frames there are.
// Keys in the list: arrows, Page Up and Down, Home and End choose a frame.

import { html, nothing, type TemplateResult } from "lit";
import { type Captured, placeOf } from "../packets/captured.ts";
import { journeysOf } from "../packets/journeys.ts";
import type { PacketsView } from "../packets/packetsView.ts";
import { pcapng } from "../packets/pcapng.ts";
import { frameFilter, framePrinter, isIp6 } from "../packets/tcpdumpText.ts";
import { isUsualDrop } from "../packets/usualDrops.ts";
import { journeyLanes } from "./journeyLanes.ts";
import { LightElement } from "./lightElement.ts";

/** Lines above and below those on show, so that a quick scroll finds them there. */
const SPARE = 12;

const NARROW = "(max-width: 40rem)";

/** So many journeys are drawn; a filter finds older ones. */
const MOST_JOURNEYS = 30;

/** And they are sought among so many of the newest frames. */
const MOST_ON_THE_WAY = 3000;

const MOVES: Readonly<Record<string, number>> = {
  ArrowUp: -1,
  ArrowDown: 1,
  PageUp: -10,
  PageDown: 10,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

const printers = { plain: framePrinter("plain"), macs: framePrinter("macs") };
const printDetails = framePrinter("detailed");

/** The frames of one view. */
export class PacketsElement extends LightElement {
  static override properties = {
    view: { attribute: false },
    filter: { state: true },
    ip6: { state: true },
    ways: { state: true },
    macs: { state: true },
    chosen: { state: true },
    top: { state: true },
  };

  declare view: PacketsView | undefined;
  declare filter: string;
  /** IPv6 speaks all the time by itself; most experiments are about something else. */
  declare ip6: boolean;
  /** Hop by hop instead of frame by frame. */
  declare ways: boolean;
  /** Each line with its MACs; a narrow page has no room for them. */
  declare macs: boolean;
  /** Number of the frame whose details are shown. */
  declare chosen: number | undefined;
  /** Pixels that are scrolled away above. */
  declare top: number;
  #shown: readonly Captured[] = [];
  /** The newest frame that was looked at. */
  #seen: Captured | undefined;
  #problem = "";
  /** The newest frame stays in sight until the reader scrolls up. */
  #follows = true;
  readonly #texts = new Map<number, string>();
  /** Lines have another height on a narrow page. */
  readonly #narrow = matchMedia(NARROW);
  readonly #redraw = () => this.requestUpdate();

  constructor() {
    super();
    this.filter = "";
    this.ip6 = false;
    this.ways = false;
    this.macs = !isNarrow();
    this.top = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#narrow.addEventListener("change", this.#redraw);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#narrow.removeEventListener("change", this.#redraw);
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (!["view", "filter", "ip6"].some((one) => changed.has(one))) return;
    const frames = this.view?.frames ?? [];
    const accept = frameFilter(this.filter);
    this.#problem = typeof accept === "string" ? accept : "";
    // While a filter is being typed the last list that was right stays.
    if (typeof accept === "string") return;
    const isWanted = (frame: Captured) =>
      (this.ip6 || !isIp6(frame)) && !isUsualDrop(frame) && accept(frame);
    const last = this.#seen;
    const goesOn = changed.size === 1 && changed.has("view") && isAfter(frames, last);
    const first = frames[0]?.number ?? 0;
    this.#shown = goesOn
      ? [
          ...this.#shown.filter(({ number }) => number >= first),
          ...newerThan(frames, last?.number ?? 0).filter(isWanted),
        ]
      : frames.filter(isWanted);
    if (!goesOn) this.#texts.clear();
    this.#seen = frames.at(-1);
  }

  protected override updated(): void {
    const list = this.#list();
    if (!list) return;
    if (this.#follows) list.scrollTop = list.scrollHeight;
    // Where lines have got another height the place is another one, without any scrolling.
    this.top = list.scrollTop;
  }

  override render(): unknown {
    if (!this.view) return nothing;
    const { frames } = this.view;
    const chosen = this.#shown.find(({ number }) => number === this.chosen);
    return html`
      <div class="view-tools">
        <label>Filter <input type="text" spellcheck="false" autocomplete="off" placeholder="arp or icmp"
          .value=${this.filter} @input=${(event: Event) => this.#type(event)}></label>
        <label><input type="checkbox" .checked=${this.ip6} @change=${() => this.#switchIp6()}>IPv6</label>
        <label><input type="checkbox" .checked=${this.macs} @change=${() => this.#switchMacs()}>MACs</label>
        <label><input type="checkbox" .checked=${this.ways} @change=${() => this.#switchWays()}>Ways</label>
        <span role="status">${this.#count(frames.length)}</span>
        <button class="quiet" @click=${() => this.#download()}>Download pcapng</button>
      </div>
      ${this.#problem ? html`<p class="view-problem" role="alert">${this.#problem}</p>` : nothing}
      ${this.ways ? this.#journeys() : this.#lines()}
      ${chosen ? this.#details(chosen) : nothing}`;
  }

  #count(all: number): string {
    const shown = this.#shown.length;
    const noun = all === 1 ? "frame" : "frames";
    return shown === all ? `${all} ${noun}` : `${shown} of ${all} ${noun}`;
  }

  #lines(): TemplateResult {
    const height = rowHeight();
    const first = Math.max(0, Math.floor(this.top / height) - SPARE);
    const many = Math.ceil(320 / height) + 2 * SPARE;
    const from = this.#follows ? Math.max(0, this.#shown.length - many) : first;
    const rows = this.#shown.slice(from, from + many);
    const start = this.view?.frames[0]?.time ?? 0;
    return html`<div class="packet-list" tabindex="0" role="listbox" aria-label=${this.view?.title ?? ""}
        aria-activedescendant=${rows.some(({ number }) => number === this.chosen) ? this.#rowId(this.chosen ?? 0) : nothing}
        @scroll=${() => this.#scrolled()} @keydown=${(event: KeyboardEvent) => this.#key(event)}>
      <div class="packet-space" style="height:${this.#shown.length * height}px">
        <div style="transform:translateY(${from * height}px)">
          ${rows.map((frame, at) => this.#row(frame, from + at, start))}
        </div>
      </div>
    </div>`;
  }

  /** The newest journeys, the last one open. */
  #journeys(): TemplateResult {
    const names = this.view?.names ?? new Map();
    const journeys = journeysOf(this.#shown.slice(-MOST_ON_THE_WAY)).slice(-MOST_JOURNEYS);
    if (journeys.length === 0) {
      return html`<p>No frame of these leads to another one, as far as is known.</p>`;
    }
    return html`${journeys.map(
      (journey, at) => html`<details class="journey" ?open=${at === journeys.length - 1}>
        <summary>${journey.title}: ${journey.hops.length} ${journey.hops.length === 1 ? "hop" : "hops"}</summary>
        ${journeyLanes(journey, {
          ...{ names, chosen: this.chosen, text: (frame) => this.#text(frame) },
          choose: (number) => this.#choose(number),
        })}
      </details>`,
    )}`;
  }

  #row(frame: Captured, at: number, start: number): TemplateResult {
    const { number, time, out, dropped } = frame;
    const place = placeOf(frame, this.view?.names ?? new Map());
    return html`<div class="packet" role="option" id=${this.#rowId(number)} aria-selected=${number === this.chosen}
        aria-setsize=${this.#shown.length} aria-posinset=${at + 1} ?data-dropped=${dropped !== undefined}
        @click=${() => this.#choose(number)}>
      <span class="packet-time">${((time - start) / 1e6).toFixed(6)}</span>
      <span class="packet-place">${place} ${dropped ? "✕" : out ? "→" : "←"}</span>
      <span class="packet-text">${dropped ? `dropped, ${dropped.reason}: ` : ""}${this.#text(frame)}</span>
    </div>`;
  }

  #text(frame: Captured): string {
    const known = this.#texts.get(frame.number);
    if (known !== undefined) return known;
    const text = printers[this.macs ? "macs" : "plain"](frame);
    this.#texts.set(frame.number, text);
    return text;
  }

  #details(frame: Captured): TemplateResult {
    const { cause, dropped } = frame;
    return html`<div class="packet-details" tabindex="0" role="group" aria-label="Frame ${frame.number}">
      ${cause ? html`<p>It exists because of this: ${cause}.</p>` : nothing}
      ${dropped ? html`<p>Here it was dropped: ${[dropped.reason, dropped.detail].filter(Boolean).join(", ")}.</p>` : nothing}
      <pre>${printDetails(frame)}</pre>
    </div>`;
  }

  #rowId(number: number): string {
    return `${this.id}-frame-${number}`;
  }

  #list(): HTMLElement | null {
    return this.querySelector(".packet-list");
  }

  #type(event: Event): void {
    this.filter = (event.target as HTMLInputElement).value;
    this.#follows = true;
  }

  #switchMacs(): void {
    this.macs = !this.macs;
    this.#texts.clear();
  }

  #switchWays(): void {
    this.ways = !this.ways;
  }

  #switchIp6(): void {
    this.ip6 = !this.ip6;
    this.#follows = true;
  }

  #scrolled(): void {
    const list = this.#list();
    if (!list) return;
    this.#follows = list.scrollTop + list.clientHeight >= list.scrollHeight - 2;
    this.top = list.scrollTop;
  }

  #key(event: KeyboardEvent): void {
    const by = MOVES[event.key];
    if (by === undefined || this.#shown.length === 0) return;
    event.preventDefault();
    const at = this.#shown.findIndex(({ number }) => number === this.chosen);
    const last = this.#shown.length - 1;
    const next = Math.min(last, Math.max(0, at < 0 && by < 0 ? last : at + by));
    this.#choose(this.#shown[next]?.number);
    const list = this.#list();
    const height = rowHeight();
    if (!list) return;
    const above = next * height < list.scrollTop;
    const below = (next + 1) * height > list.scrollTop + list.clientHeight;
    if (above) list.scrollTop = next * height;
    if (below) list.scrollTop = (next + 1) * height - list.clientHeight;
  }

  #choose(number: number | undefined): void {
    this.#follows = false;
    this.chosen = number === this.chosen ? undefined : number;
  }

  #download(): void {
    const names = this.view?.names ?? new Map();
    const bytes = pcapng(this.#shown, (frame) => placeOf(frame, names));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes.slice().buffer]));
    link.download = "vethbook.pcapng";
    link.click();
    // The browser has begun to save by then.
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }
}

/** The list still holds what was its newest frame, so the frames behind that one are new. */
function isAfter(frames: readonly Captured[], last: Captured | undefined): boolean {
  return last !== undefined && frames.includes(last);
}

function newerThan(frames: readonly Captured[], number: number): readonly Captured[] {
  return frames.slice(frames.findLastIndex((frame) => frame.number <= number) + 1);
}

/** Pixels of a line: one line of text, or two where the page is narrow; as packets.css has it. */
function rowHeight(): number {
  return isNarrow() ? 40 : 22;
}

function isNarrow(): boolean {
  return matchMedia(NARROW).matches;
}
