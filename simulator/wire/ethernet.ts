// Ethernet II frames (IEEE 802.3 with a type field) and the 802.1Q tag. Frames carry no FCS and no
// padding, as on a veth.
//
//    0      6      12    14
//   | dst  | src  | type | payload …
//
// Not here: 802.2 LLC (stp.ts).

import { put16, putMac } from "./bytes.ts";

/** Length of an Ethernet header. */
export const ETHERNET_HEADER = 14;

/** EtherTypes that the kernel here knows. */
export const ETHERTYPE = {
  IP: 0x0800,
  ARP: 0x0806,
  VLAN: 0x8100,
  IPV6: 0x86dd,
  QINQ: 0x88a8,
} as const;

/** A frame of header and payload. */
export function ethernetFrame(
  header: { readonly destination: number; readonly source: number; readonly type: number },
  payload: Uint8Array,
): Uint8Array {
  const frame = new Uint8Array(ETHERNET_HEADER + payload.length);
  putMac(frame, 0, header.destination);
  putMac(frame, 6, header.source);
  put16(frame, 12, header.type);
  frame.set(payload, ETHERNET_HEADER);
  return frame;
}

/** The frame with an 802.1Q tag in its bytes, as it is on a wire without offload. */
export function taggedFrame(
  frame: Uint8Array,
  tag: { readonly vid: number; readonly pcp: number; readonly tpid?: number },
): Uint8Array {
  const tagged = new Uint8Array(frame.length + 4);
  tagged.set(frame.subarray(0, 12));
  put16(tagged, 12, tag.tpid ?? ETHERTYPE.VLAN);
  put16(tagged, 14, (tag.pcp << 13) | tag.vid);
  tagged.set(frame.subarray(12), 16);
  return tagged;
}
