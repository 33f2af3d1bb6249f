// Names of tables, types and TOS values as iproute2 reads and prints them. Tables may get
// names in /etc/iproute2/rt_tables; the others are Debian 12's.
// Not here: scopes (selection.ts), protocols (protocolNames.ts).

import type { Process } from "../../process/process.ts";
import { matches } from "./options.ts";
import { integer, unsigned } from "./words.ts";

/** /etc/iproute2/rt_dsfield. */
const DSFIELDS: Readonly<Record<string, number>> = {
  default: 0,
  AF11: 0x28,
  AF12: 0x30,
  AF13: 0x38,
  AF21: 0x48,
  AF22: 0x50,
  AF23: 0x58,
  AF31: 0x68,
  AF32: 0x70,
  AF33: 0x78,
  AF41: 0x88,
  AF42: 0x90,
  AF43: 0x98,
  CS1: 0x20,
  CS2: 0x40,
  CS3: 0x60,
  CS4: 0x80,
  CS5: 0xa0,
  CS6: 0xc0,
  CS7: 0xe0,
  EF: 0xb8,
};

/** Types with their numbers; "=" before a name that may not be shortened. */
const TYPES: readonly (readonly [name: string, number: number])[] = [
  ["=local", 2],
  ["=nat", 11],
  ["broadcast", 3],
  ["=brd", 3],
  ["anycast", 4],
  ["multicast", 5],
  ["prohibit", 8],
  ["unreachable", 7],
  ["blackhole", 6],
  ["xresolve", 12],
  ["unicast", 1],
  ["throw", 9],
];

function nameIn(names: Readonly<Record<string, number>>, number: number): string | undefined {
  return Object.keys(names).find((name) => names[name] === number);
}

function numberIn(names: Readonly<Record<string, number>>, word: string): number | undefined {
  return Object.hasOwn(names, word) ? names[word] : undefined;
}

/** A TOS value as it is printed. */
export function dsfieldName(tos: number, numeric = false): string {
  return (numeric ? undefined : nameIn(DSFIELDS, tos)) ?? `0x${tos.toString(16).padStart(2, "0")}`;
}

/** The TOS value of a name or of a hexadecimal number up to ff, or undefined. */
export function dsfieldOf(word: string): number | undefined {
  const named = numberIn(DSFIELDS, word);
  if (named !== undefined) return named;
  if (!/^(0x)?[0-9a-f]+$/i.test(word)) return undefined;
  const value = Number.parseInt(word, 16);
  return value > 255 ? undefined : value;
}

/** The type that a word names or begins to name, or undefined. */
export function typeOf(word: string): string | undefined {
  const found = TYPES.find(([name]) =>
    name.startsWith("=") ? name.slice(1) === word : matches(word, name),
  );
  if (found !== undefined) return typeName(found[1]);
  const number = integer(word);
  return number === undefined || number < 0 || number > 255 ? undefined : typeName(number);
}

/** A type's number as the kernel has it. */
export function typeNumber(type: string): number {
  return TYPES.find(([name]) => name.replace("=", "") === type)?.[1] ?? Number(type);
}

function typeName(number: number): string {
  return TYPES.find(([, one]) => one === number)?.[0].replace("=", "") ?? String(number);
}

/** Names of tables by number, and numbers by name. */
export type TableNames = {
  name(id: number, numeric?: boolean): string;
  /** The number of a name or of digits; undefined when it is neither. */
  id(word: string): number | undefined;
};

/** Reads /etc/iproute2/rt_tables. */
export function tableNames(self: Process): TableNames {
  const names = new Map<string, number>();
  const text = readWhole(self, "/etc/iproute2/rt_tables");
  for (const line of text.split("\n")) {
    const [, digits = "", name = ""] = /^\s*(0x[0-9a-f]+|[0-9]+)\s+([^\s#]+)/i.exec(line) ?? [];
    const id = Number(digits);
    if (name !== "" && id <= 0xffffffff) names.set(name, id);
  }
  const ids = new Map([...names].map(([name, id]) => [id, name]));
  return {
    name: (id, numeric = false) => (numeric ? undefined : ids.get(id)) ?? String(id),
    id: (word) => names.get(word) ?? unsigned(word),
  };
}

const RESERVED = "255 local\n254 main\n253 default\n0 unspec\n";

function readWhole(self: Process, path: string): string {
  const file = self.machine.files.open(self, path, { read: true });
  if ("errno" in file) return RESERVED;
  let text = "";
  for (;;) {
    const part = file.read(self, 65536);
    if (typeof part !== "string" || part === "" || part === "again" || text.length > 1e6) break;
    text += part;
  }
  file.release();
  return text;
}
