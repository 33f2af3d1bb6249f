// `bridge vlan` (bridge(8)): the VLANs of bridges and their ports; which words mean which command, and
// `show`, `tunnelshow` and `global show`.
// Not here: the commands that change (vlanModify.ts). Not simulated: VLAN tunnels.

import { bridgeOf } from "../../net/bridge/brIf.ts";
import { devicesInOrder } from "../../net/core/devChange.ts";
import type { NetDevice } from "../../net/core/netDevice.ts";
import { print } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { duplicateArgument, matches } from "../ip/options.ts";
import { createOutput, wantsColor } from "../ip/output.ts";
import { finish } from "../ip/refusal.ts";
import { createReader } from "../ip/words.ts";
import { atoi, type BridgeOptions, printUsage, returned } from "./options.ts";
import { globalCommand } from "./vlanGlobal.ts";
import { changeVlan, setVlan } from "./vlanModify.ts";
import { printVlanDevice, printVlanRows, type VlanView, vlanRows, vlansOf } from "./vlanText.ts";

type Verb = (self: Process, options: BridgeOptions, words: readonly string[]) => Execution;

/** Commands in the order in which a short word is matched against them. */
const VERBS: readonly (readonly [names: string, run: Verb])[] = [
  ["add", (self, _options, words) => changeVlan(self, words, false)],
  ["delete", (self, _options, words) => changeVlan(self, words, true)],
  ["set", (self, _options, words) => setVlan(self, words)],
  ["show lst list", showVlans],
  ["tunnelshow", showTunnels],
  ["global", globalCommand],
  ["help", (self) => printUsage(self, "vlan")],
];

/** The object `vlan`. */
export function* vlanCommand(
  self: Process,
  options: BridgeOptions,
  words: readonly string[],
): Execution {
  const [verb = "show", ...rest] = words;
  const found = VERBS.find(([names]) => names.split(" ").some((name) => matches(verb, name)));
  if (found !== undefined) return yield* found[1](self, options, rest);
  return yield* finish(self, {
    text: `Command "${verb}" is unknown, try "bridge vlan help".\n`,
    code: 255,
  });
}

/** Bridges first and then their ports, as the kernel tells counters; else in order of registration. */
function devicesFor(self: Process, view: VlanView): NetDevice[] {
  if (view.plainCounters !== true) return [...self.net.devices.values()];
  const all = devicesInOrder(self.net);
  return [...all.filter((dev) => bridgeOf(dev)), ...all.filter((dev) => dev.port !== undefined)];
}

function* showVlans(self: Process, options: BridgeOptions, words: readonly string[]): Execution {
  const filter = yield* readFilter(self, words);
  if (typeof filter === "number") return filter;
  const details = options.details > 0;
  const counters = options.stats > 0;
  const view: VlanView = {
    rows: counters ? false : details || options.compress,
    options: details,
    counters,
    plainCounters: counters && !details,
    compressed: options.compress && !details,
  };
  const out = createOutput(options, wantsColor(self, options));
  out.openArray();
  out.text(`port${" ".repeat(14)}vlan-id${view.plainCounters === true ? "" : "  "}\n`);
  for (const dev of devicesFor(self, view)) {
    const group = vlansOf(dev);
    if (group === undefined || (filter.dev !== undefined && dev !== filter.dev)) continue;
    const rows = vlanRows(group, view).filter(
      (row) => filter.vid === 0 || (row.from <= filter.vid && filter.vid <= row.to),
    );
    if (rows.length === 0) continue;
    out.openObject();
    printVlanDevice(out, dev);
    printVlanRows(out, dev, rows, view);
    out.closeObject();
  }
  out.closeArray();
  yield* print(self, out.take());
  return 0;
}

/** Reads `dev` and `vid`; other words are passed over. */
function* readFilter(
  self: Process,
  words: readonly string[],
): Steps<{ dev: NetDevice | undefined; vid: number } | number> {
  const reader = createReader(words);
  let device: string | undefined;
  let vid = 0;
  for (; reader.word !== undefined && reader.failure === undefined; reader.skip()) {
    if (reader.word === "dev") {
      const name = reader.next();
      if (device !== undefined) reader.fail(duplicateArgument("dev", name));
      device = name;
    } else if (reader.word === "vid") {
      const text = reader.next();
      if (vid !== 0) reader.fail(duplicateArgument("vid", text));
      vid = atoi(text);
    }
  }
  if (reader.failure !== undefined) return yield* finish(self, reader.failure);
  const dev = device === undefined ? undefined : self.net.byName.get(device);
  if (device !== undefined && dev === undefined) {
    return yield* finish(self, returned(`Cannot find device "${device}"`));
  }
  return { dev, vid };
}

/** No port here has a tunnel. */
function* showTunnels(self: Process, options: BridgeOptions, words: readonly string[]): Execution {
  const filter = yield* readFilter(self, words);
  if (typeof filter === "number") return filter;
  const out = createOutput(options, wantsColor(self, options));
  out.openArray();
  out.text("port              vlan-id    tunnel-id\n");
  out.closeArray();
  yield* print(self, out.take());
  return 0;
}
