// ICMPv6 (print-icmp6.c): a name and what the message is about; with -v flags and options on lines of
// their own. Multicast listener messages are in mld.ts.
// Not simulated: node information, router renumbering, mobile IPv6, RPL beyond their names.

import { host6At, ip6At } from "./address6.ts";
import { pseudoSum } from "./checksum.ts";
import { hexDump } from "./hexDump.ts";
import { printMldQuery, printMldReport } from "./mld.ts";
import { host6, portText } from "./names.ts";
import { printNdOptions } from "./ndOptions.ts";
import {
  bitNames,
  has,
  hex,
  need,
  type Payload,
  type Printer,
  put,
  putCut,
  putInvalid,
  shouldBe,
  u8,
  u16,
  u32,
} from "./printer.ts";

const NAMES: Readonly<Record<number, string>> = {
  1: "destination unreachable",
  2: "packet too big",
  3: "time exceeded in-transit",
  4: "parameter problem",
  128: "echo request",
  129: "echo reply",
  130: "multicast listener query",
  131: "multicast listener report",
  132: "multicast listener done",
  133: "router solicitation",
  134: "router advertisement",
  135: "neighbor solicitation",
  136: "neighbor advertisement",
  137: "redirect",
  138: "router renumbering",
  139: "who-are-you request",
  140: "who-are-you reply",
  141: "inverse neighbor solicitation",
  142: "inverse neighbor advertisement",
  143: "multicast listener report v2",
  144: "ha discovery request",
  145: "ha discovery reply",
  146: "mobile router solicitation",
  147: "mobile router advertisement",
  155: "RPL",
  200: "mtrace response",
  201: "mtrace message",
};

/** Messages whose length comes first, because with -v they fill more lines. */
const LONG = new Set([133, 134, 135, 136, 137]);

/** Prints a message. */
export function printIcmp6(printer: Printer, payload: Payload): void {
  printer.protocol = "icmp6";
  const { at, length } = payload;
  const { verbose } = printer.options;
  if (length === 0) {
    put(printer, "ICMP6, length 0");
    putInvalid(printer);
    return;
  }
  if (verbose > 0 && !payload.fragmented && has(printer, at + length)) {
    const field = u16(printer, at + 2);
    const sum = pseudoSum(printer, payload, length);
    if (sum === 0) put(printer, "[icmp6 sum ok] ");
    else
      put(printer, `[bad icmp6 cksum 0x${hex(field, 4)} -> 0x${hex(shouldBe(field, sum), 4)}!] `);
  }
  const type = u8(printer, at);
  const name = NAMES[type];
  put(printer, `ICMP6, ${name ?? `unknown icmp6 type (${type})`}`);
  const unknown = name === undefined || type >= 200;
  if (unknown || (verbose > 0 && LONG.has(type))) put(printer, `, length ${length}`);
  if (unknown) {
    putUnknown(printer, at, length);
    return;
  }
  const complete = putMessage(printer, at, type, length);
  if (complete === false) putCut(printer);
  else if (complete === true && verbose === 0) put(printer, `, length ${length}`);
}

/** The bytes of what nothing is known of; -vv leaves them out. */
function putUnknown(printer: Printer, at: number, length: number): void {
  if (printer.options.verbose > 1) return;
  put(
    printer,
    hexDump({ bytes: printer.bytes, from: at, to: Math.min(printer.end, at + length) }, false),
  );
}

