// How iproute2 6.1.0 prints one link: `ip link`, the header of `ip addr`, `ip monitor`, and the brief
// form. The JSON document comes from the same calls.
// Not simulated: attributes of hardware (VFs, XDP, parent bus).

import { deviceFlags } from "../../net/core/devChange.ts";
import { IFF, type NetDevice, type OperState } from "../../net/core/netDevice.ts";
import { linkedDevice, peerNetId } from "../../net/core/notifier.ts";
import type { Process } from "../../process/process.ts";
import { macText } from "../../wire/address.ts";
import { printDetails } from "./linkDetails.ts";
import { type NetnsMap, netnsName } from "./netnsMap.ts";
import type { IpOptions } from "./options.ts";
import type { Output, Paint } from "./output.ts";

/** Which of iproute2's views of a link is wanted. */
export type LinkView = {
  /** `ip link`, `ip addr`, or a line of `ip monitor`. */
  readonly kind: "link" | "address" | "event";
  /** The line with link/ether; `ip -4 addr` leaves it out. */
  readonly mac: boolean;
  /** The reduced answer that the kernel gives about links for `ip -6 addr`. */
  readonly inet6?: boolean;
  /** Preceded by "Deleted ". */
  readonly gone?: boolean;
  /** What the kernel tells of a port of a bridge as such: without qdisc, group, namespaces, details. */
  readonly port?: boolean;
  /** What is known of namespaces; without it their names are looked up. */
  readonly netns?: NetnsMap;
  /** Why the kernel told it, and where the link went, seen from the namespace that it left. */
  readonly event?: string | undefined;
  readonly newNsid?: number | undefined;
  readonly newIfindex?: number | undefined;
};

/** Who asks: names of namespaces and of devices are his. */
export type Viewer = { readonly self: Process; readonly options: IpOptions };

/** Prints one link; with -br the brief form, without its line's end. */
export function printLink(out: Output, viewer: Viewer, dev: NetDevice, view: LinkView): void {
  if (viewer.options.brief) printBriefLink(out, viewer, dev, view);
  else printLongLink(out, viewer, dev, view);
}

function printLongLink(out: Output, viewer: Viewer, dev: NetDevice, view: LinkView): void {
  const { options } = viewer;
  if (view.gone === true) out.put("deleted", true, "Deleted ");
  out.put("ifindex", dev.ifindex, `${dev.ifindex}: `);
  printName(out, viewer, dev, view);
  printFlags(out, dev, view);
  out.put("mtu", dev.mtu, `mtu ${dev.mtu} `);
  const full = view.inet6 !== true && view.port !== true;
  if (full) out.put("qdisc", dev.qdisc, `qdisc ${dev.qdisc} `);
  const master = view.inet6 === true ? undefined : dev.master?.name;
  if (master !== undefined) out.put("master", master, `master ${master} `);
  out.text("state ");
  printState(out, dev, (state) => `${state} `);
  if (view.kind === "link") out.put("linkmode", dev.linkMode, `mode ${dev.linkMode} `);
  if (full) {
    const group = groupName(dev.group, options);
    out.put("group", group, `group ${group} `);
  }
  if (view.kind !== "event" && dev.txqlen > 0) out.put("txqlen", dev.txqlen, `qlen ${dev.txqlen}`);
  if (view.event !== undefined) out.put("event", view.event, `event ${view.event} `);
  if (view.mac || options.details > 0) printMac(out, viewer, dev, full);
  if (!full) return;
  printNetns(out, viewer, dev, view);
  if (options.details > 0) printDetails(out, viewer, dev, view.kind === "link");
  printNames(out, dev, options.lineEnd, view.kind === "link" || options.details > 0);
}

function printBriefLink(out: Output, viewer: Viewer, dev: NetDevice, view: LinkView): void {
  if (view.gone === true) out.put("deleted", true, "Deleted ");
  printName(out, viewer, dev, view);
  printState(out, dev, (state) => `${state.padEnd(14)} `);
  if (view.kind !== "link") return;
  const mac = macText(dev.mac);
  out.put("address", mac, out.paint("mac", `${mac} `));
  printFlags(out, dev, view);
}

/** "default" for 0, as /etc/iproute2/group names it. */
function groupName(group: number, options: Pick<IpOptions, "numeric">): string {
  return group === 0 && !options.numeric ? "default" : String(group);
}

/** The ifindex of what the device is bound to; its own if to nothing, 0 if that is gone. */
function linkIndexOf(dev: NetDevice): number {
  const linked = linkedDevice(dev);
  if (linked !== undefined) return linked.ifindex;
  return dev.driver.type === "veth" ? 0 : dev.ifindex;
}

