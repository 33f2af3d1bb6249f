// Where packets go: text to standard output through the buffer of stdio (4096 bytes, line by line on a
// terminal or with -l), and bytes to a file through another one (-w).

import { type Errno, errnoText } from "../../net/core/errno.ts";
import { warn, writeFile } from "../../process/io.ts";
import type { OpenFile, Process } from "../../process/process.ts";
import type { Steps } from "../../process/wait.ts";

/** The size of stdio's buffers. */
const BUFFER = 4096;

/** A stream with a buffer. */
export type Stream = {
  /** Takes bytes; an errno when writing them failed. */
  add(text: string): Steps<Errno | undefined>;
  /** Writes everything. */
  flush(): Steps<Errno | undefined>;
};

/** When a stream writes: at once, up to the last newline, or when its buffer is full. */
export type Buffering = "none" | "line" | "full";

/** A stream onto an open file. */
export function openStream(self: Process, file: OpenFile, buffering: Buffering): Stream {
  let buffer = "";
  function* put(count: number): Steps<Errno | undefined> {
    const text = buffer.slice(0, count);
    buffer = buffer.slice(count);
    return text === "" ? undefined : yield* writeFile(self, file, text);
  }
  return {
    *add(text) {
      buffer += text;
      if (buffering === "none") return yield* put(buffer.length);
      const line = buffering === "line" ? buffer.lastIndexOf("\n") + 1 : 0;
      if (line > 0) return yield* put(line);
      if (buffer.length < BUFFER) return undefined;
      return yield* put(buffer.length - (buffer.length % BUFFER));
    },
    flush: () => put(buffer.length),
  };
}

/** Says that standard output is broken; tcpdump ends then. */
export function* outputBroke(self: Process, errno: Errno): Steps<number> {
  yield* warn(self, `tcpdump: Unable to write output: ${errnoText(errno)}\n`);
  return 1;
}

/** Bytes as files carry them. */
export function byteString(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
