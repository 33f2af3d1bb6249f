// A pair of devices with a wire between them (linux/drivers/net/veth.c).
// Policy: the peer is made first and so has the lower ifindex; both have carrier exactly while both
// are up; what one sends the other receives through the backlog; deleting one deletes the other.
// Not simulated: XDP, NAPI and GRO, several queues.

import { devForward, kfreeSkb } from "../core/dev.ts";
import { setCarrier } from "../core/devChange.ts";
import type { Refusal } from "../core/errno.ts";
import type { Kernel } from "../core/kernel.ts";
import type { LinkRequest, NewEnd } from "../core/linkRequest.ts";
import { type DeviceOps, type DriverState, IFF, type NetDevice } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import { applyNewSettings, configureLink, refuseMac } from "../core/newDevice.ts";
import { allocateDevice, registerDevice, unregisterDevices } from "../core/registerDevice.ts";

const ops: DeviceOps = {
  open(dev) {
    const peer = peerOf(dev);
    if (peer === undefined) return "ENOTCONN";
    if ((peer.flags & IFF.UP) !== 0) {
      setCarrier(dev, true);
      setCarrier(peer, true);
    }
    return undefined;
  },
  stop(dev) {
    setCarrier(dev, false);
    const peer = peerOf(dev);
    if (peer !== undefined) setCarrier(peer, false);
  },
  transmit(dev, skb) {
    const peer = peerOf(dev);
    const length = skb.frame.length;
    if (peer === undefined) kfreeSkb(skb, "DEV_READY", "the peer is gone");
    else if (devForward(skb, peer)) {
      dev.stats.txPackets++;
      dev.stats.txBytes += length;
      peer.stats.rxPackets++;
      peer.stats.rxBytes += length;
      return true;
    }
    dev.stats.txDropped++;
    return false;
  },
};

function peerOf(dev: NetDevice): NetDevice | undefined {
  return dev.driver.type === "veth" ? dev.driver.peer : undefined;
}

function makeEnd(net: Net, wanted: NewEnd, driver: DriverState): NetDevice | Refusal {
  const dev = allocateDevice(net, {
    name: wanted.name ?? "veth%d",
    driver,
    ops,
    mac: wanted.address ?? net.kernel.random.mac(),
    macAssign: wanted.address === undefined ? "random" : "set",
    flags: IFF.BROADCAST | IFF.MULTICAST,
    maxMtu: 65535,
  });
  const refusal = applyNewSettings(dev, wanted) ?? registerDevice(dev, wanted.ifindex);
  if (refusal !== undefined) return refusal;
  setCarrier(dev, false);
  return dev;
}

/** What the peer takes over when nothing is said about it: limits, neither name, MAC nor flags. */
function withoutOwn({ mtu, txqlen, group }: LinkRequest): NewEnd {
  return {
    ...(mtu === undefined ? {} : { mtu }),
    ...(txqlen === undefined ? {} : { txqlen }),
    ...(group === undefined ? {} : { group }),
  };
}

function makePair(net: Net, request: LinkRequest, source: Net): NetDevice | Refusal {
  const peerDriver: DriverState & { type: "veth" } = { type: "veth", peer: undefined };
  const ownDriver: DriverState & { type: "veth" } = { type: "veth", peer: undefined };
  const wanted = request.peer ?? withoutOwn(request);
  const peer = makeEnd(wanted.netns ?? source, wanted, peerDriver);
  if ("errno" in peer) return peer;
  const refusal = configureLink(peer, wanted);
  const own = refusal ?? makeEnd(net, request, ownDriver);
  if ("errno" in own) {
    unregisterDevices([peer]);
    return own;
  }
  ownDriver.peer = peer;
  peerDriver.peer = own;
  return own;
}

function removePair(dev: NetDevice): void {
  const peer = peerOf(dev);
  for (const end of [dev, peer]) if (end?.driver.type === "veth") end.driver.peer = undefined;
  unregisterDevices(peer === undefined ? [dev] : [dev, peer]);
}

/** Offers `type veth`. */
export function attachVeth(kernel: Kernel): void {
  kernel.linkKinds.set("veth", {
    pattern: "veth%d",
    validate: (request) =>
      refuseMac(request.address) ??
      refuseMac("peer" in request ? request.peer?.address : undefined),
    create: makePair,
    remove: removePair,
  });
}
