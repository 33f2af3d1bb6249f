// ARP and reverse ARP (print-arp.c).
// Not simulated: ARP for ATM and Frame Relay.

import { get32, getMac } from "../../../wire/bytes.ts";
import { putBytes } from "./default.ts";
import { etherText, host4 } from "./names.ts";
import { hex, need, type Printer, put, u8, u16 } from "./printer.ts";
import { ETHERTYPE_NAMES } from "./protocolNames.ts";

const HARDWARE: Readonly<Record<number, string>> = {
  1: "Ethernet",
  6: "TokenRing",
  7: "ArcNet",
  15: "FrameRelay",
  19: "ATM",
  23: "Strip",
  24: "IEEE 1394",
  32: "InfiniBand",
};

const OPERATIONS: Readonly<Record<number, string>> = {
  1: "Request",
  2: "Reply",
  3: "Reverse Request",
  4: "Reverse Reply",
  8: "Inverse Request",
  9: "Inverse Reply",
  10: "NACK Reply",
};

/** Prints the packet at `at`. */
export function printArp(printer: Printer, at: number, length: number): void {
  printer.protocol = "arp";
  need(printer, at + 8);
  const hardware = u16(printer, at);
  const protocol = u16(printer, at + 2);
  const hardwareLength = u8(printer, at + 4);
  const protocolLength = u8(printer, at + 5);
  const operation = u16(printer, at + 6);
  const { ether, verbose } = printer.options;
  need(printer, at + 8 + 2 * hardwareLength + 2 * protocolLength);
  if (!ether) put(printer, "ARP, ");
  const known = (protocol === 0x0800 || protocol === 0x1000) && protocolLength === 4;
  if (!known || hardwareLength === 0 || verbose > 0) {
    const kind = HARDWARE[hardware] ?? `Unknown Hardware (${hardware})`;
    const type = ETHERTYPE_NAMES[protocol] ?? `Unknown Protocol (0x${hex(protocol, 4)})`;
    put(printer, `${kind} (len ${hardwareLength}), ${type} (len ${protocolLength})`);
    if (verbose === 0) {
      put(printer, `, length ${length}`);
      return;
    }
  }
  put(printer, `${verbose > 0 ? ", " : ""}${OPERATIONS[operation] ?? `Unknown (${operation})`} `);
  const senderMac = at + 8;
  const senderIp = senderMac + hardwareLength;
  const targetMac = senderIp + protocolLength;
  const targetIp = targetMac + hardwareLength;
  const ip = (place: number) => ipText(printer, place, { protocol, protocolLength });
  const mac = (place: number) => macText(printer, place, hardwareLength);
  const texts: Readonly<Record<number, () => string>> = {
    1: () => {
      const asked = isZero(printer, targetMac, hardwareLength) ? "" : ` (${mac(targetMac)})`;
      return `who-has ${ip(targetIp)}${asked} tell ${ip(senderIp)}`;
    },
    2: () => `${ip(senderIp)} is-at ${mac(senderMac)}`,
    3: () => `who-is ${mac(targetMac)} tell ${mac(senderMac)}`,
    4: () => `${mac(targetMac)} at ${ip(targetIp)}`,
    8: () => `who-is ${mac(targetMac)} tell ${mac(senderMac)}`,
    9: () => `${mac(senderMac)} at ${ip(senderIp)}`,
  };
  const text = texts[operation];
  if (text === undefined) {
    putBytes(printer, at);
    return;
  }
  put(printer, `${text()}, length ${length}`);
}

function ipText(
  printer: Printer,
  at: number,
  { protocol, protocolLength }: { protocol: number; protocolLength: number },
): string {
  if (protocol !== 0x0800 && protocol !== 0x1000) return "<wrong proto type>";
  if (protocolLength !== 4) return "<wrong len>";
  return host4(printer.names, get32(printer.bytes, at));
}

function macText(printer: Printer, at: number, length: number): string {
  if (length === 6) return etherText(printer.names, getMac(printer.bytes, at));
  if (length === 0) return "<No address>";
  return Array.from(printer.bytes.subarray(at, at + length), (byte) => hex(byte, 2)).join(":");
}

function isZero(printer: Printer, at: number, length: number): boolean {
  return printer.bytes.subarray(at, at + length).every((byte) => byte === 0);
}
