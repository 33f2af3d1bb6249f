// ICMP (print-icmp.c): what a message says in a clause; with -v the packet that an error is about.
// Not simulated: extensions of errors (RFC 4884).

import { host4, portText } from "./names.ts";
import {
  has,
  hex,
  type Payload,
  type Printer,
  put,
  putCut,
  rangeSum,
  shouldBe,
  u8,
  u16,
  u32,
} from "./printer.ts";

const OTHERS: Readonly<Record<number, string>> = {
  0: "echo reply",
  3: "unreachable",
  4: "source quench",
  5: "redirect",
  8: "echo request",
  9: "router advertisement",
  10: "router solicitation",
  11: "time exceeded",
  12: "parameter problem",
  13: "time stamp request",
  14: "time stamp reply",
  15: "information request",
  16: "information reply",
  17: "address mask request",
};

/** Those that quote the packet they are about. */
const ERRORS = new Set([3, 4, 5, 11, 12]);

/** Prints a message. */
export function printIcmp(printer: Printer, payload: Payload): void {
  printer.protocol = "icmp";
  const { at, length, fragmented } = payload;
  const type = u8(printer, at);
  const text = messageText(printer, at, type);
  if (text === undefined) {
    putCut(printer);
    return;
  }
  put(printer, `ICMP ${text}, length ${length}`);
  if (printer.options.verbose === 0) return;
  if (!fragmented && has(printer, at + length)) {
    const sum = rangeSum(printer, at, at + length);
    const field = u16(printer, at + 2);
    if (sum !== 0)
      put(printer, ` (wrong icmp cksum ${hex(field)} (->${hex(shouldBe(field, sum))})!)`);
  }
  if (!ERRORS.has(type)) return;
  put(printer, "\n\t");
  const quoted = at + 8;
  const { end } = printer;
  const total = u16(printer, quoted + 2);
  printer.end = Math.min(end, quoted + total);
  printer.inner.ip4(printer, quoted, total);
  printer.end = end;
  printer.protocol = "icmp";
}

/** Undefined when the message is cut short. */
function messageText(printer: Printer, at: number, type: number): string | undefined {
  const code = u8(printer, at + 1);
  const { names } = printer;
  switch (type) {
    case 0:
    case 8:
      return `echo ${type === 8 ? "request" : "reply"}, id ${u16(printer, at + 4)}, seq ${u16(printer, at + 6)}`;
    case 3:
      return unreachableText(printer, at, code);
    case 5: {
      const target = host4(names, u32(printer, at + 24));
      const gateway = host4(names, u32(printer, at + 4));
      const kind = [
        "redirect X to net",
        "redirect X to host",
        "redirect-tos X to net",
        "redirect-tos X to host",
      ][code];
      return `${(kind ?? `redirect-#${code} X to`).replace("X", target)} ${gateway}`;
    }
    case 9:
      return routerText(printer, at);
    case 11:
      return (
        ["time exceeded in-transit", "ip reassembly time exceeded"][code] ??
        `time exceeded-#${code}`
      );
    case 12:
      return code !== 0
        ? `parameter problem - code ${code}`
        : `parameter problem - octet ${u8(printer, at + 4)}`;
    case 13:
      return `time stamp query id ${u16(printer, at + 4)} seq ${u16(printer, at + 6)}`;
    case 14:
      return (
        `time stamp reply id ${u16(printer, at + 4)} seq ${u16(printer, at + 6)}: ` +
        `org ${dayTime(u32(printer, at + 8))}, recv ${dayTime(u32(printer, at + 12))}, xmit ${dayTime(u32(printer, at + 16))}`
      );
    case 18:
      return `address mask is 0x${hex(u32(printer, at + 8), 8)}`;
    default:
      return OTHERS[type] ?? `type-#${type}`;
  }
}

/** Codes of "unreachable" with X for the destination that the quoted packet had. */
const UNREACHABLE: Readonly<Record<number, string>> = {
  0: "net X unreachable",
  1: "host X unreachable",
  5: "X unreachable - source route failed",
  6: "net X unreachable - unknown",
  7: "host X unreachable - unknown",
  8: "X unreachable - source host isolated",
  9: "net X unreachable - admin prohibited",
  10: "host X unreachable - admin prohibited",
  11: "net X unreachable - tos prohibited",
  12: "host X unreachable - tos prohibited",
  13: "host X unreachable - admin prohibited filter",
  14: "host X unreachable - host precedence violation",
  15: "host X unreachable - precedence cutoff",
};

function unreachableText(printer: Printer, at: number, code: number): string {
  const { names } = printer;
  const quoted = at + 8;
  const target = host4(names, u32(printer, quoted + 16));
  if (code === 2) return `${target} protocol ${u8(printer, quoted + 9)} unreachable`;
  if (code === 3) {
    const protocol = u8(printer, quoted + 9);
    const port = u16(printer, quoted + (u8(printer, quoted) & 15) * 4 + 2);
    if (protocol === 6) return `${target} tcp port ${portText(names, "tcp", port)} unreachable`;
    if (protocol === 17) return `${target} udp port ${portText(names, "udp", port)} unreachable`;
    return `${target} protocol ${protocol} port ${port} unreachable`;
  }
  if (code === 4) {
    const mtu = u16(printer, at + 6);
    return `${target} unreachable - need to frag${mtu > 0 ? ` (mtu ${mtu})` : ""}`;
  }
  return UNREACHABLE[code]?.replace("X", target) ?? `${target} unreachable - #${code}`;
}

function routerText(printer: Printer, at: number): string | undefined {
  const count = u8(printer, at + 4);
  const size = u8(printer, at + 5);
  let text = `router advertisement lifetime ${lifetimeText(u16(printer, at + 6))} ${count}:`;
  if (size !== 2) return `${text} [size ${size}]`;
  for (let index = 0; index < count; index++) {
    const place = at + 8 + index * 8;
    if (!has(printer, place + 8)) return undefined;
    const level = u32(printer, place + 4);
    text += ` {${host4(printer.names, u32(printer, place))} ${level}}`;
  }
  return text;
}

function lifetimeText(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  if (seconds < 60) return String(seconds);
  const minutes = Math.floor(seconds / 60);
  if (seconds < 3600) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** Milliseconds since midnight as a time of day. */
function dayTime(milliseconds: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const seconds = Math.floor(milliseconds / 1000);
  return (
    `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}` +
    `.${String(milliseconds % 1000).padStart(3, "0")}`
  );
}
