// IPv6 headers (RFC 8200), extension headers and what addresses mean on a link (RFC 2464, 4291).
//
//    0                  4        6      7     8        24            40
//   | ver class label | length | next | hops | source | destination | extension headers … payload
//
// Addresses are strings of 32 lower-case hex digits.
// Two ways in: `parseIpv6` and `transportOf` for who wants values, and accessors for the kernel.
// Not here: what extension headers do (net/ipv6/ip6Input.ts).

import { get16, get32, getIp6, put16, put32, putIp6, sum16 } from "./bytes.ts";

/** Length of the fixed header. */
export const IPV6_HEADER = 40;

/** Least MTU of a link that carries IPv6. */
export const IPV6_MIN_MTU = 1280;

/** Values of "next header". */
export const NEXT = {
  HOP_BY_HOP: 0,
  TCP: 6,
  UDP: 17,
  ROUTING: 43,
  FRAGMENT: 44,
  ICMPV6: 58,
  NONE: 59,
  DESTINATION_OPTIONS: 60,
} as const;

/** Addresses with names. */
export const IN6 = {
  ANY: "0".repeat(32),
  LOOPBACK: `${"0".repeat(31)}1`,
  INTERFACE_ALL_NODES: `ff01${"0".repeat(27)}1`,
  ALL_NODES: `ff02${"0".repeat(27)}1`,
  INTERFACE_ALL_ROUTERS: `ff01${"0".repeat(27)}2`,
  ALL_ROUTERS: `ff02${"0".repeat(27)}2`,
  SITE_ALL_ROUTERS: `ff05${"0".repeat(27)}2`,
  MLD2_ROUTERS: `ff02${"0".repeat(26)}16`,
} as const;

/** The fixed header. */
export type Ipv6Header = {
  readonly trafficClass: number;
  readonly flowLabel: number;
  readonly payloadLength: number;
  readonly nextHeader: number;
  readonly hopLimit: number;
  readonly source: string;
  readonly destination: string;
};

/** The header at `at`, or undefined when it is cut short or no version 6. */
export function parseIpv6(bytes: Uint8Array, at = 0): Ipv6Header | undefined {
  if (bytes.length < at + IPV6_HEADER || (bytes[at] ?? 0) >> 4 !== 6) return undefined;
  const first = get32(bytes, at);
  return {
    trafficClass: (first >>> 20) & 255,
    flowLabel: first & 0xfffff,
    payloadLength: get16(bytes, at + 4),
    nextHeader: bytes[at + 6] ?? 0,
    hopLimit: bytes[at + 7] ?? 0,
    source: getIp6(bytes, at + 8),
    destination: getIp6(bytes, at + 24),
  };
}

/** What a sender chooses. */
export type Ipv6Fields = Omit<Ipv6Header, "trafficClass" | "flowLabel"> &
  Partial<Pick<Ipv6Header, "trafficClass" | "flowLabel">>;

/** Writes a header into `bytes` at `at`. */
export function putIpv6(bytes: Uint8Array, at: number, fields: Ipv6Fields): void {
  const flow = (fields.trafficClass ?? 0) * 0x100000 + (fields.flowLabel ?? 0);
  put32(bytes, at, 0x60000000 + flow);
  put16(bytes, at + 4, fields.payloadLength);
  bytes[at + 6] = fields.nextHeader;
  bytes[at + 7] = fields.hopLimit;
  putIp6(bytes, at + 8, fields.source);
  putIp6(bytes, at + 24, fields.destination);
}

/** A packet of header and payload. */
export function ipv6Packet(
  fields: Omit<Ipv6Fields, "payloadLength">,
  payload: Uint8Array,
): Uint8Array {
  const packet = new Uint8Array(IPV6_HEADER + payload.length);
  putIpv6(packet, 0, { ...fields, payloadLength: payload.length });
  packet.set(payload, IPV6_HEADER);
  return packet;
}

/** Where the fragment header of a packet stands and what it says. */
export type Fragment6 = {
  readonly at: number;
  readonly offset: number;
  readonly more: boolean;
  readonly id: number;
};

/** What follows the extension headers: protocol and place, and where an option was seen. */
export type Transport6 = {
  readonly protocol: number;
  readonly at: number;
  /** Where the "next header" byte that named the protocol stands. */
  readonly pointer: number;
  readonly routerAlert: number | undefined;
  readonly fragment: Fragment6 | undefined;
  /** False when the bytes end before the headers do. */
  readonly complete: boolean;
};

