// Moving a device to another namespace (linux/net/core/dev.c: dev_change_net_namespace).
// Policy: it is set down and forgotten by every part here, keeps its ifindex if that is free there
// and its name if it may, and is new to every part there.
// Not simulated: sysfs.

import { closeDevices } from "./devChange.ts";
import { nameFor } from "./deviceName.ts";
import type { Refusal } from "./errno.ts";
import type { NetDevice } from "./netDevice.ts";
import type { Net } from "./netNamespace.ts";
import { notifyDevice, peerNetId, tellLink } from "./notifier.ts";
import { delist, enlist, nextIfindex } from "./registerDevice.ts";

/** Moves a device; `name` is the name or pattern to have there, `ifindex` the number. */
export function moveDevice(
  dev: NetDevice,
  net: Net,
  wanted: { readonly name?: string; readonly ifindex?: number } = {},
): Refusal | undefined {
  if (dev.netnsLocal) return { errno: "EINVAL" };
  if (dev.net === net) return undefined;
  let { name } = dev;
  if (net.byName.has(name)) {
    if (wanted.name === undefined) return { errno: "EEXIST" };
    const named = nameFor(net, wanted.name);
    if ("errno" in named) return named;
    name = named.name;
  }
  if (dev.altNames.some((alt) => net.byName.has(alt))) return { errno: "EEXIST" };
  if (wanted.ifindex !== undefined && net.devices.has(wanted.ifindex)) return { errno: "EBUSY" };
  const free = !net.devices.has(dev.ifindex);
  const ifindex = wanted.ifindex ?? (free ? dev.ifindex : nextIfindex(net));
  leave(dev, net, ifindex);
  dev.net = net;
  dev.ifindex = ifindex;
  dev.name = name;
  enlist(dev);
  notifyDevice(dev, "REGISTER");
  tellLink(dev);
  return undefined;
}

function leave(dev: NetDevice, net: Net, newIfindex: number): void {
  const old = dev.net;
  closeDevices([dev]);
  delist(dev);
  dev.qdisc = "noop";
  dev.moving = true;
  notifyDevice(dev, "UNREGISTER");
  dev.moving = false;
  tellLink(dev, { gone: true, newIfindex, newNsid: peerNetId(old, net, true) });
  dev.taps.clear();
  dev.protocolTaps.clear();
}
