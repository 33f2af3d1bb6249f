// TCP segments (RFC 9293) with the options of RFC 7323 and RFC 2018.
//
//    0        2             4     8     12       13      14       16         18       20
//   | source | destination | seq | ack | offset | flags | window | checksum | urgent | options | payload
//
// Not here: connections (net/ipv4/tcp*.ts). The checksum is as in udp.ts.

import { get16, get32, put16, put32 } from "./bytes.ts";

/** Length of a header without options. */
const TCP_HEADER = 20;

/** Flag bits. */
export const TCP_FLAG = {
  FIN: 0x01,
  SYN: 0x02,
  RST: 0x04,
  PSH: 0x08,
  ACK: 0x10,
  URG: 0x20,
  ECE: 0x40,
  CWR: 0x80,
} as const;

/** One header; `options` are the raw bytes. */
export type TcpHeader = {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledgement: number;
  readonly headerLength: number;
  readonly flags: number;
  readonly window: number;
  readonly checksum: number;
  readonly urgent: number;
  readonly options: Uint8Array;
};

/** The header at `at`, or undefined when it is cut short or claims fewer than 20 bytes. */
export function parseTcp(bytes: Uint8Array, at = 0): TcpHeader | undefined {
  const headerLength = ((bytes[at + 12] ?? 0) >> 4) * 4;
  if (headerLength < TCP_HEADER || bytes.length < at + headerLength) return undefined;
  return {
    sourcePort: get16(bytes, at),
    destinationPort: get16(bytes, at + 2),
    sequence: get32(bytes, at + 4),
    acknowledgement: get32(bytes, at + 8),
    headerLength,
    flags: bytes[at + 13] ?? 0,
    window: get16(bytes, at + 14),
    checksum: get16(bytes, at + 16),
    urgent: get16(bytes, at + 18),
    options: bytes.subarray(at + TCP_HEADER, at + headerLength),
  };
}

/** A segment with a zero checksum field; options are filled up with zeros to four bytes. */
export function tcpBytes(
  header: Omit<TcpHeader, "headerLength" | "checksum" | "urgent">,
  payload: Uint8Array,
): Uint8Array {
  const headerLength = TCP_HEADER + ((header.options.length + 3) & ~3);
  const bytes = new Uint8Array(headerLength + payload.length);
  put16(bytes, 0, header.sourcePort);
  put16(bytes, 2, header.destinationPort);
  put32(bytes, 4, header.sequence);
  put32(bytes, 8, header.acknowledgement);
  bytes[12] = (headerLength / 4) << 4;
  bytes[13] = header.flags;
  put16(bytes, 14, header.window);
  bytes.set(header.options, TCP_HEADER);
  bytes.set(payload, headerLength);
  return bytes;
}

/** One option; `length` is what the option claims, `data` what is there. */
export type TcpOption = {
  readonly kind: number;
  readonly length: number;
  readonly data: Uint8Array;
};

/** Option kinds. */
export const TCP_OPTION = { END: 0, NOP: 1, MSS: 2, WSCALE: 3, SACK_OK: 4, SACK: 5, TIMESTAMP: 8 };

/** The options up to the end mark; one that runs past the end is the last and has `length` 0. */
export function parseTcpOptions(options: Uint8Array): TcpOption[] {
  const found: TcpOption[] = [];
  for (let at = 0; at < options.length; ) {
    const kind = options[at] ?? 0;
    if (kind === TCP_OPTION.END) {
      found.push({ kind, length: 1, data: options.subarray(at, at) });
      break;
    }
    const length = kind === TCP_OPTION.NOP ? 1 : (options[at + 1] ?? 0);
    const whole = kind === TCP_OPTION.NOP || (length >= 2 && at + length <= options.length);
    if (!whole) {
      found.push({ kind, length: 0, data: options.subarray(at + 2) });
      break;
    }
    found.push({ kind, length, data: options.subarray(at + Math.min(2, length), at + length) });
    at += length;
  }
  return found;
}
