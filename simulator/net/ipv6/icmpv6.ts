// ICMPv6 as this host receives it (linux/net/ipv6/icmp.c: icmpv6_rcv, icmpv6_echo_reply,
// icmpv6_notify).
// Policy: echo requests are answered from the address they were sent to, or from another of ours for
// multicasts; "packet too big" lowers the MTU towards its destination for 600 seconds; errors go to
// the sockets of the protocol that they are about.
// Not here: sending errors (icmpv6Send.ts), ND (ndisc.ts), MLD (mcast.ts).
// Not simulated: node information queries.

import { get32, getIp6 } from "../../wire/bytes.ts";
import {
  ICMPV6,
  icmpv6Bytes,
  isIcmpv6ChecksumRight,
  isIcmpv6Error,
  parseIcmpv6,
  putIcmpv6Checksum,
} from "../../wire/icmpv6.ts";
import {
  IN6,
  IPV6_HEADER,
  IPV6_MIN_MTU,
  isLinkLocal6,
  isMulticast6,
  NEXT,
  transportOf,
} from "../../wire/ipv6.ts";
import { parseMldQuery } from "../../wire/mld.ts";
import { kfreeSkb } from "../core/dev.ts";
import type { Net } from "../core/netNamespace.ts";
import { output6 } from "./ip6Output.ts";
import type { ReceivedPacket6 } from "./ipv6Net.ts";
import { answerQuery6 } from "./mcast.ts";
import { isPlausibleNd6, receiveNd6 } from "./ndisc.ts";
import { lookup6, routeOutput6 } from "./route6.ts";
import { count6, countNoRoute6 } from "./snmp6.ts";
import { needsDevice6 } from "./sourceAddress6.ts";

/** What a received packet is, with its bytes: `packet` from its IPv6 header, `at` where ICMPv6 begins. */
export type ReceivedIcmp6 = ReceivedPacket6 & { readonly packet: Uint8Array; readonly at: number };

/** Takes a message that is for this host. */
export function receiveIcmp6(received: ReceivedIcmp6): void {
  const { skb, packet, at, dev, source, destination, hopLimit } = received;
  count6(dev, "Icmp6.InMsgs");
  const message = parseIcmpv6(packet, at);
  if (message === undefined) {
    count6(dev, "Icmp6.InErrors");
    kfreeSkb(skb, "PKT_TOO_SMALL", "ICMPv6 header");
    return;
  }
  if (!isIcmpv6ChecksumRight(packet, 0, at)) {
    count6(dev, "Icmp6.InCsumErrors");
    count6(dev, "Icmp6.InErrors");
    kfreeSkb(skb, "CSUM", "ICMPv6 checksum");
    return;
  }
  const { type, code } = message;
  count6(dev, `Icmp6Msg.InType${type}`);
  if (type === ICMPV6.ECHO) answerEcho(received);
  else if (isIcmpv6Error(type)) receiveError(received);
  else if (type >= ICMPV6.ROUTER_SOLICITATION && type <= ICMPV6.REDIRECT) {
    if (isPlausibleNd6(hopLimit, code)) {
      receiveNd6({ skb, dev, source, destination, message });
    }
  } else if (type === ICMPV6.MLD_QUERY && dev.ip6 !== undefined && isLinkLocal6(source)) {
    const query = parseMldQuery(message);
    if (query !== undefined) answerQuery6(dev.ip6, query);
  }
}

function answerEcho(received: ReceivedIcmp6): void {
  const { skb, dev, source, destination, payload } = received;
  const { net } = dev;
  const { values } = net.ip6;
  const isGroup = isMulticast6(destination);
  const ignored = (name: string) => Number(values.get(`icmp/echo_ignore_${name}`)) > 0;
  if (ignored("all") || (isGroup && ignored("multicast"))) return;
  const isAnycast = dev.ip6?.anycasts.has(destination) === true;
  if (isAnycast && ignored("anycast")) return;
  const keepsAddress = !isGroup && (!isAnycast || values.get("anycast_src_echo_reply") === "1");
  const route = routeOutput6(net, {
    destination: source,
    source: keepsAddress ? destination : undefined,
    oif: needsDevice6(source) || needsDevice6(destination) ? dev : undefined,
    protocol: NEXT.ICMPV6,
  });
  if ("errno" in route) {
    countNoRoute6(net, route.errno);
    return;
  }
  const echo = parseIcmpv6(payload);
  if (echo === undefined) return;
  const trafficClass = ((received.packet[0] ?? 0) << 4) | ((received.packet[1] ?? 0) >> 4);
  output6(net, {
    route,
    destination: source,
    protocol: NEXT.ICMPV6,
    payload: icmpv6Bytes({ ...echo, type: ICMPV6.ECHO_REPLY }),
    trafficClass: trafficClass & 0xff,
    flow: `${ICMPV6.ECHO_REPLY} 0`,
    mayFragment: true,
    finish: putIcmpv6Checksum,
    cause: { text: "echo reply", frame: skb.id },
  });
}

function receiveError(received: ReceivedIcmp6): void {
  const { payload, dev, source } = received;
  const { net } = dev;
  const quoted = payload.subarray(8);
  if (quoted.length < IPV6_HEADER) {
    count6(dev, "Icmp6.InErrors");
    return;
  }
  const type = payload[0] ?? 0;
  const code = payload[1] ?? 0;
  const info = get32(payload, 4);
  if (type === ICMPV6.PACKET_TOO_BIG) lowerMtu(net, quoted, info);
  const transport = transportOf(quoted, 0);
  const listeners = net.ip6.errorReceivers.get(transport.protocol);
  const { protocol } = transport;
  const sockets = protocol === NEXT.UDP || protocol === NEXT.TCP;
  if (sockets && (listeners?.size ?? 0) === 0) count6(dev, "Icmp6.InErrors");
  if (listeners === undefined) return;
  for (const listener of listeners) listener({ source, dev, type, code, info, quoted });
}

/** Remembers the MTU of a way for route.mtu_expires seconds (ip6_update_pmtu). */
function lowerMtu(net: Net, quoted: Uint8Array, told: number): void {
  const destination = getIp6(quoted, 24);
  const found = lookup6(net, { destination, source: IN6.ANY }, false);
  if ("errno" in found || found.route.type === "local") return;
  const mtu = Math.max(told, IPV6_MIN_MTU);
  const known = net.ip6.exceptions.get(destination);
  if (mtu >= Math.min(known?.mtu ?? 65536, found.nexthop.dev.mtu)) return;
  const seconds = Number(net.ip6.values.get("route/mtu_expires") ?? 600);
  net.ip6.exceptions.set(destination, {
    destination,
    route: found.route,
    gateway: known?.gateway,
    dev: found.nexthop.dev,
    mtu,
    expires: net.kernel.clock.now + seconds * 1e6,
  });
}
