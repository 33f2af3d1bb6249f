// Which frames belong together? Each frame knows the one that led to it, so all of them hang on one that
// a command or a timer has made.

import type { Captured } from "./captured.ts";

/** Frames by the number of the first one of their chain, in the order in which they were seen. */
export function byFirstCause(frames: readonly Captured[]): ReadonlyMap<number, Captured[]> {
  // First of all, since a packet may wait for an ARP reply that it has led to.
  const parents = new Map(
    frames.flatMap(({ frame, causeFrame }) =>
      frame === undefined || causeFrame === undefined ? [] : [[frame, causeFrame]],
    ),
  );
  const chains = new Map<number, Captured[]>();
  for (const packet of frames) {
    if (packet.frame === undefined) continue;
    let first = packet.frame;
    // A frame's cause is always older, so this ends.
    for (let up = parents.get(first); up !== undefined; up = parents.get(first)) first = up;
    const chain = chains.get(first);
    if (chain === undefined) chains.set(first, [packet]);
    else chain.push(packet);
  }
  return chains;
}
