// UDP (linux/net/ipv4/udp.c, udp(7)).
// Policy: a datagram goes to the socket that fits best (connected before bound before any), one for a
// group or for everybody to all that fit. Nobody there: "port unreachable". A connected socket hears
// of that as ECONNREFUSED at its next call; with IP_RECVERR every socket hears of every error.
// Checksums stay partial, as on a device that completes them in hardware; a datagram that must be cut
// has a whole one.
// Not simulated: UDP-Lite, corking, encapsulation.

import { put16 } from "../../wire/bytes.ts";
import { ICMP, UNREACHABLE } from "../../wire/icmp.ts";
import {
  IPPROTO,
  ipv4Destination,
  ipv4HeaderLength,
  ipv4Source,
  ipv4TotalLength,
  pseudoSum4,
} from "../../wire/ipv4.ts";
import {
  fullChecksum,
  isTransportChecksumRight,
  parseUdp,
  partialChecksum,
  UDP_HEADER,
  udpBytes,
} from "../../wire/udp.ts";
import { asSoftirq, consumeSkb, kfreeSkb } from "../core/dev.ts";
import type { Errno } from "../core/errno.ts";
import type { NetDevice } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import type { SkBuff } from "../core/skbuff.ts";
import { routeDatagram, sendDatagram } from "./datagramOutput.ts";
import { addressType } from "./fibSemantics.ts";
import { icmpSend } from "./icmpSend.ts";
import { freePort, portConflicts } from "./inetPorts.ts";
import {
  hears,
  type IcmpReport,
  MAX_WAITING,
  reportToSocket,
  type SocketOptions,
  socketBase,
  type UdpSocket,
} from "./inetSocket.ts";
import { count, inetOf } from "./inetState.ts";
import { IP_AT } from "./ipOutput.ts";

/** Opens a UDP socket. */
export function openUdpSocket(net: Net, options: SocketOptions = {}): UdpSocket {
  const socket: UdpSocket = {
    ...socketBase(net, options),
    kind: "udp",
    localPort: 0,
    destination: 0,
    destinationPort: 0,
    received: [],
    bind: (source, port) => bindUdp(socket, source, port),
    connect(destination, port) {
      const route = routeDatagram(socket, targetOf(socket, destination, port));
      if ("errno" in route) return route.errno;
      if (socket.localPort === 0) {
        const refused = bindUdp(socket, options.source ?? 0, 0);
        if (refused !== undefined) return refused;
      }
      socket.destination = destination || route.source;
      socket.destinationPort = port;
      options.source ||= route.source;
      return undefined;
    },
    send: (payload, to) => sendUdp(socket, payload, to),
    close() {
      socket.closed = true;
      unbind(socket);
    },
  };
  return socket;
}

function unbind(socket: UdpSocket): void {
  const { udp } = inetOf(socket.net);
  const others = (udp.get(socket.localPort) ?? []).filter((one) => one !== socket);
  if (others.length === 0) udp.delete(socket.localPort);
  else udp.set(socket.localPort, others);
}

function bindUdp(socket: UdpSocket, source: number, wanted: number): Errno | undefined {
  const { net, options } = socket;
  if (socket.localPort !== 0) return "EINVAL";
  const type = source === 0 ? "local" : addressType(net, source);
  if (type !== "local" && type !== "multicast" && type !== "broadcast") return "EADDRNOTAVAIL";
  const { udp } = inetOf(net);
  const conflicts = (port: number) => portConflicts(udp.get(port) ?? [], source, options, true);
  const port = wanted || freePort(net, "any", conflicts);
  if (port === undefined) return "EAGAIN";
  if (wanted !== 0 && conflicts(port)) return "EADDRINUSE";
  socket.localPort = port;
  options.source = source;
  udp.set(port, [...(udp.get(port) ?? []), socket]);
  return undefined;
}

function targetOf(socket: UdpSocket, destination: number, port: number) {
  return {
    destination,
    protocol: IPPROTO.UDP,
    sourcePort: socket.localPort,
    destinationPort: port,
  };
}

function sendUdp(
  socket: UdpSocket,
  payload: Uint8Array,
  to: { address: number; port: number } | undefined,
): Errno | undefined {
  const { net } = socket;
  if (payload.length > 0xffff) return "EMSGSIZE";
  const destination = to?.address ?? socket.destination;
  const port = to?.port ?? socket.destinationPort;
  if (to === undefined && socket.destinationPort === 0) return "EDESTADDRREQ";
  if (port === 0) return "EINVAL";
  if (socket.localPort === 0) {
    const refused = bindUdp(socket, socket.options.source ?? 0, 0);
    if (refused !== undefined) return refused;
  }
  const target = targetOf(socket, destination, port);
  const route = routeDatagram(socket, target);
  if ("errno" in route) {
    if (route.errno === "ENETUNREACH") count(net, "Ip.OutNoRoutes");
    return route.errno;
  }
  const datagram = udpBytes(socket.localPort, port, payload);
  const source = socket.options.source || route.source;
  const sum = pseudoSum4(source, destination || route.source, IPPROTO.UDP, datagram.length);
  const whole = 20 + datagram.length > route.mtu;
  const checksum = whole ? fullChecksum(datagram, 0, datagram.length, sum) : partialChecksum(sum);
  put16(datagram, 6, checksum);
  let errno: Errno | undefined;
  asSoftirq(net.kernel, () => {
    const real = { ...target, destination: destination || route.source };
    errno = sendDatagram(socket, route, real, datagram);
  });
  if (errno === undefined) count(net, "Udp.OutDatagrams");
  else if (errno === "ENOBUFS") count(net, "Udp.SndbufErrors");
  return errno === "ENOBUFS" && socket.options.receiveErrors !== true ? undefined : errno;
}

