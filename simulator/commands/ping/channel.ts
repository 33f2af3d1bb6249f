// What ping needs of a protocol: send one echo request, and hear what came of those that were sent.
// Not here: the protocols (channel4.ts, channel6.ts), when to send (runPing.ts).

import type { Errno } from "../../net/core/errno.ts";
import type { Wait } from "../../process/wait.ts";

/** Who sent something: the key by which a name is looked up, and the address as text. */
export type Sender = { readonly key: number | string; readonly text: string };

/** What came. Times are the clock's microseconds. */
export type EchoEvent =
  | {
      readonly type: "reply";
      readonly sequence: number;
      readonly from: Sender;
      /** Length of the ICMP message. */
      readonly bytes: number;
      readonly ttl: number;
      readonly time: number;
    }
  /** An ICMP error about one of ours; `rest` is what ping says behind the sender. */
  | {
      readonly type: "error";
      readonly sequence: number;
      readonly from: Sender;
      readonly rest: string;
    }
  /** A redirect: no error, but worth a line. */
  | { readonly type: "notice"; readonly from: Sender; readonly rest: string }
  /** Our own kernel refused it; the line goes to standard error. */
  | { readonly type: "local"; readonly line: string };

/** One way to ask for echoes. */
export type EchoChannel = {
  /** The first line: "PING 10.0.0.1 (10.0.0.1) 56(84) bytes of data." */
  readonly opening: string;
  /** Many may answer one request. */
  readonly multicast: boolean;
  /** Sends a request; `confirm` says that the last one was answered. */
  send(sequence: number, confirm: boolean): Errno | undefined;
  next(): EchoEvent | undefined;
  readonly changed: Wait;
  close(): void;
};

/** Why there is no channel: what goes to standard error, and the exit status. */
export type NoChannel = { readonly complaint: string; readonly code: number };

/** The data of a request: a place for the time, then a pattern. */
export function echoData(size: number, pattern: readonly number[] | undefined): Uint8Array {
  const data = new Uint8Array(size);
  for (let at = 0; at < size; at++)
    data[at] = pattern === undefined ? at : (pattern[at % pattern.length] ?? 0);
  return data;
}

/** Writes the time of sending into the data, as a 64-bit timeval does (little-endian). */
export function stampData(data: Uint8Array, time: number): void {
  if (data.length < 16) return;
  const view = new DataView(data.buffer, data.byteOffset);
  view.setBigInt64(0, BigInt(Math.floor(time / 1e6)), true);
  view.setBigInt64(8, BigInt(time % 1e6), true);
}
