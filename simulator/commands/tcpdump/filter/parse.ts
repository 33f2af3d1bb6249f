// The grammar of filters (pcap-filter(7)): "and" and "or" bind equally and to the left, "not" binds
// tighter, and a name without qualifiers has those of the one before it ("host a or b").
// Not simulated: primitives of 802.11, ATM, SS7, MPLS, PPPoE and Geneve.

import {
  bytesExpression,
  compute,
  type Expression,
  isComparison,
  negate,
  numberExpression,
  relation,
} from "./arithmetic.ts";
import { FilterError, NotSimulated, syntaxError } from "./filterError.ts";
import {
  etherAddressTest,
  ip4Test,
  ip6Test,
  nameTest,
  network4Test,
  numberTest,
} from "./identifiers.ts";
import {
  behindType,
  directionTest,
  greaterTest,
  ifindexTest,
  lessTest,
  llcTest,
  packetLength,
  vlanTest,
} from "./link.ts";
import { broadcastTest, multicastTest, protocolTest, type Qualifiers } from "./primitives.ts";
import {
  accept,
  behindParenthesis,
  expect,
  expectNumber,
  peek,
  peekWord,
  type Reader,
} from "./reader.ts";
import { and, compare, load, not, or, type Test } from "./tests.ts";

const PROTOCOLS = new Set(
  (
    "ether ip arp rarp sctp tcp udp icmp igmp igrp pim vrrp carp atalk aarp decnet lat sca moprc mopdl ip6 " +
    "icmp6 ah esp iso esis isis l1 l2 iih lsp snp csnp psnp clnp stp ipx netbeui radio"
  ).split(" "),
);

const KINDS = new Set(["host", "net", "port", "portrange"]);
const ONLY_KINDS = new Set(["proto", "protochain", "gateway"]);

/** Qualifiers where there are none to inherit. */
const NONE: Qualifiers = { protocol: "undefined", direction: "default", kind: "undefined" };

type Parsed = { readonly test: Test; readonly q: Qualifiers };

/** Reads a whole filter. */
export function parseFilter(reader: Reader): Test {
  const { test } = parseExpression(reader, NONE);
  if (peek(reader).type !== "end") throw syntaxError();
  return test;
}

function parseExpression(reader: Reader, inherited: Qualifiers): Parsed {
  let left = parseTerm(reader, inherited, false);
  for (;;) {
    const word = peekWord(reader);
    if (word !== "and" && word !== "or") return left;
    reader.at += 1;
    const right = parseTerm(reader, left.q, true);
    const test =
      word === "and"
        ? and(left.test, behindType(left.test, right.test))
        : or(left.test, right.test);
    left = { test, q: right.q };
  }
}

/** A primitive; `mayInherit`: also a mere name, with the qualifiers of the one before. */
function parseTerm(reader: Reader, q: Qualifiers, mayInherit: boolean): Parsed {
  const token = peek(reader);
  if (token.type === "number") {
    if (isOperator(peekWord(reader, 1)) || !mayInherit) return parseRelation(reader);
    return { test: parseId(reader, q), q };
  }
  if (token.type !== "word") {
    if (!mayInherit) throw syntaxError();
    return { test: parseId(reader, q), q };
  }
  if (accept(reader, "not")) {
    const of = parseTerm(reader, q, mayInherit);
    return { test: not(of.test), q: of.q };
  }
  if (token.word === "(") return parseParenthesis(reader, q, mayInherit);
  if (token.word === "len" || token.word === "-") return parseRelation(reader);
  if (PROTOCOLS.has(token.word)) return parseProtocol(reader, token.word);
  if (
    token.word === "src" ||
    token.word === "dst" ||
    KINDS.has(token.word) ||
    ONLY_KINDS.has(token.word)
  ) {
    return parseHead(reader, "default");
  }
  reader.at += 1;
  return { test: parseOther(reader, token.word), q: NONE };
}

const OPERATORS = new Set(["+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>"]);

function isOperator(word: string): boolean {
  return OPERATORS.has(word) || isComparison(word);
}

/** What is in parentheses: a number, names with inherited qualifiers, or a filter. */
function parseParenthesis(reader: Reader, q: Qualifiers, mayInherit: boolean): Parsed {
  const behind = behindParenthesis(reader);
  if (behind?.type === "word" && isOperator(behind.word)) return parseRelation(reader);
  let ahead = 0;
  while (peekWord(reader, ahead) === "(" || peekWord(reader, ahead) === "not") ahead += 1;
  const first = peek(reader, ahead);
  const isNumber = first.type === "number" && !isOperator(peekWord(reader, ahead + 1));
  if (isNumber || (first.type !== "word" && first.type !== "number" && first.type !== "end")) {
    if (!mayInherit) throw syntaxError();
    return { test: parseId(reader, q), q };
  }
  reader.at += 1;
  const inner = parseExpression(reader, q);
  expect(reader, ")");
  return { test: inner.test, q };
}

