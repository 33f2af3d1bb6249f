// `ip` (ip(8), iproute2 6.1.0): reads the options, finds the object that its first word may be short
// for, and lets that object's command do the rest; -batch does so for every line of a file.
// Texts of help come from a module of their own, fetched when they are asked for.
// Not simulated: xfrm, l2tp, macsec, fou, ila, sr, mptcp, ioam, ntable, stats; see emptyObjects.ts.

import { print, warn } from "../../process/io.ts";
import type { Process, Program } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { addressCommand } from "./address.ts";
import { batchCommand } from "./batch.ts";
import { emptyObject } from "./emptyObjects.ts";
import type { IpCommand } from "./ipCommand.ts";
import { linkCommand } from "./link.ts";
import { multicastCommand } from "./maddress.ts";
import { monitorCommand } from "./monitor.ts";
import { neighbourCommand } from "./neigh.ts";
import { netconfCommand } from "./netconf.ts";
import { netnsCommand } from "./netns.ts";
import { switchNetns } from "./netnsExec.ts";
import { type IpOptions, matches, parseOptions } from "./options.ts";
import { routeCommand } from "./route.ts";
import { ruleCommand } from "./rule.ts";
import { printUsage } from "./usage.ts";

/** Objects in the order in which a short word is matched against them. */
const OBJECTS: readonly (readonly [name: string, command: IpCommand | undefined])[] = [
  ["address", addressCommand],
  ["addrlabel", emptyObject("addrlabel")],
  ["maddress", multicastCommand],
  ["route", routeCommand],
  ["rule", ruleCommand],
  ["neighbor", neighbourCommand],
  ["neighbour", neighbourCommand],
  ["ntable", undefined],
  ["ntbl", undefined],
  ["link", linkCommand],
  ["l2tp", undefined],
  ["fou", undefined],
  ["ila", undefined],
  ["macsec", undefined],
  ["tunnel", emptyObject("tunnel")],
  ["tunl", emptyObject("tunl")],
  ["tuntap", emptyObject("tuntap")],
  ["tap", emptyObject("tap")],
  ["token", emptyObject("token")],
  ["tcpmetrics", emptyObject("tcpmetrics")],
  ["tcp_metrics", emptyObject("tcp_metrics")],
  ["monitor", monitorCommand],
  ["xfrm", undefined],
  ["mroute", emptyObject("mroute")],
  ["mrule", emptyObject("mrule")],
  ["netns", netnsCommand],
  ["netconf", netconfCommand],
  ["vrf", emptyObject("vrf")],
  ["sr", undefined],
  ["nexthop", emptyObject("nexthop")],
  ["mptcp", undefined],
  ["ioam", undefined],
  ["help", (self) => printUsage(self, "ip")],
  ["stats", undefined],
];

function objectOf(name: string): (typeof OBJECTS)[number] | undefined {
  for (const object of OBJECTS) if (matches(name, object[0])) return object;
  return undefined;
}

/** Runs one command of `ip` without the options before it: the object and its words. */
function* runObject(self: Process, options: IpOptions, words: readonly string[]): Execution {
  const [name = "", ...rest] = words;
  const object = objectOf(name);
  if (object === undefined) {
    yield* warn(self, `Object "${name}" is unknown, try "ip help".\n`);
    return 1;
  }
  const [full, command] = object;
  if (command !== undefined) return yield* command(self, options, rest);
  yield* warn(self, `vethbook simulator: ip ${full} is not simulated\n`);
  return 2;
}

/** The program `ip`. */
export const ip: Program = function* (self) {
  const { options, words, end } = parseOptions(self.argv.slice(1));
  if (options.netns !== undefined) {
    const refusal = switchNetns(self, options.netns);
    if (refusal !== undefined) {
      yield* warn(self, refusal);
      return 255;
    }
  }
  if (end === "usage") return yield* printUsage(self, "ip");
  if (end === "version") {
    yield* print(self, "ip utility, iproute2-6.1.0, libbpf 1.1.2\n");
    return 0;
  }
  if (end !== undefined) {
    yield* warn(self, end.text);
    return end.code;
  }
  if (options.batch !== undefined) return yield* batchCommand(self, options, runObject);
  if (words.length === 0) return yield* printUsage(self, "ip");
  return yield* runObject(self, options, words);
};
