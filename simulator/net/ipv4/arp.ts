// ARP (linux/net/ipv4/arp.c): who asks, who answers, what is learned.
// Policy, in the kernel's order: a request that the routing would not take as a packet from its
// sender gets no answer (so strict rp_filter silences ARP); a request for an address of ours, on
// whatever device it lives, is answered unless arp_ignore or arp_filter say no, and its sender is
// known as STALE from then on; a router answers for others if it is a proxy, most times after a random
// wait; everything else changes only entries that are there, unless arp_accept says otherwise.
// Not here: what happens to the cache when devices come, change and go (arpDevice.ts).
// Not simulated: arpd, hardware types other than Ethernet.

import type { Random } from "../../random.ts";
import { ip4Text } from "../../wire/address.ts";
import { ARP_LENGTH, ARP_OPERATION, type ArpPacket, parseArp, putArp } from "../../wire/arp.ts";
import { get32, put16, putMac } from "../../wire/bytes.ts";
import { ETHERNET_HEADER, ETHERTYPE } from "../../wire/ethernet.ts";
import { consumeSkb, devQueueXmit, kfreeSkb, newSkb } from "../core/dev.ts";
import { proxyLookup } from "../core/neighAdmin.ts";
import { neighCreate, neighLookup } from "../core/neighbour.ts";
import { createNeighTable, parmsOf } from "../core/neighParms.ts";
import type { Neighbour, NeighKey, NeighTable } from "../core/neighTable.ts";
import { NEIGH_UPDATE, neighEvent, neighUpdate } from "../core/neighUpdate.ts";
import { IFF, type NetDevice } from "../core/netDevice.ts";
import type { Cause, DropReason, SkBuff } from "../core/skbuff.ts";
import { confValue, isOnLink, selectAddress } from "./devinet.ts";
import { addressType } from "./fibSemantics.ts";
import { icmpSend } from "./icmpSend.ts";
import { SCOPE } from "./inDevice.ts";
import { count } from "./inetState.ts";
import { routeInput, routeOutput } from "./route.ts";

/** The table of all IPv4 neighbours of a machine (arp_tbl). */
export function createArpTable({ random }: { random: Random }): NeighTable {
  return createNeighTable("inet", random, { solicit, errorReport, constructed });
}

/** Entries that need no question: groups, broadcasts, devices without ARP (arp_constructor). */
function constructed(dev: NetDevice, key: NeighKey): ReturnType<NeighTable["constructed"]> {
  const address = Number(key);
  const type = addressType(dev.net, address, dev);
  if (type === "multicast") {
    return { state: "NOARP", mac: 0x01005e000000 + (address & 0x7fffff) };
  }
  if ((dev.flags & (IFF.NOARP | IFF.LOOPBACK)) !== 0) return { state: "NOARP", mac: dev.mac };
  if (type === "broadcast" || (dev.flags & IFF.POINTOPOINT) !== 0) {
    return { state: "NOARP", mac: dev.broadcast };
  }
  return undefined;
}

/** Asks for a neighbour: to its MAC while that may still be right, else everybody (arp_solicit). */
function solicit(neigh: Neighbour, waiting: SkBuff | undefined): void {
  const { dev, state, probes } = neigh;
  const target = Number(neigh.key);
  const parms = parmsOf(neigh.table, dev);
  const unicast = probes < parms.ucastSolicit;
  const asked = unicast ? probes : probes - parms.ucastSolicit;
  const cause: Cause = {
    text: `neighbour ${ip4Text(target)} on ${dev.name} ${state}, probe ${asked + 1}`,
    ...(waiting === undefined ? {} : { frame: waiting.id }),
  };
  const source = sourceFor(dev, target, waiting) || selectAddress(dev.net, dev, target, SCOPE.LINK);
  sendArp(dev, {
    operation: ARP_OPERATION.REQUEST,
    senderIp: source,
    targetIp: target,
    destination: unicast ? neigh.mac : undefined,
    cause,
  });
}

