// The sockets of AF_INET as programs hold them (ip(7), raw(7), udp(7), tcp(7)), and what all kinds
// share: options, the error queue, how an ICMP error becomes an errno.
//
// How to use one: open it (openIcmpSocket, openUdpSocket, …), set its options, `send`; block with
// `yield socket.changed` and look again: with IP_RECVERR `nextError(socket)` until it is undefined,
// which also settles the pending error; without it `error`, which the reader sets back to undefined;
// then `received`, oldest first, with shift(). A pending error is returned by the next `send`.
// Always `close` it.
// Not simulated: socket buffers' accounting beyond a bound of messages, ancillary data.

import type { TcpHeader } from "../../wire/tcp.ts";
import type { Errno } from "../core/errno.ts";
import type { NetDevice } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import type { SkBuff } from "../core/skbuff.ts";
import { createWakeQueue, type Wait, type WakeQueue } from "../core/wakeQueue.ts";
import type { TcpControl } from "./tcpOutput.ts";

/** Messages that wait for their reader; what comes then is lost, as with a full SO_RCVBUF. */
export const MAX_WAITING = 256;

/** What a program may set on any of these sockets. */
export type SocketOptions = {
  /** SO_BINDTODEVICE. */
  device?: NetDevice | undefined;
  /** The address that bind(2) was given, 0 for any. */
  source?: number;
  /** IP_TTL; undefined follows net.ipv4.ip_default_ttl. */
  ttl?: number | undefined;
  tos?: number;
  /** SO_BROADCAST. */
  broadcast?: boolean;
  /** IP_MTU_DISCOVER. */
  pathMtu?: "dont" | "want" | "do" | "probe";
  /** IP_RECVERR: errors go to `errors` too. */
  receiveErrors?: boolean;
  multicastTtl?: number;
  multicastLoop?: boolean;
  /** SO_MARK. */
  mark?: number;
  /** SO_DONTROUTE. */
  dontRoute?: boolean;
  /** SO_REUSEADDR. */
  reuse?: boolean;
  /** What the frames are for, in one clause: "ping of 10.0.0.2 (pid 312)". */
  cause?: string;
};

/** One entry of the error queue (struct sock_extended_err). */
export type QueuedError = {
  readonly errno: Errno;
  readonly origin: "icmp" | "local";
  /** ICMP type and code; 0 for local errors. */
  readonly type: number;
  readonly code: number;
  /** The MTU for EMSGSIZE. */
  readonly info: number;
  /** Who reported it; 0 for local errors. */
  readonly offender: number;
  /** Where the packet was to go, and its port (0 for raw sockets). */
  readonly destination: number;
  readonly port: number;
  /** The reported packet's payload behind its IP header (raw) or behind its UDP header. */
  readonly original: Uint8Array;
  /** Clock microseconds. */
  readonly time: number;
};

/** What every socket here has. */
export type InetSocketBase = {
  readonly net: Net;
  readonly options: SocketOptions;
  /** The pending error (SO_ERROR); who reports it sets it back to undefined. */
  error: Errno | undefined;
  readonly errors: QueuedError[];
  /** Comes when something was received or went wrong. */
  readonly changed: Wait;
  readonly wake: WakeQueue;
  closed: boolean;
  close(): void;
};

/** A datagram that arrived. */
export type ReceivedDatagram = {
  readonly source: number;
  readonly port: number;
  readonly destination: number;
  /** UDP: the data. Raw: the IP packet from its header on. */
  readonly payload: Uint8Array;
  readonly ttl: number;
  readonly tos: number;
  readonly dev: NetDevice;
  /** Clock microseconds. */
  readonly time: number;
};

