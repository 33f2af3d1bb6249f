// Frames into a bridge by one of its ports (linux/net/bridge/br_input.c).
// Policy, in this order: frames to reserved addresses stop here unless told otherwise; the VLAN of the
// port; a locked port asks the FDB first; the source is learned, even when the frame itself goes no
// further; then it is forwarded, flooded or passed up.
// Not simulated: netfilter, VLAN tunnels, ARP and neighbour suppression, MAC authentication bypass.

import { getMac } from "../../wire/bytes.ts";
import { consumeSkb, kfreeSkb } from "../core/dev.ts";
import type { RxHandler } from "../core/netDevice.ts";
import type { SkBuff } from "../core/skbuff.ts";
import { fdbFind, fdbLearn } from "./brFdb.ts";
import { flood, floodTo, forwardTo, passUp } from "./brForward.ts";
import type { BridgePort } from "./bridgeState.ts";
import { multicastInput } from "./brMulticast.ts";
import { receiveBpdu } from "./brStp.ts";
import { vlanForLearning, vlanIngress } from "./brVlan.ts";

/** 01:80:c2:00:00:0X, without the last byte. */
const RESERVED = 0x0180c20000;

/** Takes the frames of a device that is a bridge port. */
export const bridgeRxHandler: RxHandler = (skb) => {
  const { port } = skb.dev;
  if (port === undefined) return "pass";
  const { frame } = skb;
  const source = getMac(frame, 6);
  if (source === 0 || ((frame[6] ?? 0) & 1) !== 0) {
    kfreeSkb(skb, "NOT_SPECIFIED", "source is no unicast address");
    return "consumed";
  }
  const destination = getMac(frame, 0);
  const lastByte = destination % 256;
  if (lastByte < 16 && Math.floor(destination / 256) === RESERVED) {
    const verdict = reserved(port, skb, lastByte);
    if (verdict !== "forward") return verdict;
  }
  if (port.state !== "forwarding" && port.state !== "learning") {
    kfreeSkb(skb, "BRIDGE_PORT_STATE", `in by ${port.dev.name}, ${port.state}`);
    return "consumed";
  }
  if (destination === port.bridge.dev.mac) skb.packetType = "host";
  handle(port, skb, { source, destination });
  return "consumed";
};

/** What becomes of a frame to a reserved address (IEEE 802.1D, table 7-10). */
function reserved(
  port: BridgePort,
  skb: SkBuff,
  lastByte: number,
): "forward" | "consumed" | "pass" {
  const { bridge } = port;
  if (lastByte === 1) {
    kfreeSkb(skb, "BRIDGE_LINK_LOCAL", "pause frame");
    return "consumed";
  }
  const mask = port.groupForwardMask | (lastByte === 0 ? 0 : bridge.groupForwardMask);
  if ((mask & (1 << lastByte)) !== 0) return "forward";
  if (lastByte === 0 && !bridge.stpEnabled) return "forward";
  const learns = port.state === "forwarding" || port.state === "learning";
  if (port.flags.learning && learns && !bridge.noLinklocalLearn) {
    const vid = vlanForLearning(port, skb);
    if (vid >= 0) fdbLearn(port, getMac(skb.frame, 6), vid);
  }
  if (getMac(skb.frame, 0) === bridge.groupAddress) receiveBpdu(port, skb);
  return "pass";
}

function handle(
  port: BridgePort,
  skb: SkBuff,
  macs: { readonly source: number; readonly destination: number },
): void {
  const { bridge } = port;
  const vid = vlanIngress(bridge, port, skb);
  if (vid < 0) {
    kfreeSkb(skb, "BRIDGE_VLAN_FILTER", `in by ${port.dev.name}`);
    return;
  }
  if (port.flags.locked) {
    const known = fdbFind(bridge, macs.source, vid);
    if (known === undefined || known.port !== port || known.local) {
      kfreeSkb(skb, "BRIDGE_LOCKED", `in by ${port.dev.name}`);
      return;
    }
  }
  if (port.flags.learning) fdbLearn(port, macs.source, vid);
  const group = ((skb.frame[0] ?? 0) & 1) !== 0;
  const broadcast = group && macs.destination === 0xffffffffffff;
  const listeners = group && !broadcast ? multicastInput(bridge, port, skb, vid) : undefined;
  const memberState = bridge.vlanFiltering ? port.vlans.members.get(vid)?.state : undefined;
  if (port.state === "learning" || memberState === "learning") {
    kfreeSkb(skb, "BRIDGE_PORT_STATE", `in by ${port.dev.name}, learning`);
    return;
  }
  if (group) {
    if (!broadcast && listeners?.local !== false) bridge.dev.stats.multicast++;
    if (listeners !== undefined) floodTo(listeners.ports, skb, port, bridge);
    else flood(bridge, skb, port, broadcast ? "bcast_flood" : "mcast_flood");
    if (listeners?.local !== false || bridge.dev.promiscuity > 0) passUp(bridge, skb);
    return;
  }
  unicast(port, skb, { destination: macs.destination, vid });
}

function unicast(
  port: BridgePort,
  skb: SkBuff,
  to: { readonly destination: number; readonly vid: number },
): void {
  const { bridge } = port;
  const entry = bridge.fdb.get(to.vid)?.get(to.destination);
  if (entry?.local) {
    passUp(bridge, skb);
    return;
  }
  if (entry !== undefined) {
    entry.used = bridge.dev.net.kernel.clock.now;
    forwardTo(entry.port, skb, port);
  } else if (!flood(bridge, skb, port, "flood") && bridge.dev.promiscuity === 0) {
    kfreeSkb(skb, "BRIDGE_NO_EGRESS", "unknown destination, no other port");
  }
  if (bridge.dev.promiscuity > 0) passUp(bridge, skb);
  else consumeSkb(skb);
}
