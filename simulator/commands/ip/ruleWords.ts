// The words of `ip rule` (ip-rule(8), iproute2 6.1.0): selectors and action of one rule to add or delete,
// and the selection of those to show.
// Not simulated: realms, tunnel ids, masks of TOS.

import { type Failure, type Family, matches, wrongArgument } from "./options.ts";
import { isFailure, type Prefix, readPrefix } from "./prefix.ts";
import { protocolOf } from "./protocolNames.ts";
import { notSimulated } from "./refusal.ts";
import { dsfieldOf, type TableNames, typeOf } from "./routeNames.ts";
import { groupOf } from "./selection.ts";
import { createReader, integer, isDeviceName, unsigned, type WordReader } from "./words.ts";

/** All that the words say. */
export type RuleWords = {
  family: Family;
  inverted?: boolean;
  from?: Prefix;
  to?: Prefix;
  priority?: number;
  tos?: number;
  fwmark?: number;
  fwmask?: number;
  iif?: string;
  oif?: string;
  ipproto?: number;
  sport?: readonly [number, number];
  dport?: readonly [number, number];
  uidRange?: readonly [number, number];
  table?: number;
  tableGiven?: boolean;
  suppressPrefixLength?: number;
  suppressIfgroup?: number;
  protocol?: number;
  l3mdev?: boolean;
  goto?: number;
  action?: string;
  help?: boolean;
  warning?: string;
};

type Handler = (reader: WordReader, words: RuleWords, tables: TableNames) => void;

function put<K extends keyof RuleWords>(
  key: K,
  read: (word: string, tables: TableNames) => RuleWords[K] | undefined,
  message: string,
): Handler {
  return (reader, words, tables) => {
    const word = reader.next();
    if (reader.failure !== undefined) return;
    const value = read(word, tables);
    if (value === undefined) reader.fail(wrongArgument(message, word));
    else words[key] = value as RuleWords[K] & {};
  };
}

function prefix(key: "from" | "to"): Handler {
  return (reader, words) => {
    const word = reader.next();
    if (reader.failure !== undefined) return;
    const found = readPrefix(word, words.family);
    if (isFailure(found)) reader.fail(found);
    else words[key] = found;
  };
}

const readPriority = put("priority", (word) => unsigned(word), "preference value is invalid\n");
const readTos = put("tos", dsfieldOf, "TOS value is invalid\n");
const readTable = put("table", (word, tables) => tables.id(word), "invalid table ID\n");
const selectTable = put("table", (word, tables) => tables.id(word), "table id value is invalid\n");
const readIif = put("iif", deviceName, '"iif"/"dev" not a valid ifname');
const readPrefixLength = put(
  "suppressPrefixLength",
  (word) => {
    const length = integer(word);
    return length === undefined || length < 0 ? undefined : length;
  },
  "suppress_prefixlength value is invalid\n",
);
const readGroup = put("suppressIfgroup", groupOf, 'Invalid "suppress_ifgroup" value\n');

function deviceName(word: string): string | undefined {
  return isDeviceName(word) ? word : undefined;
}

const readNat: Handler = (reader, words) => {
  words.warning = "Warning: route NAT is deprecated\n";
  reader.next();
};

const readMark: Handler = (reader, words) => {
  const [mark = "", mask] = reader.next().split(/\/(.*)/s);
  if (reader.failure !== undefined) return;
  const word = reader.word ?? "";
  const value = unsigned(mark);
  const bits = mask === undefined ? undefined : unsigned(mask);
  if (value === undefined) reader.fail(wrongArgument("fwmark value is invalid\n", word));
  else if (mask !== undefined && bits === undefined) {
    reader.fail(wrongArgument("fwmask value is invalid\n", mask));
  } else {
    words.fwmark = value;
    if (bits !== undefined) words.fwmask = bits;
  }
};

