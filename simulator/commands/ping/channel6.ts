// Echo over ICMPv6 (RFC 4443) on a raw socket, with the texts of ping(8) for what can come back.
// Not here: names (target.ts). Not simulated: node information queries, flow labels.

import { errnoText } from "../../net/core/errno.ts";
import type { NetDevice } from "../../net/core/netDevice.ts";
import {
  openIcmp6Socket,
  type QueuedError6,
  type RawSocket6,
  type SocketOptions6,
} from "../../net/ipv6/raw6.ts";
import { routeOutput6 } from "../../net/ipv6/route6.ts";
import { countNoRoute6 } from "../../net/ipv6/snmp6.ts";
import type { Process } from "../../process/process.ts";
import { ip6Text, parseIp4, parseIp6 } from "../../wire/address.ts";
import { get16, put16 } from "../../wire/bytes.ts";
import { ICMPV6, parseIcmpv6 } from "../../wire/icmpv6.ts";
import { isLinkLocal6, isMulticast6 } from "../../wire/ipv6.ts";
import {
  type EchoChannel,
  type EchoEvent,
  echoData,
  type NoChannel,
  type Sender,
  stampData,
} from "./channel.ts";
import { callFailed, type PingSettings } from "./settings.ts";

/** Whom to ping. */
export type Target6 = {
  readonly address: string;
  /** The device behind "%" of a link-local address. */
  readonly scope: NetDevice | undefined;
  readonly name: string;
  /** What the address is called, if it is to be told. */
  readonly shown: string | undefined;
};

/** Opens it, and says on the way what goes to standard error. */
export function openChannel6(
  self: Process,
  target: Target6,
  settings: PingSettings,
): (EchoChannel & { readonly warning: string }) | NoChannel {
  const options: SocketOptions6 = {
    ...{ receiveErrors: true, trafficClass: settings.tos, hopLimit: settings.ttl },
    ...{ multicastHops: settings.ttl, pathMtu: settings.pathMtu ?? "want" },
    cause: `ping of ${ip6Text(target.address)} (pid ${self.pid})`,
    ...(settings.mark === undefined ? {} : { mark: settings.mark }),
  };
  const named = settings.interface;
  const bound = named === undefined ? undefined : parseIp6(named);
  // The name turned out to be of this family: an address of the other one means nothing here.
  if (named !== undefined && bound === undefined && parseIp4(named) === undefined) {
    options.device = self.net.byName.get(named);
    if (options.device === undefined)
      return { complaint: `ping: unknown iface: ${named}\n`, code: 2 };
  }
  const source = bound ?? findSource(self, target, options);
  if (typeof source !== "string") return source;
  const { device } = options;
  const local = device?.ip6?.addresses.some((one) => one.local === source) ?? false;
  const warning =
    device === undefined || local
      ? ""
      : `ping: Warning: source address might be selected on device other than: ${device.name}\n`;
  const socket = openIcmp6Socket(self.net, options);
  if (bound !== undefined) {
    const errno = socket.bind(bound, target.scope);
    if (errno !== undefined) {
      socket.close();
      return { complaint: callFailed("bind icmp socket", errno), code: 2 };
    }
  }
  socket.wanted = new Set([1, 2, 3, 4, ICMPV6.ECHO_REPLY]);
  const from = named === undefined ? "" : ` from ${ip6Text(source)} ${device?.name ?? ""}:`;
  const text = scopedText(target.address, target.scope);
  const shown = target.shown === undefined ? text : `${target.shown} (${text})`;
  const opening = `PING ${target.name}(${shown})${from} ${settings.size} data bytes`;
  const multicast = isMulticast6(target.address);
  return { ...channelOf(self, socket, target, settings), opening, multicast, warning };
}

