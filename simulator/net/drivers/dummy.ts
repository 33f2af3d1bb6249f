// A device that takes every frame and sends none on (linux/drivers/net/dummy.c).
// Not simulated: VFs.

import { consumeSkb } from "../core/dev.ts";
import { setCarrier } from "../core/devChange.ts";
import type { Kernel } from "../core/kernel.ts";
import { type DeviceOps, IFF } from "../core/netDevice.ts";
import { applyNewSettings, refuseMac, registerNew } from "../core/newDevice.ts";
import { allocateDevice, unregisterDevices } from "../core/registerDevice.ts";

const ops: DeviceOps = {
  open: () => undefined,
  stop() {},
  transmit(dev, skb) {
    dev.stats.txPackets++;
    dev.stats.txBytes += skb.frame.length;
    consumeSkb(skb);
    return true;
  },
  changeCarrier: setCarrier,
};

/** Offers `type dummy`. */
export function attachDummy(kernel: Kernel): void {
  kernel.linkKinds.set("dummy", {
    pattern: "dummy%d",
    validate: ({ address }) => refuseMac(address),
    create(net, request) {
      const dev = allocateDevice(net, {
        name: request.name ?? "dummy%d",
        driver: { type: "dummy" },
        ops,
        mac: request.address ?? kernel.random.mac(),
        macAssign: request.address === undefined ? "random" : "set",
        flags: IFF.BROADCAST | IFF.NOARP,
        minMtu: 0,
        maxMtu: 0,
      });
      return applyNewSettings(dev, request) ?? registerNew(dev, request.ifindex);
    },
    remove: (dev) => unregisterDevices([dev]),
  });
}
