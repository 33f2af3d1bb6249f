// What IPv6 does when devices come, change and go (linux/net/ipv6/addrconf.c: addrconf_notify,
// addrconf_dev_config, addrconf_ifdown, ipv6_add_dev; ndisc.c: ndisc_netdev_event).
// Policy: a device has IPv6 from its registration while its MTU is at least 1280. A link is ready
// when its queue is on and its operational state is UP or UNKNOWN; then it gets ff00::/8 and a
// link-local address from its MAC, and keeps both without carrier. Set down, it loses all addresses
// (but for keep_addr_on_down). A changed MAC changes no address.
// Not simulated: l3mdev.

import { eui64, IN6, IPV6_MIN_MTU } from "../../wire/ipv6.ts";
import { asSoftirq } from "../core/dev.ts";
import { flushProxies } from "../core/neighAdmin.ts";
import { flushDevice } from "../core/neighbour.ts";
import { forgetDevice } from "../core/neighParms.ts";
import { type DeviceEvent, IFF, type NetDevice } from "../core/netDevice.ts";
import { tellNetlink } from "../core/notifier.ts";
import { addressGone6, linkAddress6 } from "./addrconf.ts";
import {
  endDad6,
  isOwnKind6,
  runDad6,
  settleAddress6,
  startDad6,
  stopSolicitation6,
} from "./addrconfDad.ts";
import {
  addLocalRoute6,
  addMulticastRoute6,
  addPrefixRoute6,
  delLocalRoute6,
  routesDown6,
  routesLinkdown6,
  routesUp6,
} from "./addrconfRoutes.ts";
import { joinAnycast6, leaveAnycast6, leaveSolicited6 } from "./anycast6.ts";
import { conf6, createInet6Device, eitherConf6 } from "./createIpv6Net.ts";
import type { AddressFlag, Inet6Device } from "./inet6Device.ts";
import { destroyGroups6, groupsDown6, groupsUp6, joinGroup6, leaveGroup6 } from "./mcast.ts";
import { announceAddresses6 } from "./ndiscSend.ts";
import { stableIdentifier } from "./stableAddress6.ts";

/** How addr_gen_mode numbers the ways to make link-local addresses. */
const GEN_MODE = { EUI64: 0, NONE: 1, STABLE_SECRET: 2, RANDOM: 3 } as const;

/** The first half of link-local addresses. */
const LINK_LOCAL = `fe80${"0".repeat(12)}`;

const isUp = (dev: NetDevice) => (dev.flags & IFF.UP) !== 0;

/** The link may carry packets (addrconf_link_ready). */
function isLinkReady(dev: NetDevice): boolean {
  return dev.active && (dev.operstate === "UP" || dev.operstate === "UNKNOWN");
}

/** Follows the devices of all namespaces. */
export function onDeviceEvent6(event: DeviceEvent, dev: NetDevice): void {
  asSoftirq(dev.net.kernel, () => {
    addressesFollow(event, dev);
    neighboursFollow(event, dev);
  });
}

function addressesFollow(event: DeviceEvent, dev: NetDevice): void {
  if (event === "REGISTER") {
    if (dev.ip6 === undefined && dev.mtu >= IPV6_MIN_MTU) addDevice(dev);
  } else if (event === "UP" || event === "CHANGE") deviceUp(dev, event);
  else if (event === "DOWN") deviceDown6(dev, false);
  else if (event === "UNREGISTER") deviceDown6(dev, true);
  else if (event === "CHANGEMTU") mtuChanged(dev);
}

function neighboursFollow(event: DeviceEvent, dev: NetDevice): void {
  const { ndTable } = dev.net.kernel;
  if (event === "CHANGEADDR") {
    flushDevice(ndTable, dev);
    if (dev.ip6 !== undefined && eitherConf6(dev.ip6, "ndisc_notify")) announceAddresses6(dev);
  } else if (event === "CHANGE") {
    const evicts =
      dev.ip6 !== undefined &&
      conf6(dev.net.ip6.confAll, "ndisc_evict_nocarrier") > 0 &&
      conf6(dev.ip6.conf, "ndisc_evict_nocarrier") > 0;
    if (evicts && !dev.carrier) flushDevice(ndTable, dev, true);
  } else if (event === "DOWN" || event === "UNREGISTER") {
    forgetNeighbours(dev);
    if (event === "UNREGISTER") forgetDevice(ndTable, dev);
  } else if (event === "NOTIFY_PEERS") announceAddresses6(dev);
}

