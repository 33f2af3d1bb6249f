// `ip maddress` (ip-maddress(8), iproute2 6.1.0): the multicast groups of devices, by link layer, IPv4
// and IPv6, and static link-layer groups.
// Not simulated: groups that sockets joined beyond the count of users.

import { devMcAdd, devMcDel } from "../../net/core/devAddrLists.ts";
import { devicesInOrder } from "../../net/core/devChange.ts";
import type { NetDevice } from "../../net/core/netDevice.ts";
import { groupsInOrder6 } from "../../net/ipv6/mcast.ts";
import { print, warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { ip6Text, isGroupMac, macText } from "../../wire/address.ts";
import { parseLinkAddress } from "./linkWords.ts";
import { type Failure, garbageArgument, INCOMPLETE, type IpOptions, matches } from "./options.ts";
import { createOutput, type Output } from "./output.ts";
import { finish } from "./refusal.ts";
import { printUsage } from "./usage.ts";

/** The object `maddress` of `ip`. */
export function* multicastCommand(
  self: Process,
  options: IpOptions,
  words: readonly string[],
): Execution {
  const [verb = "show", ...rest] = words;
  if (matches(verb, "add")) return yield* finish(self, change(self, true, rest));
  if (matches(verb, "delete")) return yield* finish(self, change(self, false, rest));
  if (["show", "lst", "list"].some((name) => matches(verb, name))) {
    return yield* show(self, options, rest);
  }
  if (matches(verb, "help")) return yield* printUsage(self, "maddress");
  yield* warn(self, `Command "${verb}" is unknown, try "ip maddr help".\n`);
  return 255;
}

type Group = {
  readonly family: "link" | "inet" | "inet6";
  readonly text: string;
  readonly users: number;
  readonly isStatic: boolean;
};

function* show(self: Process, options: IpOptions, words: readonly string[]): Execution {
  let name: string | undefined;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    if (word === "dev") at += 1;
    else if (matches(word, "help")) return yield* printUsage(self, "maddress");
    const value = words[at];
    if (value === undefined) return yield* finish(self, INCOMPLETE);
    if (name !== undefined) return yield* finish(self, garbageArgument("dev", value));
    name = value;
  }
  const out = createOutput(options);
  out.openArray();
  for (const dev of devicesInOrder(self.net)) {
    if (name === undefined || dev.name === name) printDevice(out, options, dev);
  }
  out.closeArray();
  yield* print(self, out.take());
  return 0;
}

function printDevice(out: Output, options: IpOptions, dev: NetDevice): void {
  const groups = groupsOf(dev).filter(
    ({ family }) => options.family === "unspec" || options.family === family,
  );
  if (groups.length === 0) return;
  out.openObject();
  out.property("ifindex", dev.ifindex);
  out.property("ifname", dev.name);
  const head = `${dev.ifindex}:\t${dev.name}`;
  if (!options.oneline) out.text(`${head}\n`);
  out.openArray("maddr");
  for (const { family, text, users, isStatic } of groups) {
    out.openObject();
    out.text(options.oneline ? `${head}\\` : "");
    if (family === "link") out.put("link", text, `\tlink  ${text}`);
    else {
      out.put("family", family, `\t${family.padEnd(5)} `);
      out.put("address", text, text);
    }
    if (users > 1) out.put("users", users, ` users ${users}`);
    if (isStatic) out.put("features", "static", " static");
    out.text("\n");
    out.closeObject();
  }
  out.closeArray();
  out.closeObject();
}

/** Link-layer groups in the order in which they came, then IPv4's and IPv6's, the newest first. */
function groupsOf(dev: NetDevice): Group[] {
  const groups: Group[] = [...dev.multicast]
    .filter(([mac]) => isGroupMac(mac))
    .map(([mac, users]) => ({
      family: "link",
      text: macText(mac),
      users,
      isStatic: dev.staticGroups?.has(mac) === true,
    }));
  // Every device that is up is in 224.0.0.1, and bridges that snoop are in 224.0.0.106.
  if (dev.ip4 !== undefined && (dev.flags & 1) !== 0) {
    groups.push({ family: "inet", text: "224.0.0.1", users: 1, isStatic: false });
    if (dev.driver.type === "bridge" && dev.driver.bridge.multicastSnooping) {
      groups.push({ family: "inet", text: "224.0.0.106", users: 1, isStatic: false });
    }
  }
  for (const { address, users } of groupsInOrder6(dev)) {
    groups.push({ family: "inet6", text: ip6Text(address), users, isStatic: false });
  }
  return groups;
}

function change(self: Process, add: boolean, words: readonly string[]): Failure | undefined {
  let name: string | undefined;
  let word: string | undefined;
  for (let at = 0; at < words.length; at++) {
    const one = words[at] ?? "";
    if (one === "dev") {
      at += 1;
      if (words[at] === undefined) return INCOMPLETE;
      if (name !== undefined) return garbageArgument("dev", words[at] ?? "");
      name = words[at];
    } else {
      if (one === "address") at += 1;
      const value = words[at];
      if (value === undefined) return INCOMPLETE;
      if (word !== undefined) return garbageArgument("address", value);
      word = value;
    }
  }
  const given = word === undefined ? undefined : parseLinkAddress(word);
  if (given !== undefined && "code" in given) return given;
  if (given !== undefined && given.length !== 6) {
    const text = `Error: Invalid address length ${given.length} - must be 6 bytes\n`;
    return { text, code: 1 };
  }
  if (name === undefined) {
    return { text: 'Not enough information: "dev" is required.\n', code: 255 };
  }
  const dev = self.net.byName.get(name);
  if (dev === undefined) return { text: "ioctl: No such device\n", code: 1 };
  return setStatic(dev, given?.mac ?? 0, add);
}

/** Static groups have one user more, however often they are added. */
function setStatic(dev: NetDevice, mac: number, add: boolean): Failure | undefined {
  const known = dev.staticGroups?.has(mac) === true;
  if (!add && !known) return { text: "ioctl: No such file or directory\n", code: 1 };
  if (add === known) return undefined;
  dev.staticGroups ??= new Set();
  if (add) {
    dev.staticGroups.add(mac);
    devMcAdd(dev, mac);
  } else {
    dev.staticGroups.delete(mac);
    devMcDel(dev, mac);
  }
  return undefined;
}
