// `ifconfig` (ifconfig(8), net-tools 2.10): shows devices and aliases; sets flags, MTU, MAC and
// addresses as its ioctls do (ifconfigAddress.ts).
// Every setting of the command line is tried; a refused one only counts for the exit status.
// Not simulated: tunnels, serial lines, interrupts and memory of cards; names of hosts.

import type { LinkChange } from "../net/core/linkRequest.ts";
import { print, warn } from "../process/io.ts";
import type { Process, Program } from "../process/process.ts";
import type { Execution, Steps } from "../process/wait.ts";
import { looseMac } from "./hostWords.ts";
import { addressWord, isAddressWord, moreAddresses, setAddress } from "./ifconfigAddress.ts";
import { changeFlags, fail, setting, type Words } from "./ifconfigSettings.ts";
import {
  interfaceOf,
  interfacesOf,
  isUp,
  longText,
  SHORT_HEAD,
  shortText,
} from "./ifconfigShow.ts";

/** What the options before the interface asked for. */
type Options = { all: boolean; short: boolean };

/** The program `ifconfig`. */
export const ifconfig: Program = function* (self) {
  const options: Options = { all: false, short: false };
  const words = self.argv.slice(1);
  while (words[0]?.startsWith("-") === true) {
    const word = words.shift() ?? "";
    if (word === "-a") options.all = true;
    else if (word === "-s") options.short = true;
    else if (word === "-V" || word === "-version" || word === "--version") {
      yield* print(self, "net-tools 2.10\n");
      return 0;
    } else if (word === "-h" || word === "-?" || word === "--help") return yield* usage(self, 0);
    else if (word !== "-v") {
      const text = `ifconfig: option \`${word}' not recognised.\nifconfig: \`--help' gives usage information.\n`;
      yield* warn(self, text);
      return 1;
    }
  }
  const [name, ...rest] = words;
  if (name === undefined) return yield* showAll(self, options);
  if (rest.length === 0) return yield* showOne(self, options, name.slice(0, 15));
  return yield* setAll(self, name.slice(0, 15), rest);
};

function* showAll(self: Process, { all, short }: Options): Execution {
  const shown = interfacesOf(self.net).filter((one) => all || isUp(one));
  const text = shown.map(short ? shortText : longText).join("");
  yield* print(self, short ? SHORT_HEAD + text : text);
  return 0;
}

function* showOne(self: Process, { short }: Options, name: string): Execution {
  if (short) yield* print(self, SHORT_HEAD);
  const one = interfaceOf(self.net, name);
  if (one === undefined) {
    yield* warn(self, `${name}: error fetching interface information: Device not found\n`);
    return 1;
  }
  yield* print(self, short ? shortText(one) : longText(one));
  return 0;
}

/** Flags by word, and what each sets. */
const FLAG_WORDS: Readonly<Record<string, LinkChange>> = {
  arp: { arp: true },
  "-arp": { arp: false },
  trailers: { trailers: true },
  "-trailers": { trailers: false },
  promisc: { promisc: true },
  "-promisc": { promisc: false },
  multicast: { multicast: true },
  "-multicast": { multicast: false },
  allmulti: { allmulticast: true },
  "-allmulti": { allmulticast: false },
  up: { up: true },
  down: { up: false },
  dynamic: { dynamic: true },
  "-dynamic": { dynamic: false },
};

/** Settings that no device here has: their ioctl and how it is refused. */
const REFUSED: Readonly<Record<string, string>> = {
  mem_start: "mem_start: SIOCSIFMAP",
  io_addr: "io_addr: SIOCSIFMAP",
  irq: "irq: SIOCSIFMAP",
  outfill: "SIOCSOUTFILL",
  keepalive: "SIOCSKEEPALIVE",
};

function* setAll(self: Process, name: string, list: readonly string[]): Execution {
  const words: Words = { self, name, list, at: 0, status: 0, family: "inet" };
  if (list[0] === "inet" || list[0] === "inet6") {
    words.family = list[0];
    words.at = 1;
  }
  while (words.at < list.length) {
    const word = list[words.at++] ?? "";
    const end = yield* setOne(words, word);
    if (end === "usage") return yield* usage(self, 3);
    if (typeof end === "number") return end;
  }
  return words.status & 255;
}

/** Carries out one word; a number ends the command. */
function* setOne(words: Words, word: string): Steps<number | "usage" | undefined> {
  const flag = FLAG_WORDS[word];
  if (flag !== undefined) {
    yield* changeFlags(words, flag);
    return undefined;
  }
  const needsValue = word in REFUSED || VALUE_WORDS.has(word);
  if (needsValue && words.at >= words.list.length) return "usage";
  const refused = REFUSED[word];
  if (refused !== undefined) {
    words.at += 1;
    yield* fail(words, refused, { errno: "EOPNOTSUPP" });
    return undefined;
  }
  if (word === "hw") return yield* changeMac(words);
  if (word === "mtu" || word === "txqueuelen") {
    const value = Number.parseInt(words.list[words.at++] ?? "", 10) || 0;
    const change: LinkChange = word === "mtu" ? { mtu: value } : { txqlen: value >>> 0 };
    const refusal = setting(words, change);
    if (refusal !== undefined)
      yield* fail(words, word === "mtu" ? "SIOCSIFMTU" : "SIOCSIFTXQLEN", refusal);
    return undefined;
  }
  if (word === "name") {
    const refusal = setting(words, { name: words.list[words.at++] ?? "" });
    if (refusal !== undefined) yield* fail(words, "SIOCSIFNAME", refusal);
    return undefined;
  }
  if (word === "add" || word === "del") return yield* moreAddresses(words, word);
  if (isAddressWord(word)) return yield* addressWord(words, word);
  return yield* setAddress(words, word);
}

const VALUE_WORDS: ReadonlySet<string> = new Set([
  "hw",
  "mtu",
  "txqueuelen",
  "name",
  "add",
  "del",
  "netmask",
  "dstaddr",
  "tunnel",
]);

function* changeMac(words: Words): Steps<number | "usage" | undefined> {
  const kind = words.list[words.at++];
  const text = words.list[words.at++];
  if (kind !== "ether" || text === undefined) return "usage";
  const mac = looseMac(text);
  if (mac === undefined) {
    yield* warn(words.self, `${text}: invalid ether address.\n`);
    words.status = 1;
    return undefined;
  }
  const refusal = setting(words, { address: mac });
  if (refusal !== undefined) yield* fail(words, "SIOCSIFHWADDR", refusal);
  return undefined;
}

function* usage(self: Process, status: number): Execution {
  const texts = yield* self.machine.scheduler.fetch(import("./netToolsUsage.ts"));
  return yield* texts.printUsage(self, texts.IFCONFIG_USAGE, status);
}
