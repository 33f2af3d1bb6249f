// The driver of 802.1Q subdevices (linux/net/8021q/vlan_dev.c): frames go to the parent with a tag,
// up only while the parent is up, MTU within the parent's.
// Policy: the tag is metadata; with reorder_hdr off this device has it in the bytes. A MAC of its own makes the
// parent listen to it too.
// Not simulated: netpoll, GVRP and MVRP messages.

import { get16 } from "../../wire/bytes.ts";
import { ETHERTYPE } from "../../wire/ethernet.ts";
import { countSent, devQueueXmit } from "../core/dev.ts";
import { setAllmulti, setCarrier, setPromiscuity } from "../core/devChange.ts";
import { devUcAdd, devUcDel } from "../core/devUnicast.ts";
import { type DeviceOps, type DriverState, IFF, type NetDevice } from "../core/netDevice.ts";
import { refuseMac } from "../core/newDevice.ts";
import { notifyDevice } from "../core/notifier.ts";
import type { VlanTag } from "../core/skbuff.ts";
import { withOwnTag, withoutOwnTag } from "./vlanCore.ts";

/** The driver's part of a VLAN device, with its parent and settings. */
export type VlanDriver = DriverState & { readonly type: "vlan" };

/** What makes a device a VLAN device; undefined for others. */
export function vlanOf(dev: NetDevice): VlanDriver | undefined {
  return dev.driver.type === "vlan" ? dev.driver : undefined;
}

/** Key in the parent's `vlans`. */
export function vlanKey(protocol: number, vid: number): number {
  return vid + (protocol === ETHERTYPE.QINQ ? 4096 : 0);
}

/** Follows the parent's MAC until somebody has set it; true when it did (vlan_dev_inherit_address). */
export function inheritMac(dev: NetDevice, lower: NetDevice): boolean {
  if (dev.macAssign !== "stolen") return false;
  dev.mac = lower.mac;
  notifyDevice(dev, "CHANGEADDR");
  return true;
}

function open(dev: NetDevice): "ENETDOWN" | undefined {
  const driver = vlanOf(dev);
  if (driver === undefined) return undefined;
  const { lower, vlan } = driver;
  if ((lower.flags & IFF.UP) === 0 && !vlan.looseBinding) return "ENETDOWN";
  if (dev.mac !== lower.mac && !inheritMac(dev, lower)) devUcAdd(lower, dev.mac);
  if (dev.allmulti > 0) setAllmulti(lower, 1);
  if (dev.promiscuity > 0) setPromiscuity(lower, 1);
  vlan.lowerMac = lower.mac;
  if (lower.carrier && !vlan.bridgeBinding) setCarrier(dev, true);
  return undefined;
}

function stop(dev: NetDevice): void {
  const driver = vlanOf(dev);
  if (driver === undefined) return;
  const { lower, vlan } = driver;
  if (dev.allmulti > 0) setAllmulti(lower, -1);
  if (dev.promiscuity > 0) setPromiscuity(lower, -1);
  if (dev.mac !== lower.mac) devUcDel(lower, dev.mac);
  if (!vlan.bridgeBinding) setCarrier(dev, false);
}

/** Linux's priority of an IPv4 packet by its TOS (rt_tos2priority); 0 for all others. */
function priorityOf(frame: Uint8Array): number {
  if (get16(frame, 12) !== ETHERTYPE.IP) return 0;
  return [0, 2, 6, 4][((frame[15] ?? 0) & 0x1e) >> 3] ?? 0;
}

function tagOf({ vlan, vid }: VlanDriver, frame: Uint8Array): VlanTag {
  const pcp = vlan.egressQos.size === 0 ? 0 : (vlan.egressQos.get(priorityOf(frame)) ?? 0);
  return vlan.protocol === ETHERTYPE.VLAN ? { vid, pcp } : { vid, pcp, tpid: vlan.protocol };
}

/** The driver's operations. */
export const vlanOps: DeviceOps = {
  open,
  stop,
  unicastFilter: true,
  hardHeader(dev, skb) {
    const driver = vlanOf(dev);
    if (driver === undefined || driver.vlan.reorderHeader || dev.port !== undefined) return skb;
    return withOwnTag(skb, tagOf(driver, skb.frame));
  },
  transmit(dev, skb) {
    const driver = vlanOf(dev);
    if (driver === undefined) return true;
    const { vlan, lower } = driver;
    const length = skb.frame.length;
    // A veth does not count a tag, wherever it is.
    const out = vlan.reorderHeader ? skb : withoutOwnTag(skb);
    out.vlan = tagOf(driver, out.frame);
    const sent = devQueueXmit(out, lower);
    countSent(dev, length, sent);
    return sent;
  },
  changeMtu(dev, mtu) {
    const driver = vlanOf(dev);
    return driver !== undefined && driver.lower.mtu < mtu ? "ERANGE" : undefined;
  },
  setMac(dev, mac) {
    const refusal = refuseMac(mac);
    const driver = vlanOf(dev);
    if (refusal !== undefined || driver === undefined || (dev.flags & IFF.UP) === 0) return refusal;
    const { lower } = driver;
    if (mac !== lower.mac) devUcAdd(lower, mac);
    if (dev.mac !== lower.mac) devUcDel(lower, dev.mac);
    return undefined;
  },
  rxFlags(dev, change) {
    const driver = vlanOf(dev);
    if (driver === undefined) return;
    if ((change & IFF.ALLMULTI) !== 0) setAllmulti(driver.lower, dev.allmulti > 0 ? 1 : -1);
    if ((change & IFF.PROMISC) !== 0) setPromiscuity(driver.lower, dev.promiscuity > 0 ? 1 : -1);
  },
};
