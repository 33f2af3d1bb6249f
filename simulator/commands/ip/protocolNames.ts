// Names of who made a route, a rule or a neighbour (rtm_protocol), as /etc/iproute2/rt_protos of
// Debian 12 has them.
// Not here: names that an administrator adds.

import { unsigned } from "./words.ts";

const NAMES: Readonly<Record<number, string>> = {
  0: "unspec",
  1: "redirect",
  2: "kernel",
  3: "boot",
  4: "static",
  8: "gated",
  9: "ra",
  10: "mrt",
  11: "zebra",
  12: "bird",
  13: "dnrouted",
  14: "xorp",
  15: "ntk",
  16: "dhcp",
  18: "keepalived",
  42: "babel",
  99: "openr",
  186: "bgp",
  187: "isis",
  188: "ospf",
  189: "rip",
  192: "eigrp",
};

/** How a protocol is printed: its name if it has one and -N was not given. */
export function protocolName(protocol: number, numeric = false): string {
  return (numeric ? undefined : NAMES[protocol]) ?? String(protocol);
}

/** The number of a protocol's name or digits, or undefined. */
export function protocolOf(word: string): number | undefined {
  const named = Object.keys(NAMES).find((key) => NAMES[Number(key)] === word);
  return named === undefined ? unsigned(word, 255) : Number(named);
}
