// Names of what stands in packets: hosts by /etc/hosts and name servers, ports by /etc/services,
// protocols and EtherTypes by tcpdump's own tables.
// Policy: printers cannot wait. A host that nobody has looked up yet is noted in `wanted` and printed
// as its number; the caller looks it up and prints the packet once more.
// Not simulated: /etc/ethers, names of organisations in MAC addresses beyond a few.

import { ip4Text, ip6Text, macText } from "../../../wire/address.ts";

/** Names for one run of tcpdump. */
export type Names = {
  /** -n: none of hosts and ports. */
  readonly numeric: boolean;
  /** Names of IPv4 (number) and IPv6 (hex digits) addresses; `undefined` as a value: it has none. */
  readonly hosts: Map<number | string, string | undefined>;
  /** Addresses that were printed without having been looked up. */
  readonly wanted: Set<number | string>;
  /** Names of ports, by "tcp" and "udp". */
  readonly ports: ReadonlyMap<string, string>;
};

/** An IPv4 address or its host's name. */
export function host4(names: Names, address: number): string {
  return nameOf(names, address) ?? ip4Text(address);
}

/** An IPv6 address or its host's name. */
export function host6(names: Names, address: string): string {
  return nameOf(names, address) ?? plain6(address);
}

/** An IPv6 address as inet_ntop(3) writes it. */
export function plain6(address: string): string {
  // Addresses of which only the last 32 bits are set are written with a dotted end.
  if (/^0{24}(?!0{4})/.test(address)) return `::${ip4Text(Number.parseInt(address.slice(24), 16))}`;
  return ip6Text(address);
}

function nameOf(names: Names, address: number | string): string | undefined {
  if (names.numeric) return undefined;
  if (!names.hosts.has(address)) names.wanted.add(address);
  return names.hosts.get(address);
}

/** A port or its service. */
export function portText(names: Names, protocol: "tcp" | "udp", port: number): string {
  return (names.numeric ? undefined : names.ports.get(`${port}/${protocol}`)) ?? String(port);
}

/** A MAC address, with the organisation behind it unless -n was given. */
export function etherText(names: Names, mac: number): string {
  if (names.numeric) return macText(mac);
  if (mac === 0xffffffffffff) return "Broadcast";
  const organisation = ORGANISATIONS[Math.floor(mac / 0x1000000)] ?? "Unknown";
  return `${macText(mac)} (oui ${organisation})`;
}

const ORGANISATIONS: Readonly<Record<number, string>> = {
  0: "Ethernet",
  12: "Cisco",
  94: "IANA",
  129: "Nortel Networks SONMP",
  248: "Cisco bridged",
  1183: "Freescale",
  1258: "HP-Labs",
  6945: "DCBX",
  524295: "Appletalk",
  524297: "Hewlett-Packard",
};
