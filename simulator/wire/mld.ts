// Multicast Listener Discovery: version 2 (RFC 3810) and what is left of version 1 (RFC 2710).
//
//   report v2:  type 143 | 0 | checksum | 0 | number of records | records …
//   record:     type | 0 | number of sources | group (16) | sources …
//   query:      type 130 | 0 | checksum | max delay | 0 | group (16) [| S QRV | QQIC | sources …]
//
// All of them travel with hop limit 1 behind a hop-by-hop header with a router alert.
// Not here: when hosts report (net/ipv6/mcast.ts).

import { get16, getIp6, put16, putIp6 } from "./bytes.ts";
import { ICMPV6, type Icmpv6Message } from "./icmpv6.ts";

/** Kinds of group record. */
export const MLD_RECORD = {
  IS_INCLUDE: 1,
  IS_EXCLUDE: 2,
  TO_INCLUDE: 3,
  TO_EXCLUDE: 4,
  ALLOW: 5,
  BLOCK: 6,
} as const;

/** Hop-by-hop header with a router alert for MLD, and padding; the first byte names what follows. */
export const ROUTER_ALERT: readonly number[] = [58, 0, 5, 2, 0, 0, 1, 0];

/** One group record. */
export type MldRecord = {
  readonly type: number;
  readonly group: string;
  readonly sources: readonly string[];
};

/** A report of version 2. */
export function mldReport(records: readonly MldRecord[]): Icmpv6Message {
  const length = records.reduce((sum, record) => sum + 20 + record.sources.length * 16, 0);
  const payload = new Uint8Array(length);
  let at = 0;
  for (const record of records) {
    payload[at] = record.type;
    put16(payload, at + 2, record.sources.length);
    putIp6(payload, at + 4, record.group);
    at += 20;
    for (const source of record.sources) {
      putIp6(payload, at, source);
      at += 16;
    }
  }
  return { type: ICMPV6.MLD2_REPORT, code: 0, rest: records.length, payload };
}

/** The records of a report of version 2; those that the bytes hold entirely. */
export function parseMldReport(message: Icmpv6Message): MldRecord[] {
  const { payload } = message;
  const records: MldRecord[] = [];
  let at = 0;
  for (let left = message.rest & 0xffff; left > 0 && at + 20 <= payload.length; left--) {
    const count = get16(payload, at + 2);
    const end = at + 20 + count * 16;
    if (end > payload.length) break;
    const group = getIp6(payload, at + 4);
    const sources = Array.from({ length: count }, (_, n) => getIp6(payload, at + 20 + n * 16));
    records.push({ type: payload[at] ?? 0, group, sources });
    at = end + (payload[at + 1] ?? 0) * 4;
  }
  return records;
}

/** What a query asks: all groups when `group` is ::. */
export type MldQuery = {
  readonly version: 1 | 2;
  readonly group: string;
  readonly maxDelayMs: number;
  readonly robustness: number;
};

/** The query in a message, or undefined when it is none or cut short. */
export function parseMldQuery(message: Icmpv6Message): MldQuery | undefined {
  const { payload, rest } = message;
  if (message.type !== ICMPV6.MLD_QUERY || payload.length < 16) return undefined;
  const code = rest >>> 16;
  const isFloat = payload.length >= 20 && code >= 0x8000;
  return {
    version: payload.length >= 20 ? 2 : 1,
    group: getIp6(payload, 0),
    maxDelayMs: isFloat ? ((code & 0xfff) | 0x1000) << (((code >> 12) & 7) + 3) : code,
    robustness: (payload[16] ?? 0) & 7,
  };
}

/** A report or done message of version 1. */
export function mldV1(type: number, group: string): Icmpv6Message {
  const payload = new Uint8Array(16);
  putIp6(payload, 0, group);
  return { type, code: 0, rest: 0, payload };
}
