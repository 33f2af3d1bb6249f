// How a device comes into a namespace and leaves it for good: names, ifindexes, lists
// (linux/net/core/dev.c: dev_alloc_name, dev_new_index, register_netdevice, unregister_netdevice).
// Policy: ifindexes are given out upwards and not again soon; a pattern such as "veth%d" takes the
// first free number. Devices that go together are closed together first.
// Not here: moving to another namespace (moveDevice.ts).

import { BROADCAST_MAC } from "../../wire/address.ts";
import { closeDevices } from "./devChange.ts";
import { nameFor } from "./deviceName.ts";
import type { Errno } from "./errno.ts";
import { operStateOf } from "./linkWatch.ts";
import type { DeviceOps, DriverState, NetDevice } from "./netDevice.ts";
import type { Net } from "./netNamespace.ts";
import { notifyDevice, tellLink } from "./notifier.ts";

/** What a driver says of a new device; the rest starts as on Linux. */
export type DeviceParts = {
  readonly name: string;
  readonly driver: DriverState;
  readonly ops: DeviceOps;
  readonly mac: number;
  readonly macAssign: NetDevice["macAssign"];
  readonly flags: number;
  readonly mtu?: number;
  readonly minMtu?: number;
  readonly maxMtu?: number;
  readonly broadcast?: number;
  readonly carrier?: boolean;
  readonly netnsLocal?: boolean;
};

/** A device that is not registered yet. */
export function allocateDevice(net: Net, parts: DeviceParts): NetDevice {
  return {
    net,
    ifindex: 0,
    name: parts.name,
    driver: parts.driver,
    ops: parts.ops,
    mac: parts.mac,
    broadcast: parts.broadcast ?? BROADCAST_MAC,
    macAssign: parts.macAssign,
    mtu: parts.mtu ?? 1500,
    minMtu: parts.minMtu ?? 68,
    maxMtu: parts.maxMtu ?? 1500,
    txqlen: 1000,
    qdisc: "noop",
    flags: parts.flags,
    promiscuity: 0,
    allmulti: 0,
    carrier: parts.carrier ?? true,
    operstate: "DOWN",
    linkState: "UNKNOWN",
    linkMode: "DEFAULT",
    protoDown: false,
    dormant: false,
    active: false,
    netnsLocal: parts.netnsLocal ?? false,
    group: 0,
    alias: "",
    altNames: [],
    nameAssign: 3,
    sysValues: new Map(),
    master: undefined,
    port: undefined,
    rxHandler: undefined,
    vlans: new Map(),
    macvlans: new Set(),
    stats: newStats(),
    ip4: undefined,
    ip6: undefined,
    multicast: new Map(),
    multicastSynced: false,
    unicast: new Map(),
    taps: new Set(),
    protocolTaps: new Set(),
    registered: false,
    moving: false,
  };
}

function newStats(): NetDevice["stats"] {
  return {
    rxBytes: 0,
    rxPackets: 0,
    rxErrors: 0,
    rxDropped: 0,
    rxNohandler: 0,
    rxOtherhost: 0,
    multicast: 0,
    txBytes: 0,
    txPackets: 0,
    txErrors: 0,
    txDropped: 0,
    carrierChanges: 0,
  };
}

/** The next ifindex that is free in a namespace. */
export function nextIfindex(net: Net): number {
  do net.lastIfindex = net.lastIfindex >= 0x7fffffff ? 1 : net.lastIfindex + 1;
  while (net.devices.has(net.lastIfindex));
  return net.lastIfindex;
}

/** Registers a device under the name that its own name or pattern gives, and a wanted ifindex. */
export function registerDevice(dev: NetDevice, ifindex = 0): { errno: Errno } | undefined {
  const { net } = dev;
  const named = nameFor(net, dev.name);
  if ("errno" in named) return named;
  if (ifindex !== 0 && net.devices.has(ifindex)) return { errno: "EBUSY" };
  if (dev.name.endsWith("%d")) dev.nameAssign = 1;
  if (dev.driver.type === "loopback") dev.nameAssign = 2;
  dev.name = named.name;
  dev.ifindex = ifindex === 0 ? nextIfindex(net) : ifindex;
  enlist(dev);
  dev.registered = true;
  if (!dev.carrier) dev.linkState = operStateOf(dev);
  notifyDevice(dev, "REGISTER");
  return undefined;
}

/** Puts a device into its namespace's lists. */
export function enlist(dev: NetDevice): void {
  dev.net.devices.set(dev.ifindex, dev);
  dev.net.byName.set(dev.name, dev);
  for (const name of dev.altNames) dev.net.byName.set(name, dev);
}

/** Takes a device out of its namespace's lists. */
export function delist(dev: NetDevice): void {
  dev.net.devices.delete(dev.ifindex);
  dev.net.byName.delete(dev.name);
  for (const name of dev.altNames) dev.net.byName.delete(name);
}

/** Unregisters devices that go together: first all are closed, then each is taken away. */
export function unregisterDevices(devices: readonly NetDevice[]): void {
  const going = devices.filter((dev) => dev.registered);
  closeDevices(going);
  for (const dev of going) {
    delist(dev);
    dev.registered = false;
  }
  for (const dev of going) {
    dev.active = false;
    dev.net.kernel.linkWatch.pending.delete(dev);
    dev.qdisc = "noop";
    notifyDevice(dev, "UNREGISTER");
    tellLink(dev, { gone: true });
    dev.ops.uninit?.(dev);
    dev.taps.clear();
    dev.protocolTaps.clear();
  }
}
