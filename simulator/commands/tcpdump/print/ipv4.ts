// IPv4 headers (print-ip.c): with -v in parentheses and a line of their own.
// Not simulated: protocols other than ICMP, IGMP, TCP, UDP and IP in IP; they are named with a length.

import { get16, get32 } from "../../../wire/bytes.ts";
import { printIpPayload } from "./ipPayload.ts";
import { host4 } from "./names.ts";
import {
  bitNames,
  has,
  hex,
  type Printer,
  put,
  putCut,
  putInvalid,
  rangeSum,
  shouldBe,
  u8,
  u16,
  u32,
} from "./printer.ts";
import { IP_PROTOCOL_NAMES, protocolWord } from "./protocolNames.ts";

const FLAGS = [
  [0x2000, "+"],
  [0x4000, "DF"],
  [0x8000, "rsvd"],
] as const;

/** Prints the packet at `at`, of which the layer below says that it has `length` bytes. */
export function printIp(printer: Printer, at: number, length: number): void {
  printer.protocol = "ip";
  const { options } = printer;
  const version = u8(printer, at) >> 4;
  if (version !== 4) {
    put(printer, version === 6 ? "IP6, wrong link-layer encapsulation" : `IP${version}`);
    putInvalid(printer);
    return;
  }
  if (!options.ether) put(printer, "IP ");
  if (!has(printer, at + 20)) {
    putCut(printer);
    return;
  }
  if (length < 20) {
    put(printer, `truncated-ip ${length}`);
    return;
  }
  const headerLength = (u8(printer, at) & 15) * 4;
  if (headerLength < 20) {
    put(printer, `bad-hlen ${headerLength}`);
    return;
  }
  const whole = u16(printer, at + 2);
  if (length < whole) put(printer, `truncated-ip - ${whole - length} bytes missing! `);
  if (whole < headerLength) {
    put(printer, `bad-len ${whole}`);
    return;
  }
  const end = printer.end;
  printer.end = Math.min(end, at + whole);
  printRest(printer, at, headerLength, whole);
  printer.end = end;
}

function printRest(printer: Printer, at: number, headerLength: number, total: number): void {
  const { options, names } = printer;
  const fragment = u16(printer, at + 6);
  const protocol = u8(printer, at + 9);
  const addresses = () =>
    `${host4(names, u32(printer, at + 12))} > ${host4(names, u32(printer, at + 16))}`;
  if (options.verbose > 0 && !putHeader(printer, at, headerLength)) {
    put(printer, `${addresses()}: `);
    putCut(printer);
    return;
  }
  if ((fragment & 0x1fff) === 0) {
    if (!has(printer, at + headerLength)) {
      const left = printer.end - at;
      put(printer, `${addresses()}:  [remaining caplen(${left}) < header length(${headerLength})]`);
      putCut(printer);
      return;
    }
    if (protocol !== 6 && protocol !== 17 && protocol !== 132 && protocol !== 33) {
      put(printer, `${addresses()}: `);
    }
    printIpPayload(printer, {
      ip: at,
      version: 4,
      at: at + headerLength,
      length: total - headerLength,
      protocol,
      fragmented: (fragment & 0x2000) !== 0,
    });
    return;
  }
  if (options.quick > 1) return;
  const word = options.numeric ? undefined : protocolWord(protocol);
  put(printer, `${addresses()}: ${word ?? `ip-proto-${protocol}`}`);
}

/** The header in parentheses; false when its options are cut short. */
function putHeader(printer: Printer, at: number, headerLength: number): boolean {
  const tos = u8(printer, at + 1);
  const ecn = ["", ",ECT(1)", ",ECT(0)", ",CE"][tos & 3] ?? "";
  const ttl = u8(printer, at + 8);
  const fragment = u16(printer, at + 6);
  const protocol = u8(printer, at + 9);
  put(
    printer,
    `(tos 0x${hex(tos)}${ecn}${ttl > 0 ? `, ttl ${ttl}` : ""}, id ${u16(printer, at + 4)}, ` +
      `offset ${(fragment & 0x1fff) * 8}, flags [${bitNames(FLAGS, fragment, "none")}], ` +
      `proto ${IP_PROTOCOL_NAMES[protocol] ?? "unknown"} (${protocol}), length ${u16(printer, at + 2)}`,
  );
  let complete = true;
  if (headerLength > 20) {
    put(printer, ", options (");
    complete = printOptions(printer, at + 20, at + headerLength);
    put(printer, complete ? ")" : " [truncated-option])");
  }
  if (!printer.options.noChecksums && has(printer, at + headerLength)) {
    const sum = rangeSum(printer, at, at + headerLength);
    const field = u16(printer, at + 10);
    if (sum !== 0) put(printer, `, bad cksum ${hex(field)} (->${hex(shouldBe(field, sum))})!`);
  }
  put(printer, ")\n    ");
  return complete;
}

