// `ip route show` and `ip route flush` (ip-route(8), iproute2 6.1.0).
// IPv4 tables come first, by the low byte of their number; a table that does not exist is an error,
// except main in a listing. A flush deletes in rounds until nothing is left that fits.
// Not here: printing (routeText.ts), selecting (routeSelection.ts).

import type { Net } from "../../net/core/netNamespace.ts";
import { delRoutes } from "../../net/ipv4/fibFrontend.ts";
import { routesInOrder, tablesInOrder } from "../../net/ipv4/fibTrie.ts";
import type { Route4 } from "../../net/ipv4/ipv4Net.ts";
import { listExceptions } from "../../net/ipv4/routeExceptions.ts";
import { flushRouteCache } from "../../net/ipv4/sysctlNetIpv4.ts";
import { allRoutes6, removeRoute6 } from "../../net/ipv6/ip6Fib.ts";
import type { Route6 } from "../../net/ipv6/ipv6Net.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { ip4Text } from "../../wire/address.ts";
import type { Failure, Family, IpOptions } from "./options.ts";
import { createOutput, type Output, wantsColor } from "./output.ts";
import { isFailure } from "./prefix.ts";
import { finish, finishAfter } from "./refusal.ts";
import { cachedRecords6, flushCache6 } from "./route6.ts";
import { tableNames } from "./routeNames.ts";
import { hopRecord4, type RouteRecord, routeRecord4, routeRecord6 } from "./routeRecord.ts";
import { hiddenBy, type RouteSelection, readRouteSelection, showsRoute } from "./routeSelection.ts";
import { printRoute, type RouteView } from "./routeText.ts";
import { printUsage } from "./usage.ts";

/** A route with its record. */
type Shown =
  | { readonly record: RouteRecord; readonly route4: Route4 }
  | { readonly record: RouteRecord; readonly route6: Route6 };

/** `ip route show WORDS`. */
export function* showRoutes(
  self: Process,
  options: IpOptions,
  words: readonly string[],
): Execution {
  const tables = tableNames(self);
  const selection = readRouteSelection(self.net, tables, words, options.family);
  if (selection === "help") return yield* printUsage(self, "route");
  if (isFailure(selection)) return yield* finish(self, selection);
  const out = createOutput(options, wantsColor(self, options));
  const view: RouteView = { options, tables, hidden: hiddenBy(selection) };
  out.openArray();
  const missing = selection.table === 254 ? undefined : missingTable(self.net, selection, "Dump");
  if (missing === undefined) showAll(self.net, out, selection, view);
  out.closeArray();
  return yield* finishAfter(self, missing === undefined ? out.take() : "", missing);
}

function showAll(net: Net, out: Output, selection: RouteSelection, view: RouteView): void {
  const records = selection.cached
    ? cachedRecords(net, selection)
    : routesOf(net, familiesOf(selection)).map((one) => one.record);
  for (const record of records) if (showsRoute(selection, record)) printRoute(out, record, view);
}

/** Both families only when every table is wanted. */
function familiesOf(selection: RouteSelection): readonly Family[] {
  const { family, table } = selection;
  if (family === "inet6") return ["inet6"];
  if (family === "link") return [];
  return family === "unspec" && table === 0 ? ["inet", "inet6"] : ["inet"];
}

function routesOf(net: Net, families: readonly Family[]): Shown[] {
  const shown: Shown[] = [];
  if (families.includes("inet")) {
    for (const table of tablesInOrder(net)) {
      for (const route4 of routesInOrder(table)) {
        shown.push({ record: routeRecord4(route4), route4 });
      }
    }
  }
  if (families.includes("inet6")) {
    const { now } = net.kernel.clock;
    for (const route6 of allRoutes6(net)) {
      shown.push({ record: routeRecord6(route6, now), route6 });
    }
  }
  return shown;
}

function cachedRecords(net: Net, selection: RouteSelection): RouteRecord[] {
  if (familiesOf(selection)[0] === "inet6") return cachedRecords6(net);
  const { now } = net.kernel.clock;
  return listExceptions(net).map(({ route, nexthop, exception }) => {
    const metrics = new Map(route.metrics);
    if (exception.mtu !== undefined) metrics.set("mtu", exception.mtu);
    if (exception.mtuLocked) metrics.set("lock", 1 << 2);
    return {
      ...routeRecord4(route),
      destination: ip4Text(exception.destination),
      prefixLength: 32,
      prefSource: undefined,
      metric: undefined,
      hops: [{ ...hopRecord4(nexthop, exception), flags: [] }],
      metrics,
      cached: {
        flags: exception.redirected ? ["redirected"] : [],
        expires:
          exception.emptied === undefined ? Math.floor((exception.expires - now) / 1e6) : undefined,
      },
    };
  });
}

/** The refusal of a table that does not exist; only the kernel's IPv4 refuses. */
function missingTable(
  net: Net,
  selection: RouteSelection,
  what: "Dump" | "Flush",
): Failure | undefined {
  const { table } = selection;
  if (table === 0 || selection.cached || net.ip4.tables.has(table)) return undefined;
  if (selection.family === "inet6") {
    if (table === 255 || table === 254 || net.ip6.tables.has(table)) return undefined;
    return { text: `Error: ipv6: FIB table does not exist.\n${what} terminated\n`, code: 2 };
  }
  return { text: `Error: ipv4: FIB table does not exist.\n${what} terminated\n`, code: 2 };
}

/** `ip route flush WORDS`. */
export function* flushRoutes(
  self: Process,
  options: IpOptions,
  words: readonly string[],
): Execution {
  if (words.length === 0) {
    return yield* finish(self, { text: '"ip route flush" requires arguments.\n', code: 1 });
  }
  const tables = tableNames(self);
  const selection = readRouteSelection(self.net, tables, words, options.family);
  if (selection === "help") return yield* printUsage(self, "route");
  if (isFailure(selection)) return yield* finish(self, selection);
  if (selection.cached) return yield* flushCache(self, options, selection);
  const missing = missingTable(self.net, selection, "Flush");
  if (missing !== undefined) return yield* finish(self, missing);
  const out = createOutput({ json: false, pretty: false }, wantsColor(self, options));
  let round = 0;
  for (; round < 10; round++) {
    const found = routesOf(self.net, familiesOf(selection)).filter((one) =>
      showsRoute(selection, one.record),
    );
    if (found.length === 0) break;
    if (options.stats > 1) {
      const view: RouteView = { options, tables, hidden: hiddenBy(selection) };
      for (const one of found) printRoute(out, one.record, view);
    }
    for (const one of found) removeOne(self.net, one);
    if (options.stats > 0)
      out.text(`\n*** Round ${round + 1}, deleting ${found.length} entries ***\n`);
  }
  if (options.stats > 0) {
    if (round === 0) out.text("Nothing to flush.\n");
    else out.text(`*** Flush is complete after ${round} round${round > 1 ? "s" : ""} ***\n`);
  }
  return yield* finishAfter(self, out.take());
}

function removeOne(net: Net, shown: Shown): void {
  if ("route4" in shown) delRoutes(net, [shown.route4]);
  else removeRoute6(net, shown.route6);
}

function* flushCache(self: Process, options: IpOptions, selection: RouteSelection): Execution {
  const told: string[] = [];
  if (selection.family !== "inet6") {
    flushRouteCache(self.net);
    if (options.stats > 0) told.push("*** IPv4 routing cache is flushed.\n");
  } else {
    flushCache6(self.net);
    if (options.stats > 0) told.push("Nothing to flush.\n");
  }
  return yield* finishAfter(self, told.join(""));
}
