// Compiles the filter language of tcpdump to a predicate (pcap-filter(7)). A word without a qualifier
// takes those of the one before it; each `vlan` moves what follows it behind one more tag, unless the
// tag stands beside the bytes as on a live capture.
// Not here: what words ask (filterTerms.ts), arithmetic (filterNumbers.ts).

import { mask4, parseIp4, parseIp6, parseMac } from "../../wire/address.ts";
import { readComparison, startsNumber } from "./filterNumbers.ts";
import { FilterError, scanFilter } from "./filterScan.ts";
import {
  type Direction,
  ETHER_TYPES,
  hasHost4,
  hasHost6,
  hasMac,
  hasPort,
  IP_PROTOCOLS,
  isBroadcast,
  isLlc,
  isMulticast,
  isProtocol,
  isType,
  type Test,
} from "./filterTerms.ts";
import { type FrameView, typeAt } from "./frameView.ts";

/** Ports by "name" as /etc/services has them. */
export type Services = (name: string) => number | undefined;

/** Where compiling stands. */
export type FilterReader = {
  readonly tokens: readonly string[];
  readonly services: Services;
  at: number;
  depth: number;
  /** How many `vlan` were passed. */
  vlans: number;
  last: Qualifiers;
};

type Qualifiers = {
  readonly protocol?: string;
  readonly direction?: Direction;
  readonly kind?: string;
};

const DEEPEST = 100;
const SYNTAX = "can't parse filter expression: syntax error";

/** The predicate of a text, or libpcap's words for what is wrong with it. */
export function compileFilter(
  text: string,
  services: Services,
): ((view: FrameView) => boolean) | { readonly problem: string } {
  const tokens = scanFilter(text);
  if (tokens.length === 0) return () => true;
  const reader: FilterReader = { tokens, services, at: 0, depth: 0, vlans: 0, last: {} };
  try {
    const test = readOr(reader);
    if (reader.at < tokens.length) throw new FilterError(SYNTAX);
    return (view) => test(view, 0);
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    return { problem: error.message };
  }
}

/** The next token; "" at the end. */
function look(reader: FilterReader, ahead = 0): string {
  return reader.tokens[reader.at + ahead] ?? "";
}

/** Takes the next token if it is one of these. */
function take(reader: FilterReader, ...words: readonly string[]): string | undefined {
  const word = look(reader);
  if (word === "" || !words.includes(word)) return undefined;
  reader.at += 1;
  return word;
}

/** "and" and "or" have equal weight and go from left to right. */
function readOr(reader: FilterReader): Test {
  if (++reader.depth > DEEPEST) throw new FilterError(SYNTAX);
  let left = readNot(reader);
  for (;;) {
    const and = take(reader, "and", "&&");
    if (and === undefined && take(reader, "or", "||") === undefined) break;
    const first = left;
    const second = readNot(reader);
    left =
      and === undefined
        ? (view, tags) => first(view, tags) || second(view, tags)
        : (view, tags) => first(view, tags) && second(view, tags);
  }
  reader.depth -= 1;
  return left;
}

function readNot(reader: FilterReader): Test {
  if (take(reader, "not", "!") !== undefined) {
    const inner = readNot(reader);
    return (view, tags) => !inner(view, tags);
  }
  if (look(reader) === "(" && !startsNumber(reader)) {
    reader.at += 1;
    const inner = readOr(reader);
    if (take(reader, ")") === undefined) throw new FilterError(SYNTAX);
    return inner;
  }
  if (startsNumber(reader)) return shifted(reader, readComparison(reader));
  return readTerm(reader);
}

/** The test behind the tags that stand in the bytes. */
function shifted(reader: FilterReader, test: Test): Test {
  const { vlans } = reader;
  if (vlans === 0) return test;
  return (view) => test(view, inlineTags(view, vlans));
}

function inlineTags(view: FrameView, vlans: number): number {
  return Math.max(0, vlans - (view.tag === undefined ? 0 : 1));
}

const DIRECTIONS: Readonly<Record<string, Direction>> = { src: "src", dst: "dst" };
const KINDS = ["host", "net", "port", "portrange", "proto"];
const PROTOCOLS = ["ether", "link", ...Object.keys(ETHER_TYPES), ...Object.keys(IP_PROTOCOLS)];

