// What stands for something that no printer knows: its bytes, unless they are printed anyway.

import { hexDump } from "./hexDump.ts";
import { type Printer, put } from "./printer.ts";

/** The bytes from `at` on; nothing when -x or -X prints them or -q wants no details. */
export function putDefault(printer: Printer, at: number): void {
  const { hex, hexAscii, quick } = printer.options;
  if (hex + hexAscii + quick === 0) putBytes(printer, at);
}

/** The bytes from `at` on. */
export function putBytes(printer: Printer, at: number): void {
  put(printer, hexDump({ bytes: printer.bytes, from: at, to: printer.end }, true));
}
