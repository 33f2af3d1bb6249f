// Spanning tree from the outside: bridges and ports that start and stop, priorities, costs and times
// (linux/net/bridge/br_stp_if.c), and the choice of the bridge's MAC.
// Policy: the bridge has the lowest MAC of its ports unless the user set one; without ports it is 0.
// Not simulated: STP in user space (/sbin/bridge-stp).

import { isRunning } from "../core/devChange.ts";
import type { Refusal } from "../core/errno.ts";
import { IFF } from "../core/netDevice.ts";
import { armCollector, fdbChangeBridgeMac, fdbDeleteByPort } from "./brFdb.ts";
import type { BridgePort, BridgeState, PortState } from "./bridgeState.ts";
import { forgetPort } from "./brMulticast.ts";
import {
  armHello,
  bridgeLog,
  closePort,
  notifyPort,
  reconsider,
  selectPortStates,
  sendConfigs,
  setPortState,
  setTopologyChange,
  updateConfiguration,
} from "./brStp.ts";
import { becomeDesignated, isDesignated, isRoot, ownId } from "./brStpRoles.ts";
import { disarm } from "./brTimer.ts";

const OUT_OF_RANGE: Refusal = { errno: "ERANGE" };

/** Priority and number of a port as BPDUs carry them. */
export function portIdOf(priority: number, number: number): number {
  return (priority << 10) | (number & 0x3ff);
}

/** A port as it starts: blocked, and offering what the bridge knows. */
export function initPort(port: BridgePort): void {
  port.portId = portIdOf(port.priority, port.number);
  becomeDesignated(port);
  setPortState(port, "blocking");
  port.topologyChangeAck = false;
  port.configPending = false;
}

/** A port can carry frames from now on (br_stp_enable_port). */
export function openPort(port: BridgePort): void {
  initPort(port);
  selectPortStates(port.bridge);
  notifyPort(port);
}

/** A port can carry frames no longer (br_stp_disable_port). */
export function shutPort(port: BridgePort): void {
  closePort(port);
  if (port.backupPort === undefined) fdbDeleteByPort(port.bridge, port, { all: false });
  forgetPort(port, false);
}

/** The bridge was set up. */
export function startBridge(bridge: BridgeState): void {
  if (bridge.stpEnabled) armHello(bridge);
  armCollector(bridge, 100_000);
  sendConfigs(bridge);
  for (const port of bridge.ports) if (isRunning(port.dev)) openPort(port);
}

/** The bridge was set down. */
export function stopBridge(bridge: BridgeState): void {
  for (const port of bridge.ports) if (port.state !== "disabled") shutPort(port);
  setTopologyChange(bridge, false);
  bridge.topologyChangeDetected = false;
  for (const key of ["helloTimer", "topologyTimer", "tcnTimer", "gcTimer"] as const) {
    disarm(bridge, key);
  }
}

/** Gives the bridge another MAC, and its id with it. */
export function changeBridgeMac(bridge: BridgeState, mac: number): void {
  const wasRoot = isRoot(bridge);
  const old = bridge.idMac;
  fdbChangeBridgeMac(bridge, mac);
  bridge.idMac = mac;
  bridge.dev.mac = mac;
  const moved = (id: bigint) =>
    Number(id & 0xffffffffffffn) === old ? ((id >> 48n) << 48n) | BigInt(mac) : id;
  for (const port of bridge.ports) {
    port.designatedBridge = moved(port.designatedBridge);
    port.designatedRoot = moved(port.designatedRoot);
  }
  reconsider(bridge, wasRoot);
}

/** Chooses the MAC anew; true when it changed. */
export function recalculateMac(bridge: BridgeState): boolean {
  if (bridge.dev.macAssign === "set") return false;
  let mac = 0;
  for (const port of bridge.ports) if (mac === 0 || port.dev.mac < mac) mac = port.dev.mac;
  if (mac === bridge.idMac) return false;
  changeBridgeMac(bridge, mac);
  return true;
}

