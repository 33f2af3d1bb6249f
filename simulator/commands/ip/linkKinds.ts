// The options after `type KIND` of `ip link`: vlan, macvlan, bridge, bridge_slave; a veth's peer is
// read with the words of a link. Errors and usage as iproute2 6.1.0 prints them.
// Not simulated: other kinds of links; macvlan's source mode lists and queue length.

import type { LinkOptions, MacvlanRequest, VlanRequest } from "../../net/core/linkRequest.ts";
import type { MacvlanMode } from "../../net/core/netDevice.ts";
import type { Net } from "../../net/core/netNamespace.ts";
import { notOnOff, parseLinkAddress } from "./linkWords.ts";
import { type Failure, matches, wrongArgument } from "./options.ts";
import { notSimulated } from "./refusal.ts";
import { findDevice } from "./selection.ts";
import { handlerOf, unsigned, type WordReader, type WordTable } from "./words.ts";

/** What the options of a kind said. */
export type KindWords = {
  readonly vlan?: VlanRequest;
  readonly macvlan?: MacvlanRequest;
  readonly options?: LinkOptions;
  /** Print this kind's usage; `unknown` is the word that led to it. */
  readonly usage?: { readonly before: string };
};

/** Kinds that this Debian's kernel has and the simulator has not. */
export const OTHER_KINDS: ReadonlySet<string> = new Set(
  (
    "amt bareudp bond dsa erspan geneve gre gretap gtp ifb ip6erspan ip6gre ip6gretap ip6tnl ipip " +
    "ipoib ipvlan ipvtap macsec macvtap netdevsim nlmon rmnet sit team vcan vrf vti vti6 vxcan " +
    "vxlan wwan xfrm virt_wifi wireguard hsr batadv can"
  ).split(" "),
);

/** Kinds with options of their own here. */
export function readKindWords(net: Net, kind: string, reader: WordReader): KindWords {
  if (kind === "vlan") return readVlan(reader);
  if (kind === "macvlan") return readMacvlan(reader);
  if (kind === "bridge") return readOptions(reader, kind, BRIDGE, "command");
  if (kind === "bridge_slave") return readOptions(reader, kind, slaveTable(net), "option");
  // dummy and kinds that iproute2 does not know take any words.
  return {};
}

/** Goes through words by a table; what is not in it asks for the usage. */
function readTable(
  reader: WordReader,
  kind: string,
  table: WordTable,
  noun: string,
): KindWords["usage"] {
  while (reader.word !== undefined && reader.failure === undefined) {
    const { word } = reader;
    const read = handlerOf(table, word);
    if (read === undefined) {
      return { before: matches(word, "help") ? "" : `${kind}: unknown ${noun} "${word}"?\n` };
    }
    read(reader);
    reader.skip();
  }
  return undefined;
}

function withUsage(words: KindWords, usage: KindWords["usage"]): KindWords {
  return usage === undefined ? words : { ...words, usage };
}

type MutableVlan = { -readonly [name in keyof VlanRequest]: VlanRequest[name] };

function readVlan(reader: WordReader): KindWords {
  const vlan: MutableVlan = {};
  const onOff = (name: string, key: keyof VlanRequest): WordTable[number] => [
    name,
    () => {
      const word = reader.next();
      if (reader.failure !== undefined) return;
      if (word === "on" || word === "off") Object.assign(vlan, { [key]: word === "on" });
      else reader.fail(notOnOff(name, word));
    },
  ];
  const table: WordTable = [
    ["protocol", () => readProtocol(reader, (protocol) => Object.assign(vlan, { protocol }))],
    ["id", () => numberInto(reader, 65535, "id is invalid", (id) => Object.assign(vlan, { id }))],
    onOff("reorder_hdr", "reorderHeader"),
    onOff("gvrp", "gvrp"),
    onOff("mvrp", "mvrp"),
    onOff("loose_binding", "looseBinding"),
    onOff("bridge_binding", "bridgeBinding"),
    ["ingress-qos-map", () => Object.assign(vlan, { ingressQos: readQos(reader, "ingress") })],
    ["egress-qos-map", () => Object.assign(vlan, { egressQos: readQos(reader, "egress") })],
  ];
  const usage = readTable(reader, "vlan", table, "command");
  return withUsage({ vlan }, usage);
}

