// IPv6, ICMPv6 and MLD bytes against frames that a kernel 6.1 sent on a veth, and against any bytes.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ip6Text, parseIp6 } from "./address.ts";
import {
  ICMPV6,
  icmpv6Bytes,
  isIcmpv6ChecksumRight,
  linkAddressIn,
  linkAddressOption,
  ND_OPTION,
  nonceOption,
  parseIcmpv6,
  parseNdOptions,
  putIcmpv6Checksum,
} from "./icmpv6.ts";
import {
  commonBits6,
  eui64,
  groupMac6,
  IN6,
  IPV6_HEADER,
  ipv6Packet,
  parseIpv6,
  prefix6,
  putIpv6,
  solicitedNode,
  transportOf,
} from "./ipv6.ts";
import { MLD_RECORD, mldReport, parseMldQuery, parseMldReport, ROUTER_ALERT } from "./mld.ts";

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex.replace(/\s/g, ""), "hex"));
const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");
const address = (text: string) => parseIp6(text) ?? assert.fail(text);

/** Packets of `tcpdump -xx` without their Ethernet headers. */
const RECORDED = {
  dad: `6000 0000 0020 3aff 0000 0000 0000 0000 0000 0000 0000 0000 ff02 0000 0000 0000 0000
    0001 ff00 0001 8700 d15c 0000 0000 fe80 0000 0000 0000 0000 00ff fe00 0001 0e01 b5ff 1788 d037`,
  report: `6000 0000 0024 0001 fe80 0000 0000 0000 0000 00ff fe00 0001 ff02 0000 0000 0000 0000
    0000 0000 0016 3a00 0502 0000 0100 8f00 7207 0000 0001 0400 0000 ff02 0000 0000 0000 0000 0001
    ff00 0001`,
  router: `6000 0000 0010 3aff fe80 0000 0000 0000 0000 00ff fe00 0002 ff02 0000 0000 0000 0000 0000
    0000 0002 8500 7b2a 0000 0000 0101 0200 0000 0002`,
};

test("a solicitation of duplicate address detection has Linux's bytes", () => {
  const target = address("fe80::ff:fe00:1");
  const payload = new Uint8Array(24);
  payload.set(bytesOf(target));
  payload.set(nonceOption(0xb5ff1788d037), 16);
  const message = { type: ICMPV6.NEIGHBOR_SOLICITATION, code: 0, rest: 0, payload };
  const destination = solicitedNode(target);
  const fields = { source: IN6.ANY, destination, hopLimit: 255, nextHeader: 58 };
  const packet = ipv6Packet(fields, icmpv6Bytes(message));
  putIcmpv6Checksum(packet, 0, IPV6_HEADER);
  assert.equal(hexOf(packet), hexOf(bytesOf(RECORDED.dad)));
  assert.equal(groupMac6(destination), 0x3333ff000001);
});

test("a report of MLD has Linux's bytes", () => {
  const group = address("ff02::1:ff00:1");
  const message = icmpv6Bytes(mldReport([{ type: MLD_RECORD.TO_EXCLUDE, group, sources: [] }]));
  const packet = new Uint8Array(IPV6_HEADER + 8 + message.length);
  putIpv6(packet, 0, {
    payloadLength: 8 + message.length,
    nextHeader: 0,
    hopLimit: 1,
    source: address("fe80::ff:fe00:1"),
    destination: IN6.MLD2_ROUTERS,
  });
  packet.set(ROUTER_ALERT, IPV6_HEADER);
  packet.set(message, IPV6_HEADER + 8);
  putIcmpv6Checksum(packet, 0, IPV6_HEADER + 8);
  assert.equal(hexOf(packet), hexOf(bytesOf(RECORDED.report)));
});

test("recorded packets are read as tcpdump prints them", () => {
  const packet = bytesOf(RECORDED.report);
  const { protocol, at, routerAlert, complete } = transportOf(packet, 0);
  assert.deepEqual(
    { protocol, at, routerAlert, complete },
    {
      protocol: 58,
      at: 48,
      routerAlert: 0,
      complete: true,
    },
  );
  const message = parseIcmpv6(packet, at) ?? assert.fail();
  assert.deepEqual(parseMldReport(message), [
    { type: 4, group: address("ff02::1:ff00:1"), sources: [] },
  ]);
  const router = bytesOf(RECORDED.router);
  assert.ok(isIcmpv6ChecksumRight(router, 0, IPV6_HEADER));
  const asked = parseIcmpv6(router, IPV6_HEADER) ?? assert.fail();
  const options = parseNdOptions(asked.payload, 0) ?? assert.fail();
  assert.equal(linkAddressIn(options, ND_OPTION.SOURCE_LINK_ADDRESS), 0x020000000002);
  assert.deepEqual(
    options[0]?.bytes,
    linkAddressOption(ND_OPTION.SOURCE_LINK_ADDRESS, 0x020000000002),
  );
});

test("link-local addresses come from MACs as on Linux", () => {
  const linkLocal = (mac: number) => ip6Text(`fe80${"0".repeat(12)}${eui64(mac)}`);
  assert.equal(linkLocal(0x9a09f7c033cd), "fe80::9809:f7ff:fec0:33cd");
  assert.equal(linkLocal(0x020000000001), "fe80::ff:fe00:1");
});

const anyAddress = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => Buffer.from(bytes).toString("hex"));

test("headers are read as they were written", () => {
  const fields = fc.record({
    trafficClass: fc.nat(255),
    flowLabel: fc.nat(0xfffff),
    payloadLength: fc.nat(65535),
    nextHeader: fc.nat(255),
    hopLimit: fc.nat(255),
    source: anyAddress,
    destination: anyAddress,
  });
  fc.assert(
    fc.property(fields, (header) => {
      const bytes = new Uint8Array(IPV6_HEADER);
      putIpv6(bytes, 0, header);
      assert.deepEqual(parseIpv6(bytes), { ...header });
    }),
  );
});

test("the checksum that is put in is right, and any other is not", () => {
  const payload = fc.uint8Array({ maxLength: 90 });
  fc.assert(
    fc.property(anyAddress, anyAddress, payload, fc.nat(), (source, destination, data, place) => {
      const message = icmpv6Bytes({ type: 128, code: 0, rest: 7, payload: data });
      const fields = { source, destination, hopLimit: 64, nextHeader: 58 };
      const packet = ipv6Packet(fields, message);
      putIcmpv6Checksum(packet, 0, IPV6_HEADER);
      assert.ok(isIcmpv6ChecksumRight(packet, 0, IPV6_HEADER));
      const at = IPV6_HEADER + (place % message.length);
      packet[at] = (packet[at] ?? 0) ^ 0x10;
      assert.ok(!isIcmpv6ChecksumRight(packet, 0, IPV6_HEADER));
    }),
  );
});

test("a prefix is what two addresses share", () => {
  fc.assert(
    fc.property(anyAddress, anyAddress, (a, b) => {
      const common = commonBits6(a, b);
      assert.equal(prefix6(a, common), prefix6(b, common));
      if (common < 128) assert.notEqual(prefix6(a, common + 1), prefix6(b, common + 1));
    }),
  );
});

test("any bytes are read without an exception", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(60), (bytes, at) => {
      parseIpv6(bytes, at);
      transportOf(bytes, at);
      const message = parseIcmpv6(bytes, at);
      if (message === undefined) return;
      parseNdOptions(message.payload, 16);
      parseMldReport(message);
      parseMldQuery({ ...message, type: ICMPV6.MLD_QUERY });
    }),
    { numRuns: 2000 },
  );
});