/** How the bound device is called after "@"; undefined when there is none to name. */
function linkedName(
  viewer: Viewer,
  dev: NetDevice,
  view: LinkView,
):
  | {
      readonly key: "link" | "link_index";
      readonly value: string | number | null;
      readonly text: string;
    }
  | undefined {
  const linked = linkedDevice(dev);
  const index = linkIndexOf(dev);
  if (linked === undefined && index !== 0) return undefined;
  if (index === 0) return { key: "link", value: null, text: "NONE" };
  // IPv6's own answer leaves out an index that is the device's own, in whatever namespace.
  if (view.inet6 === true && index === dev.ifindex) return undefined;
  if (linked !== undefined && linked.net !== dev.net && view.inet6 !== true) {
    return { key: "link_index", value: index, text: `if${index}` };
  }
  // A monitor has known the names since it began, also of what is gone.
  const gone = linked?.net === viewer.self.net ? linked.name : undefined;
  const name = viewer.self.net.devices.get(index)?.name ?? gone ?? `if${index}`;
  return { key: "link", value: name, text: name };
}

function printName(out: Output, viewer: Viewer, dev: NetDevice, view: LinkView): void {
  const linked = linkedName(viewer, dev, view);
  if (linked !== undefined) out.property(linked.key, linked.value);
  const name = linked === undefined ? dev.name : `${dev.name}@${linked.text}`;
  const text = viewer.options.brief ? `${name.padEnd(16)} ` : `${name}: `;
  out.put("ifname", dev.name, out.paint("name", text));
}

function printFlags(out: Output, dev: NetDevice, view: LinkView): void {
  let words = deviceFlags(dev);
  if (view.inet6 === true) words = words.filter((word) => word !== "M-DOWN");
  out.put("flags", words, `<${words.join(",")}> `);
}

/** A device that is set down is told as DOWN, whatever its state was. */
function toldState(dev: NetDevice): OperState {
  return (dev.flags & IFF.UP) !== 0 ? dev.operstate : "DOWN";
}

function printState(out: Output, dev: NetDevice, text: (state: string) => string): void {
  const state = toldState(dev);
  const paint: Paint | undefined = state === "UP" ? "up" : state === "DOWN" ? "down" : undefined;
  out.put("operstate", state, out.paint(paint, text(state)));
}

function printMac(out: Output, viewer: Viewer, dev: NetDevice, withBroadcast: boolean): void {
  const { options } = viewer;
  const type = linkType(dev, options.numeric);
  const mac = macText(dev.mac);
  const broadcast = macText(dev.broadcast);
  out.text(options.lineEnd);
  out.put("link_type", type, `    link/${type} `);
  out.put("address", mac, out.paint("mac", mac));
  if (!withBroadcast) return;
  out.text(" brd ");
  out.put("broadcast", broadcast, out.paint("mac", broadcast));
}

/** The hardware type as iproute2 names it. */
function linkType(dev: NetDevice, numeric: boolean): string {
  const loopback = dev.driver.type === "loopback";
  if (numeric) return loopback ? "[772]" : "[1]";
  return loopback ? "loopback" : "ether";
}

/** Which namespace the bound device is in, and where the device itself has gone. */
function printNetns(out: Output, viewer: Viewer, dev: NetDevice, view: LinkView): void {
  const linked = linkedDevice(dev);
  const away = linked !== undefined && linked.net !== dev.net;
  const nsid = away ? peerNetId(dev.net, linked.net, true) : undefined;
  if (nsid !== undefined) printNsid(out, viewer, nsid, { word: "link", netns: view.netns });
  if (view.newNsid !== undefined) {
    printNsid(out, viewer, view.newNsid, { word: "new", netns: view.netns });
  }
  if (view.newIfindex !== undefined) {
    out.put("new_ifindex", view.newIfindex, ` new-ifindex ${view.newIfindex}`);
  }
}

function printNsid(
  out: Output,
  { self }: Viewer,
  nsid: number,
  { word, netns }: { word: "link" | "new"; netns: NetnsMap | undefined },
): void {
  const net = self.net.nsids.get(nsid);
  const found = net === undefined ? undefined : netnsName(self, net);
  const name = netns === undefined ? found : netns.nameOf(nsid);
  const text = name === undefined ? `${word}-netnsid ${nsid}` : `${word}-netns ${name}`;
  out.put(`${word}_netnsid`, nsid, ` ${text}`);
}

function printNames(out: Output, dev: NetDevice, lineEnd: string, withAlias: boolean): void {
  if (withAlias && dev.alias !== "") {
    out.text(lineEnd);
    out.put("ifalias", dev.alias, `    alias ${dev.alias}`);
  }
  if (dev.altNames.length === 0) return;
  out.openArray("altnames");
  for (const name of dev.altNames) out.item(name, `${lineEnd}    altname ${name}`);
  out.closeArray();
}
