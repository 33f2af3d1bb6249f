// IPv6 packets that devices receive: for us, onwards, or nowhere (linux/net/ipv6/ip6_input.c;
// ip6_output.c: ip6_forward).
// Policy: frames for other hosts and packets that lie about their length are dropped. Groups count
// per device. A packet that finds no route is answered with an error even where nothing is
// forwarded; one that finds a route is forwarded only if conf.all.forwarding is on, with one hop less
// and no longer than the next link takes.
// Not simulated: routing headers, multicast forwarding, extension headers' own errors.

import { get16, get32, getIp6 } from "../../wire/bytes.ts";
import { ETHERNET_HEADER, ETHERTYPE } from "../../wire/ethernet.ts";
import { ICMPV6, UNREACHABLE6 } from "../../wire/icmpv6.ts";
import {
  IN6,
  IPV6_HEADER,
  isLinkLocal6,
  isMulticast6,
  NEXT,
  transportOf,
} from "../../wire/ipv6.ts";
import { consumeSkb, kfreeSkb } from "../core/dev.ts";
import type { Kernel } from "../core/kernel.ts";
import type { NetDevice } from "../core/netDevice.ts";
import type { SkBuff } from "../core/skbuff.ts";
import { count } from "../ipv4/inetState.ts";
import { conf6 } from "./createIpv6Net.ts";
import { receiveIcmp6 } from "./icmpv6.ts";
import { sendIcmpError6 } from "./icmpv6Send.ts";
import { xmit6 } from "./ip6Xmit.ts";
import { listensTo6 } from "./mcast.ts";
import { reassemble6 } from "./reassembly6.ts";
import { sendRedirect6 } from "./redirect6.ts";
import { type InputRoute6, mtuOf, outputBy, routeInput6 } from "./route6.ts";
import { count6, countArrival6, countEcn6, countMulticast6, countUnheard6 } from "./snmp6.ts";
import { isLoopback6 } from "./sourceAddress6.ts";
import { refuseSegment6 } from "./tcpIpv6.ts";

const AT = ETHERNET_HEADER;

/** Takes IPv6 frames from all devices. */
export function receiveIpv6(kernel: Kernel): void {
  kernel.protocols.set(ETHERTYPE.IPV6, ipv6Rcv);
}

function ipv6Rcv(skb: SkBuff): void {
  const { dev, frame } = skb;
  const { ip6 } = dev;
  if (frame[AT + 24] === 0xff && ip6 !== undefined) ip6.heardGroups = true;
  // Most frames on a link are multicasts for groups that this device is not in: those end here.
  if (frame[AT + 24] === 0xff && ip6?.groupTails.has(get32(frame, AT + 36)) !== true) {
    countUnheard6(dev, frame.length - AT, (frame[AT + 1] ?? 0) >> 4);
    kfreeSkb(skb, "IP_INADDRERRORS", "no listener to this group");
    return;
  }
  if (skb.packetType === "otherhost") {
    dev.stats.rxOtherhost++;
    kfreeSkb(skb, "OTHERHOST");
    return;
  }
  const loopedFor = takeLooped(skb);
  countArrival6(dev, frame.length - AT);
  const bytes = checked(skb);
  if (bytes === undefined) return;
  if (ip6 === undefined || (conf6(ip6.conf, "disable_ipv6") !== 0 && loopedFor === undefined)) {
    count6(dev, "Ip6.InDiscards");
    kfreeSkb(skb, "IP_INHDR", `IPv6 is disabled on ${dev.name}`);
    return;
  }
  countEcn6(dev, (frame[AT + 1] ?? 0) >> 4);
  const destination = getIp6(bytes, AT + 24);
  if (bytes[AT + 24] === 0xff) {
    countMulticast6(dev, "In", bytes.length - AT);
    if (listensTo6(dev, destination)) deliver(skb, bytes, dev);
    else kfreeSkb(skb, "IP_INADDRERRORS", "no listener to this group");
    return;
  }
  const source = getIp6(bytes, AT + 8);
  const refusal = refuseAddresses(dev, source, destination);
  if (refusal !== undefined) {
    count6(dev, "Ip6.InHdrErrors");
    kfreeSkb(skb, "IP_INADDRERRORS", refusal);
  } else if (loopedFor !== undefined) {
    deliver(skb, bytes, loopedFor);
    dev.net.ip6.looped.delete(skb.id);
  } else routed(skb, bytes, routeInput6(dev, source, destination));
}

