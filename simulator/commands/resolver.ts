// Names of hosts for commands (resolver(3), nsswitch.conf(5) with "files dns"): /etc/hosts first, then
// the name servers of /etc/resolv.conf, asked over UDP through this network: five seconds for each
// of two tries; an ICMP error ends a try at once, and no way to the server ends it before it begins.
// Not simulated: search domains, TCP, caches, the order of several addresses (gai.conf).

import type { Process } from "../process/process.ts";
import type { Steps } from "../process/wait.ts";
import { parseIp4, parseIp6 } from "../wire/address.ts";
import { DNS_TYPE, type DnsAnswer } from "../wire/dns.ts";
import { fileRows } from "./fileRows.ts";
import { askServers } from "./nameServers.ts";

/** What names may be looked up as: IPv4 alone, or both as getaddrinfo(3) does when it may choose. */
export type WantedFamilies = "inet" | "both";

/** The addresses of a name, IPv4 first, or the sentence of gai_strerror(3). */
export type LookedUp =
  | {
      readonly four: readonly number[];
      readonly six: readonly string[];
      /** What it is called first in /etc/hosts, or the name itself. */
      readonly canonical: string;
    }
  | { readonly problem: string };

const UNKNOWN = { problem: "Name or service not known" } as const;

/** Looks a name up. */
export function* lookUp(self: Process, name: string, wanted: WantedFamilies): Steps<LookedUp> {
  const four: number[] = [];
  const six: string[] = [];
  let canonical: string | undefined;
  for (const [text = "", ...names] of fileRows(self, "/etc/hosts")) {
    if (!names.includes(name)) continue;
    const address4 = parseIp4(text);
    const address6 = parseIp6(text);
    if (address4 !== undefined) four.push(address4);
    else if (address6 !== undefined && wanted === "both") six.push(address6);
    else continue;
    canonical ??= names[0];
  }
  if (canonical !== undefined) return { four, six, canonical };
  if (!isHostName(name) || (wanted === "inet" && /^\.*\d[\d.]*$/.test(name))) return UNKNOWN;
  const types = wanted === "inet" ? [DNS_TYPE.A] : [DNS_TYPE.A, DNS_TYPE.AAAA];
  const answers = yield* askServers(
    self,
    types.map((type) => ({ name: name.replace(/\.$/, ""), type })),
  );
  return readAnswers(name, answers);
}

function readAnswers(
  canonical: string,
  [first, second]: readonly (DnsAnswer | undefined)[],
): LookedUp {
  const address4 = first?.value === undefined ? undefined : parseIp4(first.value);
  const four = address4 === undefined ? [] : [address4];
  const six = second?.value === undefined ? [] : [second.value];
  if (four.length + six.length > 0) return { four, six, canonical };
  if (first === undefined) return { problem: "Temporary failure in name resolution" };
  return first.code === 3 ? UNKNOWN : { problem: "No address associated with hostname" };
}

/** Labels of letters, digits, "-" and "_" that do not open with "-", or bytes that IDN would encode. */
function isHostName(name: string): boolean {
  if (name === ".") return true;
  const labels = name.replace(/\.$/, "").split(".");
  return labels.every((label) => /^[\w\x80-\xff][-\w\x80-\xff]{0,62}$/.test(label));
}

/** The name of an IPv4 address (a number) or IPv6 address (hex digits), if anybody knows one. */
export function* nameOfAddress(self: Process, address: number | string): Steps<string | undefined> {
  for (const [text = "", name] of fileRows(self, "/etc/hosts")) {
    const here = typeof address === "number" ? parseIp4(text) : parseIp6(text);
    if (here === address && name !== undefined) return name;
  }
  const [answer] = yield* askServers(self, [{ name: reverseName(address), type: DNS_TYPE.PTR }]);
  return answer?.value;
}

function reverseName(address: number | string): string {
  if (typeof address === "string") return `${[...address].reverse().join(".")}.ip6.arpa`;
  const bytes = [address & 255, (address >>> 8) & 255, (address >>> 16) & 255, address >>> 24];
  return `${bytes.join(".")}.in-addr.arpa`;
}

/** The IPv4 address of a name, or undefined when nobody knows one. */
export function* addressOfName(self: Process, name: string): Steps<number | undefined> {
  const found = yield* lookUp(self, name, "inet");
  return "problem" in found ? undefined : found.four[0];
}

/** The network of a name in /etc/networks, or the other way round. */
export function networkNames(self: Process): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  for (const [name = "", text = ""] of fileRows(self, "/etc/networks")) {
    const address = parseIp4(text);
    if (address !== undefined) names.set(name, address);
  }
  return names;
}

/** Remembers what addresses are called, so that each is asked for once. */
export function nameCache(self: Process): (address: number | string) => Steps<string | undefined> {
  const names = new Map<number | string, string | undefined>();
  return function* named(address) {
    if (!names.has(address)) names.set(address, yield* nameOfAddress(self, address));
    return names.get(address);
  };
}
