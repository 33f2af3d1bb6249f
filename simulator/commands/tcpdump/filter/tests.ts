// What a filter comes down to: loads of numbers from a packet and comparisons of them, joined by and,
// or and not (bpf(4), pcap_compile(3)).
// As in BPF, a load beyond the end of the packet refuses the packet at once, whatever stands around
// it; so a test has three results.
// Not here: what the words of the language mean (primitives.ts, parse.ts).

import { get16, get32 } from "../../../wire/bytes.ts";

/** A packet as a filter sees it. */
export type FilterPacket = {
  /** From the link header on; a tag that travels beside the frame is not in it. */
  readonly bytes: Uint8Array;
  /** Length of the packet, of which the bytes may be a part. */
  readonly length: number;
  /** True when this machine sent it; undefined: nobody can tell. */
  readonly out: boolean | undefined;
  /** Tag control information beside the frame, or -1. */
  readonly tag: number;
  /** NaN: nobody can tell. */
  readonly ifindex: number;
};

/** A number from a packet: unsigned, NaN when the packet ends before it. */
export type Value = {
  readonly read: (packet: FilterPacket) => number;
  /** Two values with the same key are the same number in the same packet. */
  readonly key: string;
  /** The number, when it is known without a packet. */
  readonly constant?: number;
};

/** How two numbers are compared: "set" asks for common bits. */
export type Comparison = "eq" | "gt" | "ge" | "set";

/** A question that a packet answers. */
export type Test =
  | { readonly type: "always"; readonly value: boolean }
  | { readonly type: "not"; readonly of: Test }
  | { readonly type: "and" | "or"; readonly left: Test; readonly right: Test }
  | {
      readonly type: "compare";
      readonly left: Value;
      readonly comparison: Comparison;
      readonly right: Value;
    };

/** A number that stands in the filter. */
export function constant(value: number): Value {
  const number = value >>> 0;
  return { read: () => number, key: `#${number}`, constant: number };
}

/** Both. */
export function and(left: Test, right: Test): Test {
  return { type: "and", left, right };
}

/** One of them. */
export function or(left: Test, right: Test): Test {
  return { type: "or", left, right };
}

/** The opposite. */
export function not(of: Test): Test {
  return { type: "not", of };
}

/** A comparison; of two numbers that are known it is the answer. */
export function compare(left: Value, comparison: Comparison, right: Value | number): Test {
  const other = typeof right === "number" ? constant(right) : right;
  if (left.constant !== undefined && other.constant !== undefined) {
    return { type: "always", value: holds(left.constant, comparison, other.constant) };
  }
  return { type: "compare", left, comparison, right: other };
}

/** How far a value is from the start of the packet. */
export type Place = {
  /** Bytes that are the same in every packet. */
  readonly offset: number;
  /** Bytes that depend on the packet; NaN when it is too short to tell. */
  readonly extra?: Value | undefined;
};

/** The number of `size` bytes at a place. */
export function load({ offset, extra }: Place, size: number): Value {
  const key = `[${offset}${extra === undefined ? "" : `+${extra.key}`}:${size}]`;
  const readAt = (bytes: Uint8Array, at: number): number => {
    if (!(at >= 0 && at + size <= bytes.length)) return Number.NaN;
    if (size === 4) return get32(bytes, at);
    return size === 2 ? get16(bytes, at) : (bytes[at] ?? 0);
  };
  if (extra === undefined) return { read: ({ bytes }) => readAt(bytes, offset), key };
  return {
    read: (packet) => {
      const more = extra.read(packet);
      return Number.isNaN(more) ? more : readAt(packet.bytes, (offset + more) >>> 0);
    },
    key,
  };
}

function holds(left: number, comparison: Comparison, right: number): boolean {
  switch (comparison) {
    case "eq":
      return left === right;
    case "gt":
      return left > right;
    case "ge":
      return left >= right;
    case "set":
      return (left & right) !== 0;
  }
}

/** What a test makes of a packet: false, true, or refused because the packet is too short. */
type Result = 0 | 1 | 2;

/** A function that says whether a packet passes. */
export function acceptor(test: Test): (packet: FilterPacket) => boolean {
  const run = compileTest(test);
  return (packet) => run(packet) === 1;
}

function compileTest(test: Test): (packet: FilterPacket) => Result {
  if (test.type === "always") {
    const result = test.value ? 1 : 0;
    return () => result;
  }
  if (test.type === "not") {
    const of = compileTest(test.of);
    return (packet) => {
      const result = of(packet);
      return result === 2 ? 2 : result === 1 ? 0 : 1;
    };
  }
  if (test.type === "compare") {
    const { left, comparison, right } = test;
    return (packet) => {
      const a = left.read(packet);
      const b = right.read(packet);
      if (Number.isNaN(a) || Number.isNaN(b)) return 2;
      return holds(a, comparison, b) ? 1 : 0;
    };
  }
  const left = compileTest(test.left);
  const right = compileTest(test.right);
  const decided = test.type === "and" ? 1 : 0;
  return (packet) => {
    const result = left(packet);
    return result === decided ? right(packet) : result;
  };
}
