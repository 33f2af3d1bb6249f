// How `bridge link` and `bridge monitor` print one port (iproute2 6.1.0, bridge/link.c).
// Policy: the name after "@" is looked up in the own namespace, whatever has that number there, and
// whether the other end is down (M-DOWN) is asked of the same device; so it is on Linux.
// Not simulated: hwmode, learning_sync.

import type { PortFlag } from "../../net/bridge/bridgeState.ts";
import { deviceFlags } from "../../net/core/devChange.ts";
import { iflinkOf } from "../../net/core/linkWatch.ts";
import { IFF, type NetDevice } from "../../net/core/netDevice.ts";
import type { Net } from "../../net/core/netNamespace.ts";
import type { Output } from "../ip/output.ts";
import type { BridgeOptions } from "./options.ts";

/** Which parts of a message about a link there are. */
export type LinkParts = {
  /** The port's state, priority and cost, as bridges tell of their ports. */
  readonly port: boolean;
  /** The bridge told of itself: it names itself as master. */
  readonly ownMaster?: boolean;
  readonly gone?: boolean;
  /** What is known of other devices; absent: as they are now. */
  readonly known?: KnownLinks;
};

/** Devices by number as they were when they were first looked up; iproute2 asks only once. */
export type KnownLinks = Map<number, { readonly name: string; readonly up: boolean }>;

/** Looks up a device by number, in what is known first. */
function lookUp(net: Net, index: number, known: KnownLinks | undefined) {
  const found = known?.get(index);
  if (found !== undefined) return found;
  const dev = net.devices.get(index);
  if (dev === undefined) return undefined;
  const link = { name: dev.name, up: (dev.flags & IFF.UP) !== 0 };
  known?.set(index, link);
  return link;
}

/** All devices of a namespace as they are now. */
export function knownLinks(net: Net): KnownLinks {
  const known: KnownLinks = new Map();
  for (const index of net.devices.keys()) lookUp(net, index, known);
  return known;
}

const BEFORE_ROUTER: readonly PortFlag[] = [
  "hairpin",
  "guard",
  "root_block",
  "fastleave",
  "learning",
  "flood",
  "mcast_flood",
  "bcast_flood",
];

/** Prints a link; the caller opens and closes the object of JSON. */
export function printBridgeLink(
  out: Output,
  options: BridgeOptions,
  dev: NetDevice,
  parts: LinkParts,
): void {
  if (parts.gone === true) out.put("deleted", true, "Deleted ");
  out.put("ifindex", dev.ifindex, `${dev.ifindex}: `);
  printName(out, dev, parts.known);
  out.put("mtu", dev.mtu, `mtu ${dev.mtu} `);
  const master = parts.ownMaster === true ? dev : dev.master;
  if (master !== undefined) out.put("master", master.name, `master ${master.name} `);
  const { port } = dev;
  if (parts.port && port !== undefined) {
    out.put("state", port.state, `state ${port.state} `);
    out.put("priority", port.priority, `priority ${port.priority} `);
    out.put("cost", port.pathCost, `cost ${port.pathCost} `);
    if (options.details > 0) printSwitches(out, options, dev);
  }
  out.text("\n");
}

function printName(out: Output, dev: NetDevice, known: KnownLinks | undefined): void {
  const iflink = iflinkOf(dev);
  const other = iflink === dev.ifindex ? undefined : lookUp(dev.net, iflink, known);
  let words = deviceFlags(dev).filter((word) => word !== "M-DOWN");
  let name = dev.name;
  if (iflink === 0) {
    out.property("link", null);
    name += "@NONE";
  } else if (iflink !== dev.ifindex) {
    const link = other?.name ?? `if${iflink}`;
    out.property("link", link);
    name += `@${link}`;
    if (other?.up === false) words = [...words, "M-DOWN"];
  }
  out.put("ifname", dev.name, out.paint("name", `${name}: `));
  out.put("flags", words, `<${words.join(",")}> `);
}

function printSwitches(out: Output, options: BridgeOptions, dev: NetDevice): void {
  const { port } = dev;
  if (port === undefined) return;
  const onOff = (flag: PortFlag) =>
    out.put(flag, port.flags[flag], `${flag} ${port.flags[flag] ? "on" : "off"} `);
  out.text(options.oneline ? "\\    " : "\n    ");
  for (const flag of BEFORE_ROUTER) onOff(flag);
  out.put("mcast_router", port.multicastRouter, `mcast_router ${port.multicastRouter} `);
  for (const flag of ["mcast_to_unicast", "neigh_suppress", "vlan_tunnel"] as const) onOff(flag);
  if (port.backupPort !== undefined) {
    const { name } = port.backupPort;
    out.put("backup_port", name, `backup_port ${name} `);
  }
  for (const flag of ["isolated", "locked"] as const) onOff(flag);
}
