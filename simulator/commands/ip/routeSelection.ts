// Which routes `ip route show` and `ip route flush` are about: the words after them, and whether a
// route fits. What a selection makes the same for all routes shown is not printed.
// Not simulated: source-specific routes, vrf devices.

import type { NetDevice } from "../../net/core/netDevice.ts";
import type { Net } from "../../net/core/netNamespace.ts";
import { type Failure, type Family, INCOMPLETE, matches, wrongArgument } from "./options.ts";
import { contains, isFailure, type Prefix, readPrefix } from "./prefix.ts";
import { protocolOf } from "./protocolNames.ts";
import { noDevice } from "./refusal.ts";
import { dsfieldOf, type TableNames, typeOf } from "./routeNames.ts";
import type { RouteRecord } from "./routeRecord.ts";
import type { Hidden } from "./routeText.ts";
import { findDevice, scopeOf } from "./selection.ts";
import { unsigned } from "./words.ts";

/** What was asked for; absent means anything. */
export type RouteSelection = {
  family: Family;
  /** 0 is every table. */
  table: number;
  /** Only what was learnt about destinations. */
  cached: boolean;
  protocol?: number;
  scope?: number;
  type?: string;
  tos?: number;
  metric?: number;
  realms?: number;
  dev?: NetDevice;
  /** Routes of nobody: `iif`, `from`. */
  nothing?: boolean;
  via?: Prefix;
  source?: Prefix;
  /** The route's prefix lies in this one. */
  root?: Prefix;
  /** This prefix lies in the route's. */
  match?: Prefix;
};

type Reading = {
  readonly net: Net;
  readonly tables: TableNames;
  readonly selection: RouteSelection;
  readonly words: readonly string[];
  at: number;
};

/** Reads the words after show or flush; "help" asks for the usage. */
export function readRouteSelection(
  net: Net,
  tables: TableNames,
  words: readonly string[],
  family: Family,
): RouteSelection | Failure | "help" {
  const selection: RouteSelection = { family, table: 254, cached: false };
  const reading: Reading = { net, tables, selection, words, at: 0 };
  for (; reading.at < words.length; reading.at++) {
    const word = words[reading.at] ?? "";
    const failure = readWord(reading, word);
    if (failure === "help") return "help";
    if (failure !== undefined) return failure;
  }
  return selection;
}

/** Reads what the words may be that have one value: "=" before those that may not be shortened. */
const VALUES: readonly (readonly [
  name: string,
  read: (reading: Reading, value: string) => Failure | undefined,
])[] = [
  ["table", readTable],
  ["vrf", (_reading, value) => wrongArgument("Invalid VRF\n", value)],
  ["=tos", readTos],
  ["dsfield", readTos],
  [
    "protocol",
    (reading, value) => {
      const protocol = value === "all" ? -1 : protocolOf(value);
      if (protocol === undefined) return wrongArgument('invalid "protocol"\n', value);
      if (protocol >= 0) reading.selection.protocol = protocol;
      return undefined;
    },
  ],
  [
    "scope",
    (reading, value) => {
      const scope = value === "all" ? -1 : scopeOf(value);
      if (scope === undefined) return wrongArgument('invalid "scope"\n', value);
      if (scope >= 0) reading.selection.scope = scope;
      return undefined;
    },
  ],
  [
    "type",
    (reading, value) => {
      const type = typeOf(value);
      if (type === undefined) return wrongArgument("node type value is invalid\n", value);
      reading.selection.type = type;
      return undefined;
    },
  ],
  ["=dev", readDevice],
  ["=oif", readDevice],
  [
    "=iif",
    (reading, value) => {
      reading.selection.nothing = true;
      return findDevice(reading.net, value) === undefined ? noDevice(value) : undefined;
    },
  ],
  [
    "=mark",
    (reading) => {
      reading.selection.nothing = true;
      return undefined;
    },
  ],
  [
    "metric",
    (reading, value) => {
      const metric = unsigned(value);
      if (metric === undefined) return wrongArgument('"metric" value is invalid\n', value);
      reading.selection.metric = metric;
      return undefined;
    },
  ],
  [
    "=via",
    (reading, value) => {
      const via = readPrefix(value, reading.selection.family);
      if (isFailure(via)) return via;
      reading.selection.via = via;
      return undefined;
    },
  ],
  [
    "=src",
    (reading, value) => {
      const source = readPrefix(value, reading.selection.family);
      if (isFailure(source)) return source;
      reading.selection.source = source;
      return undefined;
    },
  ],
  [
    "realms",
    (reading, value) => {
      const realms = realmsOf(value);
      if (realms === undefined) return wrongArgument("invalid realms\n", value);
      reading.selection.realms = realms;
      return undefined;
    },
  ],
];

/** "5" or "2/5" as the kernel keeps it, or undefined. */
export function realmsOf(word: string): number | undefined {
  const [, from, to] = /^(?:([^/]*)\/)?([^/]*)$/.exec(word) ?? [];
  const numbers = [from ?? "0", to ?? ""].map((one) =>
    one === "cosmos" ? 0 : unsigned(one, 0xffff),
  );
  const [high, low] = numbers;
  return high === undefined || low === undefined ? undefined : ((high << 16) | low) >>> 0;
}

