// Raw IPv6 sockets (linux/net/ipv6/raw.c, datagram.c; raw(7), ipv6(7)): ping uses one for ICMPv6.
// Policy: each socket gets a copy of every packet of its protocol that is for this host. The kernel
// completes the checksum of ICMPv6. A link-local destination goes by the device that the caller names
// or the socket is bound to; without one, by the first route that fits.
//
// How to use one: open it, set its options, `send`; block with `yield socket.changed` and look again:
// `error` first, then `received` and `errors` (IPV6_RECVERR), oldest first, taken out with shift().
// Always `close` it.
// Not simulated: extension headers, IPV6_HDRINCL, ancillary data beyond hop limit and traffic class.

import { getIp6 } from "../../wire/bytes.ts";
import { ICMPV6, putIcmpv6Checksum } from "../../wire/icmpv6.ts";
import {
  IN6,
  IPV6_HEADER,
  isLinkLocal6,
  isMulticast6,
  NEXT,
  transportOf,
} from "../../wire/ipv6.ts";
import { asSoftirq } from "../core/dev.ts";
import type { Errno } from "../core/errno.ts";
import type { NetDevice } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import { createWakeQueue, type Wait, type WakeQueue } from "../core/wakeQueue.ts";
import { count } from "../ipv4/inetState.ts";
import { output6 } from "./ip6Output.ts";
import type { IcmpError6, ReceivedPacket6 } from "./ipv6Net.ts";
import { type OutputRoute6, type Refused6, routeOutput6 } from "./route6.ts";
import { countNoRoute6 } from "./snmp6.ts";
import { needsDevice6, ownAddress6 } from "./sourceAddress6.ts";

/** Messages that wait for their reader; what comes then is lost. */
const MAX_WAITING = 256;

/** What a program may set on a socket. */
export type SocketOptions6 = {
  /** SO_BINDTODEVICE. */
  device?: NetDevice | undefined;
  /** The address that bind(2) was given; undefined for any. */
  source?: string | undefined;
  /** IPV6_UNICAST_HOPS and IPV6_MULTICAST_HOPS. */
  hopLimit?: number | undefined;
  multicastHops?: number | undefined;
  multicastLoop?: boolean;
  /** Where multicasts go without a device (IPV6_MULTICAST_IF). */
  multicastDevice?: NetDevice | undefined;
  trafficClass?: number;
  flowLabel?: number | undefined;
  /** IPV6_MTU_DISCOVER. */
  pathMtu?: "dont" | "want" | "do" | "probe";
  /** IPV6_RECVERR: errors go to `errors` too. */
  receiveErrors?: boolean;
  mark?: number;
  /** What the frames are for, in one clause. */
  cause?: string;
};

/** One entry of the error queue. */
export type QueuedError6 = {
  readonly errno: Errno;
  readonly origin: "icmp6" | "local";
  readonly type: number;
  readonly code: number;
  /** The MTU for EMSGSIZE. */
  readonly info: number;
  /** Who reported it, and by which device where the address needs one; undefined for local errors. */
  readonly offender: string | undefined;
  readonly offenderDevice: NetDevice | undefined;
  readonly destination: string;
  /** The reported packet's payload behind its IPv6 headers. */
  readonly original: Uint8Array;
  /** Clock microseconds. */
  readonly time: number;
};

/** A packet that arrived, from behind its IPv6 headers on. */
export type ReceivedDatagram6 = {
  readonly source: string;
  readonly destination: string;
  readonly payload: Uint8Array;
  readonly hopLimit: number;
  readonly trafficClass: number;
  readonly dev: NetDevice;
  /** Clock microseconds. */
  readonly time: number;
};

/** A raw socket for one protocol; ping's has protocol 58. */
export type RawSocket6 = {
  readonly kind: "raw6";
  readonly net: Net;
  readonly protocol: number;
  readonly options: SocketOptions6;
  /** The pending error; who reports it sets it back to undefined. */
  error: Errno | undefined;
  readonly errors: QueuedError6[];
  readonly received: ReceivedDatagram6[];
  /** ICMPv6 types that are wanted (ICMP6_FILTER); undefined for all. */
  wanted: ReadonlySet<number> | undefined;
  /** The connected address; undefined for none. */
  destination: string | undefined;
  readonly changed: Wait;
  readonly wake: WakeQueue;
  closed: boolean;
  /** Takes a local address (bind(2)). */
  bind(source: string, dev?: NetDevice): Errno | undefined;
  /** Fixes the destination and, if it was free, the source (connect(2)). */
  connect(destination: string, dev?: NetDevice): Errno | undefined;
  send(payload: Uint8Array, destination: string, dev?: NetDevice): Errno | undefined;
  close(): void;
};

