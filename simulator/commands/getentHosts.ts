// Hosts as getent looks them up: gethostbyname(3) and gethostbyaddr(3) for "hosts", getaddrinfo(3) for
// "ahosts" and its kin, which leaves out families that no device has an address of.
// Not here: other databases (getent.ts). Not simulated: several addresses from name servers.

import type { Process } from "../process/process.ts";
import type { Steps } from "../process/wait.ts";
import { ip4Text, ip6Text, parseIp4, parseIp6 } from "../wire/address.ts";
import { fileRows } from "./fileRows.ts";
import { parseLoose4, prefers6 } from "./ping/target.ts";
import { lookUp, nameOfAddress } from "./resolver.ts";

const ONE = "00000000000000000000000000000001";

/** Where to look. */
export type HostSources = { readonly filesOnly: boolean; readonly allFamilies: boolean };

function hostLine(address: string, names: readonly string[]): string {
  return `${address.padEnd(15)} ${names.join(" ")}\n`;
}

/** Every host of /etc/hosts, as IPv4 shows them. */
export function allHosts(self: Process): string {
  return fileRows(self, "/etc/hosts")
    .map(([text = "", ...names]) => {
      const four = parseIp4(text) ?? (parseIp6(text) === ONE ? 0x7f000001 : undefined);
      return four === undefined ? "" : hostLine(ip4Text(four), names);
    })
    .join("");
}

/** The lines of a name or address; empty when nobody knows it. */
export function* hostLines(self: Process, key: string, sources: HostSources): Steps<string> {
  const rows = fileRows(self, "/etc/hosts");
  const address = parseIp4(key) ?? parseIp6(key);
  if (address !== undefined) {
    const row = rows.find(([text = ""]) => (parseIp4(text) ?? parseIp6(text)) === address);
    const text = typeof address === "number" ? ip4Text(address) : ip6Text(address);
    if (row !== undefined) return hostLine(text, row.slice(1));
    const name = sources.filesOnly ? undefined : yield* nameOfAddress(self, address);
    return name === undefined ? "" : hostLine(text, [name]);
  }
  const named = rows.filter(([, ...names]) => names.includes(key));
  for (const parse of [parseIp6, parseIp4]) {
    const fitting = named.filter(([text = ""]) => parse(text) !== undefined);
    const names = [...new Set(fitting.flatMap(([, ...all]) => all))];
    if (fitting.length > 0) return fitting.map(([text = ""]) => hostLine(text, names)).join("");
  }
  if (sources.filesOnly) return "";
  const found = yield* lookUp(self, key, "both");
  if ("problem" in found) return "";
  const texts = found.six.length > 0 ? found.six.map(ip6Text) : found.four.map(ip4Text);
  return texts.map((text) => hostLine(text, [found.canonical])).join("");
}

/** Which families have an address beside the loopback's. */
function seenFamilies({ net }: Process): { four: boolean; six: boolean } {
  let four = false;
  let six = false;
  for (const { ip4, ip6 } of net.devices.values()) {
    four ||= ip4?.addresses.some(({ local }) => local >>> 24 !== 127) ?? false;
    six ||= ip6?.addresses.some(({ local }) => local !== ONE) ?? false;
  }
  return { four, six };
}

/** The lines of "ahosts", "ahostsv4" or "ahostsv6". */
export function* addressLines(
  self: Process,
  key: string,
  wanted: "inet" | "inet6" | undefined,
  sources: HostSources,
): Steps<string> {
  const seen = sources.allFamilies ? { four: true, six: true } : seenFamilies(self);
  let family = wanted;
  if (family === undefined && seen.four !== seen.six) family = seen.four ? "inet" : "inet6";
  if (family === "inet" && !seen.four) return "";
  if (family === "inet6" && !seen.six) return "";
  const addresses = yield* addressesOf(self, key, sources);
  const { six, canonical } = addresses;
  // Who asks for IPv4 alone gets 127.0.0.1 for the line of ::1 too.
  const loopbacks = family === "inet" && addresses.named ? six.filter((one) => one === ONE) : [];
  const four = [...addresses.four, ...loopbacks.map(() => 0x7f000001)];
  const mapped = wanted === "inet6" && six.length === 0;
  const texts4 = family === "inet6" && !mapped ? [] : four.map(ip4Text);
  const texts6 = family === "inet" ? [] : six;
  const [first6] = six;
  const [first4] = four;
  const before = first6 === undefined || first4 === undefined || prefers6(self, first6, first4);
  const shown6 = texts6.map(ip6Text);
  const shown4 = mapped ? texts4.map((text) => `::ffff:${text}`) : texts4;
  const all = before ? [...shown6, ...shown4] : [...shown4, ...shown6];
  return all
    .map((text, index) => {
      const { scope } = addresses;
      const start = `${`${text}${scope}`.padEnd(15 - scope.length)} `;
      const name = index === 0 ? canonical : "";
      return `${start}STREAM ${name}\n${start}DGRAM  \n${start}RAW    \n`;
    })
    .join("");
}

type Addresses = {
  readonly four: readonly number[];
  readonly six: readonly string[];
  readonly canonical: string;
  /** "%1" behind a link-local address. */
  readonly scope: string;
  /** It was a name, not an address. */
  readonly named: boolean;
};

function* addressesOf(self: Process, key: string, sources: HostSources): Steps<Addresses> {
  const base = { four: [], six: [], canonical: key, scope: "", named: false };
  const address4 = parseLoose4(key);
  if (address4 !== undefined) return { ...base, four: [address4] };
  const [text = "", device] = key.split("%");
  const address6 = parseIp6(text);
  if (address6 !== undefined) {
    const index = device === undefined ? undefined : self.net.byName.get(device)?.ifindex;
    if (device !== undefined && index === undefined) return base;
    return { ...base, six: [address6], scope: index === undefined ? "" : `%${index}` };
  }
  const known = fileRows(self, "/etc/hosts").some(([, ...names]) => names.includes(key));
  if (key === "" || (sources.filesOnly && !known)) return base;
  const found = yield* lookUp(self, key, "both");
  return "problem" in found ? base : { ...base, ...found, named: true };
}
