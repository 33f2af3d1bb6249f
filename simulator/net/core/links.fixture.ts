// A small kernel for tests of links: a clock to run, devices by name, what netlink told.

import { createClock } from "../../clock.ts";
import { createRandom } from "../../random.ts";
import { BROADCAST_MAC } from "../../wire/address.ts";
import { ethernetFrame } from "../../wire/ethernet.ts";
import { bootKernel } from "../bootKernel.ts";
import { devQueueXmit, newSkb } from "./dev.ts";
import { deviceFlags } from "./devChange.ts";
import type { Kernel } from "./kernel.ts";
import { IFF, type NetDevice } from "./netDevice.ts";
import type { Net } from "./netNamespace.ts";
import { writeSysctl } from "./sysctl.ts";

/** A kernel that has been up for some seconds, with IPv6 switched off. */
export function bootForTest(): {
  readonly kernel: Kernel;
  readonly net: Net;
  run(seconds: number): void;
  dev(name: string, net?: Net): NetDevice;
} {
  const kernel = bootKernel({ clock: createClock(0), random: createRandom(7) });
  const net = kernel.initNet;
  for (const name of ["all", "default"])
    writeSysctl(net, `net/ipv6/conf/${name}/disable_ipv6`, "1");
  const run = (seconds: number): void => {
    const end = kernel.clock.now + seconds * 1e6;
    while ((kernel.clock.nextDue() ?? Number.POSITIVE_INFINITY) <= end) kernel.clock.runNext();
    kernel.clock.advanceTo(end);
  };
  run(3);
  return {
    kernel,
    net,
    run,
    dev(name, where = net) {
      const dev = where.byName.get(name);
      if (dev === undefined) throw new Error(`no device ${name}`);
      return dev;
    },
  };
}

/** A link in one line: "3 v0 BROADCAST,MULTICAST,UP 1500 noqueue UP". */
export function lineOf(dev: NetDevice): string {
  const state = (dev.flags & IFF.UP) === 0 ? "DOWN" : dev.operstate;
  return `${dev.ifindex} ${dev.name} ${deviceFlags(dev).join(",")} ${dev.mtu} ${dev.qdisc} ${state}`;
}

/** Collects what netlink tells of links of a namespace. */
export function recordLinks(kernel: Kernel, net: Net): string[] {
  const lines: string[] = [];
  kernel.netlinkListeners.add((where, event) => {
    if (where !== net || event.type !== "link") return;
    lines.push(`${event.gone ? "Deleted " : ""}${lineOf(event.dev)}`);
  });
  return lines;
}

/** Sends a frame of an EtherType that no protocol knows. */
export function sendFrame(dev: NetDevice, to = BROADCAST_MAC, type = 0x88b5): void {
  const header = { destination: to, source: dev.mac, type };
  const frame = ethernetFrame(header, new Uint8Array(46));
  devQueueXmit(newSkb(dev.net.kernel, { frame, dev }), dev);
}
