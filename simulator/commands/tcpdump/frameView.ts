// A captured packet as a filter sees it: bytes with their link header, the tag that may stand beside
// them, and which way it went (pcap-filter(7)).
// Not here: what is asked of it (filterTerms.ts).

import type { PacketType } from "../../net/core/skbuff.ts";
import { get16, get32 } from "../../wire/bytes.ts";

/** A packet to be judged. `link` is 14 for Ethernet, 20 for a cooked header of version 2. */
export type FrameView = {
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly link: 14 | 20;
  /** VID and PCP of a tag that is not in the bytes. */
  readonly tag: { readonly vid: number; readonly pcp: number } | undefined;
  readonly packetType: PacketType | undefined;
};

/** EtherType behind `tags` tags that are in the bytes. */
export function typeAt(view: FrameView, tags: number): number {
  if (view.link === 20) return get16(view.bytes, 0);
  return get16(view.bytes, 12 + 4 * tags);
}

/** Where the network header begins behind `tags` tags in the bytes. */
export function networkAt(view: FrameView, tags: number): number {
  return view.link + 4 * tags;
}

/** True when there are `length` bytes at `at`. */
export function reaches(view: FrameView, at: number, length: number): boolean {
  return at >= 0 && at + length <= view.bytes.length;
}

/** A number of 1, 2 or 4 bytes; undefined beyond the end. */
export function numberAt(view: FrameView, at: number, size: number): number | undefined {
  if (!reaches(view, at, size)) return undefined;
  if (size === 1) return view.bytes[at];
  return size === 2 ? get16(view.bytes, at) : get32(view.bytes, at);
}
