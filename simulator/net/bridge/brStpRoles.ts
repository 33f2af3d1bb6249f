// Who is better in the spanning tree (linux/net/bridge/br_stp.c): comparisons of what ports have heard.
// Policy: lower is better, from the root's id over the cost to ids of bridge and port, as 802.1D says.
// Not here: what follows from it (brStp.ts).

import { bridgeId, type ConfigBpdu } from "../../wire/stp.ts";
import type { BridgePort, BridgeState } from "./bridgeState.ts";

/** This bridge's own id. */
export function ownId(bridge: BridgeState): bigint {
  const { priority, idMac: mac, ownId: known } = bridge;
  if (known.priority === priority && known.mac === mac) return known.id;
  const id = bridgeId(priority, mac);
  bridge.ownId = { priority, mac, id };
  return id;
}

/** True when the bridge holds itself for the root. */
export function isRoot(bridge: BridgeState): boolean {
  return bridge.designatedRoot === ownId(bridge);
}

/** True when the bridge offers the way to the root on the segment of this port. */
export function isDesignated(port: BridgePort): boolean {
  return port.designatedBridge === ownId(port.bridge) && port.designatedPort === port.portId;
}

/** The port offers what the bridge itself knows. */
export function becomeDesignated(port: BridgePort): void {
  const { bridge } = port;
  port.designatedRoot = bridge.designatedRoot;
  port.designatedCost = bridge.rootPathCost;
  port.designatedBridge = ownId(bridge);
  port.designatedPort = port.portId;
}

/** The port with a number. */
export function portOf(bridge: BridgeState, number: number): BridgePort | undefined {
  return bridge.ports.find((port) => port.number === number);
}

/** Negative when the first differing pair of numbers has the smaller one on the left. */
function compare(...pairs: readonly (readonly [bigint | number, bigint | number])[]): number {
  for (const [left, right] of pairs) if (left !== right) return left < right ? -1 : 1;
  return 0;
}

/** True when a port leads to the root better than the best so far. */
export function betterRootPort(port: BridgePort, than: BridgePort | undefined): boolean {
  const { bridge } = port;
  if (port.state === "disabled" || isDesignated(port)) return false;
  if (ownId(bridge) <= port.designatedRoot) return false;
  if (than === undefined) return true;
  const order = compare(
    [port.designatedRoot, than.designatedRoot],
    [port.designatedCost + port.pathCost, than.designatedCost + than.pathCost],
    [port.designatedBridge, than.designatedBridge],
    [port.designatedPort, than.designatedPort],
    [port.portId, than.portId],
  );
  return order < 0;
}

/** True when this bridge should offer the way to the root on the segment of the port. */
export function shouldBeDesignated(port: BridgePort): boolean {
  const { bridge } = port;
  if (isDesignated(port) || port.designatedRoot !== bridge.designatedRoot) return true;
  const order = compare(
    [bridge.rootPathCost, port.designatedCost],
    [ownId(bridge), port.designatedBridge],
    [port.portId, port.designatedPort],
  );
  return order < 0;
}

/** True when a BPDU says something better than, or as good as, what the port knows. */
export function supersedes(port: BridgePort, bpdu: ConfigBpdu): boolean {
  const order = compare(
    [bpdu.root, port.designatedRoot],
    [bpdu.rootPathCost, port.designatedCost],
    [bpdu.bridge, port.designatedBridge],
  );
  if (order !== 0) return order < 0;
  return bpdu.bridge !== ownId(port.bridge) || bpdu.port <= port.designatedPort;
}
