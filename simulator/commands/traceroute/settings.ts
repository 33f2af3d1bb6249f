// The words of traceroute's command line, read as its own library reads them: long options need "=",
// nothing is abbreviated, operands may stand anywhere.
// Not here: what is done with them (traceroute.ts).
// Not simulated: -g, -A, -D, -UL, -P, --mtu, --back, --fwmark's effect beyond rules, module options.

import type { ProbeSettings } from "./probes.ts";

/** What the options say. */
export type TracerouteSettings = {
  family: "inet" | "inet6" | undefined;
  first: number;
  most: number;
  queries: number;
  together: number;
  numeric: boolean;
  /** Seconds: at most, by answers of the same hop, by answers of a later hop. */
  wait: readonly [most: number, here: number, near: number];
  /** Seconds between two probes. */
  pause: number;
  source: string | undefined;
  host: Word | undefined;
  /** Of the whole packet. */
  length: Word | undefined;
  probe: ProbeSettings;
};

/** A word and where it stands: among the operands, and in the command. */
export type Word = { readonly text: string; readonly position: number; readonly at: number };

/** Why it ends at once. */
export type TracerouteStop = {
  readonly text?: string;
  readonly code: number;
  readonly show?: "usage" | "version";
};

type Setter = (settings: TracerouteSettings, value: string) => boolean | TracerouteStop;

/** One option: short name, long name, what its value is called, what it does. */
type Option = readonly [short: string, long: string, value: string, set: Setter];

const OUT_OF_REACH = (what: string): TracerouteStop => ({
  text: `vethbook simulator: traceroute ${what} is not simulated\n`,
  code: 2,
});

function flag(change: (settings: TracerouteSettings) => void): Setter {
  return (settings) => {
    change(settings);
    return true;
  };
}

function number(change: (settings: TracerouteSettings, value: number) => void): Setter {
  return (settings, text) => {
    const value = readNumber(text);
    if (value !== undefined) change(settings, value);
    return value !== undefined;
  };
}

/** As strtoul(3) with base 0: what is negative becomes very large. */
function readNumber(text: string): number | undefined {
  if (!/^\s*[-+]?(0x[0-9a-f]+|\d+)$/i.test(text)) return undefined;
  const digits = text.trim().replace(/^[-+]/, "");
  const value = /^0\d/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  return text.trim().startsWith("-") ? 2 ** 32 - value : value;
}

const refused =
  (what: string): Setter =>
  () =>
    OUT_OF_REACH(what);

const OPTIONS: readonly Option[] = [
  ["4", "", "", flag((to) => Object.assign(to, { family: "inet" }))],
  ["6", "", "", flag((to) => Object.assign(to, { family: "inet6" }))],
  ["d", "debug", "", flag(() => undefined)],
  ["F", "dont-fragment", "", flag((to) => Object.assign(to.probe, { dontFragment: true }))],
  ["f", "first", "first_ttl", number((to, first) => Object.assign(to, { first }))],
  ["g", "gateway", "gate,...", refused("-g")],
  ["I", "icmp", "", flag((to) => Object.assign(to.probe, { method: "icmp" }))],
  ["T", "tcp", "", flag((to) => Object.assign(to.probe, { method: "tcp" }))],
  ["i", "interface", "device", setDevice],
  ["m", "max-hops", "max_ttl", number((to, most) => Object.assign(to, { most }))],
  ["N", "sim-queries", "squeries", number((to, together) => Object.assign(to, { together }))],
  ["n", "", "", flag((to) => Object.assign(to, { numeric: true }))],
  ["p", "port", "port", number((to, port) => Object.assign(to.probe, { port: port & 0xffff }))],
  ["t", "tos", "tos", number((to, tos) => Object.assign(to.probe, { tos: tos & 255 }))],
  ["l", "flowlabel", "flow_label", number((to, label) => setLabel(to, label))],
  ["w", "wait", "MAX,HERE,NEAR", setWait],
  ["q", "queries", "nqueries", number((to, queries) => Object.assign(to, { queries }))],
  ["r", "", "", flag((to) => Object.assign(to.probe, { dontRoute: true }))],
  ["s", "source", "src_addr", setSource],
  ["z", "sendwait", "sendwait", setPause],
  ["e", "extensions", "", flag(() => undefined)],
  ["A", "as-path-lookups", "", refused("-A")],
  ["M", "module", "name", setMethod],
  ["O", "options", "OPTS,...", refused("-O")],
  ["", "sport", "num", number((to, port) => setSourcePort(to, port))],
  ["", "fwmark", "num", number((to, mark) => Object.assign(to.probe, { mark }))],
  ["U", "udp", "", flag((to) => Object.assign(to.probe, { method: "udp" }))],
  ["D", "dccp", "", refused("-D")],
  ["P", "protocol", "prot", refused("-P")],
  ["", "mtu", "", refused("--mtu")],
  ["", "back", "", refused("--back")],
  ["V", "version", "", () => ({ code: 0, show: "version" })],
  ["", "help", "", () => ({ code: 0, show: "usage" })],
];

