// Options of TCP headers (tcp_print of print-tcp.c).
// Not simulated: multipath TCP, authentication and fast open beyond their bytes.

import { has, hex, type Printer, put, putCut, u8, u16, u32 } from "./printer.ts";

const NAMES: Readonly<Record<number, string>> = {
  0: "eol",
  1: "nop",
  2: "mss",
  3: "wscale",
  4: "sackOK",
  5: "sack",
  6: "echo",
  7: "echoreply",
  8: "TS",
  11: "cc",
  12: "ccnew",
  13: "ccecho",
  19: "md5",
  20: "scps",
  28: "uto",
  29: "tcp-ao",
  30: "mptcp",
  34: "tfo",
  254: "exp",
};

/** Bytes of data that an option of a fixed length has. */
const SIZES: Readonly<Record<number, number>> = {
  2: 2,
  3: 1,
  6: 4,
  7: 4,
  8: 8,
  11: 4,
  12: 4,
  13: 4,
};

/** Prints the options of the header at `at`; false when they are broken and the line ends. */
export function printTcpOptions(
  printer: Printer,
  at: number,
  headerLength: number,
  numbers: { readonly sackBase: number },
): boolean {
  put(printer, ", options [");
  const end = at + headerLength;
  let separator = "";
  for (let place = at + 20; place < end; ) {
    put(printer, separator);
    separator = ",";
    const kind = u8(printer, place);
    const length = kind < 2 ? 1 : u8(printer, place + 1);
    const isBad = kind > 1 && (length < 2 || place + length > end);
    if (!isBad) put(printer, kind === 254 ? "" : (NAMES[kind] ?? `unknown-${kind}`));
    const size = isBad
      ? undefined
      : putData(printer, { kind, length, place, end }, numbers.sackBase);
    if (size === CUT) {
      if (place > at + 20) put(printer, ">");
      return false;
    }
    if (size === undefined) {
      put(printer, place > at + 20 ? "[bad opt]]" : "[bad opt]");
      return false;
    }
    // What the option should have is what is passed over, whatever its length field says.
    const passed = kind < 2 ? 1 : size + 2;
    if (passed !== length) put(printer, `[len ${length}]`);
    if (kind === 0) break;
    place += passed;
  }
  put(printer, "]");
  return true;
}

/** Stands for the number of bytes of an option that was cut short. */
const CUT = -1;

type Option = {
  readonly kind: number;
  readonly length: number;
  readonly place: number;
  readonly end: number;
};

/** What stands behind the name; how many bytes that were, or undefined when they do not fit. */
function putData(
  printer: Printer,
  { kind, length, place, end }: Option,
  sackBase: number,
): number | undefined {
  if (kind < 2 || kind === 4) return 0;
  const data = place + 2;
  const size = SIZES[kind] ?? length - 2;
  if (data + size > end) return undefined;
  if (kind === 5 && size % 8 === 0) put(printer, ` ${size / 8} `);
  if (!has(printer, data + size)) {
    putCut(printer);
    return CUT;
  }
  if (kind === 2) put(printer, ` ${u16(printer, data)}`);
  else if (kind === 3) put(printer, ` ${u8(printer, data)}`);
  else if (kind === 5) putBlocks(printer, data, size, sackBase);
  else if (kind === 8) put(printer, ` val ${u32(printer, data)} ecr ${u32(printer, data + 4)}`);
  else if (kind === 34)
    put(printer, size === 0 ? "  cookiereq" : `  cookie ${bytesText(printer, data, size)}`);
  else if (kind === 254) put(printer, `exp-${bytesText(printer, data, size)}`);
  else if (SIZES[kind] === 4) put(printer, ` ${u32(printer, data)}`);
  else if (size > 0) put(printer, ` 0x${bytesText(printer, data, size)}`);
  return size;
}

function bytesText(printer: Printer, at: number, size: number): string {
  return Array.from(printer.bytes.subarray(at, at + size), (byte) => hex(byte, 2)).join("");
}

function putBlocks(printer: Printer, data: number, size: number, base: number): void {
  if (size % 8 !== 0) {
    put(printer, " invalid sack");
    return;
  }
  for (let index = 0; index < size; index += 8) {
    const from = (u32(printer, data + index) - base) >>> 0;
    put(printer, `{${from}:${(u32(printer, data + index + 4) - base) >>> 0}}`);
  }
}
