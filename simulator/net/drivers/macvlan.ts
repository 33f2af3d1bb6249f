// Devices with a MAC of their own on top of another device (linux/drivers/net/macvlan.c): making
// them, up and down, and what follows from the parent. How frames pass is in macvlanFrames.ts.
// Policy: the parent listens to the MACs of those that are up; only one may be in passthru mode, and
// it shares the parent's MAC.
// Not simulated: source mode's list, macvtap, hardware offload, the broadcast queue's limit.

import {
  changeMtu,
  checkLink,
  followLower,
  setAllmulti,
  setPromiscuity,
} from "../core/devChange.ts";
import { devUcAdd, devUcDel } from "../core/devUnicast.ts";
import type { Errno, Refusal } from "../core/errno.ts";
import type { Kernel } from "../core/kernel.ts";
import type { LinkChange, LinkRequest } from "../core/linkRequest.ts";
import {
  type DeviceEvent,
  type DeviceOps,
  IFF,
  type MacvlanMode,
  type NetDevice,
} from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import { applyNewSettings, refuseMac } from "../core/newDevice.ts";
import { notifyDevice } from "../core/notifier.ts";
import { allocateDevice, registerDevice, unregisterDevices } from "../core/registerDevice.ts";
import { byMac, macvlanOf, macvlanRx, macvlanTransmit } from "./macvlanFrames.ts";

function isPassthru(dev: NetDevice): boolean {
  return macvlanOf(dev)?.mode === "passthru";
}

/** True when the parent or a macvlan that is up has the MAC already (macvlan_addr_busy). */
function isBusy(lower: NetDevice, mac: number): boolean {
  const passthru = [...lower.macvlans].some(isPassthru);
  return (!passthru && lower.mac === mac) || byMac(lower, mac) !== undefined;
}

function open(dev: NetDevice): Errno | undefined {
  const driver = macvlanOf(dev);
  if (driver === undefined) return undefined;
  const { lower } = driver;
  if (driver.mode === "passthru") {
    if (!driver.nopromisc) setPromiscuity(lower, 1);
    return undefined;
  }
  if (isBusy(lower, dev.mac)) return "EADDRINUSE";
  devUcAdd(lower, dev.mac);
  if (dev.allmulti > 0) setAllmulti(lower, 1);
  if (dev.promiscuity > 0) setPromiscuity(lower, 1);
  return undefined;
}

function stop(dev: NetDevice): void {
  const driver = macvlanOf(dev);
  if (driver === undefined) return;
  const { lower } = driver;
  if (driver.mode === "passthru") {
    if (!driver.nopromisc) setPromiscuity(lower, -1);
    return;
  }
  if (dev.allmulti > 0) setAllmulti(lower, -1);
  if (dev.promiscuity > 0) setPromiscuity(lower, -1);
  devUcDel(lower, dev.mac);
}

function setMac(dev: NetDevice, mac: number): Refusal | undefined {
  const refusal = refuseMac(mac);
  const driver = macvlanOf(dev);
  if (refusal !== undefined || driver === undefined || dev.mac === mac) return refusal;
  const { lower } = driver;
  if (driver.mode === "passthru") {
    lower.mac = mac;
    lower.macAssign = "set";
    notifyDevice(lower, "CHANGEADDR");
    return undefined;
  }
  if (isBusy(lower, mac)) return { errno: "EADDRINUSE" };
  if ((dev.flags & IFF.UP) === 0) return undefined;
  devUcAdd(lower, mac);
  devUcDel(lower, dev.mac);
  return undefined;
}

const ops: DeviceOps = {
  open,
  stop,
  transmit: macvlanTransmit,
  setMac,
  protoDown: true,
  unicastFilter: true,
  changeMtu(dev, mtu) {
    const driver = macvlanOf(dev);
    return driver !== undefined && driver.lower.mtu < mtu ? "EINVAL" : undefined;
  },
  rxFlags(dev, change) {
    const driver = macvlanOf(dev);
    if (driver === undefined) return;
    if ((change & IFF.ALLMULTI) !== 0) setAllmulti(driver.lower, dev.allmulti > 0 ? 1 : -1);
    if ((change & IFF.PROMISC) !== 0 && driver.mode !== "passthru") {
      setPromiscuity(driver.lower, dev.promiscuity > 0 ? 1 : -1);
    }
  },
};

