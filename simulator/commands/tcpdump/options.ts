// The options of tcpdump 4.99.3 (tcpdump(1)), read one after the other; the first mistake ends it.
// Not simulated: those that rotate files, print BPF code, decrypt, or name a type of packets; they
// say so.

import { type GivenOption, getopt } from "../getopt.ts";
import type { PrintOptions } from "./print/printer.ts";

/** What tcpdump was told. */
export type Options = {
  device: string | undefined;
  /** Packets to take; 0 is all. */
  count: number;
  snapLength: number;
  readFile: string | undefined;
  writeFile: string | undefined;
  filterFile: string | undefined;
  direction: "in" | "out" | "inout";
  link: string | undefined;
  promiscuous: boolean;
  /** -l, and -U. */
  lineBuffered: boolean;
  packetBuffered: boolean;
  immediate: boolean;
  /** --print: show what is written to a file. */
  printToo: boolean;
  countOnly: boolean;
  listDevices: boolean;
  listLinks: boolean;
  readonly print: { -readonly [K in keyof PrintOptions]: PrintOptions[K] };
};

/** The options and the words of the filter, or how to end at once. */
export type Given =
  | { readonly options: Options; readonly filter: string }
  | { readonly end: "version" | "help" }
  | { readonly error: string }
  /** A mistake behind which the usage stands. */
  | { readonly usage: string }
  | { readonly notSimulated: string };

const TABLE = {
  short: "aAbB:c:C:dDeE:fF:G:hHi:Ij:JKlLm:M:nNOpqQ:r:s:StT:u" + "UvV:w:W:xXy:Yz:Z:#",
  long: {
    "buffer-size": "B:",
    "list-interfaces": "D",
    help: "h",
    interface: "i:",
    "monitor-mode": "I",
    "time-stamp-type": "j:",
    "list-time-stamp-types": "J",
    micro: "micro",
    nano: "nano",
    "dont-verify-checksums": "K",
    "list-data-link-types": "L",
    "no-optimize": "O",
    "no-promiscuous-mode": "p",
    direction: "Q:",
    "snapshot-length": "s:",
    "absolute-tcp-sequence-numbers": "S",
    "packet-buffered": "U",
    linktype: "y:",
    "relinquish-privileges": "Z:",
    number: "#",
    print: "print",
    version: "version",
    "time-stamp-precision": "precision:",
    "immediate-mode": "immediate",
    count: "count",
  },
};

const LONGEST = 262_144;

/** Reads the words of the command line. */
export function readOptions(argv: readonly string[]): Given {
  const given = getopt(argv, TABLE);
  const options: Options = {
    device: undefined,
    count: 0,
    snapLength: LONGEST,
    readFile: undefined,
    writeFile: undefined,
    filterFile: undefined,
    direction: "inout",
    link: undefined,
    promiscuous: true,
    lineBuffered: false,
    packetBuffered: false,
    immediate: false,
    printToo: false,
    countOnly: false,
    listDevices: false,
    listLinks: false,
    print: {
      verbose: 0,
      ether: false,
      numeric: false,
      quick: 0,
      hex: 0,
      hexAscii: 0,
      ascii: 0,
      absolute: false,
      noChecksums: false,
      numbered: false,
      stamp: 0,
      nano: false,
    },
  };
  for (const option of given.options) {
    const end = readOption(options, option);
    if (end !== undefined) return end;
  }
  if (given.error !== undefined) return { usage: given.error };
  return { options, filter: given.operands.join(" ") };
}

type Setter = (options: Options, value: string) => Given | undefined;

const set =
  (change: (options: Options, value: string) => unknown): Setter =>
  (options, value) => {
    change(options, value);
    return undefined;
  };

/** A number that must be above 0; what is no number is 0. */
function positive(value: string): boolean {
  return Number.parseInt(value, 10) > 0;
}

/** Options that change nothing here. */
const IGNORED = new Set(["a", "b", "f", "N", "O", "u", "Y", "Z", "H"]);

