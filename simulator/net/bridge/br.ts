// The bridge hooks into the kernel (linux/net/bridge/br.c): the kind of link, and what ports and
// bridges hear of their devices.
// Policy: a port works while its device and the bridge are up and it has carrier.
// Not simulated: switchdev.

import { isRunning } from "../core/devChange.ts";
import type { Refusal } from "../core/errno.ts";
import type { Kernel } from "../core/kernel.ts";
import type { LinkRequest } from "../core/linkRequest.ts";
import { type DeviceEvent, IFF, type NetDevice } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import { applyNewSettings, registerNew } from "../core/newDevice.ts";
import { notifyDevice } from "../core/notifier.ts";
import { allocateDevice, unregisterDevices } from "../core/registerDevice.ts";
import { bridgeOps, newBridge } from "./brDevice.ts";
import { fdbAddLocal, fdbChangePortMac, fdbDeleteByPort } from "./brFdb.ts";
import { adjustMtu, bridgeOf, costOf, detachPort, removePort } from "./brIf.ts";
import type { BridgePort, BridgeState } from "./bridgeState.ts";
import { forgetAll } from "./brMulticast.ts";
import { setBridgeOptions, setPortOptions } from "./brNetlink.ts";
import { notifyPort } from "./brStp.ts";
import { changeBridgeMac, openPort, recalculateMac, shutPort } from "./brStpIf.ts";
import { disarm } from "./brTimer.ts";
import { vlanAdd, vlanNotify } from "./brVlan.ts";

/** Makes a bridge; also what `brctl addbr` asks for. */
export function createBridge(net: Net, request: LinkRequest): NetDevice | Refusal {
  const name = request.name ?? "bridge%d";
  // The device follows at once; bridge and device need each other.
  const bridge = newBridge(name) as BridgeState;
  const dev = allocateDevice(net, {
    name,
    driver: { type: "bridge", bridge },
    ops: bridgeOps,
    mac: request.address ?? net.kernel.random.mac(),
    macAssign: request.address === undefined ? "random" : "set",
    flags: IFF.BROADCAST | IFF.MULTICAST,
    maxMtu: 65535,
    netnsLocal: true,
  });
  bridge.dev = dev;
  const refusal = applyNewSettings(dev, request) ?? takeError(registerNew(dev, request.ifindex));
  if (refusal !== undefined) return refusal;
  if (request.address !== undefined) changeBridgeMac(bridge, request.address);
  const wrong = request.options === undefined ? undefined : setBridgeOptions(dev, request.options);
  if (wrong === undefined) return dev;
  removeBridge(dev);
  return wrong;
}

function takeError(made: NetDevice | Refusal): Refusal | undefined {
  return "errno" in made ? made : undefined;
}

/** Deletes a bridge, whether it is up or not; its ports go free. */
export function removeBridge(dev: NetDevice): void {
  const bridge = bridgeOf(dev);
  if (bridge === undefined) return;
  for (const port of [...bridge.ports]) detachPort(port);
  forgetAll(bridge);
  fdbDeleteByPort(bridge, undefined, { all: true });
  unregisterDevices([dev]);
  disarm(bridge, "gcTimer");
}

/** What a bridge does when it is registered: its own addresses, and the default VLAN. */
function registered(bridge: BridgeState): void {
  fdbAddLocal(bridge, undefined, bridge.dev.mac, 0);
  const vid = bridge.vlanDefaultPvid;
  vlanAdd(bridge, undefined, vid, { pvid: true, untagged: true });
  vlanNotify({ bridge, port: undefined }, vid, vid, false);
}

/** Looks at the carrier of a port again; true when that told its state (br_port_carrier_check). */
function checkCarrier(port: BridgePort): boolean {
  const runs = isRunning(port.dev);
  if (!port.pathCostSet && runs) port.pathCost = costOf(port.dev);
  if ((port.bridge.dev.flags & IFF.UP) === 0 || runs === (port.state !== "disabled")) return false;
  if (runs) openPort(port);
  else shutPort(port);
  return true;
}

/** What a port hears of its device; true when its state was told (br_device_event). */
function portEvent(event: DeviceEvent, port: BridgePort): boolean {
  const { bridge, dev } = port;
  const bridgeUp = (bridge.dev.flags & IFF.UP) !== 0;
  switch (event) {
    case "CHANGEMTU":
      adjustMtu(bridge);
      return false;
    case "CHANGEADDR":
      fdbChangePortMac(port, dev.mac);
      if (recalculateMac(bridge)) notifyDevice(bridge.dev, "CHANGEADDR");
      return false;
    case "CHANGE":
      return checkCarrier(port);
    case "DOWN":
      if (bridgeUp) shutPort(port);
      return bridgeUp;
    case "UP":
      if (!bridgeUp || !isRunning(dev)) return false;
      openPort(port);
      return true;
    case "UNREGISTER":
      removePort(bridge.dev, dev);
      return false;
    default:
      return false;
  }
}

const RETELL: ReadonlySet<DeviceEvent> = new Set<DeviceEvent>([
  "CHANGEADDR",
  "UP",
  "CHANGE",
  "DOWN",
]);

/** Offers `type bridge` and follows the devices that are ports. */
export function attachBridge(kernel: Kernel): void {
  kernel.linkKinds.set("bridge", {
    pattern: "bridge%d",
    create: createBridge,
    change: (dev, change) => setBridgeOptions(dev, change.options ?? new Map()),
    changeSlave: setPortOptions,
    remove: removeBridge,
  });
  kernel.deviceListeners.push((event, dev) => {
    const bridge = bridgeOf(dev);
    if (bridge !== undefined && event === "REGISTER") registered(bridge);
    const { port } = dev;
    if (port === undefined) return;
    if (!portEvent(event, port) && RETELL.has(event)) notifyPort(port);
  });
}
