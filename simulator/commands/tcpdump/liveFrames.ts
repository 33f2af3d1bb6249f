// Frames of a live capture as libpcap hands them over: the tag put back into the bytes, and on "any"
// a cooked header of version 2 in place of the Ethernet one (pcap-linktype(7), LINUX_SLL2).
// Not here: printing, filters.

import type { PacketType } from "../../net/core/skbuff.ts";
import type { CapturedFrame } from "../../net/packet/afPacket.ts";
import { put16, put32 } from "../../wire/bytes.ts";
import { ETHERNET_HEADER, taggedFrame } from "../../wire/ethernet.ts";
import type { FrameView } from "./frameView.ts";

const KINDS: Partial<Record<PacketType, number>> = {
  host: 0,
  broadcast: 1,
  multicast: 2,
  otherhost: 3,
  outgoing: 4,
};
const ARPHRD = { ETHER: 1, LOOPBACK: 772 };
const COOKED = 20;
const TAG = 0x8100;

/** The bytes of a frame. */
export function liveBytes(captured: CapturedFrame, cooked: boolean): Uint8Array {
  const { frame, vlan } = captured;
  if (!cooked) return vlan === undefined ? frame : taggedFrame(frame, vlan);
  return cookedBytes(captured, vlan !== undefined);
}

/** The frame as a filter sees it: the tag beside the bytes, as the kernel keeps it. */
export function liveView(captured: CapturedFrame, cooked: boolean): FrameView {
  const bytes = cooked ? cookedBytes(captured, false) : captured.frame;
  return {
    bytes,
    length: bytes.length + (captured.vlan === undefined ? 0 : 4),
    link: cooked ? COOKED : ETHERNET_HEADER,
    tag: captured.vlan,
    packetType: captured.packetType,
  };
}

function cookedBytes(
  { frame, vlan, protocol, packetType, dev }: CapturedFrame,
  withTag: boolean,
): Uint8Array {
  const tag = withTag && vlan !== undefined ? 4 : 0;
  const bytes = new Uint8Array(COOKED + tag + frame.length - ETHERNET_HEADER);
  put16(bytes, 0, tag > 0 ? TAG : protocol);
  put32(bytes, 4, dev.ifindex);
  put16(bytes, 8, dev === dev.net.loopback ? ARPHRD.LOOPBACK : ARPHRD.ETHER);
  bytes[10] = KINDS[packetType] ?? 0;
  bytes[11] = 6;
  bytes.set(frame.subarray(6, 12), 12);
  if (tag > 0 && vlan !== undefined) {
    put16(bytes, COOKED, (vlan.pcp << 13) | vlan.vid);
    put16(bytes, COOKED + 2, protocol);
  }
  bytes.set(frame.subarray(ETHERNET_HEADER), COOKED + tag);
  return bytes;
}
