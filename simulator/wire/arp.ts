// ARP for IPv4 over Ethernet (RFC 826): 28 bytes.
//
//    0          2          4      5      6      8            14          18           24
//   | hardware | protocol | hlen | plen | oper | sender MAC | sender IP | target MAC | target IP |
//
// Any bytes may be parsed; what is too short for the address lengths it claims, or has other address
// lengths than 6 and 4, is no ArpPacket.
// Not here: what the kernel does with one (net/ipv4/arp.ts).

import { get16, get32, getMac, put16, put32, putMac } from "./bytes.ts";

/** Length of an ARP packet for IPv4 over Ethernet. */
export const ARP_LENGTH = 28;

/** Operations that the kernel knows. */
export const ARP_OPERATION = { REQUEST: 1, REPLY: 2 } as const;

/** One packet; `hardware` 1 is Ethernet, `protocol` 0x0800 is IPv4. */
export type ArpPacket = {
  readonly hardware: number;
  readonly protocol: number;
  readonly operation: number;
  readonly senderMac: number;
  readonly senderIp: number;
  readonly targetMac: number;
  readonly targetIp: number;
};

/** The packet that starts at `at`, or undefined. */
export function parseArp(bytes: Uint8Array, at = 0): ArpPacket | undefined {
  if (bytes.length < at + ARP_LENGTH || bytes[at + 4] !== 6 || bytes[at + 5] !== 4)
    return undefined;
  return {
    hardware: get16(bytes, at),
    protocol: get16(bytes, at + 2),
    operation: get16(bytes, at + 6),
    senderMac: getMac(bytes, at + 8),
    senderIp: get32(bytes, at + 14),
    targetMac: getMac(bytes, at + 18),
    targetIp: get32(bytes, at + 24),
  };
}

/** Writes a packet into `bytes` at `at`; 28 bytes. */
export function putArp(bytes: Uint8Array, at: number, packet: ArpPacket): void {
  put16(bytes, at, packet.hardware);
  put16(bytes, at + 2, packet.protocol);
  bytes[at + 4] = 6;
  bytes[at + 5] = 4;
  put16(bytes, at + 6, packet.operation);
  putMac(bytes, at + 8, packet.senderMac);
  put32(bytes, at + 14, packet.senderIp);
  putMac(bytes, at + 18, packet.targetMac);
  put32(bytes, at + 24, packet.targetIp);
}