/** Words that say the same for add, delete and show; "=" before those that may not be shortened. */
const SELECTORS: readonly (readonly [string, Handler])[] = [
  [
    "=not",
    (_reader, words) => {
      words.inverted = true;
    },
  ],
  ["=from", prefix("from")],
  ["=to", prefix("to")],
  ["preference", readPriority],
  ["order", readPriority],
  ["priority", readPriority],
  ["=tos", readTos],
  ["dsfield", readTos],
  ["=fwmark", readMark],
  ["realms", (reader) => reader.fail(notSimulated("ip rule with realms"))],
  ["protocol", put("protocol", protocolOf, '"protocol" value is invalid\n')],
  ["tun_id", (reader) => reader.fail(notSimulated("ip rule with tun_id"))],
  ["table", readTable],
  ["=lookup", readTable],
  ["suppress_prefixlength", readPrefixLength],
  ["=sup_pl", readPrefixLength],
  ["suppress_ifgroup", readGroup],
  ["=sup_group", readGroup],
  ["=dev", readIif],
  ["iif", readIif],
  ["=oif", put("oif", deviceName, '"oif" not a valid ifname')],
  [
    "=l3mdev",
    (_reader, words) => {
      words.l3mdev = true;
    },
  ],
  ["=uidrange", put("uidRange", uidRange, "invalid UID range\n")],
  ["=nat", readNat],
  ["map-to", readNat],
  ["=ipproto", put("ipproto", protocolNumber, 'Invalid "ipproto" value\n')],
  ["=sport", put("sport", portRange, "invalid port range\n")],
  ["=dport", put("dport", portRange, "invalid dport range\n")],
];

function uidRange(word: string): readonly [number, number] | undefined {
  const [, from = "", to = ""] = /^([0-9]+)-([0-9]+)$/.exec(word) ?? [];
  return from === "" ? undefined : [Number(from) >>> 0, Number(to) >>> 0];
}

function portRange(word: string): readonly [number, number] | undefined {
  const [, from = "", to = from] = /^([0-9]{1,5})(?:-([0-9]{1,5}))?$/.exec(word) ?? [];
  return from === "" ? undefined : [Number(from) & 0xffff, Number(to) & 0xffff];
}

/** /etc/protocols, as far as anybody writes them. */
const IP_PROTOCOLS: Readonly<Record<string, number>> = {
  ip: 0,
  icmp: 1,
  igmp: 2,
  tcp: 6,
  udp: 17,
  ipv6: 41,
  gre: 47,
  esp: 50,
  ah: 51,
  "ipv6-icmp": 58,
  ospf: 89,
  sctp: 132,
};

/** The number of an IP protocol's name or digits, or undefined. */
export function protocolNumber(word: string): number | undefined {
  return Object.hasOwn(IP_PROTOCOLS, word) ? IP_PROTOCOLS[word] : unsigned(word, 255);
}

/** An IP protocol as iproute2 prints it. */
export function protocolText(protocol: number, numeric = false): string {
  const names = Object.keys(IP_PROTOCOLS);
  const named = numeric ? undefined : names.find((name) => IP_PROTOCOLS[name] === protocol);
  return named ?? `ipproto-${protocol}`;
}

/** Reads the words of a rule to add or delete, or of a selection of rules. */
export function readRuleWords(
  texts: readonly string[],
  family: Family,
  tables: TableNames,
  selection: boolean,
): RuleWords | Failure {
  const words: RuleWords = { family: family === "link" ? "unspec" : family };
  const reader = createReader(texts);
  while (reader.word !== undefined && reader.failure === undefined && words.help !== true) {
    const { word } = reader;
    const handler = SELECTORS.find(([name]) =>
      name.startsWith("=") ? name.slice(1) === word : matches(word, name),
    )?.[1];
    if (selection && handler === readTable) selectTable(reader, words, tables);
    else if (handler !== undefined) handler(reader, words, tables);
    else if (selection) readLast(reader, words);
    else readAction(reader, words);
    reader.skip();
  }
  return reader.failure ?? words;
}

/** In a selection a word alone is a destination. */
function readLast(reader: WordReader, words: RuleWords): void {
  const word = reader.word ?? "";
  if (matches(word, "help")) {
    words.help = true;
    return;
  }
  const found = readPrefix(word, words.family === "unspec" ? "inet" : words.family);
  if (isFailure(found)) reader.fail(found);
  else words.to = found;
}

function readAction(reader: WordReader, words: RuleWords): void {
  if (reader.word === "type") reader.next();
  const word = reader.word ?? "";
  if (reader.failure !== undefined) return;
  if (matches(word, "help")) words.help = true;
  else if (matches(word, "goto")) {
    const target = unsigned(reader.next());
    if (reader.failure !== undefined) return;
    words.action = "goto";
    if (target === undefined) reader.fail(wrongArgument("invalid target\n", reader.word ?? ""));
    else words.goto = target;
  } else if (matches(word, "nop")) words.action = "nop";
  else {
    const type = typeOf(word);
    if (type === undefined) reader.fail(wrongArgument("Failed to parse rule type", word));
    else {
      words.action = type;
      words.tableGiven = true;
    }
  }
}