function readTerm(reader: FilterReader): Test {
  const word = look(reader);
  if (word === "vlan") return readVlan(reader);
  const plain = readPlain(reader);
  if (plain !== undefined) return shifted(reader, plain);
  const protocol = take(reader, ...PROTOCOLS);
  const direction = readDirection(reader);
  const kind = take(reader, ...KINDS);
  if (protocol === undefined && direction === undefined && kind === undefined) {
    return shifted(reader, readValue(reader, reader.last));
  }
  const how: Qualifiers = {
    ...(protocol === undefined ? {} : { protocol: protocol === "link" ? "ether" : protocol }),
    ...(direction === undefined ? {} : { direction }),
    ...(kind === undefined ? {} : { kind }),
  };
  if (direction === undefined && kind === undefined && protocol !== undefined) {
    const group = take(reader, "broadcast", "multicast");
    if (group !== undefined)
      return shifted(reader, group === "broadcast" ? isBroadcast(protocol) : isMulticast(protocol));
    reader.last = how;
    if (protocol === "ether" || protocol === "link") throw new FilterError(SYNTAX);
    return shifted(reader, ofProtocol(protocol));
  }
  reader.last = how;
  return shifted(reader, readValue(reader, how));
}

function ofProtocol(protocol: string): Test {
  const type = ETHER_TYPES[protocol];
  return type === undefined ? isProtocol(IP_PROTOCOLS[protocol] ?? -1) : isType(type);
}

function readDirection(reader: FilterReader): Direction | undefined {
  const first = DIRECTIONS[look(reader)];
  if (first === undefined) return undefined;
  reader.at += 1;
  const joint = look(reader);
  if (
    (joint === "or" || joint === "and" || joint === "||" || joint === "&&") &&
    DIRECTIONS[look(reader, 1)] !== undefined
  ) {
    reader.at += 2;
    return joint === "or" || joint === "||" ? "either" : "both";
  }
  return first;
}

function readPlain(reader: FilterReader): Test | undefined {
  switch (
    take(reader, "broadcast", "multicast", "stp", "llc", "inbound", "outbound", "less", "greater")
  ) {
    case "broadcast":
      return isBroadcast(undefined);
    case "multicast":
      return isMulticast(undefined);
    case "stp":
      return isLlc(0x42);
    case "llc":
      return isLlc();
    case "inbound":
      return (view) => view.packetType !== "outgoing";
    case "outbound":
      return (view) => view.packetType === "outgoing";
    case "less": {
      const most = readNumber(reader);
      return (view) => view.length <= most;
    }
    case "greater": {
      const least = readNumber(reader);
      return (view) => view.length >= least;
    }
    default:
      return undefined;
  }
}

function readVlan(reader: FilterReader): Test {
  reader.at += 1;
  const before = reader.vlans;
  const id = /^\d|^0x/.test(look(reader)) ? readNumber(reader) : undefined;
  if (id !== undefined && id > 4095)
    throw new FilterError(`VLAN tag ${id} greater than maximum 4095`);
  reader.vlans += 1;
  return (view) => {
    if (view.tag !== undefined && before === 0) return id === undefined || view.tag.vid === id;
    const tags = inlineTags(view, before);
    const type = typeAt(view, tags);
    if (type !== 0x8100 && type !== 0x88a8 && type !== 0x9100) return false;
    const at = view.link + 4 * tags;
    return (
      id === undefined || ((((view.bytes[at] ?? 0) & 15) << 8) | (view.bytes[at + 1] ?? 0)) === id
    );
  };
}

/** A decimal, octal or hexadecimal number. */
function readNumber(reader: FilterReader): number {
  const word = look(reader);
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(word)) throw new FilterError(SYNTAX);
  reader.at += 1;
  return /^0\d/.test(word) ? Number.parseInt(word, 8) : Number(word);
}

