// Addresses and prefixes as iproute2's commands take them: "10.1/16" is 10.1.0.0/16, numbers may be
// octal or hexadecimal, a netmask may stand for a length, "default", "any" and "all" stand for none.
// Not here: names of hosts; iproute2 takes none.

import { ip4Text, ip6Text, mask4, parseIp6 } from "../../wire/address.ts";
import type { Failure, Family } from "./options.ts";

/** An address with the length of its prefix; `given` tells whether a length was given. */
export type Prefix =
  | { readonly kind: "any"; readonly family: "unspec" | "inet" | "inet6" }
  | {
      readonly kind: "inet";
      readonly family: "inet";
      readonly address: number;
      readonly length: number;
      readonly given: boolean;
    }
  | {
      readonly kind: "inet6";
      readonly family: "inet6";
      readonly address: string;
      readonly length: number;
      readonly given: boolean;
    };

/** The prefix of a word, or why it is none; `family` "unspec" takes both. */
export function readPrefix(word: string, family: Family): Prefix | Failure {
  if (family === "link") {
    return {
      text: `Error: "${word}" may be inet prefix, but it is not allowed in this context.\n`,
      code: 1,
    };
  }
  return parsePrefix(word, family) ?? expected("prefix", word, family);
}

/** The address of a word without a length, or why it is none. */
export function readAddress(word: string, family: Family): Prefix | Failure {
  if (family === "link") {
    return {
      text: `Error: "${word}" may be inet address, but it is not allowed in this context.\n`,
      code: 1,
    };
  }
  return parseAddress(word, family) ?? expected("address", word, family);
}

/** True for a refusal. */
export function isFailure(value: object): value is Failure {
  return "code" in value;
}

function expected(what: string, word: string, family: Family): Failure {
  const wanted = family === "unspec" ? "any valid" : family;
  return { text: `Error: ${wanted} ${what} is expected rather than "${word}".\n`, code: 1 };
}

/** As readPrefix, without words. */
export function parsePrefix(word: string, family: Family): Prefix | undefined {
  if (word === "default" || word === "any" || word === "all") return anyOf(family);
  const slash = word.indexOf("/");
  if (slash < 0) return parseAddress(word, family);
  const address = parseAddress(word.slice(0, slash), family);
  if (address === undefined || address.kind === "any") return address;
  const length = parseLength(word.slice(slash + 1));
  if (length === undefined || length > address.length) return undefined;
  return { ...address, length, given: true };
}

function anyOf(family: Family): Prefix {
  return { kind: "any", family: family === "inet" || family === "inet6" ? family : "unspec" };
}

function parseAddress(word: string, family: Family): Prefix | undefined {
  if (word === "default" || word === "any" || word === "all") return anyOf(family);
  if (word.includes(":")) {
    if (family !== "unspec" && family !== "inet6") return undefined;
    const address = parseIp6(word);
    return address === undefined
      ? undefined
      : { kind: "inet6", family: "inet6", address, length: 128, given: false };
  }
  if (family !== "unspec" && family !== "inet") return undefined;
  const address = parseLooseIp4(word);
  return address === undefined
    ? undefined
    : { kind: "inet", family: "inet", address, length: 32, given: false };
}

/** One to four numbers with dots between them; those that are missing are zero. */
function parseLooseIp4(word: string): number | undefined {
  const parts = word.split(".");
  if (parts.length > 4) return undefined;
  let address = 0;
  for (let index = 0; index < 4; index++) {
    const byte = parts[index] === undefined ? 0 : looseNumber(parts[index] ?? "");
    if (byte === undefined || byte > 255) return undefined;
    address = address * 256 + byte;
  }
  return address;
}

/** What strtoul(3) with base 0 takes as a whole. */
function looseNumber(text: string): number | undefined {
  const match = /^\s*\+?(0x[0-9a-f]+|[0-9]+)$/i.exec(text);
  const digits = match?.[1];
  if (digits === undefined || digits.length > 15) return undefined;
  if (/^0x/i.test(digits)) return Number.parseInt(digits, 16);
  if (!digits.startsWith("0")) return Number.parseInt(digits, 10);
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

/** A length in digits, or a netmask whose ones are on the left. */
function parseLength(text: string): number | undefined {
  const length = looseNumber(text);
  if (length !== undefined) return length;
  if (!text.includes(".")) return undefined;
  const mask = parseLooseIp4(text);
  if (mask === undefined) return undefined;
  for (let bits = 0; bits <= 32; bits++) if (mask4(bits) === mask) return bits;
  return undefined;
}

/** The address of a prefix as text; "0.0.0.0" for any. */
export function addressText(prefix: Prefix): string {
  if (prefix.kind === "inet") return ip4Text(prefix.address);
  return prefix.kind === "inet6" ? ip6Text(prefix.address) : "0.0.0.0";
}

/** True when the address (number or 32 hex digits) lies in the prefix; any prefix holds all. */
export function contains(prefix: Prefix, address: number | string): boolean {
  if (prefix.kind === "any") return true;
  if (prefix.kind === "inet") {
    return typeof address === "number" && ((address ^ prefix.address) & mask4(prefix.length)) === 0;
  }
  if (typeof address !== "string") return false;
  const shift = BigInt(128 - prefix.length);
  return BigInt(`0x${address}`) >> shift === BigInt(`0x${prefix.address}`) >> shift;
}
