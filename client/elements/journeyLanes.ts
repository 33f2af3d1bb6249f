// One journey as lanes: a column for each device, a line for each hop, an arrow from where the frame
// left to where it came in.
// Not here: which frames belong together (packets/journeys.ts).

import { html, nothing, type TemplateResult } from "lit";
import { type Captured, placeOf } from "../packets/captured.ts";
import type { Hop, Journey } from "../packets/journeys.ts";

/** What drawing needs to know beside the journey. */
export type LaneParts = {
  readonly names: ReadonlyMap<number, string>;
  readonly text: (frame: Captured) => string;
  readonly chosen: number | undefined;
  readonly choose: (number: number) => void;
};

/** Draws it. */
export function journeyLanes(journey: Journey, parts: LaneParts): TemplateResult {
  const lanes = lanesOf(journey, parts.names);
  const start = journey.hops[0]?.from.time ?? 0;
  const style = `grid-template-columns:repeat(${lanes.length}, 6.75rem)`;
  return html`<div class="lanes-scroll" tabindex="0" role="group" aria-label=${journey.title}>
    <div class="lane-heads" style=${style} aria-hidden="true">
      ${lanes.map((lane) => {
        const [namespace, device] = lane.split(" ");
        return html`<span>${namespace}<br /><b>${device}</b></span>`;
      })}
    </div>
    <ol class="lanes">${journey.hops.map((hop) => hopLine(hop, { ...parts, lanes, style, start }))}</ol>
  </div>`;
}

type LineParts = LaneParts & {
  readonly lanes: readonly string[];
  readonly style: string;
  readonly start: number;
};

function hopLine(hop: Hop, parts: LineParts): TemplateResult {
  const { lanes, names, style, start, chosen } = parts;
  const from = placeOf(hop.from, names);
  const to = hop.to && placeOf(hop.to, names);
  const [one, other] = [lanes.indexOf(from) + 1, to === undefined ? 0 : lanes.indexOf(to) + 1];
  const back = other > 0 && other < one;
  const columns =
    other === 0 ? `${one} / ${one + 1}` : `${Math.min(one, other)} / ${Math.max(one, other) + 1}`;
  const changes = [...hop.changes, ...(hop.dropped ? [`dropped: ${hop.dropped.reason}`] : [])];
  const words = `${((hop.from.time - start) / 1000).toFixed(3)} ms, from ${from} to ${to ?? "nobody"}: `;
  return html`<li style=${style}>
    <button class="hop" style="grid-column:${columns}" data-way=${back ? "back" : "forth"}
      ?data-dropped=${hop.dropped !== undefined} aria-pressed=${chosen === hop.from.number}
      @click=${() => parts.choose(hop.from.number)}>
      <span class="visually-hidden">${words}</span>
      <span class="hop-text">${shortText(parts.text(hop.from))}</span>
      ${changes.length === 0 ? nothing : html`<span class="hop-changes">${changes.join(", ")}</span>`}
    </button>
  </li>`;
}

/** In the order in which the frames reach them. */
function lanesOf({ hops }: Journey, names: ReadonlyMap<number, string>): string[] {
  const lanes: string[] = [];
  for (const { from, to } of hops) {
    const one = placeOf(from, names);
    const other = to && placeOf(to, names);
    if (!lanes.includes(one)) {
      const at = other === undefined ? -1 : lanes.indexOf(other);
      if (at < 0) lanes.push(one);
      else lanes.splice(at, 0, one);
    }
    if (other !== undefined && !lanes.includes(other)) {
      // A branch of a flood stands beside where it began.
      lanes.splice(lanes.indexOf(one) + 1, 0, other);
    }
  }
  return lanes;
}

/** Without MACs and lengths, which the details tell. */
function shortText(text: string): string {
  return text
    .replace(/^\S+ > \S+, ethertype \S+ \(0x[0-9a-f]+\), length \d+: /, "")
    .replace(/^(ARP, |IP6? )/, "")
    .replace(/, length \d+$/, "");
}
