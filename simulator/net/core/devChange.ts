// Changing a device: up and down, carrier, MTU, MAC, name, flags, promiscuity
// (linux/net/core/dev.c, net/core/link_watch.c: linkwatch_do_dev).
// Policy: each change is told in Linux's order: to netlink first, then to the parts that follow.
// Not here: frames (dev.ts), registration (registerDevice.ts), what a request may ask (rtnetlink.ts).

import { isGroupMac } from "../../wire/address.ts";
import { logLine } from "./dev.ts";
import { devMcSync, devMcUnsync } from "./devAddrLists.ts";
import { nameFor } from "./deviceName.ts";
import type { Refusal } from "./errno.ts";
import { fireLinkEvent, operStateOf } from "./linkWatch.ts";
import { IFF, type NetDevice, type OperState } from "./netDevice.ts";
import type { Net } from "./netNamespace.ts";
import { linkedDevice, notifyDevice, tellLink } from "./notifier.ts";

/** Flag bits that a user may set and that are neither UP nor counted. */
const PLAIN_FLAGS = IFF.NOARP | IFF.MULTICAST | IFF.DYNAMIC | IFF.NOTRAILERS;

/** Devices of a namespace in the order in which `ip link` lists them. */
export function devicesInOrder(net: Net): NetDevice[] {
  return [...net.devices.values()].sort((a, b) => a.ifindex - b.ifindex);
}

/** True while the device is up and its operational state lets frames pass (IFF_RUNNING). */
export function isRunning(dev: NetDevice): boolean {
  return (dev.flags & IFF.UP) !== 0 && (dev.operstate === "UP" || dev.operstate === "UNKNOWN");
}

/** Flags as iproute2 prints them between < and >. */
export function deviceFlags(dev: NetDevice): string[] {
  const { flags } = dev;
  const up = (flags & IFF.UP) !== 0;
  const link = linkedDevice(dev);
  const words: [string, boolean][] = [
    ["NO-CARRIER", up && !isRunning(dev)],
    ["LOOPBACK", (flags & IFF.LOOPBACK) !== 0],
    ["BROADCAST", (flags & IFF.BROADCAST) !== 0],
    ["POINTOPOINT", (flags & IFF.POINTOPOINT) !== 0],
    ["MULTICAST", (flags & IFF.MULTICAST) !== 0],
    ["NOARP", (flags & IFF.NOARP) !== 0],
    ["ALLMULTI", (flags & IFF.ALLMULTI) !== 0],
    ["PROMISC", (flags & IFF.PROMISC) !== 0],
    ["DYNAMIC", (flags & IFF.DYNAMIC) !== 0],
    ["NOTRAILERS", (flags & IFF.NOTRAILERS) !== 0],
    ["UP", up],
    ["LOWER_UP", up && dev.carrier],
    ["DORMANT", up && dev.dormant],
    ["M-DOWN", link !== undefined && link.net === dev.net && (link.flags & IFF.UP) === 0],
  ];
  return words.filter(([, set]) => set).map(([word]) => word);
}

/** Sets a device up as dev_open does: no netlink message of its own. */
function bringUp(dev: NetDevice): Refusal | undefined {
  notifyDevice(dev, "PRE_UP");
  const errno = dev.ops.open(dev);
  if (errno !== undefined) return { errno };
  dev.flags |= IFF.UP;
  dev.operstate = dev.linkState;
  devMcSync(dev);
  activate(dev);
  return undefined;
}

/** Sets a device up (dev_open). */
export function openDevice(dev: NetDevice): Refusal | undefined {
  if ((dev.flags & IFF.UP) !== 0) return undefined;
  const refusal = bringUp(dev);
  if (refusal !== undefined) return refusal;
  tellLink(dev);
  notifyDevice(dev, "UP");
  return undefined;
}

/** Sets a device down (dev_close). */
export function closeDevice(dev: NetDevice): void {
  closeDevices([dev]);
}

/** Sets devices down together: all stop before anybody hears that one is down. */
export function closeDevices(devices: readonly NetDevice[]): void {
  const open = devices.filter((dev) => (dev.flags & IFF.UP) !== 0);
  bringDown(open);
  for (const dev of open) {
    tellLink(dev);
    notifyDevice(dev, "DOWN");
  }
}

