// ICMPv6 (RFC 4443) and Neighbour Discovery (RFC 4861, nonce: RFC 3971).
//
//    0      1      2          4                              8
//   | type | code | checksum | rest: id seq, mtu, flags … | payload
//
// ND messages have a target of 16 bytes first in the payload (NS, NA, redirect) and options behind
// it: type, length in units of 8 bytes, value.
// Not here: which message is sent when (net/ipv6/icmpv6.ts, ndisc.ts), MLD (mld.ts).

import { checksumOf, get16, get32, getIp6, getMac, put16, put32, putMac, sum16 } from "./bytes.ts";
import { NEXT, pseudoSum6 } from "./ipv6.ts";

/** Length of the header with the four bytes that depend on the type. */
const ICMPV6_HEADER = 8;

/** Message types. */
export const ICMPV6 = {
  UNREACHABLE: 1,
  PACKET_TOO_BIG: 2,
  TIME_EXCEEDED: 3,
  PARAMETER_PROBLEM: 4,
  ECHO: 128,
  ECHO_REPLY: 129,
  MLD_QUERY: 130,
  MLD_REPORT: 131,
  MLD_DONE: 132,
  ROUTER_SOLICITATION: 133,
  ROUTER_ADVERTISEMENT: 134,
  NEIGHBOR_SOLICITATION: 135,
  NEIGHBOR_ADVERTISEMENT: 136,
  REDIRECT: 137,
  MLD2_REPORT: 143,
} as const;

/** Codes of "destination unreachable". */
export const UNREACHABLE6 = {
  NO_ROUTE: 0,
  PROHIBITED: 1,
  NOT_NEIGHBOUR: 2,
  ADDRESS: 3,
  PORT: 4,
  POLICY: 5,
  REJECT_ROUTE: 6,
} as const;

/** Flags of a neighbour advertisement in `rest`. */
export const NA_FLAG = { ROUTER: 0x80000000, SOLICITED: 0x40000000, OVERRIDE: 0x20000000 } as const;

/** Kinds of ND options. */
export const ND_OPTION = {
  SOURCE_LINK_ADDRESS: 1,
  TARGET_LINK_ADDRESS: 2,
  PREFIX: 3,
  REDIRECTED: 4,
  MTU: 5,
  NONCE: 14,
} as const;

/** One message; `rest` is bytes 4 to 8 as one number: of an echo (id << 16 | sequence). */
export type Icmpv6Message = {
  readonly type: number;
  readonly code: number;
  readonly rest: number;
  readonly payload: Uint8Array;
};

/** The message in `bytes` from `at` to `end`, or undefined when it is shorter than its header. */
export function parseIcmpv6(
  bytes: Uint8Array,
  at = 0,
  end = bytes.length,
): (Icmpv6Message & { readonly checksum: number }) | undefined {
  if (Math.min(end, bytes.length) < at + ICMPV6_HEADER) return undefined;
  return {
    type: bytes[at] ?? 0,
    code: bytes[at + 1] ?? 0,
    checksum: get16(bytes, at + 2),
    rest: get32(bytes, at + 4),
    payload: bytes.subarray(at + ICMPV6_HEADER, end),
  };
}

/** A message; its checksum is still 0, because it counts in the addresses. */
export function icmpv6Bytes(message: Icmpv6Message): Uint8Array {
  const bytes = new Uint8Array(ICMPV6_HEADER + message.payload.length);
  bytes[0] = message.type;
  bytes[1] = message.code;
  put32(bytes, 4, message.rest);
  bytes.set(message.payload, ICMPV6_HEADER);
  return bytes;
}

/** Writes the checksum of the message at `from` to the packet's end; its IPv6 header is at `header`. */
export function putIcmpv6Checksum(packet: Uint8Array, header: number, from: number): void {
  put16(packet, from + 2, 0);
  put16(packet, from + 2, sumOf(packet, header, from));
}

/** True when the checksum of the message at `from` to the packet's end is right. */
export function isIcmpv6ChecksumRight(packet: Uint8Array, header: number, from: number): boolean {
  return sumOf(packet, header, from) === 0;
}

function sumOf(packet: Uint8Array, header: number, from: number): number {
  const pseudo = pseudoSum6(packet, header, NEXT.ICMPV6, packet.length - from);
  return checksumOf(sum16(packet, from, packet.length, pseudo));
}

/** True for the messages that report an error. */
export function isIcmpv6Error(type: number): boolean {
  return type < 128;
}

/** One option of ND; `bytes` is the whole option. */
export type NdOption = { readonly type: number; readonly bytes: Uint8Array };

/** Options from `at` on; undefined when one of them is cut short or empty. */
export function parseNdOptions(payload: Uint8Array, at: number): NdOption[] | undefined {
  const options: NdOption[] = [];
  let place = at;
  while (place < payload.length) {
    const length = (payload[place + 1] ?? 0) * 8;
    if (length === 0 || place + length > payload.length) return undefined;
    options.push({ type: payload[place] ?? 0, bytes: payload.subarray(place, place + length) });
    place += length;
  }
  return options;
}

/** The MAC address in a link-layer address option. */
export function linkAddressIn(options: readonly NdOption[], type: number): number | undefined {
  const option = options.find((one) => one.type === type);
  return option === undefined ? undefined : getMac(option.bytes, 2);
}

/** A link-layer address option. */
export function linkAddressOption(type: number, mac: number): Uint8Array {
  const option = new Uint8Array(8);
  option[0] = type;
  option[1] = 1;
  putMac(option, 2, mac);
  return option;
}

/** A nonce option with six bytes. */
export function nonceOption(nonce: number): Uint8Array {
  return linkAddressOption(ND_OPTION.NONCE, nonce);
}

/** The target of NS, NA and redirect. */
export function ndTarget(payload: Uint8Array): string {
  return getIp6(payload, 0);
}
