// What a run or a terminal printed, in the order in which it came. A terminal's log is a window
// over its newest bytes; a run's log is whole, since the server already limits it.

/** `history` was printed before this connection: a terminal must not answer its questions again. */
export type OutputChunk = { readonly bytes: Uint8Array; readonly history: boolean };

/** Grows at its end; `chunks` may be read at any time. */
export type OutputLog = {
  readonly chunks: readonly OutputChunk[];
  /** How many chunks have been dropped at the front. */
  readonly dropped: number;
  /** Bytes in `chunks`. */
  readonly size: number;
  append(chunk: OutputChunk): void;
};

/** A log that keeps at least its newest `limit` bytes. */
export function outputLog(limit = Number.POSITIVE_INFINITY): OutputLog {
  const chunks: OutputChunk[] = [];
  let dropped = 0;
  let size = 0;
  return {
    chunks,
    get dropped() {
      return dropped;
    },
    get size() {
      return size;
    },
    append(chunk) {
      chunks.push(chunk);
      size += chunk.bytes.length;
      while (chunks[0] && size - chunks[0].bytes.length >= limit) {
        size -= chunks.shift()?.bytes.length ?? 0;
        dropped += 1;
      }
    },
  };
}

/** Everything a log holds, as one array. */
export function joined(log: OutputLog): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(log.size);
  let at = 0;
  for (const { bytes } of log.chunks) {
    all.set(bytes, at);
    at += bytes.length;
  }
  return all;
}

/** Bytes of a base64 text. */
export function bytesOf(base64: string): Uint8Array {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}