function forgetNeighbours(dev: NetDevice): void {
  const { ndTable } = dev.net.kernel;
  flushDevice(ndTable, dev);
  flushProxies(ndTable, dev.net, dev);
}

/** Gives a device IPv6 (ipv6_add_dev). */
function addDevice(dev: NetDevice): Inet6Device {
  const ip6 = createInet6Device(dev);
  const { values } = ip6.conf;
  values.set("mtu", String(dev.mtu));
  if (values.get("stable_secret") !== "") values.set("addr_gen_mode", "2");
  if ((dev.flags & (IFF.NOARP | IFF.LOOPBACK)) !== 0) values.set("accept_dad", "-1");
  if (dev.driver.type === "loopback") values.set("use_tempaddr", "-1");
  dev.ip6 = ip6;
  tellNetlink(dev.net, { type: "netconf", dev, family: "inet6", name: undefined });
  if (isUp(dev) && isLinkReady(dev)) ip6.ready = true;
  joinGroup6(dev, IN6.INTERFACE_ALL_NODES);
  joinGroup6(dev, IN6.ALL_NODES);
  if (conf6(ip6.conf, "forwarding") > 0 && (dev.flags & IFF.MULTICAST) !== 0) {
    joinGroup6(dev, IN6.ALL_ROUTERS);
  }
  return ip6;
}

/** A device was set up or changed (NETDEV_UP, NETDEV_CHANGE). */
function deviceUp(dev: NetDevice, event: "UP" | "CHANGE"): void {
  if (dev.ip6 !== undefined && conf6(dev.ip6.conf, "disable_ipv6") > 0) return;
  if (event === "UP") restoreAddresses(dev);
  if (!isLinkReady(dev)) {
    if (event === "CHANGE") routesLinkdown6(dev);
    return;
  }
  if (event === "CHANGE" && dev.ip6?.ready === true) {
    groupsUp6(dev.ip6);
    routesUp6(dev);
    return;
  }
  if (dev.ip6 === undefined && dev.mtu < IPV6_MIN_MTU) return;
  const ip6 = dev.ip6 ?? addDevice(dev);
  ip6.ready = true;
  configure(ip6, true);
}

/** Makes the addresses that a device has by itself, and lets detection begin. */
function configure(ip6: Inet6Device, runPending: boolean): void {
  const { dev } = ip6;
  makeOwnAddresses6(ip6);
  if (runPending) runDad6(ip6);
  routesUp6(dev);
  if (conf6(ip6.conf, "mtu") !== dev.mtu) ip6.conf.values.set("mtu", String(dev.mtu));
}

/** Gives a device ff00::/8 and its link-local address; lo its ::1 (addrconf_init_auto_addrs). */
export function makeOwnAddresses6(ip6: Inet6Device): void {
  const { dev } = ip6;
  if (isUp(dev)) groupsUp6(ip6);
  if (dev.driver.type === "loopback") {
    addOwn(ip6, IN6.LOOPBACK, { prefixLength: 128 });
    return;
  }
  if (conf6(ip6.conf, "disable_ipv6") > 0) return;
  addMulticastRoute6(dev);
  const mode = conf6(ip6.conf, "addr_gen_mode");
  if (mode === GEN_MODE.NONE) return;
  const hashed = mode === GEN_MODE.STABLE_SECRET || mode === GEN_MODE.RANDOM;
  const identifier = hashed ? hashedIdentifier(ip6, mode) : eui64(dev.mac);
  addOwn(ip6, LINK_LOCAL + identifier, {
    prefixLength: 64,
    flags: hashed ? ["stable-privacy"] : [],
  });
}

/** An identifier that a secret or chance gives. */
function hashedIdentifier(ip6: Inet6Device, mode: number): string {
  const { values } = ip6.conf;
  if (mode === GEN_MODE.RANDOM && values.get("stable_secret") === "") {
    const { random } = ip6.dev.net.kernel;
    const secret = Array.from({ length: 4 }, () =>
      random.below(0x100000000).toString(16).padStart(8, "0"),
    );
    values.set("stable_secret", secret.join(""));
  }
  return stableIdentifier(values.get("stable_secret") ?? "", LINK_LOCAL);
}

