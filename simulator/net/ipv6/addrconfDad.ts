// Duplicate address detection and router solicitation (linux/net/ipv6/addrconf.c: addrconf_dad_*,
// addrconf_rs_timer; RFC 4862, RFC 7559).
// Policy: an address is tentative until, after a random part of a second, dad_transmits
// solicitations were sent and a second each has passed. Devices without ARP, accept_dad 0 and
// `nodad` skip it. Without a ready link it waits. When the first link-local address is settled the
// groups are reported again, and routers are asked for: at once, after about 4 s, and then in
// intervals that double up to an hour.
// Not here: adding addresses (addrconf.ts). Not simulated: optimistic addresses.

import { ip6Text, macText } from "../../wire/address.ts";
import { IN6, isLinkLocal6, solicitedNode } from "../../wire/ipv6.ts";
import { asSoftirq, logLine } from "../core/dev.ts";
import { parmsOf } from "../core/neighParms.ts";
import { IFF } from "../core/netDevice.ts";
import { tellNetlink } from "../core/notifier.ts";
import { addLocalRoute6, addPeerRoute6 } from "./addrconfRoutes.ts";
import { joinAnycast6, joinSolicited6 } from "./anycast6.ts";
import { conf6 } from "./createIpv6Net.ts";
import type { Ifaddr6, Inet6Device } from "./inet6Device.ts";
import { later6 } from "./ip6Xmit.ts";
import { reportAfterDad6 } from "./mcast.ts";
import { announceAddresses6, sendRouterSolicitation6, sendSolicitation6 } from "./ndiscSend.ts";

/** From a request to the work queue: it runs as soon as the request is done. */
const WORK_DELAY = 0;
const JIFFY = 4000;
const SECOND = 1_000_000;

/** Tells netlink's listeners of an address. */
export function tellAddress6(ifaddr: Ifaddr6, gone: boolean): void {
  const { dev } = ifaddr;
  tellNetlink(dev.net, { type: "address", gone, dev, family: "inet6", address: ifaddr });
}

function deviceOf(ifaddr: Ifaddr6): Inet6Device | undefined {
  return ifaddr.dad.state === "dead" ? undefined : ifaddr.dev.ip6;
}

function stopTimer(ifaddr: Ifaddr6): void {
  ifaddr.dad.timer?.cancel();
  ifaddr.dad.timer = undefined;
}

/** Begins detection for an address, when the current request is done. */
export function startDad6(ifaddr: Ifaddr6): void {
  const { kernel } = ifaddr.dev.net;
  stopTimer(ifaddr);
  ifaddr.dad.state = "begin";
  ifaddr.dad.timer = kernel.clock.after(WORK_DELAY, () =>
    asSoftirq(kernel, () => {
      if (deviceOf(ifaddr) !== undefined) beginDad(ifaddr);
    }),
  );
}

function beginDad(ifaddr: Ifaddr6): void {
  const { dev, dad, flags } = ifaddr;
  const { ip6 } = dev;
  if (ip6 === undefined) return;
  dad.timer = undefined;
  dad.state = "probing";
  joinSolicited6(dev, ifaddr.local);
  const needless =
    (dev.flags & (IFF.NOARP | IFF.LOOPBACK)) !== 0 ||
    Math.max(conf6(dev.net.ip6.confAll, "accept_dad"), conf6(ip6.conf, "accept_dad")) < 1 ||
    !flags.has("tentative") ||
    flags.has("nodad");
  if (needless) completeDad(ifaddr);
  else if (ip6.ready) kickDad(ip6, ifaddr);
}

/** Chooses when to ask first. */
function kickDad(ip6: Inet6Device, ifaddr: Ifaddr6): void {
  const { random } = ip6.dev.net.kernel;
  const limit = conf6(ip6.conf, "router_solicitation_delay") * SECOND;
  ifaddr.dad.nonce = random.below(0x1000000) * 0x1000000 + random.below(0x1000000);
  ifaddr.dad.probes = conf6(ip6.conf, "dad_transmits");
  waitForProbe(ifaddr, random.below(Math.max(1, limit / JIFFY)) * JIFFY);
}

function waitForProbe(ifaddr: Ifaddr6, delay: number): void {
  stopTimer(ifaddr);
  ifaddr.dad.timer = later6(ifaddr.dev, delay, () => {
    ifaddr.dad.timer = undefined;
    if (deviceOf(ifaddr) !== undefined) probeOrSettle(ifaddr);
  });
}

function probeOrSettle(ifaddr: Ifaddr6): void {
  const { dev, dad, local } = ifaddr;
  if (dad.probes <= 0) {
    completeDad(ifaddr);
    return;
  }
  dad.probes -= 1;
  waitForProbe(ifaddr, parmsOf(dev.net.kernel.ndTable, dev).retransTimeMs * 1000);
  sendSolicitation6({
    dev,
    target: local,
    destination: solicitedNode(local),
    source: IN6.ANY,
    nonce: dad.nonce,
    why: `duplicate address detection of ${ip6Text(local)} on ${dev.name}`,
  });
}

/** The link is ready: addresses that waited for it begin (addrconf_dad_run). */
export function runDad6(ip6: Inet6Device): void {
  for (const ifaddr of ip6.addresses) {
    if (ifaddr.flags.has("tentative") && ifaddr.dad.state === "probing") kickDad(ip6, ifaddr);
  }
}

