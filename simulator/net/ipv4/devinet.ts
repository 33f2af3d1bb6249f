// The IPv4 addresses of devices (linux/net/ipv4/devinet.c): how they come, stand in a list and go, and
// which one a packet gets as its source. Also what a value of net.ipv4.conf means for a device.
// Order: a new primary address goes behind those of its scope and wider; one that shares the prefix of
// another becomes secondary and goes last. With its primary a secondary goes too, unless
// promote_secondaries lets the next one take over.
// `lo` gets 127.0.0.1/8 when it is set up. Announcing addresses (arp_notify) is ARP's business (arp.ts).
// Not simulated: automatic multicast joins, SIOCSIF* ioctls as calls of their own.

import { mask4 } from "../../wire/address.ts";
import type { Refusal } from "../core/errno.ts";
import type { Kernel } from "../core/kernel.ts";
import { type DeviceEvent, IFF, type NetDevice } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import { tellNetlink } from "../core/notifier.ts";
import {
  addAddressRoutes,
  addressHasCome,
  addressHasGone,
  changePrefixMetric,
  delAddressRoutes,
} from "./fibFrontend.ts";
import { type Ifaddr4, type InDevice, IPV4_CONF, type Ipv4ConfName, SCOPE } from "./inDevice.ts";

/** An address as it is asked for; absent: peer = local, no broadcast, label = device, scope global. */
export type AddressRequest = {
  readonly local: number;
  readonly peer?: number | undefined;
  readonly prefixLength: number;
  readonly broadcast?: number | undefined;
  readonly label?: string | undefined;
  readonly scope?: number | undefined;
  readonly noprefixroute?: boolean | undefined;
  readonly metric?: number | undefined;
  /** Seconds; undefined is forever. */
  readonly validLifetime?: number | undefined;
  readonly preferredLifetime?: number | undefined;
};

/** `ip address add`, change, replace. */
export type AddressMode = "add" | "change" | "replace";

/** Adds an address, or changes the times and the metric of one that is there. */
export function addAddress(
  dev: NetDevice,
  request: AddressRequest,
  mode: AddressMode = "add",
): Refusal | undefined {
  const inDevice = dev.ip4;
  if (request.prefixLength > 32) return { errno: "EINVAL" };
  if (inDevice === undefined) return { errno: "ENOBUFS" };
  // From the first address on, net.ipv4.conf.default does not change this device any more.
  for (const name of IPV4_CONF) inDevice.conf.touched.add(name);
  const { validLifetime: valid, preferredLifetime: preferred } = request;
  if (valid === 0 || (preferred ?? Infinity) > (valid ?? Infinity)) return { errno: "EINVAL" };
  // An address 0.0.0.0 is accepted and not kept.
  if (request.local === 0) return undefined;
  const ifaddr = ifaddrOf(dev, request);
  const same = inDevice.addresses.find(
    (one) => sameSubnet(one, ifaddr) && one.local === ifaddr.local,
  );
  if (same !== undefined) {
    if (mode === "add") return { errno: "EEXIST" };
    changeAddress(same, ifaddr);
    return undefined;
  }
  const refusal = insert(inDevice, ifaddr);
  if (refusal === undefined) announce(ifaddr);
  return refusal;
}

function ifaddrOf(dev: NetDevice, request: AddressRequest): Ifaddr4 {
  const { local, prefixLength, validLifetime, preferredLifetime } = request;
  return {
    dev,
    local,
    peer: request.peer ?? local,
    prefixLength,
    broadcast: request.broadcast,
    label: request.label ?? dev.name,
    scope: request.scope ?? SCOPE.UNIVERSE,
    secondary: false,
    noprefixroute: request.noprefixroute ?? false,
    metric: request.metric ?? 0,
    validLifetime,
    preferredLifetime: preferredLifetime ?? validLifetime,
    stamp: dev.net.kernel.clock.now,
    deprecated: preferredLifetime === 0,
  };
}

function sameSubnet(a: Ifaddr4, b: Ifaddr4): boolean {
  return a.prefixLength === b.prefixLength && ((a.peer ^ b.peer) & mask4(a.prefixLength)) === 0;
}

function insert(inDevice: InDevice, ifaddr: Ifaddr4): Refusal | undefined {
  const { addresses } = inDevice;
  let position = 0;
  for (const [index, one] of addresses.entries()) {
    if (!one.secondary && ifaddr.scope <= one.scope) position = index + 1;
    if (!sameSubnet(one, ifaddr)) continue;
    if (one.scope !== ifaddr.scope) return { errno: "EINVAL" };
    ifaddr.secondary = true;
  }
  addresses.splice(ifaddr.secondary ? addresses.length : position, 0, ifaddr);
  return undefined;
}

function announce(ifaddr: Ifaddr4): void {
  tell(ifaddr, false);
  addressHasCome(ifaddr);
  watchLifetime(ifaddr);
}