/** The source of the packet that waits, as far as arp_announce lets us show it. */
function sourceFor(dev: NetDevice, target: number, waiting: SkBuff | undefined): number {
  const announce = confValue(dev, "arp_announce");
  if (waiting === undefined || announce === 2) return 0;
  const source = get32(waiting.frame, ETHERNET_HEADER + 12);
  if (addressType(dev.net, source) !== "local") return 0;
  return announce === 1 && !isOnLink(dev, target, source) ? 0 : source;
}

/** The neighbour does not answer: the packet's sender hears of it (arp_error_report). */
function errorReport(neigh: Neighbour, skb: SkBuff): void {
  icmpSend(skb, { type: 3, code: 1, info: 0, origin: "output" });
  kfreeSkb(skb, "NEIGH_FAILED", `no answer from ${ip4Text(Number(neigh.key))}`);
}

/** What to send; MACs that are undefined are unknown: broadcast, or zeros in the packet. */
type ArpMessage = {
  readonly operation: number;
  readonly senderIp: number;
  readonly targetIp: number;
  readonly destination?: number | undefined;
  readonly targetMac?: number;
  readonly cause: Cause;
};

/** Sends an ARP packet with the device's MAC as sender (arp_send). */
export function sendArp(dev: NetDevice, message: ArpMessage): void {
  if ((dev.flags & IFF.NOARP) !== 0) return;
  const frame = new Uint8Array(ETHERNET_HEADER + ARP_LENGTH);
  putMac(frame, 0, message.destination ?? dev.broadcast);
  putMac(frame, 6, dev.mac);
  put16(frame, 12, ETHERTYPE.ARP);
  putArp(frame, ETHERNET_HEADER, {
    hardware: 1,
    protocol: ETHERTYPE.IP,
    operation: message.operation,
    senderMac: dev.mac,
    senderIp: message.senderIp,
    targetMac: message.targetMac ?? 0,
    targetIp: message.targetIp,
  });
  devQueueXmit(newSkb(dev.net.kernel, { frame, dev, cause: message.cause }), dev);
}

function watched(skb: SkBuff): boolean {
  return skb.dev.net.kernel.packetListeners.size > 0;
}

function drop(skb: SkBuff, reason: DropReason, detail: () => string): void {
  kfreeSkb(skb, reason, watched(skb) ? detail() : "");
}

/** Takes an ARP frame from a device (arp_rcv). */
export function arpReceive(skb: SkBuff): void {
  const { dev, packetType } = skb;
  if ((dev.flags & IFF.NOARP) !== 0 || packetType === "otherhost" || packetType === "loopback") {
    consumeSkb(skb);
    return;
  }
  const packet = parseArp(skb.frame, ETHERNET_HEADER);
  if (packet === undefined) {
    kfreeSkb(skb, "PKT_TOO_SMALL", "ARP");
    return;
  }
  process(skb, packet, false);
}

/** What to make of it (arp_process); `delayed` when it waited as a proxy's request. */
function process(skb: SkBuff, packet: ArpPacket, delayed: boolean): void {
  const { dev } = skb;
  const { operation, senderIp, targetIp } = packet;
  const known = operation === ARP_OPERATION.REQUEST || operation === ARP_OPERATION.REPLY;
  if (dev.ip4 === undefined || !known || !isForIp(packet)) {
    consumeSkb(skb);
    return;
  }
  const multicast = targetIp >>> 28 === 0xe;
  const loopback = targetIp >>> 24 === 127 && confValue(dev, "route_localnet") === 0;
  if (multicast || loopback) {
    drop(skb, "ARP_NOT_FOR_US", () => ip4Text(targetIp));
    return;
  }
  if (senderIp === targetIp && confValue(dev, "drop_gratuitous_arp") !== 0) {
    drop(skb, "ARP_IGNORED", () => "drop_gratuitous_arp");
    return;
  }
  if (senderIp === 0) {
    answerDetection(skb, packet);
    return;
  }
  if (operation === ARP_OPERATION.REQUEST && answered(skb, packet, delayed)) return;
  learn(skb, packet);
}

function isForIp(packet: ArpPacket): boolean {
  return (packet.hardware === 1 || packet.hardware === 6) && packet.protocol === ETHERTYPE.IP;
}

