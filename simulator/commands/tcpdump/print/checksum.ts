// Checksums that count in the addresses of the IP header (TCP, UDP, ICMPv6).

import { sum16 } from "../../../wire/bytes.ts";
import { type Payload, type Printer, rangeSum } from "./printer.ts";

/** The checksum of a segment with its pseudo header; 0 when its field is right. */
export function pseudoSum(printer: Printer, payload: Payload, length: number): number {
  const { ip, at, version, protocol } = payload;
  const from = version === 4 ? ip + 12 : ip + 8;
  const addresses = sum16(printer.bytes, from, from + (version === 4 ? 8 : 32));
  return rangeSum(printer, at, at + length, addresses + protocol + length);
}
