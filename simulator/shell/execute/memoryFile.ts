// The open file behind a here-document or a here-string.
// Not simulated: the pipe or the unlinked file that bash puts it in; /proc/PID/fd shows its label.

import type { OpenFile } from "../../process/process.ts";

/** A file that holds this text and can be read once. */
export function memoryFile(text: string): OpenFile {
  let at = 0;
  return {
    kind: "pipe",
    label: "pipe:[0]",
    read(_self, max) {
      const bytes = text.slice(at, at + max);
      at += bytes.length;
      return bytes;
    },
    write: () => ({ errno: "EBADF" }),
    changed: (wake) => {
      wake();
      return () => {};
    },
    references: 1,
    release() {},
  };
}
