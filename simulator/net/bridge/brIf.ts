// Devices that become ports of a bridge and leave it again (linux/net/bridge/br_if.c).
// Policy, in this order: who may be a port; the port takes all frames of the device; its MAC becomes a
// local address, then one in the default VLAN; the bridge's MAC, the port's state, the bridge's MTU follow.
// Not simulated: netpoll, MRP, hardware features.

import { changeMtu, isRunning, setAllmulti, setPromiscuity } from "../core/devChange.ts";
import type { Refusal } from "../core/errno.ts";
import { IFF, type NetDevice } from "../core/netDevice.ts";
import { notifyDevice } from "../core/notifier.ts";
import { fdbAddLocal, fdbDeleteByPort } from "./brFdb.ts";
import { bridgeRxHandler } from "./brInput.ts";
import type { BridgePort, BridgeState } from "./bridgeState.ts";
import { forgetPort } from "./brMulticast.ts";
import { notifyPort, setPortState } from "./brStp.ts";
import { initPort, openPort, portIdOf, recalculateMac, shutPort } from "./brStpIf.ts";
import { vlanFlushPort, vlanInitPort } from "./brVlan.ts";

/** The port numbers of a bridge are 1 to 1023. */
const MAX_PORTS = 1024;

/** The bridge of a device, if it is one. */
export function bridgeOf(dev: NetDevice): BridgeState | undefined {
  return dev.driver.type === "bridge" ? dev.driver.bridge : undefined;
}

/** Cost by speed (802.1D); only veths, and what stands on them, tell a speed here. */
export function costOf(dev: NetDevice): number {
  const { driver } = dev;
  if (driver.type === "veth") return 2;
  if (driver.type === "vlan" || driver.type === "macvlan") return costOf(driver.lower);
  return 100;
}

function freeNumber(bridge: BridgeState): number | undefined {
  const taken = new Uint8Array(MAX_PORTS);
  for (const port of bridge.ports) taken[port.number] = 1;
  const free = taken.indexOf(0, 1);
  return free < 0 ? undefined : free;
}

function newPort(bridge: BridgeState, dev: NetDevice, number: number): BridgePort {
  return {
    bridge,
    dev,
    number,
    state: "disabled",
    pathCost: costOf(dev),
    pathCostSet: false,
    priority: 32,
    portId: portIdOf(32, number),
    vlans: { pvid: undefined, members: new Map() },
    flags: {
      hairpin: false,
      guard: false,
      root_block: false,
      fastleave: false,
      learning: true,
      flood: true,
      mcast_flood: true,
      bcast_flood: true,
      mcast_to_unicast: false,
      neigh_suppress: false,
      vlan_tunnel: false,
      isolated: false,
      locked: false,
      proxy_arp: false,
      proxy_arp_wifi: false,
    },
    promiscuous: false,
    groupForwardMask: 0,
    multicastRouter: 1,
    backupPort: undefined,
    designatedRoot: 0n,
    designatedBridge: 0n,
    designatedPort: 0,
    designatedCost: 0,
    designatedAge: 0,
    topologyChangeAck: false,
    configPending: false,
    forwardDelayTimer: undefined,
    holdTimer: undefined,
    messageAgeTimer: undefined,
    routerTimer: undefined,
  };
}

/** True when `upper` stands on `dev`, or is it: enslaving `dev` to it would make a loop. */
function standsOn(upper: NetDevice, dev: NetDevice): boolean {
  if (upper === dev) return true;
  const { driver } = upper;
  if (driver.type === "vlan" || driver.type === "macvlan") return standsOn(driver.lower, dev);
  return driver.type === "bridge" && driver.bridge.ports.some((port) => standsOn(port.dev, dev));
}

