// Primitives of the filter language (pcap-filter(7)) as tests of bytes: protocols, hosts, networks and
// link addresses. Each says the same as libpcap's code for it.
// Not here: ports (ports.ts), bytes in brackets (arithmetic.ts), VLANs and directions (link.ts).

import { type Compiler, equals, equalsMasked, linkPlace, payload, typePlace } from "./codes.ts";
import { FilterError, NotSimulated } from "./filterError.ts";
import { and, compare, load, not, or, type Test } from "./tests.ts";

/** What stands before a name or a number; "undefined" where nothing may stand for it. */
export type Qualifiers = {
  readonly protocol: string;
  readonly direction: "default" | "src" | "dst" | "or" | "and";
  readonly kind:
    | "default"
    | "host"
    | "net"
    | "port"
    | "portrange"
    | "proto"
    | "protochain"
    | "gateway"
    | "undefined";
};

const IP = 0x0800;
const IP6 = 0x86dd;
const ARP = 0x0806;
const RARP = 0x8035;
const STP_POINT = 0x42;

/** The frame carries this EtherType, or this 802.2 service point when it is below 1501. */
export function linkType(compiler: Compiler, type: number): Test {
  const place = typePlace(compiler);
  if (compiler.target.link !== "EN10MB" || type > 1500) return equals(place, 2, type);
  if (type === 0xe0) throw new NotSimulated("tcpdump filter ipx");
  const isLength = not(compare(load(place, 2), "gt", 1500));
  return and(isLength, equals(payload(compiler, 0), 1, type));
}

/** Protocols of IP by their names in filters. */
const NUMBERS: Readonly<Record<string, number>> = {
  sctp: 132,
  tcp: 6,
  udp: 17,
  icmp: 1,
  igmp: 2,
  igrp: 9,
  pim: 103,
  vrrp: 112,
  carp: 112,
  icmp6: 58,
  ah: 51,
  esp: 50,
};

/** Those that only one version of IP has. */
const ONLY: Readonly<Record<string, "ip" | "ip6">> = {
  icmp: "ip",
  igmp: "ip",
  igrp: "ip",
  vrrp: "ip",
  carp: "ip",
  icmp6: "ip6",
};

const LINK_TYPES: Readonly<Record<string, number>> = {
  ip: IP,
  arp: ARP,
  rarp: RARP,
  ip6: IP6,
  lat: 0x6004,
  sca: 0x6007,
  moprc: 0x6002,
  mopdl: 0x6001,
  decnet: 0x6003,
  stp: STP_POINT,
  netbeui: 0xf0,
  iso: 0xfe,
};

/** A protocol's name that stands alone. */
export function protocolTest(compiler: Compiler, name: string): Test {
  if (name === "ether") throw new FilterError("link layer applied in wrong context");
  if (name === "radio") throw new FilterError("'radio' is not a valid protocol type");
  const type = LINK_TYPES[name];
  if (type !== undefined) return linkType(compiler, type);
  const number = NUMBERS[name];
  if (number === undefined) throw new NotSimulated(`tcpdump filter ${name}`);
  return ipProtocol(compiler, number, ONLY[name] ?? "default");
}

/** IP packets of either or one version that carry a protocol. */
function ipProtocol(compiler: Compiler, number: number, version: "ip" | "ip6" | "default"): Test {
  if (version === "default") {
    return or(ipProtocol(compiler, number, "ip"), ipProtocol(compiler, number, "ip6"));
  }
  if (version === "ip") {
    return and(linkType(compiler, IP), equals(payload(compiler, 9), 1, number));
  }
  const next = payload(compiler, 6);
  const behindFragment = and(equals(next, 1, 44), equals(payload(compiler, 40), 1, number));
  return and(linkType(compiler, IP6), or(equals(next, 1, number), behindFragment));
}

const ENCAPSULATION: Readonly<Record<string, string>> = {
  arp: "arp does not encapsulate another protocol",
  rarp: "rarp does not encapsulate another protocol",
  atalk: "AppleTalk encapsulation is not specifiable",
  decnet: "DECNET encapsulation is not specifiable",
  lat: "LAT does not encapsulate another protocol",
  sca: "SCA does not encapsulate another protocol",
  moprc: "MOPRC does not encapsulate another protocol",
  mopdl: "MOPDL does not encapsulate another protocol",
};

/** "proto NUMBER" behind qualifiers. */
export function protoTest(compiler: Compiler, number: number, q: Qualifiers): Test {
  if (q.direction !== "default") throw new FilterError("direction applied to 'proto'");
  switch (q.protocol) {
    case "default":
    case "ip":
    case "ip6":
      return ipProtocol(compiler, number, q.protocol);
    case "ether":
      return linkType(compiler, number);
    default:
      throw new FilterError(ENCAPSULATION[q.protocol] ?? `'${q.protocol} proto' is bogus`);
  }
}