/** Somebody asks from 0.0.0.0 whether an address is free; nothing is learned. */
function answerDetection(skb: SkBuff, packet: ArpPacket): void {
  const { dev } = skb;
  const ours =
    packet.operation === ARP_OPERATION.REQUEST && addressType(dev.net, packet.targetIp) === "local";
  if (!ours) {
    drop(skb, "ARP_NOT_FOR_US", () => ip4Text(packet.targetIp));
    return;
  }
  if (isIgnored(dev, packet)) {
    drop(skb, "ARP_IGNORED", () => "arp_ignore");
    return;
  }
  reply(skb, packet);
}

function reply(skb: SkBuff, packet: ArpPacket): void {
  const who = addressType(skb.dev.net, packet.targetIp) === "local" ? "" : "as proxy ";
  sendArp(skb.dev, {
    operation: ARP_OPERATION.REPLY,
    senderIp: packet.targetIp,
    targetIp: packet.senderIp,
    destination: packet.senderMac,
    targetMac: packet.senderMac,
    cause: { text: `answer ${who}to who-has ${ip4Text(packet.targetIp)}`, frame: skb.id },
  });
  consumeSkb(skb);
}

/** arp_ignore (arp_ignore). */
function isIgnored(dev: NetDevice, { senderIp, targetIp }: ArpPacket): boolean {
  const addresses = dev.ip4?.addresses ?? [];
  switch (confValue(dev, "arp_ignore")) {
    case 1:
      return !addresses.some((one) => one.local === targetIp);
    case 2:
      return !addresses.some((one) => one.local === targetIp && isOnLink(dev, senderIp, targetIp));
    case 3:
      return !isWiderThanHost(dev, targetIp);
    case 8:
      return true;
    default:
      return false;
  }
}

/** True when any device has the address with a scope below link (inet_confirm_addr). */
function isWiderThanHost(dev: NetDevice, address: number): boolean {
  for (const one of dev.net.devices.values()) {
    const has = one.ip4?.addresses.some((it) => it.local === address && it.scope <= SCOPE.LINK);
    if (has === true) return true;
  }
  return false;
}

/** arp_filter: answer only if the way back leaves by the same device. */
function isFiltered(dev: NetDevice, { senderIp, targetIp }: ArpPacket): boolean {
  if (confValue(dev, "arp_filter") === 0) return false;
  const back = routeOutput(dev.net, { destination: senderIp, source: targetIp, anySource: true });
  if ("errno" in back) return true;
  if (back.dev === dev) return false;
  count(dev.net, "TcpExt.ArpFilter");
  return true;
}

/** A request: true when it was dealt with. */
function answered(skb: SkBuff, packet: ArpPacket, delayed: boolean): boolean {
  const { dev } = skb;
  const { senderIp, senderMac, targetIp } = packet;
  // Most requests on a link are for others: those need no way through rules and checks.
  const forwards = confValue(dev, "forwarding") !== 0 || dev.net.ip4.rulesChanged;
  if (!forwards && addressType(dev.net, targetIp) !== "local") return false;
  const route = routeInput(dev, { source: senderIp, destination: targetIp, tos: 0, arp: true });
  if (route.type === "local") {
    if (isIgnored(dev, packet)) {
      drop(skb, "ARP_IGNORED", () => `arp_ignore=${confValue(dev, "arp_ignore")}`);
    } else if (isFiltered(dev, packet)) {
      drop(skb, "ARP_FILTERED", () => `the way to ${ip4Text(senderIp)} is another device`);
    } else {
      const known = neighEvent(dev.net.kernel.arpTable, dev, senderIp, senderMac);
      if (known === undefined) kfreeSkb(skb, "NEIGH_CREATEFAIL", "neighbour table overflow");
      else reply(skb, packet);
    }
    return true;
  }
  if (route.type !== "forward" || confValue(dev, "forwarding") === 0) return false;
  const out = route.out.dev;
  if (route.out.type !== "unicast") return false;
  const { arpTable } = dev.net.kernel;
  const proxy =
    isProxy(dev, out) ||
    isPrivateVlanProxy(dev, out, packet) ||
    (out !== dev && proxyLookup(arpTable, dev.net, targetIp, dev) !== undefined);
  if (!proxy) return false;
  neighEvent(arpTable, dev, senderIp, senderMac);
  if (delayed || skb.packetType === "host" || parmsOf(arpTable, dev).proxyDelayMs === 0) {
    reply(skb, packet);
  } else postpone(skb, packet);
  return true;
}

