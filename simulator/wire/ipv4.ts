// IPv4 headers (RFC 791).
//
//    0         1     2        4    6              8     9       10         12       16
//   | ver ihl | tos | length | id | flags offset | ttl | proto | checksum | source | destination | options
//
// Two ways in: `parseIpv4` for who wants everything as one value (captures), and the accessors
// for who forwards a hundred thousand packets and makes no objects (the kernel).
// Not here: what options mean (net/ipv4/ipOptions.ts), fragments (net/ipv4/ipFragment.ts).

import { checksumOf, get16, get32, put16, put32, sum16 } from "./bytes.ts";

/** Length of a header without options. */
export const IPV4_HEADER = 20;

/** Protocol numbers that the kernel here knows. */
export const IPPROTO = {
  ICMP: 1,
  IGMP: 2,
  TCP: 6,
  UDP: 17,
  IPV6: 41,
  ICMPV6: 58,
  RAW: 255,
} as const;

/** One header; `fragmentOffset` in bytes. */
export type Ipv4Header = {
  readonly headerLength: number;
  readonly tos: number;
  readonly totalLength: number;
  readonly id: number;
  readonly reservedFlag: boolean;
  readonly dontFragment: boolean;
  readonly moreFragments: boolean;
  readonly fragmentOffset: number;
  readonly ttl: number;
  readonly protocol: number;
  readonly checksum: number;
  readonly source: number;
  readonly destination: number;
  readonly options: Uint8Array;
};

/** The header at `at`, or undefined when it is cut short, no version 4 or shorter than 20 bytes. */
export function parseIpv4(bytes: Uint8Array, at = 0): Ipv4Header | undefined {
  const first = bytes[at] ?? 0;
  const headerLength = (first & 15) * 4;
  if (first >> 4 !== 4 || headerLength < IPV4_HEADER || bytes.length < at + headerLength) {
    return undefined;
  }
  const flags = get16(bytes, at + 6);
  return {
    headerLength,
    tos: bytes[at + 1] ?? 0,
    totalLength: get16(bytes, at + 2),
    id: get16(bytes, at + 4),
    reservedFlag: (flags & 0x8000) !== 0,
    dontFragment: (flags & 0x4000) !== 0,
    moreFragments: (flags & 0x2000) !== 0,
    fragmentOffset: (flags & 0x1fff) * 8,
    ttl: bytes[at + 8] ?? 0,
    protocol: bytes[at + 9] ?? 0,
    checksum: get16(bytes, at + 10),
    source: get32(bytes, at + 12),
    destination: get32(bytes, at + 16),
    options: bytes.subarray(at + IPV4_HEADER, at + headerLength),
  };
}

/** What a sender chooses; the rest has the value that most packets have. */
export type Ipv4Fields = {
  readonly source: number;
  readonly destination: number;
  readonly protocol: number;
  readonly totalLength: number;
  readonly ttl: number;
  readonly tos?: number;
  readonly id?: number;
  /** The 16 bits of flags and offset as they are on the wire: 0x4000 is "don't fragment". */
  readonly fragment?: number;
  /** A multiple of four bytes, at most 40. */
  readonly options?: Uint8Array;
};

/** Writes a header with its checksum into `bytes` at `at`; returns its length. */
export function putIpv4(bytes: Uint8Array, at: number, fields: Ipv4Fields): number {
  const options = fields.options;
  const length = IPV4_HEADER + (options?.length ?? 0);
  bytes[at] = 0x40 | (length >> 2);
  bytes[at + 1] = fields.tos ?? 0;
  put16(bytes, at + 2, fields.totalLength);
  put16(bytes, at + 4, fields.id ?? 0);
  put16(bytes, at + 6, fields.fragment ?? 0);
  bytes[at + 8] = fields.ttl;
  bytes[at + 9] = fields.protocol;
  put32(bytes, at + 12, fields.source);
  put32(bytes, at + 16, fields.destination);
  if (options !== undefined) bytes.set(options, at + IPV4_HEADER);
  updateIpv4Checksum(bytes, at);
  return length;
}

/** Computes the header checksum anew. */
export function updateIpv4Checksum(bytes: Uint8Array, at: number): void {
  put16(bytes, at + 10, 0);
  put16(bytes, at + 10, checksumOf(sum16(bytes, at, at + ipv4HeaderLength(bytes, at))));
}

/** True when the header checksum is right. */
export function isIpv4ChecksumRight(bytes: Uint8Array, at: number): boolean {
  return checksumOf(sum16(bytes, at, at + ipv4HeaderLength(bytes, at))) === 0;
}

/** Takes one from the TTL and corrects the checksum (RFC 1624). */
export function decrementTtl(bytes: Uint8Array, at: number): void {
  bytes[at + 8] = (bytes[at + 8] ?? 0) - 1;
  const sum = get16(bytes, at + 10) + 0x100;
  put16(bytes, at + 10, (sum + (sum >= 0xffff ? 1 : 0)) & 0xffff);
}

/** Header length in bytes. */
export function ipv4HeaderLength(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) & 15) * 4;
}

/** Total length field. */
export function ipv4TotalLength(bytes: Uint8Array, at: number): number {
  return get16(bytes, at + 2);
}

/** Source address. */
export function ipv4Source(bytes: Uint8Array, at: number): number {
  return get32(bytes, at + 12);
}

/** Destination address. */
export function ipv4Destination(bytes: Uint8Array, at: number): number {
  return get32(bytes, at + 16);
}

/** The sum of the pseudo header that UDP and TCP count in (RFC 768), not folded. */
export function pseudoSum4(
  source: number,
  destination: number,
  protocol: number,
  length: number,
): number {
  return (
    (source >>> 16) +
    (source & 0xffff) +
    (destination >>> 16) +
    (destination & 0xffff) +
    protocol +
    length
  );
}