const LOUD: Readonly<Record<string, string>> = {
  ether: "link-layer modifier",
  atalk: "AppleTalk modifier",
};

/** Why a protocol does not go with a host; `what` is "host", "net" or "ip6 host". */
function hostError(protocol: string, what: string): FilterError {
  return new FilterError(`${LOUD[protocol] ?? `'${protocol}' modifier`} applied to ${what}`);
}

/** An IPv4 host or network. */
export function host4Test(compiler: Compiler, address: number, mask: number, q: Qualifiers): Test {
  const what = q.kind === "net" ? "net" : "host";
  const at = (type: number, source: number, destination: number) =>
    and(
      linkType(compiler, type),
      inDirection(
        q.direction,
        equalsMasked(payload(compiler, source), address, mask),
        equalsMasked(payload(compiler, destination), address, mask),
      ),
    );
  switch (q.protocol) {
    case "default":
      return or(or(at(IP, 12, 16), at(ARP, 14, 24)), at(RARP, 14, 24));
    case "ip":
      return at(IP, 12, 16);
    case "arp":
      return at(ARP, 14, 24);
    case "rarp":
      return at(RARP, 14, 24);
    default:
      throw hostError(q.protocol, q.protocol === "ip6" ? `ip ${what}` : what);
  }
}

/** An IPv6 host or network; the address as 32 hex digits. */
export function host6Test(compiler: Compiler, address: string, bits: number, q: Qualifiers): Test {
  if (q.protocol !== "default" && q.protocol !== "ip6") {
    throw hostError(q.protocol, `ip6 ${q.kind === "net" ? "net" : "host"}`);
  }
  const at = (offset: number): Test => {
    const words = [0, 1, 2, 3].flatMap((index): Test[] => {
      const length = Math.min(32, Math.max(0, bits - index * 32));
      if (length === 0) return [];
      const mask = length === 32 ? 0xffffffff : (0xffffffff << (32 - length)) >>> 0;
      const word = Number.parseInt(address.slice(index * 8, index * 8 + 8), 16);
      return [equalsMasked(payload(compiler, offset + index * 4), word, mask)];
    });
    return words.reduce((left, right) => and(left, right), { type: "always", value: true } as Test);
  };
  return and(linkType(compiler, IP6), inDirection(q.direction, at(8), at(24)));
}

/** A link address, as a source, a destination, one or both. */
export function etherTest(mac: number, direction: Qualifiers["direction"]): Test {
  const at = (offset: number) =>
    and(
      equals(linkPlace(offset + 2), 4, mac % 0x100000000),
      equals(linkPlace(offset), 2, Math.floor(mac / 0x100000000)),
    );
  return inDirection(direction, at(6), at(0));
}

/** Joins the tests of source and destination as a direction says. */
export function inDirection(
  direction: Qualifiers["direction"],
  source: Test,
  destination: Test,
): Test {
  if (direction === "src") return source;
  if (direction === "dst") return destination;
  return direction === "and" ? and(source, destination) : or(source, destination);
}

/** "broadcast" behind a protocol. */
export function broadcastTest(compiler: Compiler, protocol: string): Test {
  const { link, netmask } = compiler.target;
  if (protocol === "default" || protocol === "ether") {
    if (link !== "EN10MB") throw new FilterError("not a broadcast link");
    return etherTest(0xffffffffffff, "dst");
  }
  if (protocol !== "ip") throw new FilterError("only link-layer/IP broadcast filters supported");
  const hostMask = ~netmask >>> 0;
  const place = payload(compiler, 16);
  const either = or(equalsMasked(place, 0, hostMask), equalsMasked(place, hostMask, hostMask));
  return and(linkType(compiler, IP), either);
}

const NO_MULTICAST =
  "link-layer multicast filters supported only on ethernet/FDDI/token ring/ARCNET/802.11/ATM LANE/Fibre Channel";

/** "multicast" behind a protocol. */
export function multicastTest(compiler: Compiler, protocol: string): Test {
  if (protocol === "default" || protocol === "ether") {
    if (compiler.target.link !== "EN10MB") throw new FilterError(NO_MULTICAST);
    return compare(load(linkPlace(0), 1), "set", 1);
  }
  if (protocol === "ip") {
    return and(linkType(compiler, IP), compare(load(payload(compiler, 16), 1), "ge", 224));
  }
  if (protocol === "ip6") {
    return and(linkType(compiler, IP6), equals(payload(compiler, 24), 1, 255));
  }
  throw new FilterError(NO_MULTICAST);
}
