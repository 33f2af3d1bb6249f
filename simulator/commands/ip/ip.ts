// `ip` (ip(8), iproute2 6.1.0): reads the options, finds the object that its first word may be short
// for, and lets that object's command do the rest; -batch does so for every line of a file.
// Texts of help, and objects that a first network does without, are fetched when they are asked for.
// Not simulated: see emptyObjects.ts and absentObjects.ts.

import { print, warn } from "../../process/io.ts";
import type { Process, Program } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { addressCommand } from "./address.ts";
import type { IpCommand } from "./ipCommand.ts";
import { linkCommand } from "./link.ts";
import { netnsCommand } from "./netns.ts";
import { switchNetns } from "./netnsExec.ts";
import { type IpOptions, matches, parseOptions } from "./options.ts";
import { printUsage } from "./usage.ts";

/** What is large and not needed for a first network is fetched when it is first called. */
function late(load: () => Promise<IpCommand>): IpCommand {
  return function* (self, options, words) {
    const command = yield* self.machine.scheduler.fetchOnce(load);
    return yield* command(self, options, words);
  };
}

const neighbourCommand = late(() => import("./neigh.ts").then((each) => each.neighbourCommand));
const absentObject = (name: string) =>
  late(() => import("./absentObjects.ts").then((each) => each.absentObject(name)));
const emptyObject = (name: string) =>
  late(() => import("./emptyObjects.ts").then((each) => each.emptyObject(name)));
const loadBatch = () => import("./batch.ts");

/** Objects in the order in which a short word is matched against them. */
const OBJECTS: readonly (readonly [name: string, command: IpCommand])[] = [
  ["address", addressCommand],
  ["addrlabel", emptyObject("addrlabel")],
  ["maddress", late(() => import("./maddress.ts").then((each) => each.multicastCommand))],
  ["route", late(() => import("./route.ts").then((each) => each.routeCommand))],
  ["rule", late(() => import("./rule.ts").then((each) => each.ruleCommand))],
  ["neighbor", neighbourCommand],
  ["neighbour", neighbourCommand],
  ["ntable", absentObject("ntable")],
  ["ntbl", absentObject("ntable")],
  ["link", linkCommand],
  ["l2tp", absentObject("l2tp")],
  ["fou", absentObject("fou")],
  ["ila", absentObject("ila")],
  ["macsec", absentObject("macsec")],
  ["tunnel", emptyObject("tunnel")],
  ["tunl", emptyObject("tunl")],
  ["tuntap", emptyObject("tuntap")],
  ["tap", emptyObject("tap")],
  ["token", emptyObject("token")],
  ["tcpmetrics", emptyObject("tcpmetrics")],
  ["tcp_metrics", emptyObject("tcp_metrics")],
  ["monitor", late(() => import("./monitor.ts").then((each) => each.monitorCommand))],
  ["xfrm", absentObject("xfrm")],
  ["mroute", emptyObject("mroute")],
  ["mrule", emptyObject("mrule")],
  ["netns", netnsCommand],
  ["netconf", late(() => import("./netconf.ts").then((each) => each.netconfCommand))],
  ["vrf", emptyObject("vrf")],
  ["sr", absentObject("sr")],
  ["nexthop", emptyObject("nexthop")],
  ["mptcp", absentObject("mptcp")],
  ["ioam", absentObject("ioam")],
  ["help", (self) => printUsage(self, "ip")],
  ["stats", absentObject("stats")],
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
  return yield* object[1](self, options, rest);
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
  if (options.batch !== undefined) {
    const { batchCommand } = yield* self.machine.scheduler.fetchOnce(loadBatch);
    return yield* batchCommand(self, options, runObject);
  }
  if (words.length === 0) return yield* printUsage(self, "ip");
  return yield* runObject(self, options, words);
};
