// `brctl` (brctl(8), bridge-utils 1.7): bridges, their ports and spanning tree, the old way.
// Policy: it looks into /sys first, so it sees the namespace that /sys was mounted in; only what is not
// there it asks by ioctl of its own namespace. Adding and deleting go by ioctl always. Extra words are
// passed over.
// Not here: what show, showmacs and showstp print (brctlShow.ts).

import { createBridge, removeBridge } from "../net/bridge/br.ts";
import { addPort, bridgeOf, removePort } from "../net/bridge/brIf.ts";
import { setBridgeOptions, setPortOptions } from "../net/bridge/brNetlink.ts";
import { type Errno, errnoText } from "../net/core/errno.ts";
import { IFF, type NetDevice } from "../net/core/netDevice.ts";
import { print, warn } from "../process/io.ts";
import type { Process, Program } from "../process/process.ts";
import type { Execution } from "../process/wait.ts";
import { showBridges, showMacs, showStp } from "./brctlShow.ts";
import { getopt } from "./getopt.ts";

/** What a command does: text for standard error and status 1, or nothing and 0. */
type Change = (self: Process, words: readonly string[]) => string | undefined;

type Command = {
  readonly name: string;
  readonly least: number;
  readonly help: string;
  readonly run: Change | ((self: Process, words: readonly string[]) => Execution);
};

const COMMANDS: readonly Command[] = [
  { name: "addbr", least: 1, help: "<bridge>\t\tadd bridge", run: addBridge },
  { name: "delbr", least: 1, help: "<bridge>\t\tdelete bridge", run: deleteBridge },
  { name: "addif", least: 2, help: "<bridge> <device>\tadd interface to bridge", run: addPorts },
  {
    name: "delif",
    least: 2,
    help: "<bridge> <device>\tdelete interface from bridge",
    run: deletePorts,
  },
  {
    name: "hairpin",
    least: 3,
    help: "<bridge> <port> {on|off}\tturn hairpin on/off",
    run: setHairpin,
  },
  {
    name: "setageing",
    least: 2,
    help: "<bridge> <time>\t\tset ageing time",
    run: setTime("ageing_time", "ageing time", "ageing time"),
  },
  {
    name: "setbridgeprio",
    least: 2,
    help: "<bridge> <prio>\t\tset bridge priority",
    run: setBridgePriority,
  },
  {
    name: "setfd",
    least: 2,
    help: "<bridge> <time>\t\tset bridge forward delay",
    run: setTime("forward_delay", "forward delay", "forward delay"),
  },
  {
    name: "sethello",
    least: 2,
    help: "<bridge> <time>\t\tset hello time",
    run: setTime("hello_time", "hello timer", "hello timer"),
  },
  {
    name: "setmaxage",
    least: 2,
    help: "<bridge> <time>\t\tset max message age",
    run: setTime("max_age", "max age", "max age"),
  },
  {
    name: "setpathcost",
    least: 3,
    help: "<bridge> <port> <cost>\tset path cost",
    run: setPortNumber("cost", "path cost", "path cost"),
  },
  {
    name: "setportprio",
    least: 3,
    help: "<bridge> <port> <prio>\tset port priority",
    run: setPortNumber("priority", "path priority", "port priority"),
  },
  { name: "show", least: 0, help: "[ <bridge> ]\t\tshow a list of bridges", run: showBridges },
  { name: "showmacs", least: 1, help: "<bridge>\t\tshow a list of mac addrs", run: showMacs },
  { name: "showstp", least: 1, help: "<bridge>\t\tshow bridge stp info", run: showStp },
  { name: "stp", least: 1 + 1, help: "<bridge> {on|off}\tturn stp on/off", run: setStp },
];

const USAGE = `Usage: brctl [commands]\ncommands:\n${COMMANDS.map(
  ({ name, help }) => `\t${name.padEnd(10)}\t${help}\n`,
).join("")}`;

