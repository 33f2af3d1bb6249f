// The last step of an IPv6 packet on its way out (linux/net/ipv6/ip6_output.c: ip6_finish_output2,
// ndisc.c: ndisc_send_skb): it becomes a frame and goes to its next hop's MAC.
// Policy: groups and lo need no resolution (the ND table's constructor says so). A packet that goes
// through lo to an address of our own remembers whose device that address has.
// Not here: which way (route6.ts), fragments (ip6Output.ts).

import type { Timer } from "../../clock.ts";
import { put16 } from "../../wire/bytes.ts";
import { ETHERNET_HEADER, ETHERTYPE } from "../../wire/ethernet.ts";
import { type Icmpv6Message, icmpv6Bytes, putIcmpv6Checksum } from "../../wire/icmpv6.ts";
import { groupMac6, IPV6_HEADER, NEXT, putIpv6 } from "../../wire/ipv6.ts";
import { ROUTER_ALERT } from "../../wire/mld.ts";
import { asSoftirq, kfreeSkb, newSkb } from "../core/dev.ts";
import type { Errno } from "../core/errno.ts";
import { neighOutput } from "../core/neighbour.ts";
import type { NetDevice } from "../core/netDevice.ts";
import type { Cause } from "../core/skbuff.ts";
import { newFrame } from "../ipv4/inetState.ts";
import { countMulticast6, countRequest6 } from "./snmp6.ts";

/** A packet that is ready but for its frame. */
export type Outgoing6 = {
  readonly dev: NetDevice;
  /** Whose MAC the frame needs: a router, the destination, or a group. */
  readonly nextHop: string;
  /** From the IPv6 header on; copied. */
  readonly packet: Uint8Array;
  readonly cause?: Cause | undefined;
  /** For packets to our own addresses: the device that has the address. */
  readonly loopedFor?: NetDevice | undefined;
};

/** Sends a packet; the errno when the neighbour table is full. */
export function xmit6(outgoing: Outgoing6): Errno | undefined {
  const { dev, packet, cause, loopedFor } = outgoing;
  const { net } = dev;
  const { kernel } = net;
  const frame = newFrame(net, ETHERNET_HEADER + packet.length);
  put16(frame, 12, ETHERTYPE.IPV6);
  frame.set(packet, ETHERNET_HEADER);
  const skb = newSkb(kernel, { frame, dev, ...(cause === undefined ? {} : { cause }) });
  // A device without IPv6 still joins groups, but nothing leaves by it.
  if (Number(dev.ip6?.conf.values.get("disable_ipv6") ?? 0) > 0) {
    kfreeSkb(skb, "NOT_SPECIFIED", "IPv6 is disabled on the device");
    return undefined;
  }
  if (loopedFor !== undefined && dev.active) net.ip6.looped.set(skb.id, loopedFor);
  let errno: Errno | undefined;
  asSoftirq(kernel, () => {
    errno = neighOutput(kernel.ndTable, dev, outgoing.nextHop, skb);
  });
  return errno;
}

/** What the kernel itself says in ICMPv6 without a route: ND and MLD. */
export type KernelMessage6 = {
  readonly dev: NetDevice;
  readonly source: string;
  readonly destination: string;
  readonly hopLimit: number;
  readonly message: Icmpv6Message;
  /** MLD puts a router alert before its messages. */
  readonly routerAlert?: boolean;
  readonly cause: Cause;
};

/** Sends a message of ND or MLD on its link. */
export function sendKernelMessage6(sent: KernelMessage6): void {
  const alert = sent.routerAlert === true ? ROUTER_ALERT : [];
  const bytes = icmpv6Bytes(sent.message);
  const at = IPV6_HEADER + alert.length;
  const packet = newFrame(sent.dev.net, at + bytes.length);
  putIpv6(packet, 0, {
    payloadLength: packet.length - IPV6_HEADER,
    nextHeader: alert.length > 0 ? NEXT.HOP_BY_HOP : NEXT.ICMPV6,
    hopLimit: sent.hopLimit,
    source: sent.source,
    destination: sent.destination,
  });
  packet.set(alert, IPV6_HEADER);
  packet.set(bytes, at);
  putIcmpv6Checksum(packet, 0, at);
  countRequest6(sent.dev, packet.length, sent.message.type);
  if (packet[24] === 0xff) countMulticast6(sent.dev, "Out", packet.length);
  xmit6({ dev: sent.dev, nextHop: sent.destination, packet, cause: sent.cause });
}

/** The MAC of a neighbour that needs no resolution, or undefined (ndisc_constructor). */
export function groupOrOwnMac(dev: NetDevice, key: string): number | undefined {
  return key.startsWith("ff") ? groupMac6(key) : dev.mac;
}

/** Runs kernel work of IPv6 after some microseconds, in jiffies. */
export function later6(dev: NetDevice, delay: number, run: () => void): Timer {
  const { kernel } = dev.net;
  return kernel.clock.afterJiffies(delay, () => asSoftirq(kernel, run));
}
