// Which sockets ss shows: `state WORD`, `exclude WORD`, and expressions of sport, dport, src and dst
// with not, and, or and parentheses (ss(8)).
// Not here: the sockets (socketRows.ts). Not simulated: dev, fwmark, cgroup, autobound, names of hosts.

import type { TcpState } from "../../net/ipv4/inetSocket.ts";
import { mask4, parseIp4 } from "../../wire/address.ts";
import { type SocketRow, STATE_NAMES } from "./socketRows.ts";

/** True for what is shown. */
export type RowTest = (row: SocketRow) => boolean;

/** The lines of an error, and what ss ends with. */
export type FilterError = { readonly error: string; readonly code: number };

/** What was read; no states were named: those that the options say. */
export type ReadFilter = {
  readonly states: ReadonlySet<TcpState> | undefined;
  readonly test: RowTest;
  /** There was no expression. */
  readonly any: boolean;
};

const ALL = Object.keys(STATE_NAMES) as readonly TcpState[];
const without = (...gone: readonly TcpState[]) => ALL.filter((state) => !gone.includes(state));
const GROUPS: Readonly<Record<string, readonly TcpState[]>> = {
  all: ALL,
  connected: without("CLOSED", "LISTEN"),
  synchronized: without("CLOSED", "LISTEN", "SYN_SENT"),
  bucket: ["SYN_RECV", "TIME_WAIT"],
  big: without("SYN_RECV", "TIME_WAIT"),
};
const SYNTAX: FilterError = {
  error: 'ss: bison bellows (while parsing filter): "syntax error!" Sorry.\n',
  code: 255,
};
const OPERATORS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  ...{ "=": is, "==": is, eq: is, "!=": isNot, neq: isNot, ne: isNot },
  ...{ ">=": (a, b) => a >= b, ge: (a, b) => a >= b, geq: (a, b) => a >= b },
  ...{ "<=": (a, b) => a <= b, le: (a, b) => a <= b, leq: (a, b) => a <= b },
  ...{ ">": (a, b) => a > b, gt: (a, b) => a > b, "<": (a, b) => a < b, lt: (a, b) => a < b },
};

function is(a: number, b: number): boolean {
  return a === b;
}

function isNot(a: number, b: number): boolean {
  return a !== b;
}

type Reader = {
  readonly tokens: readonly string[];
  at: number;
  readonly ports: ReadonlyMap<string, number>;
};

/** Reads the words behind the options; `ports` are those of /etc/services by "http/tcp". */
export function readFilter(
  words: readonly string[],
  ports: ReadonlyMap<string, number>,
): ReadFilter | FilterError {
  let states: Set<TcpState> | undefined;
  let at = 0;
  for (; words[at] === "state" || words[at] === "exclude"; at += 2) {
    const word = words[at + 1];
    if (word === undefined) {
      return { error: 'Command line is not complete. Try option "help"\n', code: 255 };
    }
    const named = GROUPS[word] ?? ALL.filter((state) => STATE_NAMES[state][1] === word);
    if (named.length === 0) return { error: `ss: wrong state name: ${word}\n`, code: 255 };
    if (words[at] === "state") states = new Set([...(states ?? []), ...named]);
    else {
      states ??= new Set(ALL);
      for (const state of named) states.delete(state);
    }
  }
  const tokens = words.slice(at).flatMap((word) => word.match(/[()]|[^\s()]+/g) ?? []);
  if (tokens.length === 0) return { states, test: () => true, any: true };
  const reader: Reader = { tokens, at: 0, ports };
  const test = readOr(reader);
  if (typeof test !== "function") return test;
  return reader.at < tokens.length ? SYNTAX : { states, test, any: false };
}

function readOr(reader: Reader): RowTest | FilterError {
  let left = readAnd(reader);
  while (typeof left === "function" && /^(or|\|\|?)$/.test(reader.tokens[reader.at] ?? "")) {
    reader.at += 1;
    const first = left;
    const right = readAnd(reader);
    if (typeof right !== "function") return right;
    left = (row) => first(row) || right(row);
  }
  return left;
}

function readAnd(reader: Reader): RowTest | FilterError {
  let left = readNot(reader);
  while (typeof left === "function") {
    const token = reader.tokens[reader.at];
    if (token === undefined || token === ")" || /^(or|\|\|?)$/.test(token)) return left;
    if (/^(and|&&?)$/.test(token)) reader.at += 1;
    const first = left;
    const right = readNot(reader);
    if (typeof right !== "function") return right;
    left = (row) => first(row) && right(row);
  }
  return left;
}

function readNot(reader: Reader): RowTest | FilterError {
  const token = reader.tokens[reader.at++];
  if (token === "not" || token === "!") {
    const inner = readNot(reader);
    return typeof inner === "function" ? (row) => !inner(row) : inner;
  }
  if (token === "(") {
    const inner = readOr(reader);
    if (typeof inner !== "function") return inner;
    return reader.tokens[reader.at++] === ")" ? inner : SYNTAX;
  }
  if (token === "sport" || token === "dport") return readPort(reader, token === "sport");
  if (token === "src" || token === "dst") return readHost(reader, token === "src");
  if (token === undefined || /^(and|or|&&?|\|\|?|\))$/.test(token)) return SYNTAX;
  // An address needs a word before it.
  return /^\d+(\.\d+){0,3}(\/\d+)?(:.*)?$/.test(token) ? SYNTAX : badHost(token);
}

function badHost(word: string): FilterError {
  const error = `Error: an inet prefix is expected rather than "${word}".\nCannot parse dst/src address.\n`;
  return { error, code: 1 };
}

function readPort(reader: Reader, source: boolean): RowTest | FilterError {
  const compare = OPERATORS[reader.tokens[reader.at] ?? ""];
  if (compare !== undefined) reader.at += 1;
  const word = reader.tokens[reader.at++];
  if (word === undefined) return SYNTAX;
  const port = portNumber(reader, word.replace(/^.*:/, ""));
  if (port === undefined) {
    const name = word.replace(/^.*:/, "");
    const error = `Error: "${name}" does not look like a port.\nCannot parse dst/src address.\n`;
    return { error, code: 1 };
  }
  const test = compare ?? is;
  return (row) => test(source ? row.localPort : row.remotePort, port);
}

function portNumber({ ports }: Reader, word: string): number | undefined {
  if (/^\d+$/.test(word)) return Number(word);
  return ports.get(`${word}/tcp`) ?? ports.get(`${word}/udp`);
}

function readHost(reader: Reader, source: boolean): RowTest | FilterError {
  const compare = OPERATORS[reader.tokens[reader.at] ?? ""];
  if (compare !== undefined) reader.at += 1;
  const word = reader.tokens[reader.at++];
  if (word === undefined) return SYNTAX;
  const [host = "", portWord] = word.split(":");
  const port =
    portWord === undefined || portWord === "*" ? undefined : portNumber(reader, portWord);
  const [text = "", lengthWord = "32"] = host.split("/");
  const any = host === "" || host === "*";
  const address = any ? 0 : parseIp4(text);
  if (address === undefined || !/^\d+$/.test(lengthWord)) return badHost(host);
  const mask = any ? 0 : mask4(Number(lengthWord));
  const wants = (row: SocketRow) => {
    const at = source ? row.local : row.remote;
    const here = source ? row.localPort : row.remotePort;
    return ((at ^ address) & mask) === 0 && (port === undefined || here === port);
  };
  return compare === isNot ? (row) => !wants(row) : wants;
}
