// Ethernet headers as -e prints them, VLAN tags, and where the frame goes on from there
// (print-ether.c).
// Not here: cooked headers (cooked.ts).

import { getMac } from "../../../wire/bytes.ts";
import { printArp } from "./arp.ts";
import { putDefault } from "./default.ts";
import { printIp6 } from "./ip6.ts";
import { printIp } from "./ipv4.ts";
import { printLlc } from "./llc.ts";
import { etherText } from "./names.ts";
import { has, hex, type Printer, put, putCut, putInvalid, u8, u16 } from "./printer.ts";
import { ETHERTYPE_NAMES } from "./protocolNames.ts";

/** The tag types that are followed. */
const TAGS = new Set([0x8100, 0x88a8, 0x9100, 0x9200]);

/** The largest number that is a length and no type. */
const MAX_LENGTH = 1500;

/** Prints a whole Ethernet frame of `length` bytes; the length of its link header. */
export function printEthernet(printer: Printer, at: number, length: number): number {
  printer.protocol = "ether";
  if (!has(printer, at + 14) || length < 14) {
    putCut(printer);
    return printer.end - at;
  }
  const { ether } = printer.options;
  const addresses = addressesAt(printer, at);
  const addressText = `${addresses.source} > ${addresses.destination}, `;
  if (ether) put(printer, addressText);
  let type = u16(printer, at + 12);
  let from = at + 14;
  let lengthPrinted = false;
  const putLength = () => {
    put(printer, lengthPrinted ? ", " : `, length ${length}: `);
    lengthPrinted = true;
  };
  while (TAGS.has(type)) {
    if (!has(printer, from + 4) || length < from + 4 - at) {
      printer.protocol = "vlan";
      putCut(printer);
      return printer.end - at;
    }
    if (ether) {
      put(printer, typeText(printer, type));
      putLength();
      put(printer, `${tagText(u16(printer, from))}, `);
    }
    type = u16(printer, from + 2);
    from += 4;
  }
  const rest = length - (from - at);
  if (type <= MAX_LENGTH) {
    // The length field says what belongs to the frame; the rest is padding.
    if (ether) put(printer, `802.3, length ${type}: `);
    printer.end = Math.min(printer.end, from + type);
    return from - at + printLlc(printer, from, Math.min(rest, type), addresses);
  }
  if (ether) {
    put(printer, typeText(printer, type));
    putLength();
  }
  if (!printEtherType(printer, type, from, rest)) {
    if (!ether) put(printer, `${addressText}${typeText(printer, type)}, length ${length}: `);
    putDefault(printer, from);
  }
  return from - at;
}

function addressesAt(printer: Printer, at: number): { source: string; destination: string } {
  const text = (place: number) => etherText(printer.names, getMac(printer.bytes, place));
  return { source: text(at + 6), destination: text(at) };
}

function typeText(printer: Printer, type: number): string {
  if (printer.options.quick > 0) {
    return ETHERTYPE_NAMES[type] ?? `Unknown Ethertype (0x${hex(type, 4)})`;
  }
  return `ethertype ${ETHERTYPE_NAMES[type] ?? "Unknown"} (0x${hex(type, 4)})`;
}

/** "vlan 10, p 0" and DEI, where it is set. */
export function tagText(tag: number): string {
  return `vlan ${tag & 0xfff}, p ${tag >> 13}${(tag & 0x1000) !== 0 ? ", DEI" : ""}`;
}

/** Prints what an EtherType stands for; false when it is not known. */
export function printEtherType(
  printer: Printer,
  type: number,
  at: number,
  length: number,
): boolean {
  switch (type) {
    case 0x0800:
      printIp(printer, at, length);
      return true;
    case 0x86dd:
      printIp6(printer, at, length);
      return true;
    case 0x0806:
    case 0x8035:
      printArp(printer, at, length);
      return true;
    case 0x9000:
      printLoopback(printer, at, length);
      return true;
    default:
      return false;
  }
}

/** The configuration test protocol of old Ethernet. */
function printLoopback(printer: Printer, at: number, length: number): void {
  printer.protocol = "loopback";
  put(printer, "Loopback");
  if (length < 2) {
    put(printer, ` (packet length ${length} < 2)`);
    putInvalid(printer);
    return;
  }
  const skip = ((u8(printer, at + 1) << 8) | u8(printer, at)) & 0xffff;
  put(printer, `, skipCount ${skip}`);
  if (skip % 8 !== 0) put(printer, " (bogus)");
  if (skip > length - 2) {
    putInvalid(printer);
    return;
  }
  const place = at + 2 + skip;
  const operation = (u8(printer, place + 1) << 8) | u8(printer, place);
  if (operation === 1) {
    const receipt = (u8(printer, place + 3) << 8) | u8(printer, place + 2);
    put(printer, `, Reply, receipt number ${receipt}, data (${length - skip - 6} octets)`);
  } else if (operation === 2) {
    const address = etherText(printer.names, getMac(printer.bytes, place + 2));
    const rest = length - skip - 10;
    put(printer, `, Forward Data, forwarding address ${address}, data (${rest} octets)`);
  } else put(printer, `,  invalid (${operation})`);
}
