// /proc/net: what the kernel tells of a network namespace in text (proc(5)), column for column as
// Linux 6.1 prints it (net/core/net-procfs.c, net/ipv4/{arp,fib_trie,igmp}.c, net/ipv6/addrconf.c).
// Not here: counters of protocols (procCounters.ts), sockets (procSockets.ts).
// Not simulated: fib_trie, ipv6_route, sockstat, dev_snmp6, stat, netlink, protocols, softnet_stat.

import { devicesInOrder } from "../net/core/devChange.ts";
import { dumpNeigh } from "../net/core/neighAdmin.ts";
import { isValid, type NeighRecord } from "../net/core/neighNotify.ts";
import { IFF, type NetDevice } from "../net/core/netDevice.ts";
import type { Net } from "../net/core/netNamespace.ts";
import { RT_TABLE, routesInOrder } from "../net/ipv4/fibTrie.ts";
import type { Route4 } from "../net/ipv4/ipv4Net.ts";
import { groupsInOrder6 } from "../net/ipv6/mcast.ts";
import { ip4Text, macText, mask4 } from "../wire/address.ts";
import { type ComputedFolder, computed, computedFolder, type FileNode } from "./fileNodes.ts";
import { deviceSnmp6Text, netstatText, snmp6Text, snmpText } from "./procCounters.ts";
import { headingFiles } from "./procHeadings.ts";
import { ipv6RouteText } from "./procRoute6.ts";
import { rawAddress, socketFiles } from "./procSockets.ts";

/** /proc/PID/net of a process in this namespace. */
export function procNetFolder(net: Net): ComputedFolder {
  return computedFolder(() => ({
    arp: computed(() => arpText(net)),
    dev: computed(() => devText(net)),
    dev_snmp6: deviceSnmp6Folder(net),
    dev_mcast: computed(() => devMulticastText(net)),
    if_inet6: computed(() => inet6Text(net)),
    igmp: computed(() => igmpText(net)),
    ipv6_route: computed(() => ipv6RouteText(net)),
    igmp6: computed(() => igmp6Text(net)),
    ...headingFiles(),
    netstat: computed(() => netstatText(net)),
    psched: computed(() => "000003e8 00000040 000f4240 3b9aca00\n"),
    route: computed(() => routeText(net)),
    snmp: computed(() => snmpText(net)),
    snmp6: computed(() => snmp6Text(net)),
    ...socketFiles(net),
    vlan: vlanFolder(net),
  }));
}

function padded(value: number, width: number): string {
  return String(value).padStart(width);
}

function devText(net: Net): string {
  const head =
    "Inter-|   Receive                                                |  Transmit\n" +
    " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n";
  return head + devicesInOrder(net).map(devLine).join("");
}

function devLine({ name, stats }: NetDevice): string {
  const receive = [
    stats.rxBytes,
    stats.rxPackets,
    stats.rxErrors,
    stats.rxDropped,
    0,
    0,
    0,
    stats.multicast,
  ];
  const send = [stats.txBytes, stats.txPackets, stats.txErrors, stats.txDropped, 0, 0, 0, 0];
  const columns = (values: readonly number[], widths: readonly number[]) =>
    values.map((value, index) => padded(value, widths[index] ?? 0)).join(" ");
  const line = `${columns(receive, [7, 7, 4, 4, 4, 5, 10, 9])} ${columns(send, [8, 7, 4, 4, 4, 5, 7, 10])}`;
  return `${name.padStart(6)}: ${line}\n`;
}

function arpText(net: Net): string {
  const { neighbours, proxies } = dumpNeigh(net, "inet");
  const rows = neighbours.filter(({ state }) => state !== "NOARP").map(arpLine);
  for (const { key, dev } of proxies) {
    rows.push(arpRow({ key: Number(key), flags: 0xc, mac: 0, dev }));
  }
  const head = "IP address       HW type     Flags       HW address            Mask     Device\n";
  return head + rows.join("");
}

