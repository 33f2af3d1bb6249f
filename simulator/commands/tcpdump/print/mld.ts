// Multicast Listener Discovery (print-icmp6.c): queries of versions 1 and 2, reports of version 2.

import { host6At } from "./address6.ts";
import { has, type Printer, put, u8, u16 } from "./printer.ts";

const RECORDS: Readonly<Record<number, string>> = {
  1: "is_in",
  2: "is_ex",
  3: "to_in",
  4: "to_ex",
  5: "allow",
  6: "block",
};

/** Prints what a query asks for. */
export function printMldQuery(printer: Printer, at: number, length: number): void {
  if (length === 24) {
    if (!has(printer, at + 24)) return;
    put(printer, `max resp delay: ${u16(printer, at + 4)} addr: ${host6At(printer, at + 8)}`);
    return;
  }
  if (length < 28) {
    put(printer, ` unknown-version (len ${length}) `);
    return;
  }
  put(printer, " v2");
  const { verbose } = printer.options;
  if (verbose > 0) {
    const code = u16(printer, at + 4);
    const delay = code < 32768 ? code : ((code & 0xfff) | 0x1000) << (((code >> 12) & 7) + 3);
    put(printer, ` [max resp delay=${delay}]`);
  }
  put(printer, ` [gaddr ${host6At(printer, at + 8)}`);
  if (verbose > 0) {
    const flags = u8(printer, at + 24);
    if ((flags & 8) !== 0) put(printer, " sflag");
    if ((flags & 7) !== 0) put(printer, ` robustness=${flags & 7}`);
    const code = u8(printer, at + 25);
    const interval = code < 128 ? code : ((code & 15) | 16) << (((code >> 4) & 7) + 3);
    put(printer, ` qqi=${interval}`);
  }
  const count = u16(printer, at + 26);
  if (count > 0) {
    if (length < 28 + count * 16) put(printer, " [invalid number of sources]");
    else if (verbose > 1) put(printer, ` {${sources(printer, at + 28, count)} }`);
    else put(printer, `, ${count} source(s)`);
  }
  put(printer, "]");
}

/** Prints what a report of version 2 says; records with -v. */
export function printMldReport(printer: Printer, at: number, length: number): void {
  const count = u16(printer, at + 6);
  put(printer, `, ${count} group record(s)`);
  const { verbose } = printer.options;
  if (verbose === 0) return;
  let place = 8;
  for (let index = 0; index < count; index++) {
    if (place + 20 > length) {
      put(printer, " [invalid number of groups]");
      return;
    }
    const record = at + place;
    const type = u8(printer, record);
    put(
      printer,
      ` [gaddr ${host6At(printer, record + 4)} ${RECORDS[type] ?? ` [v2-report-#${type}]`}`,
    );
    const number = u16(printer, record + 2);
    if (place + 20 + number * 16 > length) {
      put(printer, ` [invalid number of sources ${number}]`);
      return;
    }
    if (verbose === 1) put(printer, `, ${number} source(s)`);
    else put(printer, ` {${sources(printer, record + 20, number)} }`);
    put(printer, "]");
    place += 20 + number * 16;
  }
}

function sources(printer: Printer, at: number, count: number): string {
  let text = "";
  for (let index = 0; index < count; index++) text += ` ${host6At(printer, at + index * 16)}`;
  return text;
}
