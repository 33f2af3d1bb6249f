// What a name, a number or an address means behind its qualifiers ("src host", "tcp port").

import { parseIp6, parseMac } from "../../../wire/address.ts";
import type { Compiler } from "./codes.ts";
import { FilterError, NameWanted, NotSimulated } from "./filterError.ts";
import { ETHER_PROTOCOLS, IP_PROTOCOLS, portOf } from "./filterNames.ts";
import { portProtocol, portTest } from "./ports.ts";
import { etherTest, host4Test, host6Test, protoTest, type Qualifiers } from "./primitives.ts";
import { or, type Test } from "./tests.ts";

const NO_SYNTAX = "syntax error in filter expression";

const ETHER_ONLY =
  "ethernet addresses supported only on ethernet/FDDI/token ring/802.11/ATM LANE/Fibre Channel";

/** One to four bytes with dots in between; undefined when one is too large. */
function dotted(text: string): { readonly value: number; readonly bits: number } | undefined {
  let value = 0;
  const parts = text.split(".");
  for (const part of parts) {
    if (!/^\d+$/.test(part) || Number(part) > 255) return undefined;
    value = value * 256 + Number(part);
  }
  return { value, bits: parts.length * 8 };
}

/** A number. */
export function numberTest(compiler: Compiler, value: number, q: Qualifiers): Test {
  switch (q.kind) {
    case "default":
    case "host":
    case "net": {
      if (q.protocol === "ether") throw new FilterError("illegal link layer address");
      let address = value;
      let mask = 0xffffffff;
      // A short network number is moved to the front.
      while (q.kind === "net" && address !== 0 && address < 0x1000000) {
        address *= 256;
        mask = (mask << 8) >>> 0;
      }
      return host4Test(compiler, address, mask, q);
    }
    case "port":
    case "portrange": {
      const protocol = portProtocol(q);
      if (value > 65535) throw new FilterError(`illegal port number ${value} > 65535`);
      const test = { first: value, last: value };
      return portTest(
        compiler,
        q.kind === "port" ? test : { ...test, last: value },
        protocol,
        q.direction,
      );
    }
    case "gateway":
      throw new FilterError("'gateway' requires a name");
    case "proto":
      return protoTest(compiler, value, q);
    case "protochain":
      throw new NotSimulated("tcpdump filter protochain");
    default:
      throw new FilterError(NO_SYNTAX);
  }
}

/** An address with dots, of one to four bytes. */
export function ip4Test(compiler: Compiler, text: string, q: Qualifiers): Test {
  if (
    q.kind === "port" ||
    q.kind === "portrange" ||
    q.kind === "proto" ||
    q.kind === "protochain"
  ) {
    throw new FilterError(`'${q.kind}' modifier applied to ip host`);
  }
  const address = dotted(text);
  if (address === undefined) throw new FilterError(`invalid IPv4 address '${text}'`);
  if (q.kind === "gateway") throw new FilterError("'gateway' requires a name");
  if (q.kind === "undefined") throw new FilterError(NO_SYNTAX);
  if (q.protocol === "ether") throw new FilterError("illegal link layer address");
  const { value, bits } = address;
  return host4Test(compiler, value * 2 ** (32 - bits), prefixMask(bits), q);
}

function prefixMask(bits: number): number {
  return bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0;
}

/** A network "address/bits" or "address mask address". */
export function network4Test(
  compiler: Compiler,
  text: string,
  given: { readonly bits: number } | { readonly mask: string },
  q: Qualifiers,
): Test {
  const address = dotted(text);
  if (address === undefined) throw new FilterError(`invalid IPv4 address '${text}'`);
  const value = address.value * 2 ** (32 - address.bits);
  let mask: number;
  let shown: string;
  if ("mask" in given) {
    const parsed = dotted(given.mask);
    if (parsed === undefined) throw new FilterError(`invalid IPv4 address '${given.mask}'`);
    mask = parsed.value * 2 ** (32 - parsed.bits);
    shown = `"${text} mask ${given.mask}"`;
  } else {
    if (given.bits > 32) throw new FilterError("mask length must be <= 32");
    mask = prefixMask(given.bits);
    shown = `"${text}/${given.bits}"`;
  }
  if ((value & ~mask) !== 0) throw new FilterError(`non-network bits set in ${shown}`);
  if (q.kind === "undefined") throw new FilterError(NO_SYNTAX);
  if (q.kind !== "net") throw new FilterError("Mask syntax for networks only");
  return host4Test(compiler, value, mask, q);
}

/** An IPv6 address, or a network with the length of its prefix. */
export function ip6Test(compiler: Compiler, text: string, bits: number, q: Qualifiers): Test {
  const address = parseIp6(text);
  if (address === undefined) throw new FilterError(`invalid ip6 address ${text}`);
  if (bits > 128) throw new FilterError("mask length must be <= 128");
  if (!isNetwork(address, bits)) {
    throw new FilterError(`non-network bits set in "${text}/${bits}"`);
  }
  if (q.kind === "default" || q.kind === "host") {
    if (bits !== 128) throw new FilterError("Mask syntax for networks only");
  } else if (q.kind !== "net") {
    throw new FilterError("invalid qualifier against IPv6 address");
  }
  return host6Test(compiler, address, bits, q);
}

function isNetwork(address: string, bits: number): boolean {
  const rest = [...address]
    .map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, "0"))
    .join("")
    .slice(bits);
  return !rest.includes("1");
}

