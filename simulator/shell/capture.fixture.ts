// A file for tests that keeps what is written to it.

import type { OpenFile } from "../process/process.ts";

/** The file, and what was written so far; it keeps the first megabyte. */
export function printTo(): { file: OpenFile; text: () => string } {
  let written = "";
  const file: OpenFile = {
    kind: "pipe",
    label: "pipe:[1]",
    read: () => ({ errno: "EBADF" }),
    write(_self, bytes) {
      if (written.length < 1_000_000) written += bytes;
      return bytes.length;
    },
    changed: (wake) => {
      wake();
      return () => {};
    },
    references: 0,
    release() {},
  };
  return { file, text: () => written };
}