/** The program `brctl`. */
export const brctl: Program = function* (self) {
  const { options, operands, error } = getopt(self.argv, {
    short: "Vh",
    long: { help: "h", version: "V" },
  });
  const first = options[0]?.name;
  if (first !== undefined) {
    yield* print(self, first === "V" ? "bridge-utils, 1.7\n" : USAGE);
    return 0;
  }
  if (error !== undefined) return yield* fail(self, `${error}\nUnknown option '?'\n${USAGE}`);
  const [name, ...words] = operands;
  if (name === undefined) return yield* fail(self, USAGE);
  const command = COMMANDS.find((each) => each.name === name);
  if (command === undefined) return yield* fail(self, `never heard of command [${name}]\n${USAGE}`);
  if (words.length < command.least) {
    const usage = `Usage: brctl ${command.name} ${command.help}\n`;
    return yield* fail(self, `Incorrect number of arguments for command\n${usage}`);
  }
  const result = command.run(self, words);
  if (result === undefined) return 0;
  return typeof result === "string" ? yield* fail(self, result) : yield* result;
};

function* fail(self: Process, text: string): Execution {
  yield* warn(self, text);
  return 1;
}

function addBridge(self: Process, [name = ""]: readonly string[]): string | undefined {
  const made = createBridge(self.net, { kind: "bridge", name: name.slice(0, 15) });
  if (!("errno" in made)) return undefined;
  if (made.errno === "EEXIST") {
    return `device ${name} already exists; can't create bridge with the same name\n`;
  }
  return `add bridge failed: ${errnoText(made.errno)}\n`;
}

function deleteBridge(self: Process, [name = ""]: readonly string[]): string | undefined {
  const dev = self.net.byName.get(name);
  if (dev === undefined) return `bridge ${name} doesn't exist; can't delete it\n`;
  if (bridgeOf(dev) === undefined) {
    return `can't delete bridge ${name}: ${errnoText("EPERM")}\n`;
  }
  if ((dev.flags & IFF.UP) !== 0) return `bridge ${name} is still up; can't delete it\n`;
  removeBridge(dev);
  return undefined;
}

/** The bridge and the device of a request for a port, or what brctl says without them. */
function portPlace(
  self: Process,
  bridgeName: string,
  name: string,
): string | { readonly bridge: NetDevice; readonly dev: NetDevice } {
  const dev = self.net.byName.get(name);
  if (dev === undefined) return `interface ${name} does not exist!\n`;
  const bridge = self.net.byName.get(bridgeName);
  if (bridge === undefined) return `bridge ${bridgeName} does not exist!\n`;
  return { bridge, dev };
}

function addPorts(
  self: Process,
  [bridgeName = "", ...names]: readonly string[],
): string | undefined {
  for (const name of names) {
    const place = portPlace(self, bridgeName, name);
    if (typeof place === "string") return place;
    const errno = addPort(place.bridge, place.dev)?.errno;
    if (errno === undefined) continue;
    if (errno === "EBUSY") {
      const where = `can't add it to bridge ${bridgeName}`;
      return `device ${name} is already a member of a bridge; ${where}.\n`;
    }
    if (errno === "ELOOP") {
      const what = "can't add a bridge device to a bridge device";
      return `device ${name} is a bridge device itself; ${what}.\n`;
    }
    return `can't add ${name} to bridge ${bridgeName}: ${errnoText(errno)}\n`;
  }
  return undefined;
}

function deletePorts(
  self: Process,
  [bridgeName = "", ...names]: readonly string[],
): string | undefined {
  for (const name of names) {
    const place = portPlace(self, bridgeName, name);
    if (typeof place === "string") return place;
    const errno = removePort(place.bridge, place.dev)?.errno;
    if (errno === "EINVAL") return `device ${name} is not a port of ${bridgeName}\n`;
    if (errno !== undefined) {
      return `can't delete ${name} from ${bridgeName}: ${errnoText(errno)}\n`;
    }
  }
  return undefined;
}

/** "on", "yes" and "1" are true, "off", "no" and "0" false. */
function truth(word: string | undefined): boolean | undefined {
  if (word === "on" || word === "yes" || word === "1") return true;
  return word === "off" || word === "no" || word === "0" ? false : undefined;
}

const EXPECTED = "expect on/off for argument\n";

