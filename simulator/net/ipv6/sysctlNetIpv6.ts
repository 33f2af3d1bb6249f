// /proc/sys/net/ipv6 but for its neigh directory (linux/net/ipv6/addrconf.c, sysctl section;
// sysctl_net_ipv6.c, route.c, icmp.c).
// Policy: all.disable_ipv6 sets default's and every device's; all.forwarding as well; other values of
// `all` set nothing else, but for addr_gen_mode. `default` counts for devices to come. What a value
// changes happens before the write returns.
// Not here: neigh (core/sysctlNeigh.ts). Not simulated: checks of values that nothing here reads.

import { parseIp6 } from "../../wire/address.ts";
import { asSoftirq } from "../core/dev.ts";
import type { Refusal } from "../core/errno.ts";
import type { NetDevice } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import { tellNetlink } from "../core/notifier.ts";
import { fixedEntry, INVALID, numberEntry, type SysctlEntry } from "../core/sysctlEntry.ts";
import { disableChanged6, forwardingChanged6, makeOwnAddresses6 } from "./addrconfDevice.ts";
import type { Inet6Device, Ipv6Conf } from "./inet6Device.ts";

/** Ranges of values; others are any int. */
const RANGES: Readonly<Record<string, readonly [low: number, high: number]>> = {
  accept_untracked_na: [0, 2],
  addr_gen_mode: [0, 3],
  auto_flowlabels: [0, 3],
  calipso_cache_enable: [-0x80000000, 0x7fffffff],
  fib_multipath_hash_fields: [1, 4095],
  fib_multipath_hash_policy: [0, 3],
  fib_notify_on_flag_change: [0, 2],
  flowlabel_reflect: [0, 7],
  hop_limit: [1, 255],
  "icmp/echo_ignore_all": [0, 255],
  "icmp/echo_ignore_anycast": [0, 255],
  "icmp/echo_ignore_multicast": [0, 255],
  "icmp/ratelimit": [0, 0x7fffffff],
  ioam6_enabled: [0, 1],
  ioam6_id: [0, 65535],
  ioam6_id_wide: [0, 4294967295],
  ip6frag_high_thresh: [3145728, Number.MAX_SAFE_INTEGER],
  ip6frag_low_thresh: [0, 4194304],
  mld_qrv: [1, 0x7fffffff],
  ndisc_tclass: [0, 255],
  ra_defrtr_metric: [1, 4294967295],
  "route/skip_notify_on_dev_down": [0, 1],
  router_solicitations: [-1, 0x7fffffff],
  rpl_seg_enabled: [0, 1],
};

/** Names below net/ipv6 that are made here. */
export function ipv6SettingNames(net: Net): string[] {
  const { values, confDefault } = net.ip6;
  const directories = ["all", "default"];
  for (const dev of net.devices.values()) if (dev.ip6 !== undefined) directories.push(dev.name);
  const names = [...confDefault.values.keys()];
  return [
    ...values.keys(),
    "route/flush",
    ...directories.flatMap((directory) => names.map((name) => `conf/${directory}/${name}`)),
  ];
}

/** The file of a name below net/ipv6, or undefined. */
export function ipv6SettingEntry(net: Net, name: string): SysctlEntry | undefined {
  if (name === "route/flush") return flushEntry(net);
  const { values } = net.ip6;
  if (values.has(name)) return netEntry(net, name);
  const [conf, directory = "", value = "", ...more] = name.split("/");
  if (conf !== "conf" || more.length > 0) return undefined;
  return confEntry(net, directory, value);
}

function netEntry(net: Net, name: string): SysctlEntry {
  const { values } = net.ip6;
  if (name === "icmp/ratemask") {
    return {
      mode: 0o644,
      read: () => values.get(name) ?? "",
      write(text) {
        if (!/^\s*(\d+(-\d+)?(,\d+(-\d+)?)*)?\s*$/.test(text)) return INVALID;
        values.set(name, text.trim());
        return undefined;
      },
    };
  }
  const range = RANGES[name] ?? wideRange(values.get(name));
  const set = (value: number) => {
    values.set(name, String(value));
    return undefined;
  };
  const entry = numberEntry(() => Number(values.get(name)), set, range);
  // The text itself: ioam6_id_wide has more digits than a number here.
  return { ...entry, read: () => values.get(name) ?? "" };
}

/** Values that begin outside of an int may stay there. */
function wideRange(text = ""): readonly [number, number] | undefined {
  return Number(text) > 0x7fffffff ? [0, Number.MAX_SAFE_INTEGER] : undefined;
}

function flushEntry(net: Net): SysctlEntry {
  return {
    mode: 0o200,
    read: () => ({ errno: "EACCES" }),
    write() {
      net.ip6.exceptions.clear();
      return undefined;
    },
  };
}

type Place = {
  readonly net: Net;
  readonly directory: string;
  readonly conf: Ipv6Conf;
  readonly device: Inet6Device | undefined;
};

function placeOf(net: Net, directory: string): Place | undefined {
  if (directory === "all") return { net, directory, conf: net.ip6.confAll, device: undefined };
  if (directory === "default") {
    return { net, directory, conf: net.ip6.confDefault, device: undefined };
  }
  const device = net.byName.get(directory)?.ip6;
  return device === undefined ? undefined : { net, directory, conf: device.conf, device };
}

