// Puts the kernel together: every part hooks in here, in the order in which Linux's initcalls and
// modules register theirs (arp and IPv4, IPv6, then bridge, 8021q and the drivers).
// Policy: what a kernel timer sends is received when the timer is done, as in a softirq.
// Not here: what the parts do.

import type { Clock } from "../clock.ts";
import { createRandom, type Random } from "../random.ts";
import { attachBridge } from "./bridge/br.ts";
import { asSoftirq } from "./core/dev.ts";
import type { Kernel } from "./core/kernel.ts";
import { attachNeighbour } from "./core/neighParms.ts";
import { createNet, holdNet } from "./core/netLifecycle.ts";
import { attachDummy } from "./drivers/dummy.ts";
import { attachMacvlan } from "./drivers/macvlan.ts";
import { attachVeth } from "./drivers/veth.ts";
import { attachIpv4 } from "./ipv4/afInet.ts";
import { createArpTable } from "./ipv4/arp.ts";
import { attachArp } from "./ipv4/arpDevice.ts";
import { createIpv4Net } from "./ipv4/createIpv4Net.ts";
import { attachDevinet } from "./ipv4/devinet.ts";
import { attachFib } from "./ipv4/fibFrontend.ts";
import { attachIpv6 } from "./ipv6/afInet6.ts";
import { createIpv6Net } from "./ipv6/createIpv6Net.ts";
import { createNdTable } from "./ipv6/ndisc.ts";
import { attachVlan } from "./vlan/vlan.ts";

/** The inode of the first network namespace on the kernel that we follow. */
const INIT_NET_INODE = 4026531840;

/** The first inode of further namespaces. */
const FIRST_INODE = 4026532177;

/** A kernel with its initial namespace, in which `lo` is down. */
export function bootKernel({ clock, random }: { clock: Clock; random: Random }): Kernel {
  const parts: Omit<Kernel, "initNet"> = {
    clock: softirqClock(clock, () => kernel),
    random,
    proxyRandom: createRandom(random.below(0x80000000)),
    namespaces: new Set(),
    arpTable: createArpTable({ random }),
    ndTable: createNdTable({ random }),
    protocols: new Map(),
    linkKinds: new Map(),
    makeProtocols: (creator) => ({
      ip4: createIpv4Net(kernel, creator),
      ip6: createIpv6Net(kernel, creator),
    }),
    deviceListeners: [],
    netListeners: [],
    netlinkListeners: new Set(),
    packetListeners: new Set(),
    backlog: [],
    unheard: 0,
    packetSockets: 0,
    listening: new Map(),
    inSoftirq: false,
    linkWatch: { pending: new Set(), timer: undefined, urgent: false, nextEvent: 0 },
    log: [],
    nextFrameId: 1,
    nextInode: INIT_NET_INODE,
  };
  // The first namespace needs the kernel, so it follows at once.
  const kernel = parts as Kernel;
  attachNeighbour(kernel);
  attachDevinet(kernel);
  attachFib(kernel);
  attachArp(kernel);
  attachIpv4(kernel);
  attachIpv6(kernel);
  attachBridge(kernel);
  attachVlan(kernel);
  attachMacvlan(kernel);
  attachDummy(kernel);
  attachVeth(kernel);
  kernel.initNet = createNet(kernel);
  holdNet(kernel.initNet);
  kernel.nextInode = FIRST_INODE;
  return kernel;
}

/** The machine's clock, with timers that run as softirqs. */
function softirqClock(clock: Clock, kernel: () => Kernel): Clock {
  // All else is the machine's clock's own, at no further cost: every frame asks for the time.
  const own: Pick<Clock, "after" | "afterJiffies"> = {
    after: (delay, run) => clock.after(delay, () => asSoftirq(kernel(), run)),
    afterJiffies: (delay, run) => clock.afterJiffies(delay, () => asSoftirq(kernel(), run)),
  };
  return Object.assign(Object.create(clock) as Clock, own);
}
