// What `route add` and `route del` ask of the kernel (route(8), net-tools 2.10; the ioctls SIOCADDRT
// and SIOCDELRT of linux/net/ipv4/fib_frontend.c, rtentry_to_fib_config, and of ipv6/route.c).
// An ioctl never refuses an equal prefix as such: a new route goes before those that are there, and only
// the very same one exists already.
// Not simulated: aliases as devices ("eth0:1").

import { errnoText, type Refusal } from "../net/core/errno.ts";
import { delRoute, newRoute } from "../net/ipv4/fibFrontend.ts";
import { addressType, type RouteRequest } from "../net/ipv4/fibSemantics.ts";
import { SCOPE } from "../net/ipv4/inDevice.ts";
import { delRoute6, newRoute6 } from "../net/ipv6/ip6RouteAdd.ts";
import { warn } from "../process/io.ts";
import type { Process } from "../process/process.ts";
import type { Execution, Steps } from "../process/wait.ts";
import { mask4, parseIp6 } from "../wire/address.ts";
import { parseHost } from "./hostWords.ts";
import { addressOfName, networkNames } from "./resolver.ts";

/** Who asks for what, and how the help is printed. */
export type Asked = {
  readonly self: Process;
  readonly verb: "add" | "del";
  readonly usage: (message: string, code?: number) => Execution;
};

/** What the words say; `mask` is undefined when none was given. */
type Words = {
  address: number;
  host: boolean;
  mask: number | undefined;
  gateway?: number;
  metric?: number;
  mss?: number;
  window?: number;
  irtt?: number;
  reject?: boolean;
  dev?: string;
};

/** An early end: a message before the help, or a status after what has been printed. */
type End = { readonly message: string } | { readonly code: number };

/** `route add WORDS`, `route del WORDS` for IPv4. */
export function* changeRoute4(asked: Asked, texts: readonly string[]): Execution {
  const { self, verb, usage } = asked;
  const words = yield* readWords(self, texts);
  if ("message" in words) return yield* usage(words.message, texts.length === 0 ? 0 : 3);
  if ("code" in words) return words.code;
  const refusal = submit(self, verb, words);
  return yield* finish(self, verb, refusal);
}

function* finish(self: Process, verb: string, refusal: Refusal | undefined): Execution {
  if (refusal === undefined) return 0;
  yield* warn(self, `SIOC${verb.toUpperCase()}RT: ${errnoText(refusal.errno)}\n`);
  return 7;
}

type Resolved = { readonly address: number; readonly network: boolean };

/** An address, or a name of a host or a network; what is not known is said. */
function* resolve(self: Process, text: string): Steps<Resolved | undefined> {
  if (text === "default") return { address: 0, network: true };
  const network = networkNames(self).get(text);
  if (network !== undefined) return { address: network, network: true };
  const address = parseHost(text) ?? (yield* addressOfName(self, text));
  return address === undefined ? undefined : { address, network: false };
}

function* readWords(self: Process, texts: readonly string[]): Steps<Words | End> {
  const [kind] = texts;
  let at = kind === "#net" || kind === "#host" ? 1 : 0;
  const target = texts[at++];
  if (target === undefined) return { message: "" };
  const [name = "", length] = target.split("/");
  const resolved = yield* resolve(self, name);
  if (resolved === undefined) {
    yield* warn(self, `${name}: Host name lookup failure\n`);
    return { code: 6 };
  }
  const host = kind === "#host" || (kind !== "#net" && !resolved.network);
  const words: Words = { address: resolved.address, host, mask: undefined };
  if (length !== undefined) words.mask = lengthMask(length);
  while (at < texts.length) {
    const word = texts[at++] ?? "";
    const end = yield* readWord(self, words, word, () => texts[at++]);
    if (end !== undefined) return end;
    // A device without "dev" must be the last word.
    if (words.dev === word && texts[at - 2] !== "dev" && at < texts.length) return { message: "" };
  }
  return checkMask(words) ?? words;
}

/** A length beyond 32 makes a mask that fits no address. */
function lengthMask(text: string): number | undefined {
  const length = Number.parseInt(text, 10);
  return length > 32 ? Number.NaN : mask4(length || 0);
}

function* readWord(
  self: Process,
  words: Words,
  word: string,
  next: () => string | undefined,
): Steps<End | undefined> {
  const usage: End = { message: "" };
  switch (word) {
    case "reject":
      words.reject = true;
      return undefined;
    case "mod":
    case "dyn":
    case "reinstate":
      return undefined;
    case "netmask":
      return yield* readMask(self, words, next());
    case "gw":
    case "gateway":
      return yield* readGateway(self, words, next());
    case "metric": {
      const value = next();
      if (value === undefined || !/^[0-9]/.test(value)) return usage;
      words.metric = (Number.parseInt(value, 10) + 1) & 0xffff;
      return undefined;
    }
    case "mss":
    case "mtu": {
      const mss = Number.parseInt(next() ?? "", 10) || 0;
      if (mss < 64 || mss > 65536) return { message: "route: Invalid MSS/MTU.\n" };
      words.mss = mss;
      return undefined;
    }
    case "window": {
      const window = Number.parseInt(next() ?? "", 10) || 0;
      if (window < 128) return { message: "route: Invalid window.\n" };
      words.window = window;
      return undefined;
    }
    case "irtt":
      words.irtt = Number.parseInt(next() ?? "", 10) || 0;
      return undefined;
    default: {
      if (words.dev !== undefined) return usage;
      const dev = word === "dev" || word === "device" ? next() : word;
      if (dev === undefined) return usage;
      words.dev = dev;
      return undefined;
    }
  }
}