function readProtocol(
  reader: WordReader,
  keep: (protocol: number) => unknown,
  message = "protocol is invalid",
): void {
  const word = reader.next();
  if (reader.failure !== undefined) return;
  const name = word.toLowerCase();
  if (name === "802.1q") keep(0x8100);
  else if (name === "802.1ad") keep(0x88a8);
  else reader.fail(wrongArgument(message, word));
}

function numberInto(
  reader: WordReader,
  max: number,
  message: string,
  keep: (value: number) => unknown,
): void {
  const word = reader.next();
  if (reader.failure !== undefined) return;
  const value = unsigned(word, max);
  if (value === undefined) reader.fail(wrongArgument(message, word));
  else keep(value);
}

/** Pairs FROM:TO up to the first word without a colon. */
function readQos(reader: WordReader, direction: string): ReadonlyMap<number, number> {
  const map = new Map<number, number>();
  reader.next();
  while (reader.failure === undefined && reader.word?.includes(":") === true) {
    const [from = "", to = ""] = reader.word.split(/:(.*)/s);
    const first = unsigned(from);
    const second = unsigned(to);
    if (first === undefined || second === undefined) {
      reader.fail(wrongArgument(`invalid ${direction}-qos-map`, reader.word));
    } else map.set(first, second);
    reader.skip();
  }
  reader.back();
  return map;
}

const MODES: readonly MacvlanMode[] = ["private", "vepa", "bridge", "passthru", "source"];

function readMacvlan(reader: WordReader): KindWords {
  let mode: MacvlanMode | undefined;
  let nopromisc = false;
  const table: WordTable = [
    [
      "mode",
      () => {
        const word = reader.next();
        if (reader.failure !== undefined) return;
        mode = MODES.find((one) => one === word);
        if (mode === undefined) {
          const text = `Error: argument of "mode" must be "private", "vepa", "bridge", "passthru" or "source", not "${word}"\n`;
          reader.fail({ text, code: 1 });
        }
      },
    ],
    [
      "flag",
      () => {
        const word = reader.next();
        if (word === "nopromisc") nopromisc = true;
        else if (word !== "null" && reader.failure === undefined) {
          reader.fail(notSimulated(`macvlan flag ${word}`));
        }
      },
    ],
    [
      "=nopromisc",
      () => {
        nopromisc = true;
      },
    ],
    ["=nodst macaddr bcqueuelen", () => reader.fail(notSimulated(`macvlan ${reader.word ?? ""}`))],
  ];
  let usage = readTable(reader, "macvlan", table, "option");
  if (usage === undefined && nopromisc && mode !== "passthru") {
    usage = { before: "macvlan: nopromisc flag only valid in passthru mode\n" };
  }
  const macvlan: MacvlanRequest = {
    ...(mode === undefined ? {} : { mode }),
    ...(nopromisc ? { nopromisc } : {}),
  };
  return withUsage({ macvlan }, usage);
}

/** An option's name, how large its number may be, and iproute2's words for a wrong one. */
type OptionRow = readonly [
  name: string,
  kind: number | "mac" | "flag" | "switch" | "vlanProtocol",
  message?: string,
  key?: string,
];

const U8 = 0xff;
const U16 = 0xffff;
const U32 = 0xffffffff;