function addOwn(
  ip6: Inet6Device,
  local: string,
  wanted: { readonly prefixLength: number; readonly flags?: readonly AddressFlag[] },
): void {
  const { prefixLength } = wanted;
  if (ip6.addresses.some((one) => one.local === local)) return;
  const flags = new Set<AddressFlag>([...(wanted.flags ?? []), "permanent"]);
  const isLoopback = local === IN6.LOOPBACK;
  const protocol = isLoopback ? 1 : 3;
  const ifaddr = linkAddress6(ip6, { local, prefixLength, protocol }, flags);
  if (isLoopback) {
    ifaddr.flags.delete("tentative");
    ifaddr.dad.state = "done";
    settleAddress6(ifaddr);
    return;
  }
  addPrefixRoute6(ifaddr);
  startDad6(ifaddr);
}

/** Addresses that stayed while the device was down get their routes back (addrconf_permanent_addr). */
function restoreAddresses(dev: NetDevice): void {
  for (const ifaddr of dev.ip6?.addresses ?? []) {
    if (!ifaddr.flags.has("permanent")) continue;
    if (!ifaddr.flags.has("tentative")) addLocalRoute6(dev, ifaddr.local);
    if (!ifaddr.flags.has("noprefixroute")) addPrefixRoute6(ifaddr);
    if (ifaddr.dad.state === "begin") startDad6(ifaddr);
  }
}

/** A device was set down or leaves, or IPv6 is switched off on it (addrconf_ifdown). */
function deviceDown6(dev: NetDevice, forGood: boolean): void {
  const { ip6 } = dev;
  routesDown6(dev);
  forgetNeighbours(dev);
  if (ip6 === undefined) return;
  const { conf } = ip6;
  if (forGood) ip6.alive = false;
  const wished =
    conf6(dev.net.ip6.confAll, "keep_addr_on_down") || conf6(conf, "keep_addr_on_down");
  const keeps = !forGood && wished > 0 && conf6(conf, "disable_ipv6") === 0;
  stopSolicitation6(ip6);
  const wasReady = ip6.ready;
  if (!forGood) ip6.ready = false;
  ip6.routerKnown = false;
  for (const ifaddr of [...ip6.addresses]) {
    if (keeps && ifaddr.flags.has("permanent") && !isOwnKind6(ifaddr.local)) {
      endDad6(ifaddr, "begin");
      if (!ifaddr.flags.has("nodad")) ifaddr.flags.add("tentative");
      delLocalRoute6(dev, ifaddr.local);
      if (conf6(conf, "forwarding") > 0) leaveAnycast6(ifaddr);
      leaveSolicited6(dev, ifaddr.local);
    } else {
      ip6.addresses.splice(ip6.addresses.indexOf(ifaddr), 1);
      addressGone6(ifaddr);
    }
  }
  if (!forGood) {
    if (wasReady) groupsDown6(ip6);
    return;
  }
  ip6.anycasts.clear();
  destroyGroups6(ip6);
  dev.ip6 = undefined;
  tellNetlink(dev.net, { type: "netconf", dev, family: "inet6", name: undefined, gone: true });
}

function mtuChanged(dev: NetDevice): void {
  if (dev.mtu < IPV6_MIN_MTU) {
    deviceDown6(dev, dev !== dev.net.loopback);
    return;
  }
  if (dev.ip6 !== undefined) {
    dev.ip6.conf.values.set("mtu", String(dev.mtu));
    return;
  }
  const ip6 = addDevice(dev);
  if (ip6.ready) configure(ip6, true);
}

/** disable_ipv6 of a device was switched. */
export function disableChanged6(ip6: Inet6Device): void {
  const { dev } = ip6;
  asSoftirq(dev.net.kernel, () => {
    if (conf6(ip6.conf, "disable_ipv6") > 0) {
      deviceDown6(dev, false);
    } else deviceUp(dev, "UP");
  });
}

/** Forwarding of a device was switched: routers' groups and anycast addresses (dev_forward_change). */
export function forwardingChanged6(ip6: Inet6Device): void {
  const { dev } = ip6;
  const on = conf6(ip6.conf, "forwarding") > 0;
  asSoftirq(dev.net.kernel, () => {
    if ((dev.flags & IFF.MULTICAST) !== 0) {
      const change = on ? joinGroup6 : leaveGroup6;
      for (const group of [IN6.ALL_ROUTERS, IN6.INTERFACE_ALL_ROUTERS, IN6.SITE_ALL_ROUTERS]) {
        change(dev, group);
      }
    }
    for (const ifaddr of ip6.addresses) {
      if (ifaddr.flags.has("tentative")) continue;
      if (on) joinAnycast6(ifaddr);
      else leaveAnycast6(ifaddr);
    }
  });
}
