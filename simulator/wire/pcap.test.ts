// Are capture files written so that they can be read, and is any file answered?

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  LINKTYPE,
  PCAP_HEADER,
  PCAP_RECORD,
  parsePcapHeader,
  parsePcapRecord,
  pcapHeader,
  pcapRecord,
} from "./pcap.ts";

test("what was written is read again", () => {
  const packet = fc.record({
    seconds: fc.nat(),
    nanoseconds: fc.nat(999_999_999),
    bytes: fc.uint8Array({ maxLength: 60 }),
    more: fc.nat(1000),
  });
  fc.assert(
    fc.property(packet, fc.boolean(), ({ seconds, nanoseconds, bytes, more }, nano) => {
      const header = parsePcapHeader(pcapHeader(LINKTYPE.LINUX_SLL2, 262144, nano));
      assert.deepEqual(header, {
        little: true,
        nano,
        major: 2,
        minor: 4,
        snapLength: 262144,
        linkType: 276,
      });
      const length = bytes.length + more;
      const written = pcapRecord({ seconds, nanoseconds, bytes, length }, nano);
      const kept = nano ? nanoseconds : nanoseconds - (nanoseconds % 1000);
      assert.deepEqual(header && parsePcapRecord(header, written), {
        seconds,
        nanoseconds: kept,
        captured: bytes.length,
        length,
      });
      assert.deepEqual(written.subarray(PCAP_RECORD), bytes);
    }),
  );
});

test("a file of a machine with the other byte order is read", () => {
  const bytes = new Uint8Array(PCAP_HEADER);
  bytes.set([0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4]);
  bytes.set([0, 4, 0, 0, 0, 0, 0, 1], 16);
  const header = parsePcapHeader(bytes);
  assert.equal(header?.little, false);
  assert.equal(header?.snapLength, 0x40000);
  const record = Uint8Array.from([0, 0, 0, 5, 0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0, 2]);
  assert.deepEqual(header && parsePcapRecord(header, record), {
    seconds: 5,
    nanoseconds: 7000,
    captured: 1,
    length: 2,
  });
});

test("any bytes are answered without a throw", () => {
  const magic = fc.constantFrom([0xd4, 0xc3, 0xb2, 0xa1], [0xa1, 0xb2, 0x3c, 0x4d], []);
  fc.assert(
    fc.property(magic, fc.uint8Array({ maxLength: 60 }), (start, rest) => {
      const header = parsePcapHeader(Uint8Array.from([...start, ...rest]));
      if (header !== undefined) parsePcapRecord(header, rest);
    }),
  );
});
