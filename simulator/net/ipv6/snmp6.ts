// Counting of IPv6 for the namespace and for the device (linux/include/net/ipv6.h: IP6_INC_STATS;
// net/ipv6/proc.c), named as /proc/net/snmp6 names it: "Ip6.InReceives", "Icmp6Msg.InType128".
// Policy: named counters of ICMPv6 are made of those by type when they are read.
// Not here: the files (process/procCounters.ts).

import type { NetDevice } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";

/** Counts in /proc/net/snmp6 of the namespace and in /proc/net/dev_snmp6 of the device. */
export function count6(dev: NetDevice, name: string, by = 1): void {
  const { counters } = dev.net;
  counters.set(name, (counters.get(name) ?? 0) + by);
  const own = dev.ip6?.counters;
  if (own !== undefined) own.set(name, (own.get(name) ?? 0) + by);
}

/** Counts a failed search for a way out; others than "no route" are not counted. */
export function countNoRoute6({ counters }: Net, errno: string): void {
  const name = "Ip6.OutNoRoutes";
  if (errno === "ENETUNREACH") counters.set(name, (counters.get(name) ?? 0) + 1);
}

const ECN = ["Ip6.InNoECTPkts", "Ip6.InECT1Pkts", "Ip6.InECT0Pkts", "Ip6.InCEPkts"];

/** Counts a packet of so many bytes that came in, before anything of it is checked. */
export function countArrival6(dev: NetDevice, length: number): void {
  count6(dev, "Ip6.InReceives");
  count6(dev, "Ip6.InOctets", length);
}

/** Counts what a packet says of congestion, once its header is known to be right. */
export function countEcn6(dev: NetDevice, ecn: number): void {
  count6(dev, ECN[ecn & 3] ?? "");
}

/** Counts a multicast that came in or goes out. */
export function countMulticast6(dev: NetDevice, way: "In" | "Out", length: number): void {
  count6(dev, `Ip6.${way}McastPkts`);
  count6(dev, `Ip6.${way}McastOctets`, length);
}

/** Counts a packet of this host before it is cut; `type` is that of its ICMPv6 message. */
export function countRequest6(dev: NetDevice, length: number, type?: number): void {
  count6(dev, "Ip6.OutRequests");
  count6(dev, "Ip6.OutOctets", length);
  if (type === undefined) return;
  count6(dev, "Icmp6.OutMsgs");
  count6(dev, `Icmp6Msg.OutType${type}`);
}

/** Counts a multicast that came in and that nobody here listens to. */
export function countUnheard6(dev: NetDevice, length: number, ecn = 0): void {
  countArrival6(dev, length);
  if (Number(dev.ip6?.conf.values.get("disable_ipv6") ?? 1) !== 0) {
    count6(dev, "Ip6.InDiscards");
    return;
  }
  countEcn6(dev, ecn);
  countMulticast6(dev, "In", length);
}
