// What traceroute needs of a protocol: send one probe with a TTL, and hear what came of those that
// were sent.
// Not here: the protocols (probes4.ts, probes6.ts), when to send (runTraceroute.ts).

import { type Errno, errnoText } from "../../net/core/errno.ts";
import type { Wait } from "../../process/wait.ts";

/** What came back for one probe. */
export type ProbeAnswer = {
  readonly probe: number;
  /** Who sent it; undefined for our own kernel. */
  readonly from: number | string | undefined;
  /** When, by the clock. */
  readonly time: number;
  /** "!H" and its kin; empty for none. */
  readonly mark: string;
  /** There is nothing to look for behind it. */
  readonly final: boolean;
};

/** One way to probe. */
export type ProbeChannel = {
  /** Sends a probe; what it says of a call that failed. */
  send(probe: number, ttl: number): string | undefined;
  next(): ProbeAnswer | undefined;
  /** Comes when there may be an answer. */
  waits(): readonly Wait[];
  /** Nobody waits for this probe's answer any more. */
  forget(probe: number): void;
  close(): void;
};

/** How probes are to be sent. */
export type ProbeSettings = {
  method: "default" | "udp" | "icmp" | "tcp";
  dontFragment: boolean;
  device: string | undefined;
  source: number | string | undefined;
  port: number | undefined;
  sourcePort: number | undefined;
  tos: number;
  mark: number | undefined;
  flowLabel: number | undefined;
  dontRoute: boolean;
  /** Bytes behind the headers of IP and UDP (or ICMP). */
  dataLength: number;
};

/** "connect: Network is unreachable". */
export function callText(call: string, errno: Errno): string {
  return `${call}: ${errnoText(errno)}\n`;
}

/** Where the ports of the default method begin. */
export const FIRST_PORT = 33434;

/** The constant port of a method that has one. */
export function constantPort({ method, port }: ProbeSettings): number {
  return port || (method === "tcp" ? 80 : 53);
}

/** The data of a probe: "@ABC…", from the first byte behind IP or UDP on. */
export function probeData(length: number, from = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => 0x40 + ((at + from) & 0x3f));
}

/** The options of a probe's SYN: MSS, SACK, time stamps, window scale 2. */
export function synOptions(mss: number, stamp: number): Uint8Array {
  const time = [24, 16, 8, 0].map((shift) => (stamp >>> shift) & 255);
  return Uint8Array.of(2, 4, mss >> 8, mss & 255, 4, 2, 8, 10, ...time, 0, 0, 0, 0, 1, 3, 3, 2);
}
