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
  return { readEnd: fifo.open(false), writeEnd: fifo.open(true) };
}

/** A buffer that can be opened again and again, to read or to write. */
export type Fifo = { open(write: boolean): OpenFile };

/** A FIFO; `label` names it in /proc/PID/fd. */
export function createFifo(label: string): Fifo {
  const queue = createWaitQueue();
  let data: ByteString = "";
  let readers = 0;
  let writers = 0;
  let hadReader = false;
  let hadWriter = false;
  const readSome = (max: number) => {
    if (data === "") return writers > 0 || !hadWriter ? "again" : "";
    const bytes = data.slice(0, max);
    data = data.slice(bytes.length);
    queue.wakeAll();
    return bytes;
  };
  const writeSome = (bytes: ByteString) => {
    if (readers === 0) return hadReader ? ({ errno: "EPIPE" } as const) : "again";
    const room = CAPACITY - data.length;
    const count = bytes.length <= ATOMIC && bytes.length > room ? 0 : Math.min(room, bytes.length);
    if (count === 0) return "again";
    data += count === bytes.length ? bytes : bytes.slice(0, count);
    queue.wakeAll();
    return count;
  };
  return {
    open(write) {
      if (write) {
        writers += 1;
        hadWriter = true;
      } else {
        readers += 1;
        hadReader = true;
      }
      queue.wakeAll();
      return {
        kind: "pipe",
        label,
        read: (_self, max) => (write ? { errno: "EBADF" } : readSome(max)),
        write: (_self, bytes) => (write ? writeSome(bytes) : { errno: "EBADF" }),
        changed: queue.wait,
        references: 1,
        release() {
          if (write) writers -= 1;
          else readers -= 1;
          if (readers === 0 && writers === 0) data = "";
          queue.wakeAll();
        },
      };
    },
  };
}