function refuseAddresses(dev: NetDevice, source: string, destination: string): string | undefined {
  const onLoopback = dev === dev.net.loopback;
  if (!onLoopback && (isLoopback6(source) || isLoopback6(destination)))
    return "::1 does not travel";
  return isMulticast6(source) ? "multicast source" : undefined;
}

/** Where a packet of our own was sent to, if it is one. */
function takeLooped(skb: SkBuff): NetDevice | undefined {
  const { net } = skb.dev;
  return skb.dev === net.loopback ? net.ip6.looped.get(skb.id) : undefined;
}

/** The frame without what is behind the packet; undefined when it was dropped. */
function checked(skb: SkBuff): Uint8Array | undefined {
  const { frame } = skb;
  if (frame.length < AT + IPV6_HEADER || (frame[AT] ?? 0) >> 4 !== 6) {
    count6(skb.dev, "Ip6.InHdrErrors");
    kfreeSkb(skb, "IP_INHDR");
    return undefined;
  }
  const end = AT + IPV6_HEADER + get16(frame, AT + 4);
  if (frame.length < end) {
    count6(skb.dev, "Ip6.InTruncatedPkts");
    kfreeSkb(skb, "PKT_TOO_SMALL", "shorter than its payload length");
    return undefined;
  }
  return frame.length === end ? frame : frame.subarray(0, end);
}

function routed(skb: SkBuff, bytes: Uint8Array, way: InputRoute6): void {
  if (way.type === "local") {
    deliver(skb, bytes, skb.dev);
    return;
  }
  if (way.type === "forward") {
    forward(skb, bytes, way);
    return;
  }
  if (way.errno === "EINVAL") {
    kfreeSkb(skb, "BLACKHOLE");
    return;
  }
  count6(skb.dev, "Ip6.InNoRoutes");
  const code = way.errno === "EACCES" ? UNREACHABLE6.PROHIBITED : UNREACHABLE6.NO_ROUTE;
  sendIcmpError6(skb, { type: ICMPV6.UNREACHABLE, code });
  kfreeSkb(skb, "IP_INNOROUTES");
}

/** Hands a packet to its protocol and to raw sockets. `dev` is the device whose address it is for. */
function deliver(skb: SkBuff, bytes: Uint8Array, dev: NetDevice): void {
  const transport = transportOf(bytes, AT);
  if (!transport.complete) {
    count6(dev, "Ip6.InHdrErrors");
    kfreeSkb(skb, "IP_INHDR", "extension headers");
    return;
  }
  if (transport.fragment !== undefined) {
    const whole = reassemble6(skb, transport.fragment, dev);
    if (whole !== undefined) deliver({ ...skb, frame: whole }, whole, dev);
    return;
  }
  const { protocol, at } = transport;
  const packet = {
    skb,
    dev,
    source: getIp6(bytes, AT + 8),
    destination: getIp6(bytes, AT + 24),
    hopLimit: bytes[AT + 7] ?? 0,
    protocol,
    payload: bytes.subarray(at),
  };
  const receivers = dev.net.ip6.receivers.get(protocol);
  const known = protocol === NEXT.ICMPV6 || protocol === NEXT.TCP || protocol === NEXT.UDP;
  const taken = known || (receivers !== undefined && receivers.size > 0);
  count6(dev, taken ? "Ip6.InDelivers" : "Ip6.InUnknownProtos");
  if (receivers !== undefined) for (const receiver of [...receivers]) receiver(packet);
  if (protocol === NEXT.ICMPV6) {
    receiveIcmp6({ ...packet, packet: bytes.subarray(AT), at: at - AT });
    consumeSkb(skb);
  } else if (protocol === NEXT.TCP) {
    refuseSegment6(packet);
    kfreeSkb(skb, "NO_SOCKET");
  } else if (protocol === NEXT.UDP || !taken) {
    refuseProtocol(skb, protocol);
  } else consumeSkb(skb);
}

