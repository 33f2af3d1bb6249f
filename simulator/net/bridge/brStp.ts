// The spanning tree protocol of 802.1D-1998 as Linux's bridges run it (linux/net/bridge/br_stp.c,
// br_stp_bpdu.c, br_stp_timer.c): which bridge is root, which port leads there, which ports stay
// closed, and the BPDUs that settle it. With STP off the same code opens every port at once.
// Policy: all is computed from what each port last heard ("designated …"), as the standard does.
// Not simulated: rapid spanning tree (not in Linux either), MSTP, STP run by user space.

import { JIFFY } from "../../clock.ts";
import { macText } from "../../wire/address.ts";
import { type ConfigBpdu, configFrame, idMac, parseBpdu, tcnFrame } from "../../wire/stp.ts";
import { devQueueXmit, logLine, newSkb } from "../core/dev.ts";
import { setCarrier } from "../core/devChange.ts";
import { IFF } from "../core/netDevice.ts";
import { tellNetlink } from "../core/notifier.ts";
import type { SkBuff } from "../core/skbuff.ts";
import type { BridgePort, BridgeState, PortState } from "./bridgeState.ts";
import {
  becomeDesignated,
  betterRootPort,
  isDesignated,
  isRoot,
  ownId,
  portOf,
  shouldBeDesignated,
  supersedes,
} from "./brStpRoles.ts";
import { arm, disarm, roundedDelay } from "./brTimer.ts";

const HOLD_TIME = 1_000_000;
/** One jiffy for each bridge that information passes. */
const MESSAGE_AGE_STEP = JIFFY;

function kernelOf(bridge: BridgeState) {
  return bridge.dev.net.kernel;
}

function isUp(bridge: BridgeState): boolean {
  return (bridge.dev.flags & IFF.UP) !== 0;
}

/** Adds a line of the bridge to what dmesg shows. */
export function bridgeLog(bridge: BridgeState, text: string): void {
  logLine(kernelOf(bridge), `${bridge.dev.name}: ${text}`);
}

/** Tells netlink's listeners that a port changed. */
export function notifyPort(port: BridgePort, gone = false): void {
  const { net } = port.dev;
  tellNetlink(net, { type: "link", gone, dev: port.dev, bridge: true });
}

/** Sets the state of a port and says so. */
export function setPortState(port: BridgePort, state: PortState): void {
  port.state = state;
  bridgeLog(port.bridge, `port ${port.number}(${port.dev.name}) entered ${state} state`);
}

function selectRoot(bridge: BridgeState): void {
  let best: BridgePort | undefined;
  for (const port of bridge.ports) {
    if (!betterRootPort(port, best)) continue;
    if (port.flags.root_block) blockRootPort(port);
    else best = port;
  }
  bridge.rootPort = best?.number ?? 0;
  bridge.designatedRoot = best?.designatedRoot ?? ownId(bridge);
  bridge.rootPathCost = best === undefined ? 0 : best.designatedCost + best.pathCost;
}

function blockRootPort(port: BridgePort): void {
  bridgeLog(
    port.bridge,
    `port ${port.number}(${port.dev.name}) tried to become root port (blocked)`,
  );
  setPortState(port, "listening");
  notifyPort(port);
  if (port.bridge.usedForwardDelayMs > 0) armForwardDelay(port);
}

/** Finds the root, the port towards it and the designated ports anew. */
export function updateConfiguration(bridge: BridgeState): void {
  selectRoot(bridge);
  for (const port of bridge.ports) {
    if (port.state !== "disabled" && shouldBeDesignated(port)) becomeDesignated(port);
  }
}

/** Opens root and designated ports, closes the others; the carrier of the bridge follows. */
export function selectPortStates(bridge: BridgeState): void {
  let live = 0;
  for (const port of bridge.ports) {
    if (port.state === "disabled") continue;
    const toRoot = port.number === bridge.rootPort;
    const designated = isDesignated(port);
    if (!toRoot && designated) disarm(port, "messageAgeTimer");
    if (toRoot || !designated) {
      port.configPending = false;
      port.topologyChangeAck = false;
    }
    if (toRoot || designated) makeForwarding(port);
    else makeBlocking(port);
    if (port.state === "forwarding") live += 1;
  }
  setCarrier(bridge.dev, live > 0);
}

function makeForwarding(port: BridgePort): void {
  const { bridge } = port;
  if (port.state !== "blocking") return;
  if (!bridge.stpEnabled || bridge.usedForwardDelayMs === 0) {
    setPortState(port, "forwarding");
    topologyChanged(bridge);
    disarm(port, "forwardDelayTimer");
  } else setPortState(port, "listening");
  notifyPort(port);
  if (bridge.usedForwardDelayMs > 0) armForwardDelay(port);
}

function makeBlocking(port: BridgePort): void {
  if (port.state === "disabled" || port.state === "blocking") return;
  if (port.state === "forwarding" || port.state === "learning") topologyChanged(port.bridge);
  setPortState(port, "blocking");
  notifyPort(port);
  disarm(port, "forwardDelayTimer");
}

