// What a user asks of a link over netlink (RTM_NEWLINK, RTM_SETLINK; rtnetlink(7)), and what each
// kind of link offers to answer it. Commands fill these, rtnetlink.ts carries them out.
// This file holds the shapes only.
// Not here: reading command words (commands/ip/link.ts).

import type { Refusal } from "./errno.ts";
import type { MacvlanMode, NetDevice, OperState } from "./netDevice.ts";
import type { Net } from "./netNamespace.ts";

/** Settings that new and existing links share; what is absent stays as it is. */
export type LinkSettings = {
  readonly address?: number;
  readonly broadcast?: number;
  readonly mtu?: number;
  readonly txqlen?: number;
  readonly up?: boolean;
  readonly arp?: boolean;
  readonly multicast?: boolean;
  readonly allmulticast?: boolean;
  readonly promisc?: boolean;
  readonly dynamic?: boolean;
  readonly trailers?: boolean;
  readonly carrier?: boolean;
  readonly protodown?: boolean;
  /** Something about a virtual function, which no device here has. */
  readonly vf?: boolean;
  readonly group?: number;
  readonly alias?: string;
  readonly linkMode?: "DEFAULT" | "DORMANT";
  readonly operstate?: OperState;
  /** The device to enslave to, or "none" for nomaster. */
  readonly master?: NetDevice | "none";
  /** The namespace to be in. */
  readonly netns?: Net;
  /** Options of the kind (bridge: by iproute2's name, values as numbers). */
  readonly options?: LinkOptions;
};

/** Options of a kind of link by iproute2's name: numbers as the kernel takes them, MACs as 48-bit numbers. */
export type LinkOptions = ReadonlyMap<string, number>;

/** One end of a new link. */
export type NewEnd = LinkSettings & {
  /** May hold one "%d"; absent means the kind's own, such as "veth%d". */
  readonly name?: string;
  readonly ifindex?: number;
  readonly numTxQueues?: number;
  readonly numRxQueues?: number;
};

/** `type vlan` and its options. */
export type VlanRequest = {
  /** Absent only in a change. */
  readonly id?: number;
  /** 0x8100 or 0x88a8. */
  readonly protocol?: number;
  readonly reorderHeader?: boolean;
  readonly gvrp?: boolean;
  readonly mvrp?: boolean;
  readonly looseBinding?: boolean;
  readonly bridgeBinding?: boolean;
  readonly egressQos?: ReadonlyMap<number, number>;
  readonly ingressQos?: ReadonlyMap<number, number>;
};

/** `type macvlan` and its options. */
export type MacvlanRequest = { readonly mode?: MacvlanMode; readonly nopromisc?: boolean };

/** `ip link add`. */
export type LinkRequest = NewEnd & {
  readonly kind: string;
  /** The device after `link`, for subdevices; it may be in another namespace. */
  readonly link?: NetDevice;
  /** The other end of a veth; `netns` in it wins over the own. */
  readonly peer?: NewEnd;
  readonly vlan?: VlanRequest;
  readonly macvlan?: MacvlanRequest;
};

/** `ip link set`. */
export type LinkChange = LinkSettings & {
  readonly name?: string;
  /** With `netns`: the ifindex to have there. */
  readonly newIfindex?: number;
  /** After `type`: must be the device's own kind, or its master's with "_slave". */
  readonly kind?: string;
  readonly vlan?: VlanRequest;
  readonly macvlan?: MacvlanRequest;
  /** Alternative names to add and to delete (`ip link property`). */
  readonly addAltNames?: readonly string[];
  readonly delAltNames?: readonly string[];
};

/** What a kind of link offers (rtnl_link_ops). */
export type LinkKind = {
  /** Name pattern when the user gives none. */
  readonly pattern: string;
  /** Looks at a request before a device is made or changed. */
  validate?(request: LinkRequest | LinkChange): Refusal | undefined;
  /** Makes and registers the device. `net` is where it shall be. */
  create(net: Net, request: LinkRequest, source: Net): NetDevice | Refusal;
  /** `type KIND` options of an existing device. */
  change?(dev: NetDevice, change: LinkChange): Refusal | undefined;
  /** `type KIND_slave` options of a device enslaved to one of this kind. */
  changeSlave?(slave: NetDevice, options: LinkOptions): Refusal | undefined;
  /** Absent for kinds that `ip link del` must not delete. */
  remove?(dev: NetDevice): void;
};
