// The frames of a sandbox's life as far as they are kept: the newest ones, for pages that come later.
// Not here: frames of earlier lives; they are forgotten with their sandbox.

import type { Packet } from "../packets.ts";

/** More frames than this are not kept; the oldest go. */
const MOST = 20_000;

/** What one page may be told at once. */
const BATCH = 500;

/** Kept frames, and which life of the sandbox they are from. */
export class PacketLog {
  /** Rises with every sandbox, from 1. */
  life = 0;
  /** Why there are none, as a sentence; undefined where they are captured. */
  missing: string | undefined;
  #packets: Packet[] = [];

  /** A sandbox begins: nothing of it has been seen. */
  begin(): void {
    this.life += 1;
    this.missing = undefined;
    this.#packets = [];
  }

  add(packets: readonly Packet[]): void {
    for (const packet of packets) this.#packets.push(packet);
    // Not with every frame: to shift a long list takes as long as to make it.
    if (this.#packets.length > MOST * 1.25) this.#packets = this.#packets.slice(-MOST);
  }

  /** The next ones after the frame of this number, oldest first. */
  after(number: number): readonly Packet[] {
    const [first] = this.#packets;
    const from = first === undefined ? 0 : Math.max(0, number + 1 - first.number);
    return this.#packets.slice(from, from + BATCH);
  }
}
