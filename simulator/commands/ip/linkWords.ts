// The words of `ip link add`, `set` and `del` up to the type's own options (ip-link(8)): which link,
// and what shall become of it. Which words may be shortened is iproute2's choice, word by word.
// Not simulated: xdp but its end, parentdev, protodown_reason.

import type { LinkSettings } from "../../net/core/linkRequest.ts";
import type { NetDevice, OperState } from "../../net/core/netDevice.ts";
import type { Net } from "../../net/core/netNamespace.ts";
import { netnsNamesOf } from "../../process/mountNamespaces.ts";
import type { Process } from "../../process/process.ts";
import { ADDRGEN_MODES } from "./linkDetails.ts";
import { netnsByWord } from "./netnsNames.ts";
import {
  duplicateArgument,
  type Failure,
  garbageArgument,
  INCOMPLETE,
  matches,
  wrongArgument,
} from "./options.ts";
import { notSimulated } from "./refusal.ts";
import { findDevice, groupOf } from "./selection.ts";
import {
  findWord,
  integer,
  isDeviceName,
  type SharedTable,
  type WordReader,
  wordIndex,
} from "./words.ts";

/** A link-layer address as its bytes were given. */
export type GivenMac = { readonly mac: number; readonly length: number };

/** What the words said. */
export type LinkWords = {
  settings: { -readonly [name in keyof LinkSettings]: LinkSettings[name] };
  name?: string;
  dev?: string;
  link?: string;
  index?: number;
  address?: GivenMac;
  broadcast?: GivenMac;
  netns?: Net;
  /** A pid that no process has. */
  netnsMissing?: "ESRCH" | "EINVAL";
  group?: number;
  numTxQueues?: number;
  numRxQueues?: number;
  gsoMaxSize?: number;
  gsoMaxSegs?: number;
  groMaxSize?: number;
  addrgenMode?: number;
  kind?: string;
  /** "help" was asked for. */
  help?: boolean;
};

/** Reads words until the type or the end; refusals are in `reader.failure`. */
export function readLinkWords(self: Process, reader: WordReader): LinkWords {
  const words: LinkWords = { settings: {} };
  const into = { self, words };
  while (reader.word !== undefined && reader.failure === undefined) {
    const read = findWord(TABLE, reader.word);
    if (read !== undefined) read(reader, into);
    else if (matches(reader.word, "help")) words.help = true;
    else readDevice(words, reader);
    reader.skip();
    if (words.kind !== undefined || words.help === true) break;
  }
  return words;
}

function readDevice(words: LinkWords, reader: WordReader): void {
  const word = reader.word === "dev" ? reader.next() : (reader.word ?? "");
  if (reader.failure !== undefined) return;
  if (words.dev !== words.name) reader.fail(garbageArgument("dev", word));
  else if (word === "" || word.length > 127 || /[/\s]/.test(word)) {
    reader.fail(wrongArgument('"dev" not a valid ifname', word));
  } else words.dev = word;
}

const SWITCHES = [
  "multicast",
  "allmulticast",
  "promisc",
  "trailers",
  "arp",
  "carrier",
  "dynamic",
] as const;

/** What words are read into, and on whose behalf. */
type Into = { readonly self: Process; readonly words: LinkWords };

const set =
  (settings: Partial<LinkSettings>) =>
  (_reader: WordReader, { words }: Into): void =>
    void Object.assign(words.settings, settings);

const inSettings = ({ words }: Into): object => words.settings;
const inWords = ({ words }: Into): object => words;