function tell(ifaddr: Ifaddr4, gone: boolean): void {
  const { dev } = ifaddr;
  tellNetlink(dev.net, { type: "address", gone, dev, family: "inet", address: ifaddr });
}

function changeAddress(old: Ifaddr4, wanted: Ifaddr4): void {
  if (old.metric !== wanted.metric) {
    changePrefixMetric(old, wanted.metric);
    old.metric = wanted.metric;
  }
  old.validLifetime = wanted.validLifetime;
  old.preferredLifetime = wanted.preferredLifetime;
  old.stamp = wanted.stamp;
  old.deprecated = wanted.deprecated;
  tell(old, false);
  watchLifetime(old);
}

/** Ends an address when its time is over, and deprecates it before. */
function watchLifetime(ifaddr: Ifaddr4): void {
  const { stamp } = ifaddr;
  const { clock } = ifaddr.dev.net.kernel;
  // An address whose two times end together is deleted without a word before.
  const preferred = ifaddr.preferredLifetime ?? Number.POSITIVE_INFINITY;
  const inForce = () =>
    ifaddr.stamp === stamp && ifaddr.dev.ip4?.addresses.includes(ifaddr) === true;
  const isFirst = ifaddr.validLifetime === undefined || preferred < ifaddr.validLifetime;
  if (ifaddr.preferredLifetime !== undefined && !ifaddr.deprecated && isFirst) {
    clock.afterJiffies(ifaddr.preferredLifetime * 1e6, () => {
      if (!inForce()) return;
      ifaddr.deprecated = true;
      tell(ifaddr, false);
    });
  }
  if (ifaddr.validLifetime === undefined) return;
  clock.afterJiffies(ifaddr.validLifetime * 1e6, () => {
    if (inForce()) removeAddress(ifaddr);
  });
}

/** What an address to be deleted must agree with. */
export type AddressDeletion = {
  readonly local?: number | undefined;
  readonly label?: string | undefined;
  /** The address after "peer", or the local one, with its prefix length. */
  readonly peer?: number | undefined;
  readonly prefixLength?: number | undefined;
};

/** Deletes the first address of the device that agrees. */
export function delAddress(dev: NetDevice, request: AddressDeletion): Refusal | undefined {
  const found = dev.ip4?.addresses.find((one) => {
    if (request.local !== undefined && one.local !== request.local) return false;
    if (request.label !== undefined && one.label !== request.label) return false;
    if (request.peer === undefined) return true;
    if (request.prefixLength !== one.prefixLength) return false;
    return ((request.peer ^ one.peer) & mask4(one.prefixLength)) === 0;
  });
  if (found === undefined) {
    return { errno: dev.ip4 === undefined ? "ENODEV" : "EADDRNOTAVAIL" };
  }
  removeAddress(found);
  return undefined;
}

/** Takes an address off its device, with what depends on it (__inet_del_ifa). */
export function removeAddress(ifaddr: Ifaddr4): void {
  const inDevice = ifaddr.dev.ip4;
  if (inDevice === undefined) return;
  const { addresses } = inDevice;
  const dependent = ifaddr.secondary
    ? []
    : addresses.filter((one) => one.secondary && sameSubnet(one, ifaddr));
  const promotes = dependent.length > 0 && confValue(ifaddr.dev, "promote_secondaries") !== 0;
  if (promotes) {
    for (const one of dependent) delAddressRoutes(one, ifaddr);
  } else {
    for (const one of dependent) takeOut(addresses, one);
  }
  takeOut(addresses, ifaddr);
  if (promotes) promote(inDevice, dependent);
}

function takeOut(addresses: Ifaddr4[], ifaddr: Ifaddr4): void {
  addresses.splice(addresses.indexOf(ifaddr), 1);
  tell(ifaddr, true);
  addressHasGone(ifaddr);
}

/** The first secondary address becomes primary; the routes of all get the new source. */
function promote(inDevice: InDevice, [first, ...others]: readonly Ifaddr4[]): void {
  if (first === undefined) return;
  const { addresses } = inDevice;
  addresses.splice(addresses.indexOf(first), 1);
  first.secondary = false;
  const position = addresses.findLastIndex((one) => !one.secondary && first.scope <= one.scope);
  addresses.splice(position + 1, 0, first);
  tell(first, false);
  addressHasCome(first);
  for (const one of others) addAddressRoutes(one);
}

/**
 * The source address for a destination (inet_select_addr): on `dev` the first that shares the
 * destination's prefix, else the first whose scope fits, else one of another device; 0 if none.
 */
export function selectAddress(
  net: Net,
  dev: NetDevice | undefined,
  destination: number,
  scope: number,
): number {
  let first = 0;
  for (const one of dev?.ip4?.addresses ?? []) {
    if (one.secondary || one.scope > scope) continue;
    if (destination === 0 || ((destination ^ one.peer) & mask4(one.prefixLength)) === 0) {
      return one.local;
    }
    first ||= one.local;
  }
  if (first !== 0) return first;
  // In the order of registration, lo first.
  for (const other of net.devices.values()) {
    if (other === dev) continue;
    for (const one of other.ip4?.addresses ?? []) {
      if (!one.secondary && one.scope !== SCOPE.LINK && one.scope <= scope) return one.local;
    }
  }
  return 0;
}

