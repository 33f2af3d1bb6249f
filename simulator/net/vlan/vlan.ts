// VLAN devices and their parents (linux/net/8021q/vlan.c, vlan_netlink.c): making and deleting them,
// and what happens to them when something happens to the parent.
// Policy: they go down and up with the parent, follow its carrier and, until set, its MAC; a smaller
// MTU of the parent makes theirs smaller, a larger one does not make it larger; they go when it goes.
// The first one lets the parent listen to the group of GVRP and MVRP, the last one ends that.
// Not simulated: messages of GVRP and MVRP.

import { ETHERTYPE } from "../../wire/ethernet.ts";
import { devMcAdd, devMcDel } from "../core/devAddrLists.ts";
import { changeFlags, changeMtu, checkLink, closeDevices, followLower } from "../core/devChange.ts";
import { devUcAdd, devUcDel } from "../core/devUnicast.ts";
import type { Refusal } from "../core/errno.ts";
import type { Kernel } from "../core/kernel.ts";
import type { LinkChange, LinkRequest, VlanRequest } from "../core/linkRequest.ts";
import { type DeviceEvent, IFF, type NetDevice, type VlanDevice } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import { applyNewSettings, refuseMac } from "../core/newDevice.ts";
import { notifyDevice } from "../core/notifier.ts";
import { allocateDevice, registerDevice, unregisterDevices } from "../core/registerDevice.ts";
import { inheritMac, vlanKey, vlanOf, vlanOps } from "./vlanDev.ts";

/** An errno with the module's sentence. */
function refuse(errno: Refusal["errno"], text: string): Refusal {
  return { errno, message: `8021q: ${text}` };
}

/** What is wrong with a request whatever the device (vlan_validate). */
function validate(request: LinkRequest | LinkChange): Refusal | undefined {
  const refusal = refuseMac(request.address);
  if (refusal !== undefined) return refuse("EADDRNOTAVAIL", "Invalid link address");
  const { vlan } = request;
  if (vlan === undefined || Object.keys(vlan).length === 0)
    return refuse("EINVAL", "VLAN properties not specified");
  const protocols: readonly (number | undefined)[] = [undefined, ETHERTYPE.VLAN, ETHERTYPE.QINQ];
  if (!protocols.includes(vlan.protocol)) return refuse("EPROTONOSUPPORT", "Invalid VLAN protocol");
  if ((vlan.id ?? 0) >= 4095) return refuse("ERANGE", "Invalid VLAN id");
  return undefined;
}

function create(net: Net, request: LinkRequest): NetDevice | Refusal {
  const lower = request.link;
  const { id: vid, protocol = ETHERTYPE.VLAN } = request.vlan ?? {};
  if (vid === undefined) return refuse("EINVAL", "VLAN id not specified");
  if (lower === undefined) return refuse("EINVAL", "link not specified");
  if (lower.driver.type === "loopback") {
    return refuse("EOPNOTSUPP", "VLANs not supported on device");
  }
  const key = vlanKey(protocol, vid);
  if (lower.vlans.has(key)) return refuse("EEXIST", "VLAN device already exists");
  const vlan = newSettings(protocol, lower);
  const dev = allocateDevice(net, {
    name: request.name ?? "vlan%d",
    driver: { type: "vlan", lower, vid, vlan },
    ops: vlanOps,
    mac: request.address ?? lower.mac,
    macAssign: request.address === undefined ? "stolen" : "set",
    broadcast: lower.broadcast,
    flags: lower.flags & ~(IFF.UP | IFF.PROMISC | IFF.ALLMULTI),
    mtu: lower.mtu,
    minMtu: 0,
    maxMtu: 65535,
    carrier: lower.carrier,
  });
  const refusal = applyNewSettings(dev, request);
  if (refusal !== undefined) return refusal;
  applySettings(vlan, request.vlan ?? {});
  if (dev.mtu > lower.mtu) return { errno: "EINVAL" };
  return register(dev, lower, request.ifindex) ?? dev;
}

function register(
  dev: NetDevice,
  lower: NetDevice,
  ifindex: number | undefined,
): Refusal | undefined {
  listen(lower, devMcAdd);
  const refusal = registerDevice(dev, ifindex);
  const driver = vlanOf(dev);
  if (refusal !== undefined || driver === undefined) {
    listen(lower, devMcDel);
    return refusal;
  }
  notifyDevice(lower, "CHANGEUPPER");
  transfer(dev, lower);
  checkLink(dev);
  lower.vlans.set(vlanKey(driver.vlan.protocol, driver.vid), dev);
  return undefined;
}

/** The group of both registration protocols (IEEE 802.1Q, table 10-1). */
const REGISTRATION_GROUP = 0x0180c2000021;