function confEntry(net: Net, directory: string, name: string): SysctlEntry | undefined {
  const place = placeOf(net, directory);
  if (place === undefined || !place.conf.values.has(name)) return undefined;
  if (name === "stable_secret") return secretEntry(place);
  if (name === "mc_forwarding") return fixedEntry(place.conf.values.get(name) ?? "0");
  const range = name === "mtu" ? mtuRange(place) : RANGES[name];
  return numberEntry(
    () => Number(place.conf.values.get(name)),
    (value) => write(place, name, value),
    range,
  );
}

function mtuRange(place: Place): readonly [number, number] {
  return [1280, place.device?.dev.mtu ?? 0x7fffffff];
}

function write(place: Place, name: string, value: number): Refusal | undefined {
  if (name === "addr_gen_mode") return setMode(place, value);
  const old = Number(place.conf.values.get(name));
  place.conf.values.set(name, String(value));
  if (name === "disable_ipv6") disableHasChanged(place, old, value);
  else if (name === "forwarding") forwardingHasChanged(place, old, value);
  else if (NETCONF.has(name) && old !== value) tellNetconf(place, name);
  return undefined;
}

/** Values of which `ip monitor netconf` tells. */
const NETCONF: ReadonlySet<string> = new Set(["proxy_ndp", "ignore_routes_with_linkdown"]);

function tellNetconf(place: Place, name: string): void {
  const { net, directory, device } = place;
  const dev: NetDevice | "all" | "default" =
    device?.dev ?? (directory === "all" ? "all" : "default");
  tellNetlink(net, { type: "netconf", dev, family: "inet6", name });
}

function devicesOf(net: Net): Inet6Device[] {
  return [...net.devices.values()].flatMap((dev) => (dev.ip6 === undefined ? [] : [dev.ip6]));
}

function disableHasChanged(place: Place, old: number, value: number): void {
  const { net, directory, device } = place;
  if (directory === "all") {
    net.ip6.confDefault.values.set("disable_ipv6", String(value));
    for (const one of devicesOf(net)) {
      const was = Number(one.conf.values.get("disable_ipv6"));
      one.conf.values.set("disable_ipv6", String(value));
      if ((was === 0) !== (value === 0)) disableChanged6(one);
    }
  } else if (device !== undefined && (old === 0) !== (value === 0)) disableChanged6(device);
}

function forwardingHasChanged(place: Place, old: number, value: number): void {
  const { net, directory, device } = place;
  if (directory === "all") {
    const defaults = net.ip6.confDefault.values;
    const changes = defaults.get("forwarding") !== String(value);
    defaults.set("forwarding", String(value));
    if (changes) tellNetconf({ ...place, directory: "default" }, "forwarding");
    for (const one of devicesOf(net)) {
      const was = Number(one.conf.values.get("forwarding"));
      one.conf.values.set("forwarding", String(value));
      if ((was === 0) === (value === 0)) continue;
      forwardingChanged6(one);
      tellNetconf({ ...place, directory: one.dev.name, device: one }, "forwarding");
    }
  } else if (device !== undefined && (old === 0) !== (value === 0)) forwardingChanged6(device);
  if (old !== value) tellNetconf(place, "forwarding");
}

/** Sets how a device makes its link-local address; a device that is up makes one at once. */
function setMode(place: Place, mode: number): Refusal | undefined {
  const { net, directory, conf, device } = place;
  const refusal = refuseMode(net, conf, mode);
  if (refusal !== undefined) return refusal;
  if (device === undefined) conf.values.set("addr_gen_mode", String(mode));
  if (directory === "all") net.ip6.confDefault.values.set("addr_gen_mode", String(mode));
  const devices = directory === "all" ? devicesOf(net) : device === undefined ? [] : [device];
  for (const one of devices) {
    const changes = one.conf.values.get("addr_gen_mode") !== String(mode);
    one.conf.values.set("addr_gen_mode", String(mode));
    if (changes && one.ready) asSoftirq(net.kernel, () => makeOwnAddresses6(one));
  }
  return undefined;
}

function refuseMode(net: Net, conf: Ipv6Conf, mode: number): Refusal | undefined {
  const hasSecret = [conf, net.ip6.confDefault].some((one) => one.values.get("stable_secret"));
  return mode === 2 && !hasSecret ? INVALID : undefined;
}

/** Sets it as `ip link set addrgenmode` does: for the next time that the device is set up. */
export function setAddrGenMode6(dev: NetDevice, mode: number): Refusal | undefined {
  if (dev.ip6 === undefined) return { errno: "EINVAL" };
  const refusal = refuseMode(dev.net, dev.ip6.conf, mode);
  if (refusal === undefined) dev.ip6.conf.values.set("addr_gen_mode", String(mode));
  return refusal;
}

function secretEntry(place: Place): SysctlEntry {
  const { conf, net, directory } = place;
  return {
    mode: 0o600,
    read() {
      const secret = conf.values.get("stable_secret") ?? "";
      return secret === "" ? { errno: "EIO" } : secret.replace(/(....)(?=.)/g, "$1:");
    },
    write(text) {
      const secret = parseIp6(text.trim());
      if (secret === undefined) return { errno: "EIO" };
      conf.values.set("stable_secret", secret);
      const affected = directory === "default" ? devicesOf(net).map((one) => one.conf) : [conf];
      for (const one of affected) one.values.set("addr_gen_mode", "2");
      return undefined;
    },
  };
}
