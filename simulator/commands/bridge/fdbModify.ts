// `bridge fdb add|append|replace|del|get|flush` (bridge(8)).
// Policy: an address goes to the device itself unless `master` says its bridge; without a state it is
// permanent. VLAN numbers are read as atoi(3) does, so a word that is none is VLAN 0, which the kernel
// refuses.
// Not simulated: dst, vni, nhid, via and port (VXLAN).

import {
  type FdbFlush,
  type FdbState,
  fdbAdd,
  fdbFlush,
  fdbGet,
  fdbRemove,
} from "../../net/bridge/brFdbAdmin.ts";
import type { Refusal } from "../../net/core/errno.ts";
import type { NetDevice } from "../../net/core/netDevice.ts";
import { print } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { type Failure, garbageArgument, matches } from "../ip/options.ts";
import { createOutput, wantsColor } from "../ip/output.ts";
import { isFailure, readAddress as readIpAddress } from "../ip/prefix.ts";
import { finish, notSimulated, refusalText } from "../ip/refusal.ts";
import { createReader, type WordReader } from "../ip/words.ts";
import { printFdb } from "./fdbText.ts";
import { atoi, type BridgeOptions, printUsage, readMac, returned } from "./options.ts";

/** What was said of one entry. */
type Words = {
  address: string | undefined;
  device: string | undefined;
  bridge: string | undefined;
  vid: number | undefined;
  self: boolean;
  master: boolean;
  permanent: boolean;
  noarp: boolean;
  reachable: boolean;
  use: boolean;
  externLearn: boolean;
  sticky: boolean;
  vxlan: boolean;
  help: boolean;
};

/** Words that set one property. */
const PLAIN: Readonly<Record<string, keyof Words>> = {
  self: "self",
  master: "master",
  use: "use",
  extern_learn: "externLearn",
  sticky: "sticky",
};

function newWords(): Words {
  return {
    address: undefined,
    device: undefined,
    bridge: undefined,
    vid: undefined,
    self: false,
    master: false,
    permanent: false,
    noarp: false,
    reachable: false,
    use: false,
    externLearn: false,
    sticky: false,
    vxlan: false,
    help: false,
  };
}

function readWord(reader: WordReader, said: Words, getting: boolean): void {
  const word = reader.word ?? "";
  const plain = PLAIN[word];
  if (word === "dev" || (getting && word === "brport")) said.device = reader.next();
  else if (getting && word === "br") said.bridge = reader.next();
  else if (word === "vlan") {
    const value = reader.next();
    if (said.vid !== undefined) reader.fail(garbageArgument("vlan", value));
    said.vid = atoi(value);
  } else if (["dst", "nhid", "port", "vni", "via", "src_vni"].includes(word)) {
    const value = reader.next();
    const address = word === "dst" ? readIpAddress(value, "unspec") : {};
    if (isFailure(address)) reader.fail(address);
    said.vxlan ||= word !== "dst";
  } else if (plain !== undefined) Object.assign(said, { [plain]: true });
  else if (word === "router" || word === "activity_notify" || word === "inactive") return;
  else if (matches(word, "local") || matches(word, "permanent")) said.permanent = true;
  else if (matches(word, "temp") || matches(word, "static")) said.noarp = true;
  else if (matches(word, "dynamic")) said.reachable = true;
  else readAddress(reader, said, word);
}

function readAddress(reader: WordReader, said: Words, first: string): void {
  const address = first === "to" ? reader.next() : first;
  if (matches(address, "help")) said.help = true;
  else if (said.address !== undefined) reader.fail(garbageArgument("to", address));
  else said.address = address;
}

/** What all of them look at first: device and address, or the failure. */
function placeOf(self: Process, said: Words): Failure | { mac: number; dev: NetDevice } {
  if (said.device === undefined || said.address === undefined) {
    return returned("Device and address are required arguments.");
  }
  const mac = readMac(said.address);
  if (mac === undefined) return returned(`Invalid mac address ${said.address}`);
  const dev = self.net.byName.get(said.device);
  if (dev === undefined) return returned(`Cannot find device "${said.device}"`);
  return { mac, dev };
}

function refuseVid(vid: number | undefined): Refusal | undefined {
  if (vid === undefined || (vid > 0 && vid < 4095)) return undefined;
  return { errno: "EINVAL", message: "invalid vlan id" };
}

function* end(self: Process, refusal: Refusal | undefined): Execution {
  if (refusal === undefined) return 0;
  return yield* finish(self, { text: refusalText(refusal), code: -1 });
}

type ParsedEntry =
  | { readonly said: Words; readonly mac: number; readonly dev: NetDevice }
  | { readonly help: true }
  | Failure;

function parse(self: Process, words: readonly string[]): ParsedEntry {
  const reader = createReader(words);
  const said = newWords();
  for (; reader.word !== undefined && reader.failure === undefined; reader.skip()) {
    readWord(reader, said, false);
    if (said.help) return { help: true };
  }
  if (reader.failure !== undefined) return reader.failure;
  if (said.vxlan) return notSimulated("a VXLAN destination");
  const place = placeOf(self, said);
  if ("code" in place) return place;
  if (!said.self && !said.master) said.self = true;
  return { said, ...place };
}

