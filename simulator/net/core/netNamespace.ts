// A network namespace as an object (linux/net/core/net_namespace.c, include/net/net_namespace.h):
// its devices, tables and settings, who holds it, and the ids it has given to others.
// This file holds the shape only.
// Not here: how one is made and ends (netLifecycle.ts).

import type { Ipv4Net } from "../ipv4/ipv4Net.ts";
import type { Ipv6Net } from "../ipv6/ipv6Net.ts";
import type { Kernel } from "./kernel.ts";
import type { NetDevice, ProtocolTap } from "./netDevice.ts";

/** One network namespace. */
export type Net = {
  readonly kernel: Kernel;
  /** Inode number as in `readlink /proc/PID/ns/net`. */
  readonly inode: number;
  /** Devices by ifindex; iterate `devicesInOrder` where order matters. */
  readonly devices: Map<number, NetDevice>;
  readonly byName: Map<string, NetDevice>;
  /** The loopback device; always there. */
  loopback: NetDevice;
  /** The ifindex that was given out last. */
  lastIfindex: number;
  /** Ids by which this namespace knows others (nsid → namespace). */
  readonly nsids: Map<number, Net>;
  /** The same the other way round. */
  readonly idOf: Map<Net, number>;
  readonly ip4: Ipv4Net;
  readonly ip6: Ipv6Net;
  /** Sockets that listen, packet taps on all devices and other users by kind. */
  readonly taps: Set<(skb: import("./skbuff.ts").SkBuff) => void>;
  /** Sockets for one EtherType on all devices; see NetDevice.protocolTaps. */
  readonly protocolTaps: Set<ProtocolTap>;
  /** Processes and names in /run/netns that keep it alive; the namespace ends at 0. */
  holders: number;
  /** False once it has ended. */
  alive: boolean;
  /** Values that belong to net.core and have no other home, by dotted name below net. */
  readonly sysctls: Map<string, string>;
  /** Counters of /proc/net/snmp and netstat by group and name: "Ip.InReceives". */
  readonly counters: Map<string, number>;
};
