// May a packet with this source have come in here? (fib_validate_source in linux/net/ipv4/fib_frontend.c,
// "rp_filter" in ip-sysctl.) 0 only refuses our own addresses; strict (1) wants the way back to the
// source to leave by the same device; loose (2) wants any way back. The larger of all and device counts.
// Not simulated: IPsec's exemption.

import type { NetDevice } from "../core/netDevice.ts";
import { confValue, isOwnAddress } from "./devinet.ts";
import { fibLookup } from "./fibRules.ts";
import { flowOf } from "./fibTrie.ts";
import { SCOPE } from "./inDevice.ts";

/** What source validation looks at. */
export type SourceCheck = {
  readonly source: number;
  readonly destination: number;
  readonly tos: number;
  readonly mark: number;
  /** The device that the packet is to leave by; undefined for one to this host. */
  readonly out: NetDevice | undefined;
};

/**
 * Accepts a source ("on-link" when it is reached without a gateway, which makes redirects possible),
 * or refuses it: EXDEV by the reverse path filter, EINVAL when it cannot be a source at all.
 */
export function validateSource(
  dev: NetDevice,
  check: SourceCheck,
): "on-link" | "accepted" | "EXDEV" | "EINVAL" {
  const filter = confValue(dev, "rp_filter");
  const mayRedirect = check.out === dev && confValue(dev, "send_redirects") !== 0;
  if (filter === 0 && !mayRedirect) {
    if (confValue(dev, "accept_local") !== 0) return "accepted";
    const { ip4 } = dev.net;
    if (!ip4.customLocalRoutes && !ip4.rulesChanged) {
      return isOwnAddress(dev.net, check.source) ? "EINVAL" : "accepted";
    }
  }
  return lookBack(dev, check, filter);
}

function lookBack(dev: NetDevice, check: SourceCheck, filter: number) {
  const { net } = dev;
  const flow = flowOf({
    destination: check.source,
    source: check.destination,
    tos: check.tos,
    mark: confValue(dev, "src_valid_mark") === 0 ? 0 : check.mark,
    iif: check.out,
  });
  const lastResort = filter === 0 ? "accepted" : "EXDEV";
  const back = fibLookup(net, flow);
  if (typeof back === "string") return lastResort;
  const { route, nexthop } = back;
  const local = route.type === "local";
  if (route.type !== "unicast" && !(local && confValue(dev, "accept_local") !== 0)) return "EINVAL";
  const usesDevice =
    route.nexthops.some((one) => one.dev === dev) || (local && dev === net.loopback);
  if (usesDevice) return onLink(nexthop?.scope);
  if (dev.ip4?.addresses.length === 0) return lastResort;
  if (filter === 1) return "EXDEV";
  const here = fibLookup(net, { ...flow, oif: dev, ignoreLinkstate: true });
  if (typeof here === "string" || here.route.type !== "unicast") return "accepted";
  return onLink(here.nexthop?.scope);
}

function onLink(scope: number | undefined): "on-link" | "accepted" {
  return (scope ?? 0) >= SCOPE.HOST ? "on-link" : "accepted";
}
