// Echo over ICMP (RFC 792) on a raw socket, with the texts of ping(8) for what can come back.
// A UDP socket is connected first, as ping does, to learn the source address and whether there is a
// route at all.
// Not here: names (target.ts). Not simulated: record route, timestamps in the header.

import { errnoText } from "../../net/core/errno.ts";
import {
  nextError,
  type QueuedError,
  type RawSocket,
  type SocketOptions,
} from "../../net/ipv4/inetSocket.ts";
import { openIcmpSocket } from "../../net/ipv4/raw.ts";
import { openUdpSocket } from "../../net/ipv4/udp.ts";
import type { Process } from "../../process/process.ts";
import { ip4Text, parseIp4 } from "../../wire/address.ts";
import { get16, get32 } from "../../wire/bytes.ts";
import { ICMP, icmpBytes, parseIcmp } from "../../wire/icmp.ts";
import { ipv4HeaderLength } from "../../wire/ipv4.ts";
import {
  type EchoChannel,
  type EchoEvent,
  echoData,
  type NoChannel,
  type Sender,
  stampData,
} from "./channel.ts";
import { callFailed, type PingSettings } from "./settings.ts";

/** Whom to ping: the address, and how the reader called it. */
export type Target4 = {
  readonly address: number;
  readonly name: string;
};

const LOOPBACK = 0x7f000001;

/** Opens it, and says on the way what goes to standard error. */
export function openChannel4(
  self: Process,
  wanted: Target4,
  settings: PingSettings,
): (EchoChannel & { readonly warning: string }) | NoChannel {
  const named = settings.interface;
  const source = named === undefined ? undefined : parseIp4(named);
  // Nobody is 0.0.0.0: the kernel takes it for the source, and that for the device's or the loopback's.
  const own = source ?? self.net.byName.get(named ?? "")?.ip4?.addresses[0]?.local ?? LOOPBACK;
  const target = wanted.address === 0 ? { ...wanted, address: own } : wanted;
  const options: SocketOptions = {
    ...{
      receiveErrors: true,
      tos: settings.tos,
      ttl: settings.ttl,
      ...(settings.pathMtu === undefined ? {} : { pathMtu: settings.pathMtu }),
    },
    cause: `ping of ${ip4Text(target.address)} (pid ${self.pid})`,
    ...(settings.mark === undefined ? {} : { mark: settings.mark }),
    dontRoute: settings.dontRoute,
  };
  if (named !== undefined && source === undefined) {
    options.device = self.net.byName.get(named);
    if (options.device === undefined)
      return { complaint: callFailed(`SO_BINDTODEVICE ${named}`, "ENODEV"), code: 2 };
  }
  const found = source ?? findSource(self, target, settings, options);
  if (typeof found !== "number") return found;
  let warning = options.broadcast ? "WARNING: pinging broadcast address\n" : "";
  const { device } = options;
  if (device !== undefined && !device.ip4?.addresses.some(({ local }) => local === found)) {
    warning += `ping: Warning: source address might be selected on device other than: ${device.name}\n`;
  }
  const socket = openIcmpSocket(self.net, options);
  if (source !== undefined) {
    const errno = socket.bind(source);
    if (errno !== undefined) {
      socket.close();
      return { complaint: callFailed("bind", errno), code: 2 };
    }
  }
  if (settings.ttl === 0) {
    socket.close();
    return { complaint: callFailed("cannot set unicast time-to-live", "EINVAL"), code: 2 };
  }
  const from = named === undefined ? "" : ` from ${ip4Text(found)} ${device?.name ?? ""}:`;
  const size = `${settings.size}(${settings.size + 28}) bytes of data.`;
  const opening = `PING ${target.name} (${ip4Text(target.address)})${from} ${size}`;
  const multicast = options.broadcast === true || target.address >>> 28 === 14;
  return { ...channelOf(self, socket, target, settings), opening, multicast, warning };
}

/** The source address that the kernel would take, or why there is none. */
function findSource(
  self: Process,
  target: Target4,
  settings: PingSettings,
  options: SocketOptions,
): number | NoChannel {
  const { device, mark, tos } = options;
  const probe = openUdpSocket(self.net, {
    ...{ device, ...(tos === undefined ? {} : { tos }) },
    ...(mark === undefined ? {} : { mark }),
  });
  try {
    let errno = probe.connect(target.address, 1025);
    if (errno === "EACCES" && settings.broadcast) {
      options.broadcast = true;
      probe.options.broadcast = true;
      errno = probe.connect(target.address, 1025);
    }
    if (errno === "EACCES") {
      return {
        complaint:
          "ping: Do you want to ping broadcast? Then -b. If not, check your local firewall rules\n",
        code: 2,
      };
    }
    if (errno !== undefined) return { complaint: callFailed("connect", errno), code: 2 };
    return probe.options.source ?? 0;
  } finally {
    probe.close();
  }
}