/** A raw socket for one protocol; ping's has protocol 1. */
export type RawSocket = InetSocketBase & {
  readonly kind: "raw";
  readonly protocol: number;
  /** The connected address, 0 for none. */
  destination: number;
  /** ICMP types that are not wanted, as bits (ICMP_FILTER). */
  filter: number;
  readonly received: ReceivedDatagram[];
  /** Takes a local address (bind(2)). */
  bind(source: number): Errno | undefined;
  /** Fixes the destination and, if it was free, the source (connect(2)). */
  connect(destination: number): Errno | undefined;
  /** Sends a message; `confirm` says that the destination is known to answer (MSG_CONFIRM). */
  send(payload: Uint8Array, destination: number, confirm?: boolean): Errno | undefined;
};

/** A UDP socket. */
export type UdpSocket = InetSocketBase & {
  readonly kind: "udp";
  localPort: number;
  destination: number;
  destinationPort: number;
  readonly received: ReceivedDatagram[];
  /** Takes a local address and port; port 0 takes any free one. */
  bind(source: number, port: number): Errno | undefined;
  connect(destination: number, port: number): Errno | undefined;
  /** Without `to` it goes to the connected address. */
  send(payload: Uint8Array, to?: { address: number; port: number }): Errno | undefined;
};

/** State of a TCP socket (tcp(7), ss(8)). */
export type TcpState =
  | "CLOSED"
  | "LISTEN"
  | "SYN_SENT"
  | "SYN_RECV"
  | "ESTABLISHED"
  | "FIN_WAIT1"
  | "FIN_WAIT2"
  | "CLOSE_WAIT"
  | "CLOSING"
  | "LAST_ACK"
  | "TIME_WAIT";

/** A TCP socket; `tcp` is what only the protocol's files look at. */
export type TcpSocket = InetSocketBase & {
  readonly kind: "tcp";
  state: TcpState;
  localPort: number;
  destination: number;
  destinationPort: number;
  /** Connections that wait for accept. */
  readonly accepted: TcpSocket[];
  readonly tcp: TcpControl;
  bind(source: number, port: number): Errno | undefined;
  listen(backlog: number): Errno | undefined;
  /** Begins to connect; `state` and `error` tell the outcome. */
  connect(destination: number, port: number): Errno | undefined;
  accept(): TcpSocket | undefined;
  /** Bytes taken (0 when the buffer is full), or why none can be. */
  send(bytes: Uint8Array): number | Errno;
  /** Bytes; undefined when none are there yet; empty at the end. */
  receive(most: number): Uint8Array | undefined;
  /** Sends a FIN after what is still to go (shutdown(SHUT_WR)). */
  shutdown(): void;
};

/** A TCP segment that arrived. */
export type TcpSegment = TcpHeader & {
  readonly local: number;
  readonly remote: number;
  readonly data: Uint8Array;
  readonly skb: SkBuff;
};

/** The part of TCP that keeps connections; false when there is none for a segment. */
export type TcpProtocol = {
  receive(segment: TcpSegment): boolean;
  error(report: IcmpReport): boolean;
};

/** An ICMP error that arrived, and the packet that it quotes. */
export type IcmpReport = {
  readonly skb: SkBuff;
  readonly type: number;
  readonly code: number;
  /** MTU, gateway or pointer. */
  readonly info: number;
  /** Who sent the error. */
  readonly offender: number;
  /** Of the quoted packet: its addresses, protocol, TOS and what follows its header. */
  readonly source: number;
  readonly destination: number;
  readonly protocol: number;
  readonly tos: number;
  readonly original: Uint8Array;
};

/** errno of each code of "destination unreachable", and whether it ends a connection. */
const UNREACHABLE_ERRNOS: readonly [Errno, boolean][] = [
  ["ENETUNREACH", false],
  ["EHOSTUNREACH", false],
  ["ENOPROTOOPT", true],
  ["ECONNREFUSED", true],
  ["EMSGSIZE", false],
  ["EOPNOTSUPP", false],
  ["ENETUNREACH", true],
  ["EHOSTDOWN", true],
  ["ENONET", true],
  ["ENETUNREACH", true],
  ["EHOSTUNREACH", true],
  ["ENETUNREACH", false],
  ["EHOSTUNREACH", false],
  ["EHOSTUNREACH", true],
  ["EHOSTUNREACH", true],
  ["EHOSTUNREACH", true],
];