const BRIDGE: readonly OptionRow[] = [
  ["forward_delay", U32],
  ["hello_time", U32],
  ["max_age", U32],
  ["ageing_time", U32],
  ["stp_state", U32],
  ["priority", U16],
  ["vlan_filtering", U8],
  ["vlan_protocol", "vlanProtocol"],
  ["group_fwd_mask", U16],
  ["group_address", "mac"],
  ["fdb_flush", "flag"],
  ["vlan_default_pvid", U16],
  ["vlan_stats_enabled", U8],
  ["vlan_stats_per_port", U8],
  ["mcast_router", U8],
  ["mcast_snooping", U8],
  ["mcast_vlan_snooping", U8],
  ["mcast_query_use_ifaddr", U8],
  ["mcast_querier", U8],
  ["mcast_hash_elasticity", U32],
  ["mcast_hash_max", U32],
  ["mcast_last_member_count", U32],
  ["mcast_startup_query_count", U32],
  ["mcast_last_member_interval", U32],
  ["mcast_membership_interval", U32],
  ["mcast_querier_interval", U32],
  ["mcast_query_interval", U32],
  ["mcast_query_response_interval", U32],
  ["mcast_startup_query_interval", U32],
  ["mcast_stats_enabled", U8],
  ["mcast_igmp_version", U8],
  ["mcast_mld_version", U8],
  ["nf_call_iptables", U8],
  ["nf_call_ip6tables", U8],
  ["nf_call_arptables", U8],
  ["no_linklocal_learn", U8],
];

const SLAVE: readonly OptionRow[] = [
  ["fdb_flush", "flag"],
  ["state", U8, "state is invalid"],
  ["priority", U16, "priority is invalid"],
  ["cost", U32, "cost is invalid"],
  ["hairpin", "switch"],
  ["guard", "switch"],
  ["root_block", "switch"],
  ["fastleave", "switch"],
  ["learning", "switch"],
  ["flood", "switch"],
  ["mcast_router", U8],
  ["mcast_fast_leave", "switch", "", "fastleave"],
  ["mcast_flood", "switch"],
  ["bcast_flood", "switch"],
  ["mcast_to_unicast", "switch"],
  ["proxy_arp", "switch"],
  ["proxy_arp_wifi", "switch"],
  ["group_fwd_mask", U16],
  ["neigh_suppress", "switch"],
  ["vlan_tunnel", "switch"],
  ["isolated", "switch"],
  ["locked", "switch"],
];

type OptionReader = (reader: WordReader, options: Map<string, number>) => void;

function optionReader([name, kind, message, key = name]: OptionRow): OptionReader {
  const wrong = message ?? `invalid ${name}`;
  return (reader, options) => {
    if (kind === "flag") {
      options.set(key, 1);
      return;
    }
    if (kind === "vlanProtocol") {
      readProtocol(reader, (protocol) => options.set(key, protocol), wrong);
      return;
    }
    if (typeof kind === "number") {
      numberInto(reader, kind, wrong, (value) => options.set(key, value));
      return;
    }
    const word = reader.next();
    if (reader.failure !== undefined) return;
    if (kind === "switch") {
      if (word === "on" || word === "off") options.set(key, word === "on" ? 1 : 0);
      else reader.fail(notOneOf(name, word));
      return;
    }
    const given = parseLinkAddress(word);
    if ("code" in given) reader.fail(given);
    else options.set(key, given.mac);
  };
}

function notOneOf(name: string, word: string): Failure {
  return {
    text: `Error: argument of "${name}" must be one of "off", "on", not "${word}"\n`,
    code: 1,
  };
}

function slaveTable(net: Net): readonly (OptionRow | readonly [string, OptionReader])[] {
  const backup: OptionReader = (reader, options) => {
    const word = reader.next();
    if (reader.failure !== undefined) return;
    const dev = findDevice(net, word);
    if (dev === undefined) reader.fail(wrongArgument("device does not exist", word));
    else options.set("backup_port", dev.ifindex);
  };
  return [
    ...SLAVE,
    ["backup_port", backup],
    ["nobackup_port", (_reader, options) => void options.set("backup_port", 0)],
  ];
}

function readOptions(
  reader: WordReader,
  kind: string,
  rows: readonly (OptionRow | readonly [string, OptionReader])[],
  noun: string,
): KindWords {
  const options = new Map<string, number>();
  const table: WordTable = rows.map((row) => {
    const [name, how] = row;
    const read = typeof how === "function" ? how : optionReader(row as OptionRow);
    return [name, (words) => read(words, options)];
  });
  const usage = readTable(reader, kind, table, noun);
  return withUsage({ options }, usage);
}