function bringDown(devices: readonly NetDevice[]): void {
  for (const dev of devices) notifyDevice(dev, "GOING_DOWN");
  for (const dev of devices) {
    dev.active = false;
    dev.ops.stop(dev);
    devMcUnsync(dev);
    dev.flags &= ~IFF.UP;
    dev.operstate = "DOWN";
  }
}

/** Gives the device its queue and, with carrier, lets frames through (dev_activate). */
function activate(dev: NetDevice): void {
  if (dev.qdisc === "noop") dev.qdisc = "noqueue";
  if (dev.carrier) dev.active = true;
}

/** Carrier on or off; the operational state follows when linkwatch looks. */
export function setCarrier(dev: NetDevice, on: boolean): void {
  if (dev.carrier === on) return;
  dev.carrier = on;
  if (!dev.registered) return;
  dev.stats.carrierChanges++;
  fireLinkEvent(dev, lookAtLink);
}

/** Dormant on or off, as the lower device is. */
function setDormant(dev: NetDevice, on: boolean): void {
  if (dev.dormant === on) return;
  dev.dormant = on;
  fireLinkEvent(dev, lookAtLink);
}

/** Takes carrier and dormancy from the device below (netif_stacked_transfer_operstate). */
export function followLower(dev: NetDevice, lower: NetDevice): void {
  setDormant(dev, lower.linkState === "DORMANT");
  setCarrier(dev, lower.carrier);
}

/** Lets linkwatch look at a device although its carrier did not change. */
export function checkLink(dev: NetDevice): void {
  fireLinkEvent(dev, lookAtLink);
}

/** Sets the operational state, which users see while the device is up. */
export function setLinkState(dev: NetDevice, state: OperState): void {
  dev.linkState = state;
  if ((dev.flags & IFF.UP) !== 0) dev.operstate = state;
}

/** What linkwatch does with one device (linkwatch_do_dev). */
function lookAtLink(dev: NetDevice): void {
  setLinkState(dev, operStateOf(dev));
  if ((dev.flags & IFF.UP) === 0) return;
  if (dev.carrier) activate(dev);
  else dev.active = false;
  announceState(dev);
}

/** Tells a change that has no event of its own, while the device is up (netdev_state_change). */
export function announceState(dev: NetDevice): void {
  if ((dev.flags & IFF.UP) === 0) return;
  for (const listener of dev.net.kernel.deviceListeners) listener("CHANGE", dev);
  tellLink(dev);
}

/** What `ip link set` asks of flags; absent ones stay. PROMISC and ALLMULTI are the user's own. */
export type FlagChange = { readonly set: number; readonly clear: number };

/** Changes flags as a user does, up and down included (dev_change_flags). */
export function changeFlags(dev: NetDevice, change: FlagChange): Refusal | undefined {
  const old = dev.flags;
  const wanted = (old & ~change.clear) | change.set;
  dev.flags = (old & ~PLAIN_FLAGS) | (wanted & PLAIN_FLAGS);
  if (((old ^ wanted) & IFF.MULTICAST) !== 0) dev.ops.rxFlags?.(dev, IFF.MULTICAST);
  let refusal: Refusal | undefined;
  if (((old ^ wanted) & IFF.UP) !== 0) {
    if ((old & IFF.UP) === 0) refusal = bringUp(dev);
    else bringDown([dev]);
  }
  if (((old ^ wanted) & IFF.PROMISC) !== 0) {
    dev.flags ^= IFF.PROMISC;
    countPromiscuity(dev, (wanted & IFF.PROMISC) !== 0 ? 1 : -1);
  }
  if (((old ^ wanted) & IFF.ALLMULTI) !== 0) {
    dev.flags ^= IFF.ALLMULTI;
    setAllmulti(dev, (wanted & IFF.ALLMULTI) !== 0 ? 1 : -1);
  }
  if (refusal !== undefined) return refusal;
  notifyFlags(dev, old);
  return undefined;
}

