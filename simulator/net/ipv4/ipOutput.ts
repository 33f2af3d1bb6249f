// Sending IPv4 packets (linux/net/ipv4/ip_output.c): from a route and a payload to frames on a device.
// Policy: a packet lies in its frame from the start, 14 bytes behind its beginning, so nothing is
// copied on the way. What is larger than the MTU goes in fragments or, with "don't fragment", not at
// all. Broadcasts and groups that we listen to ourselves come back by a copy.
// Not simulated: source routes, IPv4 over IPv6 gateways' lookups of MACs by ND in one packet more.

import { put16 } from "../../wire/bytes.ts";
import { ETHERNET_HEADER, ETHERTYPE } from "../../wire/ethernet.ts";
import { IPPROTO, IPV4_HEADER, ipv4TotalLength, putIpv4 } from "../../wire/ipv4.ts";
import { asSoftirq, kfreeSkb, newSkb } from "../core/dev.ts";
import type { Errno } from "../core/errno.ts";
import { neighOutput } from "../core/neighbour.ts";
import type { Net } from "../core/netNamespace.ts";
import type { Cause, SkBuff } from "../core/skbuff.ts";
import { settingNumber } from "../core/sysctlTable.ts";
import { count, countIcmp, newFrame, nextIdentifier } from "./inetState.ts";
import { fragmentsOf } from "./ipFragment.ts";
import type { OutputRoute } from "./ipv4Net.ts";

/** Where the IP packet begins in a frame. */
export const IP_AT = ETHERNET_HEADER;

/** Bits of the fragment field. */
export const DONT_FRAGMENT = 0x4000;

/** What a sender chooses beside the payload. */
export type IpChoice = {
  readonly source: number;
  readonly destination: number;
  readonly protocol: number;
  readonly tos?: number;
  readonly ttl?: number | undefined;
  readonly dontFragment?: boolean;
  /** The identifier; chosen as Linux does when undefined. */
  readonly id?: number;
  readonly options?: Uint8Array;
  readonly cause?: Cause | undefined;
};

/** The TTL of packets on this route when nobody chose one (ip4_dst_hoplimit). */
function defaultTtl(net: Net, route: OutputRoute): number {
  return route.route?.metrics.get("hoplimit") || settingNumber(net, "ipv4/ip_default_ttl");
}

/** Builds a packet around a payload and sends it; the errno is what sendmsg(2) would return. */
export function sendIp(
  net: Net,
  route: OutputRoute,
  choice: IpChoice,
  payload: Uint8Array,
): Errno | undefined {
  const header = IPV4_HEADER + (choice.options?.length ?? 0);
  const totalLength = header + payload.length;
  if (totalLength > 0xffff) return "EMSGSIZE";
  const frame = newFrame(net, IP_AT + totalLength);
  put16(frame, 12, ETHERTYPE.IP);
  frame.set(payload, IP_AT + header);
  putIpv4(frame, IP_AT, {
    source: choice.source,
    destination: choice.destination,
    protocol: choice.protocol,
    totalLength,
    ttl: choice.ttl ?? defaultTtl(net, route),
    tos: choice.tos ?? 0,
    id: choice.id ?? nextIdentifier(net, choice),
    fragment: choice.dontFragment === true ? DONT_FRAGMENT : 0,
    ...(choice.options === undefined ? {} : { options: choice.options }),
  });
  if (choice.protocol === IPPROTO.ICMP) {
    count(net, "Icmp.OutMsgs");
    countIcmp(net, "Out", payload[0] ?? 0);
  }
  const skb = newSkb(net.kernel, { frame, dev: route.dev, ...causeOf(choice.cause) });
  let errno: Errno | undefined;
  asSoftirq(net.kernel, () => {
    errno = ipOutput(skb, route, route.mtu);
  });
  if (errno !== undefined) count(net, "Ip.OutDiscards");
  return errno;
}

/** For spreading: exactOptionalPropertyTypes knows no cause that is undefined. */
function causeOf(cause: Cause | undefined): { cause?: Cause } {
  return cause === undefined ? {} : { cause };
}

/** Sends a packet that is ready in its frame, which nobody else has seen (ip_output, ip_mc_output). */
export function ipOutput(skb: SkBuff, route: OutputRoute, mtu: number): Errno | undefined {
  const { net } = route.dev;
  const length = ipv4TotalLength(skb.frame, IP_AT);
  count(net, "Ip.OutRequests");
  count(net, "IpExt.OutOctets", length);
  skb.dev = route.dev;
  if (route.loopback) loopBack(skb, route);
  if (route.type === "multicast") {
    count(net, "IpExt.OutMcastPkts");
    count(net, "IpExt.OutMcastOctets", length);
    if (skb.frame[IP_AT + 8] === 0) return undefined;
  } else if (route.type === "broadcast") {
    count(net, "IpExt.OutBcastPkts");
    count(net, "IpExt.OutBcastOctets", length);
  }
  if (length <= mtu) return finishOutput(skb, route);
  return outputFragments(skb, route, mtu);
}

/** To the next hop (ip_finish_output2). */
function finishOutput(skb: SkBuff, route: OutputRoute): Errno | undefined {
  const { kernel } = route.dev.net;
  if (route.gateway6 !== undefined) {
    return neighOutput(kernel.ndTable, route.dev, route.gateway6, skb);
  }
  return neighOutput(kernel.arpTable, route.dev, route.nextHop, skb);
}

function outputFragments(skb: SkBuff, route: OutputRoute, mtu: number): Errno | undefined {
  const { net } = route.dev;
  const pieces = fragmentsOf(skb.frame, IP_AT, mtu);
  if (pieces.length === 0) {
    count(net, "Ip.FragFails");
    kfreeSkb(skb, "PKT_TOO_BIG", `MTU of ${route.dev.name} is ${mtu}`);
    return "EMSGSIZE";
  }
  for (const frame of pieces) {
    const piece = newSkb(net.kernel, { frame, dev: route.dev, ...causeOf(skb.cause) });
    const errno = finishOutput(piece, route);
    if (errno !== undefined) {
      count(net, "Ip.FragFails");
      return errno;
    }
    count(net, "Ip.FragCreates");
  }
  count(net, "Ip.FragOKs");
  return undefined;
}

/** We hear what we send to groups and to everybody (ip_mc_finish_output, dev_loopback_xmit). */
function loopBack(skb: SkBuff, route: OutputRoute): void {
  const { dev } = route;
  const { kernel } = dev.net;
  const copy = newSkb(kernel, { frame: skb.frame.slice(), dev, ...causeOf(skb.cause) });
  copy.packetType = "loopback";
  kernel.backlog.push(copy);
}
