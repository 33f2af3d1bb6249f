// The one kernel of a machine: what all its namespaces share (clock, chance, softirq queue, the
// neighbour table's global limits) and the places where its parts hook in.
// This file holds the shape only, so that parts can be written without knowing each other.
// Not here: putting the parts together (../bootKernel.ts).

import type { Clock, Timer } from "../../clock.ts";
import type { Random } from "../../random.ts";
import type { Ipv4Net } from "../ipv4/ipv4Net.ts";
import type { Ipv6Net } from "../ipv6/ipv6Net.ts";
import type { LinkKind } from "./linkRequest.ts";
import type { NeighTable } from "./neighTable.ts";
import type { DeviceEvent, NetDevice } from "./netDevice.ts";
import type { Net } from "./netNamespace.ts";
import type { DropReason, SkBuff } from "./skbuff.ts";

/** What netlink tells its listeners (`ip monitor`, `bridge monitor`, views). */
export type NetlinkEvent =
  | {
      readonly type: "link";
      readonly gone: boolean;
      readonly dev: NetDevice;
      readonly bridge?: boolean;
      /** Where the device went, seen from the namespace that it left. */
      readonly newNsid?: number;
      readonly newIfindex?: number;
      /** What `ip monitor` prints after "event", such as "FEATURE CHANGE". */
      readonly event?: string;
    }
  | {
      readonly type: "address";
      readonly gone: boolean;
      readonly dev: NetDevice;
      readonly family: "inet" | "inet6";
      readonly address: unknown;
    }
  | {
      readonly type: "route";
      readonly gone: boolean;
      readonly family: "inet" | "inet6";
      readonly table: number;
      readonly route: unknown;
    }
  | {
      readonly type: "rule";
      readonly gone: boolean;
      readonly family: "inet" | "inet6";
      readonly rule: unknown;
    }
  | { readonly type: "neigh"; readonly gone: boolean; readonly neighbour: unknown }
  | { readonly type: "fdb"; readonly gone: boolean; readonly entry: unknown }
  | { readonly type: "mdb"; readonly gone: boolean; readonly entry: unknown }
  | {
      /** VLANs of a bridge or of its port. */
      readonly type: "vlan";
      readonly gone: boolean;
      readonly dev: NetDevice;
      readonly from: number;
      readonly to: number;
    }
  | { readonly type: "nsid"; readonly gone: boolean; readonly nsid: number }
  | {
      readonly type: "netconf";
      readonly dev: NetDevice | "all" | "default";
      readonly family: "inet" | "inet6";
      /** The setting that changed; undefined for all, when a device comes to the family or leaves it. */
      readonly name: string | undefined;
      readonly gone?: boolean;
    };

/** What the kernel reports of a packet to whoever watches (views, tests). */
export type PacketFact =
  | {
      readonly type: "seen";
      readonly skb: SkBuff;
      readonly dev: NetDevice;
      readonly out: boolean;
      readonly time: number;
    }
  | {
      readonly type: "dropped";
      readonly skb: SkBuff;
      readonly dev: NetDevice;
      readonly reason: DropReason;
      readonly detail: string;
      readonly time: number;
    };

/** Hears of every event of every device, in the order of registration. */
export type DeviceListener = (event: DeviceEvent, dev: NetDevice) => void;

/** Link events that wait: urgent ones run at once, others at most once per second. */
export type LinkWatch = {
  readonly pending: Set<NetDevice>;
  timer: Timer | undefined;
  urgent: boolean;
  /** Clock microseconds from which on a batch of events that are not urgent may run. */
  nextEvent: number;
};

/** The kernel of one machine. */
export type Kernel = {
  readonly clock: Clock;
  readonly random: Random;
  /** How long proxies wait: a stream of its own, so that nothing else shifts who answers first. */
  readonly proxyRandom: Random;
  /** The namespace of pid 1; set once while the machine starts. */
  initNet: Net;
  /** Every namespace that is alive, the initial one first. */
  readonly namespaces: Set<Net>;
  /** IPv4's and IPv6's neighbour tables: one of each for the whole machine. */
  readonly arpTable: NeighTable;
  readonly ndTable: NeighTable;
  /** By EtherType: who takes a received frame (ip_rcv, arp_rcv, ipv6_rcv). */
  readonly protocols: Map<number, (skb: SkBuff) => void>;
  /** What `ip link add … type KIND` can make, by kind; drivers register theirs. */
  readonly linkKinds: Map<string, LinkKind>;
  /** The protocols' part of a new namespace. */
  readonly makeProtocols: (creator: Net | undefined) => { ip4: Ipv4Net; ip6: Ipv6Net };
  readonly deviceListeners: DeviceListener[];
  /** Called for a new namespace before its loopback is made, and when one ends. */
  readonly netListeners: { made(net: Net): void; ended(net: Net): void }[];
  readonly netlinkListeners: Set<(net: Net, event: NetlinkEvent) => void>;
  readonly packetListeners: Set<(fact: PacketFact) => void>;
  /** Frames that wait for the softirq, first in first out. */
  backlog: SkBuff[];
  /** Frames that would wait there too, if anybody listened to them (quietFrames.ts). */
  unheard: number;
  /** Packet sockets that are open. */
  packetSockets: number;
  /** Last 32 bits of IPv6 groups, with the number of devices that listen to such a one. */
  readonly listening: Map<number, number>;
  /** True while the softirq works through the backlog. */
  inSoftirq: boolean;
  /** Devices whose carrier changed and was not looked at yet (link_watch.c). */
  readonly linkWatch: LinkWatch;
  /** What dmesg would show, newest last, at most some hundred lines. */
  readonly log: string[];
  nextFrameId: number;
  nextInode: number;
};
