// Passing on a packet that is for another host (linux/net/ipv4/ip_forward.c).
// Policy: only frames addressed to this host; the TTL falls by one, below that the sender hears "time
// exceeded"; what is too large and must not be cut comes back as "fragmentation needed". If it leaves
// by the device it came by and the sender could reach the next hop himself, he gets a redirect, at
// growing intervals, and the packet goes on.
// Not simulated: source routes, router alert.

import { get16 } from "../../wire/bytes.ts";
import { ICMP, UNREACHABLE } from "../../wire/icmp.ts";
import { decrementTtl, ipv4Source, ipv4TotalLength } from "../../wire/ipv4.ts";
import { kfreeSkb, newSkb } from "../core/dev.ts";
import type { Cause, SkBuff } from "../core/skbuff.ts";
import { icmpSend } from "./icmpSend.ts";
import { allowsRedirect } from "./inetPeer.ts";
import { count, newFrame } from "./inetState.ts";
import { DONT_FRAGMENT, IP_AT, ipOutput } from "./ipOutput.ts";
import type { InputRoute } from "./ipv4Net.ts";

type Forward = Extract<InputRoute, { type: "forward" }>;

/** Sends a received packet on its way (ip_forward). */
export function ipForward(skb: SkBuff, { out, redirect }: Forward): void {
  const { net } = skb.dev;
  if (skb.packetType !== "host") {
    kfreeSkb(skb, "OTHERHOST", "not addressed to this host's MAC");
    return;
  }
  if ((skb.frame[IP_AT + 8] ?? 0) <= 1) {
    count(net, "Ip.InHdrErrors");
    icmpSend(skb, { type: ICMP.TIME_EXCEEDED, code: 0, info: 0, origin: "forward" });
    kfreeSkb(skb, "IP_TTL_EXPIRED");
    return;
  }
  const length = ipv4TotalLength(skb.frame, IP_AT);
  const mtu = out.forwardMtu;
  if (length > mtu && (get16(skb.frame, IP_AT + 6) & DONT_FRAGMENT) !== 0) {
    count(net, "Ip.FragFails");
    const code = UNREACHABLE.FRAGMENTATION_NEEDED;
    icmpSend(skb, { type: ICMP.UNREACHABLE, code, info: mtu, origin: "forward" });
    kfreeSkb(skb, "PKT_TOO_BIG", `MTU of ${out.dev.name} is ${mtu}`);
    return;
  }
  // Padding behind the packet stays behind.
  const frame = newFrame(net, IP_AT + length);
  frame.set(skb.frame.length === frame.length ? skb.frame : skb.frame.subarray(0, frame.length));
  decrementTtl(frame, IP_AT);
  const cause: Cause = { text: "forwarded", frame: skb.id };
  const onward = newSkb(net.kernel, { frame, dev: skb.dev, cause });
  if (redirect && allowsRedirect(net, ipv4Source(frame, IP_AT))) {
    icmpSend(onward, { type: ICMP.REDIRECT, code: 1, info: out.nextHop, origin: "forward" });
  }
  count(net, "Ip.ForwDatagrams");
  count(net, "IpExt.OutOctets", length);
  ipOutput(onward, out, mtu);
}
