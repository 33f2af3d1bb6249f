// Reads files and standard input line by line, as the text tools do. "-" is standard input.
// `ready` gives a line that has been read already, so that most lines cost no waiting:
// `lines.ready() ?? (yield* lines.next())`.
// Not simulated: the sizes of the blocks that real tools read.

import type { Errno } from "../../net/core/errno.ts";
import { readOrErrno } from "../../process/io.ts";
import { closeFile, freeDescriptor } from "../../process/openFiles.ts";
import type { Process } from "../../process/process.ts";
import type { Steps } from "../../process/wait.ts";

/** Lines of an open file. */
export type Lines = {
  /** A line that is there, without its end; undefined when the file has to be read. */
  ready(): string | undefined;
  /** The next line; undefined at the end. */
  next(): Steps<string | undefined>;
  /** True when there is no more line. */
  atEnd(): Steps<boolean>;
  /** False when the line that came last had no end. */
  readonly terminated: boolean;
  /** Why reading stopped, if not at the end. */
  readonly errno: Errno | undefined;
  /** Gives back what was read and not used, where the file can be set back. */
  giveBack(): void;
  close(): void;
};

/** Opens an operand for reading; or says why not. */
export function openLines(self: Process, operand: string, separator = "\n"): Lines | Errno {
  const fd = openOperand(self, operand);
  return typeof fd === "number" ? readLines(self, fd, separator) : fd;
}

/** The descriptor of an operand that was opened for reading; or why it was not. */
export function openOperand(self: Process, operand: string): number | Errno {
  if (operand === "-") return self.files.has(0) ? 0 : "EBADF";
  const file = self.machine.files.open(self, operand, { read: true });
  if ("errno" in file) return file.errno;
  const fd = freeDescriptor(self, 3);
  self.files.set(fd, file);
  return fd;
}

/** The lines of a descriptor. */
export function readLines(self: Process, fd: number, separator = "\n"): Lines {
  let buffer = "";
  let at = 0;
  let ended = false;
  let terminated = true;
  let errno: Errno | undefined;
  const ready = (): string | undefined => {
    const end = buffer.indexOf(separator, at);
    if (end < 0) return undefined;
    const line = buffer.slice(at, end);
    at = end + 1;
    return line;
  };
  function* more(): Steps<boolean> {
    if (ended) return false;
    const bytes = yield* readOrErrno(self, fd, 65536);
    if (typeof bytes !== "string") errno = bytes.errno;
    if (typeof bytes !== "string" || bytes === "") {
      ended = true;
      return false;
    }
    buffer = at < buffer.length ? buffer.slice(at) + bytes : bytes;
    at = 0;
    return true;
  }
  return {
    ready,
    *next() {
      for (;;) {
        const line = ready();
        if (line !== undefined) return line;
        if (yield* more()) continue;
        if (at >= buffer.length) return undefined;
        const rest = buffer.slice(at);
        at = buffer.length;
        terminated = false;
        return rest;
      }
    },
    *atEnd() {
      return at >= buffer.length && !(yield* more());
    },
    get terminated() {
      return terminated;
    },
    get errno() {
      return errno;
    },
    giveBack() {
      const file = self.files.get(fd);
      if (file?.position !== undefined) file.position -= buffer.length - at;
      at = buffer.length;
    },
    close() {
      if (fd !== 0) closeFile(self, fd);
    },
  };
}
