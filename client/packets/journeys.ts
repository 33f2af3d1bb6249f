// One ping as one way through the network: the frames that a command or a timer led to, hop by hop, the
// ARP exchanges on its way among them, and what each device changed.
// Policy: a hop is a frame that left one device and came in at another. Which frame led to which is
// known from the simulator; a kernel does not tell, so its frames form no journeys here.

import type { Captured } from "./captured.ts";
import { headerOf } from "./headers.ts";
import { isUsualDrop } from "./usualDrops.ts";

/** A frame on one cable. */
export type Hop = {
  /** Number of the packet that left. */
  readonly number: number;
  readonly time: number;
  readonly from: Captured;
  /** Missing when nobody was at the other end. */
  readonly to?: Captured;
  /** What differs from the frame that led to this one: "ttl 64 → 63", "MACs". */
  readonly changes: readonly string[];
  /** Why it went no further, where it ended for a reason that matters. */
  readonly dropped?: NonNullable<Captured["dropped"]>;
};

/** All that one frame has led to. */
export type Journey = {
  readonly root: number;
  readonly title: string;
  readonly hops: readonly Hop[];
};

/** The journeys in the order in which they began. */
export function journeysOf(frames: readonly Captured[]): Journey[] {
  // First of all, since a packet may wait for an ARP reply that it has led to.
  const parents = new Map(
    frames.flatMap(({ frame, causeFrame }) =>
      frame === undefined || causeFrame === undefined ? [] : [[frame, causeFrame]],
    ),
  );
  const firsts = new Map<number, Captured>();
  const hops = new Map<number, Hop[]>();
  /** The hop that a frame is on, until it has come in. */
  const open = new Map<number, { readonly hops: Hop[]; readonly at: number }>();
  for (const packet of frames) {
    const { frame, causeFrame, out, dropped } = packet;
    if (frame === undefined) continue;
    const root = rootOf(frame, parents);
    const own = hops.get(root) ?? [];
    hops.set(root, own);
    if (out && !dropped) {
      const before = firsts.get(causeFrame ?? 0);
      own.push({
        ...{ number: packet.number, time: packet.time, from: packet },
        changes: before === undefined ? [] : changesBetween(before, packet),
      });
      open.set(frame, { hops: own, at: own.length - 1 });
    }
    if (!firsts.has(frame)) firsts.set(frame, packet);
    const way = open.get(frame);
    const hop = way?.hops[way.at];
    if (way === undefined || hop === undefined) continue;
    if (!out && !dropped && hop.to === undefined) way.hops[way.at] = { ...hop, to: packet };
    else if (dropped && !isUsualDrop(packet)) way.hops[way.at] = { ...hop, dropped };
  }
  return [...hops].flatMap(([root, own]) => {
    const title = firsts.get(root)?.cause ?? own[0]?.from.cause ?? "";
    const sorted = own.filter(({ number }) => number > 0).sort((a, b) => a.number - b.number);
    return sorted.length === 0 ? [] : [{ root, title, hops: sorted }];
  });
}

function rootOf(frame: number, parents: ReadonlyMap<number, number>): number {
  let root = frame;
  // A frame's cause is always older, so this ends.
  for (let parent = parents.get(root); parent !== undefined; parent = parents.get(root))
    root = parent;
  return root;
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
