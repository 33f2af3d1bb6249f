// Sending IPv6 packets of this host (linux/net/ipv6/ip6_output.c: ip6_xmit, ip6_output, ip6_fragment).
// Policy: packets get a flow label from a hash of their flow (auto_flowlabels). What is longer than
// the way's MTU leaves in fragments. A multicast that this device listens to is also received here,
// before others have it, unless the sender does not want that.
// Not here: which way (route6.ts). Not simulated: extension headers that sockets add.

import { put16, put32 } from "../../wire/bytes.ts";
import { ETHERTYPE, ethernetFrame } from "../../wire/ethernet.ts";
import { groupMac6, IPV6_HEADER, isMulticast6, NEXT, putIpv6 } from "../../wire/ipv6.ts";
import { newSkb } from "../core/dev.ts";
import type { Errno } from "../core/errno.ts";
import type { NetDevice } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import type { Cause } from "../core/skbuff.ts";
import { xmit6 } from "./ip6Xmit.ts";
import { listensTo6 } from "./mcast.ts";
import { flowHash6, type OutputRoute6 } from "./route6.ts";
import { count6, countMulticast6, countRequest6 } from "./snmp6.ts";

/** A payload to be sent by a way that was found. */
export type Sent6 = {
  readonly route: OutputRoute6;
  readonly destination: string;
  readonly protocol: number;
  readonly payload: Uint8Array;
  readonly hopLimit?: number | undefined;
  readonly trafficClass?: number | undefined;
  readonly flowLabel?: number | undefined;
  /** What tells flows apart beside addresses: ports, or type and code. */
  readonly flow?: string;
  readonly mayFragment: boolean;
  /** False when the sender does not want to hear its own multicasts. */
  readonly multicastLoop?: boolean;
  /** Completes the checksum; `header` is where the IPv6 header begins, `at` the payload. */
  readonly finish?: ((packet: Uint8Array, header: number, at: number) => void) | undefined;
  readonly cause?: Cause | undefined;
};

/** The flow label that the kernel gives a flow. */
function autoFlowLabel(net: Net, words: string): number {
  const mode = net.ip6.values.get("auto_flowlabels");
  return mode === "0" ? 0 : flowHash6(net, words) & 0xfffff;
}

/** Sends a payload. EMSGSIZE when it is too long and must not be cut. */
export function output6(net: Net, sent: Sent6): Errno | undefined {
  const { route, destination, payload, protocol } = sent;
  const packet = new Uint8Array(IPV6_HEADER + payload.length);
  const words = `${route.source}${destination}${protocol}${sent.flow ?? ""}`;
  putIpv6(packet, 0, {
    payloadLength: payload.length,
    nextHeader: protocol,
    hopLimit: sent.hopLimit ?? (isMulticast6(destination) ? 1 : route.hopLimit),
    source: route.source,
    destination,
    trafficClass: sent.trafficClass ?? 0,
    flowLabel: sent.flowLabel ?? autoFlowLabel(net, words),
  });
  packet.set(payload, IPV6_HEADER);
  sent.finish?.(packet, 0, IPV6_HEADER);
  if (packet.length > route.mtu && !sent.mayFragment) return "EMSGSIZE";
  const { routeDev } = route;
  countRequest6(routeDev, packet.length, protocol === NEXT.ICMPV6 ? payload[0] : undefined);
  const parts = packet.length > route.mtu ? fragment6(net, packet, route.mtu) : [packet];
  if (parts.length > 1) {
    count6(routeDev, "Ip6.FragOKs");
    count6(routeDev, "Ip6.FragCreates", parts.length);
  }
  for (const part of parts) {
    const errno = sendPart(sent, part);
    if (errno !== undefined) return errno;
  }
  return undefined;
}

function sendPart(sent: Sent6, packet: Uint8Array): Errno | undefined {
  const { route, destination, cause } = sent;
  const { dev } = route;
  if (isMulticast6(destination)) {
    const wanted = sent.multicastLoop !== false && dev.driver.type !== "loopback";
    if (wanted && listensTo6(dev, destination)) loopBack(dev, destination, packet);
    countMulticast6(dev, "Out", packet.length);
    // Node-local groups never leave.
    if (destination.charAt(3) <= "1" && dev.driver.type !== "loopback") return undefined;
    return xmit6({ dev, nextHop: destination, packet, cause });
  }
  const loopedFor = dev === dev.net.loopback ? route.routeDev : undefined;
  return xmit6({ dev, nextHop: route.nextHop, packet, cause, loopedFor });
}

/** Our own multicast as this device would receive it; taps do not see it. */
function loopBack(dev: NetDevice, destination: string, packet: Uint8Array): void {
  const header = { destination: groupMac6(destination), source: dev.mac, type: ETHERTYPE.IPV6 };
  const skb = newSkb(dev.net.kernel, { frame: ethernetFrame(header, packet), dev });
  skb.packetType = "multicast";
  dev.net.kernel.protocols.get(ETHERTYPE.IPV6)?.(skb);
}

/** Cuts a packet into fragments that fit an MTU (ip6_fragment). */
function fragment6(net: Net, packet: Uint8Array, mtu: number): Uint8Array[] {
  const room = (mtu - IPV6_HEADER - 8) & ~7;
  const body = packet.subarray(IPV6_HEADER);
  net.ip6.fragmentId = (net.ip6.fragmentId + 1 + net.kernel.random.below(64)) >>> 0;
  const parts: Uint8Array[] = [];
  for (let offset = 0; offset < body.length; offset += room) {
    const piece = body.subarray(offset, offset + room);
    const part = new Uint8Array(IPV6_HEADER + 8 + piece.length);
    part.set(packet.subarray(0, IPV6_HEADER));
    put16(part, 4, piece.length + 8);
    part[6] = NEXT.FRAGMENT;
    part[IPV6_HEADER] = packet[6] ?? 0;
    put16(part, IPV6_HEADER + 2, offset | Number(offset + room < body.length));
    put32(part, IPV6_HEADER + 4, net.ip6.fragmentId);
    part.set(piece, IPV6_HEADER + 8);
    parts.push(part);
  }
  return parts;
}
