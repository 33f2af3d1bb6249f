// Tags of received frames (linux/net/8021q/vlan_core.c): from the bytes to the metadata and back,
// and the step from a parent to its VLAN device.
// Policy: these functions know bytes and metadata only; dev.ts decides when they run.
// Not simulated: GRO.

import { get16, getMac, put16 } from "../../wire/bytes.ts";
import { ETHERTYPE } from "../../wire/ethernet.ts";
import type { NetDevice } from "../core/netDevice.ts";
import type { SkBuff, VlanTag } from "../core/skbuff.ts";

/** The frame with the tag in its bytes as metadata; undefined when the bytes end before it does. */
export function untagged(skb: SkBuff): SkBuff | undefined {
  const { frame } = skb;
  if (frame.length < 18) return undefined;
  const tci = get16(frame, 14);
  const tag = { vid: tci & 0xfff, pcp: tci >> 13 };
  const inner = new Uint8Array(frame.length - 4);
  inner.set(frame.subarray(0, 12));
  inner.set(frame.subarray(16), 12);
  const vlan = skb.protocol === ETHERTYPE.QINQ ? { ...tag, tpid: skb.protocol } : tag;
  return { ...skb, frame: inner, vlan, protocol: protocolOf(inner) };
}

/** The frame with its metadata tag in the bytes. */
export function withTagInside(skb: SkBuff): SkBuff {
  if (skb.vlan === undefined) return skb;
  const frame = tagInside(skb.frame, skb.vlan);
  return { ...skb, frame, vlan: undefined, protocol: protocolOf(frame) };
}

/** The frame with a tag in the bytes, of which `protocol` does not tell. */
export function withOwnTag(skb: SkBuff, tag: VlanTag): SkBuff {
  return { ...skb, frame: tagInside(skb.frame, tag) };
}

/** The frame without a tag in the bytes of which `protocol` does not tell. */
export function withoutOwnTag(skb: SkBuff): SkBuff {
  const type = get16(skb.frame, 12);
  const isTag = type === ETHERTYPE.VLAN || type === ETHERTYPE.QINQ;
  if (!isTag || type === skb.protocol) return skb;
  const frame = new Uint8Array(skb.frame.length - 4);
  frame.set(skb.frame.subarray(0, 12));
  frame.set(skb.frame.subarray(16), 12);
  return { ...skb, frame };
}

function tagInside(frame: Uint8Array, tag: VlanTag): Uint8Array {
  const tagged = new Uint8Array(frame.length + 4);
  tagged.set(frame.subarray(0, 12));
  put16(tagged, 12, tag.tpid ?? ETHERTYPE.VLAN);
  put16(tagged, 14, (tag.pcp << 13) | tag.vid);
  tagged.set(frame.subarray(12), 16);
  return tagged;
}

function protocolOf(frame: Uint8Array): number {
  const type = get16(frame, 12);
  return type < 0x600 ? 4 : type;
}

/** The frame as its VLAN device receives it; that device must be up. */
export function vlanDoReceive(skb: SkBuff, sub: NetDevice): SkBuff {
  skb.dev = sub;
  // The VLAN device may have a MAC of its own, for which the parent was another host.
  if (skb.packetType === "otherhost" && getMac(skb.frame, 0) === sub.mac) skb.packetType = "host";
  const keepsHeader = sub.driver.type === "vlan" && !sub.driver.vlan.reorderHeader;
  const tag = keepsHeader && sub.port === undefined ? skb.vlan : undefined;
  sub.stats.rxPackets++;
  sub.stats.rxBytes += skb.frame.length - 14;
  if (skb.packetType === "multicast") sub.stats.multicast++;
  skb.vlan = undefined;
  return tag === undefined ? skb : withOwnTag(skb, tag);
}
