// Which links and addresses `ip link show`, `ip addr show` and `ip addr flush` are about: the words
// dev, up, scope, to, label, master, type and the flags of addresses; and whether one fits.
// Not simulated: vrf devices; each name of one is refused as iproute2 refuses what is none.

import { devicesInOrder } from "../../net/core/devChange.ts";
import type { NetDevice } from "../../net/core/netDevice.ts";
import type { Net } from "../../net/core/netNamespace.ts";
import { numberLinkNet } from "../../net/core/notifier.ts";
import type { Ifaddr4 } from "../../net/ipv4/inDevice.ts";
import type { Ifaddr6 } from "../../net/ipv6/inet6Device.ts";
import {
  type Failure,
  type Family,
  garbageArgument,
  INCOMPLETE,
  matches,
  wrongArgument,
} from "./options.ts";
import { contains, isFailure, type Prefix, readPrefix } from "./prefix.ts";
import { unsigned } from "./words.ts";

/** An address of either family. */
export type AnyAddress = Ifaddr4 | Ifaddr6;

/** What was asked for; absent means anything. */
export type Selection = {
  family: Family;
  device?: string;
  up?: boolean;
  group?: number;
  master?: NetDevice;
  nomaster?: boolean;
  kind?: string;
  scope?: number;
  prefix?: Prefix;
  label?: string;
  /** Flags of addresses that must, or must not, be set. */
  readonly flags: Map<string, boolean>;
};

/** Flags in the order in which iproute2 prints them. */
export const ADDRESS_FLAGS = [
  "secondary",
  "nodad",
  "optimistic",
  "dadfailed",
  "home",
  "deprecated",
  "tentative",
  "permanent",
  "mngtmpaddr",
  "noprefixroute",
  "autojoin",
  "stable-privacy",
] as const;

/** Scopes by the names of /etc/iproute2/rt_scopes. */
const SCOPES: Readonly<Record<string, number>> = {
  global: 0,
  nowhere: 255,
  host: 254,
  link: 253,
  site: 200,
};

/** The number of a scope's name or digits, or undefined. */
export function scopeOf(word: string): number | undefined {
  return SCOPES[word] ?? unsigned(word, 255);
}

/** A scope as iproute2 prints it. */
export function scopeName(scope: number, numeric = false): string {
  if (numeric) return String(scope);
  return Object.keys(SCOPES).find((name) => SCOPES[name] === scope) ?? String(scope);
}

/** Reads the words after show or flush; "help" asks for the usage. */
export function readSelection(
  net: Net,
  words: readonly string[],
  family: Family,
): Selection | Failure | "help" {
  const selection: Selection = { family, flags: new Map() };
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const flag = readFlag(word);
    if (word === "up") selection.up = true;
    else if (word === "nomaster") selection.nomaster = true;
    else if (flag !== undefined) selection.flags.set(flag.name, flag.wanted);
    else if (WITH_VALUE.has(word)) {
      at += 1;
      const value = words[at];
      if (value === undefined) return INCOMPLETE;
      const failure = readValue(net, selection, word, value);
      if (failure !== undefined) return failure;
    } else {
      if (word !== "dev" && matches(word, "help")) return "help";
      if (word === "dev") at += 1;
      const name = words[at];
      if (name === undefined) return INCOMPLETE;
      if (selection.device !== undefined) return garbageArgument("dev", name);
      selection.device = name;
    }
  }
  return selection;
}

const WITH_VALUE: ReadonlySet<string> = new Set([
  "to",
  "scope",
  "label",
  "group",
  "master",
  "vrf",
  "type",
]);

function readFlag(word: string): { name: string; wanted: boolean } | undefined {
  const wanted = !word.startsWith("-");
  const name = wanted ? word : word.slice(1);
  if (name === "dynamic") return { name: "permanent", wanted: !wanted };
  if (name === "primary") return { name: "secondary", wanted: !wanted };
  if (name === "temporary") return { name: "secondary", wanted };
  return ADDRESS_FLAGS.some((flag) => flag === name) ? { name, wanted } : undefined;
}

function readValue(
  net: Net,
  selection: Selection,
  word: string,
  value: string,
): Failure | undefined {
  switch (word) {
    case "to": {
      const prefix = readPrefix(value, selection.family);
      if (isFailure(prefix)) return prefix;
      selection.prefix = prefix;
      if (selection.family === "unspec") selection.family = prefix.family;
      return undefined;
    }
    case "scope": {
      if (value === "all") return undefined;
      const scope = scopeOf(value);
      if (scope === undefined) return wrongArgument('invalid "scope"\n', value);
      selection.scope = scope;
      return undefined;
    }
    case "label":
      selection.label = value;
      return undefined;
    case "group": {
      const group = groupOf(value);
      if (group === undefined) return wrongArgument('Invalid "group" value\n', value);
      selection.group = group;
      return undefined;
    }
    case "master": {
      const master = findDevice(net, value);
      if (master === undefined) return wrongArgument("Device does not exist\n", value);
      selection.master = master;
      return undefined;
    }
    case "type":
      selection.kind = value;
      return undefined;
    default:
      return wrongArgument("Not a valid VRF name\n", value);
  }
}

