// One packet as tcpdump prints it: number, time, link header, what is in it, and its bytes
// (pretty_print_packet of print.c, ts_print of util-print.c).
// Not simulated: time zones other than UTC.

import { printCooked1, printCooked2 } from "./cooked.ts";
import { printEthernet, printEtherType } from "./ethernet.ts";
import { asciiDump, hexDump } from "./hexDump.ts";
import { printIp6 } from "./ip6.ts";
import { printIp } from "./ipv4.ts";
import type { Names } from "./names.ts";
import { CUT_SHORT, type Printer, type PrintOptions, put, putCut } from "./printer.ts";
import { createStamps, type Moment } from "./stamps.ts";

/** A link layer that can be printed. */
export type LinkType = "EN10MB" | "LINUX_SLL" | "LINUX_SLL2";

/** A packet that was captured or read from a file. */
export type Packet = {
  readonly bytes: Uint8Array;
  /** How long it was before it was cut. */
  readonly length: number;
  readonly time: Moment;
};

/** Prints packets one after the other. */
export type PacketPrinter = {
  /** The text of a packet with its newline; call it again with the same number to print it anew. */
  print(packet: Packet, number: number): string;
};

/** A printer for one run. */
export function createPacketPrinter(
  options: PrintOptions,
  link: LinkType,
  names: Names,
  deviceName: (index: number) => string | undefined = () => undefined,
): PacketPrinter {
  const connections = new Map<string, { seq: number; ack: number }>();
  const stamps = createStamps(options);
  return {
    print({ bytes, length, time }, number) {
      const printer: Printer = {
        options,
        names,
        inner: { ip4: printIp, ip6: printIp6, etherType: printEtherType },
        connections,
        bytes,
        end: bytes.length,
        protocol: "",
        text: options.numbered ? `${String(number).padStart(5)}  ` : "",
      };
      put(printer, stamps.text(time, number));
      if (bytes.length === 0) return `${printer.text}[Invalid header: caplen==0]\n`;
      const header = printLink(printer, link, length, deviceName);
      putBytes(printer, header);
      return `${printer.text}\n`;
    },
  };
}

/** Prints all but the bytes; how long the link header is. */
function printLink(
  printer: Printer,
  link: LinkType,
  length: number,
  deviceName: (index: number) => string | undefined,
): number {
  try {
    if (link === "EN10MB") return printEthernet(printer, 0, length);
    if (link === "LINUX_SLL") return printCooked1(printer, 0, length);
    return printCooked2(printer, 0, length, deviceName);
  } catch (reason) {
    if (reason !== CUT_SHORT) throw reason;
    putCut(printer);
    // The link header counts once everything behind it has been printed.
    return link === "EN10MB" ? 0 : link === "LINUX_SLL" ? 16 : 20;
  }
}

function putBytes(printer: Printer, header: number): void {
  const { hex, hexAscii, ascii } = printer.options;
  const { bytes } = printer;
  const kind = hexAscii || hex || ascii;
  if (kind === 0) return;
  const from = kind > 1 ? 0 : header;
  if (from >= bytes.length) return;
  const range = { bytes, from, to: bytes.length };
  put(printer, hexAscii > 0 || hex > 0 ? hexDump(range, hexAscii > 0) : asciiDump(range));
}