/** A link address. */
export function etherAddressTest(compiler: Compiler, text: string, q: Qualifiers): Test {
  if ((q.kind !== "host" && q.kind !== "default") || q.protocol !== "ether") {
    throw new FilterError("ethernet address used in non-ether expression");
  }
  if (compiler.target.link !== "EN10MB") throw new FilterError(ETHER_ONLY);
  return etherTest(etherOf(text), q.direction);
}

function etherOf(text: string): number {
  const digits = text.replace(/[.:-]/g, "");
  const plain =
    digits.length === 12 ? digits.replace(/(..)(?=.)/g, "$1:") : text.replace(/[.-]/g, ":");
  return parseMac(plain) ?? 0;
}

/** A name. */
export function nameTest(compiler: Compiler, name: string, q: Qualifiers): Test {
  switch (q.kind) {
    case "net":
      return networkNameTest(compiler, name, q);
    case "default":
    case "host":
      return hostNameTest(compiler, name, q);
    case "port":
      return portNameTest(compiler, name, q);
    case "portrange":
      return rangeNameTest(compiler, name, q);
    case "gateway":
      throw new FilterError("'gateway' not supported in this configuration");
    case "proto":
      return protoTest(compiler, protocolNumber(name, q), q);
    case "protochain":
      protocolNumber(name, q);
      throw new NotSimulated("tcpdump filter protochain");
    default:
      throw new FilterError(NO_SYNTAX);
  }
}

function networkNameTest(compiler: Compiler, name: string, q: Qualifiers): Test {
  const network = compiler.names.networks.get(name);
  if (!network) throw new FilterError(`unknown network '${name}'`);
  return numberTest(compiler, network, q);
}

function hostNameTest(compiler: Compiler, name: string, q: Qualifiers): Test {
  if (q.protocol === "ether") {
    if (compiler.target.link === "EN10MB") throw new FilterError(`unknown ether host '${name}'`);
    throw new FilterError(
      "only ethernet/FDDI/token ring/802.11/ATM LANE/Fibre Channel supports link-level host name",
    );
  }
  const { hosts } = compiler.names;
  if (!hosts.has(name)) throw new NameWanted(name);
  const addresses = hosts.get(name);
  if (addresses === undefined) throw new FilterError(`unknown host '${name}'`);
  const tests = [
    ...(q.protocol === "ip6" ? [] : addresses.four).map((each) =>
      host4Test(compiler, each, 0xffffffff, q),
    ),
    ...(q.protocol === "ip" || q.protocol === "arp" || q.protocol === "rarp"
      ? []
      : addresses.six
    ).map((each) => host6Test(compiler, each, 128, q)),
  ];
  const [first, ...rest] = tests;
  if (first === undefined) {
    const family = q.protocol === "default" ? "" : " for specified address family";
    throw new FilterError(`unknown host '${name}'${family}`);
  }
  return rest.reduce((left, right) => or(left, right), first);
}

const PROTOCOL_OF: Readonly<Record<string, number>> = { tcp: 6, udp: 17 };

/** The protocol of a named port: the one that qualifiers name, or the only one that has the name. */
function namedProtocol(
  q: Qualifiers,
  what: string,
  found: "tcp" | "udp" | undefined,
): number | undefined {
  if (q.protocol === "default") return found === undefined ? undefined : PROTOCOL_OF[found];
  const wanted = portProtocol(q);
  if (found !== undefined && PROTOCOL_OF[found] !== wanted)
    throw new FilterError(`${what} is ${found}`);
  return wanted;
}

function portNameTest(compiler: Compiler, name: string, q: Qualifiers): Test {
  portProtocol(q);
  const found = portOf(compiler.names, name);
  if (found === undefined) throw new FilterError(`unknown port '${name}'`);
  const protocol = namedProtocol(q, `port '${name}'`, found.protocol);
  return portTest(compiler, { first: found.port, last: found.port }, protocol, q.direction);
}

function rangeNameTest(compiler: Compiler, name: string, q: Qualifiers): Test {
  portProtocol(q);
  const dash = name.indexOf("-");
  const first = portOf(compiler.names, name.slice(0, Math.max(dash, 0)));
  const last = portOf(compiler.names, name.slice(dash + 1));
  if (first === undefined || last === undefined) {
    throw new FilterError(`unknown port in range '${name}'`);
  }
  const both = first.protocol === last.protocol ? first.protocol : undefined;
  const protocol = namedProtocol(q, `port in range '${name}'`, both);
  return portTest(compiler, { first: first.port, last: last.port }, protocol, q.direction);
}

function protocolNumber(name: string, q: Qualifiers): number {
  if (q.protocol === "ether") {
    const type = Object.hasOwn(ETHER_PROTOCOLS, name) ? ETHER_PROTOCOLS[name] : undefined;
    if (type === undefined) throw new FilterError(`unknown ether proto '${name}'`);
    return type;
  }
  if (q.protocol !== "default" && q.protocol !== "ip" && q.protocol !== "ip6") {
    throw new FilterError(`unknown protocol: ${name}`);
  }
  const number = Object.hasOwn(IP_PROTOCOLS, name) ? IP_PROTOCOLS[name] : undefined;
  if (number === undefined) throw new FilterError(`unknown ip proto '${name}'`);
  return number;
}