/** A device group: "default" or a number that fits in an int. */
export function groupOf(word: string): number | undefined {
  if (word === "default") return 0;
  // strtol(3) into an int, of which a negative one is none.
  const group = /^[0-9]{1,15}$/.test(word) ? Number(word) | 0 : unsigned(word, 0x7fffffff);
  return group === undefined || group < 0 ? undefined : group;
}

/** The device of a name, an alternative name, or "if" with its index, as the kernel tells of it. */
export function findDevice(net: Net, name: string): NetDevice | undefined {
  const dev = deviceOf(net, name);
  if (dev !== undefined) numberLinkNet(dev);
  return dev;
}

/** Asks the kernel for all devices before anything else is done. */
export function readLinkMap(net: Net): void {
  for (const dev of devicesInOrder(net)) numberLinkNet(dev);
}

function deviceOf(net: Net, name: string): NetDevice | undefined {
  const byName = net.byName.get(name);
  if (byName !== undefined) return byName;
  const index = /^if([0-9]+)$/.exec(name)?.[1];
  return index === undefined ? undefined : net.devices.get(Number(index));
}

/** True when the kernel itself leaves the link out of its answer: type and master. */
export function kernelLeavesOut(selection: Selection, dev: NetDevice): boolean {
  const { master, kind } = selection;
  if (master !== undefined && dev.master !== master) return true;
  if (selection.nomaster === true && dev.master !== undefined) return true;
  if (kind === undefined) return false;
  if (kind.endsWith("_slave")) return `${dev.master?.driver.type ?? ""}_slave` !== kind;
  return KINDS.has(kind) && dev.driver.type !== kind;
}

/** Kinds that the kernel can filter by: those whose driver is there. */
const KINDS: ReadonlySet<string> = new Set(["veth", "bridge", "vlan", "dummy", "macvlan"]);

/** True when iproute2 shows the link of the kernel's answer. */
export function showsLink(selection: Selection, dev: NetDevice): boolean {
  if (selection.up === true && (dev.flags & 1) === 0) return false;
  if (selection.group !== undefined && dev.group !== selection.group) return false;
  const { kind } = selection;
  if (kind !== undefined && !kind.endsWith("_slave") && dev.driver.type !== kind) return false;
  return true;
}

/** True for an address of IPv6. */
export function isInet6(address: AnyAddress): address is Ifaddr6 {
  return typeof address.local === "string";
}

/** The addresses of a device that a family names: IPv4's first. */
export function addressesOf(dev: NetDevice, family: Family): readonly AnyAddress[] {
  const inet = family === "unspec" || family === "inet" ? (dev.ip4?.addresses ?? []) : [];
  const inet6 = family === "unspec" || family === "inet6" ? (dev.ip6?.addresses ?? []) : [];
  return [...inet, ...inet6];
}

/** True when an address has a flag of iproute2's. */
export function hasFlag(address: AnyAddress, flag: string): boolean {
  if (isInet6(address)) {
    const name = flag === "secondary" ? "temporary" : flag;
    return [...address.flags].some((one) => one === name);
  }
  if (flag === "secondary") return address.secondary;
  if (flag === "permanent") return address.validLifetime === undefined;
  if (flag === "noprefixroute") return address.noprefixroute;
  return flag === "deprecated" && address.deprecated;
}

/** True when an address is among those asked for. */
export function showsAddress(selection: Selection, address: AnyAddress): boolean {
  if (selection.scope !== undefined && address.scope !== selection.scope) return false;
  for (const [flag, wanted] of selection.flags) if (hasFlag(address, flag) !== wanted) return false;
  if (selection.prefix !== undefined && !contains(selection.prefix, address.local)) return false;
  if (selection.label === undefined) return true;
  const label = isInet6(address) ? address.dev.name : address.label;
  return fitsPattern(selection.label, label);
}

/** A pattern of fnmatch(3): * ? and [abc]. Two stars cost no more than one. */
export function fitsPattern(pattern: string, text: string): boolean {
  let source = "";
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] ?? "";
    const end = pattern.indexOf("]", at + 2);
    if (character === "*") {
      if (pattern[at - 1] !== "*") source += ".*";
    } else if (character === "?") source += ".";
    else if (character === "[" && end > at) {
      const inner = pattern.slice(at + 1, end).replace(/[\\\]^]/g, "\\$&");
      source += `[${inner.replace(/^!|^\\\^/, "^")}]`;
      at = end;
    } else source += character.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  }
  try {
    return new RegExp(`^${source}$`, "s").test(text);
  } catch {
    return false;
  }
}
