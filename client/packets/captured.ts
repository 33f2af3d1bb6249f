// Frames as the page keeps them: the bytes decoded, the newest ones only, with the names of where they
// were seen.

import type { NetworkState } from "../../shared/network.ts";
import type { Packet } from "../../shared/packets.ts";
import { bytesOf } from "../session/outputLog.ts";

/** The page keeps so many frames; the oldest go. */
const MOST_KEPT = 20_000;

/** A frame with its bytes. */
export type Captured = Omit<Packet, "data"> & { readonly bytes: Uint8Array };

/** Frames of one life of the sandbox. */
export type Frames = {
  readonly life: number;
  readonly list: readonly Captured[];
  /** Why there are none, where they cannot be captured. */
  readonly missing?: string | undefined;
};

/** News of frames as the page gets them. */
type News = {
  readonly life: number;
  readonly packets: readonly Packet[];
  readonly missing?: string | undefined;
};

/** What the page has, and what comes now; frames of another life end the list. */
export function withPackets(known: Frames | undefined, { life, packets, missing }: News): Frames {
  const kept = known?.life === life ? known.list : [];
  const added = packets.map(({ data, ...packet }) => ({ ...packet, bytes: bytesOf(data) }));
  const list = [...kept, ...added];
  return { life, missing, list: list.slice(-MOST_KEPT) };
}

/** Where a frame was seen, in words: "netns12 veth12". */
export function placeOf(packet: Captured, names: ReadonlyMap<number, string>): string {
  return `${names.get(packet.namespace) ?? "gone"} ${packet.device}`;
}

/** Names of namespaces by their inodes. */
export function namespaceNames(state: NetworkState | undefined): ReadonlyMap<number, string> {
  return new Map(state?.namespaces.map(({ inode, name }) => [inode, name]));
}