/** While a device has VLAN devices each of the two protocols listens on it. */
function listen(lower: NetDevice, change: typeof devMcAdd): void {
  if (lower.vlans.size > 0) return;
  change(lower, REGISTRATION_GROUP);
  change(lower, REGISTRATION_GROUP);
}

function newSettings(protocol: number, lower: NetDevice): VlanDevice {
  return {
    protocol,
    reorderHeader: true,
    gvrp: false,
    mvrp: false,
    looseBinding: false,
    bridgeBinding: false,
    egressQos: new Map(),
    ingressQos: new Map(),
    lowerMac: lower.mac,
  };
}

/** Options of `type vlan`, new or changed; a mapping to 0 deletes nothing and is kept. */
function applySettings(vlan: VlanDevice, wanted: VlanRequest): void {
  for (const name of ["reorderHeader", "gvrp", "mvrp", "looseBinding", "bridgeBinding"] as const) {
    const value = wanted[name];
    if (value !== undefined) vlan[name] = value;
  }
  for (const [from, to] of wanted.egressQos ?? []) vlan.egressQos.set(from, to);
  for (const [from, to] of wanted.ingressQos ?? []) vlan.ingressQos.set(from, to);
}

/** Takes the parent's carrier, unless the ports of a bridge decide. */
function transfer(dev: NetDevice, lower: NetDevice): void {
  if (vlanOf(dev)?.vlan.bridgeBinding !== true) followLower(dev, lower);
}

function remove(dev: NetDevice): void {
  const driver = vlanOf(dev);
  if (driver === undefined) return;
  driver.lower.vlans.delete(vlanKey(driver.vlan.protocol, driver.vid));
  notifyDevice(driver.lower, "CHANGEUPPER");
  unregisterDevices([dev]);
  listen(driver.lower, devMcDel);
}

type OnEvent = (vlans: readonly NetDevice[], lower: NetDevice) => void;

/** What VLAN devices do when something happens to their parent (vlan_device_event). */
const EVENTS: { readonly [event in DeviceEvent]?: OnEvent } = {
  CHANGE(vlans, lower) {
    for (const dev of vlans) transfer(dev, lower);
  },
  CHANGEADDR(vlans, lower) {
    for (const dev of vlans) if ((dev.flags & IFF.UP) !== 0) syncMac(dev, lower);
  },
  CHANGEMTU(vlans, lower) {
    for (const dev of vlans) if (dev.mtu > lower.mtu) changeMtu(dev, lower.mtu);
  },
  DOWN(vlans, lower) {
    const isBound = (dev: NetDevice) => vlanOf(dev)?.vlan.looseBinding !== true;
    const closed = vlans.filter((dev) => (dev.flags & IFF.UP) !== 0 && isBound(dev));
    closeDevices(closed);
    for (const dev of closed) transfer(dev, lower);
  },
  UP(vlans, lower) {
    for (const dev of vlans) {
      if ((dev.flags & IFF.UP) !== 0) continue;
      if (vlanOf(dev)?.vlan.looseBinding !== true) changeFlags(dev, { set: IFF.UP, clear: 0 });
      transfer(dev, lower);
    }
  },
  UNREGISTER(vlans, lower) {
    if (lower.moving) return;
    lower.vlans.clear();
    unregisterDevices(vlans);
    listen(lower, devMcDel);
  },
};

/** Follows the parent's new MAC, or asks it to listen to the own one (vlan_sync_address). */
function syncMac(dev: NetDevice, lower: NetDevice): void {
  const driver = vlanOf(dev);
  if (driver === undefined || driver.vlan.lowerMac === lower.mac) return;
  const before = driver.vlan.lowerMac;
  driver.vlan.lowerMac = lower.mac;
  if (inheritMac(dev, lower)) return;
  if (dev.mac !== before && dev.mac === lower.mac) devUcDel(lower, dev.mac);
  if (dev.mac === before && dev.mac !== lower.mac) devUcAdd(lower, dev.mac);
}

/** Offers `type vlan` and follows parents. */
export function attachVlan(kernel: Kernel): void {
  kernel.linkKinds.set("vlan", {
    pattern: "vlan%d",
    validate,
    create,
    change(dev, change) {
      const driver = vlanOf(dev);
      if (driver !== undefined) applySettings(driver.vlan, change.vlan ?? {});
      return undefined;
    },
    remove,
  });
  kernel.deviceListeners.push((event, lower) => {
    if (lower.vlans.size > 0) EVENTS[event]?.([...lower.vlans.values()].sort(byVid), lower);
  });
}

function byVid(a: NetDevice, b: NetDevice): number {
  const [one, other] = [vlanOf(a), vlanOf(b)];
  if (one === undefined || other === undefined) return 0;
  return vlanKey(one.vlan.protocol, one.vid) - vlanKey(other.vlan.protocol, other.vid);
}
