// IGMP of versions 1 to 3 (print-igmp.c).
// Not simulated: DVMRP and PIM version 1 beyond their names.

import { host4 } from "./names.ts";
import { has, hex, type Printer, put, rangeSum, u8, u16, u32 } from "./printer.ts";

const RECORDS: Readonly<Record<number, string>> = {
  1: "is_in",
  2: "is_ex",
  3: "to_in",
  4: "to_ex",
  5: "allow",
  6: "block",
};

/** Prints a message. */
export function printIgmp(printer: Printer, at: number, length: number): void {
  printer.protocol = "igmp";
  const { names, options } = printer;
  if (options.quick > 0) {
    put(printer, "igmp");
    return;
  }
  const type = u8(printer, at);
  const group = () => host4(names, u32(printer, at + 4));
  if (type === 0x11) putQuery(printer, at, length);
  else if (type === 0x12) {
    put(printer, `igmp v1 report ${group()}`);
    if (length !== 8) put(printer, ` [len ${length}]`);
  } else if (type === 0x16) put(printer, `igmp v2 report ${group()}`);
  else if (type === 0x22) {
    put(printer, "igmp v3 report");
    putReport(printer, at, length);
  } else if (type === 0x17) put(printer, `igmp leave ${group()}`);
  else if (type === 0x13) {
    put(printer, "igmp dvmrp");
    if (length < 8) put(printer, ` [len ${length}]`);
  } else if (type === 0x14) put(printer, "igmp pimv1");
  else put(printer, `igmp-${type}`);
  if (options.verbose > 0 && has(printer, at + length)) {
    if (rangeSum(printer, at, at + length) !== 0) {
      put(printer, ` bad igmp cksum ${hex(u16(printer, at + 2))}!`);
    }
  }
}

function putQuery(printer: Printer, at: number, length: number): void {
  put(printer, "igmp query");
  if (length >= 12) {
    put(printer, " v3");
    putQuery3(printer, at, length);
    return;
  }
  const code = u8(printer, at + 1);
  const group = u32(printer, at + 4);
  if (code === 0) {
    put(printer, " v1");
    if (group !== 0) put(printer, ` [gaddr ${host4(printer.names, group)}]`);
  } else {
    put(printer, " v2");
    if (code !== 100) put(printer, ` [max resp time ${code}]`);
    if (group !== 0) put(printer, ` [gaddr ${host4(printer.names, group)}]`);
  }
  if (length !== 8) put(printer, ` [len ${length}]`);
}

function putQuery3(printer: Printer, at: number, length: number): void {
  const code = u8(printer, at + 1);
  const tenths = code < 128 ? code : ((code & 15) | 16) << (((code >> 4) & 7) + 3);
  if (tenths !== 100) {
    const text =
      tenths < 600 ? `${(tenths * 0.1).toFixed(1)}s` : secondsText(Math.floor(tenths / 10));
    put(printer, ` [max resp time ${text}]`);
  }
  const group = u32(printer, at + 4);
  if (group === 0) return;
  put(printer, ` [gaddr ${host4(printer.names, group)}`);
  const count = u16(printer, at + 10);
  if (count > 0) {
    if (12 + count * 4 > length) put(printer, " [invalid number of sources]");
    else if (printer.options.verbose > 1) {
      put(printer, ` { ${sources(printer, at + 12, count)}}`);
    } else put(printer, `, ${count} source(s)`);
  }
  put(printer, "]");
}

function putReport(printer: Printer, at: number, length: number): void {
  const { options, names } = printer;
  if (length < 16 || length % 4 !== 0) {
    put(printer, ` [invalid len ${length}]`);
    return;
  }
  const count = u16(printer, at + 6);
  put(printer, `, ${count} group record(s)`);
  if (options.verbose === 0) return;
  let place = 8;
  for (let index = 0; index < count; index++) {
    if (place + 8 > length) {
      put(printer, " [invalid number of groups]");
      return;
    }
    const record = at + place;
    put(printer, ` [gaddr ${host4(names, u32(printer, record + 4))}`);
    const type = u8(printer, record);
    put(printer, ` ${RECORDS[type] ?? ` [v3-report-#${type}]`}`);
    const number = u16(printer, record + 2);
    if (place + 8 + number * 4 > length) {
      put(printer, ` [invalid number of sources ${number}]`);
      return;
    }
    if (options.verbose > 1) put(printer, ` { ${sources(printer, record + 8, number)}}`);
    else put(printer, `, ${number} source(s)`);
    place += 8 + number * 4;
    put(printer, "]");
  }
}

function sources(printer: Printer, at: number, count: number): string {
  let text = "";
  for (let index = 0; index < count; index++) {
    text += `${host4(printer.names, u32(printer, at + index * 4))} `;
  }
  return text;
}

/** Seconds as 1d2h3m4s. */
export function secondsText(seconds: number): string {
  if (seconds === 0) return "0s";
  let text = "";
  let rest = seconds;
  for (const [unit, size] of [
    ["w", 604800],
    ["d", 86400],
    ["h", 3600],
    ["m", 60],
    ["s", 1],
  ] as const) {
    if (rest >= size) text += `${Math.floor(rest / size)}${unit}`;
    rest %= size;
  }
  return text;
}
