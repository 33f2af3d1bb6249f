// A network device and what a driver must offer (linux/include/linux/netdevice.h, net/core/dev.c).
// This file holds the shape only, so that every part of the kernel can name it.
// Not here: how frames move (dev.ts), how devices are made and changed (rtnetlink.ts), drivers.

import type { BridgePort, BridgeState } from "../bridge/bridgeState.ts";
import type { InDevice } from "../ipv4/inDevice.ts";
import type { Inet6Device } from "../ipv6/inet6Device.ts";
import type { Errno, Refusal } from "./errno.ts";
import type { Net } from "./netNamespace.ts";
import type { SkBuff } from "./skbuff.ts";

/** Administrative flags of a device (netdevice(7)); what iproute2 prints is computed from them. */
export const IFF = {
  UP: 0x1,
  BROADCAST: 0x2,
  LOOPBACK: 0x8,
  POINTOPOINT: 0x10,
  NOTRAILERS: 0x20,
  NOARP: 0x80,
  PROMISC: 0x100,
  ALLMULTI: 0x200,
  MULTICAST: 0x1000,
  DYNAMIC: 0x8000,
} as const;

/** RFC 2863 operational state as the kernel keeps it. */
export type OperState =
  | "UNKNOWN"
  | "NOTPRESENT"
  | "DOWN"
  | "LOWERLAYERDOWN"
  | "TESTING"
  | "DORMANT"
  | "UP";

/** How macvlans of one parent may talk (ip-link(8)). */
export type MacvlanMode = "private" | "vepa" | "bridge" | "passthru" | "source";

/** What only one kind of device has. */
export type DriverState =
  | { readonly type: "loopback" }
  | { readonly type: "dummy" }
  | { readonly type: "veth"; peer: NetDevice | undefined }
  | { readonly type: "bridge"; readonly bridge: BridgeState }
  | {
      readonly type: "vlan";
      readonly lower: NetDevice;
      readonly vid: number;
      readonly vlan: VlanDevice;
    }
  | {
      readonly type: "macvlan";
      readonly lower: NetDevice;
      mode: MacvlanMode;
      nopromisc: boolean;
    };

/** Settings of an 802.1Q subdevice (linux/net/8021q/vlan.h). */
export type VlanDevice = {
  /** 0x8100 (802.1Q) or 0x88a8 (802.1ad). */
  readonly protocol: number;
  reorderHeader: boolean;
  gvrp: boolean;
  mvrp: boolean;
  looseBinding: boolean;
  bridgeBinding: boolean;
  /** Linux priority → PCP and PCP → Linux priority; empty by default. */
  readonly egressQos: Map<number, number>;
  readonly ingressQos: Map<number, number>;
  /** The parent's MAC as this device last saw it. */
  lowerMac: number;
};

/** The driver's part of a device. */
export type DeviceOps = {
  /** Called when the device is set up; carrier follows from it. Refuses with an errno name. */
  open(dev: NetDevice): Errno | undefined;
  stop(dev: NetDevice): void;
  /** Takes over the frame; `skb.dev` is the device. False when it was dropped (NET_XMIT_DROP). */
  transmit(dev: NetDevice, skb: SkBuff): boolean;
  /** Puts what this device's own header has more into the bytes, before taps see the frame. */
  hardHeader?(dev: NetDevice, skb: SkBuff): SkBuff;
  /** The device is about to be unregistered (its peer, its subdevices follow). */
  uninit?(dev: NetDevice): void;
  /** Refuses with an errno name, or accepts with undefined. */
  changeMtu?(dev: NetDevice, mtu: number): "EINVAL" | "ERANGE" | undefined;
  /** `ip link set protodown` is supported. */
  readonly protoDown?: boolean;
  /** Filters by unicast address; without it, foreign addresses make the device promiscuous. */
  readonly unicastFilter?: boolean;
  /** `ip link set carrier`; absent where it is not supported. */
  changeCarrier?(dev: NetDevice, on: boolean): void;
  /** Absent: any unicast MAC is taken, also while the device is up. */
  setMac?(dev: NetDevice, mac: number): Refusal | undefined;
  /** PROMISC, ALLMULTI or MULTICAST changed while up (`change` holds IFF bits). */
  rxFlags?(dev: NetDevice, change: number): void;
  /** Enslaves a device to this one (bridges), or sets it free. */
  addSlave?(dev: NetDevice, slave: NetDevice): Refusal | undefined;
  removeSlave?(dev: NetDevice, slave: NetDevice): Refusal | undefined;
};

/**
 * What takes the frames of a device before the protocols do (a bridge, a macvlan): "consumed" ends
 * the way of the frame, "another" starts it again on the device that `skb.dev` names now, "pass"
 * leaves the frame to the protocols.
 */
export type RxHandler = (skb: SkBuff) => "consumed" | "another" | "pass";

/** Hears frames of any protocol and answers whether this one was for it. */
export type ProtocolTap = (skb: SkBuff) => boolean;

