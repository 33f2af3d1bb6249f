// `netstat` (netstat(8)) of net-tools 2.10: sockets (netstatSockets.ts), and routes, interfaces, groups
// and counters of a namespace.
// Not simulated: -Z, families other than inet, inet6 and unix.

import { devicesInOrder } from "../net/core/devChange.ts";
import { groupsInOrder6 } from "../net/ipv6/mcast.ts";
import { print, sleep, warn } from "../process/io.ts";
import type { Process } from "../process/process.ts";
import type { Execution, Steps } from "../process/wait.ts";
import { ip6Text } from "../wire/address.ts";
import { getopt } from "./getopt.ts";
import { interfacesOf, isUp, longText, shortText } from "./ifconfigShow.ts";
import { listSockets } from "./netstatSockets.ts";
import { printUsage } from "./netToolsUsage.ts";
import { nameCache } from "./resolver.ts";
import { listRoutes4, listRoutes6 } from "./routeListing.ts";

const OPTIONS = {
  short: "A:CFMac2deghilnNoprSstUuvVW46xwfZ?",
  long: {
    ...{ version: "V", interfaces: "i", help: "h", route: "r", statistics: "s", masquerade: "M" },
    ...{ protocol: "A:", tcpip: "tcpip", tcp: "t", sctp: "S", udp: "u", udplite: "U", raw: "w" },
    ...{ unix: "x", listening: "l", all: "a", timers: "o", continuous: "c", extend: "e" },
    ...{ programs: "p", verbose: "v", numeric: "n", "numeric-hosts": "nh", "numeric-ports": "np" },
    ...{ "numeric-users": "nu", symbolic: "N", cache: "C", fib: "F", groups: "g", wide: "W" },
    ...{ context: "Z", inet: "4", ip: "4", inet6: "6", l2cap: "2", rfcomm: "f", ipx: "ipx" },
    ...{ ax25: "ax25", netrom: "netrom", rose: "rose", x25: "x25", ddp: "ddp", appletalk: "ddp" },
  },
};

/** Families that the kernel has been built without, as messages name them. */
const ABSENT: Readonly<Record<string, string>> = {
  ...{ ipx: "AF IPX", ax25: "AF AX25", x25: "AF X25", netrom: "AF NETROM", rose: "AF ROSE" },
};

/** What the options say. */
type Wish = {
  readonly letters: ReadonlySet<string>;
  readonly extended: number;
  readonly four: boolean;
  readonly six: boolean;
};

/** Runs it. */
export function* netstat(self: Process): Execution {
  const given = getopt(self.argv, OPTIONS);
  const texts = yield* self.machine.scheduler.fetch(import("./netstatUsage.ts"));
  const { ROUTE_FAMILIES } = yield* self.machine.scheduler.fetch(import("./routeUsage.ts"));
  const usage = (error: string) =>
    printUsage(self, error + texts.NETSTAT_USAGE + ROUTE_FAMILIES, 3);
  const letters = new Set<string>();
  let extended = 0;
  for (const { name, value = "" } of given.options) {
    letters.add(name);
    if (name === "e") extended += 1;
    if (name === "V") {
      yield* print(self, texts.NETSTAT_VERSION);
      return 0;
    }
    if (name === "h") return yield* printUsage(self, ROUTE_FAMILIES + texts.NETSTAT_USAGE, 0);
    if (name === "?") return yield* usage("");
    const refusal = name === "A" ? readFamilies(letters, value) : refusalOf(name);
    if (refusal !== undefined) {
      yield* warn(self, `${refusal}\n`);
      if (name !== "tcpip") return 1;
    }
  }
  if (given.error !== undefined) return yield* usage(`${given.error}\n`);
  if (["r", "i", "s", "M"].filter((name) => letters.has(name)).length > 1) return yield* usage("");
  const wish = { letters, extended, four: letters.has("4"), six: letters.has("6") };
  for (;;) {
    const code = yield* showOnce(self, wish);
    if (!letters.has("c")) return code;
    yield* sleep(self, 1e6);
  }
}

