// DNS messages (print-domain.c): questions, and of answers what the records say.
// Not simulated: options of EDNS beyond their size, TSIG, IQUERY.

import { ip4Text } from "../../../wire/address.ts";
import { ip6At } from "./address6.ts";
import { secondsText } from "./igmp.ts";
import { plain6 } from "./names.ts";
import { has, hex, type Printer, put, putCut, putInvalid, u8, u16, u32 } from "./printer.ts";

const OPERATIONS =
  ", inv_q, stat, op3, notify, update, op6, op7, op8, updateA, updateD, updateDA, updateM, updateMA, zoneInit, zoneRef".split(
    ",",
  );

const CODES =
  ", FormErr, ServFail, NXDomain, NotImp, Refused, YXDomain, YXRRSet, NXRRSet, NotAuth, NotZone, Resp11, Resp12, Resp13, Resp14, NoChange".split(
    ",",
  );

const TYPES: Readonly<Record<number, string>> = {
  1: "A",
  2: "NS",
  5: "CNAME",
  6: "SOA",
  12: "PTR",
  13: "HINFO",
  15: "MX",
  16: "TXT",
  28: "AAAA",
  33: "SRV",
  35: "NAPTR",
  41: "OPT",
  43: "DS",
  46: "RRSIG",
  47: "NSEC",
  48: "DNSKEY",
  99: "SPF",
  252: "AXFR",
  255: "ANY",
};

const CLASSES: Readonly<Record<number, string>> = { 2: "CSNET", 3: "CHAOS", 4: "HS", 255: "ANY" };

/** A message with its length before it. */
export function printDnsOverTcp(printer: Printer, at: number, length: number): void {
  printer.protocol = "domain";
  if (length < 2) {
    put(printer, ` [DNS over TCP: length ${length} < 2]`);
    putInvalid(printer);
    return;
  }
  const claimed = u16(printer, at);
  if (claimed !== length - 2) {
    put(printer, ` [prefix length(${claimed}) != length(${length - 2})]`);
    putInvalid(printer);
    return;
  }
  put(printer, " ");
  printDns(printer, at + 2, length - 2, false);
}

/** Prints a message of `length` bytes. */
export function printDns(printer: Printer, at: number, length: number, multicast: boolean): void {
  printer.protocol = "domain";
  if (length < 12) {
    put(printer, `domain [length ${length} < 12]`);
    putInvalid(printer);
    return;
  }
  const flags = u16(printer, at + 2);
  const counts = [4, 6, 8, 10].map((place) => u16(printer, at + place));
  const message = { start: at, multicast };
  const complete =
    (flags & 0x8000) !== 0
      ? putAnswer(printer, message, flags, counts)
      : putQuestion(printer, message, flags, counts);
  if (complete) put(printer, ` (${length})`);
  else putCut(printer);
}

type Message = { readonly start: number; readonly multicast: boolean };

function putAnswer(
  printer: Printer,
  message: Message,
  flags: number,
  counts: readonly number[],
): boolean {
  const [questions = 0, answers = 0, authorities = 0, others = 0] = counts;
  const { verbose } = printer.options;
  put(
    printer,
    u16(printer, message.start) +
      (OPERATIONS[(flags >> 11) & 15] ?? "") +
      (CODES[flags & 15] ?? "") +
      ((flags & 0x400) !== 0 ? "*" : "") +
      ((flags & 0x80) !== 0 ? "" : "-") +
      ((flags & 0x200) !== 0 ? "|" : "") +
      ((flags & 0x20) !== 0 ? "$" : ""),
  );
  if (questions !== 1) put(printer, ` [${questions}q]`);
  let place: number | undefined = message.start + 12;
  for (let index = 0; index < questions; index++) {
    if (index > 0) put(printer, ",");
    if (verbose > 1) {
      put(printer, " q:");
      place = putQuestionRecord(printer, message, place);
    } else place = skipName(printer, place);
    if (place === undefined) return false;
    if (verbose <= 1) place += 4;
  }
  put(printer, ` ${answers}/${authorities}/${others}`);
  place = putRecords(printer, message, place, answers);
  if (place === undefined) return false;
  if (verbose <= 1) return true;
  for (const [title, count] of [
    [" ns:", authorities],
    [" ar:", others],
  ] as const) {
    if (count > 0 && place < printer.end) put(printer, title);
    place = putRecords(printer, message, place, count);
    if (place === undefined) return false;
  }
  return true;
}

