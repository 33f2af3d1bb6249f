// `bridge mdb` (bridge(8)): which ports of a bridge want which multicast groups.
// Policy: ports with multicast routers are told only with -d; unknown words are passed over.
// Not simulated: source lists, replace, get, flush (none of them is in iproute2 6.1.0).

import { bridgeOf } from "../../net/bridge/brIf.ts";
import type { BridgePort, BridgeState, MdbGroup } from "../../net/bridge/bridgeState.ts";
import { type MdbRequest, mdbAdd, mdbDelete } from "../../net/bridge/brMdb.ts";
import { isRouterPort } from "../../net/bridge/brMulticast.ts";
import { centisecondsLeft } from "../../net/bridge/brTimer.ts";
import { print } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { parseIp4, parseIp6 } from "../../wire/address.ts";
import { type Failure, matches } from "../ip/options.ts";
import { createOutput, type Output } from "../ip/output.ts";
import { finish, refusalText } from "../ip/refusal.ts";
import { createReader } from "../ip/words.ts";
import { mdbRows, printMdb, timerText } from "./mdbText.ts";
import { atoi, type BridgeOptions, printUsage, readMac, returned } from "./options.ts";

/** The object `mdb`. */
export function* mdbCommand(
  self: Process,
  options: BridgeOptions,
  words: readonly string[],
): Execution {
  const [verb = "show", ...rest] = words;
  const is = (...full: readonly string[]) => full.some((each) => matches(verb, each));
  if (is("add")) return yield* changeMdb(self, rest, false);
  if (is("delete")) return yield* changeMdb(self, rest, true);
  if (is("show", "lst", "list")) return yield* showMdb(self, options, rest);
  if (is("help")) return yield* printUsage(self, "mdb");
  return yield* finish(self, {
    text: `Command "${verb}" is unknown, try "bridge mdb help".\n`,
    code: 255,
  });
}

function* showMdb(self: Process, options: BridgeOptions, words: readonly string[]): Execution {
  const reader = createReader(words);
  let device: string | undefined;
  let vid = 0;
  for (; reader.word !== undefined && reader.failure === undefined; reader.skip()) {
    if (reader.word === "dev") device = reader.next();
    else if (reader.word === "vid") vid = atoi(reader.next());
  }
  if (reader.failure !== undefined) return yield* finish(self, reader.failure);
  if (device !== undefined && !self.net.byName.has(device)) {
    return yield* finish(self, returned(`Cannot find device "${device}"`));
  }
  const bridges = [...self.net.devices.values()]
    .filter((dev) => device === undefined || dev === self.net.byName.get(device))
    .flatMap((dev) => bridgeOf(dev) ?? []);
  const out = createOutput(options);
  out.openArray();
  out.openObject();
  out.openArray("mdb");
  for (const bridge of bridges) {
    if (!bridge.multicastSnooping) continue;
    for (const row of mdbRows(bridge)) {
      if (vid !== 0 && row.group.vid !== vid) continue;
      out.openObject();
      printMdb(out, options, row);
      out.closeObject();
    }
  }
  out.closeArray();
  printRouters(out, options, bridges);
  out.closeObject();
  out.closeArray();
  yield* print(self, out.take());
  return 0;
}

function printRouters(out: Output, options: BridgeOptions, bridges: readonly BridgeState[]): void {
  out.openObject("router");
  for (const bridge of options.details > 0 ? bridges : []) {
    const ports = bridge.ports.filter(isRouterPort);
    if (ports.length === 0) continue;
    const name = bridge.dev.name;
    out.openArray(name);
    if (options.stats === 0) out.text(`router ports on ${name}: `);
    for (const port of ports) printRouter(out, options, port);
    if (options.stats === 0) out.text("\n");
    out.closeArray();
  }
  out.closeObject();
}

function printRouter(out: Output, options: BridgeOptions, port: BridgePort): void {
  const { name } = port.dev;
  out.openObject();
  if (options.stats === 0) out.put("port", name, `${name} `);
  else {
    const left = timerText(centisecondsLeft(port.dev.net.kernel, port.routerTimer));
    const type = port.multicastRouter === 2 ? "permanent" : "temp";
    out.put("port", name, `router ports on ${port.bridge.dev.name}: ${name}`);
    out.put("timer", left, ` ${left}`);
    out.put("type", type, ` ${type}\n`);
  }
  out.closeObject();
}

/** What was said of one group. */
type Words = {
  device?: string;
  port?: string;
  group?: string;
  source?: string;
  vid: number;
  permanent: boolean;
};

function* changeMdb(self: Process, words: readonly string[], remove: boolean): Execution {
  const reader = createReader(words);
  const said: Words = { vid: 0, permanent: false };
  for (; reader.word !== undefined && reader.failure === undefined; reader.skip()) {
    const { word } = reader;
    if (word === "dev") said.device = reader.next();
    else if (word === "port") said.port = reader.next();
    else if (word === "grp") said.group = reader.next();
    else if (word === "src") said.source = reader.next();
    else if (word === "vid") said.vid = atoi(reader.next());
    else if (word === "permanent") said.permanent = true;
    else if (matches(word, "help")) return yield* printUsage(self, "mdb");
  }
  if (reader.failure !== undefined) return yield* finish(self, reader.failure);
  const request = requestOf(self, said);
  if ("code" in request) return yield* finish(self, request);
  const bridge = self.net.byName.get(said.device ?? "");
  if (bridge === undefined) return 0;
  const refusal = remove ? mdbDelete(bridge, request) : mdbAdd(bridge, request);
  if (refusal === undefined) return 0;
  return yield* finish(self, { text: refusalText(refusal), code: -1 });
}

function requestOf(self: Process, said: Words): Failure | MdbRequest {
  const { device, port, group, source } = said;
  if (device === undefined || port === undefined || group === undefined) {
    return returned("Device, group address and port name are required arguments.");
  }
  if (!self.net.byName.has(device)) return returned(`Cannot find device "${device}"`);
  const portDev = self.net.byName.get(port);
  if (portDev === undefined) return returned(`Cannot find device "${port}"`);
  const address = addressOf(group);
  if (address === undefined) return returned(`Invalid address "${group}"`);
  const from = source === undefined ? undefined : addressOf(source);
  if (source !== undefined && (from === undefined || from.kind === "mac")) {
    return returned(`Invalid source address "${source}"`);
  }
  const { vid, permanent } = said;
  return { ...address, source: from?.group, vid, port: portDev, permanent };
}

function addressOf(text: string): Pick<MdbGroup, "kind" | "group"> | undefined {
  const ip4 = parseIp4(text);
  if (ip4 !== undefined) return { kind: "inet", group: ip4 };
  const ip6 = parseIp6(text);
  if (ip6 !== undefined) return { kind: "inet6", group: ip6 };
  const mac = readMac(text);
  return mac === undefined ? undefined : { kind: "mac", group: mac };
}
