// Whom does a word of the command line name? Numbers in all spellings of inet_aton(3), IPv6 addresses
// with a device, and names; which of a name's addresses comes first.
// Not here: how names are looked up (resolver.ts).

import type { NetDevice } from "../../net/core/netDevice.ts";
import { openUdpSocket } from "../../net/ipv4/udp.ts";
import { routeOutput6 } from "../../net/ipv6/route6.ts";
import { scope6 } from "../../net/ipv6/sourceAddress6.ts";
import type { Process } from "../../process/process.ts";
import type { Steps } from "../../process/wait.ts";
import { parseIp6 } from "../../wire/address.ts";
import { lookUp, type WantedFamilies } from "../resolver.ts";

/** An address of either family. */
export type Found =
  | {
      readonly family: "inet";
      readonly address: number;
      readonly numeric: boolean;
      readonly name: string;
      /** What getaddrinfo(3) calls it, if that is not the name. */
      readonly canonical?: string;
    }
  | {
      readonly family: "inet6";
      readonly address: string;
      readonly scope: NetDevice | undefined;
      readonly numeric: boolean;
      readonly name: string;
      /** What getaddrinfo(3) calls it, if that is not the name. */
      readonly canonical?: string;
    };

/** The address of a word, or the resolver's text; names are looked up as `wanted` says. */
export function* findTarget(
  self: Process,
  word: string,
  family: "inet" | "inet6" | undefined,
  wanted: WantedFamilies = "both",
): Steps<Found | { readonly problem: string }> {
  const four = parseLoose4(word);
  if (four !== undefined) {
    if (family === "inet6") return { problem: "Address family for hostname not supported" };
    return { family: "inet", address: four, numeric: true, name: word };
  }
  const [text = "", device] = word.split("%");
  const six = parseIp6(text);
  if (six !== undefined) {
    if (family === "inet") return { problem: "Address family for hostname not supported" };
    const scope = device === undefined ? undefined : self.net.byName.get(device);
    if (device !== undefined && scope === undefined)
      return { problem: "Name or service not known" };
    return { family: "inet6", address: six, scope, numeric: true, name: word };
  }
  const found = yield* lookUp(self, word, wanted);
  if ("problem" in found) return found;
  const canonical = found.canonical;
  const [address4] = family === "inet6" ? [] : found.four;
  const [address6] = family === "inet" ? [] : found.six;
  if (address6 !== undefined && (address4 === undefined || prefers6(self, address6, address4))) {
    // ping calls an IPv6 target as the reader does, an IPv4 target by its first name.
    const target = { family: "inet6", address: address6, scope: undefined } as const;
    return { ...target, numeric: false, name: word, canonical };
  }
  if (address4 !== undefined) {
    return { family: "inet", address: address4, numeric: false, name: canonical, canonical };
  }
  return { problem: "Address family for hostname not supported" };
}

/**
 * Does a name's IPv6 address come before its IPv4 address? One that can be reached comes first, then
 * one whose source is of the same scope and label, then IPv6 (gai.conf(5), RFC 3484).
 */
export function prefers6(self: Process, six: string, four: number): boolean {
  const route = routeOutput6(self.net, { destination: six });
  const reachable = !("errno" in route);
  if (reachable !== isReachable4(self, four)) return reachable;
  if (!reachable) return true;
  return scope6(six) === scope6(route.source) && labelOf(six) === labelOf(route.source);
}

function isReachable4(self: Process, address: number): boolean {
  const probe = openUdpSocket(self.net, {});
  const errno = probe.connect(address, 1025);
  probe.close();
  return errno === undefined;
}

/** Prefixes of addresses by glibc's label, as hex digits. */
const LABELS: readonly (readonly [prefix: string, label: number])[] = [
  ["00000000000000000000000000000001", 0],
  ["00000000000000000000ffff", 4],
  ["000000000000000000000000", 3],
  ["2002", 2],
  ["20010000", 7],
  ["fc", 6],
  ["fd", 6],
];

function labelOf(address: string): number {
  return LABELS.find(([prefix]) => address.startsWith(prefix))?.[1] ?? 1;
}

/** As inet_aton(3): one to four numbers, decimal, octal or hexadecimal. */
export function parseLoose4(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length > 4 || !parts.every((part) => /^(0x[0-9a-f]+|\d+)$/i.test(part)))
    return undefined;
  const numbers = parts.map((part) =>
    /^0\d/.test(part) ? Number.parseInt(part, 8) : Number(part),
  );
  const last = numbers.pop() ?? 0;
  if (numbers.some((number) => number > 255) || last >= 256 ** (4 - numbers.length))
    return undefined;
  return numbers.reduce((sum, number, at) => sum + number * 256 ** (3 - at), last);
}