const TABLE = wordIndex<Into>([
  ["=up", set({ up: true })],
  ["=down", set({ up: false })],
  ["=name", (reader, { words }) => readName(words, reader)],
  ["=index", (reader, { words }) => readIndex(words, reader)],
  ["link", (reader, { words }) => void Object.assign(words, { link: reader.next() })],
  ["address", (reader, { words }) => readMac(words, "address", reader)],
  ["broadcast =brd", (reader, { words }) => readMac(words, "broadcast", reader)],
  ["txqueuelen =qlen txqlen", number(inSettings, "txqlen", "txqueuelen")],
  ["=mtu", number(inSettings, "mtu", "mtu")],
  ["=xdpgeneric =xdpdrv =xdpoffload =xdp", readXdp],
  ["=netns", (reader, { self, words }) => readNetns(self, words, reader)],
  ...SWITCHES.map((name): SharedTable<Into>[number] => [
    name === "dynamic" ? name : `=${name}`,
    (reader, { words }) => readSwitch(words.settings, name, reader),
  ]),
  ["=vf", readVf],
  ["master", (reader, { self, words }) => readMaster(self.net, words.settings, reader)],
  ["=vrf", (reader) => reader.fail(wrongArgument("Not a valid VRF name\n", reader.next()))],
  ["nomaster", set({ master: "none" })],
  ["type", (reader, { words }) => void Object.assign(words, { kind: reader.next() })],
  ["alias", (reader, { words }) => void Object.assign(words.settings, { alias: reader.next() })],
  ["=group", (reader, { words }) => readGroup(words, reader)],
  ["=mode", (reader, { words }) => readMode(words.settings, reader)],
  ["=state", (reader, { words }) => readState(words.settings, reader)],
  ["numtxqueues", number(inWords, "numTxQueues", "numtxqueues")],
  ["numrxqueues", number(inWords, "numRxQueues", "numrxqueues")],
  ["addrgenmode", (reader, { words }) => readAddrgenMode(words, reader)],
  ["link-netns", (reader, { self }) => readLinkNetns(self, reader)],
  ["link-netnsid", number(() => ({}), "", "link-netnsid")],
  ["=protodown", (reader, { words }) => readProtoDown(words.settings, reader)],
  ["=protodown_reason =parentdev", (reader) => reader.fail(notSimulated(reader.word ?? ""))],
  ["=gso_max_size", number(inWords, "gsoMaxSize", "gso_max_size", 65536)],
  ["=gso_max_segs", number(inWords, "gsoMaxSegs", "gso_max_segs", 65535)],
  ["=gro_max_size", number(inWords, "groMaxSize", "gro_max_size")],
]);

/** There is no program for frames to take off again, so "off" changes nothing. */
function readXdp(reader: WordReader): void {
  const word = reader.next();
  if (reader.failure !== undefined || word === "off") return;
  const known = XDP_WORDS.some((full) => matches(word, full));
  reader.fail(known ? notSimulated("xdp") : { text: `What mode is "${word}"?\n`, code: 255 });
}

const XDP_WORDS = ["object", "pinned", "verbose", "section", "fd"];

/** A word with a number after it, once. */
function number(
  targetOf: (into: Into) => object,
  key: string,
  name: string,
  max = 0x7fffffff,
): SharedTable<Into>[number][1] {
  return (reader, into) => {
    const word = reader.next();
    if (reader.failure !== undefined) return;
    const target = targetOf(into);
    const value = integer(word);
    if (key in target) reader.fail(duplicateArgument(name, word));
    else if (value === undefined || value > max) {
      reader.fail(wrongArgument(`Invalid "${name}" value\n`, word));
    } else if (key !== "") Object.assign(target, { [key]: value });
  };
}

function readName(words: LinkWords, reader: WordReader): void {
  const name = reader.next();
  if (reader.failure !== undefined) return;
  if (words.name !== undefined) reader.fail(duplicateArgument("name", name));
  else if (!isDeviceName(name)) reader.fail(wrongArgument('"name" not a valid ifname', name));
  else {
    words.name = name;
    words.dev ??= name;
  }
}

function readIndex(words: LinkWords, reader: WordReader): void {
  const word = reader.next();
  if (reader.failure !== undefined) return;
  if (words.index !== undefined) reader.fail(duplicateArgument("index", word));
  const index = Number.parseInt(word, 10);
  if (!(index > 0)) reader.fail(wrongArgument('Invalid "index" value', word));
  else words.index = index;
}

function readMac(words: LinkWords, key: "address" | "broadcast", reader: WordReader): void {
  const word = reader.next();
  if (reader.failure !== undefined) return;
  const given = parseLinkAddress(word);
  if ("code" in given) reader.fail(given);
  else words[key] = given;
}

/** Bytes in hex between colons, or an IPv4 address, as iproute2 takes link-layer addresses. */
export function parseLinkAddress(word: string): GivenMac | Failure {
  const bytes: number[] = [];
  const dotted = word.includes(".");
  const parts = dotted ? word.split(".") : word.split(":");
  if (dotted) while (parts.length < 4) parts.push("0");
  for (const part of parts) {
    const digits = dotted ? /^[0-9]+$/.exec(part)?.[0] : /^\s*(?:0x)?([0-9a-f]+)/i.exec(part)?.[1];
    const byte = Number.parseInt(digits ?? "x", dotted ? 10 : 16);
    if (!(byte < 256) || (dotted && parts.length > 4)) {
      return { text: `"${dotted ? word : part}" is invalid lladdr.\n`, code: 1 };
    }
    bytes.push(byte);
  }
  const mac = bytes.slice(0, 6).reduce((sum, byte) => sum * 256 + byte, 0);
  return { mac, length: bytes.length };
}

function readNetns(self: Process, words: LinkWords, reader: WordReader): void {
  const word = reader.next();
  if (reader.failure !== undefined) return;
  if (words.netns !== undefined) reader.fail(duplicateArgument("netns", word));
  const found = netnsByWord(self, word);
  if (found === "invalid") reader.fail(wrongArgument('Invalid "netns" value\n', word));
  else if (found === "missing") words.netnsMissing = "ESRCH";
  else if (found === "stale") words.netnsMissing = "EINVAL";
  else words.netns = found;
}