function parseProtocol(reader: Reader, protocol: string): Parsed {
  const next = peekWord(reader, 1);
  if (next === "[") return parseRelation(reader);
  reader.at += 1;
  if (next === "broadcast" || next === "multicast") {
    reader.at += 1;
    const make = next === "broadcast" ? broadcastTest : multicastTest;
    return { test: make(reader.compiler, protocol), q: NONE };
  }
  if (next === "src" || next === "dst" || KINDS.has(next) || ONLY_KINDS.has(next)) {
    return parseHead(reader, protocol);
  }
  const after = peek(reader);
  if (after.type !== "end" && next !== "and" && next !== "or" && next !== ")") throw syntaxError();
  return { test: protocolTest(reader.compiler, protocol), q: NONE };
}

/** Qualifiers behind a protocol, and what they qualify. */
function parseHead(reader: Reader, protocol: string): Parsed {
  const direction = parseDirection(reader);
  const word = peekWord(reader);
  let kind: Qualifiers["kind"] = "default";
  if (KINDS.has(word) || (direction === "default" && ONLY_KINDS.has(word))) {
    kind = word as Qualifiers["kind"];
    reader.at += 1;
  }
  const q = { protocol, direction, kind };
  return { test: parseId(reader, q), q };
}

function parseDirection(reader: Reader): Qualifiers["direction"] {
  const word = peekWord(reader);
  if (word !== "src" && word !== "dst") return "default";
  reader.at += 1;
  const joint = peekWord(reader);
  const other = word === "src" ? "dst" : "src";
  if ((joint !== "or" && joint !== "and") || peekWord(reader, 1) !== other) return word;
  reader.at += 2;
  return joint;
}

/** A name, number or address, several of them in parentheses, or none of them. */
function parseId(reader: Reader, q: Qualifiers): Test {
  const { compiler } = reader;
  if (accept(reader, "not")) return not(parseId(reader, q));
  if (accept(reader, "(")) {
    let test = parseId(reader, q);
    for (let word = peekWord(reader); word === "and" || word === "or"; word = peekWord(reader)) {
      reader.at += 1;
      test = (word === "and" ? and : or)(test, parseId(reader, q));
    }
    expect(reader, ")");
    return test;
  }
  const token = peek(reader);
  reader.at += 1;
  switch (token.type) {
    case "number":
      return numberTest(compiler, token.value, q);
    case "ip4":
      return parseIp4(reader, token.text, q);
    case "ip6":
      return ip6Test(compiler, token.text, accept(reader, "/") ? expectNumber(reader) : 128, q);
    case "ether":
      return etherAddressTest(compiler, token.text, q);
    case "arcnet":
      throw new FilterError("aid supported only on ARCnet");
    case "name":
      return nameTest(compiler, token.text, q);
    default:
      throw syntaxError();
  }
}

function parseIp4(reader: Reader, text: string, q: Qualifiers): Test {
  const { compiler } = reader;
  if (accept(reader, "/")) return network4Test(compiler, text, { bits: expectNumber(reader) }, q);
  if (!accept(reader, "mask")) return ip4Test(compiler, text, q);
  const mask = peek(reader);
  if (mask.type !== "ip4") throw syntaxError();
  reader.at += 1;
  return network4Test(compiler, text, { mask: mask.text }, q);
}

/** Sentences about words that belong to other link layers. */
const FOREIGN: Readonly<Record<string, string>> = {
  dir: "unknown 802.11 direction",
  type: "802.11 link-layer types supported only on 802.11",
  subtype: "802.11 link-layer types supported only on 802.11",
  on: "ifname supported only on PF linktype",
  ifname: "ifname supported only on PF linktype",
  rset: "ruleset supported only on PF linktype",
  ruleset: "ruleset supported only on PF linktype",
};

/** Those of them that take no value. */
const FOREIGN_ALONE = new Set("lane metac bcc oam sc ilmic connectmsg metaconnect".split(" "));

/** Words of which libpcap can more than we. */
const UNKNOWN = new Set("mpls pppoed pppoes geneve".split(" "));

