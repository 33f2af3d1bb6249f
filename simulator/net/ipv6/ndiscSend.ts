// The messages of Neighbour Discovery that this host sends (linux/net/ipv6/ndisc.c: ndisc_send_ns,
// ndisc_send_na, ndisc_send_rs; RFC 4861).
// Policy: solicitations from :: (duplicate address detection) carry a nonce and no link-layer
// address; advertisements carry ours only when they answer a multicast.
// Not here: what is done with received ones (ndisc.ts).

import { ip6Text } from "../../wire/address.ts";
import { putIp6 } from "../../wire/bytes.ts";
import { ICMPV6, linkAddressOption, NA_FLAG, ND_OPTION, nonceOption } from "../../wire/icmpv6.ts";
import { IN6 } from "../../wire/ipv6.ts";
import type { NetDevice } from "../core/netDevice.ts";
import { conf6 } from "./createIpv6Net.ts";
import { sendKernelMessage6 } from "./ip6Xmit.ts";
import { linkLocalOf, ownAddress6, selectSource6 } from "./sourceAddress6.ts";

function withTarget(target: string, option: Uint8Array | undefined): Uint8Array {
  const payload = new Uint8Array(16 + (option?.length ?? 0));
  putIp6(payload, 0, target);
  if (option !== undefined) payload.set(option, 16);
  return payload;
}

/** A neighbour solicitation to be sent. */
export type Solicitation6 = {
  readonly dev: NetDevice;
  readonly target: string;
  readonly destination: string;
  /** Undefined takes the device's link-local address. */
  readonly source: string | undefined;
  readonly nonce?: number;
  readonly why: string;
};

/** Asks who has an address. */
export function sendSolicitation6(sent: Solicitation6): void {
  const { dev, target, destination } = sent;
  const source = sent.source ?? linkLocalOf(dev);
  if (source === undefined) return;
  const option =
    source !== IN6.ANY
      ? linkAddressOption(ND_OPTION.SOURCE_LINK_ADDRESS, dev.mac)
      : sent.nonce === undefined
        ? undefined
        : nonceOption(sent.nonce);
  const payload = withTarget(target, option);
  const message = { type: ICMPV6.NEIGHBOR_SOLICITATION, code: 0, rest: 0, payload };
  const cause = { text: sent.why };
  sendKernelMessage6({ dev, source, destination, hopLimit: 255, message, cause });
}

/** A neighbour advertisement to be sent. */
export type Advertisement6 = {
  readonly dev: NetDevice;
  readonly target: string;
  readonly destination: string;
  readonly router: boolean;
  readonly solicited: boolean;
  readonly override: boolean;
  readonly withAddress: boolean;
  readonly frame?: number;
};

/** Says that we have an address. */
export function sendAdvertisement6(sent: Advertisement6): void {
  const { dev, target, destination } = sent;
  const own = ownAddress6(dev.net, target, dev, true);
  const source = own?.local ?? selectSource6(dev.net, dev, destination);
  if (source === undefined) return;
  const forced =
    own !== undefined && dev.ip6 !== undefined && conf6(dev.ip6.conf, "force_tllao") > 0;
  const option =
    sent.withAddress || forced
      ? linkAddressOption(ND_OPTION.TARGET_LINK_ADDRESS, dev.mac)
      : undefined;
  const rest =
    (sent.router ? NA_FLAG.ROUTER : 0) +
    (sent.solicited ? NA_FLAG.SOLICITED : 0) +
    (sent.override ? NA_FLAG.OVERRIDE : 0);
  const payload = withTarget(target, option);
  const message = { type: ICMPV6.NEIGHBOR_ADVERTISEMENT, code: 0, rest, payload };
  const text = `neighbour advertisement for ${ip6Text(target)} on ${dev.name}`;
  const cause = sent.frame === undefined ? { text } : { text, frame: sent.frame };
  sendKernelMessage6({ dev, source, destination, hopLimit: 255, message, cause });
}

/** Asks for routers. */
export function sendRouterSolicitation6(dev: NetDevice): void {
  const source = linkLocalOf(dev);
  if (source === undefined) return;
  const payload = linkAddressOption(ND_OPTION.SOURCE_LINK_ADDRESS, dev.mac);
  const message = { type: ICMPV6.ROUTER_SOLICITATION, code: 0, rest: 0, payload };
  const cause = { text: `router solicitation on ${dev.name}` };
  const destination = IN6.ALL_ROUTERS;
  sendKernelMessage6({ dev, source, destination, hopLimit: 255, message, cause });
}

/** Tells all neighbours of our addresses on a device (ndisc_send_unsol_na). */
export function announceAddresses6(dev: NetDevice): void {
  const { ip6 } = dev;
  if (ip6 === undefined) return;
  for (const { local, flags } of ip6.addresses) {
    if (flags.has("tentative") && !flags.has("optimistic")) continue;
    sendAdvertisement6({
      dev,
      target: local,
      destination: IN6.ALL_NODES,
      router: conf6(ip6.conf, "forwarding") > 0,
      solicited: false,
      override: true,
      withAddress: true,
    });
  }
}
