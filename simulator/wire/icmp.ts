// ICMP for IPv4 (RFC 792).
//
//    0      1      2          4                                8
//   | type | code | checksum | rest: id seq, gateway, mtu … | payload
//
// Not here: which message is sent when (net/ipv4/icmp.ts), texts for it (ping, tcpdump).

import { checksumOf, get16, get32, put16, put32, sum16 } from "./bytes.ts";

/** Length of the header with the four bytes that depend on the type. */
export const ICMP_HEADER = 8;

/** Message types. */
export const ICMP = {
  ECHO_REPLY: 0,
  UNREACHABLE: 3,
  SOURCE_QUENCH: 4,
  REDIRECT: 5,
  ECHO: 8,
  ROUTER_ADVERTISEMENT: 9,
  ROUTER_SOLICITATION: 10,
  TIME_EXCEEDED: 11,
  PARAMETER_PROBLEM: 12,
  TIMESTAMP: 13,
  TIMESTAMP_REPLY: 14,
  ADDRESS_MASK: 17,
  ADDRESS_MASK_REPLY: 18,
} as const;

/** Codes of "destination unreachable". */
export const UNREACHABLE = {
  NET: 0,
  HOST: 1,
  PROTOCOL: 2,
  PORT: 3,
  FRAGMENTATION_NEEDED: 4,
  SOURCE_ROUTE: 5,
  NET_UNKNOWN: 6,
  HOST_UNKNOWN: 7,
  HOST_ISOLATED: 8,
  NET_PROHIBITED: 9,
  HOST_PROHIBITED: 10,
  NET_TOS: 11,
  HOST_TOS: 12,
  FILTERED: 13,
  PRECEDENCE: 14,
  PRECEDENCE_CUTOFF: 15,
} as const;

/** One message; `rest` is bytes 4 to 8 as one number: of an echo (id << 16 | sequence). */
export type IcmpMessage = {
  readonly type: number;
  readonly code: number;
  readonly checksum: number;
  readonly rest: number;
  readonly payload: Uint8Array;
};

/** The message in `bytes` from `at` to `end`, or undefined when it is shorter than its header. */
export function parseIcmp(bytes: Uint8Array, at = 0, end = bytes.length): IcmpMessage | undefined {
  if (Math.min(end, bytes.length) < at + ICMP_HEADER) return undefined;
  return {
    type: bytes[at] ?? 0,
    code: bytes[at + 1] ?? 0,
    checksum: get16(bytes, at + 2),
    rest: get32(bytes, at + 4),
    payload: bytes.subarray(at + ICMP_HEADER, end),
  };
}

/** A message with its checksum. */
export function icmpBytes(message: Omit<IcmpMessage, "checksum">): Uint8Array {
  const bytes = new Uint8Array(ICMP_HEADER + message.payload.length);
  bytes[0] = message.type;
  bytes[1] = message.code;
  put32(bytes, 4, message.rest);
  bytes.set(message.payload, ICMP_HEADER);
  put16(bytes, 2, checksumOf(sum16(bytes, 0, bytes.length)));
  return bytes;
}

/** True when the checksum over `from` to `to` is right. */
export function isIcmpChecksumRight(bytes: Uint8Array, from: number, to: number): boolean {
  return checksumOf(sum16(bytes, from, to)) === 0;
}

/** True for the messages that report an error; none is ever sent about one of them (RFC 1122). */
export function isIcmpError(type: number): boolean {
  return (
    type === ICMP.UNREACHABLE ||
    type === ICMP.SOURCE_QUENCH ||
    type === ICMP.REDIRECT ||
    type === ICMP.TIME_EXCEEDED ||
    type === ICMP.PARAMETER_PROBLEM
  );
}
