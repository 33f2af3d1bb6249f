// TCP segments on their way in (linux/net/ipv4/tcp_ipv4.c): checked, and handed to whoever keeps
// connections, or refused by a reset.
// Policy: the part that keeps connections comes with the first TCP socket of a namespace (tcp.ts), so
// a machine that only refuses does without it.
// Not here: connections (tcpInput.ts).

import { put16 } from "../../wire/bytes.ts";
import {
  IPPROTO,
  ipv4Destination,
  ipv4HeaderLength,
  ipv4Source,
  ipv4TotalLength,
  pseudoSum4,
} from "../../wire/ipv4.ts";
import { parseTcp, TCP_FLAG, tcpBytes } from "../../wire/tcp.ts";
import { fullChecksum, isTransportChecksumRight } from "../../wire/udp.ts";
import { consumeSkb, kfreeSkb } from "../core/dev.ts";
import type { Net } from "../core/netNamespace.ts";
import type { Cause, SkBuff } from "../core/skbuff.ts";
import type { IcmpReport, TcpSegment } from "./inetSocket.ts";
import { count, inetOf } from "./inetState.ts";
import { IP_AT, sendIp } from "./ipOutput.ts";
import { routeOutput } from "./route.ts";

/** Takes a TCP packet for this host (tcp_v4_rcv). */
export function tcpReceive(skb: SkBuff, type: "local" | "broadcast" | "multicast"): void {
  const { frame, dev } = skb;
  const { net } = dev;
  if (type !== "local" || skb.packetType !== "host") {
    kfreeSkb(skb, "NOT_SPECIFIED", "TCP");
    return;
  }
  count(net, "Tcp.InSegs");
  const at = IP_AT + ipv4HeaderLength(frame, IP_AT);
  const end = IP_AT + ipv4TotalLength(frame, IP_AT);
  const header = parseTcp(frame.subarray(0, end), at);
  if (header === undefined) {
    count(net, "Tcp.InErrs");
    kfreeSkb(skb, "PKT_TOO_SMALL", "TCP");
    return;
  }
  const remote = ipv4Source(frame, IP_AT);
  const local = ipv4Destination(frame, IP_AT);
  const sum = pseudoSum4(remote, local, IPPROTO.TCP, end - at);
  if (!isTransportChecksumRight(frame, { from: at, to: end, field: 16 }, sum)) {
    count(net, "Tcp.InCsumErrors");
    count(net, "Tcp.InErrs");
    kfreeSkb(skb, "CSUM", "TCP");
    return;
  }
  const data = frame.slice(at + header.headerLength, end);
  const segment: TcpSegment = { ...header, local, remote, data, skb };
  if (inetOf(net).tcp?.receive(segment) === true) {
    consumeSkb(skb);
    return;
  }
  if ((header.flags & TCP_FLAG.RST) === 0) refuseSegment(net, segment);
  kfreeSkb(skb, "NO_SOCKET", `TCP port ${header.destinationPort}`);
}

/** An ICMP error about a segment of ours (tcp_v4_err). */
export function tcpError(report: IcmpReport): void {
  const { net } = report.skb.dev;
  if (inetOf(net).tcp?.error(report) !== true) count(net, "Icmp.InErrors");
}

/** Answers a segment that nobody wanted by a reset. */
export function refuseSegment(net: Net, segment: TcpSegment): void {
  const { flags, data } = segment;
  const length =
    data.length + Number((flags & TCP_FLAG.SYN) !== 0) + Number((flags & TCP_FLAG.FIN) !== 0);
  const { local, remote, destinationPort, sourcePort, skb } = segment;
  sendReset(
    net,
    { local, remote, localPort: destinationPort, remotePort: sourcePort },
    { flags, sequence: segment.sequence, acknowledgement: segment.acknowledgement, length },
    { text: `nothing listens on TCP port ${destinationPort}`, frame: skb.id },
  );
}

function sendReset(
  net: Net,
  ends: { local: number; localPort: number; remote: number; remotePort: number },
  segment: { flags: number; sequence: number; acknowledgement: number; length: number },
  cause: Cause,
): void {
  const route = routeOutput(net, { destination: ends.remote, source: ends.local, protocol: 6 });
  if ("errno" in route) return;
  const acknowledges = (segment.flags & TCP_FLAG.ACK) !== 0;
  const bytes = tcpBytes(
    {
      sourcePort: ends.localPort,
      destinationPort: ends.remotePort,
      sequence: acknowledges ? segment.acknowledgement : 0,
      acknowledgement: acknowledges ? 0 : (segment.sequence + segment.length) >>> 0,
      flags: TCP_FLAG.RST | (acknowledges ? 0 : TCP_FLAG.ACK),
      window: 0,
      options: new Uint8Array(),
    },
    new Uint8Array(),
  );
  const sum = pseudoSum4(ends.local, ends.remote, IPPROTO.TCP, bytes.length);
  put16(bytes, 16, fullChecksum(bytes, 0, bytes.length, sum));
  count(net, "Tcp.OutSegs");
  count(net, "Tcp.OutRsts");
  const { local, remote } = ends;
  sendIp(
    net,
    route,
    { source: local, destination: remote, protocol: 6, dontFragment: true, id: 0, cause },
    bytes,
  );
}