function putQuestion(
  printer: Printer,
  message: Message,
  flags: number,
  counts: readonly number[],
): boolean {
  const [questions = 0, answers = 0, authorities = 0, others = 0] = counts;
  const recursion = (flags & 0x100) !== 0 ? "+" : "";
  const unchecked = (flags & 0x10) !== 0 ? "%" : "";
  put(
    printer,
    `${u16(printer, message.start)}${OPERATIONS[(flags >> 11) & 15]}${recursion}${unchecked}`,
  );
  if ((flags & 0x06cf) !== 0) put(printer, ` [b2&3=0x${hex(flags)}]`);
  if (answers > 0) put(printer, ` [${answers}a]`);
  if (questions !== 1) put(printer, ` [${questions}q]`);
  if (authorities > 0) put(printer, ` [${authorities}n]`);
  if (others > 0) put(printer, ` [${others}au]`);
  let place: number | undefined = message.start + 12;
  for (let index = 0; index < questions; index++) {
    place = putQuestionRecord(printer, message, place);
    if (place === undefined) return false;
  }
  if (printer.options.verbose <= 1) return true;
  for (const [title, count] of [
    ["", answers],
    [" ns:", authorities],
    [" ar:", others],
  ] as const) {
    if (count > 0 && place < printer.end) put(printer, title);
    place = putRecords(printer, message, place, count);
    if (place === undefined) return false;
  }
  return true;
}

/** A question; where it ends, or undefined when it is cut short. */
function putQuestionRecord(printer: Printer, message: Message, at: number): number | undefined {
  const end = skipName(printer, at);
  if (end === undefined || !has(printer, end + 4)) return undefined;
  const type = u16(printer, end);
  const kind = u16(printer, end + 2);
  put(printer, ` ${TYPES[type] ?? `Type${type}`}`);
  if (message.multicast) {
    put(printer, (kind & 0x8000) !== 0 ? " (QU)" : " (QM)");
    if ((kind & 0x7fff) !== 1) put(printer, ` ${className(kind & 0x7fff)}`);
  } else if (kind !== 1) put(printer, ` ${className(kind)}`);
  put(printer, "? ");
  const after = putName(printer, message, at);
  return after === undefined ? undefined : after + 4;
}

function className(kind: number): string {
  return CLASSES[kind] ?? `(Class ${kind})`;
}

function putRecords(
  printer: Printer,
  message: Message,
  at: number,
  count: number,
): number | undefined {
  let place: number | undefined = at;
  for (let index = 0; index < count && place !== undefined; index++) {
    if (place >= printer.end) return undefined;
    if (index > 0) put(printer, ",");
    place = putRecord(printer, message, place);
  }
  return place;
}

function putRecord(printer: Printer, message: Message, at: number): number | undefined {
  const { verbose } = printer.options;
  if (verbose > 0) put(printer, " ");
  const fields = verbose > 0 ? putName(printer, message, at) : skipName(printer, at);
  if (fields === undefined) return undefined;
  if (!has(printer, fields + 10)) return printer.end;
  const type = u16(printer, fields);
  const kind = u16(printer, fields + 2);
  if (message.multicast) {
    if ((kind & 0x8000) !== 0) put(printer, " (Cache flush)");
    if (type !== 41 && (kind & 0x7fff) !== 1) put(printer, ` ${className(kind & 0x7fff)}`);
  } else if (type !== 41 && kind !== 1) put(printer, ` ${className(kind)}`);
  if (type !== 41 && verbose > 2) put(printer, ` [${secondsText(u32(printer, fields + 4))}]`);
  const length = u16(printer, fields + 8);
  const data = fields + 10;
  put(printer, ` ${TYPES[type] ?? `Type${type}`}`);
  if (!has(printer, data + length)) return undefined;
  const complete = putData(printer, message, {
    type,
    kind,
    data,
    length,
    flags: u16(printer, fields + 6),
  });
  return complete ? data + length : undefined;
}

