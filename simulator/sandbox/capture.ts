// Every frame at every device of a machine, told in batches. Nothing is collected before somebody
// listens, since the kernel spares work where nobody looks.
// Policy: a reader who is slower than the network gets the newest frames; the others are left out.

import { base64 } from "../../shared/base64.ts";
import type { Packet } from "../../shared/packets.ts";
import type { PacketFact } from "../net/core/kernel.ts";
import type { Machine } from "../process/machine.ts";
import { taggedFrame } from "../wire/ethernet.ts";

/** Frames that may wait for whoever listens. */
const MOST_WAITING = 20_000;

/** A capture; `afterSlice` is called when the machine has worked. */
export type Capture = {
  readonly batches: AsyncIterable<readonly Packet[]>;
  afterSlice(): void;
  end(): void;
};

/** Prepares one; it begins with its first reader, and has one reader at a time. */
export function createCapture(machine: Machine): Capture {
  let waiting: Packet[] = [];
  let number = 0;
  let ended = false;
  let wake = () => {};
  const listener = (fact: PacketFact) => {
    number += 1;
    waiting.push(packetOf(fact, number));
    if (waiting.length > MOST_WAITING * 1.25) waiting = waiting.slice(-MOST_WAITING);
  };
  return {
    afterSlice: () => {
      if (waiting.length > 0) wake();
    },
    end() {
      ended = true;
      machine.kernel.packetListeners.delete(listener);
      wake();
    },
    batches: {
      async *[Symbol.asyncIterator]() {
        machine.kernel.packetListeners.add(listener);
        while (!ended) {
          if (waiting.length === 0) {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
          const batch = waiting;
          waiting = [];
          if (batch.length > 0) yield batch;
        }
      },
    },
  };
}

function packetOf(fact: PacketFact, number: number): Packet {
  const { skb, dev, time } = fact;
  const { cause } = skb;
  const bytes = skb.vlan === undefined ? skb.frame : taggedFrame(skb.frame, skb.vlan);
  return {
    ...{ number, time: Math.floor(time), namespace: dev.net.inode, index: dev.ifindex },
    ...{ device: dev.name, out: fact.type === "seen" && fact.out, data: base64(bytes) },
    frame: skb.id,
    ...(cause === undefined ? {} : { cause: cause.text }),
    ...(cause?.frame === undefined ? {} : { causeFrame: cause.frame }),
    ...(fact.type === "seen" ? {} : { dropped: { reason: fact.reason, detail: fact.detail } }),
  };
}
