// `ip address add`, change, replace and del: from words to requests for IPv4 (devinet.ts) and IPv6
// (addrconf.ts).
// Not simulated: anycast addresses; the word is taken and means nothing.

import type { Refusal } from "../../net/core/errno.ts";
import type { NetDevice } from "../../net/core/netDevice.ts";
import { addAddress, delAddress } from "../../net/ipv4/devinet.ts";
import { addAddress6, delAddress6 } from "../../net/ipv6/addrconf.ts";
import { warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { mask4 } from "../../wire/address.ts";
import {
  duplicateArgument,
  type Failure,
  type Family,
  garbageArgument,
  type IpOptions,
  matches,
  wrongArgument,
} from "./options.ts";
import { addressText, isFailure, type Prefix, readAddress, readPrefix } from "./prefix.ts";
import { finish, noDevice, refused } from "./refusal.ts";
import { findDevice, scopeOf } from "./selection.ts";
import { printUsage } from "./usage.ts";
import {
  createReader,
  findWord,
  nextUnsigned,
  unsigned,
  type WordReader,
  wordIndex,
} from "./words.ts";

type Verb = "add" | "change" | "replace" | "delete";

/** What the words said. */
type Words = {
  family: Family;
  local?: Prefix;
  peer?: Prefix;
  broadcast?: Prefix | "+" | "-";
  scope?: number;
  dev?: string;
  label?: string;
  metric?: number;
  /** Seconds; Infinity is "forever". */
  valid?: number;
  preferred?: number;
  readonly flags: Set<string>;
  warnings: string;
  help?: boolean;
};

const FLAGS = ["home", "nodad", "mngtmpaddr", "optimistic", "noprefixroute", "autojoin"] as const;
/** Flags that only IPv6 has. */
const INET6_FLAGS: ReadonlySet<string> = new Set(["home", "nodad", "mngtmpaddr", "optimistic"]);

/** Carries out `ip address VERB WORDS`. */
export function* modifyAddress(
  self: Process,
  options: IpOptions,
  verb: Verb,
  list: readonly string[],
): Execution {
  const reader = createReader(list);
  const words: Words = { family: options.family, flags: new Set(), warnings: "" };
  while (reader.word !== undefined && reader.failure === undefined && words.help !== true) {
    const read = findWord(TABLE, reader.word);
    if (read === undefined) readLocal(words, reader);
    else read(reader, words);
    reader.skip();
  }
  const failure = words.help === true ? undefined : (reader.failure ?? apply(self, verb, words));
  if (words.warnings !== "") yield* warn(self, words.warnings);
  if (words.help === true) return yield* printUsage(self, "address");
  return yield* finish(self, failure);
}

const TABLE = wordIndex<Words>([
  ["=peer =remote", (reader, words) => readPeer(words, reader)],
  ["broadcast =brd", (reader, words) => readBroadcast(words, reader)],
  ["=anycast", (reader, words) => void readOther(words, reader)],
  ["=scope", (reader, words) => readScope(words, reader)],
  ["=dev", (reader, words) => Object.assign(words, { dev: reader.next() })],
  ["=label", (reader, words) => Object.assign(words, { label: reader.next() })],
  [
    "metric priority preference",
    (reader, words) =>
      Object.assign(words, { metric: nextUnsigned(reader, '"metric" value is invalid\n') }),
  ],
  ["valid_lft", (reader, words) => readLifetime(words, "valid", reader)],
  ["preferred_lft", (reader, words) => readLifetime(words, "preferred", reader)],
  [
    FLAGS.map((flag) => `=${flag}`).join(" "),
    (reader, words) => readFlag(words, reader.word ?? ""),
  ],
]);

function readFlag(words: Words, flag: string): void {
  if (words.family === "inet" && INET6_FLAGS.has(flag)) {
    words.warnings += `Warning: ${flag} option can be set only for IPv6 addresses\n`;
  } else words.flags.add(flag);
}

function setFamily(words: Words, prefix: Prefix): void {
  if (words.family === "unspec" && prefix.kind !== "any") words.family = prefix.family;
}

function readLocal(words: Words, reader: WordReader): void {
  const word = reader.word === "local" ? reader.next() : (reader.word ?? "");
  if (reader.failure !== undefined) return;
  if (matches(word, "help")) {
    words.help = true;
    return;
  }
  if (words.local !== undefined && words.local.kind !== "any") {
    reader.fail(garbageArgument("local", word));
    return;
  }
  const prefix = readPrefix(word, words.family);
  if (isFailure(prefix)) reader.fail(prefix);
  else {
    words.local = prefix;
    setFamily(words, prefix);
  }
}

function readPeer(words: Words, reader: WordReader): void {
  const word = reader.next();
  if (reader.failure !== undefined) return;
  if (words.peer !== undefined) reader.fail(duplicateArgument("peer", word));
  const prefix = readPrefix(word, words.family);
  if (isFailure(prefix)) reader.fail(prefix);
  else {
    words.peer = prefix;
    setFamily(words, prefix);
  }
}

/** An address that stands alone, such as broadcast's. */
function readOther(words: Words, reader: WordReader): Prefix | undefined {
  const word = reader.next();
  if (reader.failure !== undefined) return undefined;
  const address = readAddress(word, words.family);
  if (isFailure(address)) return reader.fail(address);
  setFamily(words, address);
  return address;
}

function readBroadcast(words: Words, reader: WordReader): void {
  const word = reader.next();
  if (reader.failure !== undefined) return;
  if (words.broadcast !== undefined) {
    reader.fail(duplicateArgument("broadcast", word));
    return;
  }
  if (word === "+" || word === "-") {
    words.broadcast = word;
    return;
  }
  reader.back();
  const address = readOther(words, reader);
  if (address !== undefined) words.broadcast = address;
}

function readScope(words: Words, reader: WordReader): void {
  const word = reader.next();
  if (reader.failure !== undefined) return;
  const scope = scopeOf(word);
  if (scope === undefined) reader.fail(wrongArgument("invalid scope value.", word));
  else words.scope = scope;
}

function readLifetime(words: Words, key: "valid" | "preferred", reader: WordReader): void {
  const name = `${key}_lft`;
  const word = reader.next();
  if (reader.failure !== undefined) return;
  if (words[key] !== undefined) reader.fail(duplicateArgument(name, word));
  const seconds = word === "forever" ? 0xffffffff : unsigned(word);
  if (seconds === undefined) reader.fail(wrongArgument(`${name} value`, word));
  else words[key] = seconds === 0xffffffff ? Number.POSITIVE_INFINITY : seconds;
}

function apply(self: Process, verb: Verb, words: Words): Failure | undefined {
  if (words.dev === undefined) {
    return { text: 'Not enough information: "dev" argument is required.\n', code: 1 };
  }
  const { local } = words;
  if (verb === "delete" && local?.kind === "inet" && !local.given && words.peer === undefined) {
    words.warnings += wildcardWarning(local);
  }
  const computed = words.broadcast === "+" || words.broadcast === "-";
  if (computed && verb !== "delete" && words.family !== "inet") {
    return { text: "Broadcast can be set only for IPv4 addresses\n", code: 1 };
  }
  if (words.flags.has("autojoin") && !isMulticast(local)) {
    return { text: "autojoin needs multicast address\n", code: 1 };
  }
  const dev = findDevice(self.net, words.dev);
  if (dev === undefined) return noDevice(words.dev);
  const { valid, preferred } = words;
  if (valid === 0) return { text: "valid_lft is zero\n", code: 1 };
  if ((preferred ?? 0) > (valid ?? Infinity)) {
    return { text: "preferred_lft is greater than valid_lft\n", code: 1 };
  }
  const refusal = request(dev, verb, words);
  return refusal === undefined ? undefined : refused(refusal);
}

function request(dev: NetDevice, verb: Verb, words: Words): Refusal | undefined {
  const { local } = words;
  if (words.family === "inet6") return request6(dev, verb, words);
  if (words.family !== "inet") return { errno: "EOPNOTSUPP" };
  if ((words.label?.length ?? 0) > 15) {
    return { errno: "ERANGE", message: "Attribute failed policy validation" };
  }
  if (verb === "delete") return delete4(dev, words);
  if (local?.kind !== "inet") return { errno: "EINVAL" };
  const peer = words.peer?.kind === "inet" ? words.peer : undefined;
  const broadcast = broadcastOf(words, peer ?? local);
  return addAddress(
    dev,
    {
      local: local.address,
      peer: (peer ?? local).address,
      prefixLength: (peer ?? local).length || local.length,
      broadcast,
      label: words.label,
      scope: words.scope ?? (local.address >>> 24 === 127 ? 254 : 0),
      noprefixroute: words.flags.has("noprefixroute"),
      metric: words.metric,
      validLifetime: seconds(words.valid),
      preferredLifetime: seconds(words.preferred),
    },
    verb,
  );
}

function seconds(time: number | undefined): number | undefined {
  return time === Number.POSITIVE_INFINITY ? undefined : time;
}

/** "+" sets all bits behind the prefix, "-" clears them; nothing for prefixes of 31 and 32 bits. */
function broadcastOf(words: Words, prefix: Prefix & { kind: "inet" }): number | undefined {
  const { broadcast } = words;
  if (broadcast === undefined) return undefined;
  if (typeof broadcast === "object") {
    return broadcast.kind === "inet" ? broadcast.address : undefined;
  }
  if (prefix.length > 30) return undefined;
  const mask = mask4(prefix.length);
  return (broadcast === "+" ? prefix.address | ~mask : prefix.address & mask) >>> 0;
}

function delete4(dev: NetDevice, words: Words): Refusal | undefined {
  const local = words.local?.kind === "inet" ? words.local : undefined;
  const peer = words.peer?.kind === "inet" ? words.peer : local?.given === true ? local : undefined;
  return delAddress(dev, {
    ...(local === undefined ? {} : { local: local.address }),
    ...(words.label === undefined ? {} : { label: words.label }),
    ...(peer === undefined ? {} : { peer: peer.address, prefixLength: peer.length }),
  });
}

function request6(dev: NetDevice, verb: Verb, words: Words): Refusal | undefined {
  const { local } = words;
  if (local?.kind !== "inet6") return { errno: "EINVAL" };
  const peer = words.peer?.kind === "inet6" ? words.peer : undefined;
  const prefixLength = (peer ?? local).length || local.length;
  if (verb === "delete") return delAddress6(dev, { local: local.address, prefixLength });
  const wanted = {
    local: local.address,
    prefixLength,
    flags: FLAGS.filter((flag) => words.flags.has(flag)),
    validLifetime: seconds(words.valid),
    preferredLifetime: seconds(words.preferred),
    metric: words.metric,
    peer: peer?.address,
  };
  return addAddress6(dev, wanted, verb);
}

function isMulticast(prefix: Prefix | undefined): boolean {
  if (prefix?.kind === "inet") return prefix.address >>> 28 === 14;
  return prefix?.kind === "inet6" && prefix.address.startsWith("ff");
}

/** The warning of a deletion without a length, which takes any. */
function wildcardWarning(local: Prefix): string {
  return (
    "Warning: Executing wildcard deletion to stay compatible with old scripts.\n" +
    `         Explicitly specify the prefix length (${addressText(local)}/32) to avoid this warning.\n` +
    "         This special behaviour is likely to disappear in further releases,\n" +
    "         fix your scripts!\n"
  );
}
