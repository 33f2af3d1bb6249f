// UDP datagrams (RFC 768).
//
//    0        2             4        6
//   | source | destination | length | checksum | payload
//
// The sum of the pseudo header comes from pseudoSum4 (ipv4.ts) or its IPv6 sibling. On a device that
// computes checksums in hardware, and a veth claims to, the field holds only the folded pseudo
// header sum ("partial"); captures show that as a bad checksum, and so must ours.
// Not here: ports and sockets (net/ipv4/udp.ts).

import { checksumOf, get16, put16, sum16 } from "./bytes.ts";

/** Length of a UDP header. */
export const UDP_HEADER = 8;

/** One header. */
export type UdpHeader = {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly length: number;
  readonly checksum: number;
};

/** The header at `at`, or undefined when it is cut short. */
export function parseUdp(bytes: Uint8Array, at = 0): UdpHeader | undefined {
  if (bytes.length < at + UDP_HEADER) return undefined;
  return {
    sourcePort: get16(bytes, at),
    destinationPort: get16(bytes, at + 2),
    length: get16(bytes, at + 4),
    checksum: get16(bytes, at + 6),
  };
}

/** A datagram with a zero checksum field. */
export function udpBytes(
  sourcePort: number,
  destinationPort: number,
  payload: Uint8Array,
): Uint8Array {
  const bytes = new Uint8Array(UDP_HEADER + payload.length);
  put16(bytes, 0, sourcePort);
  put16(bytes, 2, destinationPort);
  put16(bytes, 4, bytes.length);
  bytes.set(payload, UDP_HEADER);
  return bytes;
}

/** The folded pseudo header sum that stands in the field until hardware completes it. */
export function partialChecksum(pseudoSum: number): number {
  return ~checksumOf(pseudoSum) & 0xffff;
}

/** The checksum of a segment whose checksum field is zero; never 0, which would mean "none". */
export function fullChecksum(
  bytes: Uint8Array,
  from: number,
  to: number,
  pseudoSum: number,
): number {
  return checksumOf(sum16(bytes, from, to, pseudoSum)) || 0xffff;
}

/** True when the checksum field of a segment is complete and right, or partial and as it should be. */
export function isTransportChecksumRight(
  bytes: Uint8Array,
  segment: { readonly from: number; readonly to: number; readonly field: number },
  pseudoSum: number,
): boolean {
  const { from, to, field } = segment;
  if (checksumOf(sum16(bytes, from, to, pseudoSum)) === 0) return true;
  return get16(bytes, from + field) === partialChecksum(pseudoSum);
}
