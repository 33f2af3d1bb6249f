// Probes over IPv4: UDP to ascending ports (the default) or to one port, ICMP echo, TCP SYN; what an
// ICMP error about one of them means (traceroute(8)).
// UDP takes a socket for each probe; ICMP and TCP are sent and heard by one raw socket.
// Not simulated: loose source routing, UDP-Lite, DCCP, other protocols.

import type { Errno } from "../../net/core/errno.ts";
import {
  nextError,
  type QueuedError,
  type RawSocket,
  type SocketOptions,
  type UdpSocket,
} from "../../net/ipv4/inetSocket.ts";
import { openRawSocket } from "../../net/ipv4/raw.ts";
import { openUdpSocket } from "../../net/ipv4/udp.ts";
import type { Process } from "../../process/process.ts";
import { get16, put16 } from "../../wire/bytes.ts";
import { ICMP, icmpBytes, parseIcmp } from "../../wire/icmp.ts";
import { ipv4HeaderLength, pseudoSum4 } from "../../wire/ipv4.ts";
import { parseTcp, TCP_FLAG, tcpBytes } from "../../wire/tcp.ts";
import { fullChecksum } from "../../wire/udp.ts";
import {
  callsFailed,
  callText,
  constantPort,
  FIRST_PORT,
  type ProbeAnswer,
  type ProbeChannel,
  type ProbeSettings,
  probeData,
  type RawProtocol,
  rawProbes,
  sendFailed,
  synOptions,
} from "./probes.ts";

const UNREACHABLE_MARKS: Readonly<Record<number, string>> = {
  ...{ 0: "!N", 1: "!H", 2: "!P", 3: "", 5: "!S", 9: "!X", 10: "!X", 13: "!X", 14: "!V", 15: "!C" },
};

type Opening = {
  readonly self: Process;
  readonly target: number;
  readonly settings: ProbeSettings;
  readonly options: SocketOptions;
};

/** Opens it; a text says which call failed. */
export function openProbes4(
  self: Process,
  target: number,
  settings: ProbeSettings,
): ProbeChannel | string {
  const { device, mark, dontRoute, tos, dontFragment } = settings;
  const options: SocketOptions = {
    ...{ receiveErrors: true, tos, dontRoute, pathMtu: dontFragment ? "probe" : "dont" },
    ...(mark === undefined ? {} : { mark }),
    cause: `traceroute (pid ${self.pid})`,
  };
  if (device !== undefined) {
    options.device = self.net.byName.get(device);
    if (options.device === undefined) return callText("setsockopt SO_BINDTODEVICE", "ENODEV");
  }
  const opening: Opening = { self, target, settings, options };
  const { method } = settings;
  return method === "icmp" || method === "tcp" ? openRaw(opening) : udpProbes(opening);
}

function udpProbes({ self, target, settings, options }: Opening): ProbeChannel {
  const sockets = new Map<number, UdpSocket>();
  const data = probeData(settings.dataLength);
  function open(probe: number): string | undefined {
    const socket = openUdpSocket(self.net, { ...options });
    sockets.set(probe, socket);
    const { source, sourcePort = 0, method, port } = settings;
    if (typeof source === "number" || sourcePort !== 0) {
      const errno = socket.bind(typeof source === "number" ? source : 0, sourcePort);
      if (errno !== undefined) return callText("bind", errno);
    }
    const to = method === "udp" ? constantPort(settings) : (port || FIRST_PORT) + probe;
    const errno = socket.connect(target, to & 0xffff);
    return errno === undefined ? undefined : callText("connect", errno);
  }
  function forget(probe: number): void {
    sockets.get(probe)?.close();
    sockets.delete(probe);
  }
  return {
    send(probe, ttl) {
      const failed = open(probe);
      const socket = sockets.get(probe);
      if (failed !== undefined || socket === undefined) return failed;
      socket.options.ttl = ttl;
      return sendFailed(socket.send(data));
    },
    next() {
      for (const [probe, socket] of sockets) {
        const error = nextError(socket);
        if (error !== undefined) return answerOf(error, probe);
        const datagram = socket.received.shift();
        if (datagram === undefined) continue;
        return { probe, from: datagram.source, time: datagram.time, mark: "", final: true };
      }
      return undefined;
    },
    waits: () => [...sockets.values()].map(({ changed }) => changed),
    forget,
    close: () => {
      for (const probe of [...sockets.keys()]) forget(probe);
    },
  };
}