function parseOther(reader: Reader, word: string): Test {
  const { compiler } = reader;
  switch (word) {
    case "broadcast":
      return broadcastTest(compiler, "default");
    case "multicast":
      return multicastTest(compiler, "default");
    case "less":
      return lessTest(expectPlainNumber(reader));
    case "greater":
      return greaterTest(expectPlainNumber(reader));
    case "byte":
      return parseByte(reader);
    case "inbound":
    case "outbound":
      return directionTest(compiler, word === "outbound");
    case "ifindex":
      return ifindexTest(compiler, expectPlainNumber(reader));
    case "vlan":
      return vlanTest(compiler, peek(reader).type === "number" ? expectNumber(reader) : undefined);
    case "llc":
      return parseLlc(reader);
    default:
      return refuse(reader, word);
  }
}

function refuse(reader: Reader, word: string): Test {
  if (UNKNOWN.has(word)) throw new NotSimulated(`tcpdump filter ${word}`);
  if (FOREIGN_ALONE.has(word)) throw new FilterError(`'${word}' supported only on raw ATM`);
  const sentence = FOREIGN[word];
  if (sentence === undefined || peek(reader).type === "end") throw syntaxError();
  throw new FilterError(sentence);
}

function expectPlainNumber(reader: Reader): number {
  if (peek(reader).type !== "number") throw syntaxError();
  return expectNumber(reader);
}

const LLC_KINDS = new Set("i s u rr rnr rej ui ua disc sabme test xid frmr".split(" "));

function parseLlc(reader: Reader): Test {
  const token = peek(reader);
  if (token.type !== "name") return llcTest(reader.compiler, undefined);
  if (!LLC_KINDS.has(token.text)) throw new FilterError(`unknown LLC type name "${token.text}"`);
  return llcTest(reader.compiler, token.text);
}

/** "byte 0 = 1": a byte of the link header against a number. */
function parseByte(reader: Reader): Test {
  const offset = expectPlainNumber(reader);
  const word = peekWord(reader);
  reader.at += 1;
  const value = expectPlainNumber(reader);
  const byte = load({ offset }, 1);
  // libpcap forgets to load the byte for these two, so they see a 0.
  const forgotten = { read: () => 0, key: "A" };
  switch (word) {
    case "=":
      return compare(byte, "eq", value);
    case "<":
      return not(compare(byte, "ge", value));
    case ">":
      return compare(byte, "gt", value);
    case "&":
      return compare(forgotten, "set", value);
    case "|":
      return not(compare(forgotten, "eq", value === 0 ? 0 : 1));
    default:
      throw syntaxError();
  }
}

function parseRelation(reader: Reader): Parsed {
  const left = parseArithmetic(reader, 0);
  const word = peekWord(reader);
  if (!isComparison(word)) throw syntaxError();
  reader.at += 1;
  return { test: relation(word, left, parseArithmetic(reader, 0)), q: NONE };
}

/** How tightly operators bind. "%" and "^" have no place in libpcap's order: see below. */
const PRECEDENCE: Readonly<Record<string, number>> = {
  "|": 1,
  "&": 2,
  "<<": 3,
  ">>": 3,
  "+": 4,
  "-": 4,
  "*": 5,
  "/": 5,
};

function parseArithmetic(reader: Reader, least: number): Expression {
  let left = parseFactor(reader);
  for (;;) {
    const word = peekWord(reader);
    if (word === "%" || word === "^") {
      // All that follows is their right side, and what stood last is their left side.
      reader.at += 1;
      left = compute(word, left, parseArithmetic(reader, 0));
      continue;
    }
    const precedence = PRECEDENCE[word];
    if (precedence === undefined || precedence < least) return left;
    reader.at += 1;
    left = compute(word, left, parseArithmetic(reader, precedence + 1));
  }
}

function parseFactor(reader: Reader): Expression {
  const token = peek(reader);
  if (token.type === "number") {
    reader.at += 1;
    return numberExpression(token.value);
  }
  if (accept(reader, "-")) return negate(parseFactor(reader));
  if (accept(reader, "len")) return { value: packetLength };
  if (accept(reader, "(")) {
    const inner = parseArithmetic(reader, 0);
    expect(reader, ")");
    return inner;
  }
  const protocol = peekWord(reader);
  if (!PROTOCOLS.has(protocol)) throw syntaxError();
  reader.at += 1;
  expect(reader, "[");
  const index = parseArithmetic(reader, 0);
  const size = accept(reader, ":") ? expectPlainNumber(reader) : 1;
  expect(reader, "]");
  return bytesExpression(reader.compiler, protocol, index, size);
}
