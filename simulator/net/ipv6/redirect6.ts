// Redirects of IPv6, sent and received (linux/net/ipv6/ndisc.c: ndisc_send_redirect; route.c:
// rt6_do_redirect).
// Policy: a router that sends a packet back by the device it came from tells a sender on the link,
// limited as errors are. A host that accepts redirects sends by the better router from then on.
// Not simulated: secrets of Secure Neighbour Discovery.

import { getIp6, putIp6 } from "../../wire/bytes.ts";
import { ETHERNET_HEADER } from "../../wire/ethernet.ts";
import {
  ICMPV6,
  linkAddressIn,
  linkAddressOption,
  ND_OPTION,
  parseNdOptions,
} from "../../wire/icmpv6.ts";
import { isLinkLocal6, isMulticast6 } from "../../wire/ipv6.ts";
import { neighCreate, neighLookup } from "../core/neighbour.ts";
import { isValid } from "../core/neighNotify.ts";
import { NEIGH_UPDATE, neighUpdate } from "../core/neighUpdate.ts";
import type { NetDevice } from "../core/netDevice.ts";
import type { SkBuff } from "../core/skbuff.ts";
import { conf6 } from "./createIpv6Net.ts";
import { sendKernelMessage6 } from "./ip6Xmit.ts";
import type { NdMessage } from "./ipv6Net.ts";
import { lookup6, routeInput6 } from "./route6.ts";
import { linkLocalOf } from "./sourceAddress6.ts";

/** Bytes of the packet that a redirect quotes at most: what 1280 bytes leave. */
const QUOTE = 1280 - 40 - 40 - 8 - 8;

/** Tells the sender of a packet that `nextHop` on the same link is nearer. */
export function sendRedirect6(skb: SkBuff, nextHop: string): void {
  const { dev, frame } = skb;
  const source = linkLocalOf(dev);
  const sender = getIp6(frame, ETHERNET_HEADER + 8);
  const destination = getIp6(frame, ETHERNET_HEADER + 24);
  const back = routeInput6(dev, destination, sender);
  const onLink = back.type === "forward" && back.found.nexthop.gateway === undefined;
  if (source === undefined || !onLink) return;
  if (!isLinkLocal6(nextHop) && nextHop !== destination) return;
  const neigh = neighLookup(dev.net.kernel.ndTable, dev, nextHop);
  const known = neigh !== undefined && isValid(neigh.state) ? neigh.mac : undefined;
  const link =
    known === undefined
      ? new Uint8Array(0)
      : linkAddressOption(ND_OPTION.TARGET_LINK_ADDRESS, known);
  const quoted = frame.subarray(ETHERNET_HEADER, ETHERNET_HEADER + (QUOTE & ~7));
  const length = (quoted.length + 8 + 7) & ~7;
  const payload = new Uint8Array(32 + link.length + length);
  putIp6(payload, 0, nextHop);
  putIp6(payload, 16, destination);
  payload.set(link, 32);
  payload[32 + link.length] = ND_OPTION.REDIRECTED;
  payload[33 + link.length] = length / 8;
  payload.set(quoted, 40 + link.length);
  sendKernelMessage6({
    dev,
    source,
    destination: sender,
    hopLimit: 255,
    message: { type: ICMPV6.REDIRECT, code: 0, rest: 0, payload },
    cause: { text: `redirect on ${dev.name}`, frame: skb.id },
  });
}

/** A router says that another next hop is better. */
export function redirected6(received: NdMessage): void {
  const { dev, source, message } = received;
  const { ip6, net } = dev;
  const options = parseNdOptions(message.payload, 32);
  if (ip6 === undefined || message.payload.length < 32 || options === undefined) return;
  if (!accepts(dev) || !isLinkLocal6(source)) return;
  const target = getIp6(message.payload, 0);
  const destination = getIp6(message.payload, 16);
  const onLink = target === destination;
  if (isMulticast6(destination) || (!onLink && !isLinkLocal6(target))) return;
  const found = lookup6(net, { destination, source: "0".repeat(32), oif: dev }, true);
  if ("errno" in found) return;
  const exception = net.ip6.exceptions.get(destination);
  if (found.nexthop.gateway !== source && exception?.gateway !== source) return;
  const mac = linkAddressIn(options, ND_OPTION.TARGET_LINK_ADDRESS);
  const neigh = neighCreate(net.kernel.ndTable, dev, target);
  if (neigh === undefined) return;
  const routers = NEIGH_UPDATE.OVERRIDE_ISROUTER | (onLink ? 0 : NEIGH_UPDATE.ISROUTER);
  neighUpdate(
    neigh,
    mac,
    "STALE",
    NEIGH_UPDATE.WEAK_OVERRIDE | NEIGH_UPDATE.OVERRIDE | (onLink ? 0 : routers),
  );
  net.ip6.exceptions.set(destination, {
    destination,
    route: found.route,
    gateway: target,
    dev,
    mtu: exception?.mtu,
    expires: undefined,
  });
}

function accepts(dev: NetDevice): boolean {
  if (dev.ip6 === undefined) return false;
  return conf6(dev.ip6.conf, "forwarding") === 0 && conf6(dev.ip6.conf, "accept_redirects") > 0;
}
