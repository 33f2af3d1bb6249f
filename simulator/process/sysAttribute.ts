// One value per file, as /sys has it: read as a line, written as a number or a word (sysfs).
// Not here: which values there are (sysFiles.ts, sysBridge.ts).

import type { Errno } from "../net/core/errno.ts";
import type { ComputedFile, FileError } from "./fileNodes.ts";

/** A file of /sys: read-only unless it has a `write`. */
export function attribute(
  text: () => string | number | FileError,
  write?: (text: string) => Errno | undefined,
): ComputedFile {
  return {
    type: "computed",
    mode: write === undefined ? 0o444 : 0o644,
    size: 4096,
    strict: true,
    text: () => {
      const answer = text();
      return typeof answer === "object" ? answer : `${answer}\n`;
    },
    ...(write === undefined ? {} : { write: (_self, bytes) => write(bytes) }),
  };
}

/** A number as the kernel's kstrtoul reads it; undefined when it is none. */
export function numberOf(text: string): number | undefined {
  const word = text.replace(/\n$/, "");
  return /^(0[xX][0-9a-fA-F]{1,12}|\d{1,15})$/.test(word) ? Number(word) : undefined;
}
