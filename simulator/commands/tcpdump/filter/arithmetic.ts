// Bytes in brackets, numbers and what can be computed of them in filters. An expression carries the
// tests that a packet must pass for its bytes to mean anything ("tcp[13]" is only asked of TCP).

import { type Compiler, linkPlace, payload, transport } from "./codes.ts";
import { FilterError, NotSimulated } from "./filterError.ts";
import { linkType, protocolTest } from "./primitives.ts";
import {
  and,
  type Comparison,
  compare,
  constant,
  load,
  not,
  type Place,
  type Test,
  type Value,
} from "./tests.ts";

/** A number, and what must hold for it to mean anything. */
export type Expression = {
  readonly value: Value;
  readonly guard?: Test | undefined;
  /** The number that stands first in it, even in brackets: libpcap takes it for the whole. */
  readonly first?: number | undefined;
};

/** A number of the filter. */
export function numberExpression(value: number): Expression {
  return { value: constant(value), first: value };
}

const IN_TRANSPORT = new Set(["sctp", "tcp", "udp", "icmp", "igmp", "igrp", "pim", "vrrp", "carp"]);
const IN_NETWORK = new Set([
  "ip",
  "arp",
  "rarp",
  "ip6",
  "atalk",
  "decnet",
  "lat",
  "sca",
  "moprc",
  "mopdl",
]);

/** `protocol[index:size]`. */
export function bytesExpression(
  compiler: Compiler,
  protocol: string,
  index: Expression,
  size: number,
): Expression {
  if (size !== 1 && size !== 2 && size !== 4) throw new FilterError("data size must be 1, 2, or 4");
  // libpcap's optimizer does not see that a primitive reads the same byte; the key must differ.
  const at = (place: Place): Value => {
    const { read, key } = load(withIndex(place, index.value), size);
    return { read, key: `b${key}` };
  };
  const guarded = (value: Value, guard: Test): Expression => {
    return { value, guard: join(index.guard, guard), first: index.first };
  };
  if (protocol === "ether") return { ...index, value: at(linkPlace(0)) };
  if (IN_NETWORK.has(protocol))
    return guarded(at(payload(compiler, 0)), protocolTest(compiler, protocol));
  if (protocol === "icmp6") {
    const is6 = linkType(compiler, 0x86dd);
    const next = compare(load(payload(compiler, 6), 1), "eq", 58);
    return guarded(at(payload(compiler, 40)), and(is6, next));
  }
  if (IN_TRANSPORT.has(protocol)) {
    const is4 = linkType(compiler, 0x0800);
    const carries = protocolTest(compiler, protocol);
    const whole = not(compare(load(payload(compiler, 6), 2), "set", 0x1fff));
    return guarded(at(transport(compiler, 0)), and(is4, and(carries, whole)));
  }
  if (protocol === "radio") throw new FilterError("radio information not present in capture");
  if (protocol === "stp" || protocol === "ah" || protocol === "esp") {
    throw new FilterError("unsupported index operation");
  }
  throw new NotSimulated(`tcpdump filter ${protocol}[]`);
}

function withIndex({ offset, extra }: Place, index: Value): Place {
  if (index.constant !== undefined) return { offset: offset + index.constant, extra };
  if (extra === undefined) return { offset, extra: index };
  return {
    offset,
    extra: {
      read: (packet) => extra.read(packet) + index.read(packet),
      key: `${extra.key}+${index.key}`,
    },
  };
}

function join(first: Test | undefined, second: Test | undefined): Test | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return and(first, second);
}

const OPERATIONS: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => Math.imul(a, b),
  "/": (a, b) => (b === 0 ? Number.NaN : Math.floor(a / b)),
  "%": (a, b) => (b === 0 ? Number.NaN : a % b),
  "&": (a, b) => a & b,
  "|": (a, b) => a | b,
  "^": (a, b) => a ^ b,
  "<<": (a, b) => (b > 31 ? 0 : a << b),
  ">>": (a, b) => (b > 31 ? 0 : a >>> b),
};

/**
 * Two expressions joined by an operator. As in libpcap only the left one's guard stays, and what
 * stands first on the right is looked at as if it were all of it.
 */
export function compute(operator: string, left: Expression, right: Expression): Expression {
  for (const number of [right.first, right.value.constant]) {
    if (number === 0 && operator === "/") throw new FilterError("division by zero");
    if (number === 0 && operator === "%") throw new FilterError("modulus by zero");
    if (number !== undefined && number > 31 && (operator === "<<" || operator === ">>")) {
      throw new FilterError("shift by more than 31 bits");
    }
  }
  const operation = OPERATIONS[operator] ?? (() => Number.NaN);
  const [a, b] = [left.value, right.value];
  if (a.constant !== undefined && b.constant !== undefined) {
    return { ...left, value: constant(operation(a.constant, b.constant)) };
  }
  const value: Value = {
    read: (packet) => {
      const result = operation(a.read(packet), b.read(packet));
      return Number.isNaN(result) || hasGap(a, b, packet) ? Number.NaN : result >>> 0;
    },
    key: `(${a.key}${operator}${b.key})`,
  };
  return { ...left, value };
}

/** Bit operations make a number of NaN, so it has to be looked for. */
function hasGap(a: Value, b: Value, packet: Parameters<Value["read"]>[0]): boolean {
  return Number.isNaN(a.read(packet)) || Number.isNaN(b.read(packet));
}

/** The opposite number. */
export function negate(of: Expression): Expression {
  return { ...of, value: compute("-", numberExpression(0), of).value };
}

const COMPARISONS: Readonly<Record<string, readonly [Comparison, reversed: boolean]>> = {
  "=": ["eq", false],
  "!=": ["eq", true],
  ">": ["gt", false],
  "<=": ["gt", true],
  ">=": ["ge", false],
  "<": ["ge", true],
};

/** True for words that compare. */
export function isComparison(word: string): boolean {
  return Object.hasOwn(COMPARISONS, word);
}

/** Two expressions compared. */
export function relation(word: string, left: Expression, right: Expression): Test {
  const [comparison, reversed] = COMPARISONS[word] ?? ["eq", false];
  const test = compare(left.value, comparison, right.value);
  const guard = join(left.guard, right.guard);
  const whole = reversed ? not(test) : test;
  return guard === undefined ? whole : and(guard, whole);
}
