// The words of `ip route add` and its relatives (ip-route(8), iproute2 6.1.0): type, prefix, nexthops and
// attributes, read from left to right into one description.
// Not simulated: encapsulation, nexthop objects, vrf devices; source-specific routes.

import type { Failure, Family } from "./options.ts";
import { garbageArgument, matches, wrongArgument } from "./options.ts";
import { isFailure, type Prefix, readAddress, readPrefix } from "./prefix.ts";
import { protocolOf } from "./protocolNames.ts";
import { notSimulated } from "./refusal.ts";
import { dsfieldOf, type TableNames, typeOf } from "./routeNames.ts";
import { realmsOf } from "./routeSelection.ts";
import { CONGESTION_CONTROLS, ROUTE_METRICS } from "./routeText.ts";
import { scopeOf } from "./selection.ts";
import { createReader, unsigned, type WordReader } from "./words.ts";

/** One nexthop's words. */
export type HopWords = {
  via?: Prefix;
  dev?: string;
  weight?: number;
  onlink?: boolean;
};

/** All that the words say. */
export type RouteWords = {
  family: Family;
  destination?: Prefix;
  type?: string;
  tos?: number;
  table?: number;
  protocol?: number;
  scope?: number;
  metric?: number;
  source?: Prefix;
  expires?: number;
  preference?: "low" | "medium" | "high";
  nhid?: number;
  readonly hop: HopWords;
  /** After the word nexthop; absent when it was not there. */
  hops?: HopWords[];
  readonly metrics: Map<string, number>;
  help?: boolean;
};

type Handler = (reader: WordReader, words: RouteWords, tables: TableNames) => void;

/** A number, refused with `message` if it is none. */
function number(reader: WordReader, message: string, max?: number): number | undefined {
  const word = reader.next();
  const value = unsigned(word, max);
  if (value === undefined && reader.failure === undefined) {
    reader.fail(wrongArgument(`${message}\n`, word));
  }
  return value;
}

function value<T>(reader: WordReader, read: (word: string) => T | undefined, message: string) {
  const word = reader.next();
  const found = reader.failure === undefined ? read(word) : undefined;
  if (found === undefined) reader.fail(wrongArgument(`${message}\n`, word));
  return found;
}

function lockable(name: string): Handler {
  return (reader, words) => {
    if (name !== "initcwnd" && name !== "initrwnd") readLock(reader, words, name);
    const found = number(
      reader,
      `"${name}" value is invalid`,
      name === "hoplimit" ? 255 : undefined,
    );
    if (found !== undefined) words.metrics.set(name, found);
  };
}

/** The word "lock" before a value. */
function readLock(reader: WordReader, words: RouteWords, name: string): void {
  const word = reader.next();
  if (word === "lock") lock(words, name);
  else reader.back();
}

function lock(words: RouteWords, name: string): void {
  const bit = 1 << (ROUTE_METRICS.find(([one]) => one === name)?.[1] ?? 0);
  words.metrics.set("lock", (words.metrics.get("lock") ?? 0) | bit);
}

/** Milliseconds with s or ms, or the kernel's own unit without. */
function time(name: string, unit: number): Handler {
  return (reader, words) => {
    if (name === "rto_min") lock(words, name);
    else readLock(reader, words, name);
    const word = reader.next();
    const [, digits = "", suffix = ""] =
      /^([0-9]*\.?[0-9]+)(s|sec|secs|ms|msec|msecs)?$/i.exec(word) ?? [];
    if (digits === "") {
      reader.fail(wrongArgument(`"${name}" value is invalid\n`, word));
      return;
    }
    const factor = suffix === "" ? 1 : /^s/i.test(suffix) ? 1000 * unit : unit;
    words.metrics.set(name, Math.ceil(Number(digits) * factor));
  };
}

function flag(name: string): Handler {
  return (reader, words) => {
    const found = number(reader, `"${name}" value is invalid`);
    if (found === undefined) return;
    if (found > 1) {
      reader.fail(wrongArgument(`"${name}" value should be 0 or 1\n`, reader.word ?? ""));
    }
    words.metrics.set(name, found);
  };
}

const readTos: Handler = (reader, words) => {
  words.tos = value(reader, dsfieldOf, '"tos" value is invalid') ?? 0;
};