function armForwardDelay(port: BridgePort): void {
  const { bridge } = port;
  const delay = bridge.usedForwardDelayMs * 1000;
  arm(kernelOf(bridge), { owner: port, key: "forwardDelayTimer" }, delay, () => {
    if (port.state === "listening") {
      setPortState(port, "learning");
      armForwardDelay(port);
    } else if (port.state === "learning") {
      setPortState(port, "forwarding");
      if (bridge.ports.some((other) => other.state !== "disabled" && isDesignated(other))) {
        topologyChanged(bridge);
      }
      setCarrier(bridge.dev, true);
    }
    notifyPort(port);
  });
}

/** A port opened or closed: the root tells everybody, others tell the root. */
function topologyChanged(bridge: BridgeState): void {
  if (!bridge.stpEnabled) return;
  const root = isRoot(bridge);
  bridgeLog(bridge, `topology change detected, ${root ? "propagating" : "sending tcn bpdu"}`);
  if (root) {
    setTopologyChange(bridge, true);
    const delay = (bridge.forwardDelayMs + bridge.maxAgeMs) * 1000;
    arm(kernelOf(bridge), { owner: bridge, key: "topologyTimer" }, delay, () => {
      bridge.topologyChangeDetected = false;
      setTopologyChange(bridge, false);
    });
  } else if (!bridge.topologyChangeDetected) sendTcn(bridge);
  bridge.topologyChangeDetected = true;
}

/** Notes whether a topology change is in progress; addresses age faster meanwhile. */
export function setTopologyChange(bridge: BridgeState, on: boolean): void {
  if (bridge.stpEnabled && bridge.topologyChange !== on) {
    bridge.ageingTimeMs = on ? 2 * bridge.usedForwardDelayMs : bridge.configuredAgeingTimeMs;
  }
  bridge.topologyChange = on;
}

function sendTcn(bridge: BridgeState): void {
  const port = portOf(bridge, bridge.rootPort);
  if (port !== undefined) sendBpdu(port, tcnFrame(bridge.groupAddress, port.dev.mac), "tcn");
  else bridgeLog(bridge, "root port 0 not found for topology notice");
  arm(kernelOf(bridge), { owner: bridge, key: "tcnTimer" }, bridge.helloTimeMs * 1000, () => {
    if (!isRoot(bridge) && isUp(bridge)) sendTcn(bridge);
  });
}

function sendBpdu(port: BridgePort, frame: Uint8Array, what: string): void {
  const { dev, bridge } = port;
  if (!bridge.stpEnabled) return;
  const cause = { text: `spanning tree of ${bridge.dev.name}: ${what} BPDU` };
  devQueueXmit(newSkb(dev.net.kernel, { frame, dev, cause }), dev);
}

/** Milliseconds as a BPDU carries times: 1/256 s. */
function ticks(milliseconds: number): number {
  return Math.floor((milliseconds * 256) / 1000);
}

function sendConfig(port: BridgePort): void {
  const { bridge } = port;
  const kernel = kernelOf(bridge);
  if (port.holdTimer !== undefined) {
    port.configPending = true;
    return;
  }
  const root = isRoot(bridge) ? undefined : portOf(bridge, bridge.rootPort);
  const age = root === undefined ? 0 : kernel.clock.now - root.designatedAge + MESSAGE_AGE_STEP;
  if (age >= bridge.usedMaxAgeMs * 1000) return;
  const bpdu: ConfigBpdu = {
    topologyChange: bridge.topologyChange,
    topologyChangeAck: port.topologyChangeAck,
    root: bridge.designatedRoot,
    rootPathCost: bridge.rootPathCost,
    bridge: ownId(bridge),
    port: port.portId,
    messageAge: ticks(Math.floor(age / JIFFY) * 4),
    maxAge: ticks(bridge.usedMaxAgeMs),
    helloTime: ticks(bridge.usedHelloTimeMs),
    forwardDelay: ticks(bridge.usedForwardDelayMs),
  };
  sendBpdu(port, configFrame(bridge.groupAddress, port.dev.mac, bpdu), "config");
  port.topologyChangeAck = false;
  port.configPending = false;
  if (!bridge.stpEnabled) return;
  arm(kernel, { owner: port, key: "holdTimer" }, roundedDelay(kernel, HOLD_TIME), () => {
    if (port.configPending) sendConfig(port);
  });
}

/** Sends a configuration BPDU on every designated port. */
export function sendConfigs(bridge: BridgeState): void {
  for (const port of bridge.ports) {
    if (port.state !== "disabled" && isDesignated(port)) sendConfig(port);
  }
}

