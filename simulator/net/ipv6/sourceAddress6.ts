// Which address of ours does a packet get? (RFC 6724, linux/net/ipv6/addrconf.c: ipv6_dev_get_saddr,
// addrlabel.c.) Each pair of candidates is compared rule by rule: the same address, scope,
// deprecation, home, device, label, longest common prefix; the first that differs decides.
// Policy: for multicast and link-local destinations only the outgoing device's addresses count, and
// tentative ones never do.
// Not simulated: `ip addrlabel`, temporary addresses, Mobile IPv6's preferences.

import { commonBits6, isLinkLocal6, isMulticast6, prefix6 } from "../../wire/ipv6.ts";
import type { NetDevice } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import { conf6 } from "./createIpv6Net.ts";
import type { Ifaddr6 } from "./inet6Device.ts";

/** RFC 4291's scopes as numbers; a multicast address carries its own. */
export const SCOPE6 = { INTERFACE: 1, LINK: 2, SITE: 5, GLOBAL: 14 } as const;

/** Scope of an address; ::1 counts as link-local here, as in Linux. */
export function scope6(address: string): number {
  if (isMulticast6(address)) return Number.parseInt(address.charAt(3), 16);
  if (isLinkLocal6(address) || isLoopback6(address)) return SCOPE6.LINK;
  return isSiteLocal6(address) ? SCOPE6.SITE : SCOPE6.GLOBAL;
}

/** True for ::1. */
export function isLoopback6(address: string): boolean {
  return address.endsWith("1") && address.startsWith("0".repeat(31));
}

/** True for fec0::/10. */
export function isSiteLocal6(address: string): boolean {
  return address.startsWith("fe") && "cdef".includes(address.charAt(2));
}

/** True for addresses that mean something only together with a device. */
export function needsDevice6(address: string): boolean {
  if (isMulticast6(address)) return scope6(address) <= SCOPE6.LINK;
  return isLinkLocal6(address);
}

const LABELS: readonly (readonly [prefix: string, length: number, label: number])[] = [
  [`${"0".repeat(31)}1`, 128, 0],
  ["0".repeat(32), 96, 3],
  [`${"0".repeat(20)}ffff${"0".repeat(8)}`, 96, 4],
  [`20010000${"0".repeat(24)}`, 32, 6],
  [`20010010${"0".repeat(24)}`, 28, 7],
  [`2002${"0".repeat(28)}`, 16, 2],
  [`fc${"0".repeat(30)}`, 7, 5],
];

function labelOf(address: string): number {
  const found = LABELS.find(([prefix, length]) => prefix6(address, length) === prefix);
  return found?.[2] ?? 1;
}

/** The address that packets to `destination` by `dev` get; undefined when there is none. */
export function selectSource6(
  net: Net,
  dev: NetDevice | undefined,
  destination: string,
): string | undefined {
  const scope = scope6(destination);
  const onlyDevice =
    dev?.ip6 !== undefined &&
    (isMulticast6(destination) ||
      scope <= SCOPE6.LINK ||
      conf6(net.ip6.confAll, "use_oif_addrs_only") > 0 ||
      conf6(dev.ip6.conf, "use_oif_addrs_only") > 0);
  const devices = onlyDevice && dev !== undefined ? [dev] : net.devices.values();
  const label = labelOf(destination);
  let best: Ifaddr6 | undefined;
  let bestScore: readonly number[] = [];
  for (const one of devices) {
    for (const ifaddr of one.ip6?.addresses ?? []) {
      if (!mayBeSource(ifaddr)) continue;
      const score = scoreOf(ifaddr, { dev, destination, scope, label });
      if (best !== undefined && !isBetter(score, bestScore)) continue;
      best = ifaddr;
      bestScore = score;
    }
  }
  return best?.local;
}

function mayBeSource(ifaddr: Ifaddr6): boolean {
  const { flags } = ifaddr;
  return (!flags.has("tentative") || flags.has("optimistic")) && !isMulticast6(ifaddr.local);
}

type Wanted = {
  readonly dev: NetDevice | undefined;
  readonly destination: string;
  readonly scope: number;
  readonly label: number;
};

function scoreOf(ifaddr: Ifaddr6, wanted: Wanted): readonly number[] {
  const { local, flags } = ifaddr;
  const scope = scope6(local);
  const common = Math.min(commonBits6(local, wanted.destination), ifaddr.prefixLength);
  return [
    Number(local === wanted.destination),
    scope >= wanted.scope ? -scope : scope - 128,
    Number(!flags.has("deprecated") && !flags.has("optimistic")),
    Number(flags.has("home")),
    Number(wanted.dev === undefined || wanted.dev === ifaddr.dev),
    Number(labelOf(local) === wanted.label),
    common,
  ];
}

function isBetter(score: readonly number[], than: readonly number[]): boolean {
  for (const [index, value] of score.entries()) {
    const other = than[index] ?? 0;
    if (value !== other) return value > other;
  }
  return false;
}

/** The link-local address of a device, as ND and MLD use it; never a tentative one. */
export function linkLocalOf(dev: NetDevice, withTentative = false): string | undefined {
  // The oldest one, which `ip addr` shows last.
  return dev.ip6?.addresses.findLast(
    (one) => one.scope === 253 && isLinkLocal6(one.local) && (withTentative || mayBeSource(one)),
  )?.local;
}

/** Our address among all devices, or among one device's: undefined when it is not ours or tentative. */
export function ownAddress6(
  net: Net,
  address: string,
  dev?: NetDevice,
  withTentative = false,
): Ifaddr6 | undefined {
  const devices = dev === undefined ? net.devices.values() : [dev];
  for (const one of devices) {
    const found = one.ip6?.addresses.find(
      (ifaddr) => ifaddr.local === address && (withTentative || !ifaddr.flags.has("tentative")),
    );
    if (found !== undefined) return found;
  }
  return undefined;
}