/** proxy_arp and medium_id (arp_fwd_proxy). */
function isProxy(dev: NetDevice, out: NetDevice): boolean {
  if (out === dev || confValue(dev, "proxy_arp") === 0) return false;
  const medium = confValue(dev, "medium_id");
  if (medium === 0) return true;
  if (medium === -1) return false;
  const other = confValue(out, "medium_id");
  return other !== medium && other !== -1;
}

/** proxy_arp_pvlan: also for hosts behind the same device (arp_fwd_pvlan). */
function isPrivateVlanProxy(dev: NetDevice, out: NetDevice, packet: ArpPacket): boolean {
  if (out !== dev || packet.senderIp === packet.targetIp) return false;
  return confValue(dev, "proxy_arp_pvlan") !== 0;
}

/** A proxy lets others answer first (pneigh_enqueue). */
function postpone(skb: SkBuff, packet: ArpPacket): void {
  const { dev } = skb;
  const { arpTable, clock, proxyRandom } = dev.net.kernel;
  const parms = parmsOf(arpTable, dev);
  let waiting = 0;
  for (const one of arpTable.proxyQueue) if (one.dev === dev) waiting++;
  if (waiting > parms.proxyQlen) {
    kfreeSkb(skb, "ARP_PROXY_QUEUE");
    return;
  }
  const delay = proxyRandom.below(Math.max(1, Math.floor(parms.proxyDelayMs / 4))) * 4000;
  const timer = clock.afterJiffies(delay, () => {
    arpTable.proxyQueue.delete(entry);
    if ((dev.flags & IFF.UP) !== 0) process(skb, packet, true);
    else kfreeSkb(skb, "DEV_READY");
  });
  const entry = { dev, timer };
  arpTable.proxyQueue.add(entry);
}

/** Replies and what is overheard change what is known; new entries only with arp_accept. */
function learn(skb: SkBuff, packet: ArpPacket): void {
  const { dev } = skb;
  const { senderIp, senderMac, operation } = packet;
  const { arpTable, clock } = dev.net.kernel;
  let neigh = neighLookup(arpTable, dev, senderIp);
  const accept = confValue(dev, "arp_accept");
  let type: string | undefined;
  const unicast = () => {
    type ??= addressType(dev.net, senderIp, dev);
    return type === "unicast";
  };
  let gratuitous = false;
  if (neigh !== undefined || accept !== 0) {
    gratuitous = isGratuitous(packet) && unicast();
    const may = accept === 1 || (accept === 2 && isOnLink(dev, senderIp));
    const wanted = gratuitous || (operation === ARP_OPERATION.REPLY && unicast());
    if (neigh === undefined && may && wanted) neigh = neighCreate(arpTable, dev, senderIp);
  }
  if (neigh === undefined) {
    drop(skb, "ARP_NOT_FOR_US", () => `${ip4Text(senderIp)} is not in the cache`);
    return;
  }
  const late = clock.now > neigh.updated + parmsOf(arpTable, dev).locktimeMs * 1000;
  const confirmed = operation === ARP_OPERATION.REPLY && skb.packetType === "host";
  const flags = late || gratuitous ? NEIGH_UPDATE.OVERRIDE : 0;
  neighUpdate(neigh, senderMac, confirmed ? "REACHABLE" : "STALE", flags);
  consumeSkb(skb);
}

/** Somebody tells his own address to all (arp_is_garp). */
function isGratuitous(packet: ArpPacket): boolean {
  if (packet.senderIp !== packet.targetIp) return false;
  return packet.operation === ARP_OPERATION.REQUEST || packet.targetMac === packet.senderMac;
}
