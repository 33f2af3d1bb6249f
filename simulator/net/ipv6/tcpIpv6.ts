// TCP over IPv6 (linux/net/ipv6/tcp_ipv6.c): nobody of this machine listens there, so every segment is
// answered by a reset, with the checksum left to the hardware.
// Not simulated: connections over IPv6.

import { put16, putIp6 } from "../../wire/bytes.ts";
import { IPV6_HEADER, NEXT, pseudoSum6 } from "../../wire/ipv6.ts";
import { parseTcp, TCP_FLAG, tcpBytes } from "../../wire/tcp.ts";
import { partialChecksum } from "../../wire/udp.ts";
import { count } from "../ipv4/inetState.ts";
import { output6 } from "./ip6Output.ts";
import type { ReceivedPacket6 } from "./ipv6Net.ts";
import { routeOutput6 } from "./route6.ts";
import { countNoRoute6 } from "./snmp6.ts";
import { needsDevice6 } from "./sourceAddress6.ts";

/** Answers a segment that nobody wanted. */
export function refuseSegment6({ skb, dev, source, destination, payload }: ReceivedPacket6): void {
  const { net } = dev;
  count(net, "Tcp.InSegs");
  const segment = parseTcp(payload);
  if (segment === undefined || (segment.flags & TCP_FLAG.RST) !== 0) return;
  const { flags, sourcePort, destinationPort } = segment;
  const oif = needsDevice6(source) ? dev : undefined;
  const route = routeOutput6(net, { destination: source, source: destination, oif, protocol: 6 });
  if ("errno" in route) {
    countNoRoute6(net, route.errno);
    return;
  }
  count(net, "Tcp.OutSegs");
  count(net, "Tcp.OutRsts");
  const has = (flag: number) => Number((flags & flag) !== 0);
  const length = payload.length - segment.headerLength + has(TCP_FLAG.SYN) + has(TCP_FLAG.FIN);
  const acknowledges = has(TCP_FLAG.ACK) === 1;
  const bytes = tcpBytes(
    {
      sourcePort: destinationPort,
      destinationPort: sourcePort,
      sequence: acknowledges ? segment.acknowledgement : 0,
      acknowledgement: acknowledges ? 0 : (segment.sequence + length) >>> 0,
      flags: TCP_FLAG.RST | (acknowledges ? 0 : TCP_FLAG.ACK),
      window: 0,
      options: new Uint8Array(),
    },
    new Uint8Array(),
  );
  const ends = new Uint8Array(IPV6_HEADER);
  putIp6(ends, 8, destination);
  putIp6(ends, 24, source);
  put16(bytes, 16, partialChecksum(pseudoSum6(ends, 0, NEXT.TCP, bytes.length)));
  output6(net, {
    ...{ route, destination: source, protocol: NEXT.TCP, payload: bytes, mayFragment: false },
    flow: `${destinationPort} ${sourcePort}`,
    cause: { text: `nothing listens on TCP port ${destinationPort}`, frame: skb.id },
  });
}
