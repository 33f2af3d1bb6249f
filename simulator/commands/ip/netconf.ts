// `ip netconf` (ip-netconf(8), iproute2 6.1.0) and what `ip monitor` tells of these settings: which of
// net.ipv4.conf and net.ipv6.conf concern forwarding and neighbours, by device.
// Not simulated: mpls.

import { devicesInOrder } from "../../net/core/devChange.ts";
import type { NetlinkEvent } from "../../net/core/kernel.ts";
import type { NetDevice } from "../../net/core/netDevice.ts";
import type { Net } from "../../net/core/netNamespace.ts";
import { warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { garbageArgument, INCOMPLETE, type IpOptions, matches } from "./options.ts";
import { createOutput, type Output } from "./output.ts";
import { finish, finishAfter } from "./refusal.ts";
import { findDevice } from "./selection.ts";
import { printUsage } from "./usage.ts";

type InetFamily = "inet" | "inet6";
type Place = NetDevice | "all" | "default";

/** Settings by netlink's name, with the sysctl that each is in either family. */
const SETTINGS: readonly (readonly [name: string, inet: string, inet6: string | undefined])[] = [
  ["forwarding", "forwarding", "forwarding"],
  ["rp_filter", "rp_filter", undefined],
  ["mc_forwarding", "mc_forwarding", "mc_forwarding"],
  ["proxy_neigh", "proxy_arp", "proxy_ndp"],
  ["ignore_routes_with_linkdown", "ignore_routes_with_linkdown", "ignore_routes_with_linkdown"],
];

const RP_FILTER = ["off", "strict", "loose"];

/** The object `netconf` of `ip`. */
export function* netconfCommand(
  self: Process,
  options: IpOptions,
  words: readonly string[],
): Execution {
  const [verb = "show", ...rest] = words;
  if (matches(verb, "help")) return yield* printUsage(self, "netconf");
  if (!["show", "lst", "list"].some((name) => matches(verb, name))) {
    yield* warn(self, `Command "${verb}" is unknown, try "ip netconf help".\n`);
    return 255;
  }
  let dev: NetDevice | undefined;
  for (let at = 0; at < rest.length; at++) {
    if (rest[at] !== "dev") continue;
    at += 1;
    const name = rest[at];
    if (name === undefined) return yield* finish(self, INCOMPLETE);
    if (dev !== undefined) return yield* finish(self, garbageArgument("dev", name));
    dev = findDevice(self.net, name);
    if (dev === undefined) {
      return yield* finish(self, { text: `Device "${name}" does not exist.\n`, code: 1 });
    }
  }
  const out = createOutput(options);
  out.openArray();
  for (const family of ["inet", "inet6"] as const) {
    if (options.family !== "unspec" && options.family !== family) continue;
    const places: Place[] =
      dev === undefined ? [...devicesInOrder(self.net), "all", "default"] : [dev];
    for (const place of places) printAll(out, self.net, family, place);
  }
  out.closeArray();
  return yield* finishAfter(self, out.take());
}

function placeName(place: Place): string {
  return typeof place === "string" ? place : place.name;
}

/** The value of a setting; undefined when the family is not on the device. */
function settingOf(net: Net, family: InetFamily, place: Place, name: string): number | undefined {
  const row = SETTINGS.find(([key]) => key === name);
  const key = family === "inet" ? row?.[1] : row?.[2];
  if (key === undefined) return undefined;
  if (family === "inet") {
    const conf =
      place === "all"
        ? net.ip4.confAll
        : place === "default"
          ? net.ip4.confDefault
          : place.ip4?.conf;
    const values: Readonly<Record<string, number>> | undefined = conf?.values;
    return values?.[key];
  }
  const conf =
    place === "all" ? net.ip6.confAll : place === "default" ? net.ip6.confDefault : place.ip6?.conf;
  return conf === undefined ? undefined : Number(conf.values.get(key) ?? 0);
}

function printSetting(out: Output, name: string, value: number): void {
  if (name === "rp_filter") {
    const text = RP_FILTER[value] ?? "unknown";
    out.put(name, text, `${name} ${text} `);
  } else out.put(name, value !== 0, `${name} ${value !== 0 ? "on" : "off"} `);
}

function printAll(out: Output, net: Net, family: InetFamily, place: Place): void {
  const values = SETTINGS.flatMap(([name]) => {
    const value = settingOf(net, family, place, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  if (values.length === 0) return;
  out.openObject();
  out.put("family", family, `${family} `);
  out.put("interface", placeName(place), `${placeName(place)} `);
  for (const [name, value] of values) printSetting(out, name, value);
  out.text("\n");
  out.closeObject();
}

/** A change of one setting, or of all, as `ip monitor netconf` prints it. */
export function netconfChangeText(net: Net, event: NetlinkEvent & { type: "netconf" }): string {
  const { dev, family } = event;
  if (event.gone === true) return `Deleted ${family} ${placeName(dev)} \n`;
  const out = createOutput({ json: false, pretty: false });
  if (event.name === undefined) {
    printAll(out, net, family, dev);
    return out.take();
  }
  const name = event.name.replace(/^proxy_(arp|ndp)$/, "proxy_neigh");
  const value = settingOf(net, family, dev, name);
  if (value === undefined) return "";
  out.text(`${family} ${placeName(dev)} `);
  printSetting(out, name, value);
  return `${out.take()}\n`;
}