/** Counters of `ip -s link`. */
export type DeviceStats = {
  rxBytes: number;
  rxPackets: number;
  rxErrors: number;
  rxDropped: number;
  /** `ip -s -s`: frames that no protocol took on an inactive device, and frames for other hosts. */
  rxNohandler: number;
  rxOtherhost: number;
  multicast: number;
  txBytes: number;
  txPackets: number;
  txErrors: number;
  txDropped: number;
  carrierChanges: number;
};

/** One network device. MAC addresses are 48-bit numbers. */
export type NetDevice = {
  net: Net;
  ifindex: number;
  name: string;
  readonly driver: DriverState;
  readonly ops: DeviceOps;
  mac: number;
  /** Link-layer broadcast address; `ip link set broadcast` changes what is printed and used. */
  broadcast: number;
  /** How the MAC came about: kernel's random, copied from another device, or set by the user. */
  macAssign: "random" | "stolen" | "set" | "permanent";
  /** The MAC that a driver was made with; undefined for software devices that have none. */
  mtu: number;
  readonly minMtu: number;
  readonly maxMtu: number;
  txqlen: number;
  /** Queues as given when the link was made, and limits as `ip link set` changed them; absent means the kernel's own. */
  numTxQueues?: number;
  numRxQueues?: number;
  gsoMaxSize?: number;
  gsoMaxSegs?: number;
  groMaxSize?: number;
  /** Offload features that `ethtool -K` turned on or off. */
  featureWishes?: Map<string, boolean>;
  qdisc: string;
  /** IFF bits as set by user and drivers. */
  flags: number;
  /** How many users want all frames (tcpdump, bridge). */
  promiscuity: number;
  allmulti: number;
  carrier: boolean;
  /** As told to users: DOWN while the device is not up, else `linkState`. */
  operstate: OperState;
  /** What linkwatch found last. */
  linkState: OperState;
  /** `mode DORMANT` of `ip link`. */
  linkMode: "DEFAULT" | "DORMANT";
  protoDown: boolean;
  /** The lower device is DORMANT, and so is this one. */
  dormant: boolean;
  /** The queues take frames: false until up with carrier, and again once the kernel noticed a loss. */
  active: boolean;
  /** It must stay in its namespace (loopback, bridge). */
  readonly netnsLocal: boolean;
  group: number;
  alias: string;
  readonly altNames: string[];
  /** How the name was chosen (NET_NAME_*): by the kernel's counting, for a fixed thing, by the user, anew. */
  nameAssign: 1 | 2 | 3 | 4;
  /** Numbers that only files of /sys keep. */
  readonly sysValues: Map<string, number>;
  /** The bridge (or other upper device) that this device is enslaved to. */
  master: NetDevice | undefined;
  /** Its bridge port while it is enslaved to a bridge. */
  port: BridgePort | undefined;
  /** Takes its frames before the protocols; set by the bridge or by macvlan. */
  rxHandler: RxHandler | undefined;
  /** Its subdevices: 802.1Q ones by VID, 802.1ad ones by VID + 4096; and macvlans on it. */
  readonly vlans: Map<number, NetDevice>;
  readonly macvlans: Set<NetDevice>;
  readonly stats: DeviceStats;
  /** IPv4 on this device; undefined when the MTU is below 68 or before registration. */
  ip4: InDevice | undefined;
  /** IPv6 on this device; undefined when it is off or the MTU is below 1280. */
  ip6: Inet6Device | undefined;
  /** Link-layer groups that the device listens to (`ip maddr`), by MAC with the count of users. */
  readonly multicast: Map<number, number>;
  /** The device below hears these groups for this one as well. */
  multicastSynced: boolean;
  /** Those that `ip maddr add` made. */
  staticGroups?: Set<number>;
  /** Unicast MACs beside its own that it listens to, for its subdevices, with the count of users. */
  readonly unicast: Map<number, number>;
  /** Taps that see each frame in and out, in order of opening. */
  readonly taps: Set<(skb: SkBuff) => void>;
  /** Sockets for one EtherType: see what arrives here once VLANs and bridge have taken theirs. */
  readonly protocolTaps: Set<ProtocolTap>;
  /** False once it has been unregistered; nothing may be sent then. */
  registered: boolean;
  /** It is on its way to another namespace: what hangs on it stays (NETREG_REGISTERED). */
  moving: boolean;
};

/** What happened to a device; the kernel's notifier chain (NETDEV_*). */
export type DeviceEvent =
  | "REGISTER"
  | "UNREGISTER"
  | "UP"
  | "GOING_DOWN"
  | "DOWN"
  | "CHANGE"
  | "CHANGEADDR"
  | "CHANGEMTU"
  | "CHANGENAME"
  | "CHANGEUPPER"
  | "NOTIFY_PEERS"
  | "CHANGE_TX_QUEUE_LEN"
  | "FEAT_CHANGE"
  | "PRE_UP";
