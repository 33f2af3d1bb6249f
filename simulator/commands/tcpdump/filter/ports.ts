// Ports in filters: of TCP, UDP and SCTP over both versions of IP; of IPv4 only in packets that are
// no later fragments.

import { type Compiler, payload, transport } from "./codes.ts";
import { FilterError } from "./filterError.ts";
import { inDirection, linkType, type Qualifiers } from "./primitives.ts";
import { and, compare, load, not, or, type Place, type Test } from "./tests.ts";

const NUMBERS: Readonly<Record<string, number>> = { tcp: 6, udp: 17, sctp: 132 };

/** The protocol that qualifiers name; undefined for all. */
export function portProtocol(q: Qualifiers): number | undefined {
  if (q.protocol === "default") return undefined;
  const number = NUMBERS[q.protocol];
  if (number === undefined) throw new FilterError(`illegal qualifier of '${q.kind}'`);
  return number;
}

/** Packets from or to ports from `first` to `last`; of all protocols with ports when none is named. */
export function portTest(
  compiler: Compiler,
  range: { readonly first: number; readonly last: number },
  protocol: number | undefined,
  direction: Qualifiers["direction"],
): Test {
  const first = Math.min(range.first, range.last);
  const last = Math.max(range.first, range.last);
  const at = (place: Place): Test => {
    const port = load(place, 2);
    if (first === last && range.first === range.last) return compare(port, "eq", first);
    return and(compare(port, "ge", first), not(compare(port, "gt", last)));
  };
  const carries = (offset: number): Test => {
    const kind = load(payload(compiler, offset), 1);
    if (protocol !== undefined) return compare(kind, "eq", protocol);
    return or(compare(kind, "eq", 132), or(compare(kind, "eq", 6), compare(kind, "eq", 17)));
  };
  const whole = not(compare(load(payload(compiler, 6), 2), "set", 0x1fff));
  const ports4 = inDirection(direction, at(transport(compiler, 0)), at(transport(compiler, 2)));
  const ports6 = inDirection(direction, at(payload(compiler, 40)), at(payload(compiler, 42)));
  const over6 = and(linkType(compiler, 0x86dd), and(carries(6), ports6));
  const over4 = and(linkType(compiler, 0x0800), and(and(carries(9), whole), ports4));
  return or(over6, over4);
}
