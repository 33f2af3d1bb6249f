// How programs read and write: they wait until a pipe has room or something has come, and a write
// into a pipe that nobody reads ends them by SIGPIPE (read(2), write(2), pipe(7)).
// Text may hold characters above 255, such as the quotes of coreutils; they are written as UTF-8.
// Characters up to 255 are bytes and pass as they are.
// Not simulated: buffers of stdio; what is printed is written at once.

import type { Errno } from "../net/core/errno.ts";
import type { ByteString, OpenFile, Process } from "./process.ts";
import { sendSignal } from "./processTable.ts";
import { pause } from "./scheduler.ts";
import type { Steps, Wait } from "./wait.ts";

/** A refused read. */
export type ReadError = { readonly errno: Errno };

/** Text as bytes: characters above 255 in UTF-8, all others as they are. */
function toBytes(text: string): ByteString {
  return /[^\0-\xff]/.test(text)
    ? text.replace(/[\ud800-\udbff][\udc00-\udfff]|[^\0-\xff]/g, encodeUtf8)
    : text;
}

function encodeUtf8(character: string): ByteString {
  const code = character.codePointAt(0) ?? 0;
  const tail = (shift: number) => String.fromCharCode(0x80 | ((code >> shift) & 0x3f));
  if (code < 0x800) return String.fromCharCode(0xc0 | (code >> 6)) + tail(0);
  if (code < 0x10000) return String.fromCharCode(0xe0 | (code >> 12)) + tail(6) + tail(0);
  return String.fromCharCode(0xf0 | (code >> 18)) + tail(12) + tail(6) + tail(0);
}

/** Writes all of it to a descriptor, waiting while a pipe is full; the errno if that fails. */
export function* write(self: Process, fd: number, text: string): Steps<Errno | undefined> {
  const file = self.files.get(fd);
  return file === undefined ? "EBADF" : yield* writeFile(self, file, text);
}

/** As `write`, to an open file. */
export function* writeFile(self: Process, file: OpenFile, text: string): Steps<Errno | undefined> {
  let rest = toBytes(text);
  while (rest !== "") {
    const taken = file.write(self, rest);
    if (typeof taken === "number") {
      rest = rest.slice(taken);
    } else if (taken === "again") {
      yield file.changed;
    } else {
      if (taken.errno === "EPIPE") {
        sendSignal(self, "PIPE");
        yield pause;
      }
      return taken.errno;
    }
  }
  return undefined;
}

/** Writes to standard output. */
export function print(self: Process, text: string): Steps<Errno | undefined> {
  return write(self, 1, text);
}

/** Writes to standard error. */
export function warn(self: Process, text: string): Steps<Errno | undefined> {
  return write(self, 2, text);
}

/** Reads up to `max` bytes, waiting until some are there; "" at the end, or the errno. */
export function* readOrErrno(
  self: Process,
  fd: number,
  max: number,
): Steps<ByteString | ReadError> {
  const file = self.files.get(fd);
  if (file === undefined) return { errno: "EBADF" };
  for (;;) {
    const bytes = file.read(self, max);
    if (bytes !== "again") return bytes;
    yield file.changed;
  }
}

/** As `readOrErrno`, taking a failure for the end. */
export function* read(self: Process, fd: number, max: number): Steps<ByteString> {
  const bytes = yield* readOrErrno(self, fd, max);
  return typeof bytes === "string" ? bytes : "";
}

/** Everything up to the end. */
export function* readAll(self: Process, fd: number): Steps<ByteString> {
  const parts: ByteString[] = [];
  for (;;) {
    const bytes = yield* read(self, fd, 65536);
    if (bytes === "") return parts.join("");
    parts.push(bytes);
  }
}

/** Reads lines. */
export type LineReader = {
  /** The next line without its newline; undefined at the end. */
  next(): Steps<string | undefined>;
  /** False when the line that came last had no newline. */
  readonly terminated: boolean;
};

/** Reads a descriptor line by line. */
export function lineReader(self: Process, fd: number): LineReader {
  let buffer = "";
  let at = 0;
  let terminated = true;
  return {
    *next() {
      for (;;) {
        const end = buffer.indexOf("\n", at);
        if (end >= 0) {
          const line = buffer.slice(at, end);
          at = end + 1;
          return line;
        }
        const bytes = yield* read(self, fd, 65536);
        if (bytes === "") {
          const rest = buffer.slice(at);
          buffer = "";
          at = 0;
          if (rest === "") return undefined;
          terminated = false;
          return rest;
        }
        buffer = buffer.slice(at) + bytes;
        at = 0;
      }
    },
    get terminated() {
      return terminated;
    },
  };
}

/** Comes when so many microseconds have passed. */
export function timeout(self: Process, microseconds: number): Wait {
  return (wake) => {
    const timer = self.machine.clock.after(microseconds, wake);
    return () => timer.cancel();
  };
}

/** Lets so many microseconds pass. */
export function* sleep(self: Process, microseconds: number): Steps<void> {
  const { clock } = self.machine;
  const end = clock.now + microseconds;
  while (clock.now < end) yield timeout(self, end - clock.now);
}