function readWord(reading: Reading, word: string): Failure | "help" | undefined {
  const { selection } = reading;
  for (const [name, read] of VALUES) {
    const fits = name.startsWith("=") ? name.slice(1) === word : matches(word, name);
    if (!fits) continue;
    reading.at += 1;
    const value = reading.words[reading.at];
    return value === undefined ? INCOMPLETE : read(reading, value);
  }
  if (word === "cache" || word === "cached" || matches(word, "cloned")) {
    selection.cached = true;
    return undefined;
  }
  if (matches(word, "from")) {
    selection.nothing = true;
    reading.at += 1;
    const value = reading.words[reading.at];
    const prefix = value === undefined ? INCOMPLETE : readPrefix(value, selection.family);
    return isFailure(prefix) ? prefix : undefined;
  }
  return readDestination(reading, word);
}

function readDestination(reading: Reading, first: string): Failure | "help" | undefined {
  const { selection } = reading;
  let word: string | undefined = first;
  const next = () => {
    reading.at += 1;
    word = reading.words[reading.at];
  };
  let kind: "exact" | "root" | "match" = "exact";
  if (word === "to") next();
  if (word !== undefined && (matches(word, "root") || matches(word, "match"))) {
    kind = matches(word, "root") ? "root" : "match";
    next();
  } else if (word !== undefined && matches(word, "exact")) next();
  else if (word !== undefined && matches(word, "help")) return "help";
  if (word === undefined) return INCOMPLETE;
  const prefix = readPrefix(word, selection.family);
  if (isFailure(prefix)) return prefix;
  const wanted = word === "default" ? defaultPrefix(selection.family) : prefix;
  if (wanted.kind !== "any") {
    if (kind !== "match") selection.root = wanted;
    if (kind !== "root") selection.match = wanted;
  }
  if (selection.family === "unspec" && prefix.kind !== "any") selection.family = prefix.family;
  return undefined;
}

function defaultPrefix(family: Family): Prefix {
  return family === "inet6"
    ? { kind: "inet6", family: "inet6", address: "0".repeat(32), length: 0, given: true }
    : { kind: "inet", family: "inet", address: 0, length: 0, given: true };
}

function readTable(reading: Reading, value: string): Failure | undefined {
  const { selection, tables } = reading;
  if (value === "cache") selection.cached = true;
  else if (value === "all") selection.table = 0;
  else {
    const id = tables.id(value);
    if (id === undefined) return wrongArgument("table id value is invalid\n", value);
    selection.table = id;
  }
  return undefined;
}

function readTos(reading: Reading, value: string): Failure | undefined {
  const tos = dsfieldOf(value);
  if (tos === undefined) return wrongArgument("TOS value is invalid\n", value);
  reading.selection.tos = tos;
  return undefined;
}

function readDevice(reading: Reading, value: string): Failure | undefined {
  const dev = findDevice(reading.net, value);
  if (dev === undefined) return noDevice(value);
  reading.selection.dev = dev;
  return undefined;
}

/** What need not be printed. */
export function hiddenBy(selection: RouteSelection): Hidden {
  const { via, source } = selection;
  const hidden = new Set<"tos" | "via" | "dev" | "table" | "proto" | "scope" | "src" | "metric">();
  if (selection.tos !== undefined) hidden.add("tos");
  if (via !== undefined && isWhole(via)) hidden.add("via");
  if (source !== undefined && isWhole(source)) hidden.add("src");
  if (selection.dev !== undefined) hidden.add("dev");
  if (selection.table !== 0) hidden.add("table");
  if (selection.protocol !== undefined) hidden.add("proto");
  if (selection.scope !== undefined) hidden.add("scope");
  if (selection.metric !== undefined) hidden.add("metric");
  return hidden;
}

function isWhole(prefix: Prefix): boolean {
  return prefix.kind !== "any" && prefix.length === (prefix.kind === "inet" ? 32 : 128);
}

/** True when a route is among those asked for. */
export function showsRoute(selection: RouteSelection, route: RouteRecord): boolean {
  const { table, protocol, scope, type, tos, metric, dev } = selection;
  const single = route.hops.length === 1 ? route.hops[0] : undefined;
  return (
    selection.nothing !== true &&
    (table === 0 || route.table === table) &&
    (protocol === undefined || route.protocol === protocol) &&
    (scope === undefined || route.scope === scope) &&
    (type === undefined || route.type === type) &&
    (tos === undefined || route.tos === tos) &&
    (metric === undefined || (route.metric ?? 0) === metric) &&
    (selection.realms ?? route.metrics.get("realms")) === route.metrics.get("realms") &&
    (dev === undefined || single?.dev === dev) &&
    addressFits(selection.via, single?.gateway, route) &&
    addressFits(selection.source, route.prefSource, route) &&
    destinationFits(selection, route)
  );
}

function addressFits(
  wanted: Prefix | undefined,
  address: string | undefined,
  route: RouteRecord,
): boolean {
  if (wanted === undefined || wanted.kind === "any") return true;
  if (wanted.family !== route.family) return false;
  const prefix = readPrefix(address ?? (route.family === "inet" ? "0.0.0.0" : "::"), route.family);
  if (isFailure(prefix) || prefix.kind === "any") return false;
  return contains(wanted, prefix.address);
}

function destinationFits(selection: RouteSelection, route: RouteRecord): boolean {
  const { root, match } = selection;
  const own = readPrefix(route.destination, route.family);
  if (isFailure(own) || own.kind === "any") return true;
  if (root !== undefined && root.kind !== "any") {
    if (root.family !== route.family || root.length > route.prefixLength) return false;
    if (!contains(root, own.address)) return false;
  }
  if (match === undefined || match.kind === "any") return true;
  if (match.family !== route.family || match.length < route.prefixLength) return false;
  return contains({ ...own, length: route.prefixLength }, match.address);
}
