// Arithmetic in filters: "icmp[icmptype] == icmp-echo", "ip[8] < 5", "len > 100" (pcap-filter(7)).
// A byte that is not there makes the whole comparison false.
// Not here: words (filter.ts).

import { FilterError } from "./filterScan.ts";
import { ETHER_TYPES, IP_PROTOCOLS, type Test, transportAt } from "./filterTerms.ts";
import { type FrameView, networkAt, numberAt, typeAt } from "./frameView.ts";

/** What this file needs of the reader of filters. */
type Reader = { readonly tokens: readonly string[]; at: number; depth: number };
type Value = (view: FrameView, tags: number) => number | undefined;

const SYNTAX = "can't parse filter expression: syntax error";
const CONSTANTS: Readonly<Record<string, number>> = {
  icmptype: 0,
  icmpcode: 1,
  icmp6type: 0,
  icmp6code: 1,
  tcpflags: 13,
  "icmp-echoreply": 0,
  "icmp-unreach": 3,
  "icmp-sourcequench": 4,
  "icmp-redirect": 5,
  "icmp-echo": 8,
  "icmp-routeradvert": 9,
  "icmp-routersolicit": 10,
  "icmp-timxceed": 11,
  "icmp-paramprob": 12,
  "icmp-tstamp": 13,
  "icmp-tstampreply": 14,
  "icmp6-echo": 128,
  "icmp6-echoreply": 129,
  "icmp6-neighborsolicit": 135,
  "icmp6-neighboradvert": 136,
  "icmp6-routersolicit": 133,
  "icmp6-routeradvert": 134,
  "tcp-fin": 1,
  "tcp-syn": 2,
  "tcp-rst": 4,
  "tcp-push": 8,
  "tcp-ack": 16,
  "tcp-urg": 32,
  "tcp-ece": 64,
  "tcp-cwr": 128,
};
const RELATIONS = new Set([">", "<", ">=", "<=", "=", "==", "!="]);

/** True when a comparison begins here, as far as the next relation tells. */
export function startsNumber(reader: Reader): boolean {
  const { tokens } = reader;
  let at = reader.at;
  while (tokens[at] === "(" || tokens[at] === "-") at += 1;
  const word = tokens[at] ?? "";
  if (word === "len" || tokens[at + 1] === "[") return true;
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(word)) return false;
  const next = tokens[at + 1] ?? "";
  return RELATIONS.has(next) || ["+", "*", "/", "%", "&", "|", "^", "<<", ">>"].includes(next);
}

/** Reads a comparison of two numbers. */
export function readComparison(reader: Reader): Test {
  const left = readSum(reader, 0);
  const relation = reader.tokens[reader.at] ?? "";
  if (!RELATIONS.has(relation)) throw new FilterError(SYNTAX);
  reader.at += 1;
  const right = readSum(reader, 0);
  return (view, tags) => {
    const [a, b] = [left(view, tags), right(view, tags)];
    return a !== undefined && b !== undefined && holds(relation, a, b);
  };
}

function holds(relation: string, a: number, b: number): boolean {
  switch (relation) {
    case ">":
      return a > b;
    case "<":
      return a < b;
    case ">=":
      return a >= b;
    case "<=":
      return a <= b;
    case "!=":
      return a !== b;
    default:
      return a === b;
  }
}

/** Operators from loose to tight. */
const LEVELS = [["|"], ["&"], ["<<", ">>"], ["+", "-"], ["*", "/", "%", "^"]];

function readSum(reader: Reader, level: number): Value {
  const operators = LEVELS[level];
  if (operators === undefined) return readOperand(reader);
  let left = readSum(reader, level + 1);
  for (;;) {
    const operator = reader.tokens[reader.at] ?? "";
    if (!operators.includes(operator)) return left;
    reader.at += 1;
    const first = left;
    const second = readSum(reader, level + 1);
    left = (view, tags) => {
      const [a, b] = [first(view, tags), second(view, tags)];
      return a === undefined || b === undefined ? undefined : calculate(operator, a, b);
    };
  }
}

function calculate(operator: string, a: number, b: number): number | undefined {
  switch (operator) {
    case "|":
      return (a | b) >>> 0;
    case "&":
      return (a & b) >>> 0;
    case "^":
      return (a ^ b) >>> 0;
    case "<<":
      return b > 31 ? 0 : (a << b) >>> 0;
    case ">>":
      return b > 31 ? 0 : a >>> b;
    case "+":
      return (a + b) >>> 0;
    case "-":
      return (a - b) >>> 0;
    case "*":
      return Math.imul(a, b) >>> 0;
    default:
      return b === 0 ? undefined : operator === "/" ? Math.floor(a / b) : a % b;
  }
}

function readOperand(reader: Reader): Value {
  const word = reader.tokens[reader.at] ?? "";
  reader.at += 1;
  if (++reader.depth > 200) throw new FilterError(SYNTAX);
  if (word === "(") {
    const inner = readSum(reader, 0);
    if (reader.tokens[reader.at] !== ")") throw new FilterError(SYNTAX);
    reader.at += 1;
    return inner;
  }
  if (word === "-") {
    const inner = readOperand(reader);
    return (view, tags) => {
      const value = inner(view, tags);
      return value === undefined ? undefined : -value >>> 0;
    };
  }
  if (word === "len") return (view) => view.length;
  const constant =
    CONSTANTS[word] ?? (/^(0x[0-9a-f]+|\d+)$/i.test(word) ? Number(word) : undefined);
  if (constant !== undefined) return () => constant;
  if (reader.tokens[reader.at] !== "[") throw new FilterError(SYNTAX);
  return readBytes(reader, word);
}

function readBytes(reader: Reader, layer: string): Value {
  reader.at += 1;
  const index = readSum(reader, 0);
  let size = 1;
  if (reader.tokens[reader.at] === ":") {
    size = Number(reader.tokens[reader.at + 1]);
    reader.at += 2;
    if (size !== 1 && size !== 2 && size !== 4)
      throw new FilterError("data size must be 1, 2, or 4");
  }
  if (reader.tokens[reader.at] !== "]") throw new FilterError(SYNTAX);
  reader.at += 1;
  const begin = layerBegin(layer);
  return (view, tags) => {
    const [at, offset] = [begin(view, tags), index(view, tags)];
    return at === undefined || offset === undefined ? undefined : numberAt(view, at + offset, size);
  };
}

function layerBegin(layer: string): Value {
  if (layer === "ether" || layer === "link") return (view) => (view.link === 14 ? 0 : undefined);
  const type = ETHER_TYPES[layer];
  if (type !== undefined)
    return (view, tags) => (typeAt(view, tags) === type ? networkAt(view, tags) : undefined);
  const protocol = IP_PROTOCOLS[layer];
  if (protocol === undefined) throw new FilterError(SYNTAX);
  return (view, tags) => {
    const found = transportAt(view, tags);
    return found?.protocol === protocol ? found.at : undefined;
  };
}