function channelOf(
  self: Process,
  socket: RawSocket,
  target: Target4,
  settings: PingSettings,
): Omit<EchoChannel, "opening" | "multicast"> {
  const { clock, random } = self.machine;
  const identifier = settings.identifier ?? random.below(0x10000);
  const data = echoData(settings.size, settings.pattern);
  return {
    send(sequence, confirm) {
      stampData(data, clock.now);
      const rest = identifier * 0x10000 + (sequence & 0xffff);
      const message = icmpBytes({ type: ICMP.ECHO, code: 0, rest, payload: data });
      return socket.send(message, target.address, confirm);
    },
    next() {
      for (;;) {
        const error = nextError(socket);
        if (error !== undefined) {
          const event = errorEvent(error, identifier);
          if (event !== undefined) return event;
          continue;
        }
        const packet = socket.received.shift();
        if (packet === undefined) return undefined;
        const event = packetEvent(packet, identifier, target);
        if (event !== undefined) return event;
      }
    },
    changed: socket.changed,
    close: () => socket.close(),
  };
}

function errorEvent(error: QueuedError, identifier: number): EchoEvent | undefined {
  if (error.origin === "local") {
    const text =
      error.errno === "EMSGSIZE"
        ? `message too long, mtu=${Math.min(error.info, 65535)}`
        : errnoText(error.errno);
    return { type: "local", line: `ping: local error: ${text}` };
  }
  const { original } = error;
  if (original[0] !== ICMP.ECHO || get16(original, 4) !== identifier) return undefined;
  const sequence = get16(original, 6);
  const text = errorText(error.type, error.code, error.info);
  return {
    type: "error",
    sequence,
    from: senderOf(error.offender),
    rest: ` icmp_seq=${sequence} ${text}`,
  };
}

function packetEvent(
  packet: {
    readonly source: number;
    readonly payload: Uint8Array;
    readonly ttl: number;
    readonly time: number;
  },
  identifier: number,
  target: Target4,
): EchoEvent | undefined {
  const header = ipv4HeaderLength(packet.payload, 0);
  const message = parseIcmp(packet.payload, header);
  if (message === undefined) return undefined;
  if (message.type === ICMP.ECHO_REPLY && message.rest >>> 16 === identifier) {
    return {
      type: "reply",
      sequence: message.rest & 0xffff,
      from: senderOf(packet.source),
      bytes: packet.payload.length - header,
      ttl: packet.ttl,
      time: packet.time,
    };
  }
  if (message.type !== ICMP.REDIRECT) return undefined;
  const quoted = message.payload;
  const inner = ipv4HeaderLength(quoted, 0);
  const ours =
    get32(quoted, 16) === target.address &&
    quoted[9] === 1 &&
    get16(quoted, inner + 4) === identifier;
  if (!ours) return undefined;
  const text = errorText(message.type, message.code, message.rest);
  return {
    type: "notice",
    from: senderOf(packet.source),
    rest: `: icmp_seq=${get16(quoted, inner + 6)} ${text}`,
  };
}

function senderOf(address: number): Sender {
  return { key: address, text: ip4Text(address) };
}

const UNREACHABLE = [
  "Destination Net Unreachable",
  "Destination Host Unreachable",
  "Destination Protocol Unreachable",
  "Destination Port Unreachable",
  "",
  "Source Route Failed",
  "Destination Net Unknown",
  "Destination Host Unknown",
  "Source Host Isolated",
  "Destination Net Prohibited",
  "Destination Host Prohibited",
  "Destination Net Unreachable for Type of Service",
  "Destination Host Unreachable for Type of Service",
  "Packet filtered",
  "Precedence Violation",
  "Precedence Cutoff",
];
const REDIRECTS = [
  "Redirect Network",
  "Redirect Host",
  "Redirect Type of Service and Network",
  "Redirect Type of Service and Host",
];

/** What ping says of an ICMP error; `info` is the MTU, gateway or pointer. */
function errorText(type: number, code: number, info: number): string {
  switch (type) {
    case ICMP.UNREACHABLE:
      return code === 4
        ? `Frag needed and DF set (mtu = ${info})`
        : UNREACHABLE[code] || `Dest Unreachable, Bad Code: ${code}`;
    case ICMP.REDIRECT:
      return `${REDIRECTS[code] ?? `Redirect, Bad Code: ${code}`}(New nexthop: ${ip4Text(info)})`;
    case 11:
      if (code === 0) return "Time to live exceeded";
      return code === 1 ? "Frag reassembly time exceeded" : `Time exceeded, Bad Code: ${code}`;
    case 12:
      return `Parameter problem: pointer = ${info >>> 24}`;
    case 4:
      return "Source Quench";
    default:
      return `Bad ICMP type: ${type}`;
  }
}
