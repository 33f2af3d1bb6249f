// Options of neighbour discovery, one on a line (icmp6_opt_print of print-icmp6.c).
// Not simulated: options beyond these; they are shown as bytes.

import { host6At, ip6At } from "./address6.ts";
import { hexDump } from "./hexDump.ts";
import { plain6 } from "./names.ts";
import { bitNames, has, hex, type Printer, put, u8, u16, u32 } from "./printer.ts";

const NAMES: Readonly<Record<number, string>> = {
  1: "source link-address",
  2: "destination link-address",
  3: "prefix info",
  4: "redirected header",
  5: "mtu",
  7: "advertisement interval",
  8: "homeagent information",
  24: "route info",
  25: "rdnss",
  31: "dnssl",
};

const PREFIX_FLAGS = [
  [0x80, "onlink"],
  [0x40, "auto"],
  [0x20, "router"],
] as const;

const PREFERENCES = ["medium", "high", "rsv", "low"];

/** Prints the options from `from` on; false when one is cut short. */
export function printNdOptions(printer: Printer, from: number, to: number): boolean {
  for (let at = from; at < to; ) {
    if (!has(printer, at + 2)) return false;
    const type = u8(printer, at);
    const units = u8(printer, at + 1);
    const length = units * 8;
    if (length === 0 || !has(printer, at + length)) return false;
    put(
      printer,
      `\n\t  ${NAMES[type] ?? "unknown"} option (${type}), length ${length} (${units}): `,
    );
    putOption(printer, { at, type, length, from });
    // -vv shows the bytes of all of them.
    if (printer.options.verbose > 1) putBytes(printer, at + 2, at + length, "\n\t    ");
    else if (NAMES[type] === undefined) putBytes(printer, at + 2, at + length, "\n\t  ");
    at += length;
  }
  return true;
}

function putBytes(printer: Printer, from: number, to: number, gap: string): void {
  put(printer, hexDump({ bytes: printer.bytes, from, to }, false, gap));
}

type Option = {
  readonly at: number;
  readonly type: number;
  readonly length: number;
  /** Where the first option is. */
  readonly from: number;
};

function putOption(printer: Printer, { at, type, length, from }: Option): void {
  switch (type) {
    case 1:
    case 2:
      put(
        printer,
        Array.from(printer.bytes.subarray(at + 2, at + length), (byte) => hex(byte, 2)).join(":"),
      );
      return;
    case 3: {
      const time = (place: number) => lifetime(u32(printer, at + place));
      put(
        printer,
        `${host6At(printer, at + 16)}/${u8(printer, at + 2)}${length === 32 ? "" : ", invalid"}, ` +
          `Flags [${bitNames(PREFIX_FLAGS, u8(printer, at + 3), "none")}], ` +
          `valid time ${time(4)}, pref. time ${time(8)}`,
      );
      return;
    }
    case 4:
      // tcpdump counts the bytes from the first option, not from this one.
      putBytes(printer, from, from + length, "\n\t    ");
      return;
    case 5:
      put(printer, ` ${u32(printer, at + 4)}`);
      return;
    case 7:
      put(printer, ` ${u32(printer, at + 4)}ms`);
      return;
    case 8:
      put(printer, ` preference ${u16(printer, at + 4)}, lifetime ${u16(printer, at + 6)}`);
      return;
    case 24:
      putRoute(printer, at, length);
      return;
    case 25:
      put(printer, ` lifetime ${u32(printer, at + 4)}s,`);
      for (let place = at + 8; place + 16 <= at + length; place += 16) {
        put(printer, ` addr: ${host6At(printer, place)}`);
      }
      return;
    case 31:
      put(
        printer,
        ` lifetime ${u32(printer, at + 4)}s, domain(s):${domains(printer, at + 8, at + length)}`,
      );
  }
}

function putRoute(printer: Printer, at: number, length: number): void {
  let digits = "";
  if (length > 8) digits = ip6At(printer, at + 8).slice(0, (length - 8) * 2);
  const flags = u8(printer, at + 3);
  put(
    printer,
    ` ${plain6(digits.padEnd(32, "0"))}/${u8(printer, at + 2)}, pref=${PREFERENCES[(flags >> 3) & 3]}, ` +
      `lifetime=${lifetime(u32(printer, at + 4))}`,
  );
}

function lifetime(seconds: number): string {
  return seconds === 0xffffffff ? "infinity" : `${seconds}s`;
}

function domains(printer: Printer, from: number, to: number): string {
  let text = "";
  for (let at = from; at < to && u8(printer, at) !== 0; at++) {
    text += " ";
    for (let length = u8(printer, at); length !== 0 && at < to; length = u8(printer, at)) {
      text += `${String.fromCharCode(...printer.bytes.subarray(at + 1, at + 1 + length))}.`;
      at += length + 1;
    }
  }
  return text;
}
