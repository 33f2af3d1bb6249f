// `route` (route(8), net-tools 2.10): shows the routing tables, adds and deletes routes.
// Not simulated: families other than inet and inet6.

import { print, warn } from "../process/io.ts";
import type { Process, Program } from "../process/process.ts";
import type { Execution } from "../process/wait.ts";
import { notSimulated } from "./complain.ts";
import { getopt } from "./getopt.ts";
import { listRoutes4, listRoutes6 } from "./routeListing.ts";
import { changeRoute4, changeRoute6 } from "./routeRequest.ts";

const OPTIONS = {
  short: "A:eCFhnN64Vv?",
  long: {
    extend: "e",
    verbose: "v",
    version: "V",
    numeric: "n",
    symbolic: "N",
    protocol: "A:",
    cache: "C",
    fib: "F",
    help: "h",
    inet: "4",
    inet6: "6",
    ipx: "ipx",
    appletalk: "ddp",
    ddp: "ddp",
    ax25: "ax25",
    netrom: "netrom",
    rose: "rose",
    x25: "x25",
  },
};

const OTHER_FAMILIES = ["ipx", "ddp", "ax25", "netrom", "rose", "x25", "ash", "econet"];

/** The program `route`. */
export const route: Program = function* (self) {
  // So that -net and -host are not taken for bundles of short options.
  const argv = self.argv.map((word) => word.replace(/^-(net|host)$/, "#$1"));
  const given = getopt(argv, OPTIONS);
  const texts = yield* self.machine.scheduler.fetch(import("./routeUsage.ts"));
  if (given.error !== undefined) {
    yield* warn(self, `${given.error}\n${texts.ROUTE_FAMILIES}${texts.ROUTE_USAGE}`);
    return 0;
  }
  let family = "";
  let extended = 0;
  const seen = new Set<string>();
  for (const { name, value = "" } of given.options) {
    seen.add(name);
    if (name === "e") extended += 1;
    if (name === "4") family = "inet";
    else if (name === "6") family = "inet6";
    else if (name === "A") family = value;
    else if (OTHER_FAMILIES.includes(name)) family = name;
  }
  if (OTHER_FAMILIES.includes(family)) return yield* notSimulated(self, `route -A ${family}`);
  if (family !== "" && family !== "inet" && family !== "inet6") {
    yield* warn(self, `Unknown address family \`${family}'.\n`);
    return 1;
  }
  if (seen.has("V")) {
    yield* print(self, texts.ROUTE_VERSION);
    return 0;
  }
  const inet6 = family === "inet6";
  const familyUsage = inet6 ? texts.INET6_USAGE : texts.INET_USAGE;
  if (seen.has("h") || seen.has("?")) {
    const general = texts.ROUTE_FAMILIES + texts.ROUTE_USAGE;
    yield* print(self, family === "" ? general : familyUsage);
    return 0;
  }
  const [verb, ...words] = given.operands;
  if (verb === undefined) return yield* list(self, { inet6, extended, seen });
  if (verb === "add" || verb === "del") {
    const usage = (message: string, code = 3) => complain(self, message + familyUsage, code);
    const change = inet6 ? changeRoute6 : changeRoute4;
    return yield* change({ self, verb, usage }, words);
  }
  if (verb === "flush") {
    const message = `Flushing \`${inet6 ? "inet6" : "inet"}' routing table not supported\n`;
    return yield* complain(self, message + familyUsage, 3);
  }
  return yield* complain(self, texts.ROUTE_USAGE + texts.ROUTE_FAMILIES, 3);
};

function* complain(self: Process, text: string, code: number): Execution {
  yield* warn(self, text);
  return code;
}

type View = {
  readonly inet6: boolean;
  readonly extended: number;
  readonly seen: ReadonlySet<string>;
};

function* list(self: Process, { inet6, extended, seen }: View): Execution {
  const style = { numeric: seen.has("n"), extended };
  if (seen.has("C") && !seen.has("F")) {
    if (inet6) return yield* notSimulated(self, "route -6 -C");
    // Kernels since 3.6 have no such cache, so it is always empty.
    const head = "Source          Destination     Gateway         Flags Metric Ref    Use Iface";
    yield* print(self, `Kernel IP routing cache\n${head}\n`);
    return 0;
  }
  yield* inet6 ? listRoutes6(self, style) : listRoutes4(self, style);
  return 0;
}
