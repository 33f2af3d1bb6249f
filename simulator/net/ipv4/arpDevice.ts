// ARP and its devices (linux/net/ipv4/arp.c, arp_netdev_event; devinet.c, inetdev_event): what is
// forgotten when a device goes down, loses its carrier or gets another MAC, and what is announced.
// Policy: carrier loss spares permanent entries and proxied addresses, everything else spares none.
// arp_notify announces each address when its device comes up or gets a MAC, even the same one.
// Not here: packets (arp.ts).

import { macText } from "../../wire/address.ts";
import { ARP_OPERATION } from "../../wire/arp.ts";
import { ETHERTYPE } from "../../wire/ethernet.ts";
import type { Kernel } from "../core/kernel.ts";
import { flushProxies } from "../core/neighAdmin.ts";
import { flushDevice } from "../core/neighbour.ts";
import { forgetDevice } from "../core/neighParms.ts";
import type { NeighTable } from "../core/neighTable.ts";
import { type DeviceEvent, IFF, type NetDevice } from "../core/netDevice.ts";
import { arpReceive, sendArp } from "./arp.ts";
import { confValue } from "./devinet.ts";

/** Tells everybody on the link where our addresses are (inetdev_send_gratuitous_arp). */
function sendGratuitousArp(dev: NetDevice): void {
  for (const { local } of dev.ip4?.addresses ?? []) {
    const cause = { text: `gratuitous ARP of ${dev.name}, ${macText(dev.mac)}` };
    sendArp(dev, { operation: ARP_OPERATION.REQUEST, senderIp: local, targetIp: local, cause });
  }
}

/** Forgets all that was known on a device (arp_ifdown). */
function arpDown(dev: NetDevice): void {
  const { arpTable } = dev.net.kernel;
  flushDevice(arpTable, dev);
  flushProxies(arpTable, dev.net, dev);
  for (const waiting of arpTable.proxyQueue) {
    if (waiting.dev !== dev) continue;
    waiting.timer.cancel();
    arpTable.proxyQueue.delete(waiting);
  }
}

/** ARP takes its frames and follows devices. After attachFib. */
export function attachArp(kernel: Kernel): void {
  kernel.protocols.set(ETHERTYPE.ARP, arpReceive);
  kernel.deviceListeners.push((event, dev) => onDevice(kernel, event, dev));
  kernel.netListeners.push({ made() {}, ended: (net) => kernel.arpTable.proxies.delete(net) });
}

function onDevice(kernel: Kernel, event: DeviceEvent, dev: NetDevice): void {
  const { arpTable } = kernel;
  if (event === "DOWN") arpDown(dev);
  else if (event === "UNREGISTER") {
    arpDown(dev);
    forgetDevice(arpTable, dev);
  } else if (event === "CHANGEADDR") {
    flushDevice(arpTable, dev);
    if (dev.ip4 !== undefined && confValue(dev, "arp_notify") !== 0) sendGratuitousArp(dev);
  } else if (event === "NOTIFY_PEERS") sendGratuitousArp(dev);
  else if (event === "UP") {
    if (dev.ip4 !== undefined && confValue(dev, "arp_notify") !== 0) sendGratuitousArp(dev);
  } else if (event === "CHANGE") {
    if (arpWasSwitched(arpTable, dev)) flushDevice(arpTable, dev);
    const evict = dev.ip4 !== undefined && confValue(dev, "arp_evict_nocarrier") !== 0;
    if (!dev.carrier && evict) flushDevice(arpTable, dev, true);
  }
}

/** True when IFF_NOARP has changed since the entries of a device were made. */
function arpWasSwitched(table: NeighTable, dev: NetDevice): boolean {
  const off = (dev.flags & (IFF.NOARP | IFF.LOOPBACK)) !== 0;
  for (const neigh of table.byDevice.get(dev)?.values() ?? []) {
    if (off ? neigh.state !== "NOARP" : neigh.state === "NOARP" && neigh.mac === dev.mac)
      return true;
  }
  return false;
}
