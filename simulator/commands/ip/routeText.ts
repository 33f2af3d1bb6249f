// How iproute2 6.1.0 prints one route of either family: in `ip route`, `ip route get`, `ip monitor`
// and as JSON.
// Not simulated: encapsulation, nexthop objects, offload flags of hardware.

import type { IpOptions } from "./options.ts";
import type { Output } from "./output.ts";
import { protocolName } from "./protocolNames.ts";
import { dsfieldName, type TableNames, typeNumber } from "./routeNames.ts";
import type { CachedRecord, HopRecord, RouteRecord } from "./routeRecord.ts";
import { scopeName } from "./selection.ts";

/** Parts that a selection makes superfluous: they are the same for all routes shown. */
export type Hidden = ReadonlySet<
  "tos" | "via" | "dev" | "table" | "proto" | "scope" | "src" | "metric" | "realms" | "iif"
>;

/** How a route is to be printed. */
export type RouteView = {
  readonly options: IpOptions;
  readonly tables: TableNames;
  readonly hidden?: Hidden;
  readonly gone?: boolean;
};

const NOTHING: Hidden = new Set();

/** Prints a route with its newline. */
export function printRoute(out: Output, route: RouteRecord, view: RouteView): void {
  const { options, hidden = NOTHING } = view;
  const numeric = options.numeric;
  out.openObject();
  if (view.gone === true) out.put("deleted", true, "Deleted ");
  if (route.type !== "unicast" || options.details > 0) {
    const type = numeric ? String(typeNumber(route.type)) : route.type;
    out.put("type", type, `${type} `);
  }
  printDestination(out, route);
  const { cached } = route;
  if (cached?.from !== undefined) out.put("from", cached.from, `from ${cached.from} `);
  if (route.tos !== 0 && !hidden.has("tos")) {
    const tos = dsfieldName(route.tos, numeric);
    out.put("tos", tos, `tos ${tos} `);
  }
  const [only] = route.hops;
  const single = route.hops.length === 1 ? only : undefined;
  if (single !== undefined) printHop(out, route, single, hidden);
  printOrigin(out, route, view);
  printFlags(
    out,
    [...(single?.flags ?? []), ...(cached?.notify === true ? ["notify"] : [])],
    [
      ...(route.type === "multicast" && route.family === "inet" && cached !== undefined
        ? ["rt_offload_failed"]
        : []),
    ],
  );
  if (cached !== undefined) printOwner(out, cached);
  printRealms(out, route, hidden);
  if (cached?.uid !== undefined) out.put("uid", cached.uid, `uid ${cached.uid} `);
  if (cached !== undefined && route.family === "inet") printCache(out, cached, options);
  else if (route.expires !== undefined)
    out.put("expires", route.expires, `expires ${route.expires}sec `);
  printMetrics(out, route.metrics);
  if (cached?.iif !== undefined && !hidden.has("iif")) {
    out.put("iif", cached.iif.name, `iif ${cached.iif.name} `);
  }
  const { preference } = route;
  if (preference !== undefined) out.put("pref", preference, `pref ${preference}`);
  if (route.hops.length > 1) printHops(out, route, options);
  out.text("\n");
  out.closeObject();
}

function printDestination(out: Output, route: RouteRecord): void {
  const { destination, prefixLength, family, cached } = route;
  const whole = family === "inet" ? 32 : 128;
  if (prefixLength === 0 && cached === undefined) {
    out.put("dst", "default", "default ");
    return;
  }
  const text = prefixLength === whole ? destination : `${destination}/${prefixLength}`;
  out.put("dst", text, `${out.paint(family, text)} `);
}

function printHop(out: Output, route: RouteRecord, hop: HopRecord, hidden: Hidden): void {
  if (hop.gateway !== undefined && !hidden.has("via")) printGateway(out, route, hop, hop.gateway);
  if (hop.dev !== undefined && !hidden.has("dev")) {
    out.put("dev", hop.dev.name, `dev ${out.paint("name", hop.dev.name)} `);
  }
}

function printGateway(out: Output, route: RouteRecord, hop: HopRecord, gateway: string): void {
  if (!hop.foreign) {
    out.put("gateway", gateway, `via ${out.paint(route.family, gateway)} `);
    return;
  }
  out.openObject("via");
  out.put("family", "inet6", "via inet6 ");
  out.put("host", gateway, `${out.paint("inet6", gateway)} `);
  out.closeObject();
}

/** Table, protocol, scope, source and metric. */
function printOrigin(out: Output, route: RouteRecord, view: RouteView): void {
  const { options, hidden = NOTHING } = view;
  const { details, numeric } = options;
  const { table, prefSource, metric } = route;
  if (table !== 0 && (table !== 254 || details > 0) && !hidden.has("table")) {
    const name = view.tables.name(table, numeric);
    out.put("table", name, `table ${name} `);
  }
  if (route.cached === undefined || route.family === "inet6") {
    if ((route.protocol !== 3 || details > 0) && !hidden.has("proto")) {
      const name = protocolName(route.protocol, numeric);
      out.put("protocol", name, `proto ${name} `);
    }
    if ((route.scope !== 0 || details > 0) && !hidden.has("scope")) {
      const name = scopeName(route.scope, numeric);
      out.put("scope", name, `scope ${name} `);
    }
  }
  if (prefSource !== undefined && !hidden.has("src")) {
    out.put("prefsrc", prefSource, `src ${out.paint(route.family, prefSource)} `);
  }
  if (metric !== undefined && !hidden.has("metric")) out.put("metric", metric, `metric ${metric} `);
}

