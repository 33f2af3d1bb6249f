// Frames out of a bridge: to one port, to all that may have them, or up to the bridge's own device
// (linux/net/bridge/br_forward.c, br_input.c: br_pass_frame_up).
// Policy: ports are tried in the order of flooding, the last added first. A frame that is sent on is
// a new frame with the same bytes. Nothing goes back to where it came from, unless the port is a hairpin.
// Not simulated: netfilter, forwarding in hardware.

import { cloneSkb, consumeSkb, devQueueXmit, kfreeSkb, netifReceive, newSkb } from "../core/dev.ts";
import { IFF } from "../core/netDevice.ts";
import { amongUnheard, countUnheard, quietFrame, spendUnheard } from "../core/quietFrames.ts";
import type { DropReason, SkBuff } from "../core/skbuff.ts";
import type { BridgePort, BridgeState } from "./bridgeState.ts";
import { mayLeave, tagOnLeaving } from "./brVlan.ts";

/** How a flooded frame came to be: the switches of ports count for each kind apart. */
export type FloodKind = "flood" | "mcast_flood" | "bcast_flood";

/** Why a frame may not leave by a port, or undefined when it may (should_deliver). */
function refusal(
  to: BridgePort,
  skb: SkBuff,
  from: BridgePort | undefined,
): DropReason | undefined {
  if (to === from && !to.flags.hairpin) return "BRIDGE_NO_EGRESS";
  if (to.state !== "forwarding") return "BRIDGE_PORT_STATE";
  if (skb.vlan !== undefined && !mayLeave(to.bridge, to.vlans, skb)) return "BRIDGE_VLAN_FILTER";
  if (from?.flags.isolated && to.flags.isolated) return "BRIDGE_NO_EGRESS";
  return undefined;
}

/** Sends the frame on by a port that may have it. */
function send(to: BridgePort, skb: SkBuff): void {
  const { dev, bridge } = to;
  const tag = tagOnLeaving(bridge, to.vlans, skb);
  // 14 bytes of header and 4 of a tag come on top of the MTU.
  if (skb.frame.length > dev.mtu + 18 || (dev.flags & IFF.UP) === 0) {
    kfreeSkb(skb, (dev.flags & IFF.UP) === 0 ? "DEV_READY" : "PKT_TOO_BIG", `out by ${dev.name}`);
    return;
  }
  const cause = { text: bridge.forwardText, frame: skb.id };
  const parts = { frame: skb.frame, dev, cause };
  const out = newSkb(dev.net.kernel, tag === undefined ? parts : { ...parts, vlan: tag });
  devQueueXmit(out, dev);
}

/** Forwards to the port of an FDB entry; a port without carrier gives way to its backup. */
export function forwardTo(
  port: BridgePort | undefined,
  skb: SkBuff,
  from: BridgePort | undefined,
): void {
  const backup = port?.dev.carrier === false ? port.backupPort?.port : undefined;
  const to = backup ?? port;
  const reason = to === undefined ? "BRIDGE_NO_EGRESS" : refusal(to, skb, from);
  if (to !== undefined && reason === undefined) send(to, skb);
  else if (reason !== undefined)
    kfreeSkb(skb, reason, to === undefined ? "" : `out by ${to.dev.name}`);
}

/** Sends the frame to every port that may have it; true when there was one. */
export function flood(
  bridge: BridgeState,
  skb: SkBuff,
  from: BridgePort | undefined,
  kind: FloodKind,
): boolean {
  let sent = false;
  const quiet = quietFrame(skb);
  const { kernel } = bridge.dev.net;
  // What the bridge itself says to groups goes out even where flooding is off.
  const always = from === undefined && kind !== "flood";
  const { ports } = bridge;
  for (let index = 0; index < ports.length; index++) {
    const port = ports[index];
    if (port === undefined) break;
    const { flags } = port;
    if (!flags[kind] && !always) continue;
    if (flags.proxy_arp) continue;
    // Mostly its state decides, and nothing has to be called.
    if (port === from || flags.isolated || skb.vlan !== undefined) {
      if (refusal(port, skb, from) !== undefined) continue;
    } else if (port.state !== "forwarding") continue;
    sent = true;
    if (quiet === undefined) send(port, skb);
    else if (!countUnheard(port.dev, quiet)) amongUnheard(kernel, quiet, () => send(port, skb));
  }
  if (quiet !== undefined) spendUnheard(kernel, quiet);
  return sent;
}

/** Sends a multicast frame to the ports that want it, in the order of flooding. */
export function floodTo(
  ports: ReadonlySet<BridgePort>,
  skb: SkBuff,
  from: BridgePort | undefined,
  bridge: BridgeState,
): boolean {
  let sent = false;
  for (const port of bridge.ports) {
    if (!ports.has(port) || refusal(port, skb, from) !== undefined) continue;
    send(port, skb);
    sent = true;
  }
  return sent;
}

/** Gives a frame to the bridge's own device. */
export function passUp(bridge: BridgeState, skb: SkBuff): void {
  const { dev } = bridge;
  dev.stats.rxPackets++;
  dev.stats.rxBytes += skb.frame.length - 14;
  if (dev.promiscuity === 0 && !mayLeave(bridge, bridge.vlans, skb)) {
    kfreeSkb(skb, "BRIDGE_VLAN_FILTER", `up to ${dev.name}`);
    return;
  }
  const up = cloneSkb(skb);
  up.vlan = tagOnLeaving(bridge, bridge.vlans, skb);
  up.dev = dev;
  consumeSkb(skb);
  netifReceive(up);
}
