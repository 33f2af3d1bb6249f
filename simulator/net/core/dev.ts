// How frames move: out through taps and driver, in through the backlog, then taps, VLAN devices,
// bridge or macvlan, and last the protocols (linux/net/core/dev.c). One softirq works through the
// backlog first in first out, as soon as whoever sent the first frame is done.
// Policy: an SkBuff belongs to one place at a time and its metadata changes as it moves on, so taps
// and watchers get a copy of the metadata (the bytes are shared). Each hop costs some microseconds.
// The backlog holds 1,000 frames as Linux's does; and a drain that sees more than STORM_LIMIT frames
// drops the rest, because on Linux the storm would not end.
// Not simulated: queueing disciplines, GRO, RPS, segmentation.

import { get16 } from "../../wire/bytes.ts";
import { ETHERTYPE } from "../../wire/ethernet.ts";
import { untagged, vlanDoReceive, withoutOwnTag, withTagInside } from "../vlan/vlanCore.ts";
import type { Kernel } from "./kernel.ts";
import type { NetDevice } from "./netDevice.ts";
import { IFF } from "./netDevice.ts";
import type { Cause, DropReason, PacketType, SkBuff, VlanTag } from "./skbuff.ts";

/** Frames that one drain works through before it takes them for a storm. */
export const STORM_LIMIT = 10_000;

/** net.core.netdev_max_backlog. */
export const MAX_BACKLOG = 1000;

/** Devices that one frame may climb through on its way up (VLANs on VLANs). */
const MAX_ROUNDS = 16;

/** A new frame that is to be sent by, or was made for, `dev`. */
export function newSkb(
  kernel: Kernel,
  parts: { frame: Uint8Array; dev: NetDevice; vlan?: VlanTag; cause?: Cause },
): SkBuff {
  const type = get16(parts.frame, 12);
  return {
    id: kernel.nextFrameId++,
    frame: parts.frame,
    vlan: parts.vlan,
    // Below 0x600 it is a length: 802.2 follows (ETH_P_802_2).
    protocol: type < 0x600 ? 4 : type,
    packetType: "outgoing",
    dev: parts.dev,
    cause: parts.cause,
    time: kernel.clock.now,
  };
}

/** The same frame at a second place: same bytes, same number, metadata of its own. */
export function cloneSkb(skb: SkBuff): SkBuff {
  return {
    id: skb.id,
    frame: skb.frame,
    vlan: skb.vlan,
    protocol: skb.protocol,
    packetType: skb.packetType,
    dev: skb.dev,
    cause: skb.cause,
    time: skb.time,
  };
}

/** The frame's way ends here, for a reason. */
export function kfreeSkb(skb: SkBuff, reason: DropReason, detail = ""): void {
  const kernel = skb.dev.net.kernel;
  if (kernel.packetListeners.size === 0) return;
  const fact = {
    type: "dropped",
    skb: cloneSkb(skb),
    dev: skb.dev,
    reason,
    detail,
    time: kernel.clock.now,
  } as const;
  for (const listener of kernel.packetListeners) listener(fact);
}

/** The frame has done its duty. */
export function consumeSkb(_skb: SkBuff): void {}

/**
 * Sends a frame by a device: taps see it, then the driver has it (dev_queue_xmit).
 * False when the driver dropped it.
 */
export function devQueueXmit(first: SkBuff, dev: NetDevice): boolean {
  const kernel = dev.net.kernel;
  let skb = first;
  skb.dev = dev;
  skb.packetType = "outgoing";
  if (!dev.active || !dev.registered) {
    kfreeSkb(skb, "DEV_READY", (dev.flags & IFF.UP) === 0 ? "device is down" : "no carrier");
    return true;
  }
  if (skb.vlan !== undefined && !offloadsVlan(dev)) skb = withTagInside(skb);
  if (dev.ops.hardHeader !== undefined) skb = dev.ops.hardHeader(dev, skb);
  kernel.clock.spend(1);
  skb.time = kernel.clock.now;
  show(kernel, skb, true);
  const sent = dev.ops.transmit(dev, skb);
  if (!kernel.inSoftirq) drainBacklog(kernel);
  return sent;
}

/** Counts on an upper device what the one below did with its frame. */
export function countSent(dev: NetDevice, length: number, sent: boolean): void {
  if (sent) {
    dev.stats.txPackets++;
    dev.stats.txBytes += length;
  } else dev.stats.txDropped++;
}

