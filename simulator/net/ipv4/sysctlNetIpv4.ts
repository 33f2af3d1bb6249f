// net.ipv4.conf and its side effects (linux/net/ipv4/devinet.c, sysctl section), ip_forward, and the
// reading and writing of route/flush (route.c).
// Writing conf.default.X also sets X of every device where it was never set; an address marks all
// values of its device as set. Writing conf.all.X sets nothing else, except forwarding: a change sets
// default's and every device's, and all.accept_redirects to its opposite.
// Not here: the other net.ipv4 settings (core/sysctlTable.ts).

import type { NetDevice } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import { tellNetlink } from "../core/notifier.ts";
import { fixedEntry, numberEntry, type SysctlEntry } from "../core/sysctlEntry.ts";
import { IPV4_CONF, type Ipv4Conf, type Ipv4ConfName } from "./inDevice.ts";
import { emptyExceptions } from "./routeExceptions.ts";

/** Names below net/ipv4 that are made here. */
export function ipv4ConfNames(net: Net): string[] {
  const directories = ["all", "default"];
  for (const dev of net.devices.values()) if (dev.ip4 !== undefined) directories.push(dev.name);
  return [
    "ip_forward",
    "route/flush",
    ...directories.flatMap((directory) => IPV4_CONF.map((name) => `conf/${directory}/${name}`)),
  ];
}

/** The file of a name below net/ipv4, or undefined. */
export function ipv4ConfEntry(net: Net, name: string): SysctlEntry | undefined {
  if (name === "ip_forward") return confEntry(net, "all", "forwarding");
  if (name === "route/flush") return flushEntry(net);
  const [conf, directory = "", value = "", ...more] = name.split("/");
  if (conf !== "conf" || more.length > 0) return undefined;
  return (IPV4_CONF as readonly string[]).includes(value)
    ? confEntry(net, directory, value as Ipv4ConfName)
    : undefined;
}

function flushEntry(net: Net): SysctlEntry {
  return {
    mode: 0o200,
    read: () => ({ errno: "EACCES" }),
    write() {
      flushRouteCache(net);
      return undefined;
    },
  };
}

/** Forgets what was learnt about destinations (`ip route flush cache`). */
export function flushRouteCache(net: Net): void {
  emptyExceptions(net);
  net.ip4.generation += 1;
}

function confEntry(net: Net, directory: string, name: Ipv4ConfName): SysctlEntry | undefined {
  const conf = confOf(net, directory);
  if (conf === undefined) return undefined;
  if (name === "mc_forwarding") return fixedEntry(String(conf.values[name]));
  return numberEntry(
    () => conf.values[name],
    (value) => {
      const changes = conf.values[name] !== value;
      conf.values[name] = value;
      if (name === "forwarding") {
        if (changes) forwardingHasChanged(net, directory, value);
      } else {
        conf.touched.add(name);
        if (directory === "default") copyToDevices(net, name, value);
        if (changes) tellNetconf(net, directory, name);
      }
      net.ip4.generation += 1;
      return undefined;
    },
  );
}

function confOf(net: Net, directory: string): Ipv4Conf | undefined {
  if (directory === "all") return net.ip4.confAll;
  if (directory === "default") return net.ip4.confDefault;
  return net.byName.get(directory)?.ip4?.conf;
}

function copyToDevices(net: Net, name: Ipv4ConfName, value: number): void {
  for (const { ip4 } of net.devices.values()) {
    if (ip4 !== undefined && !ip4.conf.touched.has(name)) ip4.conf.values[name] = value;
  }
}

function forwardingHasChanged(net: Net, directory: string, value: number): void {
  if (directory === "all") {
    net.ip4.confAll.values.accept_redirects = value === 0 ? 1 : 0;
    net.ip4.confDefault.values.forwarding = value;
    tellNetconf(net, "all", "forwarding");
    tellNetconf(net, "default", "forwarding");
    for (const dev of net.devices.values()) {
      if (dev.ip4 === undefined) continue;
      dev.ip4.conf.values.forwarding = value;
      dev.ip4.conf.touched.add("forwarding");
      tellNetconf(net, dev, "forwarding");
    }
  } else tellNetconf(net, directory, "forwarding");
}

/** The values of which `ip monitor netconf` hears. */
const TOLD: readonly Ipv4ConfName[] = [
  "forwarding",
  "rp_filter",
  "proxy_arp",
  "ignore_routes_with_linkdown",
  "bc_forwarding",
];

function tellNetconf(net: Net, where: string | NetDevice, name: Ipv4ConfName): void {
  if (!TOLD.includes(name)) return;
  const dev =
    typeof where !== "string" || where === "all" || where === "default"
      ? where
      : net.byName.get(where);
  if (dev === undefined) return;
  tellNetlink(net, {
    type: "netconf",
    dev: dev as NetDevice | "all" | "default",
    family: "inet",
    name,
  });
}
