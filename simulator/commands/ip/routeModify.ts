// `ip route add`, append, prepend, change, replace, test and delete (ip-route(8), iproute2 6.1.0): from words
// to a request of the kernel. What the words leave open is filled in: the scope from type and gateway,
// the table from the type.
// Not here: the words (routeWords.ts), what the kernel checks (ipv4/fibSemantics.ts, ipv6/ip6RouteAdd.ts).

import type { Refusal } from "../../net/core/errno.ts";
import type { NetDevice } from "../../net/core/netDevice.ts";
import type { Net } from "../../net/core/netNamespace.ts";
import { delRoute, newRoute, type RouteMode } from "../../net/ipv4/fibFrontend.ts";
import type { NexthopRequest, RouteRequest } from "../../net/ipv4/fibSemantics.ts";
import { SCOPE } from "../../net/ipv4/inDevice.ts";
import type { RouteType } from "../../net/ipv4/ipv4Net.ts";
import { delRoute6, newRoute6, type RouteRequest6 } from "../../net/ipv6/ip6RouteAdd.ts";
import type { RouteType6 } from "../../net/ipv6/ipv6Net.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import type { Failure, IpOptions } from "./options.ts";
import { isFailure, type Prefix } from "./prefix.ts";
import { finish, noDevice, notSimulated, refused } from "./refusal.ts";
import { tableNames } from "./routeNames.ts";
import { type HopWords, type RouteWords, readRouteWords } from "./routeWords.ts";
import { findDevice } from "./selection.ts";
import { printUsage } from "./usage.ts";

type Verb = RouteMode | "delete";

const LOCAL_TABLE = 255;
const MAIN_TABLE = 254;

/** `ip route VERB WORDS`. */
export function* modifyRoute(
  self: Process,
  options: IpOptions,
  verb: Verb,
  texts: readonly string[],
): Execution {
  const words = readRouteWords(texts, options.family, tableNames(self));
  if (isFailure(words)) return yield* finish(self, words);
  if (words.help === true || words.destination === undefined) {
    return yield* printUsage(self, "route");
  }
  return yield* finish(self, request(self.net, words, verb, words.destination));
}

type Devices = (name: string) => NetDevice | undefined;

function request(
  net: Net,
  words: RouteWords,
  verb: Verb,
  destination: Prefix,
): Failure | undefined {
  const missing = (hop: HopWords) =>
    hop.dev !== undefined && findDevice(net, hop.dev) === undefined ? hop.dev : undefined;
  const own = missing(words.hop);
  if (own !== undefined) return noDevice(own);
  for (const hop of words.hops ?? []) {
    const name = missing(hop);
    if (name === undefined) continue;
    return { text: `${noDevice(name).text}Error: cannot parse nexthop\n`, code: 255 };
  }
  const inet6 = words.family === "inet6";
  if (words.nhid !== undefined) {
    return refused({ errno: "EINVAL", message: "Nexthop id does not exist" });
  }
  const refusal =
    refuseTos(words, inet6) ??
    refuseCongestion(words) ??
    refuseMixture(words) ??
    (inet6 ? request6(net, words, verb, destination) : request4(net, words, verb, destination));
  if (refusal === undefined) return undefined;
  return isFailure(refusal) ? refusal : refused(refusal);
}

function refuseTos(words: RouteWords, inet6: boolean): Refusal | undefined {
  if (inet6 || ((words.tos ?? 0) & 3) === 0) return undefined;
  return { errno: "EINVAL", message: "Invalid dsfield (tos): ECN bits must be 0" };
}

function refuseCongestion(words: RouteWords): Refusal | undefined {
  if (words.metrics.get("congctl") !== -1) return undefined;
  return { errno: "EINVAL", message: "Unknown tcp congestion algorithm" };
}

/** Beside a list of nexthops, dev and via must be those of its first. */
function refuseMixture(words: RouteWords): Refusal | undefined {
  const [first] = words.hops ?? [];
  const { hop } = words;
  if (first === undefined) return undefined;
  if (hop.dev !== undefined && hop.dev !== first.dev) {
    return { errno: "EINVAL", message: "Nexthop device index does not match RTA_OIF" };
  }
  if (hop.via !== undefined && addressOf(hop.via) !== addressOf(first.via)) {
    return { errno: "EINVAL", message: "Nexthop gateway does not match RTA_GATEWAY or RTA_VIA" };
  }
  return undefined;
}

function addressOf(prefix: Prefix | undefined): number | string | undefined {
  return prefix === undefined || prefix.kind === "any" ? undefined : prefix.address;
}