/** Adds the families of -A; what is wrong with them. */
function readFamilies(letters: Set<string>, value: string): string | undefined {
  for (const word of value.split(",")) {
    const letter = { inet: "4", inet6: "6", unix: "x" }[word];
    if (letter === undefined) return refusalOf(word) ?? `Unknown address family \`${word}'.`;
    letters.add(letter);
  }
  return undefined;
}

function refusalOf(name: string): string | undefined {
  const absent = ABSENT[name];
  if (absent !== undefined) return `netstat: no support for \`${absent}' on this system.`;
  if (name === "Z") return "SELinux is not enabled on this machine.";
  if (name === "tcpip") return "netstat.c: Internal Error `longopts 1 range'.";
  if (name !== "2" && name !== "f") return undefined;
  return (
    "netstat: feature `AF BLUETOOTH' not supported.\n" +
    "Please recompile `net-tools' with newer kernel source or full configuration."
  );
}

function* showOnce(self: Process, wish: Wish): Execution {
  const { letters } = wish;
  if (letters.has("r")) return yield* showRoutes(self, wish);
  if (letters.has("i")) return yield* showInterfaces(self, wish);
  if (letters.has("s")) {
    const counters = yield* self.machine.scheduler.fetch(import("./netstatCounters.ts"));
    const chosen = [..."tuw"].filter((letter) => letters.has(letter)).join("");
    const six = wish.six && !wish.four;
    yield* print(self, counters.countersText(self.net, six, chosen));
    return 0;
  }
  if (letters.has("M")) {
    yield* warn(self, "netstat: no support for `ip_masquerade' on this system.\n");
    return 1;
  }
  if (letters.has("g")) {
    const sockets = [..."tuwxUS46"].some((letter) => letters.has(letter));
    const code = sockets ? yield* listSockets(self, letters) : 0;
    yield* showGroups(self, wish);
    return code;
  }
  return yield* listSockets(self, letters);
}

function* showRoutes(self: Process, { letters, extended, four, six }: Wish): Execution {
  // Here the short form is what route calls the extended one.
  const style = {
    numeric: letters.has("n"),
    extended: extended === 0 ? 1 : extended === 1 ? 0 : 2,
  };
  if (letters.has("C") && !letters.has("F")) {
    const head = six
      ? "Kernel IPv6 routing cache\nDestination                    Next Hop                   Flag Met Ref  Use If\n"
      : "Kernel IP routing cache\nSource          Destination     Gateway         Flags   MSS Window  irtt Iface\n";
    yield* print(self, head);
    return 0;
  }
  if (four || !six) yield* listRoutes4(self, style);
  if (six) yield* listRoutes6(self, style);
  return 0;
}

function* showInterfaces(self: Process, { letters, extended }: Wish): Execution {
  const shown = interfacesOf(self.net).filter((one) => letters.has("a") || isUp(one));
  const head =
    "Iface             MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n";
  const text = shown.map(extended > 0 ? longText : shortText).join("");
  yield* print(self, `Kernel Interface table\n${extended > 0 ? "" : head}${text}`);
  return 0;
}

function* showGroups(self: Process, { letters, four, six }: Wish): Steps<void> {
  const named = nameCache(self);
  let text =
    "IPv6/IPv4 Group Memberships\nInterface       RefCnt Group\n" +
    "--------------- ------ ---------------------\n";
  const row = (name: string, users: number, group: string) =>
    `${name.padEnd(15)} ${String(users).padEnd(6)} ${group}\n`;
  const devices = devicesInOrder(self.net);
  if (four || !six) {
    for (const { name, ip4, flags, driver } of devices) {
      if (ip4 === undefined || (flags & 1) === 0) continue;
      text += row(name, 1, "224.0.0.1");
      if (driver.type === "bridge" && driver.bridge.multicastSnooping) {
        text += row(name, 1, "224.0.0.106");
      }
    }
  }
  if (six || !four) {
    for (const dev of devices) {
      for (const { address, users } of groupsInOrder6(dev)) {
        const name = letters.has("n") ? undefined : yield* named(address);
        text += row(dev.name, users, name ?? ip6Text(address));
      }
    }
  }
  yield* print(self, text);
}