function arpLine({ key, state, hardwareAddress, dev }: NeighRecord): string {
  const flags = state === "PERMANENT" ? 6 : isValid(state) ? 2 : 0;
  return arpRow({ key: Number(key), flags, mac: hardwareAddress, dev });
}

type ArpRow = { key: number; flags: number; mac: number; dev: NetDevice | undefined };

function arpRow({ key, flags, mac, dev }: ArpRow): string {
  const type = `0x${hardwareType(dev).toString(16).padEnd(10)}`;
  const bits = `0x${flags.toString(16).padEnd(10)}`;
  return `${ip4Text(key).padEnd(16)} ${type}${bits}${macText(mac)}     *        ${dev?.name ?? "*"}\n`;
}

/** ARPHRD_*: 772 for the loopback, 1 for everything that is Ethernet. */
export function hardwareType(dev: NetDevice | undefined): number {
  if (dev === undefined) return 0;
  return dev.driver.type === "loopback" ? 772 : 1;
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, "0");
}

function routeText(net: Net): string {
  const head =
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT";
  const main = net.ip4.tables.get(RT_TABLE.MAIN);
  const routes = main === undefined ? [] : routesInOrder(main);
  const shown = routes.filter(
    ({ type, table }) => type !== "broadcast" && type !== "multicast" && table === RT_TABLE.MAIN,
  );
  return [head, ...shown.map(routeLine)].map((line) => `${line.padEnd(127)}\n`).join("");
}

function routeLine(route: Route4): string {
  const hop = route.nexthops[0];
  const gateway = hop?.gateway ?? 0;
  const rejects = route.type === "unreachable" || route.type === "prohibit";
  const flags =
    1 | (gateway === 0 ? 0 : 2) | (route.prefixLength === 32 ? 4 : 0) | (rejects ? 0x200 : 0);
  const advmss = route.metrics.get("advmss");
  return [
    hop?.dev?.name ?? "*",
    rawAddress(route.destination),
    rawAddress(gateway),
    hex(flags, 4),
    0,
    0,
    route.metric,
    rawAddress(mask4(route.prefixLength)),
    advmss === undefined ? 0 : advmss + 40,
    route.metrics.get("window") ?? 0,
    (route.metrics.get("rtt") ?? 0) >> 3,
  ].join("\t");
}

/** Every device that is up with IPv4 listens to 224.0.0.1; nothing here joins other groups. */
function igmpText(net: Net): string {
  const rows = devicesInOrder(net)
    .filter((dev) => dev.ip4 !== undefined && (dev.flags & IFF.UP) !== 0)
    .filter((dev) => (dev.flags & IFF.MULTICAST) !== 0 || dev.driver.type === "loopback")
    .map(
      ({ ifindex, name }) =>
        `${ifindex}\t${name.padEnd(10)}:     1      V3\n` +
        "\t\t\t\t010000E0     1 0:00000000\t\t0\n",
    );
  return `Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n${rows.join("")}`;
}

/** Groups of IPv6: those of all nodes are never reported (8), all others were loaded (4). */
function igmp6Text(net: Net): string {
  return devicesInOrder(net)
    .flatMap((dev) => groupsInOrder6(dev).map((group) => ({ dev, ...group })))
    .map(({ dev, address, users }) => {
      const flags = /^ff0[12]0{27}1$/.test(address) ? (address.startsWith("ff01") ? 8 : 12) : 4;
      const head = `${String(dev.ifindex).padEnd(4)} ${dev.name.padEnd(15)} ${address}`;
      return `${head} ${padded(users, 5)} ${hex(flags, 8)} 0\n`;
    })
    .join("");
}

function devMulticastText(net: Net): string {
  return devicesInOrder(net)
    .flatMap((dev) => [...dev.multicast].map(([mac, users]) => ({ dev, mac, users })))
    .map(({ dev, mac, users }) => {
      const head = `${String(dev.ifindex).padEnd(4)} ${dev.name.padEnd(15)}`;
      return `${head} ${String(users).padEnd(5)} 0     ${mac.toString(16).padStart(12, "0")}\n`;
    })
    .join("");
}