/** What an ICMP error means to a socket; undefined when it means nothing (source quench). */
export function errnoOfIcmp(
  type: number,
  code: number,
  pathMtu: SocketOptions["pathMtu"],
): { errno: Errno; hard: boolean } | undefined {
  if (type === 4) return undefined;
  if (type === 12) return { errno: "EPROTO", hard: true };
  if (type !== 3) return { errno: "EHOSTUNREACH", hard: false };
  if (code === 4) return { errno: "EMSGSIZE", hard: pathMtu !== "dont" };
  const [errno, hard] = UNREACHABLE_ERRNOS[code] ?? ["EHOSTUNREACH", false];
  return { errno, hard };
}

/** Puts an error into a socket's queue. */
function queueError(socket: InetSocketBase, error: QueuedError): void {
  if (socket.errors.length < MAX_WAITING) socket.errors.push(error);
}

/** The oldest queued error; the next one, if it is ICMP's, is pending from then on (MSG_ERRQUEUE). */
export function nextError(socket: InetSocketBase): QueuedError | undefined {
  const error = socket.errors.shift();
  const next = socket.errors[0];
  if (next?.origin === "icmp") socket.error = next.errno;
  else if (error?.origin === "icmp") socket.error = undefined;
  return error;
}

/** The part that all sockets have. */
export function socketBase(net: Net, options: SocketOptions): Omit<InetSocketBase, "close"> {
  const wake = createWakeQueue();
  return { net, options, error: undefined, errors: [], changed: wake.wait, wake, closed: false };
}

/**
 * The device that a packet for this host counts as having come by: what looped back came by the
 * device that has the address (linux/include/net/inet_sock.h, inet_iif).
 */
export function arrivalDevice(dev: NetDevice, destination: number): NetDevice {
  if (dev !== dev.net.loopback) return dev;
  for (const other of dev.net.devices.values()) {
    if (other.ip4?.addresses.some(({ local }) => local === destination)) return other;
  }
  return dev;
}

/** True when a socket bound to a device may hear what came by another. */
export function hears(socket: InetSocketBase, dev: NetDevice): boolean {
  return socket.options.device === undefined || socket.options.device === dev;
}

/**
 * Tells a socket of an ICMP error about a packet of its (ip_icmp_error and what the protocols do
 * around it). `skip` is how much of the quoted packet belongs to the protocol's header.
 */
export function reportToSocket(
  socket: InetSocketBase,
  report: IcmpReport,
  how: { readonly connected: boolean; readonly port: number; readonly skip: number },
): void {
  const { options } = socket;
  if (report.type === 5 || (options.receiveErrors !== true && !how.connected)) return;
  const meaning = errnoOfIcmp(report.type, report.code, options.pathMtu);
  if (meaning === undefined) return;
  if (options.receiveErrors === true) {
    queueError(socket, {
      errno: meaning.errno,
      origin: "icmp",
      type: report.type,
      code: report.code,
      info: report.info,
      offender: report.offender,
      destination: report.destination,
      port: how.port,
      original: report.original.slice(how.skip),
      time: socket.net.kernel.clock.now,
    });
  } else if (!meaning.hard) return;
  socket.error = meaning.errno;
  socket.wake.wakeAll();
}

/** A packet of ours is larger than the path's MTU and must not be cut (ip_local_error). */
export function reportTooBig(
  socket: InetSocketBase,
  destination: number,
  port: number,
  mtu: number,
): void {
  if (socket.options.receiveErrors !== true) return;
  queueError(socket, {
    errno: "EMSGSIZE",
    origin: "local",
    type: 0,
    code: 0,
    info: mtu,
    offender: 0,
    destination,
    port,
    original: new Uint8Array(),
    time: socket.net.kernel.clock.now,
  });
  socket.wake.wakeAll();
}
