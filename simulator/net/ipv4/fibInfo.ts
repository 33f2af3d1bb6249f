// What routes have in common when the kernel keeps it once for all of them (fib_info of
// fib_semantics.c).
// Not here: making routes (fibSemantics.ts).

import type { Nexthop4, Route4 } from "./ipv4Net.ts";

/** True for routes that differ in no more than where they lead to and how they rank: one fib_info. */
export function sameRoute(a: Route4, b: Route4): boolean {
  return (
    a.type === b.type &&
    a.scope === b.scope &&
    a.protocol === b.protocol &&
    a.prefSource === b.prefSource &&
    a.nexthops.length === b.nexthops.length &&
    a.nexthops.every((one, index) => sameNexthop(one, b.nexthops[index])) &&
    sameMetrics(a.metrics, b.metrics)
  );
}

function sameNexthop(a: Nexthop4, b: Nexthop4 | undefined): boolean {
  return (
    b !== undefined &&
    a.dev === b.dev &&
    a.gateway === b.gateway &&
    a.gateway6 === b.gateway6 &&
    a.scope === b.scope &&
    a.weight === b.weight &&
    a.onlink === b.onlink
  );
}

function sameMetrics(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  return a.size === b.size && [...a].every(([name, value]) => b.get(name) === value);
}
