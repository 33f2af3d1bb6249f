// `ip route get` (ip-route(8), iproute2 6.1.0; inet_rtm_getroute in linux/net/ipv4/route.c): which way
// a packet of ours, or one that comes in by a device, would go. `fibmatch` shows the route instead.
// Not simulated: `connected` and `notify` change nothing beyond a word of the answer; vrf devices.

import { errnoText, type Refusal } from "../../net/core/errno.ts";
import type { NetDevice } from "../../net/core/netDevice.ts";
import type { Net } from "../../net/core/netNamespace.ts";
import { fibLookup } from "../../net/ipv4/fibRules.ts";
import { flowOf } from "../../net/ipv4/fibTrie.ts";
import type { InputRoute, OutputRoute, Route4 } from "../../net/ipv4/ipv4Net.ts";
import { routeInput, routeOutput } from "../../net/ipv4/route.ts";
import { warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { ip4Text } from "../../wire/address.ts";
import { type Failure, type Family, type IpOptions, matches, wrongArgument } from "./options.ts";
import { createOutput, wantsColor } from "./output.ts";
import { isFailure, type Prefix, readPrefix } from "./prefix.ts";
import { finish, finishAfter, noDevice, refused } from "./refusal.ts";
import { routeGet6 } from "./route6.ts";
import { dsfieldOf, tableNames } from "./routeNames.ts";
import { hopRecord4, type RouteRecord, routeRecord4 } from "./routeRecord.ts";
import { printRoute } from "./routeText.ts";
import { protocolNumber } from "./ruleWords.ts";
import { findDevice } from "./selection.ts";
import { printUsage } from "./usage.ts";
import { createReader, unsigned, type WordReader } from "./words.ts";

type Question = {
  family: Family;
  destination?: Prefix;
  from?: Prefix;
  iif?: string;
  oif?: string;
  tos?: number;
  mark?: number;
  uid?: number;
  protocol?: number;
  sourcePort?: number;
  destinationPort?: number;
  fibmatch?: boolean;
  notify?: boolean;
  connected?: boolean;
  help?: boolean;
  warning?: string;
};

/** `ip route get WORDS`. */
export function* getRoute(self: Process, options: IpOptions, words: readonly string[]): Execution {
  const question: Question = { family: options.family === "link" ? "inet" : options.family };
  const reader = createReader(words);
  while (reader.word !== undefined && reader.failure === undefined && question.help !== true) {
    readWord(reader, question, reader.word);
    reader.skip();
  }
  if (question.warning !== undefined) yield* warn(self, question.warning);
  if (question.help === true) return yield* printUsage(self, "route");
  if (reader.failure !== undefined) return yield* finish(self, reader.failure);
  const { destination } = question;
  if (destination === undefined) {
    return yield* finish(self, { text: "need at least a destination address\n", code: 1 });
  }
  const devices = devicesOf(self, question);
  if (isFailure(devices)) return yield* finish(self, devices);
  const record =
    destination.kind === "inet6"
      ? answer6(self, destination.address, question, devices)
      : answer4(self, destination.kind === "inet" ? destination.address : 0, question, devices);
  if (isFailure(record)) return yield* finish(self, record);
  const out = createOutput(options, wantsColor(self, options));
  out.openArray();
  // For a connected socket the way is asked for again, with the source that it has now.
  const times = question.connected === true && question.from === undefined ? 2 : 1;
  for (let time = 0; time < times; time++) {
    printRoute(out, record, { options, tables: tableNames(self) });
  }
  out.closeArray();
  return yield* finishAfter(self, out.take());
}

function readWord(reader: WordReader, question: Question, word: string): void {
  const number = (key: "uid" | "mark", message: string) => {
    const value = unsigned(reader.next());
    if (value === undefined) reader.fail(wrongArgument(message, reader.word ?? ""));
    else question[key] = value;
  };
  if (word === "tos" || matches(word, "dsfield")) {
    const tos = dsfieldOf(reader.next());
    if (tos === undefined) reader.fail(wrongArgument("TOS value is invalid\n", reader.word ?? ""));
    else question.tos = tos;
  } else if (matches(word, "from")) {
    const from = readPart(reader, question);
    if (from !== undefined) question.from = from;
  } else if (matches(word, "iif")) question.iif = reader.next();
  else if (matches(word, "mark")) number("mark", "invalid mark value");
  else if (matches(word, "oif") || word === "dev") question.oif = reader.next();
  else if (matches(word, "notify")) question.notify = true;
  else if (matches(word, "connected")) question.connected = true;
  else if (matches(word, "vrf")) reader.fail(wrongArgument("Invalid VRF\n", reader.next()));
  else if (matches(word, "uid")) number("uid", "invalid UID\n");
  else if (matches(word, "fibmatch")) question.fibmatch = true;
  else if (word === "sport") question.sourcePort = readPort(reader, "invalid sport\n");
  else if (word === "dport") question.destinationPort = readPort(reader, "invalid dport\n");
  else if (word === "ipproto") {
    const protocol = protocolNumber(reader.next());
    if (protocol !== undefined) question.protocol = protocol;
    else reader.fail(wrongArgument('Invalid "ipproto" value\n', reader.word ?? ""));
  } else if (matches(word, "help")) question.help = true;
  else {
    if (word !== "to") reader.back();
    const destination = readPart(reader, question);
    if (destination !== undefined) question.destination = destination;
  }
}

function readPort(reader: WordReader, message: string): number {
  const port = unsigned(reader.next(), 0xffff);
  if (port === undefined) reader.fail(wrongArgument(message, reader.word ?? ""));
  return port ?? 0;
}

/** The next word as an address; a length is only warned about. */
function readPart(reader: WordReader, question: Question): Prefix | undefined {
  const word = reader.next();
  if (reader.failure !== undefined) return undefined;
  const prefix = readPrefix(word, question.family);
  if (isFailure(prefix)) return reader.fail(prefix);
  if (prefix.kind === "any") return prefix;
  question.family = prefix.family;
  const whole = prefix.kind === "inet" ? 32 : 128;
  if (prefix.length !== whole) {
    question.warning = `Warning: /${prefix.length} as prefix is invalid, only /${whole} (or none) is supported.\n`;
  }
  return prefix;
}

type Devices = { readonly iif: NetDevice | undefined; readonly oif: NetDevice | undefined };

function devicesOf(self: Process, question: Question): Devices | Failure {
  const { iif, oif } = question;
  const found = (name: string | undefined) =>
    name === undefined ? undefined : findDevice(self.net, name);
  if (iif !== undefined && found(iif) === undefined) return noDevice(iif);
  if (oif !== undefined && found(oif) === undefined) return noDevice(oif);
  return { iif: found(iif), oif: found(oif) };
}

function addressOf(prefix: Prefix | undefined): number {
  return prefix?.kind === "inet" ? prefix.address : 0;
}

function answer4(
  self: Process,
  destination: number,
  question: Question,
  { iif, oif }: Devices,
): RouteRecord | Failure {
  const { net } = self;
  const source = addressOf(question.from);
  const { tos = 0, mark = 0, uid = 0, protocol } = question;
  const ports = {
    protocol: protocol ?? 17,
    sourcePort: question.sourcePort ?? 0,
    destinationPort: question.destinationPort ?? 0,
  };
  const refusal = (errno: Refusal["errno"]) =>
    ({ text: `RTNETLINK answers: ${errnoText(errno)}\n`, code: 2 }) as const;
  const from = source === 0 ? undefined : ip4Text(source);
  const common = { from, mark, notify: question.notify === true };
  if (iif !== undefined) {
    const input = routeInput(iif, { source, destination, tos: tos & 0x1c, mark });
    if (input.type === "drop" || input.type === "unreachable") return refusal(input.errno);
    if (question.fibmatch === true) {
      const route = input.type === "forward" ? input.out.route : input.route;
      return matched(net, input.type === "forward" ? "unicast" : input.type, route);
    }
    return inputRecord(input, destination, { ...common, iif });
  }
  const request = { destination, source, oif, tos: tos & 0x1c, mark, uid, ...ports };
  const output = routeOutput(net, request);
  if ("errno" in output) return refusal(output.errno);
  if (question.fibmatch === true) {
    const flow = flowOf({ destination, source, tos, mark, uid, iif, oif, ...ports });
    const found = searchesNothing(destination, source, oif) ? "EAGAIN" : fibLookup(net, flow);
    return matched(net, output.type, typeof found === "string" ? undefined : found.route);
  }
  return outputRecord(net.kernel.clock.now, output, {
    ...common,
    uid,
    destination: destination === 0 ? 0 : destination,
  });
}

/** What `fibmatch` tells: the route as it was found, and for whom the packet is. */
function matched(net: Net, type: string, route: Route4 | undefined): RouteRecord | Failure {
  if (route === undefined) {
    return { text: `RTNETLINK answers: ${errnoText("EHOSTUNREACH")}\n`, code: 2 };
  }
  return { ...routeRecord4(route), type, table: tableShown(net, route.table) };
}

/** True for what is sent without a look at the tables: the device is known, or it is ourselves. */
function searchesNothing(destination: number, source: number, oif: Device): boolean {
  if (destination === 0) return true;
  const toAll = destination === 0xffffffff;
  if (oif !== undefined) return toAll || destination >>> 8 === 0xe00000;
  return source !== 0 && (toAll || destination >>> 28 === 14);
}

type Device = NetDevice | undefined;

type Common = {
  readonly from: string | undefined;
  readonly mark: number;
  readonly notify: boolean;
};

const FLAGS: Readonly<Record<string, readonly string[]>> = {
  local: ["local"],
  broadcast: ["local", "brd"],
  multicast: ["local", "mc"],
};

function plainRecord(type: string, destination: number): Omit<RouteRecord, "hops"> {
  return {
    family: "inet",
    type,
    destination: ip4Text(destination),
    prefixLength: 32,
    tos: 0,
    table: 0,
    protocol: 0,
    scope: 0,
    prefSource: undefined,
    metric: undefined,
    metrics: new Map(),
  };
}

function hopOf(dev: NetDevice, gateway?: number) {
  const text = gateway === undefined ? undefined : ip4Text(gateway);
  return { dev, gateway: text, foreign: false, weight: 1, flags: [] };
}

/** Local and main share a trie until a rule is added, and then call themselves main. */
function tableShown(net: Net, table: number): number {
  return table === 255 && !net.ip4.rulesChanged ? 254 : table;
}

function outputRecord(
  now: number,
  output: OutputRoute,
  asked: Common & { readonly uid: number; readonly destination: number },
): RouteRecord {
  const { dev, exception, nexthop, type } = output;
  const notify = asked.notify ? ["notify"] : [];
  const flags = type === "multicast" && !output.loopback ? ["mc"] : [...(FLAGS[type] ?? [])];
  if (dev === dev.net.loopback && flags[0] !== "local") flags.unshift("local");
  if (exception?.redirected === true) flags.push("redirected");
  const metrics = new Map(output.route?.metrics ?? []);
  metrics.delete("realms");
  if (exception?.mtu !== undefined) metrics.set("mtu", exception.mtu);
  if (exception?.mtuLocked === true) metrics.set("lock", (metrics.get("lock") ?? 0) | 4);
  const hop = nexthop === undefined ? hopOf(dev) : hopRecord4(nexthop, exception);
  return {
    ...plainRecord(type, asked.destination),
    tos: output.route?.tos ?? 0,
    table: tableShown(dev.net, output.table),
    prefSource:
      asked.from === undefined && output.source !== 0 ? ip4Text(output.source) : undefined,
    hops: [{ ...hop, dev, flags: [] }],
    metrics,
    cached: {
      flags: [...flags, ...notify],
      from: asked.from,
      uid: asked.uid,
      mark: asked.mark,
      notify: asked.notify,
      expires: exception === undefined ? undefined : Math.floor((exception.expires - now) / 1e6),
    },
  };
}

type Accepted = Exclude<InputRoute, { type: "drop" | "unreachable" }>;

function inputRecord(
  input: Accepted,
  destination: number,
  asked: Common & { readonly iif: NetDevice },
): RouteRecord {
  const { net } = asked.iif;
  const notify = asked.notify ? ["notify"] : [];
  const cached = { from: asked.from, mark: asked.mark, notify: asked.notify, iif: asked.iif };
  if (input.type !== "forward") {
    return {
      ...plainRecord(input.type, destination),
      table: tableShown(net, input.route?.table ?? 0),
      hops: [hopOf(net.loopback)],
      cached: { ...cached, flags: [...(FLAGS[input.type] ?? []), ...notify] },
    };
  }
  const { out } = input;
  return {
    ...plainRecord("unicast", destination),
    table: tableShown(net, out.table),
    hops: [hopOf(out.dev, out.gateway)],
    metrics: new Map(out.route?.metrics ?? []),
    cached: { ...cached, flags: [...(input.redirect ? ["redirect"] : []), ...notify] },
  };
}

function answer6(
  self: Process,
  destination: string,
  question: Question,
  { iif, oif }: Devices,
): RouteRecord | Failure {
  const { from, mark, notify, fibmatch } = question;
  if (notify === true) {
    return refused({ errno: "EINVAL", message: "ipv6: Invalid flags for get route request" });
  }
  const source = from?.kind === "inet6" ? from.address : undefined;
  const record = routeGet6(self.net, { destination, source, iif, oif, mark, fibmatch });
  return "errno" in record ? refused(record) : record;
}
