// The options of ping (iputils 20221126, ping(8)) as settings, with its complaints.
// Not simulated: -N, -R, -T, -F, -L, -B and -C, which say so.

import { errnoText } from "../../net/core/errno.ts";
import { getopt } from "../getopt.ts";

/** What ping was told. Times are seconds. */
export type PingSettings = {
  family: "inet" | "inet6" | undefined;
  count: number | undefined;
  interval: number;
  deadline: number | undefined;
  linger: number;
  size: number;
  ttl: number | undefined;
  tos: number;
  mark: number | undefined;
  preload: number;
  interface: string | undefined;
  identifier: number | undefined;
  pathMtu: "dont" | "want" | "do" | undefined;
  pattern: readonly number[] | undefined;
  patternText: string;
  adaptive: boolean;
  audible: boolean;
  broadcast: boolean;
  flood: boolean;
  numeric: boolean;
  outstanding: boolean;
  quiet: boolean;
  stamps: boolean;
  verbose: boolean;
  dontRoute: boolean;
};

/** Settings and targets, or what to print and how to end. */
export type Read =
  | {
      readonly settings: PingSettings;
      readonly targets: readonly string[];
      readonly warning: string;
    }
  | { readonly complaint: string; readonly code: number; readonly usage?: boolean };

const SHORT = "h46?aABbCDdfLLnOqRrUvVN:F:Q:T:p:c:I:i:l:m:M:S:s:t:w:W:e:";
const FLAGS: Readonly<Record<string, keyof PingSettings>> = {
  A: "adaptive",
  a: "audible",
  b: "broadcast",
  n: "numeric",
  O: "outstanding",
  q: "quiet",
  D: "stamps",
  v: "verbose",
  r: "dontRoute",
};
const INTEGERS: Readonly<Record<string, readonly [keyof PingSettings, number, number | bigint]>> = {
  c: ["count", 1, 9223372036854775807n],
  l: ["preload", 1, 65536],
  s: ["size", 0, 2147483647],
  t: ["ttl", 0, 255],
  w: ["deadline", 0, 2147483647],
  e: ["identifier", 0, 65535],
  m: ["mark", 0, 4294967295],
  S: ["verbose", 1, 2147483647],
};
const NOT_SIMULATED = new Set(["N", "R", "T", "F", "L", "B", "C"]);

const OWN_FAMILY: Record<string, "inet" | "inet6"> = { ping4: "inet", ping6: "inet6" };

/** Reads the words of the command line. */
export function readSettings(argv: readonly string[]): Read {
  const given = getopt(argv, { short: SHORT });
  const settings = freshSettings(OWN_FAMILY[argv[0] ?? ""]);
  const warnings: string[] = [];
  for (const { name, value = "" } of given.options) {
    const stop = setOption(settings, name, value, warnings);
    if (stop !== undefined) return stop;
  }
  if (given.error !== undefined) return { complaint: `${given.error}\n`, code: 2, usage: true };
  if (given.operands.length === 0) {
    return { complaint: "ping: usage error: Destination address required\n", code: 1 };
  }
  return { settings, targets: given.operands, warning: warnings.join("") };
}

function freshSettings(family: PingSettings["family"]): PingSettings {
  return {
    ...{ family, count: undefined, interval: 1, deadline: undefined, linger: 10, size: 56 },
    ...{ ttl: undefined, tos: 0, mark: undefined, preload: 1, interface: undefined },
    ...{ identifier: undefined, pathMtu: undefined, pattern: undefined, patternText: "" },
    ...{ adaptive: false, audible: false, broadcast: false, flood: false, numeric: false },
    ...{ outstanding: false, quiet: false, stamps: false, verbose: false, dontRoute: false },
  };
}

type Stop = { readonly complaint: string; readonly code: number; readonly usage?: boolean };

function setOption(
  settings: PingSettings,
  name: string,
  value: string,
  warnings: string[],
): Stop | undefined {
  const flag = FLAGS[name];
  const integer = INTEGERS[name];
  if (NOT_SIMULATED.has(name)) {
    return { complaint: `vethbook simulator: ping -${name} is not simulated\n`, code: 2 };
  }
  if (flag !== undefined) Object.assign(settings, { [flag]: true });
  else if (integer !== undefined) return setInteger(settings, integer, value, name);
  else return setWord(settings, name, value, warnings);
  return undefined;
}

