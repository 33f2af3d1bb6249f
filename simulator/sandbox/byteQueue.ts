// From a machine that never waits to a reader who does: pieces of output in order, and whether there
// is room for more. One consumer. While nobody consumes, only the latest output may be kept.
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

/** How a queue behaves. */
export type ByteQueueOptions = {
  /** Called when there is room again. */
  drained(): void;
  /** True: before anybody consumes there is always room, but what is old is dropped. */
  readonly keepsLatest?: boolean;
};

/** An empty queue. */
export function byteQueue({ drained, keepsLatest = false }: ByteQueueOptions): ByteQueue {
  let items: Uint8Array[] = [];
  let waiting = 0;
  let dropped = 0;
  let ended = false;
  let consumed = !keepsLatest;
  let notify: () => void = () => {};
  const take = (): Uint8Array[] => {
    const taken = items.slice(dropped);
    const full = waiting >= ROOM;
    items = [];
    dropped = 0;
    waiting = 0;
    if (full) drained();
    return taken;
  };
  const dropOldest = (): void => {
    while (waiting > ROOM) {
      waiting -= items[dropped]?.length ?? waiting;
      dropped += 1;
    }
    if (dropped < 4096) return;
    items = items.slice(dropped);
    dropped = 0;
  };
  return {
    push(bytes) {
      if (ended) return;
      items.push(bytes);
      waiting += bytes.length;
      if (!consumed) dropOldest();
      notify();
    },
    get hasRoom() {
      return !consumed || waiting < ROOM;
    },
    end() {
      ended = true;
      notify();
    },
    async *[Symbol.asyncIterator]() {
      consumed = true;
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

/** The byte string of bytes. */
export function byteString(bytes: Uint8Array): ByteString {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return text;
}
