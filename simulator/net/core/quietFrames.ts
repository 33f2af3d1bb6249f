// Most frames of a big link are IPv6 multicasts that nobody at the other end of a veth listens to
// (linux/net/ipv6/ip6_input.c drops them as soon as they arrive). A bridge with a hundred ports makes
// a hundred of each: here they are only counted, and cost the time that they would have cost.
// Policy: only where nobody could tell the difference: no taps, no packet sockets, no watchers, no VLANs, no
// bridge at the other end, and room in the backlog.
// Not here: the long way (dev.ts, ../drivers/veth.ts, ../ipv6/ip6Input.ts).

import { get32 } from "../../wire/bytes.ts";
import { ETHERNET_HEADER, ETHERTYPE } from "../../wire/ethernet.ts";
import { countUnheard6 } from "../ipv6/snmp6.ts";
import { MAX_BACKLOG } from "./dev.ts";
import type { Kernel } from "./kernel.ts";
import { IFF, type NetDevice } from "./netDevice.ts";
import type { SkBuff } from "./skbuff.ts";

/** No device has an MTU below 68, so a frame of this length fits everywhere. */
const SHORT = 68 + 18;

/** A frame that most devices will not listen to. */
export type QuietFrame = {
  /** The end of its group, by which devices know whether they listen; undefined: none does. */
  readonly tail: number | undefined;
  readonly length: number;
  /** Those that were counted since time was last spent on them. */
  counted: number;
  /** How many may be counted before time is spent on them: what fits into the backlog. */
  room: number;
};

/** The frame as one that may be counted only; undefined when it has to be really sent. */
export function quietFrame({ frame, protocol, vlan, dev }: SkBuff): QuietFrame | undefined {
  const { kernel } = dev.net;
  if (protocol !== ETHERTYPE.IPV6 || vlan !== undefined || frame[38] !== 0xff) return undefined;
  if (kernel.packetListeners.size > 0 || kernel.packetSockets > 0) return undefined;
  const tail = get32(frame, 50);
  return {
    tail: kernel.listening.has(tail) ? tail : undefined,
    length: frame.length,
    counted: 0,
    room: roomOf(kernel),
  };
}

function roomOf(kernel: Kernel): number {
  return MAX_BACKLOG - kernel.backlog.length - kernel.unheard;
}

/** Counts a frame that `dev` would send to nobody; false when it has to be really sent. */
export function countUnheard(dev: NetDevice, quiet: QuietFrame): boolean {
  const { driver } = dev;
  const { tail, length } = quiet;
  if (driver.type !== "veth" || !dev.active || quiet.counted >= quiet.room) return false;
  const { peer } = driver;
  if (peer === undefined || peer.rxHandler !== undefined || (peer.flags & IFF.UP) === 0)
    return false;
  if (tail !== undefined && peer.ip6?.groupTails.has(tail) === true) return false;
  if (length > SHORT && (length > dev.mtu + 18 || length > peer.mtu + 18)) return false;
  quiet.counted += 1;
  const sent = dev.stats;
  sent.txPackets++;
  sent.txBytes += length;
  const received = peer.stats;
  received.rxPackets++;
  received.rxBytes += length;
  countUnheard6(peer, length - ETHERNET_HEADER);
  return true;
}

/** Sends a frame of its own among those that are counted, which take their time before it. */
export function amongUnheard(kernel: Kernel, quiet: QuietFrame, send: () => void): void {
  spendUnheard(kernel, quiet);
  send();
  quiet.room = roomOf(kernel);
}

/** Lets the frames that were counted take their time; before anything else is sent. */
export function spendUnheard(kernel: Kernel, quiet: QuietFrame): void {
  const { counted } = quiet;
  if (counted === 0) return;
  quiet.counted = 0;
  kernel.unheard += counted;
  kernel.nextFrameId += counted;
  kernel.clock.spend(3 * counted + kernel.random.sumBelow(7, counted));
}
