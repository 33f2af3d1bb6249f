// The neighbour table's state machine, for ARP and ND alike (linux/net/core/neighbour.c): how an
// entry comes, resolves, grows stale, is probed, fails and goes.
// Policy: as Linux's, timer by timer; timers are in jiffies. With fewer entries than gc_thresh1
// nothing is ever cleaned away, so STALE and FAILED entries stay. The limits count the entries of
// the whole machine. An entry that an admin made INCOMPLETE has no timer, and Linux's has none.
// `neighOutput` writes the Ethernet header into the frame, which nobody else may have seen yet.
// Not here: what changes an entry from outside (neighUpdate.ts), requests of commands (neighAdmin.ts).
// Not simulated: statistics of the table, app_solicit (arpd), resolving managed entries again.

import { putMac } from "../../wire/bytes.ts";
import { devQueueXmit, kfreeSkb, logLine } from "./dev.ts";
import type { Errno } from "./errno.ts";
import { isConnected, notifyNeigh } from "./neighNotify.ts";
import { parmsOf, reachableTime } from "./neighParms.ts";
import type { Neighbour, NeighKey, NeighTable } from "./neighTable.ts";
import { IFF, type NetDevice } from "./netDevice.ts";
import type { SkBuff } from "./skbuff.ts";

/** Linux never sets one of these timers shorter than HZ/100. */
const SHORTEST = 10_000;

/** The entry of a key on a device, or undefined. */
export function neighLookup(
  table: NeighTable,
  dev: NetDevice,
  key: NeighKey,
): Neighbour | undefined {
  return table.byDevice.get(dev)?.get(key);
}

/** The key under which IPv4 finds its entries: devices without neighbours have one for all. */
export function outputKey(dev: NetDevice, key: NeighKey): NeighKey {
  return typeof key === "number" && (dev.flags & (IFF.LOOPBACK | IFF.POINTOPOINT)) !== 0 ? 0 : key;
}

/** The entry of a key, made if need be; undefined when the table is full. */
export function neighCreate(
  table: NeighTable,
  dev: NetDevice,
  wanted: NeighKey,
  exempt = false,
): Neighbour | undefined {
  const key = outputKey(dev, wanted);
  const found = neighLookup(table, dev, key);
  if (found !== undefined) return found;
  const { clock } = dev.net.kernel;
  if (!exempt && !hasRoom(table, dev)) return undefined;
  const needless = table.constructed(dev, key);
  const neigh: Neighbour = {
    table,
    dev,
    key,
    state: needless?.state ?? "NONE",
    mac: needless?.mac,
    probes: 0,
    confirmed: clock.now - 2000 * parmsOf(table, dev).baseReachableTimeMs,
    updated: clock.now,
    used: clock.now,
    refs: 0,
    timer: undefined,
    queue: [],
    queueBytes: 0,
    flags: new Set(),
    protocol: 0,
    dead: false,
  };
  let entries = table.byDevice.get(dev);
  if (entries === undefined) {
    entries = new Map();
    table.byDevice.set(dev, entries);
  }
  entries.set(key, neigh);
  table.total++;
  if (!isExempt(neigh)) table.entries++;
  armGc(table, dev);
  return neigh;
}

/** Makes room if there are too many entries; false when there is none (neigh_alloc). */
function hasRoom(table: NeighTable, dev: NetDevice): boolean {
  const { kernel } = dev.net;
  const { entries, gcThresh2, gcThresh3 } = table;
  if (entries < gcThresh2) return true;
  if (entries < gcThresh3 && kernel.clock.now <= table.lastFlush + 5e6) return true;
  if (forcedGc(table, kernel.clock.now) || entries < gcThresh3) return true;
  const name = table.family === "inet" ? "arp_cache" : "ndisc_cache";
  logLine(kernel, `neighbour: ${name}: neighbor table overflow!`);
  return false;
}

function forcedGc(table: NeighTable, now: number): boolean {
  let most = table.entries - table.gcThresh2;
  let removed = 0;
  for (const entries of table.byDevice.values()) {
    for (const neigh of entries.values()) {
      if (most <= 0) break;
      const unused = neigh.timer === undefined && neigh.refs === 0 && !isExempt(neigh);
      const old = neigh.state === "FAILED" || neigh.state === "NOARP" || neigh.updated < now - 5e6;
      if (!unused || !old) continue;
      removeNeigh(neigh);
      removed++;
      most--;
    }
  }
  table.lastFlush = now;
  return removed > 0;
}

/** Cleans old entries away every base_reachable_time / 2 while there are many (neigh_periodic_work). */
function armGc(table: NeighTable, dev: NetDevice): void {
  const { kernel } = dev.net;
  if (table.gcTimer !== undefined || table.total < table.gcThresh1) return;
  table.gcTimer = kernel.clock.afterJiffies(table.defaults.baseReachableTimeMs * 500, () => {
    table.gcTimer = undefined;
    const { now } = kernel.clock;
    if (table.total >= table.gcThresh1) {
      for (const entries of table.byDevice.values()) {
        for (const neigh of entries.values()) if (isForgotten(neigh, now)) removeNeigh(neigh);
      }
    }
    armGc(table, dev);
  });
}

