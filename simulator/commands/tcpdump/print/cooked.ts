// Linux cooked headers of captures on all devices (print-sll.c): version 1 with 16 bytes, version 2
// with 20 bytes that name the device.
// Not simulated: hardware addresses of other lengths than 6.

import { getMac } from "../../../wire/bytes.ts";
import { putDefault } from "./default.ts";
import { printEtherType, tagText } from "./ethernet.ts";
import { printLlc } from "./llc.ts";
import { etherText } from "./names.ts";
import { has, hex, type Printer, put, putCut, u8, u16, u32 } from "./printer.ts";
import { ETHERTYPE_NAMES } from "./protocolNames.ts";

/** What a cooked header says of the direction. */
const DIRECTIONS = ["In", "B", "M", "P", "Out"];

/** The protocol number of frames that have a length instead of a type. */
const P_802_2 = 4;

const TAG = 0x8100;

/** Prints a packet with a cooked header of version 1; the header's length. */
export function printCooked1(printer: Printer, at: number, length: number): number {
  printer.protocol = "sll";
  if (!has(printer, at + 16) || length < 16) {
    putCut(printer);
    return printer.end - at;
  }
  const protocol = u16(printer, at + 14);
  const direction = (DIRECTIONS[u16(printer, at)] ?? "?").padStart(3);
  const mac = u16(printer, at + 4) === 6 ? macText(printer, at + 6) : "";
  const header = `${direction} ${mac}${typeText(printer, protocol, length)}`;
  if (printer.options.ether) put(printer, header);
  return 16 + printPayload(printer, { protocol, at: at + 16, length: length - 16, header });
}

/** Prints a packet with a cooked header of version 2; the header's length. */
export function printCooked2(
  printer: Printer,
  at: number,
  length: number,
  deviceName: (index: number) => string | undefined,
): number {
  printer.protocol = "sll2";
  if (!has(printer, at + 20) || length < 20) {
    putCut(printer);
    return printer.end - at;
  }
  const protocol = u16(printer, at);
  const index = u32(printer, at + 4);
  const direction = DIRECTIONS[u8(printer, at + 10)] ?? "?";
  put(printer, `${(deviceName(index) ?? "?").padEnd(5)} ${direction.padEnd(3)} `);
  const mac = u8(printer, at + 11) === 6 ? macText(printer, at + 12) : "";
  const header = `ifindex ${index} ${mac}${typeText(printer, protocol, length)}`;
  if (printer.options.ether) put(printer, header);
  return 20 + printPayload(printer, { protocol, at: at + 20, length: length - 20, header });
}

function macText(printer: Printer, at: number): string {
  return `${etherText(printer.names, getMac(printer.bytes, at))} `;
}

function typeText(printer: Printer, type: number, length: number): string {
  if (printer.options.quick > 0) return "";
  if (type === P_802_2) return `802.2, length ${length}: `;
  if (type === 1) return `802.3, length ${length}: `;
  if (type <= 1500) return `Unknown (0x${hex(type, 4)}), length ${length}: `;
  return `ethertype ${ETHERTYPE_NAMES[type] ?? "Unknown"} (0x${hex(type, 4)}), length ${length}: `;
}

type Cooked = {
  readonly protocol: number;
  readonly at: number;
  readonly length: number;
  /** What -e would have printed. */
  readonly header: string;
};

/** What follows a cooked header; the length of further link headers. */
function printPayload(printer: Printer, packet: Cooked): number {
  let { protocol, at, length } = packet;
  const { ether, quick } = printer.options;
  while (protocol === TAG) {
    if (!has(printer, at + 4) || length < 4) {
      printer.protocol = "vlan";
      putCut(printer);
      return printer.end - packet.at;
    }
    if (ether) put(printer, `${tagText(u16(printer, at))}, `);
    protocol = u16(printer, at + 2);
    if (protocol <= 1500) protocol = P_802_2;
    if (quick === 0) put(printer, `ethertype ${ETHERTYPE_NAMES[protocol] ?? "Unknown"}, `);
    at += 4;
    length -= 4;
  }
  if (protocol === P_802_2) return at - packet.at + printLlc(printer, at, length);
  if (!printEtherType(printer, protocol, at, length)) {
    if (!ether) put(printer, packet.header);
    putDefault(printer, at);
  }
  return at - packet.at;
}
