// The words of nc's command line (nc(1), OpenBSD's netcat 1.219 as Debian has it).
// Not here: what is done with them (nc.ts).
// Not simulated: proxies, UNIX sockets, DCCP, passing a socket on, TCP MD5, TELNET.

import { getopt } from "../getopt.ts";

/** What the options say; times are microseconds. */
export type NcSettings = {
  listen: boolean;
  keep: boolean;
  udp: boolean;
  verbose: boolean;
  scan: boolean;
  numeric: boolean;
  noStdin: boolean;
  shutdown: boolean;
  crlf: boolean;
  broadcast: boolean;
  shuffle: boolean;
  family: "inet" | "inet6" | undefined;
  timeout: number | undefined;
  interval: number;
  /** How long to stay after the end of input; undefined is for ever. */
  quit: number | undefined;
  receiveLimit: number;
  source: string | undefined;
  sourcePort: string | undefined;
  ttl: number | undefined;
  tos: number;
  host: string | undefined;
  ports: readonly string[];
};

/** Why it ends at once; `help` is for -h. */
export type NcStop = { readonly text: string; readonly usage?: boolean; readonly help?: boolean };

const FLAGS: Readonly<Record<string, keyof NcSettings>> = {
  ...{ l: "listen", k: "keep", u: "udp", v: "verbose", z: "scan", n: "numeric" },
  ...{ d: "noStdin", N: "shutdown", C: "crlf", b: "broadcast", r: "shuffle" },
};
const NUMBERS: Readonly<Record<string, readonly [keyof NcSettings | "", string, number, number]>> =
  {
    w: ["timeout", "timeout", 0, 2147483],
    i: ["interval", "interval", 0, 4294967295],
    q: ["quit", "quit timer", -1, 2147483647],
    W: ["receiveLimit", "receive limit", 1, 2147483647],
    I: ["", "TCP receive window", 1, 1073741824],
    O: ["", "TCP send window", 1, 1073741824],
  };
const TOS: Readonly<Record<string, number>> = {
  ...{ lowdelay: 0x10, throughput: 0x08, reliability: 0x04, lowcost: 2 },
  ...{ critical: 0xa0, inetcontrol: 0xc0, netcontrol: 0xe0, ef: 0xb8 },
};
const NOT_SIMULATED = new Set("FPSUVXxZt");

/** Reads them. */
export function readNcSettings(argv: readonly string[]): NcSettings | NcStop {
  const given = getopt(argv, { short: "46bCDdFhI:i:klM:m:NnO:P:p:q:rSs:T:tUuV:vW:w:X:x:Zz" });
  const settings = freshSettings();
  for (const { name, value = "" } of given.options) {
    const stop = setOption(settings, name, value);
    if (stop !== undefined) return stop;
  }
  if (given.error !== undefined) return { text: `${given.error}\n`, usage: true };
  return setOperands(settings, given.operands) ?? settings;
}

function freshSettings(): NcSettings {
  return {
    ...{ listen: false, keep: false, udp: false, verbose: false, scan: false, numeric: false },
    ...{ noStdin: false, shutdown: false, crlf: false, broadcast: false, shuffle: false },
    ...{ family: undefined, timeout: undefined, interval: 0, quit: undefined, receiveLimit: 0 },
    ...{ source: undefined, sourcePort: undefined, ttl: undefined, tos: 0 },
    ...{ host: undefined, ports: [] },
  };
}

function setOption(settings: NcSettings, name: string, value: string): NcStop | undefined {
  const flag = FLAGS[name];
  if (flag !== undefined) Object.assign(settings, { [flag]: true });
  else if (NUMBERS[name] !== undefined) return setNumber(settings, NUMBERS[name], value);
  else if (name === "4") settings.family = "inet";
  else if (name === "6") settings.family = "inet6";
  else if (name === "s") settings.source = value;
  else if (name === "p") settings.sourcePort = value;
  else if (name === "M" || name === "m") {
    if (wrongNumber(value, 0, 255) !== undefined) {
      return { text: `nc: ${name === "M" ? "ttl" : "minttl"} is invalid\n` };
    }
    if (name === "M") settings.ttl = Number(value);
  } else if (name === "T") {
    const tos = TOS[value] ?? Number(value);
    if (value === "" || !(tos >= 0 && tos <= 255)) {
      return { text: `nc: illegal tos value ${value}\n` };
    }
    settings.tos = tos;
  } else if (name === "h") return { text: "", help: true };
  else if (NOT_SIMULATED.has(name)) {
    return { text: `vethbook simulator: nc -${name} is not simulated\n` };
  }
  return undefined;
}

function setNumber(
  settings: NcSettings,
  [key, what, least, most]: readonly [keyof NcSettings | "", string, number, number],
  value: string,
): NcStop | undefined {
  const wrong = wrongNumber(value, least, most);
  if (wrong !== undefined) return { text: `nc: ${what} ${wrong}: ${value}\n` };
  const number = key === "receiveLimit" ? Number(value) : Number(value) * 1e6;
  if (key !== "") Object.assign(settings, { [key]: number < 0 ? undefined : number });
  return undefined;
}

function setOperands(settings: NcSettings, operands: readonly string[]): NcStop | undefined {
  const [first, ...rest] = operands;
  const { listen, keep, scan, source, sourcePort } = settings;
  if (first !== undefined && listen && source !== undefined) return { text: "", usage: true };
  if (!listen && sourcePort !== undefined && rest.length === 0) return { text: "", usage: true };
  if (listen && sourcePort !== undefined) {
    if (first !== undefined) return { text: "", usage: true };
    settings.ports = [sourcePort];
  } else if (first === undefined) {
    return listen ? { text: "nc: missing port number\n" } : { text: "", usage: true };
  } else if (listen && rest.length === 0) settings.ports = [first];
  else {
    settings.host = first;
    settings.ports = rest;
  }
  if (listen && scan) return { text: "nc: cannot use -z and -l\n" };
  if (!listen && keep) return { text: "nc: must use -l with -k\n" };
  if (settings.ports.length === 0) return { text: "nc: missing port number\n" };
  return undefined;
}

/** What strtonum(3) has against a number: "invalid", "too small", "too large". */
export function wrongNumber(text: string, least: number, most: number): string | undefined {
  if (!/^\s*[-+]?\d+$/.test(text)) return "invalid";
  const value = Number(text);
  if (value < least) return "too small";
  return value > most ? "too large" : undefined;
}
