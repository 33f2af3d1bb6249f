// How many ICMP errors a peer gets (linux/net/ipv4/inetpeer.c, icmp.c, route.c): token buckets, one
// set per peer address and one for the whole machine.
// Policy: three users share a peer's bucket as on Linux: error messages (1 per icmp_ratelimit, 6 at
// once), "no route" of a router (1 per second, 5 at once), redirects (20 ms doubling, 9 of them, then
// 20.48 s of silence). Peers are forgotten when there are many.
// Not here: which messages are limited at all (icmpSend.ts).

import type { Clock } from "../../clock.ts";
import type { Kernel } from "../core/kernel.ts";
import type { Net } from "../core/netNamespace.ts";
import { inetOf } from "./inetState.ts";

/** One peer. Tokens and times in microseconds. */
export type InetPeer = { tokens: number; last: number; redirects: number };

const MAX_PEERS = 4096;
const BURST = 6;
const ERROR_COST = 1e6;
const ERROR_BURST = 5e6;
const REDIRECT_LOAD = 20_000;
const REDIRECT_NUMBER = 9;
const REDIRECT_SILENCE = REDIRECT_LOAD * 2 ** (REDIRECT_NUMBER + 1);

/** Jiffies of 4 ms, as the kernel counts here. */
function jiffiesNow(clock: Clock): number {
  return Math.floor((clock.now - clock.start) / 4000) * 4000;
}

function peerOf(net: Net, address: number): InetPeer {
  const { peers } = inetOf(net);
  let peer = peers.get(address);
  if (peer === undefined) {
    if (peers.size >= MAX_PEERS) peers.clear();
    peer = { tokens: 0, last: jiffiesNow(net.kernel.clock) - 60e6, redirects: 0 };
    peers.set(address, peer);
  }
  return peer;
}

/** Takes a token for an ICMP error to a peer; `interval` is icmp_ratelimit in microseconds. */
export function allowsError(net: Net, address: number, interval: number): boolean {
  // Without a limit the bucket is emptied, which the router's "no route" then feels.
  const peer = peerOf(net, address);
  const now = jiffiesNow(net.kernel.clock);
  peer.tokens = Math.min(peer.tokens + now - peer.last, BURST * interval);
  peer.last = now;
  if (peer.tokens < interval) return false;
  peer.tokens -= interval;
  return true;
}

/** Takes a token for the "no route" of a router (ip_error). */
export function allowsNoRoute(net: Net, address: number): boolean {
  const peer = peerOf(net, address);
  const now = jiffiesNow(net.kernel.clock);
  peer.tokens = Math.min(peer.tokens + now - peer.last, ERROR_BURST);
  peer.last = now;
  if (peer.tokens < ERROR_COST) return false;
  peer.tokens -= ERROR_COST;
  return true;
}

/** True when a redirect may go to the peer now (ip_rt_send_redirect). */
export function allowsRedirect(net: Net, address: number): boolean {
  const peer = peerOf(net, address);
  const now = jiffiesNow(net.kernel.clock);
  if (now > peer.last + REDIRECT_SILENCE) {
    peer.tokens = 0;
    peer.redirects = 0;
  }
  if (peer.redirects >= REDIRECT_NUMBER) {
    peer.last = now;
    return false;
  }
  if (peer.redirects > 0 && now <= peer.last + REDIRECT_LOAD * 2 ** peer.redirects) return false;
  peer.last = now;
  peer.redirects++;
  return true;
}

/** True while the machine's bucket of ICMP errors holds something (icmp_global_allow). */
export function globalBucketHolds(kernel: Kernel, perSecond: number, burst: number): boolean {
  const bucket = peerOf(kernel.initNet, GLOBAL);
  const now = jiffiesNow(kernel.clock);
  const passed = Math.min(now - bucket.last, 1e6);
  if (passed >= REDIRECT_LOAD) {
    const more = Math.floor((perSecond * passed) / 1e6);
    if (more > 0) bucket.last = now;
    bucket.tokens += more;
  }
  bucket.tokens = Math.min(bucket.tokens, burst);
  return bucket.tokens > 0;
}

/** Takes 0, 1 or 2 from the machine's bucket, so that nobody can count on it (icmp_global_consume). */
export function takeFromGlobalBucket(kernel: Kernel): void {
  const bucket = peerOf(kernel.initNet, GLOBAL);
  bucket.tokens = Math.max(bucket.tokens - kernel.random.below(3), 0);
}

/** No peer has this key. */
const GLOBAL = -1;