function* readMask(self: Process, words: Words, text: string | undefined): Steps<End | undefined> {
  if (text === undefined || words.mask !== undefined) return { message: "" };
  const resolved = yield* resolve(self, text);
  if (resolved === undefined) {
    yield* warn(self, `${text}: Host name lookup failure\n`);
    return { code: 6 };
  }
  const inverse = ~resolved.address >>> 0;
  if ((inverse & (inverse + 1)) !== 0) return { message: `route: bogus netmask ${text}\n` };
  words.mask = resolved.address;
  return undefined;
}

function* readGateway(
  self: Process,
  words: Words,
  text: string | undefined,
): Steps<End | undefined> {
  if (text === undefined || words.gateway !== undefined) return { message: "" };
  const resolved = yield* resolve(self, text);
  if (resolved === undefined) {
    yield* warn(self, `${text}: Unknown host\n`);
    return { code: 6 };
  }
  if (resolved.network) {
    return { message: `route: ${text}: cannot use a NETWORK as gateway!\n` };
  }
  words.gateway = resolved.address;
  return undefined;
}

function checkMask(words: Words): End | undefined {
  const { mask, address, host } = words;
  if (mask === undefined) return undefined;
  const inverse = ~mask >>> 0;
  if (host && mask !== 0xffffffff) {
    const hex = inverse.toString(16).padStart(8, "0");
    return { message: `route: netmask ${hex} doesn't make sense with host route\n` };
  }
  if (Number.isNaN(mask) || (address & inverse) !== 0) {
    return { message: "route: netmask doesn't match route address\n" };
  }
  return undefined;
}

/** The ioctl. */
function submit(self: Process, verb: "add" | "del", words: Words): Refusal | undefined {
  const { net } = self;
  const { address, host, gateway, reject } = words;
  // A network mask of all ones is not passed on, and without a mask only 0.0.0.0 is a network.
  const mask = host ? 0xffffffff : words.mask === 0xffffffff ? 0 : (words.mask ?? 0);
  if ((address & ~mask) !== 0) return { errno: "EINVAL" };
  const prefixLength = mask === 0 ? 0 : 32 - Math.log2((~mask >>> 0) + 1);
  const metric = (words.metric ?? 0) === 0 ? 0 : (words.metric ?? 0) - 1;
  const plain = { destination: address, prefixLength, metric };
  if (reject === true) {
    const request: RouteRequest = { ...plain, type: "unreachable", scope: SCOPE.HOST };
    return verb === "add" ? newRoute(net, request, "prepend") : delRoute(net, request);
  }
  const dev = words.dev === undefined ? undefined : net.byName.get(words.dev);
  if (words.dev !== undefined && dev?.ip4 === undefined) return { errno: "ENODEV" };
  const through = gateway !== undefined && gateway !== 0;
  const global = through && addressType(net, gateway) === "unicast";
  const request: RouteRequest = {
    ...plain,
    type: "unicast",
    scope: global ? SCOPE.UNIVERSE : verb === "add" ? SCOPE.LINK : SCOPE.NOWHERE,
    nexthops:
      dev === undefined && !through ? [] : [{ dev, gateway: through ? gateway : undefined }],
  };
  if (verb === "del") return delRoute(net, request);
  if (gateway === 0) return { errno: "EINVAL" };
  return newRoute(net, { ...request, metrics: metricsOf(words) }, "prepend");
}

function metricsOf(words: Words): ReadonlyMap<string, number> {
  const metrics = new Map<string, number>();
  if (words.mss !== undefined) metrics.set("advmss", words.mss - 40);
  if (words.window !== undefined) metrics.set("window", words.window);
  if (words.irtt) metrics.set("rtt", words.irtt * 8);
  return metrics;
}

/** `route -6 add WORDS`, `route -6 del WORDS`. */
export function* changeRoute6(asked: Asked, texts: readonly string[]): Execution {
  const { self, verb, usage } = asked;
  const [target, ...rest] = texts;
  if (target === undefined) return yield* usage("");
  const [name = "", length = "128"] = target.split("/");
  const destination = name === "default" ? "0".repeat(32) : parseIp6(name);
  if (destination === undefined) {
    yield* warn(self, `getaddrinfo: ${name}: -3\n${name}: Host name lookup failure\n`);
    return 1;
  }
  let gateway: string | undefined;
  let metric = 1;
  let device: string | undefined;
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at];
    const value = rest[at + 1];
    if (word === "gw" || word === "gateway" || word === "metric" || word === "dev") {
      if (value === undefined) return yield* usage("");
      at += 1;
      if (word === "metric") metric = Number.parseInt(value, 10) || 0;
      else if (word === "dev") device = value;
      else gateway = parseIp6(value);
    } else if (word !== "mod" && word !== "dyn") device = word;
  }
  const dev = device === undefined ? undefined : self.net.byName.get(device);
  if (device !== undefined && dev === undefined) {
    yield* warn(self, "SIOGIFINDEX: No such device\n");
    return 7;
  }
  const nexthops = dev === undefined && gateway === undefined ? [] : [{ dev, gateway }];
  const prefixLength = name === "default" ? 0 : Number.parseInt(length, 10);
  const request = { destination, prefixLength, nexthops };
  const refusal =
    verb === "add"
      ? newRoute6(self.net, { ...request, metric }, "add")
      : delRoute6(self.net, request);
  return yield* finish(self, verb, refusal);
}