function setInteger(
  settings: PingSettings,
  [key, low, high]: readonly [keyof PingSettings, number, number | bigint],
  value: string,
  name: string,
): Stop | undefined {
  if (!/^\s*[-+]?(0[xX][0-9a-fA-F]+|\d+)$/.test(value)) {
    return { complaint: `ping: invalid argument: '${value}'\n`, code: 1 };
  }
  const number = Number(value);
  if (number < low || BigInt(Math.trunc(number)) > BigInt(high)) {
    const range = `out of range: ${low} <= value <= ${high}`;
    return { complaint: `ping: invalid argument: '${value}': ${range}\n`, code: 1 };
  }
  if (name === "S") return undefined;
  const off = name === "w" && number === 0;
  Object.assign(settings, { [key]: off ? undefined : number });
  return undefined;
}

function setWord(
  settings: PingSettings,
  name: string,
  value: string,
  warnings: string[],
): Stop | undefined {
  switch (name) {
    case "4":
    case "6": {
      const family = name === "4" ? "inet" : "inet6";
      const other = settings.family !== undefined && settings.family !== family;
      settings.family = family;
      if (!other) return undefined;
      return { complaint: "ping: only one -4 or -6 option may be specified\n", code: 2 };
    }
    case "f":
      settings.flood = true;
      settings.interval = 0;
      return undefined;
    case "i":
      settings.interval = seconds(value, warnings);
      return undefined;
    case "W":
      settings.linger = seconds(value, warnings);
      return undefined;
    case "I":
      settings.interface = value;
      return undefined;
    case "M":
      if (value !== "do" && value !== "dont" && value !== "want") {
        return { complaint: `ping: invalid -M argument: ${value}\n`, code: 2 };
      }
      settings.pathMtu = value;
      return undefined;
    case "Q":
      return setTos(settings, value);
    case "p":
      return setPattern(settings, value);
    case "V":
      return { complaint: VERSION, code: 0 };
    case "h":
    case "?":
      return { complaint: "", code: 2, usage: true };
    default:
      return undefined;
  }
}

const VERSION =
  "ping from iputils 20221126\nlibcap: yes, IDN: yes, NLS: no, error.h: yes, getrandom(): yes, __fpending(): yes\n";

/** A number as strtod(3) reads its beginning; what follows is only warned of. */
function seconds(value: string, warnings: string[]): number {
  const digits = /^\s*[-+]?(\d+\.?\d*|\.\d+)/.exec(value)?.[0] ?? "";
  if (digits.length !== value.length || value === "") {
    warnings.push(
      `ping: option argument contains garbage: ${value.slice(digits.length)}\n`,
      "ping: this will become fatal error in the future\n",
    );
  }
  return Number(digits) || 0;
}

function setTos(settings: PingSettings, value: string): Stop | undefined {
  const number = /^(0x[0-9a-f]+|\d+)$/i.test(value) ? Number(value) : Number.NaN;
  if (Number.isNaN(number)) {
    return { complaint: `ping: bad TOS value: ${value}\n`, code: 2 };
  }
  if (number > 255) {
    const text = `ping: the decimal value of TOS bits must be in range 0-255: ${number}\n`;
    return { complaint: text, code: 2 };
  }
  settings.tos = number;
  return undefined;
}

function setPattern(settings: PingSettings, value: string): Stop | undefined {
  if (!/^[0-9a-f]+$/i.test(value)) {
    return { complaint: `ping: patterns must be specified as hex digits: ${value}\n`, code: 2 };
  }
  const bytes = (value.slice(0, 32).match(/..?/g) ?? []).map((pair) => Number.parseInt(pair, 16));
  settings.pattern = bytes;
  settings.patternText = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return undefined;
}

/** What ping says of a failed system call. */
export function callFailed(call: string, errno: Parameters<typeof errnoText>[0]): string {
  return `ping: ${call}: ${errnoText(errno)}\n`;
}
