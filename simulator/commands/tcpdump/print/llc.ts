// 802.2 headers and what follows them (print-llc.c): spanning tree, SNAP, and names for the rest.
// Not simulated: IPX, OSI, NetBEUI, CDP beyond their headers.

import { putBytes, putDefault } from "./default.ts";
import { has, hex, type Printer, put, putCut, u8, u16 } from "./printer.ts";
import { printStp } from "./stp.ts";

const POINTS: Readonly<Record<number, string>> = {
  0: "Null",
  255: "Global",
  3: "802.1B G",
  6: "IP",
  66: "STP",
  78: "EIA RS-511",
  126: "ISO 8208",
  142: "ISO 8208",
  170: "SNAP",
  188: "VINES",
  224: "IPX",
  240: "NetBeui",
  254: "OSI",
};

const COMMANDS: Readonly<Record<number, string>> = {
  3: "ui",
  175: "xid",
  227: "test",
  111: "sabme",
  67: "disc",
  99: "ua",
  15: "dm",
  135: "frmr",
};

/** The addresses of the frame as text; a cooked header has none. */
export type Addresses = { readonly source: string; readonly destination: string };

/** Prints what is behind an 802.3 header; the length of the 802.2 header. */
export function printLlc(
  printer: Printer,
  at: number,
  length: number,
  addresses?: Addresses,
): number {
  printer.protocol = "llc";
  if (!has(printer, at + 3) || length < 3) {
    putCut(printer);
    putBytes(printer, at);
    return Math.min(length, printer.end - at);
  }
  const dsap = u8(printer, at);
  const ssap = u8(printer, at + 1);
  const first = u8(printer, at + 2);
  const isUnnumbered = (first & 3) === 3;
  if (!isUnnumbered && (!has(printer, at + 4) || length < 4)) {
    putCut(printer);
    putBytes(printer, at);
    return Math.min(length, printer.end - at);
  }
  const control = isUnnumbered ? first : first | (u8(printer, at + 3) << 8);
  if (printer.options.ether) {
    put(
      printer,
      `LLC, dsap ${pointName(dsap)} (0x${hex(dsap & 0xfe, 2)}) ${(dsap & 1) !== 0 ? "Group" : "Individual"}, ` +
        `ssap ${pointName(ssap)} (0x${hex(ssap & 0xfe, 2)}) ${(ssap & 1) !== 0 ? "Response" : "Command"}, ` +
        `ctrl 0x${hex(control, isUnnumbered ? 2 : 4)}: `,
    );
  }
  const isBoth = (point: number) => (dsap & 0xfe) === point && (ssap & 0xfe) === point;
  if (isBoth(0xaa) && control === 3) {
    return printSnap(printer, at + 3, length - 3);
  }
  const header = isUnnumbered ? 3 : 4;
  if (isBoth(0x42) && control === 3) {
    printStp(printer, at + 3, length - 3);
    return header;
  }
  if (isBoth(0x06) && control === 3) {
    printer.inner.ip4(printer, at + header, length - header);
    return header;
  }
  putControl(printer, { at, dsap, ssap, control, length, isUnnumbered }, addresses);
  return header;
}

function pointName(point: number): string {
  return POINTS[point & 0xfe] ?? POINTS[point] ?? "Unknown";
}

type Control = {
  readonly at: number;
  readonly dsap: number;
  readonly ssap: number;
  readonly control: number;
  readonly length: number;
  readonly isUnnumbered: boolean;
};

function putControl(printer: Printer, llc: Control, addresses: Addresses | undefined): void {
  const { at, dsap, ssap, control, length, isUnnumbered } = llc;
  if (!printer.options.ether) {
    const point = (value: number, kind: string) =>
      POINTS[value & 0xfe] ?? `Unknown ${kind} 0x${hex(value & 0xfe, 2)}`;
    const source = point(ssap, "SSAP");
    const destination = point(dsap, "DSAP");
    const isSame = (ssap & 0xfe) === (dsap & 0xfe);
    if (addresses !== undefined) put(printer, `${addresses.source} `);
    if (!isSame) put(printer, `${source} `);
    if (addresses !== undefined || !isSame) put(printer, "> ");
    if (addresses !== undefined) put(printer, `${addresses.destination} `);
    put(printer, `${destination} `);
  }
  if (isUnnumbered) {
    const command = control & ~0x10;
    const flags = flagsText(ssap & 1, (control & 0x10) !== 0);
    put(
      printer,
      `Unnumbered, ${COMMANDS[command] ?? hex(command, 2)}, Flags [${flags}], length ${length}`,
    );
    if (command === 0xaf) {
      put(printer, `: ${hex(u8(printer, at + 4), 2)} ${hex(u8(printer, at + 5), 2)}`);
      return;
    }
  } else {
    const flags = flagsText(ssap & 1, (control & 0x100) !== 0);
    const received = `rcv seq ${control >> 9}, Flags [${flags}], length ${length}`;
    if ((control & 3) === 1) {
      const kind = ["Receiver Ready", "Receiver not Ready", "Reject"][(control >> 2) & 3] ?? "?";
      put(printer, `Supervisory, ${kind}, ${received}`);
      return;
    }
    put(printer, `Information, send seq ${(control >> 1) & 0x7f}, ${received}`);
  }
  putDefault(printer, at);
}

function flagsText(isResponse: number, isFinal: boolean): string {
  if (isResponse === 0) return isFinal ? "Poll" : "Command";
  return isFinal ? "Final" : "Response";
}

function printSnap(printer: Printer, at: number, length: number): number {
  if (!has(printer, at + 5) || length < 5) {
    printer.protocol = "snap";
    putCut(printer);
    return 3;
  }
  const oui = (u8(printer, at) << 16) | u16(printer, at + 1);
  const type = u16(printer, at + 3);
  if (printer.options.ether) {
    put(printer, `oui ${oui === 0 ? "Ethernet" : "Unknown"} (0x${hex(oui, 6)}), `);
    put(
      printer,
      `ethertype ${type === 0x0800 ? "IPv4" : type === 0x0806 ? "ARP" : "Unknown"} (0x${hex(type, 4)}), length ${length - 5}: `,
    );
  }
  if (oui !== 0 || !printer.inner.etherType(printer, type, at + 5, length - 5))
    putDefault(printer, at + 5);
  return 8;
}
