// What one event of netlink looks like in `ip monitor`: the lines that `ip link`, `ip addr`, … print,
// with "Deleted" in front when something is gone.
// Not simulated: prefix, nexthop, stats and multicast route events; nothing here makes them.

import { hasExpired } from "../../net/bridge/brFdb.ts";
import type { FdbEntry } from "../../net/bridge/bridgeState.ts";
import type { NetlinkEvent } from "../../net/core/kernel.ts";
import type { NeighRecord } from "../../net/core/neighNotify.ts";
import type { NetDevice } from "../../net/core/netDevice.ts";
import type { Route4 } from "../../net/ipv4/ipv4Net.ts";
import type { Route6 } from "../../net/ipv6/ipv6Net.ts";
import { macText } from "../../wire/address.ts";
import { printAddress } from "./addressText.ts";
import { printLink, type Viewer } from "./linkText.ts";
import { printNeighbour } from "./neighText.ts";
import { netconfChangeText } from "./netconf.ts";
import { type NetnsMap, netnsName } from "./netnsMap.ts";
import { createOutput, type Output, wantsColor } from "./output.ts";
import { tableNames } from "./routeNames.ts";
import { routeRecord4, routeRecord6 } from "./routeRecord.ts";
import { printRoute } from "./routeText.ts";
import { type AnyRule, printRule } from "./ruleText.ts";
import type { AnyAddress } from "./selection.ts";

/** Kinds of events as the words of `ip monitor` and its labels name them. */
export type Topic = "link" | "address" | "route" | "neigh" | "rule" | "nsid" | "netconf";

/** What a monitor looks at. */
export type Watch = Viewer & {
  readonly topics: ReadonlySet<Topic>;
  /** Only events of this device; its name is left out then. */
  readonly device: NetDevice | undefined;
  /** Names of namespaces by id; only events about ids add to it. */
  readonly netns: NetnsMap;
};

/** The topic of an event and its text (none: filtered), or undefined for what `ip` never prints. */
export function eventText(
  watch: Watch,
  event: NetlinkEvent,
): { readonly topic: Topic; readonly text: string } | undefined {
  const out = createOutput({ json: false, pretty: false }, wantsColor(watch.self, watch.options));
  const topic = printEvent(out, watch, event);
  const text = out.take();
  return topic === undefined ? undefined : { topic, text };
}

function printEvent(out: Output, watch: Watch, event: NetlinkEvent): Topic | undefined {
  switch (event.type) {
    case "link":
      printLinkEvent(out, watch, event);
      return "link";
    case "address":
      printAddressEvent(out, watch, event);
      return "address";
    case "neigh":
      printNeighEvent(out, watch, event.neighbour as NeighRecord, event.gone);
      return "neigh";
    case "fdb":
      printFdbEvent(out, watch, event.entry as FdbEntry, event.gone);
      return "neigh";
    case "nsid":
      printNsidEvent(out, watch, event);
      return "nsid";
    case "netconf":
      if (watch.device === undefined || watch.device === event.dev) {
        out.text(netconfChangeText(watch.self.net, event));
      }
      return "netconf";
    case "route":
      printRouteEvent(out, watch, event);
      return "route";
    case "rule":
      printRuleEvent(out, watch, event);
      return "rule";
    default:
      return undefined;
  }
}

function printLinkEvent(out: Output, watch: Watch, event: NetlinkEvent & { type: "link" }): void {
  if (watch.device !== undefined && watch.device !== event.dev) return;
  printLink(out, watch, event.dev, {
    kind: "event",
    mac: true,
    gone: event.gone,
    port: event.bridge === true,
    netns: watch.netns,
    event: event.event,
    newNsid: event.newNsid,
    newIfindex: event.newIfindex,
  });
  if (!watch.options.brief) out.text("\n");
}

function printAddressEvent(
  out: Output,
  watch: Watch,
  event: NetlinkEvent & { type: "address" },
): void {
  const { dev, gone, family } = event;
  const { options } = watch;
  if (watch.device !== undefined && watch.device !== dev) return;
  if (options.family !== "unspec" && options.family !== family) return;
  printAddress(out, event.address as AnyAddress, { header: true, gone, dev, options });
  if (!options.brief) out.text("\n");
}

function printNeighEvent(out: Output, watch: Watch, record: NeighRecord, gone: boolean): void {
  if (watch.device !== undefined && watch.device !== record.dev) return;
  const withoutDevice = watch.device !== undefined;
  printNeighbour(out, record, { options: watch.options, withoutDevice, gone });
}

/** The FDB is a neighbour table too, of the family of bridges. */
function printFdbEvent(out: Output, watch: Watch, entry: FdbEntry, gone: boolean): void {
  const dev = entry.port?.dev ?? entry.bridge.dev;
  if (watch.device !== undefined && watch.device !== dev) return;
  let state = "REACHABLE";
  if (entry.local) state = "PERMANENT";
  else if (entry.static) state = "NOARP";
  else if (hasExpired(entry)) state = "STALE";
  if (gone) out.text("Deleted ");
  if (watch.device === undefined) out.text(`dev ${out.paint("name", `${dev.name} `)}`);
  out.text(`lladdr ${out.paint("mac", `${macText(entry.mac)} `)}`);
  if (entry.externLearn) out.text("extern_learn ");
  out.text(`${state} \n`);
}

function printRouteEvent(out: Output, watch: Watch, event: NetlinkEvent & { type: "route" }): void {
  const { self, options, device } = watch;
  if (options.family !== "unspec" && options.family !== event.family) return;
  const record =
    event.family === "inet"
      ? routeRecord4(event.route as Route4)
      : routeRecord6(event.route as Route6, self.machine.clock.now);
  if (device !== undefined && !record.hops.some((hop) => hop.dev === device)) return;
  const hidden = device === undefined ? {} : { hidden: new Set(["dev"] as const) };
  printRoute(out, record, { options, tables: tableNames(self), gone: event.gone, ...hidden });
}

function printRuleEvent(out: Output, watch: Watch, event: NetlinkEvent & { type: "rule" }): void {
  const { self, options } = watch;
  if (options.family !== "unspec" && options.family !== event.family) return;
  const view = { net: self.net, options, tables: tableNames(self), gone: event.gone };
  printRule(out, event.rule as AnyRule, view);
}

function printNsidEvent(out: Output, watch: Watch, event: NetlinkEvent & { type: "nsid" }): void {
  const { self, netns, topics } = watch;
  if (!topics.has("nsid")) return;
  const net = self.net.nsids.get(event.nsid);
  const name = net === undefined ? netns.nameOf(event.nsid) : netnsName(self, net);
  if (name !== undefined) netns.remember(event.nsid, name);
  const deleted = event.gone ? "Deleted " : "";
  const named = name === undefined ? "" : `(iproute2 netns name: ${name})`;
  out.text(`${deleted}nsid ${event.nsid} ${named}\n`);
}
