// Raw IPv4 sockets (linux/net/ipv4/raw.c, raw(7)): ping uses one for ICMP, because the kernel that we
// follow lets nobody open ICMP datagram sockets (net.ipv4.ping_group_range is "1 0").
// Policy: each socket gets a copy of every packet of its protocol that is for this host, from the IP
// header on, also of those that the kernel answers itself. A socket bound to a device does not hear
// errors that come over the loopback, so `ping -I DEV` of a dead neighbour prints nothing.
// Not simulated: IP_HDRINCL, ICMP datagram sockets.

import { ipv4Destination, ipv4HeaderLength, ipv4Source, ipv4TotalLength } from "../../wire/ipv4.ts";
import { asSoftirq } from "../core/dev.ts";
import type { Errno } from "../core/errno.ts";
import type { Net } from "../core/netNamespace.ts";
import type { SkBuff } from "../core/skbuff.ts";
import { type DatagramTarget, routeDatagram, sendDatagram } from "./datagramOutput.ts";
import { addressType } from "./fibSemantics.ts";
import {
  arrivalDevice,
  hears,
  type IcmpReport,
  MAX_WAITING,
  type RawSocket,
  reportToSocket,
  type SocketOptions,
  socketBase,
} from "./inetSocket.ts";
import { inetOf } from "./inetState.ts";
import { IP_AT } from "./ipOutput.ts";

const IPPROTO_ICMP = 1;

/** Opens a raw socket for ICMP, as ping and traceroute -I do. */
export function openIcmpSocket(net: Net, options: SocketOptions = {}): RawSocket {
  return openRawSocket(net, IPPROTO_ICMP, options);
}

/** Opens a raw socket for a protocol. */
export function openRawSocket(net: Net, protocol: number, options: SocketOptions = {}): RawSocket {
  const target = (destination: number, confirm = false): DatagramTarget => ({
    destination,
    protocol,
    sourcePort: 0,
    destinationPort: 0,
    confirm,
  });
  const socket: RawSocket = {
    ...socketBase(net, options),
    kind: "raw",
    protocol,
    destination: 0,
    filter: 0,
    received: [],
    bind(source) {
      const type = source === 0 ? "local" : addressType(net, source);
      if (type !== "local" && type !== "multicast" && type !== "broadcast") return "EADDRNOTAVAIL";
      options.source = type === "local" ? source : 0;
      return undefined;
    },
    connect(destination) {
      const route = routeDatagram(socket, target(destination));
      if ("errno" in route) return route.errno;
      socket.destination = destination;
      options.source ||= route.source;
      return undefined;
    },
    send(payload, destination, confirm) {
      const wanted = target(destination, confirm);
      const route = routeDatagram(socket, wanted);
      if ("errno" in route) return route.errno;
      let errno: Errno | undefined;
      asSoftirq(net.kernel, () => {
        errno = sendDatagram(socket, route, wanted, payload);
      });
      // A full neighbour table is only told to those who asked for errors.
      return errno === "ENOBUFS" && options.receiveErrors !== true ? undefined : errno;
    },
    close() {
      socket.closed = true;
      inetOf(net).raw.delete(socket);
    },
  };
  inetOf(net).raw.add(socket);
  return socket;
}

/** Gives copies of a packet to the raw sockets; true when there was one for its protocol. */
export function rawDeliver(skb: SkBuff, protocol: number): boolean {
  const { frame, dev } = skb;
  const source = ipv4Source(frame, IP_AT);
  const destination = ipv4Destination(frame, IP_AT);
  const arrival = arrivalDevice(dev, destination);
  let taken = false;
  for (const socket of inetOf(dev.net).raw) {
    if (socket.protocol !== protocol || !hears(socket, arrival)) continue;
    if (socket.destination !== 0 && socket.destination !== source) continue;
    const bound = socket.options.source ?? 0;
    if (bound !== 0 && bound !== destination) continue;
    taken = true;
    const type = frame[IP_AT + ipv4HeaderLength(frame, IP_AT)] ?? 0;
    const unwanted = protocol === IPPROTO_ICMP && type < 32 && ((socket.filter >>> type) & 1) === 1;
    if (unwanted || socket.received.length >= MAX_WAITING) continue;
    socket.received.push({
      source,
      port: 0,
      destination,
      payload: frame.slice(IP_AT, IP_AT + ipv4TotalLength(frame, IP_AT)),
      ttl: frame[IP_AT + 8] ?? 0,
      tos: frame[IP_AT + 1] ?? 0,
      dev,
      time: dev.net.kernel.clock.now,
    });
    socket.wake.wakeAll();
  }
  return taken;
}

/** Tells raw sockets of an error about a packet that they may have sent (raw_icmp_error). */
export function rawError(report: IcmpReport): void {
  const { dev } = report.skb;
  for (const socket of inetOf(dev.net).raw) {
    if (socket.protocol !== report.protocol || !hears(socket, dev)) continue;
    const { destination } = socket;
    if (destination !== 0 && destination !== report.destination) continue;
    const bound = socket.options.source ?? 0;
    if (bound !== 0 && bound !== report.source) continue;
    reportToSocket(socket, report, { connected: destination !== 0, port: 0, skip: 0 });
  }
}
