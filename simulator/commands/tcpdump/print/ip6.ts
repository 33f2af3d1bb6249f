// IPv6 headers and their extension headers (print-ip6.c, print-ip6opts.c, print-frag6.c, print-rt6.c).
// Not simulated: mobility and authentication headers, jumbograms.

import { ip6At } from "./address6.ts";
import { printIpPayload } from "./ipPayload.ts";
import { host6, plain6 } from "./names.ts";
import { has, hex, type Printer, put, putCut, u8, u16, u32 } from "./printer.ts";
import { IP_PROTOCOL_NAMES } from "./protocolNames.ts";

/** Prints the packet at `at`, of which the layer below says that it has `length` bytes. */
export function printIp6(printer: Printer, at: number, length: number): void {
  printer.protocol = "ip6";
  const { options } = printer;
  if (!has(printer, at + 40)) {
    putCut(printer);
    return;
  }
  if (length < 40) {
    put(printer, `truncated-ip6 ${length}`);
    return;
  }
  if (!options.ether) put(printer, "IP6 ");
  const version = u8(printer, at) >> 4;
  if (version !== 6) {
    put(printer, `version error: ${version} != 6`);
    return;
  }
  const payloadLength = u16(printer, at + 4);
  const whole = payloadLength === 0 ? length : payloadLength + 40;
  if (length < whole) {
    put(printer, `truncated-ip6 - ${whole - length} bytes missing!`);
  }
  if (options.verbose > 0) putHeader(printer, at);
  const end = printer.end;
  printer.end = Math.min(end, at + whole);
  printRest(printer, at, whole);
  printer.end = end;
}

function putHeader(printer: Printer, at: number): void {
  const flow = u32(printer, at);
  const label = flow & 0xfffff;
  const next = u8(printer, at + 6);
  put(printer, "(");
  if ((flow & 0x0ff00000) !== 0) put(printer, `class 0x${hex((flow >> 20) & 0xff, 2)}, `);
  if (label !== 0) put(printer, `flowlabel 0x${hex(label, 5)}, `);
  put(
    printer,
    `hlim ${u8(printer, at + 7)}, next-header ${IP_PROTOCOL_NAMES[next] ?? "unknown"} (${next}) ` +
      `payload length: ${u16(printer, at + 4)}) `,
  );
}

function printRest(printer: Printer, at: number, whole: number): void {
  let next = u8(printer, at + 6);
  let place = at + 40;
  let left = whole - 40;
  let fragmented = false;
  if (next !== 6 && next !== 17 && next !== 33 && next !== 132) {
    put(
      printer,
      `${host6(printer.names, ip6At(printer, at + 8))} > ${host6(printer.names, ip6At(printer, at + 24))}: `,
    );
  }
  for (;;) {
    let size: number | undefined;
    if (next === 0) size = putOptions(printer, place, "HBH");
    else if (next === 60) size = putOptions(printer, place, "DSTOPT");
    else if (next === 43) size = putRouting(printer, place);
    else if (next === 44) {
      size = putFragment(printer, place, { left, header: at });
      fragmented = true;
      if (size === undefined) return;
    } else {
      const length = left;
      printIpPayload(printer, {
        ip: at,
        version: 6,
        at: place,
        length,
        protocol: next,
        fragmented,
      });
      return;
    }
    if (size === undefined) {
      putCut(printer);
      return;
    }
    next = u8(printer, place);
    place += size;
    left -= size;
    if (left < 0) {
      printer.protocol = "ip6";
      putCut(printer);
      return;
    }
  }
}

/** Hop-by-hop and destination options; how long the header is, or undefined when it is broken. */
function putOptions(printer: Printer, at: number, name: string): number | undefined {
  printer.protocol = name === "HBH" ? "hbhopt" : "dstopt";
  const size = (u8(printer, at + 1) + 1) * 8;
  if (!has(printer, at + size)) return undefined;
  put(printer, `${name} `);
  for (let place = at + 2; place < at + size; ) {
    const type = u8(printer, place);
    const length = type === 0 ? 1 : place + 1 < at + size ? u8(printer, place + 1) + 2 : 0;
    if (length === 0 || place + length > at + size) return undefined;
    if (type === 5 && length !== 4) {
      put(printer, `(rtalert: invalid len ${length - 2})`);
      return undefined;
    }
    if (printer.options.verbose > 0) put(printer, optionText(printer, place, type, length));
    place += length;
  }
  if (printer.options.verbose > 0) put(printer, " ");
  return size;
}

function optionText(printer: Printer, at: number, type: number, length: number): string {
  if (type === 0) return "(pad1)";
  if (type === 1) return "(padn)";
  if (type === 5) return `(rtalert: 0x${hex(u16(printer, at + 2), 4)}) `;
  if (type === 0xc2) return `(jumbo: ${u32(printer, at + 2)} - payload len != 0) `;
  return `(opt_type 0x${hex(type, 2)}: len=${length - 2})`;
}

function putRouting(printer: Printer, at: number): number | undefined {
  printer.protocol = "rt6";
  const units = u8(printer, at + 1);
  const type = u8(printer, at + 2);
  const verbose = printer.options.verbose > 0;
  const deprecated = type === 0 ? " [Deprecated]" : "";
  put(printer, `RT6 (len=${units}, type=${type}${deprecated}, segleft=${u8(printer, at + 3)}`);
  if (type === 0 || type === 2) {
    if (verbose) put(printer, `, rsv=0x${hex(u32(printer, at + 4))}`);
  } else if (type === 4) {
    const flags = verbose ? `, flags=0x${hex(u8(printer, at + 5))}` : "";
    put(printer, `, last-entry=${u8(printer, at + 4)}${flags}, tag=${hex(u16(printer, at + 6))}`);
  }
  if (type === 0 || type === 2 || type === 4) {
    for (let index = 0; index < units >> 1; index++) {
      put(printer, `, [${index}]${plain6(ip6At(printer, at + 8 + index * 16))}`);
    }
  }
  put(printer, ") ");
  return (units + 1) * 8;
}

/** A fragment header; undefined when nothing of the packet can follow. */
function putFragment(
  printer: Printer,
  at: number,
  packet: { readonly left: number; readonly header: number },
): number | undefined {
  printer.protocol = "frag6";
  if (!has(printer, at + 8)) {
    putCut(printer);
    return undefined;
  }
  const field = u16(printer, at + 2);
  const offset = field & 0xfff8;
  const length = u16(printer, packet.header + 4) - (at - packet.header - 40) - 8;
  const id = `0x${hex(u32(printer, at + 4), 8)}`;
  put(
    printer,
    printer.options.verbose > 0 ? `frag (${id}:${offset}|${length})` : `frag (${offset}|${length})`,
  );
  if (offset !== 0) return undefined;
  put(printer, " ");
  return 8;
}