/** Tells which flags changed (__dev_notify_flags). */
function notifyFlags(dev: NetDevice, old: number): void {
  const changes = dev.flags ^ old;
  if (changes !== 0) tellLink(dev);
  if ((changes & IFF.UP) !== 0) notifyDevice(dev, (dev.flags & IFF.UP) !== 0 ? "UP" : "DOWN");
  const others = changes & ~(IFF.UP | IFF.PROMISC | IFF.ALLMULTI);
  if ((dev.flags & IFF.UP) !== 0 && others !== 0) notifyDevice(dev, "CHANGE");
}

/** One more (1) or one fewer (-1) user wants all frames (dev_set_promiscuity). */
export function setPromiscuity(dev: NetDevice, delta: number): void {
  if (countPromiscuity(dev, delta)) tellLink(dev);
}

/** As setPromiscuity, without a netlink message; true when the device entered or left the mode. */
export function countPromiscuity(dev: NetDevice, delta: number): boolean {
  const was = dev.promiscuity > 0;
  dev.promiscuity = Math.max(0, dev.promiscuity + delta);
  const is = dev.promiscuity > 0;
  if (was === is) return false;
  const verb = is ? "entered" : "left";
  logLine(dev.net.kernel, `device ${dev.name} ${verb} promiscuous mode`);
  if ((dev.flags & IFF.UP) !== 0) dev.ops.rxFlags?.(dev, IFF.PROMISC);
  return true;
}

/** One more or one fewer user wants all multicast frames; nobody is told (dev_set_allmulti). */
export function setAllmulti(dev: NetDevice, delta: number): void {
  const was = dev.allmulti > 0;
  dev.allmulti = Math.max(0, dev.allmulti + delta);
  if (was === dev.allmulti > 0) return;
  if ((dev.flags & IFF.UP) !== 0) dev.ops.rxFlags?.(dev, IFF.ALLMULTI);
}

/** Why an MTU does not fit a device (dev_validate_mtu). */
export function refuseMtu(dev: NetDevice, mtu: number): Refusal | undefined {
  if (mtu < 0 || mtu < dev.minMtu)
    return { errno: "EINVAL", message: "mtu less than device minimum" };
  if (dev.maxMtu > 0 && mtu > dev.maxMtu) {
    return { errno: "EINVAL", message: "mtu greater than device maximum" };
  }
  return undefined;
}

/** Sets the MTU (dev_set_mtu). */
export function changeMtu(dev: NetDevice, mtu: number): Refusal | undefined {
  if (mtu === dev.mtu) return undefined;
  const refusal = refuseMtu(dev, mtu);
  if (refusal !== undefined) return refusal;
  const errno = dev.ops.changeMtu?.(dev, mtu);
  if (errno !== undefined) return { errno };
  dev.mtu = mtu;
  notifyDevice(dev, "CHANGEMTU");
  return undefined;
}

/** Sets the MAC as a user does, also to the one that it has (dev_set_mac_address). */
export function changeMac(dev: NetDevice, mac: number): Refusal | undefined {
  if (dev.ops.setMac !== undefined) {
    const refusal = dev.ops.setMac(dev, mac);
    if (refusal !== undefined) return refusal;
  } else if (isGroupMac(mac) || mac === 0) return { errno: "EADDRNOTAVAIL" };
  dev.mac = mac;
  dev.macAssign = "set";
  notifyDevice(dev, "CHANGEADDR");
  return undefined;
}

/** Gives the device another name; "%d" in it takes the first free number (dev_change_name). */
export function renameDevice(dev: NetDevice, wanted: string): Refusal | undefined {
  if (wanted === dev.name) return undefined;
  // Kernels before 6.2 rename a device only while it is down.
  if ((dev.flags & IFF.UP) !== 0) return { errno: "EBUSY" };
  const named = nameFor(dev.net, wanted);
  if ("errno" in named) return named;
  const old = dev.name;
  dev.net.byName.delete(old);
  dev.name = named.name;
  dev.nameAssign = 4;
  dev.net.byName.set(named.name, dev);
  logLine(dev.net.kernel, `${named.name}: renamed from ${old}`);
  notifyDevice(dev, "CHANGENAME");
  return undefined;
}
