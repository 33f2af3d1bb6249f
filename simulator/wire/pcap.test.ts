// Are capture files written so that they can be read, and is any file answered?

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LINKTYPE, parsePcap, pcapHeader, pcapRecord } from "./pcap.ts";

test("what was written is read again", () => {
  const packet = fc.record({
    seconds: fc.nat(),
    micro: fc.nat(999_999),
    bytes: fc.uint8Array({ maxLength: 60 }),
    more: fc.nat(1000),
  });
  fc.assert(
    fc.property(fc.array(packet), (list) => {
      const packets = list.map(({ seconds, micro, bytes, more }) => ({
        seconds,
        nanoseconds: micro * 1000,
        bytes,
        length: bytes.length + more,
      }));
      const file = Buffer.concat([
        pcapHeader(LINKTYPE.ETHERNET, 262144),
        ...packets.map(pcapRecord),
      ]);
      assert.deepEqual(parsePcap(Uint8Array.from(file)), {
        linkType: 1,
        snapLength: 262144,
        packets,
        cut: false,
      });
    }),
  );
});

test("any bytes are answered without a throw", () => {
  const magic = fc.constantFrom([0xd4, 0xc3, 0xb2, 0xa1], [0xa1, 0xb2, 0x3c, 0x4d], []);
  fc.assert(
    fc.property(magic, fc.uint8Array({ maxLength: 200 }), (start, rest) => {
      parsePcap(Uint8Array.from([...start, ...rest]));
    }),
  );
});
