// `bridge` (bridge(8), iproute2 6.1.0): reads the options, finds the object that its first word may be
// short for, and lets that object's command do the rest; -batch does so for every line of a file.
// Not simulated: `bridge vni` other than an empty list.

import { print, warn } from "../../process/io.ts";
import type { Process, Program } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { batchCommand } from "../ip/batch.ts";
import { switchNetns } from "../ip/netnsExec.ts";
import { matches } from "../ip/options.ts";
import { readLinkMap } from "../ip/selection.ts";
import { fdbCommand } from "./fdb.ts";
import { linkCommand } from "./link.ts";
import { mdbCommand } from "./mdb.ts";
import { monitorCommand } from "./monitor.ts";
import {
  type BridgeCommand,
  type BridgeOptions,
  parseBridgeOptions,
  printUsage,
} from "./options.ts";
import { vlanCommand } from "./vlan.ts";

/** Objects in the order in which a short word is matched against them. */
const OBJECTS: readonly (readonly [name: string, command: BridgeCommand])[] = [
  ["link", linkCommand],
  ["fdb", fdbCommand],
  ["mdb", mdbCommand],
  ["vlan", vlanCommand],
  ["vni", vniCommand],
  ["monitor", monitorCommand],
  ["help", (self) => printUsage(self, "bridge")],
];

function* runObject(self: Process, options: BridgeOptions, words: readonly string[]): Execution {
  const [name = "", ...rest] = words;
  const object = OBJECTS.find(([full]) => matches(name, full));
  readLinkMap(self.net);
  if (object !== undefined) return yield* object[1](self, options, rest);
  yield* warn(self, `Object "${name}" is unknown, try "bridge help".\n`);
  return -1;
}

/** There are no VXLAN devices here. */
function* vniCommand(self: Process, options: BridgeOptions, words: readonly string[]): Execution {
  const [verb = "show"] = words;
  if (["show", "lst", "list"].some((full) => matches(verb, full))) {
    const header = "dev               vni              group/remote   \n";
    yield* print(self, options.json ? (options.pretty ? "[ ]\n" : "[]\n") : header);
    return 0;
  }
  if (matches(verb, "help")) return yield* printUsage(self, "vni");
  yield* warn(self, "vethbook simulator: bridge vni is not simulated\n");
  return 2;
}

/** The program `bridge`. */
export const bridge: Program = function* (self) {
  const { options, words, end } = parseBridgeOptions(self.argv.slice(1));
  if (end === "usage") return yield* printUsage(self, "bridge");
  if (end === "version") {
    yield* print(self, "bridge utility, 6.1.0\n");
    return 0;
  }
  if (end !== undefined) {
    yield* warn(self, end.text);
    return end.code & 255;
  }
  if (options.netns !== undefined) {
    const refusal = switchNetns(self, options.netns);
    if (refusal !== undefined) {
      yield* warn(self, refusal);
      return 255;
    }
  }
  if (options.batch !== undefined) {
    return yield* batchCommand(self, options, (process, _options, line) =>
      runObject(process, options, line),
    );
  }
  if (words.length === 0) return yield* printUsage(self, "bridge");
  return (yield* runObject(self, options, words)) & 255;
};