function openRaw(opening: Opening): ProbeChannel | string {
  const { self, target, settings, options } = opening;
  const { source, method } = settings;
  const socket = openRawSocket(self.net, method === "tcp" ? 6 : 1, options);
  const failed = callsFailed(socket, [
    ["bind", () => (typeof source === "number" ? socket.bind(source) : undefined)],
    ["connect", () => socket.connect(target)],
  ]);
  if (failed !== undefined) return failed;
  return method === "tcp" ? tcpProbes(opening, socket) : icmpProbes(opening, socket);
}

function icmpProbes({ self, target, settings }: Opening, socket: RawSocket): ProbeChannel {
  const identifier = self.pid & 0xffff;
  const first = settings.port || 1;
  const payload = probeData(settings.dataLength, 8);
  const probeOf = (bytes: Uint8Array, at = 0) =>
    get16(bytes, at + 4) === identifier ? (get16(bytes, at + 6) - first) & 0xffff : undefined;
  return probesOf(socket, {
    send(probe) {
      const rest = identifier * 0x10000 + ((first + probe) & 0xffff);
      return socket.send(icmpBytes({ type: ICMP.ECHO, code: 0, rest, payload }), target);
    },
    probeOfError: (original) => (original[0] === ICMP.ECHO ? probeOf(original) : undefined),
    probeOfReply(packet) {
      const at = ipv4HeaderLength(packet, 0);
      const isReply = parseIcmp(packet, at)?.type === ICMP.ECHO_REPLY;
      return isReply ? probeOf(packet, at) : undefined;
    },
  });
}

function tcpProbes({ self, target, settings, options }: Opening, socket: RawSocket): ProbeChannel {
  const { random } = self.machine;
  const ports = new Map<number, number>();
  const to = constantPort(settings);
  const stamp = random.below(0x100000000);
  const source = options.source ?? 0;
  const none = new Uint8Array();
  const mss = (self.net.byName.get(settings.device ?? "")?.mtu ?? 1500) - 40;
  return probesOf(socket, {
    send(probe) {
      const sourcePort = settings.sourcePort || 32768 + random.below(28232);
      ports.set(sourcePort, probe);
      const header = {
        ...{ sourcePort, destinationPort: to, sequence: random.below(0x100000000) },
        ...{ acknowledgement: 0, flags: TCP_FLAG.SYN, window: mss * 4 },
      };
      const bytes = tcpBytes({ ...header, options: synOptions(mss, stamp) }, none);
      const sum = pseudoSum4(source, target, 6, bytes.length);
      put16(bytes, 16, fullChecksum(bytes, 0, bytes.length, sum));
      return socket.send(bytes, target);
    },
    probeOfError: (original) => ports.get(get16(original, 0)),
    probeOfReply(packet) {
      const header = parseTcp(packet, ipv4HeaderLength(packet, 0));
      const isAnswer = header?.sourcePort === to && (header.flags & TCP_FLAG.ACK) !== 0;
      return isAnswer ? ports.get(header.destinationPort) : undefined;
    },
  });
}

type Protocol = Pick<RawProtocol<QueuedError>, "probeOfError" | "probeOfReply"> & {
  send(probe: number): Errno | undefined;
};

function probesOf(socket: RawSocket, protocol: Protocol): ProbeChannel {
  return rawProbes<QueuedError>(socket, {
    ...protocol,
    send(probe, ttl) {
      socket.options.ttl = ttl;
      return protocol.send(probe);
    },
    nextError: () => nextError(socket),
    answerOf,
  });
}

function answerOf(error: QueuedError, probe: number): ProbeAnswer {
  const { type, code, info, offender, time, origin } = error;
  if (origin === "local") {
    return { probe, from: undefined, time, mark: `!F-${info}`, final: true };
  }
  if (type === ICMP.TIME_EXCEEDED) return { probe, from: offender, time, mark: "", final: false };
  const tooBig = type === ICMP.UNREACHABLE && code === 4;
  const mark = tooBig ? `!F-${info}` : (UNREACHABLE_MARKS[code] ?? `!<${code}>`);
  return { probe, from: offender, time, mark, final: true };
}