/** STP on or off. Off leaves the ports as they are; their timers still open them. */
export function setStp(bridge: BridgeState, on: boolean): void {
  if (on === bridge.stpEnabled) return;
  bridge.stpEnabled = on;
  if (!on) return;
  const delay = Math.min(30_000, Math.max(2_000, bridge.forwardDelayMs));
  if (delay !== bridge.forwardDelayMs) applyForwardDelay(bridge, delay);
  bridgeLog(bridge, "using kernel STP");
  if ((bridge.dev.flags & IFF.UP) !== 0) armHello(bridge);
  selectPortStates(bridge);
}

function applyForwardDelay(bridge: BridgeState, milliseconds: number): void {
  bridge.forwardDelayMs = milliseconds;
  if (isRoot(bridge)) bridge.usedForwardDelayMs = milliseconds;
}

/** Seconds that a port listens and then learns; 2 to 30 s while STP is on. */
export function setForwardDelay(bridge: BridgeState, milliseconds: number): Refusal | undefined {
  if (bridge.stpEnabled && (milliseconds < 2_000 || milliseconds > 30_000)) return OUT_OF_RANGE;
  applyForwardDelay(bridge, milliseconds);
  return undefined;
}

/** Time between two BPDUs: 1 to 10 s. */
export function setHelloTime(bridge: BridgeState, milliseconds: number): Refusal | undefined {
  if (milliseconds < 1_000 || milliseconds > 10_000) return OUT_OF_RANGE;
  bridge.helloTimeMs = milliseconds;
  if (isRoot(bridge)) bridge.usedHelloTimeMs = milliseconds;
  return undefined;
}

/** Time after which a silent bridge is forgotten: 6 to 40 s. */
export function setMaxAge(bridge: BridgeState, milliseconds: number): Refusal | undefined {
  if (milliseconds < 6_000 || milliseconds > 40_000) return OUT_OF_RANGE;
  bridge.maxAgeMs = milliseconds;
  if (isRoot(bridge)) bridge.usedMaxAgeMs = milliseconds;
  return undefined;
}

/** Time after which a learned address is forgotten; the collector looks at once. */
export function setAgeingTime(bridge: BridgeState, milliseconds: number): undefined {
  bridge.ageingTimeMs = milliseconds;
  bridge.configuredAgeingTimeMs = milliseconds;
  armCollector(bridge, 0);
}

/** Priority of the bridge, 0 to 65535. */
export function setBridgePriority(bridge: BridgeState, priority: number): undefined {
  const wasRoot = isRoot(bridge);
  const designated = bridge.ports.filter((port) => port.state !== "disabled" && isDesignated(port));
  bridge.priority = priority;
  for (const port of designated) {
    port.designatedBridge = (BigInt(priority) << 48n) | (port.designatedBridge & 0xffffffffffffn);
  }
  reconsider(bridge, wasRoot);
}

/** Priority of a port, 0 to 63. */
export function setPortPriority(port: BridgePort, priority: number): Refusal | undefined {
  if (priority > 63) return OUT_OF_RANGE;
  const id = portIdOf(priority, port.number);
  if (isDesignated(port)) port.designatedPort = id;
  port.portId = id;
  port.priority = priority;
  if (port.designatedBridge === ownId(port.bridge) && id < port.designatedPort) {
    becomeDesignated(port);
    selectPortStates(port.bridge);
  }
  return undefined;
}

/** Cost of the way by a port, 1 to 65535. */
export function setPathCost(port: BridgePort, cost: number): Refusal | undefined {
  if (cost < 1 || cost > 65_535) return OUT_OF_RANGE;
  port.pathCostSet = true;
  port.pathCost = cost;
  updateConfiguration(port.bridge);
  selectPortStates(port.bridge);
  return undefined;
}

/** Sets the state of a port by hand, which STP does not allow. */
export function forcePortState(
  port: BridgePort,
  state: PortState | undefined,
): Refusal | undefined {
  if (state === undefined) return { errno: "EINVAL" };
  if (port.bridge.stpEnabled) return { errno: "EBUSY" };
  const up = (port.dev.flags & IFF.UP) !== 0;
  if (!up || (!isRunning(port.dev) && state !== "disabled")) return { errno: "ENETDOWN" };
  setPortState(port, state);
  selectPortStates(port.bridge);
  return undefined;
}
