// The options of tcpdump 4.99.3 (tcpdump(1)).
// Not simulated: those that decode secrets, rotate files, or print BPF code; they say so.

import { getopt } from "../getopt.ts";
import type { PrintOptions } from "./print/printer.ts";

/** What tcpdump was told. */
export type DumpSettings = {
  readonly device: string | undefined;
  readonly count: number | undefined;
  readonly snapLength: number;
  readonly readFile: string | undefined;
  readonly writeFile: string | undefined;
  readonly filterFile: string | undefined;
  readonly direction: "in" | "out" | "inout";
  readonly promiscuous: boolean;
  readonly lineByLine: boolean;
  readonly printToo: boolean;
  readonly countOnly: boolean;
  readonly filter: string;
  readonly print: PrintOptions;
};

/** A text to print, where to, and the exit status. */
export type DumpStop = { readonly text: string; readonly error: boolean; readonly code: number };

const SHORT = "AbB:c:C:dDeE:fF:G:hHi:IjJKlLm:M:nNOpqQ:r:s:StT:uUvV:w:W:xXy:z:Z:#";
const LONG = {
  count: "count",
  interface: "i:",
  "list-interfaces": "D",
  number: "#",
  "immediate-mode": "immediate",
  version: "version",
  help: "h",
  print: "print",
  direction: "Q:",
  "no-promiscuous-mode": "p",
  "packet-buffered": "U",
  "snapshot-length": "s:",
  micro: "micro",
  nano: "nano",
};
const NOT_SIMULATED = new Set([
  "d",
  "C",
  "E",
  "G",
  "I",
  "L",
  "D",
  "M",
  "T",
  "V",
  "W",
  "z",
  "m",
  "j",
  "J",
  "H",
]);
const VERSION =
  "tcpdump version 4.99.3\nlibpcap version 1.10.3 (with TPACKET_V3)\nOpenSSL 3.0.19 27 Jan 2026\n";
const USAGE = `Usage: tcpdump [-AbdDefhHIJKlLnNOpqStuUvxX#] [ -B size ] [ -c count ] [--count]
\t\t[ -C file_size ] [ -E algo:secret ] [ -F file ] [ -G seconds ]
\t\t[ -i interface ] [ --immediate-mode ] [ -j tstamptype ]
\t\t[ -M secret ] [ --number ] [ --print ] [ -Q in|out|inout ]
\t\t[ -r file ] [ -s snaplen ] [ -T type ] [ --version ]
\t\t[ -V file ] [ -w file ] [ -W filecount ] [ -y datalinktype ]
\t\t[ --time-stamp-precision precision ] [ --micro ] [ --nano ]
\t\t[ -z postrotate-command ] [ -Z user ] [ expression ]
`;
const LONGEST = 262_144;

/** Reads the words of the command line. */
export function readDumpSettings(argv: readonly string[]): DumpSettings | DumpStop {
  const given = getopt(argv, { short: SHORT, long: LONG });
  if (given.error !== undefined)
    return { text: `${given.error}\n${VERSION}${USAGE}`, error: true, code: 1 };
  const count = (name: string) => given.options.filter((option) => option.name === name).length;
  const value = (name: string) => given.options.findLast((option) => option.name === name)?.value;
  if (count("version") > 0) return { text: VERSION, error: false, code: 0 };
  if (count("h") > 0) return { text: `${VERSION}${USAGE}`, error: false, code: 0 };
  const beyond = given.options.find(({ name }) => NOT_SIMULATED.has(name));
  if (beyond !== undefined) {
    return {
      text: `vethbook simulator: tcpdump -${beyond.name} is not simulated\n`,
      error: true,
      code: 2,
    };
  }
  const packets = value("c");
  if (packets !== undefined && !(Number.parseInt(packets, 10) > 0)) {
    return { text: `tcpdump: invalid packet count ${packets}\n`, error: true, code: 1 };
  }
  const snap = value("s");
  if (snap !== undefined && !/^\d+$/.test(snap))
    return { text: `tcpdump: invalid snaplen ${snap}\n`, error: true, code: 1 };
  const direction = value("Q") ?? "inout";
  if (direction !== "in" && direction !== "out" && direction !== "inout") {
    return { text: `tcpdump: unknown capture direction '${direction}'\n`, error: true, code: 1 };
  }
  return {
    device: value("i"),
    count: packets === undefined ? undefined : Number.parseInt(packets, 10),
    snapLength: Math.min(Number(snap ?? 0) || LONGEST, LONGEST),
    readFile: value("r"),
    writeFile: value("w"),
    filterFile: value("F"),
    direction,
    promiscuous: count("p") === 0,
    lineByLine: count("l") > 0,
    printToo: count("print") > 0,
    countOnly: count("count") > 0,
    filter: given.operands.join(" "),
    print: {
      verbose: count("v"),
      ether: count("e") > 0,
      numeric: count("n") > 0,
      quick: count("q"),
      hex: count("x"),
      hexAscii: count("X"),
      ascii: count("A"),
      absolute: count("S") > 0,
      noChecksums: count("K") > 0,
      numbered: count("#") > 0,
      stamp: count("t"),
      nano: count("nano") > 0,
    },
  };
}