function readValue(reader: FilterReader, how: Qualifiers): Test {
  const word = look(reader);
  if (word === "" || /^(\)|and|or|&&|\|\||not|!)$/.test(word)) throw new FilterError(SYNTAX);
  if (
    reader.last.protocol === undefined &&
    reader.last.kind === undefined &&
    reader.last.direction === undefined &&
    how.kind === undefined &&
    parseIp4(word) === undefined &&
    parseIp6(word) === undefined &&
    !/[/.]/.test(word)
  ) {
    throw new FilterError(SYNTAX);
  }
  reader.at += 1;
  const direction = how.direction ?? "either";
  switch (how.kind) {
    case "port":
      return hasPort(portOf(reader, word), portOf(reader, word), direction, protocolOf(how));
    case "portrange": {
      const [low = "", high = low] = word.split("-");
      return hasPort(portOf(reader, low), portOf(reader, high), direction, protocolOf(how));
    }
    case "proto":
      return protocolTest(word, how.protocol);
    case "net":
      return netTest(reader, word, how);
    default:
      return hostTest(word, how, direction);
  }
}

function protocolOf(how: Qualifiers): number | undefined {
  return how.protocol === undefined ? undefined : IP_PROTOCOLS[how.protocol];
}

function portOf(reader: FilterReader, word: string): number {
  const port = /^\d+$/.test(word) ? Number(word) : reader.services(word);
  if (port === undefined) throw new FilterError(`unknown port '${word}'`);
  if (port > 65535) throw new FilterError(`illegal port number ${port} > 65535`);
  return port;
}

function protocolTest(word: string, protocol: string | undefined): Test {
  if (protocol === "ether") {
    const type =
      ETHER_TYPES[word] ?? (/^(0x[0-9a-f]+|\d+)$/i.test(word) ? Number(word) : undefined);
    if (type === undefined) throw new FilterError(`unknown ether proto '${word}'`);
    return isType(type);
  }
  const number = IP_PROTOCOLS[word] ?? (/^\d+$/.test(word) ? Number(word) : undefined);
  if (number === undefined) throw new FilterError(`unknown protocol: ${word}`);
  return isProtocol(number, protocol === "ip" ? 4 : protocol === "ip6" ? 6 : undefined);
}

function hostTest(word: string, how: Qualifiers, direction: Direction): Test {
  if (how.protocol === "ether") {
    const mac = parseMac(word);
    if (mac === undefined) throw new FilterError("illegal link layer address");
    return hasMac(mac, direction);
  }
  const four = parseIp4(word);
  if (four !== undefined) return hasHost4(four, 0xffffffff, direction, how.protocol);
  const six = parseIp6(word);
  if (six !== undefined) return hasHost6(six, 128, direction);
  if (/^\d+(\.\d+){3}$/.test(word)) throw new FilterError(`invalid IPv4 address '${word}'`);
  if (/^\d+(\.\d+){0,2}$/.test(word)) {
    const parts = word.split(".").map(Number);
    return hasHost4(
      parts.reduce((sum, part) => sum * 256 + part, 0),
      0xffffffff,
      direction,
      how.protocol,
    );
  }
  if (word.includes("/")) return netTest(undefined, word, how);
  throw new FilterError(`unknown host '${word}'`);
}

function netTest(reader: FilterReader | undefined, word: string, how: Qualifiers): Test {
  const [text = "", lengthText] = word.split("/");
  const direction = how.direction ?? "either";
  const six = parseIp6(text);
  if (six !== undefined) return hasHost6(six, Number(lengthText ?? 128), direction);
  const parts = text.split(".");
  if (!parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256) || parts.length > 4) {
    throw new FilterError(`unknown network '${word}'`);
  }
  const address = parts.reduce((sum, part, at) => sum + Number(part) * 256 ** (3 - at), 0);
  let mask = mask4(8 * parts.length);
  if (lengthText !== undefined) mask = mask4(Math.min(32, Number(lengthText) || 0));
  else if (reader !== undefined && take(reader, "mask") !== undefined) {
    mask = parseIp4(look(reader)) ?? 0;
    reader.at += 1;
  }
  if ((address & mask) >>> 0 !== address)
    throw new FilterError(`non-network bits set in "${word}"`);
  return hasHost4(address, mask, direction, how.protocol);
}
