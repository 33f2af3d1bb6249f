// The loopback device (linux/drivers/net/loopback.c): what it sends it receives. Its counters leave
// out the Ethernet header, as Linux's do.
// Not simulated: timestamps, GSO sizes.

import { netifRx } from "../core/dev.ts";
import { type DeviceOps, IFF, type NetDevice } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import { allocateDevice, registerDevice } from "../core/registerDevice.ts";

const ops: DeviceOps = {
  open: () => undefined,
  stop() {},
  transmit(dev, skb) {
    const { stats } = dev;
    const length = skb.frame.length - 14;
    stats.txPackets++;
    stats.txBytes += length;
    stats.rxPackets++;
    stats.rxBytes += length;
    netifRx(skb, dev);
    return true;
  },
};

/** Makes and registers `lo`, down. */
export function makeLoopback(net: Net): NetDevice {
  const dev = allocateDevice(net, {
    name: "lo",
    driver: { type: "loopback" },
    ops,
    mac: 0,
    broadcast: 0,
    macAssign: "permanent",
    flags: IFF.LOOPBACK,
    mtu: 65536,
    minMtu: 0,
    maxMtu: 0,
    netnsLocal: true,
  });
  registerDevice(dev);
  return dev;
}
