// A packet on its way: the bytes of an Ethernet frame and what the kernel knows about it beside the
// bytes (linux/net/core/skbuff.c, include/linux/skbuff.h).
// `frame` is never written to once it is in an SkBuff: who changes a header copies the bytes first,
// so a flooded frame is one buffer with many readers.
// A VLAN tag travels as metadata (`vlan`), not in the bytes, as on a veth with VLAN offload; captures
// put it back. Every packet ends in `consumeSkb` or, with a reason, in `kfreeSkb`.
// Not simulated: fragments lists, headroom, GSO.

import type { NetDevice } from "./netDevice.ts";

/** Whom the frame was for, seen from the device that received it (PACKET_* of packet(7)). */
export type PacketType =
  | "host"
  | "broadcast"
  | "multicast"
  | "otherhost"
  | "outgoing"
  /** A copy of what we sent to a group or to everybody, for ourselves; taps do not see it. */
  | "loopback";

/** A tag beside the frame: 802.1Q, or 802.1ad when `tpid` is 0x88a8. */
export type VlanTag = { readonly vid: number; readonly pcp: number; readonly tpid?: number };

/** Why a frame exists; a chain that leads back to a command or a timer. */
export type Cause = {
  /** One clause in Linux's words: "ping of 192.168.5.22 (pid 312)", "neighbour 10.0.0.2 on veth1 INCOMPLETE, probe 2". */
  readonly text: string;
  /** The number of the frame that led to this one. */
  readonly frame?: number;
};

/** Why a packet was dropped: Linux's names without SKB_DROP_REASON_ where Linux has one. */
export type DropReason =
  | "NOT_SPECIFIED"
  | "NO_SOCKET"
  | "PKT_TOO_SMALL"
  | "CSUM"
  | "OTHERHOST"
  | "IP_CSUM"
  | "IP_INHDR"
  | "IP_RPFILTER"
  | "IP_NOPROTO"
  | "UNICAST_IN_L2_MULTICAST"
  | "IP_OUTNOROUTES"
  | "IP_INNOROUTES"
  | "IP_INADDRERRORS"
  | "IP_FORWARDING_OFF"
  | "IP_MARTIAN_SOURCE"
  | "IP_MARTIAN_DESTINATION"
  | "IP_TTL_EXPIRED"
  | "PKT_TOO_BIG"
  | "NEIGH_CREATEFAIL"
  | "NEIGH_FAILED"
  | "NEIGH_QUEUEFULL"
  | "NEIGH_DEAD"
  | "UNHANDLED_PROTO"
  | "DEV_HDR"
  | "DEV_READY"
  | "DEV_DOWN"
  | "CPU_BACKLOG"
  | "VLAN_UNKNOWN"
  | "BRIDGE_VLAN_FILTER"
  | "BRIDGE_PORT_STATE"
  | "BRIDGE_NO_EGRESS"
  | "BRIDGE_LINK_LOCAL"
  | "BRIDGE_LOCKED"
  | "ARP_NOT_FOR_US"
  | "ARP_IGNORED"
  | "ARP_FILTERED"
  | "ARP_PROXY_QUEUE"
  | "ICMP_RATELIMIT"
  | "ICMP_UNKNOWN"
  | "TCP_FLAGS"
  | "BLACKHOLE"
  | "STORM";

/** One frame at one place. */
export type SkBuff = {
  /** Number of this frame in its machine, from 1; a forwarded frame is a new frame. */
  readonly id: number;
  /** The Ethernet frame without FCS and without the tag in `vlan`. Read-only. */
  readonly frame: Uint8Array;
  /** The tag that the frame carries, or undefined. */
  vlan: VlanTag | undefined;
  /** EtherType of what follows the Ethernet header and the tag, such as 0x0800. */
  readonly protocol: number;
  /** Set by the receiving device. */
  packetType: PacketType;
  /** The device it is on now. */
  dev: NetDevice;
  readonly cause: Cause | undefined;
  /** Microseconds: when the frame was last seen by a device; captures print it. */
  time: number;
};