/** Nobody takes this protocol: a port that nobody has, or a header that nobody knows. */
function refuseProtocol(skb: SkBuff, protocol: number): void {
  if (protocol === NEXT.UDP) {
    count(skb.dev.net, "Udp6.NoPorts");
    sendIcmpError6(skb, { type: ICMPV6.UNREACHABLE, code: UNREACHABLE6.PORT });
    kfreeSkb(skb, "NO_SOCKET");
    return;
  }
  if (protocol !== NEXT.NONE) {
    sendIcmpError6(skb, { type: ICMPV6.PARAMETER_PROBLEM, code: 1, info: 6 });
  }
  kfreeSkb(skb, "IP_NOPROTO");
}

function forward(
  skb: SkBuff,
  bytes: Uint8Array,
  way: Extract<InputRoute6, { type: "forward" }>,
): void {
  const { dev } = skb;
  const { net } = dev;
  if (conf6(net.ip6.confAll, "forwarding") === 0) {
    count6(dev, "Ip6.InAddrErrors");
    kfreeSkb(skb, "IP_FORWARDING_OFF");
    return;
  }
  if (skb.packetType !== "host") {
    count6(dev, "Ip6.InDiscards");
    kfreeSkb(skb, "OTHERHOST");
    return;
  }
  const hops = bytes[AT + 7] ?? 0;
  if (hops <= 1) {
    sendIcmpError6(skb, { type: ICMPV6.TIME_EXCEEDED, code: 0 });
    count6(dev, "Ip6.InHdrErrors");
    kfreeSkb(skb, "IP_TTL_EXPIRED");
    return;
  }
  const source = getIp6(bytes, AT + 8);
  const destination = getIp6(bytes, AT + 24);
  const out = outputBy(net, way.found, destination, source);
  if (out.dev === dev) sendRedirect6(skb, out.nextHop);
  else if (source === IN6.ANY || isLoopback6(source)) {
    count6(out.dev, "Ip6.InAddrErrors");
    kfreeSkb(skb, "IP_INADDRERRORS");
    return;
  } else if (isLinkLocal6(source)) {
    sendIcmpError6(skb, { type: ICMPV6.UNREACHABLE, code: UNREACHABLE6.NOT_NEIGHBOUR });
    count6(out.dev, "Ip6.InAddrErrors");
    kfreeSkb(skb, "IP_INADDRERRORS", "link-local source");
    return;
  }
  const mtu = Math.max(out.mtu, 1280);
  if (bytes.length - AT > mtu) {
    sendIcmpError6(skb, {
      type: ICMPV6.PACKET_TOO_BIG,
      code: 0,
      info: Math.min(mtu, mtuOf(out.dev)),
    });
    count6(dev, "Ip6.InTooBigErrors");
    count6(out.dev, "Ip6.FragFails");
    kfreeSkb(skb, "PKT_TOO_BIG");
    return;
  }
  const packet = bytes.slice(AT);
  packet[7] = hops - 1;
  count6(out.dev, "Ip6.OutForwDatagrams");
  count6(out.dev, "Ip6.OutOctets", packet.length);
  xmit6({
    dev: out.dev,
    nextHop: out.nextHop,
    packet,
    cause: { text: "forwarded", frame: skb.id },
  });
}