/** veths, bridges and macvlans carry a tag beside the frame; others need it in the bytes. */
function offloadsVlan(dev: NetDevice): boolean {
  const type = dev.driver.type;
  return type === "veth" || type === "bridge" || type === "macvlan";
}

/** A driver received a frame for `dev`: to the backlog. False when it was dropped (netif_rx). */
export function netifRx(skb: SkBuff, dev: NetDevice): boolean {
  const kernel = dev.net.kernel;
  kernel.clock.spend(2 + kernel.random.below(7));
  skb.dev = dev;
  skb.packetType = packetTypeOf(skb.frame, dev);
  skb.time = kernel.clock.now;
  if ((dev.flags & IFF.UP) !== 0 && kernel.backlog.length + kernel.unheard < MAX_BACKLOG) {
    kernel.backlog.push(skb);
    return true;
  }
  dev.stats.rxDropped++;
  kfreeSkb(skb, (dev.flags & IFF.UP) !== 0 ? "CPU_BACKLOG" : "DEV_READY");
  return false;
}

/** As netifRx, for a frame from another device here: too long ones are dropped (dev_forward_skb). */
export function devForward(skb: SkBuff, dev: NetDevice): boolean {
  // 14 bytes of header and 4 of a tag come on top of the MTU.
  if (skb.frame.length <= dev.mtu + 18) return netifRx(skb, dev);
  dev.stats.rxDropped++;
  skb.dev = dev;
  kfreeSkb(skb, "PKT_TOO_BIG", `longer than the MTU of ${dev.name}`);
  return false;
}

/** Whom the destination MAC means, seen from a device (eth_type_trans). */
export function packetTypeOf(frame: Uint8Array, dev: NetDevice): PacketType {
  const high = get16(frame, 0);
  const low = (get16(frame, 2) << 16) | get16(frame, 4);
  if ((high & 0x100) !== 0) return high === 0xffff && low === -1 ? "broadcast" : "multicast";
  return high * 0x100000000 + (low >>> 0) === dev.mac ? "host" : "otherhost";
}

/** Works through the backlog until it is empty; does nothing inside the softirq. */
function drainBacklog(kernel: Kernel): void {
  if (kernel.inSoftirq) return;
  kernel.inSoftirq = true;
  let budget = STORM_LIMIT;
  let spare: SkBuff[] = [];
  while (kernel.backlog.length > 0) {
    const batch = kernel.backlog;
    kernel.backlog = spare;
    budget -= kernel.unheard;
    kernel.unheard = 0;
    for (let index = 0; index < batch.length; index++) {
      const skb = batch[index];
      if (skb === undefined) continue;
      if (budget-- > 0) netifReceive(skb);
      else kfreeSkb(skb, "STORM");
    }
    if (budget <= 0) endStorm(kernel);
    batch.length = 0;
    spare = batch;
  }
  kernel.unheard = 0;
  kernel.inSoftirq = false;
}

/** Runs kernel work as a softirq does: what it sends is received when it is done. */
export function asSoftirq(kernel: Kernel, run: () => void): void {
  if (kernel.inSoftirq) {
    run();
    return;
  }
  kernel.inSoftirq = true;
  run();
  kernel.inSoftirq = false;
  drainBacklog(kernel);
}

function endStorm(kernel: Kernel): void {
  for (const skb of kernel.backlog) kfreeSkb(skb, "STORM");
  kernel.backlog.length = 0;
  logLine(
    kernel,
    `vethbook simulator: broadcast storm: stopped after ${STORM_LIMIT} frames; Linux would go on`,
  );
}

/** Adds a line to what dmesg shows. */
export function logLine(kernel: Kernel, line: string): void {
  kernel.log.push(
    `[${((kernel.clock.now - kernel.clock.start) / 1e6).toFixed(6).padStart(12)}] ${line}`,
  );
  if (kernel.log.length > 500) kernel.log.splice(0, 100);
}

/** Shows a frame to watchers and to the taps of namespace and device. */
function show(kernel: Kernel, skb: SkBuff, out: boolean): void {
  const dev = skb.dev;
  if (kernel.packetListeners.size > 0) {
    const fact = { type: "seen", skb: cloneSkb(skb), dev, out, time: skb.time } as const;
    for (const listener of kernel.packetListeners) listener(fact);
  }
  if (dev.net.taps.size > 0) for (const tap of dev.net.taps) tap(cloneSkb(skb));
  if (dev.taps.size > 0) for (const tap of dev.taps) tap(cloneSkb(skb));
}

