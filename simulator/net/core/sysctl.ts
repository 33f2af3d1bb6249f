// /proc/sys as one network namespace sees it: which files there are, what they say, and what writing
// does (linux/kernel/sysctl.c, net/sysctl_net.c). Paths are below /proc/sys, with slashes:
// "net/ipv4/conf/all/forwarding". Texts are without the final newline. Root reads and writes only what
// the mode lets the owner; a device's directories carry its name, dots included.
// Not here: what a setting does; the parts of the kernel look their values up themselves.

import { ipv4ConfEntry, ipv4ConfNames } from "../ipv4/sysctlNetIpv4.ts";
import { ipv6SettingEntry, ipv6SettingNames } from "../ipv6/sysctlNetIpv6.ts";
import type { Refusal } from "./errno.ts";
import type { Net } from "./netNamespace.ts";
import type { SysctlEntry } from "./sysctlEntry.ts";
import { neighEntry, neighNames } from "./sysctlNeigh.ts";
import { otherEntry, otherNames } from "./sysctlOther.ts";
import { settingEntry, settingNames } from "./sysctlTable.ts";

/** Paths of all files that the namespace has, folder by folder as `sysctl -a` lists them. */
export function listSysctls(net: Net): string[] {
  const neigh = neighNames(net);
  return [
    ...otherNames(),
    ...settingNames(net).map((name) => `net/${name}`),
    ...ipv4ConfNames(net).map((name) => `net/ipv4/${name}`),
    ...ipv6SettingNames(net).map((name) => `net/ipv6/${name}`),
    ...neigh.map((name) => `net/ipv4/neigh/${name}`),
    ...neigh.map((name) => `net/ipv6/neigh/${name}`),
  ]
    .map((path) => path.replaceAll("/", "\u0000"))
    .sort()
    .map((key) => key.replaceAll("\u0000", "/"));
}

/** The file at a path, or undefined when there is none. */
export function findSysctl(net: Net, path: string): SysctlEntry | undefined {
  if (!path.startsWith("net/")) return otherEntry(net, path);
  const name = path.slice(4);
  const { arpTable, ndTable } = net.kernel;
  const [family, folder, directory = "", last = "", ...more] = name.split("/");
  if (folder === "neigh" && more.length === 0) {
    if (family === "ipv4") return neighEntry(net, arpTable, directory, last);
    if (family === "ipv6") return neighEntry(net, ndTable, directory, last);
  }
  if (family === "ipv6") return ipv6SettingEntry(net, name.slice(5));
  const conf = family === "ipv4" ? ipv4ConfEntry(net, name.slice(5)) : undefined;
  return conf ?? settingEntry(net, name);
}

/** What the file says now. */
export function readSysctl(net: Net, path: string): string | Refusal {
  const entry = findSysctl(net, path);
  if (entry === undefined) return { errno: "ENOENT" };
  return (entry.mode & 0o400) === 0 ? { errno: "EACCES" } : entry.read();
}

/** Writes a text to the file. */
export function writeSysctl(net: Net, path: string, text: string): Refusal | undefined {
  const entry = findSysctl(net, path);
  if (entry === undefined) return { errno: "ENOENT" };
  return (entry.mode & 0o200) === 0 ? { errno: "EACCES" } : entry.write(text);
}
