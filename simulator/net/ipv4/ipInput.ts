// Receiving IPv4 packets (linux/net/ipv4/ip_input.c): is it sound, where does it go, who gets it?
// Policy: checks and counters in the kernel's order. What has no way is dropped in silence by a host
// and reported by a router, within limits (route.c, ip_error).
// Not simulated: IP options beyond keeping them (record route, timestamps, source routes).

import { ip4Text } from "../../wire/address.ts";
import { get16 } from "../../wire/bytes.ts";
import { ICMP, UNREACHABLE } from "../../wire/icmp.ts";
import {
  IPPROTO,
  IPV4_HEADER,
  ipv4Destination,
  ipv4HeaderLength,
  ipv4Source,
  ipv4TotalLength,
  isIpv4ChecksumRight,
} from "../../wire/ipv4.ts";
import { consumeSkb, kfreeSkb, logLine } from "../core/dev.ts";
import type { DropReason, SkBuff } from "../core/skbuff.ts";
import { confValue } from "./devinet.ts";
import { icmpReceive } from "./icmp.ts";
import { icmpSend } from "./icmpSend.ts";
import { allowsNoRoute } from "./inetPeer.ts";
import { count, inetOf } from "./inetState.ts";
import { ipForward } from "./ipForward.ts";
import { reassemble } from "./ipFragment.ts";
import { IP_AT } from "./ipOutput.ts";
import type { InputRoute } from "./ipv4Net.ts";
import { rawDeliver } from "./raw.ts";
import { routeInput } from "./route.ts";
import { tcpReceive } from "./tcpIpv4.ts";
import { udpReceive } from "./udp.ts";

const ECN_COUNTERS = [
  "IpExt.InNoECTPkts",
  "IpExt.InECT1Pkts",
  "IpExt.InECT0Pkts",
  "IpExt.InCEPkts",
];

/** Takes an IPv4 frame from a device (ip_rcv). */
export function ipReceive(skb: SkBuff): void {
  const { dev, frame } = skb;
  const { net } = dev;
  if (skb.packetType === "otherhost") {
    dev.stats.rxOtherhost++;
    kfreeSkb(skb, "OTHERHOST");
    return;
  }
  count(net, "Ip.InReceives");
  count(net, "IpExt.InOctets", frame.length - IP_AT);
  const problem = findProblem(skb);
  if (problem !== undefined) {
    kfreeSkb(skb, problem);
    return;
  }
  const tos = frame[IP_AT + 1] ?? 0;
  const destination = ipv4Destination(frame, IP_AT);
  if (skb.packetType === "loopback") {
    // The way of our own copy was decided when it was sent.
    deliverLocally(skb, destination >>> 28 === 0xe ? "multicast" : "broadcast");
    return;
  }
  const route = routeInput(dev, {
    source: ipv4Source(frame, IP_AT),
    destination,
    tos: tos & 0x1c,
  });
  if (route.type === "forward") {
    if (mayPass(skb)) ipForward(skb, route);
  } else if (route.type === "drop") dropMartian(skb, route);
  else if (route.type === "unreachable") unreachable(skb, route);
  else deliverLocally(skb, route.type);
}

/** Why a packet is unsound, or undefined; counts. */
function findProblem({ dev, frame }: SkBuff): DropReason | undefined {
  const { net } = dev;
  const header = ipv4HeaderLength(frame, IP_AT);
  const there = frame.length - IP_AT;
  const sound = there >= IPV4_HEADER && (frame[IP_AT] ?? 0) >> 4 === 4 && header >= IPV4_HEADER;
  if (!sound || there < header) {
    count(net, "Ip.InHdrErrors");
    return "IP_INHDR";
  }
  count(net, ECN_COUNTERS[(frame[IP_AT + 1] ?? 0) & 3] ?? "");
  if (!isIpv4ChecksumRight(frame, IP_AT)) {
    count(net, "IpExt.InCsumErrors");
    count(net, "Ip.InHdrErrors");
    return "IP_CSUM";
  }
  const total = ipv4TotalLength(frame, IP_AT);
  if (there < total) {
    count(net, "IpExt.InTruncatedPkts");
    return "PKT_TOO_SMALL";
  }
  if (total < header) {
    count(net, "Ip.InHdrErrors");
    return "IP_INHDR";
  }
  return undefined;
}

/** drop_unicast_in_l2_multicast: a group's frame with a packet for one host. */
function mayPass(skb: SkBuff): boolean {
  if (skb.packetType !== "broadcast" && skb.packetType !== "multicast") return true;
  if (confValue(skb.dev, "drop_unicast_in_l2_multicast") === 0) return true;
  kfreeSkb(skb, "UNICAST_IN_L2_MULTICAST");
  return false;
}