/** Nobody else has the address (addrconf_dad_completed). */
function completeDad(ifaddr: Ifaddr6): void {
  const { dev, flags } = ifaddr;
  const { ip6 } = dev;
  if (ip6 === undefined) return;
  stopTimer(ifaddr);
  ifaddr.dad.state = "done";
  for (const flag of ["tentative", "optimistic", "dadfailed"] as const) flags.delete(flag);
  settleAddress6(ifaddr);
  const firstLinkLocal = ifaddr.scope === 253 && isOnlyLinkLocal(ip6, ifaddr);
  if (firstLinkLocal) reportAfterDad6(ip6);
  if (conf6(ip6.conf, "ndisc_notify") > 0) announceAddresses6(dev);
  if (firstLinkLocal && acceptsRouters(ip6) && (dev.flags & IFF.LOOPBACK) === 0) {
    beginSolicitation(ip6);
  }
}

/** The address works from now on: everybody hears of it, and its routes come (ipv6_ifa_notify). */
export function settleAddress6(ifaddr: Ifaddr6): void {
  const { dev } = ifaddr;
  tellAddress6(ifaddr, false);
  addLocalRoute6(dev, ifaddr.local);
  if (dev.ip6 !== undefined && conf6(dev.ip6.conf, "forwarding") > 0) joinAnycast6(ifaddr);
  addPeerRoute6(ifaddr);
}

/** No other link-local address of the device is settled (ipv6_lonely_lladdr). */
function isOnlyLinkLocal(ip6: Inet6Device, ifaddr: Ifaddr6): boolean {
  return ip6.addresses.every(
    (one) => one === ifaddr || one.scope !== 253 || one.flags.has("tentative"),
  );
}

/** Another host has the address, or is about to take it (addrconf_dad_failure). */
export function failDad6(ifaddr: Ifaddr6, mac: number): void {
  const { dev, dad, local } = ifaddr;
  if (dad.state !== "probing") return;
  logLine(
    dev.net.kernel,
    `IPv6: ${dev.name}: IPv6 duplicate address ${ip6Text(local)} used by ${macText(mac)} detected!`,
  );
  stopTimer(ifaddr);
  dad.state = "failed";
  ifaddr.flags.add("dadfailed");
  tellAddress6(ifaddr, false);
}

/** True when a solicitation is our own that came back. */
export function isOwnNonce6(ifaddr: Ifaddr6, nonce: number | undefined): boolean {
  return nonce !== undefined && nonce === ifaddr.dad.nonce;
}

/** Stops the timers of an address that goes. */
export function endDad6(ifaddr: Ifaddr6, state: "dead" | "begin"): void {
  stopTimer(ifaddr);
  ifaddr.dad.state = state;
}

function acceptsRouters(ip6: Inet6Device): boolean {
  const accept = conf6(ip6.conf, "accept_ra");
  const wanted = conf6(ip6.conf, "forwarding") > 0 ? accept === 2 : accept > 0;
  return wanted && conf6(ip6.conf, "router_solicitations") !== 0;
}

function beginSolicitation(ip6: Inet6Device): void {
  const { solicitation, dev } = ip6;
  sendRouterSolicitation6(dev);
  solicitation.probes = 1;
  const initial = conf6(ip6.conf, "router_solicitation_interval") * SECOND;
  solicitation.interval = initial * (0.9 + 0.2 * dev.net.kernel.random.fraction());
  waitForSolicitation(ip6, solicitation.interval);
}

function waitForSolicitation(ip6: Inet6Device, delay: number): void {
  ip6.solicitation.timer?.cancel();
  ip6.solicitation.timer = later6(ip6.dev, delay, () => {
    ip6.solicitation.timer = undefined;
    solicitAgain(ip6);
  });
}

function solicitAgain(ip6: Inet6Device): void {
  const { solicitation, dev, conf } = ip6;
  if (!ip6.alive || !ip6.ready || ip6.routerKnown || !acceptsRouters(ip6)) return;
  const most = conf6(conf, "router_solicitations");
  solicitation.probes += 1;
  if (most >= 0 && solicitation.probes > most) {
    logLine(dev.net.kernel, `${dev.name}: no IPv6 routers present`);
    return;
  }
  sendRouterSolicitation6(dev);
  const { random } = dev.net.kernel;
  const longest = conf6(conf, "router_solicitation_max_interval") * SECOND;
  const doubled = solicitation.interval * (1.9 + 0.2 * random.fraction());
  solicitation.interval = doubled > longest ? longest * (0.9 + 0.2 * random.fraction()) : doubled;
  const last = solicitation.probes === most;
  const delay = last ? conf6(conf, "router_solicitation_delay") * SECOND : solicitation.interval;
  waitForSolicitation(ip6, delay);
}

/** Stops asking for routers. */
export function stopSolicitation6(ip6: Inet6Device): void {
  ip6.solicitation.timer?.cancel();
  ip6.solicitation.timer = undefined;
}

/** True for addresses that every device makes for itself. */
export function isOwnKind6(address: string): boolean {
  return isLinkLocal6(address) || address === IN6.LOOPBACK;
}
