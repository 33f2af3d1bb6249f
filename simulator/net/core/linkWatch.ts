// When the kernel looks at a changed carrier, and which operational state follows
// (linux/net/core/link_watch.c, RFC 2863).
// Policy: an event is urgent when the running device has another device below or beside it (its
// iflink differs from its ifindex), or when its queues are still to be switched on; urgent events
// are looked at at once, others at most once per second.
// Not simulated: TESTING.

import type { Kernel } from "./kernel.ts";
import { IFF, type NetDevice, type OperState } from "./netDevice.ts";
import { linkedDevice } from "./notifier.ts";

/** From an event to the work queue, microseconds. */
const WORK_DELAY = 30;

const SECOND = 1_000_000;

/** The number in IFLA_LINK: the other device's ifindex, even in another namespace; else the own. */
export function iflinkOf(dev: NetDevice): number {
  const { driver } = dev;
  if (driver.type === "veth") return driver.peer?.ifindex ?? 0;
  return linkedDevice(dev)?.ifindex ?? dev.ifindex;
}

/** The state that carrier and lower device give, in 6.1's words (rfc2863_policy). */
export function operStateOf(dev: NetDevice): OperState {
  // The numbers are compared even when the other device is in another namespace.
  if (!dev.carrier) return iflinkOf(dev) === dev.ifindex ? "DOWN" : "LOWERLAYERDOWN";
  return dev.dormant || dev.linkMode === "DORMANT" ? "DORMANT" : "UP";
}

function isUrgent(dev: NetDevice): boolean {
  if ((dev.flags & IFF.UP) === 0) return false;
  return dev.ifindex !== iflinkOf(dev) || (dev.carrier && dev.qdisc !== "noop" && !dev.active);
}

/** Notes that a device's carrier changed; `look` is called for each device in its turn. */
export function fireLinkEvent(dev: NetDevice, look: (dev: NetDevice) => void): void {
  const { linkWatch } = dev.net.kernel;
  const urgent = isUrgent(dev);
  if (linkWatch.pending.has(dev) && !urgent) return;
  linkWatch.pending.add(dev);
  schedule(dev.net.kernel, urgent, look);
}

function schedule(kernel: Kernel, urgent: boolean, look: (dev: NetDevice) => void): void {
  const { linkWatch, clock } = kernel;
  if (linkWatch.urgent || (linkWatch.timer !== undefined && !urgent)) return;
  linkWatch.urgent = urgent;
  linkWatch.timer?.cancel();
  const wait = urgent ? 0 : Math.max(0, linkWatch.nextEvent - clock.now);
  linkWatch.timer = clock.after(Math.max(WORK_DELAY, wait), () => runQueue(kernel, look));
}

/** Looks at what waits, and at once at what became urgent by it (a VLAN follows its parent). */
function runQueue(kernel: Kernel, look: (dev: NetDevice) => void): void {
  const { linkWatch, clock } = kernel;
  do {
    linkWatch.timer?.cancel();
    linkWatch.timer = undefined;
    linkWatch.urgent = false;
    const urgentOnly = linkWatch.nextEvent > clock.now;
    if (!urgentOnly) linkWatch.nextEvent = clock.now + SECOND;
    for (const dev of [...linkWatch.pending]) {
      if (urgentOnly && !isUrgent(dev)) continue;
      linkWatch.pending.delete(dev);
      if (dev.registered) look(dev);
    }
  } while (linkWatch.urgent);
  if (linkWatch.pending.size > 0) schedule(kernel, false, look);
}