/** Makes a device a port of a bridge. */
export function addPort(bridgeDev: NetDevice, dev: NetDevice): Refusal | undefined {
  const bridge = bridgeOf(bridgeDev);
  if (bridge === undefined) return { errno: "EOPNOTSUPP" };
  // A bridge without ports has no MAC, and neither has what stands on it.
  if (dev.driver.type === "loopback" || dev.mac === 0) return { errno: "EINVAL" };
  if (dev.driver.type === "bridge") {
    return { errno: "ELOOP", message: "Can not enslave a bridge to a bridge" };
  }
  if (dev.master !== undefined || dev.net !== bridgeDev.net) return { errno: "EBUSY" };
  const number = freeNumber(bridge);
  if (number === undefined) return { errno: "EXFULL" };
  const port = newPort(bridge, dev, number);
  initPort(port);
  setPortState(port, "disabled");
  if (dev.rxHandler !== undefined || standsOn(dev, bridgeDev)) return { errno: "EBUSY" };
  setAllmulti(dev, 1);
  dev.rxHandler = bridgeRxHandler;
  dev.master = bridgeDev;
  dev.port = port;
  notifyDevice(dev, "CHANGEUPPER");
  const features = featuresOf(bridge);
  bridge.ports.unshift(port);
  bridge.hadPorts = true;
  updatePromiscuity(bridge);
  tellFeatures(bridge, features);
  fdbAddLocal(bridge, port, dev.mac, 0);
  vlanInitPort(port);
  const changed = recalculateMac(bridge);
  if (isRunning(dev) && (bridgeDev.flags & IFF.UP) !== 0) openPort(port);
  notifyPort(port);
  if (changed) notifyDevice(bridgeDev, "CHANGEADDR");
  adjustMtu(bridge);
  return undefined;
}

/** Which offloads the ports have in common: none without ports, fewer with a macvlan among them. */
function featuresOf(bridge: BridgeState): number {
  for (const port of bridge.ports) if (port.dev.driver.type === "macvlan") return 2;
  return bridge.ports.length === 0 ? 0 : 1;
}

function tellFeatures(bridge: BridgeState, before: number): void {
  if (featuresOf(bridge) !== before) notifyDevice(bridge.dev, "FEAT_CHANGE");
}

/** Takes a port from its bridge, but for what the bridge itself has to settle afterwards. */
export function detachPort(port: BridgePort): void {
  const { bridge, dev } = port;
  setAllmulti(dev, -1);
  if (port.promiscuous) setPromiscuity(dev, -1);
  port.promiscuous = false;
  shutPort(port);
  notifyPort(port, true);
  bridge.ports.splice(bridge.ports.indexOf(port), 1);
  vlanFlushPort(port);
  fdbDeleteByPort(bridge, port, { all: true });
  for (const other of bridge.ports) if (other.backupPort === dev) other.backupPort = undefined;
  updatePromiscuity(bridge);
  dev.master = undefined;
  dev.port = undefined;
  dev.rxHandler = undefined;
  notifyDevice(dev, "CHANGEUPPER");
  forgetPort(port, true);
}

/** Takes a device from its bridge. */
export function removePort(bridgeDev: NetDevice, dev: NetDevice): Refusal | undefined {
  const { port } = dev;
  const bridge = bridgeOf(bridgeDev);
  if (bridge === undefined) return { errno: "EOPNOTSUPP" };
  if (port === undefined || port.bridge !== bridge) return { errno: "EINVAL" };
  const features = featuresOf(bridge);
  detachPort(port);
  adjustMtu(bridge);
  if (recalculateMac(bridge)) notifyDevice(bridgeDev, "CHANGEADDR");
  tellFeatures(bridge, features);
  return undefined;
}

/** The bridge's MTU is the smallest of its ports', unless a user set it. */
export function adjustMtu(bridge: BridgeState): void {
  if (bridge.mtuSetByUser) return;
  const mtus = bridge.ports.map((port) => port.dev.mtu);
  changeMtu(bridge.dev, mtus.length === 0 ? 1500 : Math.min(...mtus));
  bridge.mtuSetByUser = false;
}

/**
 * Ports take all frames. With vlan_filtering a device that filters addresses by itself may leave
 * promiscuous mode while no other port learns or floods (br_manage_promisc).
 */
export function updatePromiscuity(bridge: BridgeState): void {
  const automatic = bridge.ports.filter((port) => port.flags.learning || port.flags.flood);
  const all = !bridge.vlanFiltering || bridge.dev.promiscuity > 0;
  for (const port of bridge.ports) {
    const alone = automatic.length === 0 || (automatic.length === 1 && automatic[0] === port);
    const { type } = port.dev.driver;
    const filters = type === "vlan" || type === "macvlan";
    const wanted = all || !alone || !filters;
    if (wanted === port.promiscuous) continue;
    port.promiscuous = wanted;
    setPromiscuity(port.dev, wanted ? 1 : -1);
  }
}
