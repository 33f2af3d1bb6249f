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

/** What a refused send says; that a packet is too long comes by the error queue. */
export function sendFailed(errno: Errno | undefined): string | undefined {
  if (errno === "ENOBUFS") return callText("send probe", errno);
  const told = errno === undefined || errno === "EMSGSIZE" || errno === "EHOSTUNREACH";
  return told ? undefined : callText("send", errno);
}

type Call = readonly [name: string, call: () => Errno | undefined];

/** Makes calls one after the other; the first that fails closes the socket, and its text is the answer. */
export function callsFailed(socket: { close(): void }, calls: readonly Call[]): string | undefined {
  for (const [name, call] of calls) {
    const errno = call();
    if (errno === undefined) continue;
    socket.close();
    return callText(name, errno);
  }
  return undefined;
}

/** What all probes by one raw socket need of it, whatever its family. */
type OneSocket = {
  error: Errno | undefined;
  readonly received: { readonly payload: Uint8Array; source: number | string; time: number }[];
  readonly changed: Wait;
  close(): void;
};

type QueuedProbeError = { readonly origin: string; readonly original: Uint8Array };

/** How one protocol sends its probes and knows them again. */
export type RawProtocol<Error extends QueuedProbeError> = {
  send(probe: number, ttl: number): Errno | undefined;
  nextError(): Error | undefined;
  probeOfError(original: Uint8Array): number | undefined;
  probeOfReply(packet: Uint8Array): number | undefined;
  answerOf(error: Error, probe: number): ProbeAnswer;
};

/** Probes that one raw socket sends and hears. */
export function rawProbes<Error extends QueuedProbeError>(
  socket: OneSocket,
  protocol: RawProtocol<Error>,
): ProbeChannel {
  let lastSent = 0;
  const { nextError } = protocol;
  return {
    send(probe, ttl) {
      socket.error = undefined;
      lastSent = probe;
      return sendFailed(protocol.send(probe, ttl));
    },
    next() {
      for (let error = nextError(); error !== undefined; error = nextError()) {
        const local = error.origin === "local";
        const probe = local ? lastSent : protocol.probeOfError(error.original);
        if (probe !== undefined) return protocol.answerOf(error, probe);
      }
      for (let one = socket.received.shift(); one !== undefined; one = socket.received.shift()) {
        const probe = protocol.probeOfReply(one.payload);
        if (probe === undefined) continue;
        return { probe, from: one.source, time: one.time, mark: "", final: true };
      }
      return undefined;
    },
    waits: () => [socket.changed],
    forget: () => undefined,
    close: () => socket.close(),
  };
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