function isForgotten(neigh: Neighbour, now: number): boolean {
  if (isExempt(neigh) || neigh.timer !== undefined || neigh.refs > 0) return false;
  if (neigh.used < neigh.confirmed) neigh.used = neigh.confirmed;
  const stale = parmsOf(neigh.table, neigh.dev).gcStaleTimeMs * 1000;
  return neigh.state === "FAILED" || now >= neigh.used + stale;
}

/** Entries that the limits do not count. */
export function isExempt(neigh: Neighbour): boolean {
  return neigh.state === "PERMANENT" || neigh.flags.has("extern_learn");
}

/** Takes an entry out of its table and tells netlink (neigh_cleanup_and_release). */
export function removeNeigh(neigh: Neighbour): void {
  if (neigh.dead) return;
  neigh.dead = true;
  stopTimer(neigh);
  neigh.table.byDevice.get(neigh.dev)?.delete(neigh.key);
  neigh.table.total--;
  if (!isExempt(neigh)) neigh.table.entries--;
  purge(neigh, "NEIGH_DEAD");
  notifyNeigh(neigh, true);
}

/** Removes the entries of a device: all, or all that no admin made (neigh_flush_dev). */
export function flushDevice(table: NeighTable, dev: NetDevice, keepPermanent = false): void {
  const entries = table.byDevice.get(dev);
  if (entries === undefined) return;
  for (const neigh of [...entries.values()]) {
    if (!keepPermanent || !isExempt(neigh)) removeNeigh(neigh);
  }
}

function purge(neigh: Neighbour, reason: "NEIGH_DEAD" | "NEIGH_FAILED"): void {
  for (const skb of neigh.queue.splice(0)) kfreeSkb(skb, reason);
  neigh.queueBytes = 0;
}

/** Stops the entry's timer. */
export function stopTimer(neigh: Neighbour): void {
  neigh.timer?.cancel();
  neigh.timer = undefined;
}

/** Starts the entry's timer (neigh_add_timer). */
export function startTimer(neigh: Neighbour, delay: number): void {
  if (neigh.used < neigh.confirmed) neigh.used = neigh.confirmed;
  setTimer(neigh, delay);
}

function setTimer(neigh: Neighbour, delay: number): void {
  const { kernel } = neigh.dev.net;
  neigh.timer = kernel.clock.afterJiffies(delay, () => onTimer(neigh));
}

function retransTime(neigh: Neighbour): number {
  return Math.max(parmsOf(neigh.table, neigh.dev).retransTimeMs * 1000, SHORTEST);
}

function delayTime(neigh: Neighbour): number {
  return parmsOf(neigh.table, neigh.dev).delayFirstProbeTimeMs * 1000;
}

/** How many requests an entry may have asked before it fails (neigh_max_probes). */
function maxProbes(neigh: Neighbour): number {
  const parms = parmsOf(neigh.table, neigh.dev);
  const rest = neigh.state === "PROBE" ? parms.mcastResolicit : parms.mcastSolicit;
  return parms.ucastSolicit + parms.appSolicit + rest;
}

/** The entry's timer (neigh_timer_handler). */
function onTimer(neigh: Neighbour): void {
  neigh.timer = undefined;
  const { now } = neigh.dev.net.kernel.clock;
  let notify = false;
  let next = now + retransTime(neigh);
  if (neigh.state === "REACHABLE") {
    const until = neigh.confirmed + reachableTime(neigh.table, neigh.dev);
    if (now <= until) next = until;
    else if (now <= neigh.used + delayTime(neigh)) {
      neigh.state = "DELAY";
      neigh.updated = now;
      next = now + delayTime(neigh);
    } else {
      neigh.state = "STALE";
      neigh.updated = now;
      notifyNeigh(neigh, false);
      return;
    }
  } else if (neigh.state === "DELAY") {
    notify = true;
    neigh.updated = now;
    if (now <= neigh.confirmed + delayTime(neigh)) {
      neigh.state = "REACHABLE";
      next = neigh.confirmed + reachableTime(neigh.table, neigh.dev);
    } else {
      neigh.state = "PROBE";
      neigh.probes = 0;
    }
  } else if (neigh.state !== "INCOMPLETE" && neigh.state !== "PROBE") return;
  const asking = neigh.state === "INCOMPLETE" || neigh.state === "PROBE";
  if (asking && neigh.probes >= maxProbes(neigh)) {
    neigh.state = "FAILED";
    failLater(neigh);
    notifyNeigh(neigh, false);
    return;
  }
  setTimer(neigh, Math.max(next - now, SHORTEST));
  if (asking) probe(neigh);
  if (notify) notifyNeigh(neigh, false);
}