/** Opens a raw socket for ICMPv6, as ping does. */
export function openIcmp6Socket(net: Net, options: SocketOptions6 = {}): RawSocket6 {
  return openRawSocket6(net, NEXT.ICMPV6, options);
}

/** Opens a raw socket for a protocol. */
export function openRawSocket6(
  net: Net,
  protocol: number,
  options: SocketOptions6 = {},
): RawSocket6 {
  const wake = createWakeQueue();
  const socket: RawSocket6 = {
    kind: "raw6",
    net,
    protocol,
    options,
    error: undefined,
    errors: [],
    received: [],
    wanted: undefined,
    destination: undefined,
    changed: wake.wait,
    wake,
    closed: false,
    bind: (source, dev) => bind(socket, source, dev),
    connect(destination, dev) {
      if (isLinkLocal6(destination) && (dev ?? options.device) === undefined) return "EINVAL";
      const route = routeFor(socket, destination, dev);
      if ("errno" in route) return route.errno;
      socket.destination = destination;
      options.source ??= route.source;
      return undefined;
    },
    send(payload, destination, dev) {
      let errno: Errno | undefined;
      asSoftirq(net.kernel, () => {
        errno = send(socket, payload, destination, dev);
      });
      return errno;
    },
    close() {
      socket.closed = true;
      net.ip6.receivers.get(protocol)?.delete(receive);
      net.ip6.errorReceivers.get(protocol)?.delete(hearError);
    },
  };
  const receive = (packet: ReceivedPacket6) => take(socket, packet);
  const hearError = (error: IcmpError6) => report(socket, error);
  listen(net.ip6.receivers, protocol, receive);
  listen(net.ip6.errorReceivers, protocol, hearError);
  return socket;
}

function listen<T>(map: Map<number, Set<T>>, protocol: number, listener: T): void {
  const there = map.get(protocol) ?? new Set<T>();
  map.set(protocol, there.add(listener));
}

function bind(socket: RawSocket6, source: string, dev: NetDevice | undefined): Errno | undefined {
  const { net, options } = socket;
  const device = dev ?? options.device;
  if (source !== IN6.ANY) {
    if (isLinkLocal6(source) && device === undefined) return "EINVAL";
    if (isMulticast6(source)) return "EADDRNOTAVAIL";
    const anywhere = net.ip6.values.get("ip_nonlocal_bind") === "1";
    const own = ownAddress6(net, source, isLinkLocal6(source) ? device : options.device, true);
    if (own === undefined && !anywhere) return "EADDRNOTAVAIL";
    if (isLinkLocal6(source)) options.device = device;
  }
  options.source = source === IN6.ANY ? undefined : source;
  return undefined;
}

/** The way of a packet of this socket. */
function routeFor(
  socket: RawSocket6,
  destination: string,
  dev: NetDevice | undefined,
): OutputRoute6 | Refused6 {
  const { options, net, protocol } = socket;
  const group = isMulticast6(destination) ? options.multicastDevice : undefined;
  const route = routeOutput6(net, {
    destination,
    source: options.source,
    oif: options.device ?? dev ?? group,
    mark: options.mark,
    protocol,
  });
  if ("errno" in route) countNoRoute6(net, route.errno);
  return route;
}

