// Putting fragments together (linux/net/ipv6/reassembly.c, RFC 8200 §4.5, RFC 5722).
// Policy: parts wait ip6frag_time seconds for the others; overlapping ones end the packet, and a
// packet that is not complete in time is told to its sender if its first part is there.
// Not simulated: ip6frag_high_thresh counts packets here, at most 64 of them, not bytes.

import { put16 } from "../../wire/bytes.ts";
import { ETHERNET_HEADER } from "../../wire/ethernet.ts";
import { ICMPV6 } from "../../wire/icmpv6.ts";
import { type Fragment6, IPV6_HEADER } from "../../wire/ipv6.ts";
import type { NetDevice } from "../core/netDevice.ts";
import type { SkBuff } from "../core/skbuff.ts";
import { sendIcmpError6 } from "./icmpv6Send.ts";
import { later6 } from "./ip6Xmit.ts";
import type { Fragments6 } from "./ipv6Net.ts";
import { count6 } from "./snmp6.ts";

const MOST = 64;

/** Adds a fragment; the whole frame when it was the last one that was missing. */
export function reassemble6(
  skb: SkBuff,
  fragment: Fragment6,
  dev: NetDevice,
): Uint8Array | undefined {
  const { net } = dev;
  count6(dev, "Ip6.ReasmReqds");
  const { frame } = skb;
  const { fragments } = net.ip6;
  const key = `${String.fromCharCode(...frame.subarray(ETHERNET_HEADER + 8, ETHERNET_HEADER + 40))}${fragment.id}`;
  const body = frame.subarray(fragment.at + 8);
  if (fragment.more && body.length % 8 !== 0) {
    count6(dev, "Ip6.InHdrErrors");
    return undefined;
  }
  let known = fragments.get(key);
  if (known === undefined) {
    if (fragments.size >= MOST) {
      count6(dev, "Ip6.ReasmFails");
      return undefined;
    }
    known = begin(skb, key);
    fragments.set(key, known);
  }
  const end = fragment.offset + body.length;
  if (end > 65535 || overlaps(known, fragment.offset, end)) {
    known.timer.cancel();
    fragments.delete(key);
    count6(dev, "Ip6.ReasmFails");
    return undefined;
  }
  known.parts.set(fragment.offset, body);
  if (!fragment.more) known.total = end;
  if (fragment.offset === 0) known.first = skb;
  const whole = wholeFrame(known, fragment.at);
  if (whole === undefined) return undefined;
  known.timer.cancel();
  fragments.delete(key);
  count6(dev, "Ip6.ReasmOKs");
  return whole;
}

function begin(skb: SkBuff, key: string): Fragments6 {
  const { dev } = skb;
  const { net } = dev;
  const seconds = Number(net.ip6.values.get("ip6frag_time") ?? 60);
  const timer = later6(dev, seconds * 1e6, () => {
    const late = net.ip6.fragments.get(key);
    net.ip6.fragments.delete(key);
    count6(dev, "Ip6.ReasmFails");
    count6(dev, "Ip6.ReasmTimeout");
    if (late?.first !== undefined && dev.registered) {
      sendIcmpError6(late.first, { type: ICMPV6.TIME_EXCEEDED, code: 1 }, dev);
    }
  });
  return { parts: new Map(), total: undefined, first: undefined, timer };
}

function overlaps(known: Fragments6, from: number, to: number): boolean {
  for (const [offset, body] of known.parts) {
    if (offset === from && body.length === to - from) continue;
    if (from < offset + body.length && to > offset) return true;
  }
  return false;
}

/** All parts behind the first one's headers, without the fragment header. */
function wholeFrame(known: Fragments6, fragmentAt: number): Uint8Array | undefined {
  const { first, total, parts } = known;
  if (first === undefined || total === undefined) return undefined;
  const frame = new Uint8Array(fragmentAt + total);
  let at = 0;
  for (let part = parts.get(0); part !== undefined && at < total; part = parts.get(at)) {
    frame.set(part, fragmentAt + at);
    at += part.length;
    if (part.length === 0) return undefined;
  }
  if (at !== total) return undefined;
  frame.set(first.frame.subarray(0, fragmentAt));
  const headers = fragmentAt - ETHERNET_HEADER;
  const next = first.frame[fragmentAt] ?? 0;
  // The byte that named the fragment header stands in the fixed header unless options came before.
  frame[headers === IPV6_HEADER ? ETHERNET_HEADER + 6 : ETHERNET_HEADER + IPV6_HEADER] = next;
  put16(frame, ETHERNET_HEADER + 4, headers - IPV6_HEADER + total);
  return frame;
}
