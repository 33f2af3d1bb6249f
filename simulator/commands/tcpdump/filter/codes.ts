// The state of compiling a filter: the link layer, where its parts are (which "vlan" moves), and what
// names mean.

import type { Names } from "./filterNames.ts";
import { compare, type FilterPacket, load, type Place, type Test, type Value } from "./tests.ts";

/** What a filter is compiled for. */
export type FilterTarget = {
  readonly link: "EN10MB" | "LINUX_SLL" | "LINUX_SLL2";
  /** False for packets from a file: they have no direction and no tag beside the bytes. */
  readonly live: boolean;
  /** For "ip broadcast"; 0 when the device has no address. */
  readonly netmask: number;
};

/** Compiling one filter. */
export type Compiler = {
  readonly target: FilterTarget;
  readonly names: Names;
  /** Bytes of VLAN tags passed by "vlan" so far. */
  shift: number;
  /** For a live capture: the first tag may stand beside the bytes and then moves nothing. */
  shiftExtra: Value | undefined;
  /** Tags that "vlan" passed. */
  vlans: number;
};

/** Descriptions of link layers. */
export const LINK_NAMES = {
  EN10MB: "Ethernet",
  LINUX_SLL: "Linux cooked v1",
  LINUX_SLL2: "Linux cooked v2",
} as const;

const HEADER = { EN10MB: 14, LINUX_SLL: 16, LINUX_SLL2: 20 } as const;
const TYPE_AT = { EN10MB: 12, LINUX_SLL: 14, LINUX_SLL2: 0 } as const;

/** Where the payload begins, plus an offset. */
export function payload(compiler: Compiler, offset: number): Place {
  const { target, shift, shiftExtra } = compiler;
  return { offset: HEADER[target.link] + shift + offset, extra: shiftExtra };
}

/** Where the type of the payload is. */
export function typePlace(compiler: Compiler): Place {
  const { target, shift, shiftExtra } = compiler;
  return { offset: TYPE_AT[target.link] + shift, extra: shiftExtra };
}

/** Where the link header begins, plus an offset. */
export function linkPlace(offset: number): Place {
  return { offset };
}

/** Compares `size` bytes at a place. */
export function equals(place: Place, size: number, value: number): Test {
  return compare(load(place, size), "eq", value);
}

/** Compares the bits of a mask in four bytes at a place. */
export function equalsMasked(place: Place, value: number, mask: number): Test {
  return compare(masked(load(place, 4), mask), "eq", value);
}

/** The bits of a mask in a value. */
export function masked(value: Value, mask: number): Value {
  if (mask >>> 0 === 0xffffffff) return value;
  return {
    read: (packet: FilterPacket) => {
      const number = value.read(packet);
      return Number.isNaN(number) ? number : (number & mask) >>> 0;
    },
    key: `${value.key}&${mask >>> 0}`,
  };
}

/** The length of the IPv4 header. */
function headerLength(compiler: Compiler): Value {
  const first = load(payload(compiler, 0), 1);
  return {
    read: (packet) => {
      const byte = first.read(packet);
      return Number.isNaN(byte) ? byte : (byte & 15) * 4;
    },
    key: `hl${first.key}`,
  };
}

/** Behind the IPv4 header, plus an offset. */
export function transport(compiler: Compiler, offset: number): Place {
  const length = headerLength(compiler);
  const { offset: start, extra } = payload(compiler, offset);
  if (extra === undefined) return { offset: start, extra: length };
  return {
    offset: start,
    extra: {
      read: (packet) => extra.read(packet) + length.read(packet),
      key: `${extra.key}+${length.key}`,
    },
  };
}