/** Takes a frame from its device up to whoever wants it (__netif_receive_skb_core). */
export function netifReceive(first: SkBuff): void {
  const kernel = first.dev.net.kernel;
  let skb: SkBuff | undefined = first;
  for (let round = 0; skb !== undefined && round < MAX_ROUNDS; round++) skb = climb(kernel, skb);
  if (skb !== undefined) kfreeSkb(skb, "NOT_SPECIFIED", "too many devices upon each other");
}

/** One device on the way up; the frame if it goes on at another device or with another tag. */
function climb(kernel: Kernel, received: SkBuff): SkBuff | undefined {
  const inTheBytes = received.vlan === undefined && isVlanType(received.protocol);
  const skb = inTheBytes ? untagged(received) : received;
  if (skb === undefined) {
    kfreeSkb(received, "PKT_TOO_SMALL", "VLAN header");
    return undefined;
  }
  const dev = skb.dev;
  if (skb.packetType === "loopback") {
    deliver(kernel, skb);
    return undefined;
  }
  show(kernel, skb, false);
  if (skb.vlan !== undefined && dev.vlans.size > 0) {
    const sub = dev.vlans.get(skb.vlan.vid + (skb.vlan.tpid === ETHERTYPE.QINQ ? 4096 : 0));
    if (sub !== undefined) return intoVlan(skb, sub);
  }
  const verdict = dev.rxHandler === undefined ? "pass" : dev.rxHandler(skb);
  if (verdict === "consumed") return undefined;
  if (verdict === "another") return skb;
  const tag = skb.vlan;
  if (tag === undefined) {
    deliver(kernel, skb);
    return undefined;
  }
  skb.vlan = undefined;
  // VID 0 is only a priority, and another tag may follow it.
  if (tag.vid === 0 && isVlanType(skb.protocol)) return skb;
  if (tag.vid === 0) deliver(kernel, skb);
  else dropUnknownVlan(skb, tag.vid);
  return undefined;
}

function isVlanType(type: number): boolean {
  return type === ETHERTYPE.VLAN || type === ETHERTYPE.QINQ;
}

function intoVlan(skb: SkBuff, sub: NetDevice): SkBuff | undefined {
  if ((sub.flags & IFF.UP) !== 0) return vlanDoReceive(skb, sub);
  kfreeSkb(skb, "DEV_READY", `${sub.name} is down`);
  return undefined;
}

/** For protocols it is another host's; sockets for its EtherType still see it. */
function dropUnknownVlan(skb: SkBuff, vid: number): void {
  skb.packetType = "otherhost";
  listen(skb);
  const { stats } = skb.dev;
  if (skb.protocol === ETHERTYPE.IP || skb.protocol === ETHERTYPE.IPV6) stats.rxOtherhost++;
  else if (!skb.dev.net.kernel.protocols.has(skb.protocol)) stats.rxDropped++;
  kfreeSkb(skb, "VLAN_UNKNOWN", `no VLAN ${vid} on ${skb.dev.name}`);
}

/** Shows a frame to sockets for one EtherType; true when one was for it. */
function listen(skb: SkBuff): boolean {
  const dev = skb.dev;
  if (dev.protocolTaps.size === 0 && dev.net.protocolTaps.size === 0) return false;
  let taken = false;
  for (const tap of dev.net.protocolTaps) if (tap(cloneSkb(skb))) taken = true;
  for (const tap of dev.protocolTaps) if (tap(cloneSkb(skb))) taken = true;
  return taken;
}

function deliver(kernel: Kernel, received: SkBuff): void {
  // A VLAN device may keep its header in the bytes; protocols begin after it.
  const skb = received.dev.driver.type === "vlan" ? withoutOwnTag(received) : received;
  const heard = listen(skb);
  const receive = kernel.protocols.get(skb.protocol);
  if (receive !== undefined) receive(skb);
  else if (heard) consumeSkb(skb);
  else {
    skb.dev.stats.rxDropped++;
    kfreeSkb(skb, "UNHANDLED_PROTO");
  }
}