function setDevice(settings: TracerouteSettings, device: string): boolean {
  settings.probe.device = device;
  return true;
}

function setSource(settings: TracerouteSettings, source: string): boolean {
  settings.source = source;
  return true;
}

function setLabel(settings: TracerouteSettings, label: number): void {
  settings.probe.flowLabel = label & 0xfffff;
}

function setSourcePort(settings: TracerouteSettings, port: number): void {
  settings.probe.sourcePort = port & 0xffff;
  settings.together = 1;
}

function setMethod({ probe }: TracerouteSettings, name: string): boolean | TracerouteStop {
  if (name === "default" || name === "udp" || name === "icmp" || name === "tcp") {
    probe.method = name;
    return true;
  }
  const known = ["raw", "tcpconn", "udplite", "dccp"].includes(name);
  return known
    ? OUT_OF_REACH(`-M ${name}`)
    : { text: `Unknown traceroute module ${name}\n`, code: 2 };
}

function setWait(settings: TracerouteSettings, text: string): boolean {
  const parts = text.split(",");
  const numbers = parts.map((part) =>
    /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(part) ? Number(part) : Number.NaN,
  );
  if (parts.length > 3 || numbers.some(Number.isNaN)) return false;
  settings.wait = [numbers[0] ?? 0, numbers[1] ?? 0, numbers[2] ?? 0];
  return true;
}

function setPause(settings: TracerouteSettings, text: string): boolean {
  if (!/^\s*[-+]?(\d+\.?\d*|\.\d+)$/.test(text)) return false;
  settings.pause = Number(text);
  return true;
}

/** Reads the words; operands come as they stand. */
export function readTraceroute(argv: readonly string[]): TracerouteSettings | TracerouteStop {
  const settings = freshSettings();
  const operands: Word[] = [];
  let ended = false;
  for (let at = 1; at < argv.length; at++) {
    const text = argv[at] ?? "";
    if (ended || text === "-" || !text.startsWith("-")) {
      operands.push({ text, position: operands.length + 1, at });
    } else if (text === "--") ended = true;
    else {
      const read = text.startsWith("--")
        ? readLong(settings, text, at)
        : readShort(settings, argv, at);
      if (typeof read !== "number") return read;
      at = read;
    }
  }
  return readOperands(settings, operands) ?? settings;
}

/** Where reading goes on, or why not. */
function readLong(settings: TracerouteSettings, word: string, at: number): number | TracerouteStop {
  const equals = word.indexOf("=");
  const name = word.slice(2, equals < 0 ? undefined : equals);
  const option = OPTIONS.find(([, long]) => long === name && long !== "");
  if (option === undefined || (equals >= 0 && option[2] === "")) {
    const given = equals < 0 ? "" : ` (with arg \`${word.slice(equals + 1)}')`;
    return { text: `Bad option \`${word}'${given} (argc ${at})\n`, code: 2 };
  }
  if (option[2] !== "" && equals < 0) {
    const form = `--${name}=${option[2]}`;
    return { text: `Option \`--${name}' (argc ${at}) requires an argument: \`${form}'\n`, code: 2 };
  }
  return apply(settings, option, { shown: `--${name}`, value: word.slice(equals + 1), at });
}

