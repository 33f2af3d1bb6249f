// Addresses in `ifconfig`, as the ioctls of linux/net/ipv4/devinet.c set them: an address replaces the
// one with the interface's name as its label, its mask comes from its class, a broadcast address from
// the mask. `add` and `del` work on aliases v0:0, v0:1, …, or on IPv6 addresses.
// Aliases take mask and broadcast from their device's address, and none are added while it is down.
// Policy: `del` of an address that no alias has adds it, as net-tools 2.10 does.
// Not simulated: names of hosts; there is nobody to ask.

import type { Refusal } from "../net/core/errno.ts";
import { addAddress, removeAddress } from "../net/ipv4/devinet.ts";
import type { Ifaddr4 } from "../net/ipv4/inDevice.ts";
import { addAddress6, delAddress6 } from "../net/ipv6/addrconf.ts";
import { warn } from "../process/io.ts";
import type { Steps } from "../process/wait.ts";
import { mask4, parseIp6 } from "../wire/address.ts";
import { parseHost, unknownHostText } from "./hostWords.ts";
import { changeFlags, fail, type Words } from "./ifconfigSettings.ts";
import { addressOf, type Interface, interfaceOf, isUp } from "./ifconfigShow.ts";

/** Words that are about an address that is there. */
const CALLS: Readonly<Record<string, string>> = {
  netmask: "SIOCSIFNETMASK",
  broadcast: "SIOCSIFBRDADDR",
  dstaddr: "SIOCSIFDSTADDR",
  pointopoint: "SIOCSIFDSTADDR",
};

/** True for words that change an address that is there, and for those that only set a flag. */
export function isAddressWord(word: string): boolean {
  return word in CALLS || word === "-broadcast" || word === "-pointopoint" || word === "tunnel";
}

/** Carries out netmask, broadcast, dstaddr, pointopoint; two of them stand for a flag as well. */
export function* addressWord(words: Words, word: string): Steps<number | undefined> {
  if (word.startsWith("-")) {
    yield* changeFlags(words, {});
    yield* warnOfFlag(words, word);
    return undefined;
  }
  const call = CALLS[word];
  // Without a value these only set the flag, which the kernel keeps for itself.
  if (words.at < words.list.length) {
    const text = words.list[words.at++] ?? "";
    const value = parseHost(text);
    if (value === undefined) return yield* unknownHost(words, text);
    if (call === undefined) {
      yield* warn(words.self, `${text}: Resolver Error 0 (no error)\n`);
      return 1;
    }
    const refusal = changeAddress(words, word, value);
    if (refusal !== undefined) yield* fail(words, call, refusal);
  }
  if (word === "broadcast" || word === "pointopoint") yield* changeFlags(words, {});
  return undefined;
}

/** Nobody but the kernel takes these flags away: it is looked whether they are still there. */
function* warnOfFlag({ self, name }: Words, word: string): Steps<void> {
  const one = interfaceOf(self.net, name);
  if (one === undefined) {
    yield* warn(self, `${name}: ERROR while testing interface flags: No such device\n`);
  } else if (word === "-broadcast" && one.dev.driver.type !== "loopback") {
    yield* warn(self, `Warning: Interface ${name} still in BROADCAST mode.\n`);
  }
}

function changeAddress(words: Words, word: string, value: number): Refusal | undefined {
  const one = interfaceOf(words.self.net, words.name);
  if (one === undefined) return { errno: "ENODEV" };
  const address = addressOf(one);
  if (address === undefined) return { errno: "EADDRNOTAVAIL" };
  if (word === "broadcast") return replaceWith(address, { broadcast: value });
  if (word !== "netmask") return replaceWith(address, { peer: value });
  const prefixLength = lengthOf(value);
  if (prefixLength === undefined) return { errno: "EINVAL" };
  if (prefixLength === address.prefixLength) return undefined;
  const computed = broadcastOf(address.local, address.prefixLength);
  const follows = address.broadcast === computed && prefixLength < 31;
  return replaceWith(address, {
    prefixLength,
    broadcast: follows ? broadcastOf(address.local, prefixLength) : address.broadcast,
  });
}

/** The kernel takes the old address out and puts the changed one in. */
function replaceWith(
  old: Ifaddr4,
  change: { prefixLength?: number; broadcast?: number | undefined; peer?: number },
): Refusal | undefined {
  const { dev, local, label, scope } = old;
  const wanted = {
    local,
    peer: change.peer ?? old.peer,
    prefixLength: change.prefixLength ?? old.prefixLength,
    broadcast: "broadcast" in change ? change.broadcast : old.broadcast,
    label,
    scope,
  };
  removeAddress(old);
  return addAddress(dev, wanted);
}

function lengthOf(mask: number): number | undefined {
  for (let length = 0; length <= 32; length++) if (mask4(length) === mask) return length;
  return undefined;
}

function broadcastOf(address: number, prefixLength: number): number {
  return (address | ~mask4(prefixLength)) >>> 0;
}