/** Why a parent cannot have another macvlan in this mode (macvlan_port_create and after). */
function refuseLower(lower: NetDevice, mode: MacvlanMode): Refusal | undefined {
  if (lower.driver.type === "loopback") return { errno: "EINVAL" };
  if (lower.rxHandler !== undefined && lower.macvlans.size === 0) return { errno: "EBUSY" };
  const taken = [...lower.macvlans].some(isPassthru);
  return taken || (mode === "passthru" && lower.macvlans.size > 0)
    ? { errno: "EINVAL" }
    : undefined;
}

function create(net: Net, request: LinkRequest): NetDevice | Refusal {
  if (request.link === undefined) return { errno: "EINVAL" };
  const lower = macvlanOf(request.link)?.lower ?? request.link;
  const mode = request.macvlan?.mode ?? "vepa";
  const passthru = mode === "passthru";
  const dev = allocateDevice(net, {
    name: request.name ?? "macvlan%d",
    driver: { type: "macvlan", lower, mode, nopromisc: request.macvlan?.nopromisc ?? false },
    ops,
    mac: passthru ? lower.mac : (request.address ?? net.kernel.random.mac()),
    macAssign: passthru ? "stolen" : request.address === undefined ? "random" : "set",
    flags: IFF.BROADCAST | IFF.MULTICAST,
    mtu: lower.mtu,
    maxMtu: lower.maxMtu,
    carrier: lower.carrier,
  });
  const unfit = applyNewSettings(dev, request);
  if (unfit !== undefined) return unfit;
  if (dev.mtu > lower.mtu) return { errno: "EINVAL" };
  const refusal = refuseLower(lower, mode) ?? registerDevice(dev, request.ifindex);
  if (refusal !== undefined) return refusal;
  notifyDevice(lower, "CHANGEUPPER");
  lower.macvlans.add(dev);
  lower.rxHandler = macvlanRx;
  followLower(dev, lower);
  checkLink(dev);
  return dev;
}

function remove(dev: NetDevice): void {
  const lower = macvlanOf(dev)?.lower;
  if (lower === undefined) return;
  notifyDevice(lower, "CHANGEUPPER");
  unregisterDevices([dev]);
  lower.macvlans.delete(dev);
  if (lower.macvlans.size === 0) lower.rxHandler = undefined;
}

function change(dev: NetDevice, { macvlan }: LinkChange): Refusal | undefined {
  const driver = macvlanOf(dev);
  if (driver === undefined || macvlan === undefined) return undefined;
  const mode = macvlan.mode ?? driver.mode;
  if ((mode === "passthru") !== (driver.mode === "passthru")) return { errno: "EINVAL" };
  driver.mode = mode;
  if (macvlan.nopromisc !== undefined) driver.nopromisc = macvlan.nopromisc;
  return undefined;
}

function follow(event: DeviceEvent, lower: NetDevice): void {
  for (const dev of [...lower.macvlans]) {
    if (event === "UP" || event === "DOWN" || event === "CHANGE") followLower(dev, lower);
    if (event === "CHANGEMTU" && dev.mtu > lower.mtu) changeMtu(dev, lower.mtu);
    if (event === "CHANGEADDR" && isPassthru(dev) && dev.mac !== lower.mac) {
      dev.mac = lower.mac;
      notifyDevice(dev, "CHANGEADDR");
    }
    if (event === "UNREGISTER" && !lower.moving) remove(dev);
  }
}

/** Offers `type macvlan` and follows parents. */
export function attachMacvlan(kernel: Kernel): void {
  kernel.linkKinds.set("macvlan", {
    pattern: "macvlan%d",
    validate: ({ address }) => refuseMac(address),
    create,
    change,
    remove,
  });
  kernel.deviceListeners.push((event, lower) => {
    if (lower.macvlans.size > 0) follow(event, lower);
  });
}