/** Takes a UDP packet for this host (udp_rcv). */
export function udpReceive(skb: SkBuff, type: "local" | "broadcast" | "multicast"): void {
  const { frame, dev } = skb;
  const { net } = dev;
  const at = IP_AT + ipv4HeaderLength(frame, IP_AT);
  const end = IP_AT + ipv4TotalLength(frame, IP_AT);
  const header = parseUdp(frame.subarray(0, end), at);
  if (header === undefined || header.length < UDP_HEADER || at + header.length > end) {
    count(net, "Udp.InErrors");
    kfreeSkb(skb, "PKT_TOO_SMALL", "UDP");
    return;
  }
  const source = ipv4Source(frame, IP_AT);
  const destination = ipv4Destination(frame, IP_AT);
  const to = at + header.length;
  const sum = pseudoSum4(source, destination, IPPROTO.UDP, header.length);
  if (header.checksum !== 0 && !isTransportChecksumRight(frame, { from: at, to, field: 6 }, sum)) {
    count(net, "Udp.InCsumErrors");
    count(net, "Udp.InErrors");
    kfreeSkb(skb, "CSUM", "UDP");
    return;
  }
  const ends = {
    local: destination,
    localPort: header.destinationPort,
    remote: source,
    remotePort: header.sourcePort,
  };
  const sockets = matching(net, dev, ends);
  const best = sockets[0];
  if (type !== "local") {
    if (best === undefined) count(net, "Udp.IgnoredMulti");
    for (const socket of sockets) queue(socket, skb, ends, frame.slice(at + UDP_HEADER, to));
    consumeSkb(skb);
    return;
  }
  if (best !== undefined) {
    queue(best, skb, ends, frame.slice(at + UDP_HEADER, to));
    consumeSkb(skb);
    return;
  }
  count(net, "Udp.NoPorts");
  icmpSend(skb, { type: ICMP.UNREACHABLE, code: UNREACHABLE.PORT, info: 0, origin: "local" });
  kfreeSkb(skb, "NO_SOCKET", `UDP port ${header.destinationPort}`);
}

type Ends = {
  readonly local: number;
  readonly localPort: number;
  readonly remote: number;
  readonly remotePort: number;
};

/** Sockets that may have a datagram between these ends, the best first, then the newest. */
function matching(net: Net, dev: NetDevice, ends: Ends): UdpSocket[] {
  const found: { socket: UdpSocket; score: number }[] = [];
  for (const socket of inetOf(net).udp.get(ends.localPort) ?? []) {
    const source = socket.options.source ?? 0;
    const connected = socket.destinationPort !== 0;
    if (source !== 0 && source !== ends.local) continue;
    if (connected && socket.destination !== ends.remote) continue;
    if (connected && socket.destinationPort !== ends.remotePort) continue;
    if (!hears(socket, dev)) continue;
    const score =
      Number(source !== 0) + 2 * Number(connected) + Number(socket.options.device !== undefined);
    found.unshift({ socket, score });
  }
  return found.sort((a, b) => b.score - a.score).map(({ socket }) => socket);
}

function queue(socket: UdpSocket, skb: SkBuff, ends: Ends, payload: Uint8Array): void {
  const { frame, dev } = skb;
  if (socket.received.length >= MAX_WAITING) {
    count(socket.net, "Udp.RcvbufErrors");
    count(socket.net, "Udp.InErrors");
    return;
  }
  count(socket.net, "Udp.InDatagrams");
  socket.received.push({
    source: ends.remote,
    port: ends.remotePort,
    destination: ends.local,
    payload,
    ttl: frame[IP_AT + 8] ?? 0,
    tos: frame[IP_AT + 1] ?? 0,
    dev,
    time: socket.net.kernel.clock.now,
  });
  socket.wake.wakeAll();
}

/** Tells the socket that sent a datagram of an error about it (udp_err). */
export function udpError(report: IcmpReport): void {
  const { dev } = report.skb;
  const quoted = parseUdp(report.original);
  const [socket] =
    quoted === undefined
      ? []
      : matching(dev.net, dev, {
          local: report.source,
          localPort: quoted.sourcePort,
          remote: report.destination,
          remotePort: quoted.destinationPort,
        });
  if (socket === undefined || quoted === undefined) {
    count(dev.net, "Icmp.InErrors");
    return;
  }
  reportToSocket(socket, report, {
    connected: socket.destinationPort !== 0,
    port: quoted.destinationPort,
    skip: UDP_HEADER,
  });
}
