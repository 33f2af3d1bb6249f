// ICMPv6 errors that this host sends (linux/net/ipv6/icmp.c: icmp6_send, icmpv6_xrlim_allow).
// Policy: never about an ICMPv6 error, about frames that were not for us, or from addresses that are
// nobody's. The packet is quoted as far as 1280 bytes allow. Types in icmp.ratemask (all but
// "packet too big") are limited: tokens by destination, one each icmp.ratelimit, sooner for wide
// routes, at most six; what leaves by lo is not limited.
// Not simulated: parameter problems for unknown options.

import { getIp6 } from "../../wire/bytes.ts";
import { ETHERNET_HEADER } from "../../wire/ethernet.ts";
import { ICMPV6, icmpv6Bytes, isIcmpv6Error, putIcmpv6Checksum } from "../../wire/icmpv6.ts";
import {
  IN6,
  IPV6_HEADER,
  IPV6_MIN_MTU,
  isMulticast6,
  NEXT,
  transportOf,
} from "../../wire/ipv6.ts";
import { kfreeSkb } from "../core/dev.ts";
import type { NetDevice } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import type { SkBuff } from "../core/skbuff.ts";
import { output6 } from "./ip6Output.ts";
import { type OutputRoute6, routeOutput6 } from "./route6.ts";
import { count6, countNoRoute6 } from "./snmp6.ts";
import { needsDevice6, ownAddress6 } from "./sourceAddress6.ts";

const BURST = 6;

/** One error: its type and code, and bytes 4 to 8 of it (the MTU of "packet too big"). */
export type IcmpError = { readonly type: number; readonly code: number; readonly info?: number };

/** Tells the sender of a packet that it did not arrive. `dev` is where it came in. */
export function sendIcmpError6(skb: SkBuff, error: IcmpError, dev: NetDevice = skb.dev): void {
  const { net } = dev;
  const { frame } = skb;
  const at = ETHERNET_HEADER;
  const source = getIp6(frame, at + 8);
  const destination = getIp6(frame, at + 24);
  const aboutGroup = isMulticast6(destination) || isGroupFrame(skb);
  if (aboutGroup && error.type !== ICMPV6.PACKET_TOO_BIG) return;
  if (source === IN6.ANY || isMulticast6(source) || isAboutError(frame, at)) return;
  const own = !aboutGroup && answersTo(dev, destination) ? destination : undefined;
  const oif = needsDevice6(source) ? scopeDevice(skb, dev) : undefined;
  const route = routeOutput6(net, {
    destination: source,
    source: own,
    oif,
    protocol: NEXT.ICMPV6,
  });
  if ("errno" in route) {
    countNoRoute6(net, route.errno);
    return;
  }
  if (!isAllowed(net, route, source, error.type)) {
    count6(dev, "Icmp6.OutRateLimitHost");
    kfreeSkb(skb, "ICMP_RATELIMIT", "icmp.ratelimit");
    return;
  }
  const quoted = frame.subarray(at, at + IPV6_MIN_MTU - IPV6_HEADER - 8);
  const { type, code, info } = error;
  output6(net, {
    route,
    destination: source,
    protocol: NEXT.ICMPV6,
    payload: icmpv6Bytes({ type, code, rest: info ?? 0, payload: quoted }),
    flow: `${type} ${code}`,
    mayFragment: true,
    finish: putIcmpv6Checksum,
    cause: { text: `ICMPv6 error type ${type} code ${code}`, frame: skb.id },
  });
}

function isGroupFrame(skb: SkBuff): boolean {
  return skb.packetType === "multicast" || skb.packetType === "broadcast";
}

function isAboutError(frame: Uint8Array, at: number): boolean {
  const transport = transportOf(frame, at);
  if (transport.protocol !== NEXT.ICMPV6 || (transport.fragment?.offset ?? 0) > 0) return false;
  const type = frame[transport.at];
  return type === undefined || isIcmpv6Error(type) || type === ICMPV6.REDIRECT;
}

function answersTo(dev: NetDevice, address: string): boolean {
  if (dev.ip6?.anycasts.has(address) === true) return true;
  return ownAddress6(dev.net, address, needsDevice6(address) ? dev : undefined) !== undefined;
}

/** On lo, the device whose address the packet was for. */
function scopeDevice(skb: SkBuff, dev: NetDevice): NetDevice {
  return dev.net.ip6.looped.get(skb.id) ?? dev;
}

/** Takes a token for a destination if there is one. */
function isAllowed(net: Net, route: OutputRoute6, destination: string, type: number): boolean {
  const { values, errorTokens } = net.ip6;
  if (route.dev === net.loopback || !isLimited(values.get("icmp/ratemask") ?? "", type))
    return true;
  const interval = Number(values.get("icmp/ratelimit") ?? 1000) * 1000;
  const { prefixLength } = route.route;
  const cost = prefixLength < 128 ? interval / 2 ** ((128 - prefixLength) >> 5) : interval;
  if (cost <= 0) return true;
  const { now } = net.kernel.clock;
  const known = errorTokens.get(destination) ?? { tokens: BURST * cost, stamp: now };
  const tokens = Math.min(known.tokens + (now - known.stamp), BURST * cost);
  const allowed = tokens >= cost;
  errorTokens.set(destination, { tokens: allowed ? tokens - cost : tokens, stamp: now });
  return allowed;
}

/** True when a type is in a mask such as "0-1,3-127". */
function isLimited(mask: string, type: number): boolean {
  return mask.split(",").some((range) => {
    const [from = "", to = from] = range.split("-");
    return from !== "" && type >= Number(from) && type <= Number(to);
  });
}
