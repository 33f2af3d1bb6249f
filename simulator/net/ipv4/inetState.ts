// What IPv4 of one namespace holds beside addresses and routes: its sockets, the peers it limits its
// ICMP errors to, the identifiers it gave out, fragments that wait for the rest.
// Policy: made at the first use, so a namespace in which nothing happens costs nothing. Counters are
// named as /proc/net/snmp and netstat name them, with their line: "Ip.InReceives".
// Not here: what sockets do (raw.ts, udp.ts, tcp.ts).

import type { Net } from "../core/netNamespace.ts";
import type { InetPeer } from "./inetPeer.ts";
import type { RawSocket, TcpProtocol, TcpSocket, UdpSocket } from "./inetSocket.ts";
import type { FragmentQueue } from "./ipFragment.ts";

/** IPv4's own state in one namespace. */
export type InetState = {
  readonly raw: Set<RawSocket>;
  /** UDP sockets by local port, the newest last. */
  readonly udp: Map<number, UdpSocket[]>;
  /** TCP listeners by local port, and connections by "local:port-remote:port". */
  readonly tcpListeners: Map<number, TcpSocket[]>;
  readonly tcpConnections: Map<string, TcpSocket>;
  /** Comes with the first TCP socket. */
  tcp: TcpProtocol | undefined;
  readonly peers: Map<number, InetPeer>;
  readonly fragments: Map<string, FragmentQueue>;
  /** The last identifier of a source, destination and protocol, and when it was given. */
  readonly identifiers: Map<number, { value: number; time: number }>;
  /** Memory for new frames, of which `slabUsed` bytes are taken; only the first namespace's is used. */
  slab: Uint8Array;
  slabUsed: number;
};

/** IPv4's own state of a namespace. */
export function inetOf(net: Net): InetState {
  let state = net.ip4.inet;
  if (state === undefined) {
    state = {
      raw: new Set(),
      udp: new Map(),
      tcpListeners: new Map(),
      tcpConnections: new Map(),
      tcp: undefined,
      peers: new Map(),
      fragments: new Map(),
      identifiers: new Map(),
      slab: new Uint8Array(),
      slabUsed: 0,
    };
    net.ip4.inet = state;
  }
  return state;
}

const SLAB = 32_768;

/**
 * Zeroed memory for a frame. Engines need several times longer for a buffer of its own than for a
 * part of a larger one, and forwarding lives on that.
 */
export function newFrame(net: Net, length: number): Uint8Array {
  if (length > 2048) return new Uint8Array(length);
  const state = inetOf(net.kernel.initNet);
  if (state.slabUsed + length > state.slab.length) {
    state.slab = new Uint8Array(SLAB);
    state.slabUsed = 0;
  }
  const from = state.slabUsed;
  state.slabUsed += length;
  return state.slab.subarray(from, from + length);
}

/** Counts in /proc/net/snmp or netstat. */
export function count(net: Net, name: string, by = 1): void {
  net.counters.set(name, (net.counters.get(name) ?? 0) + by);
}

/** Counters of ICMP messages by type beside the counter of each type; others have none. */
const ICMP_COUNTERS: Partial<Record<number, string>> = {
  0: "EchoReps",
  3: "DestUnreachs",
  4: "SrcQuenchs",
  5: "Redirects",
  8: "Echos",
  11: "TimeExcds",
  12: "ParmProbs",
  13: "Timestamps",
  14: "TimestampReps",
  17: "AddrMasks",
  18: "AddrMaskReps",
};

/** Counts an ICMP message that came in or goes out. */
export function countIcmp(net: Net, way: "In" | "Out", type: number): void {
  count(net, `IcmpMsg.${way}Type${type}`);
  const name = ICMP_COUNTERS[type];
  if (name !== undefined) count(net, `Icmp.${way}${name}`);
}

const MAX_IDENTIFIERS = 2048;

/**
 * The identifier for the next packet (__ip_select_ident): a counter per source, destination and
 * protocol that also moves on by chance with the time that has passed.
 */
export function nextIdentifier(
  net: Net,
  packet: { readonly source: number; readonly destination: number; readonly protocol: number },
): number {
  const { identifiers } = inetOf(net);
  const { clock, random } = net.kernel;
  const key =
    packet.source * 0x200000 + (((packet.destination ^ packet.protocol) >>> 0) % 0x200000);
  let counter = identifiers.get(key);
  if (counter === undefined) {
    if (identifiers.size >= MAX_IDENTIFIERS) identifiers.clear();
    counter = { value: random.below(0x10000), time: clock.now };
    identifiers.set(key, counter);
  }
  const jiffies = Math.floor(clock.now / 4000) - Math.floor(counter.time / 4000);
  counter.time = clock.now;
  counter.value = (counter.value + 1 + (jiffies > 0 ? random.below(jiffies) : 0)) & 0xffff;
  return counter.value;
}
