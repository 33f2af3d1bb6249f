// From a machine that never waits to a reader who does: pieces of output in order, and whether there
// is room for more. One consumer.
// Not here: what becomes of a full queue (the terminal tells programs to wait).

import type { ByteString } from "../process/process.ts";

/** Bytes on their way out. */
export type ByteQueue = AsyncIterable<Uint8Array> & {
  push(bytes: Uint8Array): void;
  /** False while the reader is far behind. */
  readonly hasRoom: boolean;
  /** No more will come; what is there is still handed over. */
  end(): void;
};

/** What may wait before programs have to, in bytes. */
const ROOM = 256 * 1024;

/** A queue; `drained` is called when there is room again. */
export function byteQueue(drained: () => void): ByteQueue {
  let items: Uint8Array[] = [];
  let waiting = 0;
  let ended = false;
  let notify: () => void = () => {};
  const take = (): Uint8Array[] => {
    const taken = items;
    const full = waiting >= ROOM;
    items = [];
    waiting = 0;
    if (full) drained();
    return taken;
  };
  return {
    push(bytes) {
      if (ended) return;
      items.push(bytes);
      waiting += bytes.length;
      notify();
    },
    get hasRoom() {
      return waiting < ROOM;
    },
    end() {
      ended = true;
      notify();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        yield* take();
        if (items.length > 0) continue;
        if (ended) return;
        await new Promise<void>((resolve) => {
          notify = resolve;
        });
      }
    },
  };
}

/** The bytes of a byte string. */
export function bytesOf(text: ByteString): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}