const INET6_FLAGS: Record<string, number> = {
  secondary: 0x01,
  temporary: 0x01,
  nodad: 0x02,
  optimistic: 0x04,
  dadfailed: 0x08,
  home: 0x10,
  deprecated: 0x20,
  tentative: 0x40,
  permanent: 0x80,
};

function inet6Text(net: Net): string {
  return devicesInOrder(net)
    .flatMap((dev) => [...(dev.ip6?.addresses ?? [])].map((address) => ({ dev, address })))
    .map(({ dev, address }) => {
      let flags = 0;
      for (const flag of address.flags) flags |= INET6_FLAGS[flag] ?? 0;
      const scope = address.scope === 254 ? 0x10 : address.scope === 253 ? 0x20 : 0;
      const numbers = [dev.ifindex, address.prefixLength, scope, flags & 0xff]
        .map((value) => value.toString(16).padStart(2, "0"))
        .join(" ");
      return `${address.local} ${numbers} ${dev.name.padStart(8)}\n`;
    })
    .join("");
}

/** /proc/net/vlan: the list, and a file for each 802.1Q subdevice (net/8021q/vlanproc.c). */
function deviceSnmp6Folder(net: Net): ComputedFolder {
  return computedFolder(() => {
    const files: Record<string, FileNode> = {};
    for (const { name, ifindex, ip6 } of devicesInOrder(net)) {
      if (ip6 !== undefined) files[name] = computed(() => deviceSnmp6Text(ifindex, ip6.counters));
    }
    return files;
  });
}

function vlanFolder(net: Net): ComputedFolder {
  return computedFolder(() => {
    const subs = devicesInOrder(net).filter(({ driver }) => driver.type === "vlan");
    const files: Record<string, FileNode> = { config: computed(() => vlanConfig(subs)) };
    for (const dev of subs) files[dev.name] = computed(() => vlanText(dev));
    return files;
  });
}

function vlanConfig(subs: readonly NetDevice[]): string {
  const rows = subs.map(({ name, driver }) =>
    driver.type === "vlan" ? `${name.padEnd(15)}| ${driver.vid}  | ${driver.lower.name}\n` : "",
  );
  return `VLAN Dev name\t | VLAN ID\nName-Type: VLAN_NAME_TYPE_RAW_PLUS_VID_NO_PAD\n${rows.join("")}`;
}

function vlanText({ name, driver, stats }: NetDevice): string {
  if (driver.type !== "vlan") return "";
  const { vlan } = driver;
  const flags =
    (vlan.reorderHeader ? 1 : 0) |
    (vlan.gvrp ? 2 : 0) |
    (vlan.looseBinding ? 4 : 0) |
    (vlan.mvrp ? 8 : 0) |
    (vlan.bridgeBinding ? 16 : 0);
  const row = (label: string, value: number) => `${label.padStart(30)} ${padded(value, 12)}\n`;
  const ingress = [0, 1, 2, 3, 4, 5, 6, 7].map((pcp) => `${pcp}:${vlan.ingressQos.get(pcp) ?? 0}`);
  const egress = [...vlan.egressQos].map(([priority, pcp]) => `${priority}:${pcp} `);
  return (
    `${name}  VID: ${driver.vid}\t REORDER_HDR: ${flags & 1}  dev->priv_flags: 81021\n` +
    row("total frames received", stats.rxPackets) +
    row("total bytes received", stats.rxBytes) +
    row("Broadcast/Multicast Rcvd", stats.multicast) +
    "\n" +
    row("total frames transmitted", stats.txPackets) +
    row("total bytes transmitted", stats.txBytes) +
    `Device: ${driver.lower.name}\n` +
    `INGRESS priority mappings: ${ingress.slice(0, 7).join("  ")} ${ingress[7]}\n` +
    ` EGRESS priority mappings: ${egress.join("")}\n`
  );
}
