// VLANs, directions, devices and lengths in filters.
// "vlan" moves what stands behind it in the filter by the four bytes of the tag. In a live capture the
// first tag may stand beside the bytes; then nothing moves.
// Not simulated: MPLS, PPPoE, Geneve.

import {
  type Compiler,
  equals,
  LINK_NAMES,
  linkPlace,
  masked,
  payload,
  typePlace,
} from "./codes.ts";
import { FilterError, NotSimulated } from "./filterError.ts";
import { and, compare, load, not, or, type Test, type Value } from "./tests.ts";

const TAG = 4;

const tagPresent: Value = { read: ({ tag }) => (tag >= 0 ? 1 : 0), key: "vlanp" };

/** Four bytes unless the tag stands beside the frame. */
const tagInside: Value = { read: ({ tag }) => (tag >= 0 ? 0 : TAG), key: "tag" };

/** "vlan" or "vlan NUMBER". */
export function vlanTest(compiler: Compiler, vid: number | undefined): Test {
  if (vid !== undefined && vid > 4095) {
    throw new FilterError(`VLAN tag ${vid} greater than maximum 4095`);
  }
  const { target } = compiler;
  if (target.link !== "EN10MB") {
    throw new FilterError(`no VLAN support for ${LINK_NAMES[target.link]}`);
  }
  const type = load(typePlace(compiler), 2);
  const beside = target.live && compiler.vlans === 0;
  let test: Test = or(
    or(compare(type, "eq", 0x8100), compare(type, "eq", 0x88a8)),
    compare(type, "eq", 0x9100),
  );
  if (beside) test = or(compare(tagPresent, "eq", 1), test);
  const control = load(payload(compiler, 0), 2);
  compiler.vlans += 1;
  if (beside) compiler.shiftExtra = tagInside;
  else compiler.shift += TAG;
  if (vid === undefined) return test;
  const value: Value = beside
    ? { read: (packet) => (packet.tag >= 0 ? packet.tag : control.read(packet)), key: "tci" }
    : control;
  return and(test, compare(masked(value, 0xfff), "eq", vid));
}

/**
 * What "vlan NUMBER" comes to behind a test that settled the EtherType, as in "icmp and vlan 10".
 * libpcap 1.10.3 then compares not the tag but whether there is one with the number, so that only
 * 1 is ever found.
 */
export function behindType(before: Test, test: Test): Test {
  if (!settlesType(before)) return test;
  if (test.type === "not") return not(behindType(before, test.of));
  const isVlan =
    test.type === "and" && test.right.type === "compare" && test.right.left.key === "tci&4095";
  if (!isVlan || test.right.type !== "compare") return test;
  const present = { ...tagPresent, key: "vlanp&4095" };
  return and(compare(tagPresent, "eq", 1), { ...test.right, left: present });
}

const TAG_TYPES: readonly (number | undefined)[] = [0x8100, 0x88a8, 0x9100];

function settlesType(test: Test): boolean {
  if (test.type === "and") return settlesType(test.left) || settlesType(test.right);
  if (test.type !== "compare" || test.comparison !== "eq") return false;
  return test.left.key === "[12:2]" && !TAG_TYPES.includes(test.right.constant);
}

/** "inbound" and "outbound". */
export function directionTest(compiler: Compiler, out: boolean): Test {
  const { target } = compiler;
  const sent = sentTest(target);
  if (sent === undefined) {
    throw new FilterError(
      `inbound/outbound not supported on ${LINK_NAMES[target.link]} when reading savefiles`,
    );
  }
  return out ? sent : not(sent);
}

const packetType: Value = {
  read: ({ out }) => (out === undefined ? Number.NaN : out ? 4 : 0),
  key: "type",
};

function sentTest({ link, live }: Compiler["target"]): Test | undefined {
  if (link === "LINUX_SLL") return equals(linkPlace(0), 2, 4);
  if (link === "LINUX_SLL2") return equals(linkPlace(10), 1, 4);
  if (!live) return undefined;
  return compare(packetType, "eq", 4);
}

/** "ifindex NUMBER". */
export function ifindexTest(compiler: Compiler, index: number): Test {
  const { link, live } = compiler.target;
  if (link === "LINUX_SLL2") return equals(linkPlace(4), 4, index);
  if (!live) {
    throw new FilterError(`ifindex not supported on ${LINK_NAMES[link]} when reading savefiles`);
  }
  return compare({ read: ({ ifindex }) => ifindex, key: "ifidx" }, "eq", index);
}

/** The length of the packet. */
export const packetLength: Value = { read: ({ length }) => length, key: "len" };

/** "less NUMBER". */
export function lessTest(length: number): Test {
  return not(compare(packetLength, "gt", length));
}

/** "greater NUMBER". */
export function greaterTest(length: number): Test {
  return compare(packetLength, "ge", length);
}

/** "llc" without a type. */
export function llcTest(compiler: Compiler, kind: string | undefined): Test {
  const { link } = compiler.target;
  if (link !== "EN10MB") throw new FilterError(`'llc' not supported for ${LINK_NAMES[link]}`);
  if (kind !== undefined) throw new NotSimulated(`tcpdump filter llc ${kind}`);
  const isLength = not(compare(load(typePlace(compiler), 2), "gt", 1500));
  return and(isLength, not(compare(load(payload(compiler, 0), 2), "eq", 0xffff)));
}