/** Sends one request, as the last packet that waits would have it (neigh_probe). */
function probe(neigh: Neighbour): void {
  const waiting = neigh.queue.at(-1);
  neigh.table.solicit(neigh, waiting);
  neigh.probes++;
}

/** From a timer's end to the moment when its messages are received: ksoftirqd has them, after programs. */
const KSOFTIRQD = 200;

/** Its requests were in vain: who was woken by the same tick goes first, then senders hear of it. */
function failLater(neigh: Neighbour): void {
  const { clock } = neigh.dev.net.kernel;
  neigh.updated = clock.now;
  const waiting = neigh.queue.splice(0);
  neigh.queueBytes = 0;
  if (waiting.length === 0) return;
  clock.after(KSOFTIRQD, () => {
    for (const skb of waiting) {
      if (neigh.dev.registered) neigh.table.errorReport(neigh, skb);
      else kfreeSkb(skb, "NEIGH_FAILED");
    }
  });
}

/** It failed: the senders of all packets that wait hear of it (neigh_invalidate). */
export function invalidateNeigh(neigh: Neighbour): void {
  neigh.updated = neigh.dev.net.kernel.clock.now;
  while (neigh.state === "FAILED") {
    const skb = neigh.queue.shift();
    if (skb === undefined) break;
    neigh.table.errorReport(neigh, skb);
  }
  purge(neigh, "NEIGH_FAILED");
}

/**
 * Somebody wants to send: starts resolving if need be (__neigh_event_send). True when the packet
 * may go now; otherwise it has been queued or dropped.
 */
export function neighEventSend(neigh: Neighbour, skb: SkBuff | undefined): boolean {
  const { now } = neigh.dev.net.kernel.clock;
  neigh.used = now;
  if (isConnected(neigh.state) || neigh.state === "DELAY" || neigh.state === "PROBE") return true;
  if (neigh.dead) {
    if (skb !== undefined) kfreeSkb(skb, "NEIGH_DEAD");
    return false;
  }
  if (neigh.state === "STALE") {
    neigh.state = "DELAY";
    neigh.updated = now;
    startTimer(neigh, delayTime(neigh));
    return true;
  }
  const parms = parmsOf(neigh.table, neigh.dev);
  let first = false;
  if (neigh.state !== "INCOMPLETE") {
    neigh.updated = now;
    if (parms.mcastSolicit + parms.appSolicit <= 0) {
      neigh.state = "FAILED";
      if (skb !== undefined) kfreeSkb(skb, "NEIGH_FAILED", "mcast_solicit is 0");
      return false;
    }
    neigh.probes = parms.ucastSolicit;
    stopTimer(neigh);
    neigh.state = "INCOMPLETE";
    startTimer(neigh, retransTime(neigh));
    first = true;
  }
  if (skb !== undefined) enqueue(neigh, skb, parms.unresQlenBytes);
  if (first) probe(neigh);
  return false;
}

function enqueue(neigh: Neighbour, skb: SkBuff, limit: number): void {
  const size = truesize(skb);
  while (neigh.queueBytes + size > limit) {
    const oldest = neigh.queue.shift();
    if (oldest === undefined) break;
    neigh.queueBytes -= truesize(oldest);
    kfreeSkb(oldest, "NEIGH_QUEUEFULL");
  }
  neigh.queue.push(skb);
  neigh.queueBytes += size;
}

/** Memory that Linux would use for the packet: a power of two, and 256 for the sk_buff itself. */
function truesize(skb: SkBuff): number {
  const data = ((skb.frame.length + 31 + 63) & ~63) + 320;
  return 256 + 2 ** Math.ceil(Math.log2(Math.max(data, 512)));
}

/** Sends a packet to a neighbour, resolving it first if need be (neigh_output). */
export function neighOutput(
  table: NeighTable,
  dev: NetDevice,
  key: NeighKey,
  skb: SkBuff,
): Errno | undefined {
  const wanted = outputKey(dev, key);
  const neigh = table.byDevice.get(dev)?.get(wanted) ?? neighCreate(table, dev, wanted);
  if (neigh === undefined) {
    kfreeSkb(skb, "NEIGH_CREATEFAIL", "neighbour table overflow");
    return "ENOBUFS";
  }
  return neighSend(neigh, skb) ? undefined : "ENOBUFS";
}

/** Sends a packet to this neighbour, now or later. False when the driver dropped it. */
export function neighSend(neigh: Neighbour, skb: SkBuff): boolean {
  if (isConnected(neigh.state) || neighEventSend(neigh, skb)) {
    putMac(skb.frame, 0, neigh.mac ?? 0);
    putMac(skb.frame, 6, neigh.dev.mac);
    return devQueueXmit(skb, neigh.dev);
  }
  return true;
}

/** An upper layer knows that the neighbour answers (neigh_confirm). */
export function confirmNeigh(neigh: Neighbour): void {
  neigh.confirmed = neigh.dev.net.kernel.clock.now;
}