/** The length of the class of an address; undefined for multicast and beyond. */
function classLength(address: number): number | undefined {
  if (address === 0) return 0;
  const first = address >>> 24;
  if (first < 128) return 8;
  if (first < 192) return 16;
  return first < 224 ? 24 : undefined;
}

/** A word that is no other: the address of the interface, with a length or the class's mask; it goes up. */
export function* setAddress(words: Words, word: string): Steps<number | undefined> {
  const { self } = words;
  const [host = "", length] = word.split("/");
  const address = words.family === "inet" ? parseHost(host) : undefined;
  if (address === undefined) {
    yield* unknownHost(words, word);
    yield* warn(self, "ifconfig: `--help' gives usage information.\n");
    return 1;
  }
  const refusal = putAddress(words, address);
  if (refusal !== undefined) yield* fail(words, "SIOCSIFADDR", refusal);
  if (refusal?.errno === "EINVAL") return undefined;
  // The interface that has no address any more stays as it is.
  if (address !== 0 || words.name.includes(":") === false) yield* changeFlags(words, { up: true });
  if (length === undefined) return undefined;
  const masked = changeAddress(words, "netmask", mask4(Number.parseInt(length, 10) & 31));
  if (masked !== undefined) {
    const { status } = words;
    yield* fail(words, "SIOCSIFNETMASK", masked);
    if (status !== 0) words.status = status;
  }
  return undefined;
}

function putAddress(words: Words, local: number): Refusal | undefined {
  const one = interfaceOf(words.self.net, words.name);
  if (one === undefined) return { errno: "ENODEV" };
  const prefixLength = classLength(local);
  if (prefixLength === undefined) return { errno: "EINVAL" };
  const old = addressOf(one);
  if (old?.local === local) return undefined;
  if (old !== undefined) removeAddress(old);
  if (local === 0) return undefined;
  const isLoopback = one.dev.driver.type === "loopback";
  return addAddress(one.dev, {
    local,
    prefixLength,
    broadcast: isLoopback ? undefined : broadcastOf(local, prefixLength),
    label: one.name,
    scope: local >>> 24 === 127 ? 254 : 0,
  });
}

/** `add ADDRESS` and `del ADDRESS`. */
export function* moreAddresses(words: Words, verb: "add" | "del"): Steps<number | undefined> {
  const { self, name } = words;
  const word = words.list[words.at++] ?? "";
  const one = interfaceOf(self.net, name);
  if (words.family === "inet6" || word.includes(":"))
    return yield* changeInet6(words, one, { verb, word });
  const local = parseHost(word);
  if (local === undefined) return yield* unknownHost(words, word);
  if (one === undefined) {
    // It looks for the interface, then for its first alias.
    const text = `${name}: error fetching interface information: Device not found\n`;
    yield* warn(self, text + text);
    return undefined;
  }
  const base = addressOf(one);
  if (base?.local === local) return undefined;
  const aliases = (one.dev.ip4?.addresses ?? []).filter(({ label }) =>
    label.startsWith(`${name}:`),
  );
  const same = aliases.find((alias) => alias.local === local);
  if (same !== undefined) {
    if (verb === "del") removeAddress(same);
    return undefined;
  }
  if (!isUp(one)) return undefined;
  let number = 0;
  while (aliases.some(({ label }) => label === `${name}:${number}`)) number += 1;
  const prefixLength = base?.prefixLength ?? 0;
  const refusal = addAddress(one.dev, {
    local,
    prefixLength,
    broadcast: base?.broadcast,
    label: `${name}:${number}`,
  });
  if (refusal !== undefined) yield* fail(words, "SIOCSIFADDR", refusal);
  return undefined;
}

function* changeInet6(
  words: Words,
  one: Interface | undefined,
  { verb, word }: { verb: "add" | "del"; word: string },
): Steps<number | undefined> {
  const [host = "", length = "128"] = word.split("/");
  const local = parseIp6(host);
  if (local === undefined) return yield* unknownHost(words, word);
  if (one === undefined) {
    yield* fail(words, "SIOGIFINDEX", { errno: "ENODEV" });
    return undefined;
  }
  const { dev } = one;
  const wanted = { local, prefixLength: Number.parseInt(length, 10) || 0 };
  const disabled = dev.ip6?.conf.values.get("disable_ipv6") === "1";
  let refusal = verb === "add" ? addAddress6(dev, wanted) : delAddress6(dev, wanted);
  if (verb === "add" && disabled) refusal = { errno: "EACCES" };
  if (refusal !== undefined)
    yield* fail(words, verb === "add" ? "SIOCSIFADDR" : "SIOCDIFADDR", refusal);
  return undefined;
}

/** Says that a host is not known; a name that could be one would have to be looked up. */
function* unknownHost({ self }: Words, text: string): Steps<number> {
  yield* warn(self, unknownHostText(text));
  return 1;
}
