// Neighbour Discovery as this host receives it, and ND's part in the neighbour table
// (linux/net/ipv6/ndisc.c, RFC 4861).
// Policy: solicitations for addresses of the receiving device are answered, and their senders become
// known as STALE; advertisements change only entries that are there. A tentative address that
// another host asks for or announces is a duplicate. Proxied and anycast addresses are answered
// after up to a second.
// Not simulated: router advertisements (they are not used), proxy for whole prefixes.

import type { Random } from "../../random.ts";
import { ip6Text } from "../../wire/address.ts";
import { getIp6, getMac } from "../../wire/bytes.ts";
import { ETHERNET_HEADER } from "../../wire/ethernet.ts";
import {
  ICMPV6,
  linkAddressIn,
  NA_FLAG,
  ND_OPTION,
  type NdOption,
  ndTarget,
  parseNdOptions,
} from "../../wire/icmpv6.ts";
import { IN6, isMulticast6, solicitedNode } from "../../wire/ipv6.ts";
import { kfreeSkb } from "../core/dev.ts";
import type { Kernel } from "../core/kernel.ts";
import { proxyLookup } from "../core/neighAdmin.ts";
import { neighCreate, neighLookup } from "../core/neighbour.ts";
import { createNeighTable, parmsOf } from "../core/neighParms.ts";
import type { NeighTable } from "../core/neighTable.ts";
import { NEIGH_UPDATE, neighUpdate } from "../core/neighUpdate.ts";
import { IFF, type NetDevice } from "../core/netDevice.ts";
import { failDad6, isOwnNonce6 } from "./addrconfDad.ts";
import { conf6, eitherConf6 } from "./createIpv6Net.ts";
import { sendIcmpError6 } from "./icmpv6Send.ts";
import { groupOrOwnMac, later6 } from "./ip6Xmit.ts";
import type { NdMessage } from "./ipv6Net.ts";
import { sendAdvertisement6, sendSolicitation6 } from "./ndiscSend.ts";
import { redirected6 } from "./redirect6.ts";
import { ownAddress6 } from "./sourceAddress6.ts";

/** The machine's table of IPv6 neighbours. */
export function createNdTable(kernel: Kernel | { readonly random: Random }): NeighTable {
  return createNeighTable("inet6", kernel.random, {
    solicit(neigh, waiting) {
      const { dev, key, probes } = neigh;
      const target = String(key);
      const asked = waiting === undefined ? undefined : getIp6(waiting.frame, ETHERNET_HEADER + 8);
      const own = asked === undefined ? undefined : ownAddress6(dev.net, asked, dev);
      const unicast = probes < parmsOf(neigh.table, dev).ucastSolicit;
      sendSolicitation6({
        dev,
        target,
        destination: unicast ? target : solicitedNode(target),
        source: own?.local,
        why: `neighbour ${ip6Text(target)} on ${dev.name} ${neigh.state}, probe ${probes + 1}`,
      });
    },
    errorReport(_neigh, skb) {
      sendIcmpError6(skb, { type: ICMPV6.UNREACHABLE, code: 3 });
      kfreeSkb(skb, "NEIGH_FAILED");
    },
    constructed(dev, key) {
      const address = String(key);
      const needless = (dev.flags & (IFF.NOARP | IFF.LOOPBACK | IFF.POINTOPOINT)) !== 0;
      if (!needless && !isMulticast6(address)) return undefined;
      return { state: "NOARP", mac: groupOrOwnMac(dev, address) ?? 0 };
    },
  });
}

/** Takes a message of ND; those with a wrong hop limit or code never come here. */
export function receiveNd6(received: NdMessage): void {
  const { type } = received.message;
  if (type === ICMPV6.NEIGHBOR_SOLICITATION) receiveSolicitation(received);
  else if (type === ICMPV6.NEIGHBOR_ADVERTISEMENT) receiveAdvertisement(received);
  else if (type === ICMPV6.ROUTER_SOLICITATION) receiveRouterSolicitation(received);
  else if (type === ICMPV6.REDIRECT) redirected6(received);
}

function receiveSolicitation(received: NdMessage): void {
  const { skb, dev, source, destination, message } = received;
  const options = parseNdOptions(message.payload, 16);
  if (message.payload.length < 16 || options === undefined) return;
  const target = ndTarget(message.payload);
  const isDad = source === IN6.ANY;
  if (isMulticast6(target)) return;
  if (isDad && destination !== solicitedNode(target)) return;
  const mac = linkAddressIn(options, ND_OPTION.SOURCE_LINK_ADDRESS);
  if (isDad && mac !== undefined) return;
  const own = ownAddress6(dev.net, target, dev, true);
  if (own?.flags.has("tentative")) {
    if (isDad && !isOwnNonce6(own, nonceIn(options))) failDad6(own, getMac(skb.frame, 6));
    return;
  }
  const isGroup = isMulticast6(destination);
  const answer = { ...received, target, mac, isGroup, own: own !== undefined };
  if (own !== undefined) answerSolicitation(answer, forwards(dev));
  else answerForOther(answer);
}

