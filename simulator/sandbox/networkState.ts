// The network of a machine as the page's views know it: all namespaces with everything in them, read
// straight from the simulated kernel. It says what `ip -j -d` and `bridge -j` would.
// Not here: when it is told (simulatorSandbox.ts).

import { type NamespaceRef, namespaceNames } from "../../shared/namespaceNames.ts";
import type { Namespace, NetworkState } from "../../shared/network.ts";
import { devicesInOrder } from "../net/core/devChange.ts";
import type { Net } from "../net/core/netNamespace.ts";
import { readSysctl } from "../net/core/sysctl.ts";
import type { Machine } from "../process/machine.ts";
import { bridgeRows } from "./bridgeRows.ts";
import { linkRows } from "./linkRows.ts";
import { addressRows, neighbourRows, routeRows, ruleRows } from "./tableRows.ts";

/** The sysctls that views may show, by device. */
const PER_DEVICE = [
  "arp_accept",
  "arp_announce",
  "arp_filter",
  "arp_ignore",
  "forwarding",
  "proxy_arp",
  "rp_filter",
];

/** Everything as it is now; `time` is the machine's. */
export function networkState(machine: Machine): NetworkState {
  const nets = [...machine.kernel.namespaces].filter((net) => net.alive);
  const refs = nets.map((net) => refOf(machine, net));
  const names = namespaceNames(refs);
  return {
    time: Math.floor(machine.clock.now / 1000),
    namespaces: nets.map((net, index) => namespaceOf(net, refs[index], names)),
  };
}

function refOf(machine: Machine, net: Net): NamespaceRef {
  const inside = [...machine.processes.values()].find((process) => process.net === net);
  const netnsNames = [...machine.netnsNames].filter(([, named]) => named === net);
  return {
    inode: net.inode,
    pid: inside?.pid ?? 0,
    hostname: inside?.uts.hostname ?? "",
    netnsNames: netnsNames.map(([name]) => name),
    initial: net === machine.kernel.initNet,
  };
}

function namespaceOf(
  net: Net,
  ref: NamespaceRef | undefined,
  names: ReadonlyMap<number, string>,
): Namespace {
  return {
    inode: net.inode,
    name: names.get(net.inode) ?? "",
    netnsNames: ref?.netnsNames ?? [],
    hostname: ref?.hostname ?? "",
    pid: ref?.pid ?? 0,
    links: linkRows(net),
    addresses: addressRows(net),
    routes: routeRows(net),
    rules: ruleRows(net),
    neighbours: neighbourRows(net),
    ...bridgeRows(net),
    sysctls: sysctlsOf(net),
  };
}

function sysctlsOf(net: Net): Record<string, string> {
  const devices = ["all", "default", ...devicesInOrder(net).map(({ name }) => name)];
  const values: Record<string, string> = {};
  const note = (parts: readonly string[]) => {
    const value = readSysctl(net, ["net", ...parts].join("/"));
    if (typeof value === "string") {
      values[parts.map((part) => part.replaceAll(".", "/")).join(".")] = value;
    }
  };
  note(["ipv4", "ip_forward"]);
  for (const device of devices) {
    for (const name of PER_DEVICE) note(["ipv4", "conf", device, name]);
    note(["ipv6", "conf", device, "forwarding"]);
    if (device !== "all") note(["ipv4", "neigh", device, "proxy_delay"]);
  }
  return values;
}
