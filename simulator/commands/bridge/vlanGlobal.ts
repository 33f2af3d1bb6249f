// `bridge vlan global show` (bridge(8)): what holds for a VLAN in a whole bridge.
// Policy: the values are the kernel's defaults, which nothing here can change.
// Not simulated: `global set`, router ports.

import { bridgeOf } from "../../net/bridge/brIf.ts";
import type { BridgeState } from "../../net/bridge/bridgeState.ts";
import { print } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { matches } from "../ip/options.ts";
import { createOutput, type Output, wantsColor } from "../ip/output.ts";
import { finish, notSimulated } from "../ip/refusal.ts";
import { createReader } from "../ip/words.ts";
import { atoi, type BridgeOptions, printUsage, returned } from "./options.ts";
import { NAME_WIDTH, printVlanDevice } from "./vlanText.ts";

const VALUES: readonly (readonly [name: string, value: number])[] = [
  ["mcast_snooping", 1],
  ["mcast_querier", 0],
  ["mcast_igmp_version", 2],
  ["mcast_mld_version", 1],
  ["mcast_last_member_count", 2],
  ["mcast_last_member_interval", 100],
  ["mcast_startup_query_count", 2],
  ["mcast_startup_query_interval", 3124],
  ["mcast_membership_interval", 26000],
  ["mcast_querier_interval", 25500],
  ["mcast_query_interval", 12500],
  ["mcast_query_response_interval", 1000],
];

/** `bridge vlan global …`. */
export function* globalCommand(
  self: Process,
  options: BridgeOptions,
  words: readonly string[],
): Execution {
  const [verb = "show", ...rest] = words;
  if (["show", "lst", "list"].some((full) => matches(verb, full))) {
    return yield* showGlobal(self, options, rest);
  }
  if (!matches(verb, "set")) return yield* printUsage(self, "vlan");
  if (!rest.includes("dev") || !rest.includes("vid")) {
    return yield* finish(self, returned("Device and VLAN ID are required arguments."));
  }
  const device = rest[rest.indexOf("dev") + 1] ?? "";
  if (!self.net.byName.has(device)) {
    return yield* finish(self, returned(`Cannot find network device "${device}"`));
  }
  return yield* finish(self, notSimulated("bridge vlan global set"));
}

/** All VIDs that a bridge or one of its ports has, as rows. */
function rowsOf(bridge: BridgeState): (readonly [from: number, to: number])[] {
  const vids = new Set(bridge.vlans.members.keys());
  for (const port of bridge.ports) for (const vid of port.vlans.members.keys()) vids.add(vid);
  const rows: [number, number][] = [];
  for (const vid of [...vids].sort((a, b) => a - b)) {
    const last = rows.at(-1);
    if (last !== undefined && last[1] + 1 === vid) last[1] = vid;
    else rows.push([vid, vid]);
  }
  return rows;
}

function* showGlobal(self: Process, options: BridgeOptions, words: readonly string[]): Execution {
  const reader = createReader(words);
  let device: string | undefined;
  let vid = 0;
  for (; reader.word !== undefined && reader.failure === undefined; reader.skip()) {
    if (reader.word === "dev") device = reader.next();
    else if (reader.word === "vid") vid = atoi(reader.next());
  }
  if (reader.failure !== undefined) return yield* finish(self, reader.failure);
  if (device !== undefined && !self.net.byName.has(device)) {
    return yield* finish(self, returned(`Cannot find device "${device}"`));
  }
  const out = createOutput(options, wantsColor(self, options));
  out.openArray();
  out.text("port              vlan-id  \n");
  for (const dev of self.net.devices.values()) {
    const bridge = bridgeOf(dev);
    if (bridge === undefined || (device !== undefined && dev !== self.net.byName.get(device))) {
      continue;
    }
    const rows = rowsOf(bridge).filter(([from, to]) => vid === 0 || (from <= vid && vid <= to));
    if (rows.length === 0) continue;
    out.openObject();
    printVlanDevice(out, dev);
    out.openArray("vlans");
    rows.forEach((row, index) => {
      if (index > 0) out.text(" ".repeat(NAME_WIDTH));
      printRow(out, row);
    });
    out.closeArray();
    out.closeObject();
  }
  out.closeArray();
  yield* print(self, out.take());
  return 0;
}

function printRow(out: Output, [from, to]: readonly [from: number, to: number]): void {
  out.openObject();
  out.put("vlan", from, String(from));
  if (to > from) out.put("vlanEnd", to, `-${to}`);
  out.text(`\n${" ".repeat(NAME_WIDTH + 2)}`);
  for (const [name, value] of VALUES) out.put(name, value, `${name} ${value} `);
  out.text("\n");
  out.closeObject();
}
