// What every printer of tcpdump shares: the options, the bytes of the packet at hand, and the text so
// far. A printer reads through `u8` to `u32`, which give up at the end of what was captured; then the
// line ends in " [|PROTOCOL]", as tcpdump's lines do.
// Policy: giving up is a throw that `printPacket` catches; nothing of it leaves this folder.
// Not simulated: decoding by -T, -E, -M.

import { checksumOf, get16, get32 } from "../../../wire/bytes.ts";
import type { Names } from "./names.ts";

/** How to print. */
export type PrintOptions = {
  /** How often -v was given. */
  readonly verbose: number;
  /** -e: with the link header. */
  readonly ether: boolean;
  /** -n: without names of hosts and ports. */
  readonly numeric: boolean;
  /** -q: how often. */
  readonly quick: number;
  /** -x, -X and -A: how often. */
  readonly hex: number;
  readonly hexAscii: number;
  readonly ascii: number;
  /** -S: sequence numbers as they are. */
  readonly absolute: boolean;
  /** -K: checksums are not looked at. */
  readonly noChecksums: boolean;
  /** -#. */
  readonly numbered: boolean;
  /** How often -t was given. */
  readonly stamp: number;
  /** Nanoseconds instead of microseconds. */
  readonly nano: boolean;
};

/** Prints what is at `at`, of which the layer below says that it has `length` bytes. */
export type PrintPart = (printer: Printer, at: number, length: number) => void;

/** What an IP header of either version leads to. */
export type Payload = {
  /** Where the IP header is. */
  readonly ip: number;
  readonly version: 4 | 6;
  readonly at: number;
  readonly length: number;
  readonly protocol: number;
  /** It is the first of several fragments. */
  readonly fragmented: boolean;
};

/** The state of printing: of one run, and of the packet at hand. */
export type Printer = {
  readonly options: PrintOptions;
  readonly names: Names;
  /** Printers for whoever has a packet in a packet. */
  readonly inner: {
    readonly ip4: PrintPart;
    readonly ip6: PrintPart;
    /** By EtherType; false when it is not known. */
    readonly etherType: (printer: Printer, type: number, at: number, length: number) => boolean;
  };
  /** Sequence numbers of TCP connections seen so far. */
  readonly connections: Map<string, { seq: number; ack: number }>;
  bytes: Uint8Array;
  /** Where what was captured, or what the packet at hand says of itself, ends. */
  end: number;
  /** What " [|…]" names. */
  protocol: string;
  text: string;
};

/** The packet ends before its printer does. */
export const CUT_SHORT = Symbol("cut short");

/** Gives up unless the bytes up to `to` are there. */
export function need(printer: Printer, to: number): void {
  if (to > printer.end) throw CUT_SHORT;
}

/** True when the bytes up to `to` are there. */
export function has(printer: Printer, to: number): boolean {
  return to <= printer.end;
}

/** One byte at `at`. */
export function u8(printer: Printer, at: number): number {
  need(printer, at + 1);
  return printer.bytes[at] ?? 0;
}

/** Two bytes at `at`. */
export function u16(printer: Printer, at: number): number {
  need(printer, at + 2);
  return get16(printer.bytes, at);
}

/** Four bytes at `at`. */
export function u32(printer: Printer, at: number): number {
  need(printer, at + 4);
  return get32(printer.bytes, at);
}

/** Adds to the line. */
export function put(printer: Printer, text: string): void {
  printer.text += text;
}

/** Marks the line as cut short. */
export function putCut(printer: Printer): void {
  printer.text += ` [|${printer.protocol}]`;
}

/** Marks the line as wrong. */
export function putInvalid(printer: Printer): void {
  printer.text += " (invalid)";
}

/** A number in hex with at least so many digits. */
export function hex(value: number, digits = 1): string {
  return value.toString(16).padStart(digits, "0");
}

/** Names of the bits that are set, or what stands for none. */
export function bitNames(
  table: readonly (readonly [bit: number, name: string])[],
  value: number,
  none: string,
  between = ", ",
): string {
  const names = table.filter(([bit]) => (value & bit) === bit).map(([, name]) => name);
  return names.length === 0 ? none : names.join(between);
}

/** What a checksum field should be, when the sum over everything comes out as `sum`. */
export function shouldBe(field: number, sum: number): number {
  // Both are complements: take the field out of the total and put the complement back.
  let total = field + sum;
  if (total > 0xffff) total = (total & 0xffff) + 1;
  return total;
}

/** The Internet checksum of a range: 0 when it is right. */
export function rangeSum(printer: Printer, from: number, to: number, start = 0): number {
  let sum = start;
  const { bytes } = printer;
  for (let at = from; at < to; at += 2) {
    sum += ((bytes[at] ?? 0) << 8) | (at + 1 < to ? (bytes[at + 1] ?? 0) : 0);
  }
  return checksumOf(sum);
}