/** The source address that the kernel would take, or why there is none. */
function findSource(self: Process, target: Target6, options: SocketOptions6): string | NoChannel {
  const oif = options.device ?? target.scope;
  // ping learns nothing of the source of a link-local address whose device it must guess.
  const local = isLinkLocal6(target.address) || isMulticast6(target.address);
  if (options.device !== undefined && local && target.scope === undefined) {
    return "0".repeat(32);
  }
  const route = routeOutput6(self.net, {
    destination: target.address,
    ...(oif === undefined ? {} : { oif }),
  });
  if ("errno" in route) {
    countNoRoute6(self.net, route.errno);
    return { complaint: callFailed("connect", route.errno), code: 2 };
  }
  return route.source;
}

function channelOf(
  self: Process,
  socket: RawSocket6,
  target: Target6,
  settings: PingSettings,
): Omit<EchoChannel, "opening" | "multicast"> {
  const { clock, random } = self.machine;
  const identifier = settings.identifier ?? random.below(0x10000);
  const data = echoData(settings.size, settings.pattern);
  return {
    send(sequence) {
      stampData(data, clock.now);
      const message = new Uint8Array(8 + data.length);
      message[0] = ICMPV6.ECHO;
      put16(message, 4, identifier);
      put16(message, 6, sequence & 0xffff);
      message.set(data, 8);
      return socket.send(message, target.address, target.scope);
    },
    next() {
      for (;;) {
        const error = socket.errors.shift();
        if (error !== undefined) {
          const event = errorEvent(error, identifier);
          if (event !== undefined) return event;
          continue;
        }
        const packet = socket.received.shift();
        if (packet === undefined) return undefined;
        const message = parseIcmpv6(packet.payload);
        if (message?.type !== ICMPV6.ECHO_REPLY || get16(packet.payload, 4) !== identifier)
          continue;
        return {
          type: "reply",
          sequence: get16(packet.payload, 6),
          from: senderOf(packet.source, packet.dev),
          bytes: packet.payload.length,
          ttl: packet.hopLimit,
          time: packet.time,
        };
      }
    },
    changed: socket.changed,
    close: () => socket.close(),
  };
}

function errorEvent(error: QueuedError6, identifier: number): EchoEvent | undefined {
  if (error.origin === "local") {
    const text =
      error.errno === "EMSGSIZE" ? `message too long, mtu: ${error.info}` : errnoText(error.errno);
    return { type: "local", line: `ping: local error: ${text}` };
  }
  const { original } = error;
  if (original[0] !== ICMPV6.ECHO || get16(original, 4) !== identifier) return undefined;
  const sequence = get16(original, 6);
  const from = senderOf(error.offender ?? "", error.offenderDevice);
  const rest = ` icmp_seq=${sequence} ${errorText(error.type, error.code, error.info)}`;
  return { type: "error", sequence, from, rest };
}

function senderOf(address: string, dev: NetDevice | undefined): Sender {
  return { key: address, text: scopedText(address, dev) };
}

const UNREACHABLE = [
  "No route",
  "Administratively prohibited",
  "Beyond scope of source address",
  "Address unreachable",
  "Port unreachable",
];

function errorText(type: number, code: number, info: number): string {
  switch (type) {
    case 1:
      return `Destination unreachable: ${UNREACHABLE[code] ?? `Unknown code ${code}`}`;
    case 2:
      return `Packet too big: mtu=${info}${code === 0 ? "" : `, code=${code}`}`;
    case 3:
      return `Time exceeded: ${["Hop limit", "Defragmentation failure"][code] ?? `code ${code}`}`;
    default:
      return `Parameter problem: ${["Wrong header field ", "Unknown header ", "Unknown option "][code] ?? `code ${code} `}at ${info}`;
  }
}

/** An IPv6 address with its device where it means nothing without one. */
function scopedText(address: string, dev: NetDevice | undefined): string {
  const needs = isLinkLocal6(address) || (isMulticast6(address) && /^ff.[12]/.test(address));
  return `${ip6Text(address)}${needs && dev !== undefined ? `%${dev.name}` : ""}`;
}
