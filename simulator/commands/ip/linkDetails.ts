// What `ip -d` adds to a link: promiscuity, limits of the MTU, the line of its kind (vlan, macvlan,
// bridge in linkBridge.ts), the line of the bridge that it is a port of, queues and segmentation limits.
// Kernel 6.1 and iproute2 6.1.0 print exactly these; later ones add more.
// Not simulated: limits of segmentation that differ by driver beyond those of our kinds.

import type { NetDevice, VlanDevice } from "../../net/core/netDevice.ts";
import { printBridge, printBridgeSlave } from "./linkBridge.ts";
import type { Viewer } from "./linkText.ts";
import type { Output } from "./output.ts";

/** Modes of IPv6 addresses by the number in conf.DEV.addr_gen_mode. */
export const ADDRGEN_MODES: readonly string[] = ["eui64", "none", "stable_secret", "random"];

/** Prints the details; `withMode` adds addrgenmode, as `ip link` does and `ip addr` does not. */
export function printDetails(out: Output, viewer: Viewer, dev: NetDevice, withMode: boolean): void {
  if (dev.protoDown) out.put("proto_down", true, " protodown on ");
  out.put("promiscuity", dev.promiscuity, ` promiscuity ${dev.promiscuity} `);
  out.put("allmulti", dev.allmulti, ` allmulti ${dev.allmulti} `);
  out.put("min_mtu", dev.minMtu, `minmtu ${dev.minMtu} `);
  out.put("max_mtu", dev.maxMtu, `maxmtu ${dev.maxMtu} `);
  printKind(out, viewer, dev);
  if (withMode && dev.ip6 !== undefined) {
    const mode = ADDRGEN_MODES[Number(dev.ip6.conf.values.get("addr_gen_mode") ?? 0)] ?? "eui64";
    out.put("inet6_addr_gen_mode", mode, `addrgenmode ${mode} `);
  }
  for (const [key, name, value] of limitsOf(dev)) out.put(key, value, `${name} ${value} `);
}

function limitsOf(
  dev: NetDevice,
): readonly (readonly [key: string, name: string, value: number])[] {
  return [
    ["num_tx_queues", "numtxqueues", dev.numTxQueues ?? 1],
    ["num_rx_queues", "numrxqueues", dev.numRxQueues ?? 1],
    ["gso_max_size", "gso_max_size", dev.gsoMaxSize ?? 65536],
    ["gso_max_segs", "gso_max_segs", dev.gsoMaxSegs ?? 65535],
    ["tso_max_size", "tso_max_size", tsoMaxSize(dev)],
    ["tso_max_segs", "tso_max_segs", 65535],
    ["gro_max_size", "gro_max_size", dev.groMaxSize ?? 65536],
  ];
}

/** A bridge can what all its ports can; subdevices can what their parent can. */
function tsoMaxSize(dev: NetDevice): number {
  const { driver } = dev;
  if (driver.type === "vlan" || driver.type === "macvlan") return tsoMaxSize(driver.lower);
  if (driver.type === "veth" || driver.type === "loopback") return 524280;
  if (driver.type !== "bridge" || !driver.bridge.hadPorts) return 65536;
  return Math.min(524280, ...driver.bridge.ports.map((port) => tsoMaxSize(port.dev)));
}

function printKind(out: Output, viewer: Viewer, dev: NetDevice): void {
  const { driver, port } = dev;
  const kind = driver.type;
  if (kind === "loopback" && port === undefined) return;
  const start = `${viewer.options.lineEnd}    `;
  out.openObject("linkinfo");
  if (kind !== "loopback") out.put("info_kind", kind, `${start}${kind} `);
  if (kind === "vlan" || kind === "macvlan" || kind === "bridge") {
    out.openObject("info_data");
    if (driver.type === "vlan") printVlan(out, driver.vid, driver.vlan, viewer.options.lineEnd);
    else if (driver.type === "macvlan") printMacvlan(out, driver.mode, driver.nopromisc);
    else if (driver.type === "bridge") printBridge(out, dev.net.kernel, driver.bridge);
    out.closeObject();
  }
  if (port !== undefined) {
    out.put("info_slave_kind", "bridge", `${start}bridge_slave `);
    out.openObject("info_slave_data");
    printBridgeSlave(out, dev.net.kernel, port);
    out.closeObject();
  }
  out.closeObject();
}

function printMacvlan(out: Output, mode: string, nopromisc: boolean): void {
  out.put("mode", mode, `mode ${mode} `);
  if (nopromisc) out.put("nopromisc", null, "nopromisc ");
  out.put("bcqueuelen", 1000, "bcqueuelen 1000 ");
  out.put("usedbcqueuelen", 1000, "usedbcqueuelen 1000 ");
}

/** The EtherType of VLAN tags as iproute2 names it. */
function vlanProtocolName(protocol: number): string {
  return protocol === 0x88a8 ? "802.1ad" : "802.1Q";
}

function printVlan(out: Output, vid: number, vlan: VlanDevice, lineEnd: string): void {
  const protocol = vlanProtocolName(vlan.protocol);
  out.put("protocol", protocol, `protocol ${protocol} `);
  out.put("id", vid, `id ${vid} `);
  const flags = (
    [
      ["REORDER_HDR", vlan.reorderHeader],
      ["GVRP", vlan.gvrp],
      ["MVRP", vlan.mvrp],
      ["LOOSE_BINDING", vlan.looseBinding],
      ["BRIDGE_BINDING", vlan.bridgeBinding],
    ] as const
  )
    .filter(([, on]) => on)
    .map(([name]) => name);
  if (flags.length > 0) out.put("flags", flags, `<${flags.join(",")}> `);
  printQos(out, "ingress", vlan.ingressQos, lineEnd);
  printQos(out, "egress", vlan.egressQos, lineEnd);
}

function printQos(
  out: Output,
  direction: string,
  map: ReadonlyMap<number, number>,
  lineEnd: string,
): void {
  // What is mapped to 0 is kept but not told.
  const told = [...map].filter(([, to]) => to !== 0);
  if (told.length === 0) return;
  out.openArray(`${direction}_qos`);
  out.text(`${lineEnd}      ${direction}-qos-map { `);
  for (const [from, to] of told) {
    out.openObject();
    out.put("from", from, `${from}`);
    out.put("to", to, `:${to} `);
    out.closeObject();
  }
  out.text("} ");
  out.closeArray();
}