function forwards(dev: NetDevice): boolean {
  return dev.ip6 !== undefined && conf6(dev.ip6.conf, "forwarding") > 0;
}

function nonceIn(options: readonly NdOption[]): number | undefined {
  return linkAddressIn(options, ND_OPTION.NONCE);
}

type Question = NdMessage & {
  readonly target: string;
  readonly mac: number | undefined;
  readonly isGroup: boolean;
  readonly own: boolean;
};

/** Anycast and proxied addresses: answered, but not at once when everybody was asked. */
function answerForOther(question: Question): void {
  const { dev, target, isGroup, skb } = question;
  const { ip6, net } = dev;
  if (ip6 === undefined) return;
  const { ndTable, proxyRandom } = net.kernel;
  const proxies = conf6(ip6.conf, "forwarding") > 0 && eitherConf6(ip6, "proxy_ndp");
  const proxy = proxies ? proxyLookup(ndTable, net, target, dev) : undefined;
  if (!ip6.anycasts.has(target) && proxy === undefined) return;
  const router = proxy === undefined ? forwards(dev) : proxy.router;
  const { proxyDelayMs } = parmsOf(ndTable, dev);
  if (skb.packetType === "host" || !isGroup || proxyDelayMs === 0) {
    answerSolicitation(question, router);
    return;
  }
  later6(dev, proxyRandom.below(proxyDelayMs) * 1000, () => {
    if (dev.registered && dev.net === net) answerSolicitation(question, router);
  });
}

function answerSolicitation(question: Question, router: boolean): void {
  const { dev, source, target, mac, isGroup, skb } = question;
  const isDad = source === IN6.ANY;
  if (!isDad) {
    const { ndTable } = dev.net.kernel;
    const known = neighLookup(ndTable, dev, source);
    const creates = !isGroup || mac !== undefined;
    const neigh = known ?? (creates ? neighCreate(ndTable, dev, source) : undefined);
    if (neigh === undefined) return;
    neighUpdate(neigh, mac, "STALE", NEIGH_UPDATE.WEAK_OVERRIDE | NEIGH_UPDATE.OVERRIDE);
  }
  sendAdvertisement6({
    dev,
    target,
    destination: isDad ? IN6.ALL_NODES : source,
    router,
    solicited: !isDad,
    override: question.own && (isDad || isGroup),
    withAddress: isDad || isGroup,
    frame: skb.id,
  });
}

function receiveAdvertisement(received: NdMessage): void {
  const { skb, dev, destination, message } = received;
  const options = parseNdOptions(message.payload, 16);
  if (message.payload.length < 16 || options === undefined) return;
  const target = ndTarget(message.payload);
  const solicited = (message.rest & NA_FLAG.SOLICITED) !== 0;
  if (isMulticast6(target) || (isMulticast6(destination) && solicited)) return;
  const mac = linkAddressIn(options, ND_OPTION.TARGET_LINK_ADDRESS);
  const own = ownAddress6(dev.net, target, dev, true);
  if (own !== undefined) {
    if (own.flags.has("tentative")) failDad6(own, getMac(skb.frame, 6));
    return;
  }
  const neigh = neighLookup(dev.net.kernel.ndTable, dev, target);
  if (neigh === undefined || neigh.state === "FAILED") return;
  const flags =
    NEIGH_UPDATE.WEAK_OVERRIDE |
    NEIGH_UPDATE.OVERRIDE_ISROUTER |
    ((message.rest & NA_FLAG.OVERRIDE) !== 0 ? NEIGH_UPDATE.OVERRIDE : 0) |
    (message.rest >>> 31 === 1 ? NEIGH_UPDATE.ISROUTER : 0);
  neighUpdate(neigh, mac, solicited ? "REACHABLE" : "STALE", flags);
}

function receiveRouterSolicitation(received: NdMessage): void {
  const { dev, source, message } = received;
  const options = parseNdOptions(message.payload, 0);
  if (!forwards(dev) || source === IN6.ANY || options === undefined) return;
  const neigh = neighCreate(dev.net.kernel.ndTable, dev, source);
  if (neigh === undefined) return;
  const flags = NEIGH_UPDATE.WEAK_OVERRIDE | NEIGH_UPDATE.OVERRIDE | NEIGH_UPDATE.OVERRIDE_ISROUTER;
  const mac = linkAddressIn(options, ND_OPTION.SOURCE_LINK_ADDRESS);
  neighUpdate(neigh, mac, "STALE", flags);
}

/** True when a message of ND may be looked at: it has not crossed a router. */
export function isPlausibleNd6(hopLimit: number, code: number): boolean {
  return hopLimit === 255 && code === 0;
}
