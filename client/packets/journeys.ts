// One ping as one way through the network: the frames that a command or a timer led to, hop by hop, the
// ARP exchanges on its way among them, and what each device changed.
// Policy: a hop is a frame that left one device and came in at another. Which frame led to which is
// known from the simulator; a kernel does not tell, so its frames form no journeys here.

import type { Captured } from "./captured.ts";
import { byFirstCause } from "./causes.ts";
import { headerOf } from "./headers.ts";
import { isUsualDrop } from "./usualDrops.ts";

/** A frame on one cable. */
export type Hop = {
  readonly from: Captured;
  /** Missing when nobody was at the other end. */
  readonly to?: Captured;
  /** What differs from the frame that led to this one: "ttl 64 → 63", "MACs". */
  readonly changes: readonly string[];
  /** Why it went no further, where it ended for a reason that matters. */
  readonly dropped?: NonNullable<Captured["dropped"]>;
};

/** All that one frame has led to. */
export type Journey = { readonly title: string; readonly hops: readonly Hop[] };

/** The journeys in the order in which they began. */
export function journeysOf(frames: readonly Captured[]): Journey[] {
  return [...byFirstCause(frames)].flatMap(([root, chain]) => {
    const hops = hopsOf(chain);
    const title = (chain.find(({ frame }) => frame === root) ?? hops[0]?.from)?.cause ?? "";
    return hops.length === 0 ? [] : [{ title, hops }];
  });
}

function hopsOf(chain: readonly Captured[]): Hop[] {
  const hops: Hop[] = [];
  const firsts = new Map<number, Captured>();
  /** The hop that a frame is on, by its place. */
  const places = new Map<number, number>();
  for (const packet of chain) {
    const { frame = 0, causeFrame = 0, out, dropped } = packet;
    if (out && !dropped) {
      const before = firsts.get(causeFrame);
      const changes = before === undefined ? [] : changesBetween(before, packet);
      places.set(frame, hops.push({ from: packet, changes }) - 1);
    }
    if (!firsts.has(frame)) firsts.set(frame, packet);
    const place = places.get(frame) ?? -1;
    const hop = hops[place];
    if (hop === undefined) continue;
    if (!out && !dropped && hop.to === undefined) hops[place] = { ...hop, to: packet };
    else if (dropped && !isUsualDrop(packet)) hops[place] = { ...hop, dropped };
  }
  return hops;
}

/** Only of one packet on its way: a reply or an ARP request is a packet of its own. */
function changesBetween(before: Captured, after: Captured): string[] {
  const was = headerOf(before.bytes);
  const is = headerOf(after.bytes);
  if (was.network === undefined || was.network !== is.network) return [];
  const changes: string[] = [];
  if (was.ttl !== is.ttl) changes.push(`ttl ${was.ttl} → ${is.ttl}`);
  if (was.macs !== is.macs) changes.push("new MACs");
  if (was.vlans !== is.vlans) changes.push(is.vlans === "" ? "tag taken off" : `tag ${is.vlans}`);
  return changes;
}
