// Pipes and FIFOs (pipe(7), fifo(7)): 64 KiB between writers and readers; a write of up to 4096
// bytes is taken as a whole or not at all. Nobody left to read is EPIPE, nobody left to write is the
// end. A FIFO waits for its first partner instead.
// Not simulated: packet mode, changing the size.

import type { Machine } from "./machine.ts";
import type { ByteString, OpenFile } from "./process.ts";
import { createWaitQueue } from "./wait.ts";

/** Bytes that a pipe holds. */
const CAPACITY = 65536;

/** Up to here a write is not split. */
const ATOMIC = 4096;

/** The two ends of a pipe, each with one reference. */
export type Pipe = { readonly readEnd: OpenFile; readonly writeEnd: OpenFile };

/** A new pipe. */
export function createPipe(machine: Machine): Pipe {
  const fifo = createFifo(`pipe:[${machine.nextFileInode++}]`);
  return {
    readEnd: fifo.open({ read: true, write: false }),
    writeEnd: fifo.open({ read: false, write: true }),
  };
}

/** Which ends an open file has. */
type Ends = { readonly read: boolean; readonly write: boolean };

/** A buffer that can be opened again and again, to read, to write or both. */
export type Fifo = { open(ends: Ends): OpenFile };

/** A FIFO; `label` names it in /proc/PID/fd. */
export function createFifo(label: string): Fifo {
  const queue = createWaitQueue();
  let data: ByteString = "";
  let readers = 0;
  let writers = 0;
  // Every opening so far: who comes after the last partner has left waits for the next one.
  let readersEver = 0;
  let writersEver = 0;
  // A writer has left before anybody came to read; Linux would have held it at open(2).
  let writerUnmet = false;
  const readSome = (max: number, writersMissed: number) => {
    if (data === "") return writers > 0 || writersEver === writersMissed ? "again" : "";
    const bytes = data.slice(0, max);
    data = data.slice(bytes.length);
    queue.wakeAll();
    return bytes;
  };
  const writeSome = (bytes: ByteString, readersMissed: number) => {
    if (readers === 0) {
      return readersEver === readersMissed ? "again" : ({ errno: "EPIPE" } as const);
    }
    const room = CAPACITY - data.length;
    const count = bytes.length <= ATOMIC && bytes.length > room ? 0 : Math.min(room, bytes.length);
    if (count === 0) return "again";
    data += count === bytes.length ? bytes : bytes.slice(0, count);
    queue.wakeAll();
    return count;
  };
  const refuse = { errno: "EBADF" } as const;
  return {
    open({ read, write }) {
      const partner = writers > 0 || data !== "" || writerUnmet;
      const writersMissed = partner ? -1 : writersEver;
      const readersMissed = readers === 0 ? readersEver : -1;
      if (write) {
        writers += 1;
        writersEver += 1;
      }
      if (read) {
        readers += 1;
        readersEver += 1;
        writerUnmet = false;
      }
      queue.wakeAll();
      return {
        kind: "pipe",
        label,
        read: (_self, max) => (read ? readSome(max, writersMissed) : refuse),
        write: (_self, bytes) => (write ? writeSome(bytes, readersMissed) : refuse),
        changed: queue.wait,
        references: 1,
        release() {
          if (write) writers -= 1;
          if (write && readersEver === readersMissed) writerUnmet = true;
          if (read) readers -= 1;
          if (readers === 0 && writers === 0) data = "";
          queue.wakeAll();
        },
      };
    },
  };
}