/** `add`, `append` and `replace`. */
export function* addFdb(
  self: Process,
  words: readonly string[],
  how: { readonly create: boolean; readonly exclusive: boolean },
): Execution {
  const parsed = parse(self, words);
  if ("help" in parsed) return yield* printUsage(self, "fdb");
  if ("code" in parsed) return yield* finish(self, parsed);
  const { said, mac, dev } = parsed;
  const state: FdbState = said.permanent
    ? "permanent"
    : said.noarp
      ? "noarp"
      : said.reachable
        ? "reachable"
        : "permanent";
  const refusal =
    refuseVid(said.vid) ??
    fdbAdd(dev, {
      mac,
      vid: said.vid ?? 0,
      state,
      self: said.self,
      master: said.master,
      use: said.use,
      externLearn: said.externLearn,
      sticky: said.sticky,
      ...how,
    });
  return yield* end(self, refusal);
}

/** `del`. */
export function* deleteFdb(self: Process, words: readonly string[]): Execution {
  const parsed = parse(self, words);
  if ("help" in parsed) return yield* printUsage(self, "fdb");
  if ("code" in parsed) return yield* finish(self, parsed);
  const { said, mac, dev } = parsed;
  const request = { mac, vid: said.vid ?? 0, self: said.self, master: said.master };
  return yield* end(self, refuseVid(said.vid) ?? fdbRemove(dev, request));
}

/** `get`. */
export function* getFdb(
  self: Process,
  options: BridgeOptions,
  words: readonly string[],
): Execution {
  const reader = createReader(words);
  const said = newWords();
  for (; reader.word !== undefined && reader.failure === undefined; reader.skip()) {
    readWord(reader, said, true);
    if (said.help) return yield* printUsage(self, "fdb");
  }
  if (reader.failure !== undefined) return yield* finish(self, reader.failure);
  const { address, device, bridge } = said;
  if ((device === undefined && bridge === undefined) || address === undefined) {
    return yield* finish(self, returned("Device or master and address are required arguments."));
  }
  const mac = readMac(address);
  if (mac === undefined) return yield* finish(self, returned(`Invalid mac address ${address}`));
  const dev = device === undefined ? undefined : self.net.byName.get(device);
  if (device !== undefined && dev === undefined) {
    return yield* finish(self, returned(`Cannot find device "${device}"`));
  }
  const master = bridge === undefined ? undefined : self.net.byName.get(bridge);
  if (bridge !== undefined && master === undefined) {
    return yield* finish(self, returned(`Cannot find bridge device "${bridge}"`));
  }
  const found =
    refuseVid(said.vid) ?? fdbGet({ mac, vid: said.vid ?? 0, self: said.self }, dev, master);
  if ("errno" in found) return yield* finish(self, { text: refusalText(found), code: -2 });
  const out = createOutput(options, wantsColor(self, options));
  out.openArray();
  out.openObject();
  const row = { entry: found, dev: found.port?.dev ?? found.bridge.dev };
  printFdb(out, options, row, { withDevice: true });
  out.closeObject();
  out.closeArray();
  yield* print(self, out.take());
  return 0;
}

const FLUSH_WORDS: Readonly<Record<string, keyof FdbFlush>> = {
  permanent: "permanent",
  static: "static",
  dynamic: "dynamic",
  added_by_user: "addedByUser",
  extern_learn: "externLearn",
  sticky: "sticky",
};

type FlushRequest = { -readonly [name in keyof FdbFlush]: FdbFlush[name] };

/** `flush`. */
export function* flushFdb(self: Process, words: readonly string[]): Execution {
  const reader = createReader(words);
  const request: FlushRequest = { self: false, master: false };
  let device: string | undefined;
  let port: string | undefined;
  for (; reader.word !== undefined && reader.failure === undefined; reader.skip()) {
    const { word } = reader;
    const flag = FLUSH_WORDS[word.replace(/^no/, "")];
    if (word === "dev") device = reader.next();
    else if (word === "brport") port = reader.next();
    else if (word === "vlan") request.vid = atoi(reader.next());
    else if (word === "self" || word === "master") request[word] = true;
    else if (flag !== undefined) Object.assign(request, { [flag]: !word.startsWith("no") });
    else if (word === "help") return yield* printUsage(self, "fdb");
  }
  const failure = reader.failure ?? flushFailure(self, device, port, request.vid);
  if (failure !== undefined) return yield* finish(self, failure);
  const dev = self.net.byName.get(device ?? "");
  const portDev = port === undefined ? undefined : self.net.byName.get(port);
  if (dev === undefined) return 0;
  if (!request.self && !request.master) request.self = true;
  if (portDev !== undefined) request.port = portDev;
  return yield* end(self, refuseVid(request.vid) ?? fdbFlush(dev, request));
}

function flushFailure(
  self: Process,
  device: string | undefined,
  port: string | undefined,
  vid: number | undefined,
): Failure | undefined {
  if (device === undefined) return returned("Device is a required argument.");
  if (!self.net.byName.has(device)) return returned(`Cannot find bridge device "${device}"`);
  if (port !== undefined && !self.net.byName.has(port)) {
    return returned(`Cannot find bridge port device "${port}"`);
  }
  if (vid !== undefined && vid >= 4096) return returned(`Invalid VLAN ID "${vid}"`);
  return undefined;
}