function dropMartian(skb: SkBuff, route: Extract<InputRoute, { type: "drop" }>): void {
  const { dev, frame } = skb;
  if (route.errno === "EXDEV") count(dev.net, "TcpExt.IPReversePathFilter");
  const source = () => ip4Text(ipv4Source(frame, IP_AT));
  const destination = () => ip4Text(ipv4Destination(frame, IP_AT));
  if (
    route.martian !== undefined &&
    dev.ip4 !== undefined &&
    confValue(dev, "log_martians") !== 0
  ) {
    if (route.martian === "source") {
      logLine(
        dev.net.kernel,
        `IPv4: martian source ${destination()} from ${source()}, on dev ${dev.name}`,
      );
      logLine(dev.net.kernel, `ll header: ${headerText(frame)}`);
    } else {
      logLine(
        dev.net.kernel,
        `IPv4: martian destination ${destination()} from ${source()}, dev ${dev.name}`,
      );
    }
  }
  const watched = dev.net.kernel.packetListeners.size > 0;
  kfreeSkb(skb, route.reason, watched ? `${source()} to ${destination()} on ${dev.name}` : "");
}

function headerText(frame: Uint8Array): string {
  const hex = (byte: number) => byte.toString(16).padStart(2, "0");
  return `00000000: ${[...frame.subarray(0, IP_AT)].map(hex).join(" ")}`;
}

/** There is no way (ip_error). */
function unreachable(skb: SkBuff, route: Extract<InputRoute, { type: "unreachable" }>): void {
  const { dev } = skb;
  const { net } = dev;
  const { errno, reason } = route;
  const host = confValue(dev, "forwarding") === 0;
  if (errno === "ENETUNREACH") count(net, "IpExt.InNoRoutes");
  else if (host && errno === "EHOSTUNREACH") count(net, "Ip.InAddrErrors");
  const code = {
    ENETUNREACH: UNREACHABLE.NET,
    EHOSTUNREACH: UNREACHABLE.HOST,
    EACCES: UNREACHABLE.FILTERED,
  }[errno as string];
  if (!host && code !== undefined && allowsNoRoute(net, ipv4Source(skb.frame, IP_AT))) {
    icmpSend(skb, { type: ICMP.UNREACHABLE, code, info: 0, origin: "forward" });
  }
  const watched = net.kernel.packetListeners.size > 0;
  const what = host ? "forwarding is off" : "no route";
  kfreeSkb(skb, reason, watched ? `${ip4Text(ipv4Destination(skb.frame, IP_AT))}: ${what}` : "");
}

/** The packet is for us (ip_local_deliver). */
function deliverLocally(skb: SkBuff, type: "local" | "broadcast" | "multicast"): void {
  const { net } = skb.dev;
  const length = ipv4TotalLength(skb.frame, IP_AT);
  if (type === "multicast") {
    count(net, "IpExt.InMcastPkts");
    count(net, "IpExt.InMcastOctets", length);
  } else if (type === "broadcast") {
    count(net, "IpExt.InBcastPkts");
    count(net, "IpExt.InBcastOctets", length);
  } else if (!mayPass(skb)) return;
  let packet: SkBuff | undefined = skb;
  if ((get16(skb.frame, IP_AT + 6) & 0x3fff) !== 0) {
    packet = reassemble(skb, (first) => {
      icmpSend(first, { type: ICMP.TIME_EXCEEDED, code: 1, info: 0, origin: "local" });
    });
  }
  if (packet !== undefined) toProtocol(packet, type);
}

/** To the sockets and the protocol (ip_protocol_deliver_rcu). */
function toProtocol(skb: SkBuff, type: "local" | "broadcast" | "multicast"): void {
  const { net } = skb.dev;
  const protocol = skb.frame[IP_AT + 9] ?? 0;
  const raw = inetOf(net).raw.size > 0 && rawDeliver(skb, protocol);
  if (protocol === IPPROTO.ICMP) icmpReceive(skb, type);
  else if (protocol === IPPROTO.UDP) udpReceive(skb, type);
  else if (protocol === IPPROTO.TCP) tcpReceive(skb, type);
  else if (protocol === IPPROTO.IGMP || raw) consumeSkb(skb);
  else {
    count(net, "Ip.InUnknownProtos");
    if (type === "local") {
      icmpSend(skb, {
        type: ICMP.UNREACHABLE,
        code: UNREACHABLE.PROTOCOL,
        info: 0,
        origin: "local",
      });
    }
    kfreeSkb(skb, "IP_NOPROTO");
    return;
  }
  count(net, "Ip.InDelivers");
}