/** Starts the hello timer; it starts itself again while STP is on. */
export function armHello(bridge: BridgeState, delay = bridge.usedHelloTimeMs * 1000): void {
  const kernel = kernelOf(bridge);
  arm(kernel, { owner: bridge, key: "helloTimer" }, delay, () => {
    if (!isUp(bridge)) return;
    sendConfigs(bridge);
    if (bridge.stpEnabled) {
      armHello(bridge, roundedDelay(kernel, bridge.usedHelloTimeMs * 1000));
    }
  });
}

/** The bridge has become root: its own times count, and it says so. */
function becomeRoot(bridge: BridgeState): void {
  bridge.usedMaxAgeMs = bridge.maxAgeMs;
  bridge.usedHelloTimeMs = bridge.helloTimeMs;
  bridge.usedForwardDelayMs = bridge.forwardDelayMs;
  topologyChanged(bridge);
  disarm(bridge, "tcnTimer");
  if (!isUp(bridge)) return;
  sendConfigs(bridge);
  armHello(bridge);
}

/** Takes a frame to the bridge group address that arrived while STP is on. */
export function receiveBpdu(port: BridgePort, skb: SkBuff): void {
  const { bridge } = port;
  const bpdu = parseBpdu(skb.frame);
  if (bpdu === undefined || bpdu.version !== 0) return;
  if (!bridge.stpEnabled || !isUp(bridge) || port.state === "disabled") return;
  if (port.flags.guard) {
    bridgeLog(bridge, `BPDU received on blocked port ${port.number}(${port.dev.name})`);
    closePort(port);
    return;
  }
  if (bpdu.type === "config") receiveConfig(port, bpdu.config);
  else if (isDesignated(port)) {
    bridgeLog(bridge, `port ${port.number}(${port.dev.name}) received tcn bpdu`);
    topologyChanged(bridge);
    port.topologyChangeAck = true;
    sendConfig(port);
  }
}

function receiveConfig(port: BridgePort, bpdu: ConfigBpdu): void {
  const { bridge } = port;
  if (bpdu.messageAge > bpdu.maxAge) return;
  if (!supersedes(port, bpdu)) {
    if (isDesignated(port)) sendConfig(port);
    return;
  }
  const wasRoot = isRoot(bridge);
  record(port, bpdu);
  updateConfiguration(bridge);
  selectPortStates(bridge);
  if (!isRoot(bridge) && wasRoot) {
    disarm(bridge, "helloTimer");
    if (bridge.topologyChangeDetected) {
      disarm(bridge, "topologyTimer");
      sendTcn(bridge);
    }
  }
  if (port.number !== bridge.rootPort) return;
  bridge.usedMaxAgeMs = milliseconds(bpdu.maxAge);
  bridge.usedHelloTimeMs = milliseconds(bpdu.helloTime);
  bridge.usedForwardDelayMs = milliseconds(bpdu.forwardDelay);
  setTopologyChange(bridge, bpdu.topologyChange);
  sendConfigs(bridge);
  if (bpdu.topologyChangeAck) {
    bridge.topologyChangeDetected = false;
    disarm(bridge, "tcnTimer");
  }
}

/** Times of a BPDU in whole jiffies. */
function milliseconds(ticksOf256: number): number {
  return Math.ceil((ticksOf256 * 250) / 256) * 4;
}

function record(port: BridgePort, bpdu: ConfigBpdu): void {
  const kernel = kernelOf(port.bridge);
  const age = milliseconds(bpdu.messageAge) * 1000;
  port.designatedRoot = bpdu.root;
  port.designatedCost = bpdu.rootPathCost;
  port.designatedBridge = bpdu.bridge;
  port.designatedPort = bpdu.port;
  port.designatedAge = kernel.clock.now - age;
  const delay = milliseconds(bpdu.maxAge) * 1000 - age;
  arm(kernel, { owner: port, key: "messageAgeTimer" }, delay, () => neighbourLost(port));
}

function neighbourLost(port: BridgePort): void {
  const { bridge } = port;
  if (port.state === "disabled") return;
  const id = port.designatedBridge;
  const text = (id >> 48n).toString(16).padStart(4, "0");
  const where = `port ${port.number}(${port.dev.name})`;
  bridgeLog(bridge, `${where} neighbor ${text}.${macText(idMac(id))} lost`);
  becomeDesignated(port);
  reconsider(bridge, isRoot(bridge));
}

/** Finds roles and states anew after a change; `wasRoot` is how it was before. */
export function reconsider(bridge: BridgeState, wasRoot: boolean): void {
  updateConfiguration(bridge);
  selectPortStates(bridge);
  if (isRoot(bridge) && !wasRoot) becomeRoot(bridge);
}

/** Closes a port (br_stp_disable_port), but for what it has learned. */
export function closePort(port: BridgePort): void {
  const wasRoot = isRoot(port.bridge);
  becomeDesignated(port);
  setPortState(port, "disabled");
  port.topologyChangeAck = false;
  port.configPending = false;
  notifyPort(port);
  disarm(port, "messageAgeTimer");
  disarm(port, "forwardDelayTimer");
  disarm(port, "holdTimer");
  reconsider(port.bridge, wasRoot);
}
