// What a frame says, as far as reasons need it: ARP's question, an IPv4 packet's addresses, ICMP's kind
// (RFC 826, RFC 791, RFC 792).
// Not here: IPv6.

import { ip4Text } from "../../simulator/wire/address.ts";
import { get32 } from "../../simulator/wire/bytes.ts";
import type { Captured } from "../packets/captured.ts";
import { payloadOf } from "../packets/headers.ts";

/** An ARP message. */
export type Arp = { readonly asks: boolean; readonly sender: string; readonly target: string };

/** Addresses of an IPv4 packet. */
export type Ip = { readonly source: string; readonly destination: string };

export type Icmp =
  | { readonly kind: "request" | "reply" | "other" }
  | { readonly kind: "error"; readonly text: string };

const UNREACHABLE: Readonly<Record<number, string>> = {
  0: "Destination Net Unreachable",
  1: "Destination Host Unreachable",
  2: "Destination Protocol Unreachable",
  3: "Destination Port Unreachable",
  4: "Frag needed and DF set",
  13: "Packet filtered",
};

/** The ARP message in a frame. */
export function arpOf({ bytes }: Captured): Arp | undefined {
  const { type, at } = payloadOf(bytes);
  if (type !== 0x0806 || bytes.length < at + 28) return undefined;
  return { asks: bytes[at + 7] === 1, sender: ip4(bytes, at + 14), target: ip4(bytes, at + 24) };
}

/** The IPv4 packet in a frame. */
export function ipOf({ bytes }: Captured): Ip | undefined {
  const { type, at } = payloadOf(bytes);
  if (type !== 0x0800 || bytes.length < at + 20) return undefined;
  return { source: ip4(bytes, at + 12), destination: ip4(bytes, at + 16) };
}

/** The ICMP message in a frame. */
export function icmpOf(frame: Captured): Icmp | undefined {
  const { bytes } = frame;
  const { at } = payloadOf(bytes);
  if (ipOf(frame) === undefined || bytes[at + 9] !== 1) return undefined;
  const message = at + ((bytes[at] ?? 0) & 15) * 4;
  const code = bytes[message + 1] ?? 0;
  switch (bytes[message]) {
    case 8:
      return { kind: "request" };
    case 0:
      return { kind: "reply" };
    case 3:
      return { kind: "error", text: UNREACHABLE[code] ?? `Dest Unreachable, code ${code}` };
    case 11:
      return { kind: "error", text: "Time to live exceeded" };
    default:
      return { kind: "other" };
  }
}

function ip4(bytes: Uint8Array, at: number): string {
  return ip4Text(get32(bytes, at));
}