const OPTION_NAMES: Readonly<Record<number, string>> = {
  0: "EOL",
  1: "NOP",
  7: "RR",
  68: "timestamp",
  82: "traceroute",
  130: "security",
  131: "LSRR",
  137: "SSRR",
  148: "RA",
};

function printOptions(printer: Printer, from: number, to: number): boolean {
  let separator = "";
  for (let at = from; at < to; ) {
    put(printer, separator);
    separator = ",";
    if (!has(printer, at + 1)) return false;
    const code = printer.bytes[at] ?? 0;
    put(printer, OPTION_NAMES[code] ?? `unknown ${code}`);
    let length = 1;
    if (code > 1) {
      if (!has(printer, at + 2)) return false;
      length = printer.bytes[at + 1] ?? 0;
      if (length < 2 || length > to - at) {
        put(printer, ` [bad length ${length}]`);
        return true;
      }
    }
    if (!has(printer, at + length)) return false;
    if (code === 0) return true;
    if (code === 7 || code === 131 || code === 137) putRoute(printer, at, length);
    else if (code === 68) putTimestamps(printer, at, length);
    else if (code === 148) {
      const value = get16(printer.bytes, at + 2);
      if (length < 4) return false;
      if (value !== 0) put(printer, ` value ${value}`);
    }
    at += length;
  }
  return true;
}

/** Addresses of a recorded or wanted route; commas up to where it stands. */
function putRoute(printer: Printer, at: number, length: number): void {
  if (length < 3) {
    put(printer, ` [bad length ${length}]`);
    return;
  }
  if (((length + 1) & 3) !== 0) put(printer, ` [bad length ${length}]`);
  const pointer = (printer.bytes[at + 2] ?? 0) - 1;
  if (pointer < 3 || ((pointer + 1) & 3) !== 0) put(printer, ` [bad ptr ${pointer + 1}]`);
  let separator = " ";
  for (let place = 3; place < length; place += 4) {
    put(printer, `${separator}${host4(printer.names, u32(printer, at + place))}`);
    separator = pointer > place ? ", " : " ";
  }
}

const TIMESTAMP_KINDS: Readonly<Record<number, string>> = {
  0: "TSONLY",
  1: "TS+ADDR",
  3: "PRESPEC",
};

function putTimestamps(printer: Printer, at: number, length: number): void {
  if (length < 4) {
    put(printer, `[bad length ${length}]`);
    return;
  }
  const flags = printer.bytes[at + 3] ?? 0;
  const hop = (flags & 15) === 0 ? 4 : 8;
  const pointer = (printer.bytes[at + 2] ?? 0) - 1;
  put(printer, " TS{");
  if (((length - 4) & (hop - 1)) !== 0) put(printer, `[bad length ${length}]`);
  if (pointer < 4 || ((pointer - 4) & (hop - 1)) !== 0 || pointer > length + 1) {
    put(printer, `[bad ptr ${pointer + 1}]`);
  }
  const kind = TIMESTAMP_KINDS[flags & 15];
  put(printer, kind ?? `[bad ts type ${flags & 15}]`);
  let place = 0;
  if (kind !== undefined) {
    for (place = 4; place < length; place += hop) {
      const stamp = u32(printer, at + place + hop - 4);
      const who = hop === 8 ? host4(printer.names, get32(printer.bytes, at + place)) : "";
      put(printer, `${pointer === place ? " ^ " : " "}${stamp}@${who}`);
    }
  }
  if (pointer === place) put(printer, " ^ ");
  put(printer, flags >> 4 > 0 ? ` [${flags >> 4} hops not recorded]} ` : "}");
}