const readDev: Handler = (reader, words) => {
  words.hop.dev = reader.next();
};

/** Words in the order in which they are tried; "=" before those that may not be shortened. */
const HANDLERS: readonly (readonly [string, Handler])[] = [
  ["=src", readSource],
  ["=via", readVia],
  ["=from", (reader) => reader.fail(notSimulated("ip route with from"))],
  ["=tos", readTos],
  ["dsfield", readTos],
  [
    "=expires",
    (reader, words) => {
      words.expires = number(reader, '"expires" value is invalid') ?? 0;
    },
  ],
  ["metric", readMetric],
  ["priority", readMetric],
  ["=preference", readMetric],
  [
    "=scope",
    (reader, words) => {
      words.scope = value(reader, scopeOf, 'invalid "scope" value') ?? 0;
    },
  ],
  ["=mtu", lockable("mtu")],
  ["=hoplimit", lockable("hoplimit")],
  ["=advmss", lockable("advmss")],
  ["reordering", lockable("reordering")],
  ["=rtt", time("rtt", 8)],
  ["=rto_min", time("rto_min", 1)],
  ["window", lockable("window")],
  ["cwnd", lockable("cwnd")],
  ["initcwnd", lockable("initcwnd")],
  ["initrwnd", lockable("initrwnd")],
  [
    "features",
    (reader, words) => {
      if (reader.next() === "ecn") words.metrics.set("features", 1);
      else reader.fail(wrongArgument('"features" value not valid\n', reader.word ?? ""));
    },
  ],
  ["quickack", flag("quickack")],
  ["congctl", readCongestion],
  ["rttvar", time("rttvar", 4)],
  ["ssthresh", lockable("ssthresh")],
  [
    "realms",
    (reader, words) => {
      words.metrics.set("realms", value(reader, realmsOf, '"realm" value is invalid') ?? 0);
    },
  ],
  [
    "=onlink",
    (_reader, words) => {
      words.hop.onlink = true;
    },
  ],
  [
    "=nhid",
    (reader, words) => {
      words.nhid = number(reader, '"id" value is invalid') ?? 0;
    },
  ],
  [
    "protocol",
    (reader, words) => {
      words.protocol = value(reader, protocolOf, '"protocol" value is invalid') ?? 0;
    },
  ],
  [
    "table",
    (reader, words, tables) => {
      words.table = value(reader, tables.id, '"table" value is invalid') ?? 0;
    },
  ],
  ["vrf", (reader) => reader.fail(wrongArgument("Invalid VRF\n", reader.next()))],
  ["=dev", readDev],
  ["=oif", readDev],
  [
    "pref",
    (reader, words) => {
      const pref = value(reader, preferenceOf, '"pref" value is invalid');
      if (pref !== undefined) words.preference = pref;
    },
  ],
  ["=encap", (reader) => reader.fail(notSimulated("ip route with encap"))],
  [
    "=ttl-propagate",
    (reader) => {
      const word = reader.next();
      const known = matches(word, "enabled") || matches(word, "disabled");
      if (!known) reader.fail(wrongArgument('"ttl-propagate" value is invalid\n', word));
    },
  ],
  ["fastopen_no_cookie", flag("fastopen_no_cookie")],
];

function preferenceOf(word: string): "low" | "medium" | "high" | undefined {
  const names = ["medium", "high", "", "low"] as const;
  const named = names.find((name) => name === word) ?? names[unsigned(word, 3) ?? 2];
  return named === "" ? undefined : named;
}

function readMetric(reader: WordReader, words: RouteWords): void {
  const metric = number(reader, '"metric" value is invalid');
  if (metric !== undefined) words.metric = metric;
}

function readCongestion(reader: WordReader, words: RouteWords): void {
  readLock(reader, words, "congctl");
  const wanted = reader.next();
  const index = (CONGESTION_CONTROLS as readonly string[]).indexOf(wanted);
  // The kernel refuses names that it does not know.
  words.metrics.set("congctl", index < 1 ? -1 : index);
}