function send(
  socket: RawSocket6,
  payload: Uint8Array,
  to: string,
  dev: NetDevice | undefined,
): Errno | undefined {
  const { options, net, protocol } = socket;
  const destination = to === IN6.ANY ? IN6.LOOPBACK : to;
  const route = routeFor(socket, destination, dev);
  if ("errno" in route) return route.errno;
  const strict = options.pathMtu === "do" || options.pathMtu === "probe";
  const mtu = options.pathMtu === "probe" ? route.dev.mtu : route.mtu;
  if (strict && payload.length + IPV6_HEADER > mtu) {
    tooBig(socket, destination, mtu);
    return "EMSGSIZE";
  }
  const isIcmp = protocol === NEXT.ICMPV6;
  const errno = output6(net, {
    route,
    destination,
    protocol,
    payload,
    hopLimit: isMulticast6(destination) ? options.multicastHops : options.hopLimit,
    trafficClass: options.trafficClass ?? 0,
    flowLabel: options.flowLabel,
    flow: isIcmp ? `${payload[0]} ${payload[1]}` : "",
    mayFragment: true,
    multicastLoop: options.multicastLoop !== false,
    finish: isIcmp ? putIcmpv6Checksum : undefined,
    cause: options.cause === undefined ? undefined : { text: options.cause },
  });
  if (protocol === NEXT.UDP && errno === undefined) count(net, "Udp6.OutDatagrams");
  return errno === "ENOBUFS" && options.receiveErrors !== true ? undefined : errno;
}

function tooBig(socket: RawSocket6, destination: string, mtu: number): void {
  if (socket.options.receiveErrors !== true) return;
  queue(socket, {
    errno: "EMSGSIZE",
    origin: "local",
    type: 0,
    code: 0,
    info: mtu,
    offender: undefined,
    offenderDevice: undefined,
    destination,
    original: new Uint8Array(),
    time: socket.net.kernel.clock.now,
  });
}

function queue(socket: RawSocket6, error: QueuedError6): void {
  if (socket.errors.length < MAX_WAITING) socket.errors.push(error);
  socket.wake.wakeAll();
}

function take(socket: RawSocket6, packet: ReceivedPacket6): void {
  const { options, destination, wanted } = socket;
  const { dev, skb, payload } = packet;
  if (options.device !== undefined && options.device !== dev) return;
  if (destination !== undefined && destination !== packet.source) return;
  const { source } = options;
  if (source !== undefined && source !== packet.destination) return;
  if (wanted !== undefined && !wanted.has(payload[0] ?? 0)) return;
  if (socket.received.length >= MAX_WAITING) return;
  const { frame } = skb;
  socket.received.push({
    source: packet.source,
    destination: packet.destination,
    payload: payload.slice(),
    hopLimit: packet.hopLimit,
    trafficClass: (((frame[14] ?? 0) << 4) | ((frame[15] ?? 0) >> 4)) & 0xff,
    dev,
    time: dev.net.kernel.clock.now,
  });
  socket.wake.wakeAll();
}

/** What an error means to a socket, and whether it ends a connection (icmpv6_err_convert). */
function meaningOf(type: number, code: number): readonly [errno: Errno, hard: boolean] {
  if (type === ICMPV6.PACKET_TOO_BIG) return ["EMSGSIZE", false];
  if (type === ICMPV6.PARAMETER_PROBLEM) return ["EPROTO", true];
  if (type !== ICMPV6.UNREACHABLE) return ["EHOSTUNREACH", false];
  const codes: readonly (readonly [Errno, boolean])[] = [
    ["ENETUNREACH", false],
    ["EACCES", true],
    ["EHOSTUNREACH", false],
    ["EHOSTUNREACH", false],
    ["ECONNREFUSED", true],
    ["EACCES", true],
    ["EACCES", true],
  ];
  return codes[code] ?? ["EPROTO", true];
}

/** An ICMPv6 error about a packet that this socket may have sent (rawv6_err). */
function report(socket: RawSocket6, error: IcmpError6): void {
  const { options, destination } = socket;
  const { quoted, type, code, info, source, dev } = error;
  const from = getIp6(quoted, 8);
  const to = getIp6(quoted, 24);
  if (options.device !== undefined && options.device !== dev) return;
  if (destination !== undefined && destination !== to) return;
  if (options.source !== undefined && options.source !== from) return;
  const [errno, hard] = meaningOf(type, code);
  if (options.receiveErrors === true) {
    queue(socket, {
      errno,
      origin: "icmp6",
      type,
      code,
      info,
      offender: source,
      offenderDevice: needsDevice6(source) ? dev : undefined,
      destination: to,
      original: quoted.slice(transportOf(quoted, 0).at),
      time: socket.net.kernel.clock.now,
    });
  } else if (!hard || destination === undefined) return;
  socket.error = errno;
  socket.wake.wakeAll();
}
