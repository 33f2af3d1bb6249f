// Probes over IPv6: UDP to ascending ports (the default) or to one port, ICMPv6 echo, TCP SYN; what an
// ICMPv6 error about one of them means (traceroute(8)).
// Policy: all are sent and heard by one raw socket; a probe is known by its port or sequence number.
// Not simulated: routing headers, UDP-Lite, DCCP, other protocols.

import type { NetDevice } from "../../net/core/netDevice.ts";
import {
  openRawSocket6,
  type QueuedError6,
  type RawSocket6,
  type SocketOptions6,
} from "../../net/ipv6/raw6.ts";
import type { Process } from "../../process/process.ts";
import { get16, put16, putIp6 } from "../../wire/bytes.ts";
import { ICMPV6, icmpv6Bytes, isIcmpv6Error } from "../../wire/icmpv6.ts";
import { IN6, IPV6_HEADER, NEXT, pseudoSum6 } from "../../wire/ipv6.ts";
import { TCP_FLAG, tcpBytes } from "../../wire/tcp.ts";
import { fullChecksum, partialChecksum, udpBytes } from "../../wire/udp.ts";
import {
  callsFailed,
  callText,
  constantPort,
  FIRST_PORT,
  type ProbeAnswer,
  type ProbeChannel,
  type ProbeSettings,
  probeData,
  rawProbes,
  synOptions,
} from "./probes.ts";

/** The address, and the device behind its "%". */
export type Target6 = { readonly address: string; readonly scope: NetDevice | undefined };

const UNREACHABLE_MARKS = ["!N", "!X", "!S", "!H", ""];

type Probing = {
  readonly self: Process;
  readonly target: Target6;
  readonly settings: ProbeSettings;
  readonly socket: RawSocket6;
  /** Probes by source port. */
  readonly ports: Map<number, number>;
  readonly identifier: number;
};

/** Opens it; a text says which call failed. */
export function openProbes6(
  self: Process,
  target: Target6,
  settings: ProbeSettings,
): ProbeChannel | string {
  const { device, mark, tos, dontFragment, flowLabel, source, method } = settings;
  const options: SocketOptions6 = {
    ...{ receiveErrors: true, trafficClass: tos, flowLabel },
    ...{ pathMtu: dontFragment ? "probe" : "dont", cause: `traceroute (pid ${self.pid})` },
    ...(mark === undefined ? {} : { mark }),
  };
  if (device !== undefined) {
    options.device = self.net.byName.get(device);
    if (options.device === undefined) return callText("setsockopt SO_BINDTODEVICE", "ENODEV");
  }
  const protocol = method === "icmp" ? NEXT.ICMPV6 : method === "tcp" ? NEXT.TCP : NEXT.UDP;
  const socket = openRawSocket6(self.net, protocol, options);
  const { address, scope } = target;
  const failed = callsFailed(socket, [
    ["bind", () => (typeof source === "string" ? socket.bind(source, scope) : undefined)],
    ["connect", () => socket.connect(address, scope)],
  ]);
  if (failed !== undefined) return failed;
  const identifier = self.pid & 0xffff;
  return channelOf({ self, target, settings, socket, ports: new Map(), identifier });
}

function channelOf(probing: Probing): ProbeChannel {
  const { socket, target } = probing;
  return rawProbes<QueuedError6>(socket, {
    send(probe, ttl) {
      socket.options.hopLimit = ttl;
      return socket.send(probeBytes(probing, probe), target.address, target.scope);
    },
    nextError: () => socket.errors.shift(),
    probeOfError: (original) => probeOf(probing, original, true),
    probeOfReply: (packet) => probeOf(probing, packet, false),
    answerOf,
  });
}

function probeBytes({ self, target, settings, socket, ports, identifier }: Probing, probe: number) {
  const { random } = self.machine;
  const { method, port } = settings;
  const data = probeData(settings.dataLength, method === "icmp" ? 8 : 0);
  if (method === "icmp") {
    const rest = identifier * 0x10000 + (((port || 1) + probe) & 0xffff);
    return icmpv6Bytes({ type: ICMPV6.ECHO, code: 0, rest, payload: data });
  }
  const sourcePort = settings.sourcePort || 32768 + random.below(28232);
  ports.set(sourcePort, probe);
  const ends = new Uint8Array(IPV6_HEADER);
  putIp6(ends, 8, socket.options.source ?? IN6.ANY);
  putIp6(ends, 24, target.address);
  const sum = (protocol: number, length: number) => pseudoSum6(ends, 0, protocol, length);
  if (method !== "tcp") {
    const to = method === "udp" ? constantPort(settings) : (port || FIRST_PORT) + probe;
    const bytes = udpBytes(sourcePort, to & 0xffff, data);
    put16(bytes, 6, partialChecksum(sum(NEXT.UDP, bytes.length)));
    return bytes;
  }
  const header = {
    ...{ sourcePort, destinationPort: constantPort(settings), sequence: random.below(0x100000000) },
    ...{ acknowledgement: 0, flags: TCP_FLAG.SYN, window: 5760 },
  };
  const options = synOptions(1440, random.below(0x100000000));
  const bytes = tcpBytes({ ...header, options }, new Uint8Array());
  put16(bytes, 16, fullChecksum(bytes, 0, bytes.length, sum(NEXT.TCP, bytes.length)));
  return bytes;
}

/** Which probe a quoted packet was, or a reply belongs to. */
function probeOf(
  { settings, ports, identifier }: Probing,
  bytes: Uint8Array,
  quoted: boolean,
): number | undefined {
  if (settings.method !== "icmp") return ports.get(get16(bytes, quoted ? 0 : 2));
  const type = bytes[0] ?? 0;
  if (type !== (quoted ? ICMPV6.ECHO : ICMPV6.ECHO_REPLY)) return undefined;
  if (get16(bytes, 4) !== identifier) return undefined;
  return (get16(bytes, 6) - (settings.port || 1)) & 0xffff;
}

function answerOf(error: QueuedError6, probe: number): ProbeAnswer {
  const { type, code, info, offender, time, origin } = error;
  if (origin === "local" || type === ICMPV6.PACKET_TOO_BIG) {
    return { probe, from: offender, time, mark: `!F-${info}`, final: true };
  }
  if (type === ICMPV6.TIME_EXCEEDED) return { probe, from: offender, time, mark: "", final: false };
  const known = isIcmpv6Error(type) && type === ICMPV6.UNREACHABLE;
  const mark = known ? (UNREACHABLE_MARKS[code] ?? `!<${code}>`) : `!<${type}-${code}>`;
  return { probe, from: offender, time, mark, final: true };
}