function setHairpin(
  self: Process,
  [bridgeName = "", name = "", word]: readonly string[],
): string | undefined {
  const on = truth(word);
  if (on === undefined) return EXPECTED;
  const place = portPlace(self, bridgeName, name);
  if (typeof place === "string") return place;
  const where = portInSys(self, name);
  // There is no ioctl for hairpins.
  const errno: Errno | undefined =
    where === "elsewhere" ? "EOPNOTSUPP" : setPort(where, "hairpin", Number(on));
  if (errno === undefined) return undefined;
  return `can't set ${name} to hairpin on bridge ${bridgeName}: ${errnoText(errno)}\n`;
}

function setStp(self: Process, [bridgeName = "", word]: readonly string[]): string | undefined {
  const on = truth(word);
  if (on === undefined) return EXPECTED;
  const errno = setBridge(self, bridgeName, "stp_state", Number(on));
  return errno === undefined ? undefined : `set stp status failed: ${errnoText(errno)}\n`;
}

/** Changes an option of a bridge: by /sys where it is, else of the own namespace. */
function setBridge(self: Process, name: string, option: string, value: number): Errno | undefined {
  const shown = self.sysNet.byName.get(name);
  const dev = shown !== undefined && bridgeOf(shown) ? shown : self.net.byName.get(name);
  if (dev === undefined) return "ENODEV";
  return setBridgeOptions(dev, new Map([[option, value]]))?.errno;
}

/** A command that sets a time in seconds, which may have a fraction. */
function setTime(option: string, bad: string, failed: string): Change {
  return (self, [name = "", word = ""]) => {
    const number = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?/i.exec(word)?.[0];
    if (number === undefined) return `bad ${bad} value\n`;
    const centiseconds = Math.floor(Number(number) * 100 + 1e-6);
    const errno = setBridge(self, name, option, centiseconds);
    return errno === undefined ? undefined : `set ${failed} failed: ${errnoText(errno)}\n`;
  };
}

/** A whole number as scanf's %i reads the beginning of a word. */
function scanInteger(word: string): number | undefined {
  const found = /^\s*([+-]?)(0x[0-9a-f]+|\d+)/i.exec(word);
  if (found === null) return undefined;
  const [, sign = "", digits = ""] = found;
  const octal = /^0[0-7]*/.exec(digits)?.[0] ?? "";
  const value = /^0x/i.test(digits)
    ? Number.parseInt(digits, 16)
    : digits.startsWith("0")
      ? Number.parseInt(octal, 8)
      : Number.parseInt(digits, 10);
  return sign === "-" ? -value : value;
}

function setBridgePriority(
  self: Process,
  [name = "", word = ""]: readonly string[],
): string | undefined {
  const priority = scanInteger(word);
  if (priority === undefined) return "bad priority\n";
  const errno = setBridge(self, name, "priority", priority & 0xffff);
  return errno === undefined ? undefined : `set bridge priority failed: ${errnoText(errno)}\n`;
}

/** The port as /sys shows it: "none" when the device is no port, "elsewhere" when it is not there. */
function portInSys(self: Process, name: string): NetDevice | "none" | "elsewhere" {
  const dev = self.sysNet.byName.get(name);
  if (dev === undefined) return "elsewhere";
  return dev.port === undefined ? "none" : dev;
}

function setPort(where: NetDevice | "none", option: string, value: number): Errno | undefined {
  if (where === "none") return "ENOENT";
  return setPortOptions(where, new Map([[option, value]]))?.errno;
}

/** A command that sets a number of a port. */
function setPortNumber(option: string, bad: string, failed: string): Change {
  return (self, [bridgeName = "", name = "", word = ""]) => {
    const value = scanInteger(word);
    if (value === undefined) return `bad ${bad} value\n`;
    const errno = applyToPort(self, bridgeName, name, [option, value]);
    return errno === undefined ? undefined : `set ${failed} failed: ${errnoText(errno)}\n`;
  };
}

function applyToPort(
  self: Process,
  bridgeName: string,
  name: string,
  [option, value]: readonly [option: string, value: number],
): Errno | undefined {
  const dev = self.net.byName.get(name);
  if (dev === undefined) return "ENODEV";
  const where = portInSys(self, name);
  if (where !== "elsewhere" && where !== "none") return setPort(where, option, value);
  const bridge = self.net.byName.get(bridgeName);
  if (bridge === undefined) return "ENODEV";
  if (where === "none") return "ENOENT";
  return dev.port?.bridge.dev === bridge ? setPort(dev, option, value) : "EINVAL";
}