/** `more` are those that come behind linkdown. */
function printFlags(out: Output, flags: readonly string[], more: readonly string[] = []): void {
  const order = ["dead", "onlink", "notify", "linkdown"];
  out.openArray("flags");
  for (const flag of order) if (flags.includes(flag)) out.item(flag, `${flag} `);
  for (const flag of more) out.item(flag, `${flag} `);
  out.closeArray();
}

function printOwner(out: Output, cached: CachedRecord): void {
  const { mark = 0 } = cached;
  if (mark === 0) return;
  const hex = `0x${mark.toString(16)}`;
  if (mark >= 16) out.put("mark", hex, `mark ${hex} `);
  else out.put("mark", mark, `mark ${mark} `);
}

function printRealms(out: Output, route: RouteRecord, hidden: Hidden): void {
  const realms = route.metrics.get("realms") ?? 0;
  if (realms === 0 || hidden.has("realms")) return;
  const [from, to] = [realms >>> 16, realms & 0xffff].map(realmName);
  out.openObject("flow");
  if (realms >>> 16 !== 0) out.put("from", from ?? "", `realms ${from}/`);
  else out.text("realms ");
  out.put("to", to ?? "", `${to} `);
  out.closeObject();
}

function realmName(realm: number): string {
  return realm === 0 ? "cosmos" : String(realm);
}

function printCache(out: Output, cached: CachedRecord, options: IpOptions): void {
  out.text(`${options.lineEnd}    cache `);
  out.openArray("cache");
  const { flags, expires } = cached;
  for (const [index, flag] of flags.entries()) {
    out.item(flag, `${index === 0 ? "<" : ""}${flag}${index === flags.length - 1 ? "> " : ","}`);
  }
  out.closeArray();
  if (expires !== undefined) out.put("expires", expires, `expires ${expires}sec `);
  if (options.stats > 0) {
    out.put("users", 1, "users 1 ");
    out.put("age", 0, "age 0sec ");
  }
}

/** Metrics in the order of their numbers (RTAX_*): name, number, unit. */
export const ROUTE_METRICS: readonly (readonly [name: string, number: number])[] = [
  ["mtu", 2],
  ["window", 3],
  ["rtt", 4],
  ["rttvar", 5],
  ["ssthresh", 6],
  ["cwnd", 7],
  ["advmss", 8],
  ["reordering", 9],
  ["hoplimit", 10],
  ["initcwnd", 11],
  ["features", 12],
  ["rto_min", 13],
  ["initrwnd", 14],
  ["quickack", 15],
  ["congctl", 16],
  ["fastopen_no_cookie", 17],
];

/** Congestion controls by the number under which a route keeps them. */
export const CONGESTION_CONTROLS = ["", "reno", "cubic"] as const;

function printMetrics(out: Output, metrics: ReadonlyMap<string, number>): void {
  const known = ROUTE_METRICS.filter(([name]) => (metrics.get(name) ?? 0) !== 0);
  if (known.length === 0) return;
  const locks = metrics.get("lock") ?? 0;
  out.openArray("metrics");
  out.openObject();
  for (const [name, number] of known) {
    const value = metrics.get(name) ?? 0;
    const lock = (locks & (1 << number)) !== 0 && name !== "congctl" ? "lock " : "";
    if (name === "features") {
      out.put("ecn", null, "features ecn ");
    } else if (name === "congctl") {
      const control = CONGESTION_CONTROLS[value] ?? "";
      out.put("congestion", control, `congctl ${control} `);
    } else if (name === "rtt" || name === "rttvar" || name === "rto_min") {
      const unit = name === "rtt" ? 8 : name === "rttvar" ? 4 : 1;
      const milliseconds = Math.floor(value / unit);
      out.put(name, milliseconds, `${name} ${lock}${timeText(milliseconds)} `);
    } else out.put(name, value, `${name} ${lock}${value} `);
  }
  out.closeObject();
  out.closeArray();
}

function timeText(milliseconds: number): string {
  return milliseconds >= 1000
    ? `${Number((milliseconds / 1000).toPrecision(6))}s`
    : `${milliseconds}ms`;
}

function printHops(out: Output, route: RouteRecord, options: IpOptions): void {
  out.openArray("nexthops");
  for (const hop of route.hops) {
    out.openObject();
    out.text(`${options.lineEnd}\tnexthop `);
    if (hop.gateway !== undefined) printGateway(out, route, hop, hop.gateway);
    const name = hop.dev?.name ?? "";
    out.put("dev", name, `dev ${out.paint("name", name)} `);
    out.put("weight", hop.weight, `weight ${hop.weight} `);
    printFlags(out, hop.flags);
    out.closeObject();
  }
  out.closeArray();
}
