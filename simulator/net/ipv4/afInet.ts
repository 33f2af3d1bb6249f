// IPv4 hooks into the kernel (linux/net/ipv4/af_inet.c, igmp.c): it takes its frames, every device
// that is up listens to "all hosts" (224.0.0.1), and a namespace's sockets end with it.
// Policy: membership of 224.0.0.1 is never reported, so no IGMP leaves a host that joins nothing else.
// Not simulated: joining groups, IGMP reports and queries.

import { ETHERTYPE } from "../../wire/ethernet.ts";
import { devMcAdd, devMcDel } from "../core/devAddrLists.ts";
import type { Kernel } from "../core/kernel.ts";
import type { DeviceEvent, NetDevice } from "../core/netDevice.ts";
import { IFF } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import { ipReceive } from "./ipInput.ts";

/** The MAC of 224.0.0.1. */
const ALL_HOSTS = 0x01005e000001;

/** After attachArp. */
export function attachIpv4(kernel: Kernel): void {
  kernel.protocols.set(ETHERTYPE.IP, ipReceive);
  kernel.deviceListeners.push(onDevice);
  kernel.netListeners.push({ made() {}, ended: endSockets });
}

function onDevice(event: DeviceEvent, dev: NetDevice): void {
  if (dev.ip4 === undefined || (dev.flags & IFF.LOOPBACK) !== 0) return;
  if (event === "UP") devMcAdd(dev, ALL_HOSTS);
  else if (event === "DOWN") devMcDel(dev, ALL_HOSTS);
}

function endSockets(net: Net): void {
  const { inet } = net.ip4;
  if (inet === undefined) return;
  for (const queue of inet.fragments.values()) queue.timer.cancel();
  for (const { tcp } of inet.tcpConnections.values()) {
    tcp.timer?.cancel();
    tcp.ackTimer?.cancel();
  }
  net.ip4.inet = undefined;
}
