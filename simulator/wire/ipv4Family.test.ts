// Property tests of the IPv4 wire files: any bytes are parsed without an exception, and what was
// written is read back.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ARP_LENGTH, parseArp, putArp } from "./arp.ts";
import { get16, put16 } from "./bytes.ts";
import { icmpBytes, isIcmpChecksumRight, parseIcmp } from "./icmp.ts";
import { decrementTtl, isIpv4ChecksumRight, parseIpv4, pseudoSum4, putIpv4 } from "./ipv4.ts";
import { parseTcp, parseTcpOptions, tcpBytes } from "./tcp.ts";
import {
  fullChecksum,
  isTransportChecksumRight,
  parseUdp,
  partialChecksum,
  udpBytes,
} from "./udp.ts";

const bits = (count: number) => fc.integer({ min: 0, max: 2 ** count - 1 });
const mac = fc.maxSafeNat().map((value) => value % 2 ** 48);
const word = fc.maxSafeNat().map((value) => value % 2 ** 32);
const bytes = fc.uint8Array({ maxLength: 120 });

test("random bytes never throw", () => {
  fc.assert(
    fc.property(bytes, fc.nat(130), (data, at) => {
      parseArp(data, at);
      parseIpv4(data, at);
      parseIcmp(data, at);
      parseUdp(data, at);
      const tcp = parseTcp(data, at);
      if (tcp !== undefined) parseTcpOptions(tcp.options);
      parseTcpOptions(data);
    }),
  );
});

test("ARP is read as it was written", () => {
  fc.assert(
    fc.property(
      fc.record({
        hardware: bits(16),
        protocol: bits(16),
        operation: bits(16),
        senderMac: mac,
        senderIp: word,
        targetMac: mac,
        targetIp: word,
      }),
      (packet) => {
        const data = new Uint8Array(3 + ARP_LENGTH);
        putArp(data, 3, packet);
        assert.deepEqual(parseArp(data, 3), { ...packet });
      },
    ),
  );
});

test("an IPv4 header is read as it was written, its checksum survives a hop", () => {
  const fields = fc.record({
    source: word,
    destination: word,
    protocol: bits(8),
    totalLength: bits(16),
    ttl: fc.integer({ min: 1, max: 255 }),
    tos: bits(8),
    id: bits(16),
    fragment: bits(16),
    options: fc
      .uint8Array({ maxLength: 10 })
      .map((some) => new Uint8Array(some.length * 4).fill(1)),
  });
  fc.assert(
    fc.property(fields, (wanted) => {
      const data = new Uint8Array(80);
      const length = putIpv4(data, 2, wanted);
      const read = parseIpv4(data, 2);
      assert.equal(read?.headerLength, length);
      assert.equal(read?.source, wanted.source);
      assert.equal(read?.destination, wanted.destination);
      assert.equal(read?.protocol, wanted.protocol);
      assert.equal(read?.totalLength, wanted.totalLength);
      assert.equal(read?.tos, wanted.tos);
      assert.equal(read?.id, wanted.id);
      assert.equal(read?.fragmentOffset, (wanted.fragment & 0x1fff) * 8);
      assert.equal(isIpv4ChecksumRight(data, 2), true);
      decrementTtl(data, 2);
      assert.equal(parseIpv4(data, 2)?.ttl, wanted.ttl - 1);
      assert.equal(isIpv4ChecksumRight(data, 2), true);
    }),
  );
});

test("ICMP, UDP and TCP are read as they were written", () => {
  fc.assert(
    fc.property(bits(8), bits(8), word, bytes, (type, code, rest, payload) => {
      const message = icmpBytes({ type, code, rest, payload });
      const { checksum: _, ...read } = parseIcmp(message) ?? { checksum: 0 };
      assert.deepEqual(read, { type, code, rest, payload });
      assert.equal(isIcmpChecksumRight(message, 0, message.length), true);
    }),
  );
  fc.assert(
    fc.property(bits(16), bits(16), word, bytes, (from, to, address, payload) => {
      const datagram = udpBytes(from, to, payload);
      const sum = pseudoSum4(address, ~address >>> 0, 17, datagram.length);
      const segment = { from: 0, to: datagram.length, field: 6 };
      put16(datagram, 6, partialChecksum(sum));
      assert.equal(isTransportChecksumRight(datagram, segment, sum), true);
      put16(datagram, 6, 0);
      put16(datagram, 6, fullChecksum(datagram, 0, datagram.length, sum));
      assert.equal(isTransportChecksumRight(datagram, segment, sum), true);
      assert.deepEqual(parseUdp(datagram), {
        sourcePort: from,
        destinationPort: to,
        length: datagram.length,
        checksum: get16(datagram, 6),
      });
    }),
  );
  fc.assert(
    fc.property(bits(16), word, bits(8), bytes, (port, sequence, flags, payload) => {
      const options = Uint8Array.of(2, 4, 5, 180, 4, 2, 1, 3, 3, 7);
      const header = {
        sourcePort: port,
        destinationPort: 80,
        sequence,
        acknowledgement: 7,
        flags,
        window: port,
        options,
      };
      const segment = tcpBytes(header, payload);
      const read = parseTcp(segment);
      assert.equal(read?.sequence, sequence);
      assert.equal(read?.headerLength, 32);
      assert.deepEqual(segment.subarray(32), payload);
      assert.deepEqual(
        parseTcpOptions(read?.options ?? new Uint8Array()).map((option) => option.kind),
        [2, 4, 1, 3, 0],
      );
    }),
  );
});
