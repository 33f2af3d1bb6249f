// How frames pass between a device and the macvlans on it (linux/drivers/net/macvlan.c:
// macvlan_handle_frame, macvlan_queue_xmit).
// Policy by the sender's mode: bridge ports reach each other and the world, vepa and private ones the
// world only; from the world, vepa ports hear each other again, private ones do not. The parent
// itself never hears its macvlans, nor they it.
// Not simulated: source mode, fragments put together first.

import { BROADCAST_MAC } from "../../wire/address.ts";
import { getMac } from "../../wire/bytes.ts";
import { cloneSkb, countSent, devForward, devQueueXmit, kfreeSkb, netifRx } from "../core/dev.ts";
import {
  type DriverState,
  IFF,
  type MacvlanMode,
  type NetDevice,
  type RxHandler,
} from "../core/netDevice.ts";
import type { SkBuff } from "../core/skbuff.ts";

/** What makes a device a macvlan; undefined for others. */
export function macvlanOf(
  dev: NetDevice,
): (DriverState & { readonly type: "macvlan" }) | undefined {
  return dev.driver.type === "macvlan" ? dev.driver : undefined;
}

/** The macvlan with this MAC that is up, or undefined. */
export function byMac(lower: NetDevice, mac: number): NetDevice | undefined {
  for (const dev of lower.macvlans) {
    if (dev.mac === mac && (dev.flags & IFF.UP) !== 0) return dev;
  }
  return undefined;
}

const ALL: readonly MacvlanMode[] = ["private", "vepa", "passthru", "bridge"];

/** Gives a group frame to those macvlans of some modes that listen to the group. */
function broadcast(
  skb: SkBuff,
  lower: NetDevice,
  to: {
    readonly except: NetDevice | undefined;
    readonly modes: readonly MacvlanMode[];
    readonly more?: number;
  },
): void {
  const group = getMac(skb.frame, 0);
  for (const dev of lower.macvlans) {
    const driver = macvlanOf(dev);
    if (driver === undefined || dev === to.except || !to.modes.includes(driver.mode)) continue;
    if ((dev.flags & IFF.UP) === 0 || !listens(dev, group)) continue;
    dev.stats.rxPackets++;
    dev.stats.rxBytes += skb.frame.length + (to.more ?? 0);
    dev.stats.multicast++;
    netifRx(cloneSkb(skb), dev);
  }
}

function listens(dev: NetDevice, group: number): boolean {
  if (group === BROADCAST_MAC || dev.multicast.has(group)) return true;
  return dev.allmulti > 0 || dev.promiscuity > 0;
}

/** Takes the parent's frames for its macvlans; group frames go to the parent too. */
export const macvlanRx: RxHandler = (skb) => {
  const lower = skb.dev;
  if (((skb.frame[0] ?? 0) & 1) !== 0) return receiveGroup(skb, lower);
  const first = lower.macvlans.values().next().value;
  const passthru = first !== undefined && macvlanOf(first)?.mode === "passthru";
  const dev = passthru ? first : byMac(lower, getMac(skb.frame, 0));
  if (dev === undefined) return "pass";
  if ((dev.flags & IFF.UP) === 0) {
    kfreeSkb(skb, "DEV_READY", `${dev.name} is down`);
    return "consumed";
  }
  dev.stats.rxPackets++;
  dev.stats.rxBytes += skb.frame.length;
  skb.dev = dev;
  skb.packetType = "host";
  return "another";
};

function receiveGroup(skb: SkBuff, lower: NetDevice): "pass" | "consumed" {
  const source = byMac(lower, getMac(skb.frame, 6));
  const mode = source === undefined ? undefined : macvlanOf(source)?.mode;
  if (source !== undefined && mode !== "vepa" && mode !== "bridge") {
    // It comes back to who sent it.
    source.stats.rxPackets++;
    source.stats.rxBytes += skb.frame.length;
    netifRx(skb, source);
    return "consumed";
  }
  // Bridge ports already saw on its way out what one of them sent.
  const modes: readonly MacvlanMode[] =
    mode === undefined ? ALL : mode === "vepa" ? ["vepa", "bridge"] : ["vepa"];
  broadcast(skb, lower, { except: source, modes });
  return "pass";
}

/** Sends a macvlan's frame to its neighbours and to the world. False when it was dropped. */
export function macvlanTransmit(dev: NetDevice, skb: SkBuff): boolean {
  const { length } = skb.frame;
  const sent = passOn(dev, skb);
  countSent(dev, length, sent);
  return sent;
}

function passOn(dev: NetDevice, skb: SkBuff): boolean {
  const driver = macvlanOf(dev);
  if (driver === undefined) return true;
  const { lower } = driver;
  if (driver.mode === "bridge") {
    if (((skb.frame[0] ?? 0) & 1) !== 0) {
      // On this way Linux counts the Ethernet header twice.
      broadcast(skb, lower, { except: dev, modes: ["bridge"], more: 14 });
    } else {
      const to = byMac(lower, getMac(skb.frame, 0));
      if (to !== undefined && macvlanOf(to)?.mode === "bridge") {
        // By way of the parent, so that its taps see it.
        devForward(skb, lower);
        return true;
      }
    }
  }
  return devQueueXmit(skb, lower);
}