function readSource(reader: WordReader, words: RouteWords): void {
  const word = reader.next();
  if (reader.failure !== undefined) return;
  const address = readAddress(word, words.family);
  if (isFailure(address)) reader.fail(address);
  else {
    words.source = address;
    if (words.family === "unspec") words.family = address.family;
  }
}

function readVia(reader: WordReader, words: RouteWords): void {
  if (words.hop.via !== undefined) {
    const message = "use nexthop syntax to specify multiple via\n";
    reader.fail(wrongArgument(message, reader.word ?? ""));
    return;
  }
  const via = readGateway(reader, words.family);
  if (via === undefined) return;
  words.hop.via = via;
  if (words.family === "unspec") words.family = via.family;
}

function readGateway(reader: WordReader, family: Family): Prefix | undefined {
  let wanted = family;
  let word = reader.next();
  if (word === "inet" || word === "inet6") {
    wanted = word;
    word = reader.next();
  }
  if (reader.failure !== undefined) return undefined;
  const address = readAddress(word, wanted);
  if (isFailure(address)) return reader.fail(address);
  return address;
}

/** Reads the words after add, delete and so on. */
export function readRouteWords(
  texts: readonly string[],
  family: Family,
  tables: TableNames,
): RouteWords | Failure {
  const words: RouteWords = {
    family: family === "link" ? "unspec" : family,
    hop: {},
    metrics: new Map(),
  };
  const reader = createReader(texts);
  while (reader.word !== undefined && reader.failure === undefined && words.help !== true) {
    const { word } = reader;
    if (word === "nexthop") {
      words.hops = readHops(reader, words);
      break;
    }
    const handler = HANDLERS.find(([name]) =>
      name.startsWith("=") ? name.slice(1) === word : matches(word, name),
    )?.[1];
    if (handler !== undefined) handler(reader, words, tables);
    else readDestination(reader, words);
    reader.skip();
  }
  return reader.failure ?? words;
}

function readDestination(reader: WordReader, words: RouteWords): void {
  if (reader.word === "to") reader.next();
  const type = /^[0-9]/.test(reader.word ?? "") ? undefined : typeOf(reader.word ?? "");
  if (type !== undefined) {
    reader.next();
    words.type = type;
  }
  const word = reader.word ?? "";
  if (reader.failure !== undefined) return;
  if (matches(word, "help")) {
    words.help = true;
    return;
  }
  if (words.destination !== undefined) {
    reader.fail(garbageArgument("to", word));
    return;
  }
  const prefix = readPrefix(word, words.family);
  if (isFailure(prefix)) reader.fail(prefix);
  else {
    words.destination = prefix;
    if (words.family === "unspec") words.family = prefix.family;
  }
}

function readHops(reader: WordReader, words: RouteWords): HopWords[] {
  const hops: HopWords[] = [];
  while (reader.word !== undefined && reader.failure === undefined) {
    if (reader.word !== "nexthop") {
      const text = `Error: "nexthop" or end of line is expected instead of "${reader.word}"\n`;
      reader.fail({ text, code: 255 });
      break;
    }
    if (!reader.advance()) {
      reader.fail({ text: 'Error: unexpected end of line after "nexthop"\n', code: 255 });
      break;
    }
    const hop: HopWords = {};
    while (reader.word !== undefined && reader.failure === undefined) {
      if (!readHopWord(reader, words, hop)) break;
      reader.skip();
    }
    hops.push(hop);
  }
  return hops;
}

function readHopWord(reader: WordReader, words: RouteWords, hop: HopWords): boolean {
  const word = reader.word ?? "";
  if (word === "via") {
    const via = readGateway(reader, words.family);
    if (via !== undefined) {
      hop.via = via;
      if (words.family === "unspec") words.family = via.family;
    }
  } else if (word === "dev") hop.dev = reader.next();
  else if (word === "weight") {
    const weight = unsigned(reader.next());
    if (weight === undefined || weight < 1 || weight > 256) {
      reader.fail(wrongArgument('"weight" is invalid\n', reader.word ?? ""));
    } else hop.weight = weight;
  } else if (word === "onlink") hop.onlink = true;
  else if (matches(word, "realms")) value(reader, realmsOf, '"realms" value is invalid');
  else if (word === "encap") reader.fail(notSimulated("ip route with encap"));
  else return false;
  return true;
}