function readLinkNetns(self: Process, reader: WordReader): void {
  const word = reader.next();
  if (reader.failure !== undefined) return;
  if (!netnsNamesOf(self).has(word)) {
    reader.fail(wrongArgument('Invalid "link-netns" value\n', word));
  } else reader.fail(notSimulated("link-netns"));
}

function readSwitch(
  settings: LinkWords["settings"],
  name: (typeof SWITCHES)[number],
  reader: WordReader,
): void {
  const word = reader.next();
  if (reader.failure !== undefined) return;
  if (word === "on" || word === "off") settings[name] = word === "on";
  else reader.fail(notOnOff(name, word));
}

/** `Error: argument of "x" must be "on" or "off", not "y"` */
export function notOnOff(name: string, word: string): Failure {
  if (name === "carrier") {
    const text = `Error: argument of "carrier" must be one of "off", "on", not "${word}"\n`;
    return { text, code: 22 };
  }
  return { text: `Error: argument of "${name}" must be "on" or "off", not "${word}"\n`, code: 1 };
}

function readMaster(net: Net, settings: LinkWords["settings"], reader: WordReader): void {
  const word = reader.next();
  if (reader.failure !== undefined) return;
  const master: NetDevice | undefined = findDevice(net, word);
  if (master === undefined) reader.fail(wrongArgument("Device does not exist\n", word));
  else settings.master = master;
}

function readGroup(words: LinkWords, reader: WordReader): void {
  const word = reader.next();
  if (reader.failure !== undefined) return;
  if (words.group !== undefined) reader.fail(duplicateArgument("group", word));
  const group = groupOf(word);
  if (group === undefined) reader.fail(wrongArgument('Invalid "group" value\n', word));
  else words.group = group;
}

function readMode(settings: LinkWords["settings"], reader: WordReader): void {
  const word = reader.next();
  const mode = word.toUpperCase();
  if (reader.failure !== undefined) return;
  if (mode === "DEFAULT" || mode === "DORMANT") settings.linkMode = mode;
  else reader.fail(wrongArgument("Invalid link mode\n", word));
}

const STATES: readonly OperState[] = [
  "UNKNOWN",
  "NOTPRESENT",
  "DOWN",
  "LOWERLAYERDOWN",
  "TESTING",
  "DORMANT",
  "UP",
];

function readState(settings: LinkWords["settings"], reader: WordReader): void {
  const word = reader.next();
  if (reader.failure !== undefined) return;
  const state = STATES.find((one) => one === word.toUpperCase());
  if (state === undefined) reader.fail(wrongArgument("Invalid operstate\n", word));
  else settings.operstate = state;
}

function readAddrgenMode(words: LinkWords, reader: WordReader): void {
  const word = reader.next();
  if (reader.failure !== undefined) return;
  const mode = ADDRGEN_MODES.indexOf(word);
  if (mode < 0) reader.fail(wrongArgument("Invalid address generation mode\n", word));
  else words.addrgenMode = mode;
}

function readProtoDown(settings: LinkWords["settings"], reader: WordReader): void {
  const on = onOrOff("protodown", 22, reader);
  if (on !== undefined) settings.protodown = on;
}

function onOrOff(name: string, code: number, reader: WordReader): boolean | undefined {
  const word = reader.next();
  if (reader.failure !== undefined) return undefined;
  if (word === "on" || word === "off") return word === "on";
  const text = `Error: argument of "${name}" must be one of "off", "on", not "${word}"\n`;
  return reader.fail({ text, code });
}

/** No device here has virtual functions: what is said of one is read, and refused later. */
function readVf(reader: WordReader, into: Into): void {
  const count = number(() => ({}), "", "vf");
  count(reader, into);
  if (reader.failure === undefined && reader.last) reader.fail(INCOMPLETE);
  for (let read = 0; reader.failure === undefined && reader.advance(); read++) {
    const name = reader.word ?? "";
    if (VF_SWITCHES.has(name)) onOrOff(name, 1, reader);
    else if (VF_NUMBERS.has(name)) number(() => ({}), "", name)(reader, into);
    else if (VF_WORDS.has(name)) reader.next();
    else {
      reader.back();
      if (read === 0) reader.fail(INCOMPLETE);
      break;
    }
  }
  into.words.settings.vf = true;
}

const VF_SWITCHES = new Set(["spoofchk", "query_rss", "trust"]);
const VF_NUMBERS = new Set(["vlan", "qos", "rate", "max_tx_rate", "min_tx_rate"]);
const VF_WORDS = new Set(["mac", "proto", "state", "node_guid", "port_guid"]);
