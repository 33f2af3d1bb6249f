// Fragments of IPv4 packets: cutting (linux/net/ipv4/ip_output.c, ip_do_fragment) and putting
// together again (ip_fragment.c, inet_fragment.c).
// Policy: pieces are kept by source, destination, protocol and identifier until the packet is whole,
// for net.ipv4.ipfrag_time (30 s); whoever sent a first piece then hears "reassembly time exceeded".
// Overlapping pieces end the packet, as Linux has done since 2018; an exact repetition is ignored.
// Memory is bounded by a number of queues and by the 64 KiB of a packet.
// Not simulated: fragments with options that must be copied; ipfrag_max_dist.

import type { Timer } from "../../clock.ts";
import { get16, put16 } from "../../wire/bytes.ts";
import { ETHERNET_HEADER } from "../../wire/ethernet.ts";
import {
  ipv4Destination,
  ipv4HeaderLength,
  ipv4Source,
  ipv4TotalLength,
  updateIpv4Checksum,
} from "../../wire/ipv4.ts";
import { kfreeSkb, newSkb } from "../core/dev.ts";
import type { SkBuff } from "../core/skbuff.ts";
import { settingNumber } from "../core/sysctlTable.ts";
import { count, inetOf } from "./inetState.ts";

const MORE = 0x2000;
const OFFSET = 0x1fff;
const MAX_QUEUES = 256;

/** A packet of which pieces are missing. */
export type FragmentQueue = {
  readonly pieces: { readonly from: number; readonly to: number; readonly skb: SkBuff }[];
  /** Length of the whole payload once the last piece is there. */
  length: number | undefined;
  readonly timer: Timer;
};

/** The frames of a packet cut for an MTU; none when it cannot be cut. */
export function fragmentsOf(frame: Uint8Array, at: number, mtu: number): Uint8Array[] {
  const header = ipv4HeaderLength(frame, at);
  const total = ipv4TotalLength(frame, at);
  const field = get16(frame, at + 6);
  const room = (mtu - header) & ~7;
  if ((field & 0x4000) !== 0 || room < 8) return [];
  const frames: Uint8Array[] = [];
  for (let from = header; from < total; from += room) {
    const to = Math.min(from + room, total);
    const piece = new Uint8Array(at + header + to - from);
    piece.set(frame.subarray(0, at + header));
    piece.set(frame.subarray(at + from, at + to), at + header);
    const more = to < total || (field & MORE) !== 0;
    put16(piece, at + 2, header + to - from);
    put16(piece, at + 6, (more ? MORE : 0) | ((field & OFFSET) + ((from - header) >> 3)));
    updateIpv4Checksum(piece, at);
    frames.push(piece);
  }
  return frames;
}

/**
 * Takes a fragment in. The whole packet when this was the last piece missing; undefined while pieces
 * are missing. `expired` is called with the first piece when time is over.
 */
export function reassemble(skb: SkBuff, expired: (first: SkBuff) => void): SkBuff | undefined {
  const { net } = skb.dev;
  const { frame } = skb;
  const at = ETHERNET_HEADER;
  count(net, "Ip.ReasmReqds");
  const field = get16(frame, at + 6);
  const header = ipv4HeaderLength(frame, at);
  const from = (field & OFFSET) * 8;
  const to = from + ipv4TotalLength(frame, at) - header;
  const key = `${ipv4Source(frame, at)} ${ipv4Destination(frame, at)} ${frame[at + 9]} ${get16(frame, at + 4)}`;
  const queue = queueOf(skb, key, expired);
  const last = (field & MORE) === 0;
  const misfit = !last && (to - from) % 8 !== 0;
  const beyond = queue.length !== undefined && (to > queue.length || (last && to < queue.length));
  const overlap = queue.pieces.find((piece) => piece.from < to && from < piece.to);
  if (overlap !== undefined && overlap.from <= from && to <= overlap.to) {
    kfreeSkb(skb, "NOT_SPECIFIED", "duplicate fragment");
    return undefined;
  }
  if (misfit || beyond || overlap !== undefined || to > 0xffff || to <= from) {
    if (overlap !== undefined) count(net, "IpExt.ReasmOverlaps");
    count(net, "Ip.ReasmFails");
    kfreeSkb(skb, "IP_INHDR", "fragment does not fit");
    if (overlap !== undefined) endQueue(skb, key, queue);
    return undefined;
  }
  if (last) queue.length = to;
  queue.pieces.push({ from, to, skb });
  const have = queue.pieces.reduce((sum, piece) => sum + piece.to - piece.from, 0);
  if (have !== queue.length) return undefined;
  endQueue(skb, key, queue);
  count(net, "Ip.ReasmOKs");
  return whole(queue, have, skb);
}

function queueOf(skb: SkBuff, key: string, expired: (first: SkBuff) => void): FragmentQueue {
  const { net } = skb.dev;
  const { fragments } = inetOf(net);
  const found = fragments.get(key);
  if (found !== undefined) return found;
  if (fragments.size >= MAX_QUEUES) {
    for (const [oldest, queue] of fragments) {
      endQueue(skb, oldest, queue);
      count(net, "Ip.ReasmFails");
      break;
    }
  }
  const timer = net.kernel.clock.afterJiffies(settingNumber(net, "ipv4/ipfrag_time") * 1e6, () => {
    fragments.delete(key);
    count(net, "Ip.ReasmFails");
    count(net, "Ip.ReasmTimeout");
    const first = queue.pieces.find((piece) => piece.from === 0);
    if (first !== undefined) expired(first.skb);
  });
  const queue: FragmentQueue = { pieces: [], length: undefined, timer };
  fragments.set(key, queue);
  return queue;
}

function endQueue(skb: SkBuff, key: string, queue: FragmentQueue): void {
  queue.timer.cancel();
  inetOf(skb.dev.net).fragments.delete(key);
}

/** One frame of all pieces, with the header of the first. */
function whole(queue: FragmentQueue, length: number, last: SkBuff): SkBuff | undefined {
  const first = queue.pieces.find((piece) => piece.from === 0)?.skb;
  const at = ETHERNET_HEADER;
  const header = first === undefined ? 0 : ipv4HeaderLength(first.frame, at);
  if (first === undefined || header + length > 0xffff) return undefined;
  const frame = new Uint8Array(at + header + length);
  frame.set(first.frame.subarray(0, at + header));
  for (const { from, to, skb } of queue.pieces) {
    const start = at + ipv4HeaderLength(skb.frame, at);
    frame.set(skb.frame.subarray(start, start + to - from), at + header + from);
  }
  put16(frame, at + 2, header + length);
  put16(frame, at + 6, 0);
  updateIpv4Checksum(frame, at);
  const { dev, cause } = last;
  const packet = newSkb(dev.net.kernel, {
    frame,
    dev,
    ...(cause === undefined ? {} : { cause }),
  });
  packet.packetType = last.packetType;
  return packet;
}