type Data = {
  readonly type: number;
  readonly kind: number;
  readonly data: number;
  readonly length: number;
  readonly flags: number;
};

function putData(printer: Printer, message: Message, record: Data): boolean {
  const { type, data, length } = record;
  switch (type) {
    case 1:
      if (!has(printer, data + 4)) return false;
      put(printer, ` ${ip4Text(u32(printer, data))}`);
      return true;
    case 28:
      if (!has(printer, data + 16)) return false;
      put(printer, ` ${plain6(ip6At(printer, data))}`);
      return true;
    case 2:
    case 5:
    case 12:
      put(printer, " ");
      return putName(printer, message, data) !== undefined;
    case 15:
      put(printer, " ");
      if (putName(printer, message, data + 2) === undefined) return false;
      put(printer, ` ${u16(printer, data)}`);
      return true;
    case 16:
      for (let place = data; place < data + length; ) {
        const count = u8(printer, place);
        put(printer, ` "${printable(printer, place + 1, count)}"`);
        place += count + 1;
      }
      return true;
    case 6:
      return printer.options.verbose === 0 || putAuthority(printer, message, data);
    case 33:
      put(printer, " ");
      if (putName(printer, message, data + 6) === undefined) return false;
      put(printer, `:${u16(printer, data + 4)} ${u16(printer, data)} ${u16(printer, data + 2)}`);
      return true;
    case 41:
      put(printer, ` UDPsize=${record.kind}${(record.flags & 0x8000) !== 0 ? " DO" : ""}`);
      return true;
    default:
      return true;
  }
}

function putAuthority(printer: Printer, message: Message, data: number): boolean {
  put(printer, " ");
  const second = putName(printer, message, data);
  if (second === undefined) return false;
  put(printer, " ");
  const numbers = putName(printer, message, second);
  if (numbers === undefined || !has(printer, numbers + 20)) return false;
  for (let index = 0; index < 5; index++) put(printer, ` ${u32(printer, numbers + index * 4)}`);
  return true;
}

function printable(printer: Printer, at: number, count: number): string {
  let text = "";
  for (let index = at; index < at + count; index++) {
    const byte = u8(printer, index);
    const high = byte >= 128 ? "M-" : "";
    const low = byte & 127;
    text +=
      high +
      (low < 32 || low === 127 ? `^${String.fromCharCode(low ^ 64)}` : String.fromCharCode(low));
  }
  return text;
}

/** Where a name ends; undefined when it is cut short. */
function skipName(printer: Printer, start: number): number | undefined {
  for (let at = start; has(printer, at + 1); ) {
    const length = printer.bytes[at] ?? 0;
    if (length >= 0xc0) return at + 2;
    if (length === 0) return at + 1;
    if (length > 63) return undefined;
    at += length + 1;
  }
  return undefined;
}

/** Prints a name and follows its pointers; where it ends. */
function putName(printer: Printer, message: Message, start: number): number | undefined {
  let end: number | undefined;
  let at = start;
  let limit = at - message.start;
  if (has(printer, at + 1) && printer.bytes[at] === 0) {
    put(printer, ".");
    return at + 1;
  }
  for (;;) {
    if (!has(printer, at + 1)) return undefined;
    const length = printer.bytes[at] ?? 0;
    if (length === 0) return end ?? at + 1;
    if (length >= 0xc0) {
      if (!has(printer, at + 2)) return undefined;
      end ??= at + 2;
      const offset = u16(printer, at) & 0x3fff;
      if (offset >= limit) {
        put(printer, "<BAD PTR>");
        return undefined;
      }
      limit = offset;
      at = message.start + offset;
      continue;
    }
    if (length > 63) {
      put(printer, "<BAD ELT>");
      return undefined;
    }
    if (!has(printer, at + 1 + length)) return undefined;
    put(printer, `${printable(printer, at + 1, length)}.`);
    at += length + 1;
  }
}