function readShort(
  settings: TracerouteSettings,
  argv: readonly string[],
  at: number,
): number | TracerouteStop {
  const word = argv[at] ?? "";
  for (let index = 1; index < word.length; index++) {
    const name = word.charAt(index);
    const option = OPTIONS.find(([short]) => short === name);
    if (option === undefined) {
      return { text: `Bad option \`${index === 1 ? word : `-${name}`}' (argc ${at})\n`, code: 2 };
    }
    if (option[2] === "") {
      const done = apply(settings, option, { shown: `-${name}`, value: "", at });
      if (typeof done !== "number") return done;
      continue;
    }
    const rest = word.slice(index + 1);
    // Only the first option of a word may have its value in the same word.
    const value = rest === "" ? argv[at + 1] : index === 1 ? rest : undefined;
    if (value === undefined) {
      const text = `Option \`-${name}' (argc ${at}) requires an argument: \`-${name} ${option[2]}'\n`;
      return { text, code: 2 };
    }
    return apply(settings, option, { shown: `-${name}`, value, at: rest === "" ? at + 1 : at });
  }
  return at;
}

function apply(
  settings: TracerouteSettings,
  [, , , set]: Option,
  given: { readonly shown: string; readonly value: string; readonly at: number },
): number | TracerouteStop {
  const done = set(settings, given.value);
  if (done === true) return given.at;
  if (done !== false) return done;
  const text = `Cannot handle \`${given.shown}' option with arg \`${given.value}' (argc ${given.at})\n`;
  return { text, code: 2 };
}

function readOperands(
  settings: TracerouteSettings,
  [host, length, extra]: readonly Word[],
): TracerouteStop | undefined {
  if (host === undefined) return { text: 'Specify "host" missing argument.\n', code: 2 };
  settings.host = host;
  settings.length = length;
  if (extra === undefined) return undefined;
  const text = `Extra arg \`${extra.text}' (position ${extra.position}, argc ${extra.at})\n`;
  return { text, code: 2 };
}

/** The length of a packet; undefined is no number. */
export function readLength({ length }: TracerouteSettings): number | undefined {
  return length === undefined ? -1 : readNumber(length.text);
}

function freshSettings(): TracerouteSettings {
  return {
    ...{ family: undefined, first: 1, most: 30, queries: 3, together: 16, numeric: false },
    ...{ wait: [5, 3, 10] as const, pause: 0, source: undefined, host: undefined },
    length: undefined,
    probe: {
      ...{ method: "default", dontFragment: false, device: undefined, source: undefined },
      ...{ port: undefined, sourcePort: undefined, tos: 0, mark: undefined },
      ...{ flowLabel: undefined, dontRoute: false, dataLength: 32 },
    },
  };
}

/** What is wrong with the numbers, after all words were read. */
export function wrongNumbers(settings: TracerouteSettings): string | undefined {
  const { first, most, queries, wait, pause } = settings;
  const length = readLength(settings);
  if (length === undefined) {
    const place = `\`${settings.length?.text}' on position 2 (argc ${settings.length?.at})`;
    return `Cannot handle "packetlen" cmdline arg ${place}\n`;
  }
  if (first <= 0 || first > most) return "first hop out of range\n";
  if (most > 255) return "max hops cannot be more than 255\n";
  if (queries <= 0 || queries > 10) return "no more than 10 probes per hop\n";
  if (wait.some((seconds) => seconds < 0)) {
    return `bad wait specifications \`${wait.join(",")}' used\n`;
  }
  if (length > 65000) {
    return `too big packetlen ${length} specified\n`;
  }
  return pause < 0 ? `bad sendtime \`${pause}' specified\n` : undefined;
}
