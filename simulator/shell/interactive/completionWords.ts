// The words of networking commands, for completion: objects, verbs and keywords, and the names that are
// there right now: devices, namespaces, sysctls, jobs.
// Source: ip(8) and its pages, bridge(8), brctl(8), tcpdump(8), ping(8), sysctl(8).
// Not simulated: values that are free, such as addresses.

import { devicesInOrder } from "../../net/core/devChange.ts";
import type { Net } from "../../net/core/netNamespace.ts";
import { listSysctls } from "../../net/core/sysctl.ts";
import type { ShellState } from "../shellState.ts";

/** Words that fit, and what follows one that is whole. */
export type KnownWords = { readonly words: readonly string[]; readonly tail?: string };

type Asked = {
  readonly state: ShellState;
  readonly net: Net;
  /** Words of the command behind its options. */
  readonly words: readonly string[];
  readonly last: string;
  readonly part: string;
};

/** Verbs, and keywords that may follow them, by object. */
type Objects = Readonly<Record<string, readonly [verbs: string, keywords: string]>>;

const ADDRESS = "address broadcast dev label local peer scope valid_lft preferred_lft up";
const ROUTE = "dev mtu metric nexthop onlink proto scope src table type via from to iif oif weight";

const IP: Objects = {
  link: [
    "add delete set show help",
    "address arp down dev group master mtu multicast name netns nomaster peer promisc txqueuelen type up vlan id mode vlan_filtering stp_state forward_delay veth bridge dummy macvlan link on off",
  ],
  address: ["add change delete flush replace show help", ADDRESS],
  route: ["add append change delete flush get replace show help", ROUTE],
  rule: ["add delete flush show help", "from to iif oif table lookup priority fwmark"],
  neighbour: ["add change delete flush get replace show help", "dev lladdr nud proxy router"],
  netns: ["add delete exec identify list list-id monitor pids set", ""],
  monitor: ["address all link neigh netns route rule", "label dev"],
  maddress: ["add delete show", "dev"],
  netconf: ["show", "dev"],
};

const BRIDGE: Objects = {
  fdb: [
    "add append delete flush replace show",
    "br brport dev dst dynamic local master permanent self static vlan",
  ],
  link: [
    "set show",
    "cost dev fastleave flood guard hairpin isolated learning mcast_flood neigh_suppress priority proxy_arp root_block state on off",
  ],
  vlan: ["add delete global set show tunnelshow", "dev master pvid self untagged vid"],
  mdb: ["add delete show", "dev grp permanent port temp vid"],
  monitor: ["all fdb link mdb vlan", ""],
};

const BRCTL =
  "addbr addif delbr delif hairpin setageing setbridgeprio setfd sethello setmaxage setpathcost setportprio show showmacs showstp stp";

/** Options after which a device stands. */
const DEVICE_OPTIONS: Readonly<Record<string, RegExp>> = {
  tcpdump: /^(?:-i|--interface)$/,
  ping: /^-I$/,
  arping: /^-I$/,
  traceroute: /^-i$/,
  arp: /^-i$/,
};

/** The words that may stand here; undefined when files do. */
export function commandWords(
  state: ShellState,
  before: readonly string[],
  part: string,
): KnownWords | undefined {
  const [name = "", ...rest] = before;
  const { net } = state.process;
  const last = rest.at(-1) ?? "";
  const devices = { words: deviceNames(net) };
  if (name === "ip") return ipWords({ state, net, words: rest, last, part });
  if (name === "bridge")
    return objectWords(BRIDGE, withoutOptions({ state, net, words: rest, last, part }));
  if (name === "sysctl") {
    return { words: listSysctls(net).map((path) => path.replaceAll("/", ".")), tail: "" };
  }
  if (name === "brctl") return { words: rest.length === 0 ? BRCTL.split(" ") : deviceNames(net) };
  if (/^(?:ifconfig|ethtool)$/.test(name)) return devices;
  if (DEVICE_OPTIONS[name]?.test(last) === true) return devices;
  if (/^(?:fg|bg|jobs|kill|wait|disown)$/.test(name) && part.startsWith("%")) {
    return { words: state.jobs.map((job) => `%${job.number}`) };
  }
  return undefined;
}

function deviceNames(net: Net): string[] {
  return devicesInOrder(net).map((dev) => dev.name);
}

/** Leaves options out; `-n NAME` leads into a namespace. */
function withoutOptions(asked: Asked): Asked {
  const { state } = asked;
  const words: string[] = [];
  let { net } = asked;
  for (let at = 0; at < asked.words.length; at++) {
    const word = asked.words[at] ?? "";
    if (words.length > 0 || !word.startsWith("-")) words.push(word);
    else if (/^-n(?:etns)?$/.test(word)) {
      at += 1;
      net = state.process.machine.netnsNames.get(asked.words[at] ?? "") ?? net;
    }
  }
  return { ...asked, net, words };
}

function ipWords(given: Asked): KnownWords | undefined {
  const namespaces = { words: [...given.state.process.machine.netnsNames.keys()] };
  const asked = withoutOptions(given);
  const { words, last } = asked;
  if (words.length === 0 && /^-n(?:etns)?$/.test(given.last)) return namespaces;
  const object = fullName(IP, words[0] ?? "");
  if (object === "netns" && words.length >= 2) {
    if (words.length === 2) return namespaces;
    if (!/^e/.test(words[1] ?? "")) return undefined;
    // What runs there has words of its own.
    const inside = words.slice(3);
    return inside.length === 0 ? undefined : commandWords(given.state, inside, given.part);
  }
  if (last === "netns" && words.length > 1) return namespaces;
  return objectWords(IP, asked);
}

function fullName(objects: Objects, word: string): string | undefined {
  if (word === "") return undefined;
  return Object.keys(objects).find((name) => name.startsWith(word));
}

function objectWords(objects: Objects, { net, words, last }: Asked): KnownWords {
  if (words.length === 0) return { words: [...Object.keys(objects), "help"] };
  const [verbs, keywords] = objects[fullName(objects, words[0] ?? "") ?? ""] ?? ["", ""];
  const list = (text: string) => text.split(" ").filter((word) => word !== "");
  if (words.length === 1) return { words: list(verbs) };
  const devices = deviceNames(net);
  if (/^(?:dev|master|iif|oif|br|brport|link)$/.test(last)) return { words: devices };
  if (words.length === 2 && /^(?:set|show|del|delete|list)$/.test(last)) {
    // Where a device may stand, it is what is wanted.
    return { words: devices.length > 0 ? [...devices, "dev"] : list(keywords) };
  }
  return { words: list(keywords) };
}