/** Sentences about numbers that are wrong, for options that are not simulated otherwise. */
const WRONG_NUMBER: Readonly<Record<string, string>> = {
  C: "invalid file size",
  W: "invalid number of output files",
};

const SETTERS: Readonly<Record<string, Setter>> = {
  A: set(({ print }) => print.ascii++),
  B: (_, value) => (positive(value) ? undefined : { error: `invalid packet buffer size ${value}` }),
  c: (options, value) => {
    if (!positive(value)) return { error: `invalid packet count ${value}` };
    options.count = Number.parseInt(value, 10);
    return undefined;
  },
  D: set((options) => (options.listDevices = true)),
  e: set(({ print }) => (print.ether = true)),
  F: set((options, value) => (options.filterFile = value)),
  h: () => ({ end: "help" }),
  i: set((options, value) => (options.device = value)),
  immediate: set((options) => (options.immediate = true)),
  j: (_, value) => (value === "host" ? undefined : { error: `invalid time stamp type ${value}` }),
  K: set(({ print }) => (print.noChecksums = true)),
  l: set((options) => (options.lineBuffered = true)),
  L: set((options) => (options.listLinks = true)),
  n: set(({ print }) => (print.numeric = true)),
  micro: set(({ print }) => (print.nano = false)),
  nano: set(({ print }) => (print.nano = true)),
  precision: (options, value) => {
    if (value !== "micro" && value !== "nano") return { error: "unsupported time stamp precision" };
    options.print.nano = value === "nano";
    return undefined;
  },
  p: set((options) => (options.promiscuous = false)),
  print: set((options) => (options.printToo = true)),
  q: set(({ print }) => print.quick++),
  Q: (options, value) => {
    if (value !== "in" && value !== "out" && value !== "inout") {
      return { error: `unknown capture direction \`${value}'` };
    }
    options.direction = value;
    return undefined;
  },
  r: set((options, value) => (options.readFile = value)),
  s: (options, value) => {
    const number = value === "" ? Number.NaN : Number(value);
    if (!(Number.isInteger(number) && number >= 0 && number <= LONGEST)) {
      return { error: `invalid snaplen ${value} (must be >= 0 and <= ${LONGEST})` };
    }
    options.snapLength = number === 0 ? LONGEST : number;
    return undefined;
  },
  S: set(({ print }) => (print.absolute = true)),
  t: set(({ print }) => print.stamp++),
  U: set((options) => (options.packetBuffered = true)),
  v: set(({ print }) => print.verbose++),
  version: () => ({ end: "version" }),
  w: set((options, value) => (options.writeFile = value)),
  x: set(({ print }) => print.hex++),
  X: set(({ print }) => print.hexAscii++),
  y: (options, value) => {
    const link = value.toUpperCase().replace(/^DLT_/, "");
    if (!LINKS.has(link)) return { error: `invalid data link type ${value}` };
    options.link = link;
    return undefined;
  },
  "#": set(({ print }) => (print.numbered = true)),
  count: set((options) => (options.countOnly = true)),
};

/** Some of the link types that libpcap knows by name. */
const LINKS = new Set(
  "NULL EN10MB IEEE802 ARCNET SLIP PPP FDDI RAW DOCSIS LINUX_SLL LINUX_SLL2 IEEE802_11 LOOP IPV4 IPV6".split(
    " ",
  ),
);

const PACKET_TYPES = new Set(
  (
    "vat wb rpc rtp rtcp snmp cnfp aodv carp radius zmtp1 vxlan pgm pgm_zmtp1 lmp resp ptp someip " +
    "domain tftp"
  ).split(" "),
);

function readOption(options: Options, { name, value = "" }: GivenOption): Given | undefined {
  const setter = SETTERS[name];
  if (setter !== undefined) return setter(options, value);
  if (IGNORED.has(name)) return undefined;
  const wrong = WRONG_NUMBER[name];
  if (wrong !== undefined && !positive(value)) return { error: `${wrong} ${value}` };
  if (name === "T" && !PACKET_TYPES.has(value)) return { error: `unknown packet type \`${value}'` };
  return { notSimulated: `tcpdump -${name}` };
}