/** Walks the extension headers of the packet at `at`. */
export function transportOf(bytes: Uint8Array, at: number): Transport6 {
  let protocol = bytes[at + 6] ?? 0;
  let pointer = at + 6;
  let place = at + IPV6_HEADER;
  let routerAlert: number | undefined;
  let fragment: Fragment6 | undefined;
  while (isExtension(protocol)) {
    if (place + 8 > bytes.length) break;
    const word = get16(bytes, place + 2);
    const isFragment = protocol === NEXT.FRAGMENT;
    const length = isFragment ? 8 : ((bytes[place + 1] ?? 0) + 1) * 8;
    if (isFragment) {
      const id = get32(bytes, place + 4);
      fragment = { at: place, offset: word & 0xfff8, more: (word & 1) !== 0, id };
    }
    if (protocol === NEXT.HOP_BY_HOP) routerAlert = alertIn(bytes, place + 2, place + length);
    pointer = place;
    protocol = bytes[place] ?? 0;
    place += length;
    if (fragment !== undefined && fragment.offset > 0) break;
  }
  const complete = place <= bytes.length && !(isExtension(protocol) && fragment === undefined);
  return { protocol, at: place, pointer, routerAlert, fragment, complete };
}

function isExtension(protocol: number): boolean {
  return (
    protocol === NEXT.HOP_BY_HOP ||
    protocol === NEXT.ROUTING ||
    protocol === NEXT.FRAGMENT ||
    protocol === NEXT.DESTINATION_OPTIONS
  );
}

/** Value of a router alert option (RFC 2711) among options. */
function alertIn(bytes: Uint8Array, from: number, to: number): number | undefined {
  let at = from;
  while (at < to) {
    const type = bytes[at] ?? 0;
    if (type === 5) return get16(bytes, at + 2);
    at += type === 0 ? 1 : 2 + (bytes[at + 1] ?? 0);
  }
  return undefined;
}

/** The sum of the pseudo header for a transport of `length` bytes in the packet at `at`, not folded. */
export function pseudoSum6(
  bytes: Uint8Array,
  at: number,
  protocol: number,
  length: number,
): number {
  return sum16(bytes, at + 8, at + IPV6_HEADER, protocol + (length >>> 16) + (length & 0xffff));
}

/** True for ff00::/8. */
export function isMulticast6(address: string): boolean {
  return address.charCodeAt(0) === 102 && address.charCodeAt(1) === 102;
}

/** True for fe80::/10. */
export function isLinkLocal6(address: string): boolean {
  return address.startsWith("fe") && "89ab".includes(address.charAt(2));
}

/** The first `length` bits of an address, the rest zeros. */
export function prefix6(address: string, length: number): string {
  if (length >= 128) return address;
  const whole = length >> 2;
  const bits = length & 3;
  let text = address.slice(0, whole);
  if (bits > 0) {
    const digit = Number.parseInt(address.charAt(whole), 16);
    text += (digit & (0xf << (4 - bits)) & 0xf).toString(16);
  }
  return text.padEnd(32, "0");
}

/** How many leading bits two addresses share (ipv6_addr_diff). */
export function commonBits6(a: string, b: string): number {
  for (let index = 0; index < 32; index++) {
    if (a.charCodeAt(index) === b.charCodeAt(index)) continue;
    const difference = Number.parseInt(a.charAt(index), 16) ^ Number.parseInt(b.charAt(index), 16);
    return index * 4 + Math.clz32(difference) - 28;
  }
  return 128;
}

/** The group that neighbours of an address ask in: ff02::1:ffXX:XXXX. */
export function solicitedNode(address: string): string {
  return `ff0200000000000000000001ff${address.slice(26)}`;
}

/** The MAC address of a group: 33:33 and its last 32 bits. */
export function groupMac6(address: string): number {
  return 0x333300000000 + Number.parseInt(address.slice(24), 16);
}

/** The modified EUI-64 of a MAC as 16 hex digits. */
export function eui64(mac: number): string {
  const hex = mac.toString(16).padStart(12, "0");
  const first = (Number.parseInt(hex.slice(0, 2), 16) ^ 2).toString(16).padStart(2, "0");
  return `${first}${hex.slice(2, 6)}fffe${hex.slice(6)}`;
}
