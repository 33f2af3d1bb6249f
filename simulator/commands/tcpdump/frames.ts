// Frames of a live capture as libpcap hands them over (pcap-linktype(7)): the tag put back into the
// bytes; on "any" a cooked header in place of the Ethernet one. Version 2 of it has no room for tags.
// Not here: printing, filters.

import type { PacketType } from "../../net/core/skbuff.ts";
import type { CapturedFrame } from "../../net/packet/afPacket.ts";
import { get16, put16, put32 } from "../../wire/bytes.ts";
import { ETHERNET_HEADER, ETHERTYPE, taggedFrame } from "../../wire/ethernet.ts";
import type { FilterPacket } from "./filter/tests.ts";
import type { LinkType } from "./print/packet.ts";

const KINDS: Readonly<Record<PacketType, number>> = {
  host: 0,
  broadcast: 1,
  multicast: 2,
  otherhost: 3,
  outgoing: 4,
  loopback: 5,
};

const ARPHRD = { ETHER: 1, LOOPBACK: 772 };

/** The bytes of a frame for a link type. */
export function frameBytes(captured: CapturedFrame, link: LinkType): Uint8Array {
  const { frame, vlan } = captured;
  if (link === "EN10MB") return vlan === undefined ? frame : taggedFrame(frame, vlan);
  const seen = behindOwnTag(captured);
  return link === "LINUX_SLL2" ? cooked2(seen) : cooked1(seen, seen.vlan !== undefined);
}

/**
 * A cooked frame begins at the network header, so behind a tag that the device keeps in the bytes
 * (reorder_hdr off). What goes out has that tag beside the bytes.
 */
function behindOwnTag(captured: CapturedFrame): CapturedFrame {
  const { frame, protocol, packetType } = captured;
  const type = get16(frame, 12);
  const isTag = type === ETHERTYPE.VLAN || type === ETHERTYPE.QINQ;
  if (!isTag || type === protocol) return captured;
  const tci = get16(frame, 14);
  const inner = new Uint8Array(frame.length - 4);
  inner.set(frame.subarray(0, 12));
  inner.set(frame.subarray(16), 12);
  const tag = { vid: tci & 0xfff, pcp: tci >> 13, tpid: type };
  return { ...captured, frame: inner, vlan: packetType === "outgoing" ? tag : undefined };
}

/** To filters an outgoing frame with such a tag is none of the protocol behind it. */
function filtered(captured: CapturedFrame): CapturedFrame {
  const seen = behindOwnTag(captured);
  return seen === captured || seen.vlan === undefined
    ? seen
    : { ...seen, protocol: seen.vlan.tpid ?? ETHERTYPE.VLAN };
}

/** The frame as a filter in the kernel sees it: the tag beside the bytes. */
export function filterPacket(captured: CapturedFrame, link: LinkType): FilterPacket {
  const { frame, vlan, packetType, dev } = captured;
  const bytes =
    link === "EN10MB"
      ? frame
      : link === "LINUX_SLL2"
        ? cooked2(filtered(captured))
        : cooked1(filtered(captured), false);
  return {
    bytes,
    // A cooked header is not there yet when the kernel counts.
    length: link === "EN10MB" ? frame.length : frame.length - ETHERNET_HEADER,
    out: packetType === "outgoing",
    tag: vlan === undefined ? -1 : tagOf(vlan),
    ifindex: dev.ifindex,
  };
}

function tagOf({ vid, pcp }: { readonly vid: number; readonly pcp: number }): number {
  return (pcp << 13) | vid;
}

function hardware({ dev }: CapturedFrame): number {
  return dev.driver.type === "loopback" ? ARPHRD.LOOPBACK : ARPHRD.ETHER;
}

function cooked1(captured: CapturedFrame, withTag: boolean): Uint8Array {
  const { frame, vlan, protocol, packetType } = captured;
  const start = withTag ? 20 : 16;
  const bytes = new Uint8Array(start + frame.length - ETHERNET_HEADER);
  put16(bytes, 0, KINDS[packetType]);
  put16(bytes, 2, hardware(captured));
  put16(bytes, 4, 6);
  bytes.set(frame.subarray(6, 12), 6);
  if (withTag && vlan !== undefined) {
    put16(bytes, 14, vlan.tpid ?? ETHERTYPE.VLAN);
    put16(bytes, 16, tagOf(vlan));
  }
  put16(bytes, start - 2, protocol);
  bytes.set(frame.subarray(ETHERNET_HEADER), start);
  return bytes;
}

function cooked2(captured: CapturedFrame): Uint8Array {
  const { frame, protocol, packetType, dev } = captured;
  const bytes = new Uint8Array(20 + frame.length - ETHERNET_HEADER);
  put16(bytes, 0, protocol);
  put32(bytes, 4, dev.ifindex);
  put16(bytes, 8, hardware(captured));
  bytes[10] = KINDS[packetType];
  bytes[11] = 6;
  bytes.set(frame.subarray(6, 12), 12);
  bytes.set(frame.subarray(ETHERNET_HEADER), 20);
  return bytes;
}
