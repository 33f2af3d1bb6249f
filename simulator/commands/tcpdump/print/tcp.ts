// TCP (print-tcp.c): flags, sequence numbers counted from the start of a connection, options.
// Not simulated: what runs on ports other than those of DNS and HTTP.

import { pseudoSum } from "./checksum.ts";
import { printDnsOverTcp } from "./dns.ts";
import {
  has,
  hex,
  type Payload,
  type Printer,
  put,
  putCut,
  shouldBe,
  u8,
  u16,
  u32,
} from "./printer.ts";
import { printTcpOptions } from "./tcpOptions.ts";
import { printText, textProtocolOf } from "./textProtocol.ts";
import { endPointsText } from "./udp.ts";

const FLAGS = ["F", "S", "R", "P", ".", "U", "E", "W"];

/** Prints a segment. */
export function printTcp(printer: Printer, payload: Payload): void {
  printer.protocol = "tcp";
  const { at, length } = payload;
  const { options } = printer;
  if (!has(printer, at + 4)) {
    put(printer, endPointsText(printer, payload).trimEnd());
    putCut(printer);
    return;
  }
  const ports = { source: u16(printer, at), destination: u16(printer, at + 2) };
  put(printer, endPointsText(printer, payload, ports));
  if (!has(printer, at + 20)) {
    putCut(printer);
    return;
  }
  const headerLength = (u8(printer, at + 12) >> 4) * 4;
  if (headerLength < 20) {
    put(
      printer,
      ` tcp ${(length - headerLength) >>> 0} [bad hdr length ${headerLength} - too short, < 20]`,
    );
    return;
  }
  const tooLong = ` [bad hdr length ${headerLength} - too long, > ${length}]`;
  if (options.quick > 0) {
    put(printer, `tcp ${(length - headerLength) >>> 0}`);
    if (headerLength > length) put(printer, tooLong);
    return;
  }
  const flags = u8(printer, at + 13);
  const names = FLAGS.filter((_, bit) => (flags & (1 << bit)) !== 0).join("");
  put(printer, `Flags [${names === "" ? "none" : names}]`);
  const numbers = relativeNumbers(printer, payload, { ...ports, flags });
  if (headerLength > length) {
    put(printer, tooLong);
    return;
  }
  if (options.verbose > 0 && !options.noChecksums && !payload.fragmented)
    putChecksum(printer, payload);
  const dataLength = length - headerLength;
  const { seq, ack } = numbers;
  if (options.verbose > 1 || dataLength > 0 || (flags & 7) !== 0) {
    put(printer, `, seq ${seq}${dataLength > 0 ? `:${(seq + dataLength) >>> 0}` : ""}`);
  }
  if ((flags & 0x10) !== 0) put(printer, `, ack ${ack}`);
  put(printer, `, win ${u16(printer, at + 14)}`);
  if ((flags & 0x20) !== 0) put(printer, `, urg ${u16(printer, at + 18)}`);
  if (headerLength > 20 && !printTcpOptions(printer, at, headerLength, numbers)) return;
  put(printer, `, length ${dataLength}`);
  if (dataLength > 0) putData(printer, { at: at + headerLength, length: dataLength, flags }, ports);
}

function putChecksum(printer: Printer, payload: Payload): void {
  if (!has(printer, payload.at + payload.length)) return;
  const field = u16(printer, payload.at + 16);
  const sum = pseudoSum(printer, payload, payload.length);
  const verdict = sum === 0 ? "(correct)" : `(incorrect -> 0x${hex(shouldBe(field, sum), 4)})`;
  put(printer, `, cksum 0x${hex(field, 4)} ${verdict}`);
}

/** Numbers as they are printed, and what SACK blocks are counted from. */
export type Numbers = { readonly seq: number; readonly ack: number; readonly sackBase: number };

function relativeNumbers(
  printer: Printer,
  payload: Payload,
  { source, destination, flags }: { source: number; destination: number; flags: number },
): Numbers {
  const seq = u32(printer, payload.at + 4);
  const ack = u32(printer, payload.at + 8);
  if (printer.options.absolute || (flags & 0x10) === 0) return { seq, ack, sackBase: 0 };
  const { ip, version } = payload;
  const [first, size] = version === 4 ? [ip + 12, 4] : [ip + 8, 16];
  const from = addressKey(printer, first, size);
  const to = addressKey(printer, first + size, size);
  const reversed = source > destination || (source === destination && from > to);
  const key = reversed
    ? `${to}.${destination}.${from}.${source}`
    : `${from}.${source}.${to}.${destination}`;
  const known = printer.connections.get(key);
  if (known === undefined || (flags & 2) !== 0) {
    const made = reversed ? { ack: seq, seq: ack - 1 } : { seq, ack: ack - 1 };
    printer.connections.set(key, made);
    return { seq, ack, sackBase: reversed ? made.seq : made.ack };
  }
  const own = reversed ? known.ack : known.seq;
  const other = reversed ? known.seq : known.ack;
  return { seq: (seq - own) >>> 0, ack: (ack - other) >>> 0, sackBase: other };
}

function addressKey(printer: Printer, at: number, size: number): string {
  let key = "";
  for (let index = at; index < at + size; index++) key += hex(printer.bytes[index] ?? 0, 2);
  return key;
}

function putData(
  printer: Printer,
  data: { readonly at: number; readonly length: number; readonly flags: number },
  { source, destination }: { source: number; destination: number },
): void {
  const { at, length, flags } = data;
  if ((flags & 4) !== 0 && printer.options.verbose > 0) {
    putResetData(printer, at, length);
    return;
  }
  const text = textProtocolOf(source, destination);
  if (text !== undefined) printText(printer, { at, length }, text);
  else if (source === 53 || destination === 53) printDnsOverTcp(printer, at, length);
}

/** Data in a reset is a text for people. */
function putResetData(printer: Printer, at: number, length: number): void {
  const count = Math.min(length, printer.end - at, 30);
  put(printer, length > 30 ? " [RST+" : " [RST");
  if (length > count) put(printer, "?".slice(1));
  put(printer, " ");
  for (let index = 0; index < count; index++) {
    const byte = u8(printer, at + index);
    put(printer, byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".");
  }
  put(printer, "]");
}