/** True when the address is one of this namespace's own, on whatever device. */
export function isOwnAddress(net: Net, address: number): boolean {
  for (const dev of net.devices.values()) {
    if (dev.ip4?.addresses.some((one) => one.local === address) === true) return true;
  }
  return false;
}

/** True when the address shares a prefix with an address of the device (inet_addr_onlink). */
export function isOnLink(dev: NetDevice, address: number, other = 0): boolean {
  return (
    dev.ip4?.addresses.some((one) => {
      const mask = mask4(one.prefixLength);
      if (((address ^ one.peer) & mask) !== 0) return false;
      return other === 0 || ((other ^ one.peer) & mask) === 0;
    }) ?? false
  );
}

const AND = new Set<Ipv4ConfName>([
  "mc_forwarding",
  "bc_forwarding",
  "accept_source_route",
  "bootp_relay",
  "arp_evict_nocarrier",
]);

const MAX = new Set<Ipv4ConfName>([
  "rp_filter",
  "arp_accept",
  "arp_announce",
  "arp_ignore",
  "arp_notify",
]);

const DEVICE_ONLY = new Set<Ipv4ConfName>([
  "forwarding",
  "medium_id",
  "tag",
  "force_igmp_version",
  "igmpv2_unsolicited_report_interval",
  "igmpv3_unsolicited_report_interval",
]);

/** What a setting is for a device: its own value and that of "all", joined as the name demands. */
export function confValue(dev: NetDevice, name: Ipv4ConfName): number {
  const all = dev.net.ip4.confAll.values[name];
  const own = dev.ip4?.conf.values[name] ?? 0;
  if (DEVICE_ONLY.has(name)) return own;
  if (name === "accept_redirects") {
    // A router listens to redirects only if both say so, a host if either does.
    const both = dev.ip4?.conf.values.forwarding !== 0;
    return (both ? all !== 0 && own !== 0 : all !== 0 || own !== 0) ? 1 : 0;
  }
  if (MAX.has(name)) return Math.max(all, own);
  if (AND.has(name)) return all !== 0 && own !== 0 ? 1 : 0;
  return all !== 0 || own !== 0 ? 1 : 0;
}

/** Lets IPv4 come to devices and go with them. Before attachFib. */
export function attachDevinet(kernel: Kernel): void {
  kernel.deviceListeners.push(onDevice);
}

const LEAST_MTU = 68;

function onDevice(event: DeviceEvent, dev: NetDevice): void {
  if (event === "REGISTER") createInDevice(dev);
  else if (event === "UNREGISTER") destroyInDevice(dev);
  else if (event === "CHANGENAME") renameLabels(dev);
  else if (event === "UP") {
    if (dev.mtu < LEAST_MTU) return;
    if (dev.ip4 === undefined) createInDevice(dev);
    const loopback = (dev.flags & IFF.LOOPBACK) !== 0;
    if (!loopback || dev.ip4 === undefined || dev.ip4.addresses.length > 0) return;
    addAddress(dev, { local: 0x7f000001, prefixLength: 8, scope: SCOPE.HOST });
  } else if (event === "CHANGEMTU") {
    if (dev.mtu < LEAST_MTU) destroyInDevice(dev);
    else if (dev.ip4 === undefined) createInDevice(dev);
  }
}

function createInDevice(dev: NetDevice): void {
  if (dev.mtu < LEAST_MTU) return;
  const { values, touched } = dev.net.ip4.confDefault;
  const conf = { values: { ...values }, touched: new Set(touched) };
  if ((dev.flags & IFF.LOOPBACK) !== 0) {
    conf.values.disable_policy = 1;
    conf.values.disable_xfrm = 1;
  }
  dev.ip4 = { dev, addresses: [], conf, inputCache: new Map() };
  tellNetlink(dev.net, { type: "netconf", dev, family: "inet", name: undefined });
}

function destroyInDevice(dev: NetDevice): void {
  const inDevice = dev.ip4;
  if (inDevice === undefined) return;
  for (let first = inDevice.addresses[0]; first !== undefined; first = inDevice.addresses[0]) {
    removeAddress(first);
  }
  dev.ip4 = undefined;
  dev.net.ip4.generation += 1;
  tellNetlink(dev.net, { type: "netconf", dev, family: "inet", name: undefined, gone: true });
}

/** Labels follow the device's name: "eth0" and "eth0:1" become "new" and "new:1". */
function renameLabels(dev: NetDevice): void {
  for (const one of dev.ip4?.addresses ?? []) {
    const colon = one.label.indexOf(":");
    one.label = colon < 0 ? dev.name : dev.name + one.label.slice(colon);
  }
}