function request4(
  net: Net,
  words: RouteWords,
  verb: Verb,
  destination: Prefix,
): Refusal | Failure | undefined {
  const devices: Devices = (name) => findDevice(net, name);
  const type = words.type as RouteType | undefined;
  const asked = words.hops ?? (hasHop(words.hop) ? [words.hop] : []);
  const plain: RouteRequest = {
    destination: destination.kind === "inet" ? destination.address : 0,
    prefixLength: destination.kind === "inet" ? destination.length : 0,
    tos: words.tos,
    type,
    scope: words.scope ?? scopeOf(words, verb),
    protocol: words.protocol,
    metric: words.metric,
    prefSource: words.source?.kind === "inet" ? words.source.address : undefined,
    table: words.table ?? tableOf(words),
    nexthops: asked.map((hop) => nexthop4(hop, devices)),
    multipath: words.hops !== undefined,
    metrics: kernelMetrics(words),
  };
  if (verb === "delete") return delRoute(net, plain);
  return newRoute(net, { ...plain, protocol: words.protocol ?? 3 }, verb);
}

function hasHop(hop: HopWords): boolean {
  return hop.via !== undefined || hop.dev !== undefined || hop.onlink === true;
}

function nexthop4(hop: HopWords, devices: Devices): NexthopRequest {
  const { via } = hop;
  // A gateway 0.0.0.0 is none.
  const gateway = via?.kind === "inet" && via.address !== 0 ? via.address : undefined;
  return {
    dev: hop.dev === undefined ? undefined : devices(hop.dev),
    gateway,
    gateway6: via?.kind === "inet6" ? via.address : undefined,
    weight: hop.weight,
    onlink: hop.onlink,
  };
}

/** Beyond the gateway or without one, on this host, or whatever it is when deleting. */
function scopeOf(words: RouteWords, verb: Verb): number {
  const { type } = words;
  if (type === "local" || type === "nat") return SCOPE.HOST;
  if (type === "broadcast" || type === "multicast" || type === "anycast") return SCOPE.LINK;
  if (type !== undefined && type !== "unicast") return SCOPE.UNIVERSE;
  if (verb === "delete") return SCOPE.NOWHERE;
  return words.hop.via === undefined && words.hops === undefined ? SCOPE.LINK : SCOPE.UNIVERSE;
}

function tableOf(words: RouteWords): number {
  const local = ["local", "broadcast", "nat", "anycast"].includes(words.type ?? "");
  return local ? LOCAL_TABLE : MAIN_TABLE;
}

/** Metrics as the kernel keeps them: none that is 0, none larger than it can be. */
function kernelMetrics(words: RouteWords): ReadonlyMap<string, number> {
  const kept = new Map<string, number>();
  for (const [name, value] of words.metrics) {
    const most = MOST[name] ?? Number.POSITIVE_INFINITY;
    if (value !== 0) kept.set(name, Math.min(value, most));
  }
  return kept;
}

const MOST: Readonly<Record<string, number>> = {
  mtu: 65535 - 15,
  advmss: 65535 - 40,
  hoplimit: 255,
};

function request6(
  net: Net,
  words: RouteWords,
  verb: Verb,
  destination: Prefix,
): Refusal | Failure | undefined {
  const devices: Devices = (name) => findDevice(net, name);
  const asked = words.hops ?? (hasHop(words.hop) ? [words.hop] : []);
  const plain: RouteRequest6 = {
    destination: destination.kind === "inet6" ? destination.address : "0".repeat(32),
    prefixLength: destination.kind === "inet6" ? destination.length : 0,
    type: words.type as RouteType6 | undefined,
    table:
      words.table ??
      (words.type === "local" || words.type === "anycast" ? LOCAL_TABLE : MAIN_TABLE),
    protocol: words.protocol,
    metric: words.metric === 0 ? undefined : words.metric,
    prefSource: words.source?.kind === "inet6" ? words.source.address : undefined,
    nexthops: asked.map((hop) => ({
      dev: hop.dev === undefined ? undefined : devices(hop.dev),
      gateway: hop.via?.kind === "inet6" ? hop.via.address : undefined,
      weight: hop.weight,
      onlink: hop.onlink,
    })),
    metrics: kernelMetrics(words),
    preference: words.preference,
    expires: words.expires,
  };
  if (verb === "delete") return delRoute6(net, plain);
  if (verb === "test") return notSimulated("ip -6 route test");
  return newRoute6(net, { ...plain, protocol: words.protocol ?? 3 }, verb);
}