/** What stands behind the name; false when it is cut short. */
function putMessage(printer: Printer, at: number, type: number, length: number): "done" | boolean {
  const { verbose } = printer.options;
  const options = (from: number) =>
    verbose === 0 || printNdOptions(printer, at + from, at + length);
  switch (type) {
    case 1:
      return putUnreachable(printer, at, length);
    case 2:
      put(printer, `, mtu ${u32(printer, at + 4)}`);
      return true;
    case 3:
      putExceeded(printer, at);
      return true;
    case 4:
      putProblem(printer, at);
      return true;
    case 128:
    case 129:
      put(printer, `, id ${u16(printer, at + 4)}, seq ${u16(printer, at + 6)}`);
      return true;
    case 130:
      printMldQuery(printer, at, length);
      return true;
    case 131:
    case 132:
      if (has(printer, at + 24))
        put(printer, `max resp delay: ${u16(printer, at + 4)} addr: ${host6At(printer, at + 8)}`);
      return true;
    case 133:
      return options(8);
    case 134:
      if (verbose > 0) putAdvertisement(printer, at);
      return options(16);
    case 135:
      put(printer, `, who has ${host6At(printer, at + 8)}`);
      return options(24);
    case 136:
      put(printer, `, tgt is ${host6At(printer, at + 8)}`);
      if (verbose > 0)
        put(printer, `, Flags [${bitNames(NEIGHBOUR_FLAGS, u8(printer, at + 4), "none")}]`);
      return options(24);
    case 137:
      put(printer, `, ${host6At(printer, at + 24)} to ${host6At(printer, at + 8)}`);
      return options(40);
    case 143:
      printMldReport(printer, at, length);
      return true;
    default:
      return true;
  }
}

const NEIGHBOUR_FLAGS = [
  [0x80, "router"],
  [0x40, "solicited"],
  [0x20, "override"],
] as const;

/** Codes of "unreachable"; the second begins with a blank. */
const UNREACHABLE: readonly string[] = [
  "unreachable route",
  " unreachable prohibited",
  "beyond scope",
  "unreachable address",
  "unreachable port",
];

/** "done" ends the line without the length. */
function putUnreachable(printer: Printer, at: number, length: number): "done" | boolean {
  const code = u8(printer, at + 1);
  const text = UNREACHABLE[code];
  const quoted = at + 8;
  if (text === undefined) {
    put(printer, `, unknown unreach code (${code})`);
    if (printer.options.verbose > 1) return true;
    putUnknown(printer, at, length);
    return "done";
  }
  put(printer, `, ${text}`);
  if (code !== 4) put(printer, ` ${host6(printer.names, ip6At(printer, quoted + 24))}`);
  if (code === 2) put(printer, `, source address ${host6At(printer, quoted + 8)}`);
  return code === 4 ? putPort(printer, quoted) : true;
}

function putPort(printer: Printer, quoted: number): boolean {
  const { names } = printer;
  const protocol = u8(printer, quoted + 6);
  const kind = protocol === 6 ? "tcp" : protocol === 17 ? "udp" : undefined;
  if (kind === undefined) return false;
  const port = portText(names, kind, u16(printer, quoted + 42));
  put(printer, `, ${host6At(printer, quoted + 24)} ${kind} port ${port}`);
  return true;
}

function putExceeded(printer: Printer, at: number): void {
  const code = u8(printer, at + 1);
  if (code === 0) put(printer, ` for ${host6At(printer, at + 32)}`);
  else if (code === 1) put(printer, " (reassembly)");
  else put(printer, `, unknown code (${code})`);
}

const PROBLEMS = ["erroneous", "next header", "option", "incomplete header chain"];

function putProblem(printer: Printer, at: number): void {
  need(printer, at + 48);
  const code = u8(printer, at + 1);
  const what = PROBLEMS[code];
  put(
    printer,
    what === undefined ? `, code-#${code}` : `, ${what} - octet ${u32(printer, at + 4)}`,
  );
}

const ROUTER_FLAGS = [
  [0x80, "managed"],
  [0x40, "other stateful"],
  [0x20, "home agent"],
] as const;

/** How much a router wants to be used, in two bits. */
const PREFERENCES = ["medium", "high", "rsv", "low"];

function putAdvertisement(printer: Printer, at: number): void {
  const flags = u8(printer, at + 5);
  put(
    printer,
    `\n\thop limit ${u8(printer, at + 4)}, Flags [${bitNames(ROUTER_FLAGS, flags, "none")}], ` +
      `pref ${PREFERENCES[(flags >> 3) & 3]}, router lifetime ${u16(printer, at + 6)}s, ` +
      `reachable time ${u32(printer, at + 8)}ms, retrans timer ${u32(printer, at + 12)}ms`,
  );
}
