// The course's experiments III, IV and V at the kernel's level: who asks where, who answers, what is
// learned. Each expectation was seen on real Linux (chapters III to V).

import assert from "node:assert/strict";
import { test } from "node:test";
import { BROADCAST_MAC } from "../../wire/address.ts";
import { putArp } from "../../wire/arp.ts";
import { flushDevice } from "../core/neighbour.ts";
import type { Net } from "../core/netNamespace.ts";
import { setLink } from "../core/rtnetlink.ts";
import { openPacketSocket } from "../packet/afPacket.ts";
import { newRoute } from "./fibFrontend.ts";
import {
  cache,
  device,
  ip,
  lineOf,
  ping,
  record,
  run,
  set,
  startKernel,
  twoSegments,
} from "./lab.fixture.ts";

type Lab = ReturnType<typeof twoSegments>;

/** What `arping -c1 -I DEV TARGET` sends and hears. */
function arping(
  net: Net,
  dev: string,
  target: string,
  how: { from: string; operation?: number; targetMac?: number },
): string[] {
  const on = device(net, dev);
  const socket = openPacketSocket(net, { device: on, protocol: 0x0806 });
  const packet = new Uint8Array(28);
  putArp(packet, 0, {
    hardware: 1,
    protocol: 0x0800,
    operation: how.operation ?? 1,
    senderMac: on.mac,
    senderIp: ip(how.from),
    targetMac: how.targetMac ?? BROADCAST_MAC,
    targetIp: ip(target),
  });
  assert.equal(socket.sendTo(packet, BROADCAST_MAC, 0x0806), undefined);
  run(net.kernel, 1);
  const heard = socket.queue.map(lineOf);
  socket.close();
  return heard.filter((line) => line.startsWith(`${target} is-at`));
}

function detailedRoutes(lab: Lab): void {
  for (const [host, dev] of [
    ["192.168.5.1", "veth1R"],
    ["192.168.5.11", "veth1R"],
    ["192.168.5.2", "veth2R"],
    ["192.168.5.22", "veth2R"],
  ] as const) {
    const nexthops = [{ dev: device(lab.r, dev) }];
    const request = { destination: ip(host), prefixLength: 32, nexthops, scope: 253 };
    assert.equal(newRoute(lab.r, request, "add"), undefined);
  }
}

function flush(lab: Lab): void {
  for (const net of Object.values(lab)) {
    for (const dev of net.devices.values()) flushDevice(net.kernel.arpTable, dev);
  }
}

const MAC_1R = "02:00:05:00:01:00";
const MAC_2R = "02:00:05:00:02:00";

test("III: the first of two equal routes decides; detailed routes repair it", () => {
  const lab = twoSegments(startKernel());
  const frames = { one: record(lab.r, "veth1R"), two: record(lab.r, "veth2R") };
  assert.deepEqual(ping(lab.r, "192.168.5.11").replies, ["192.168.5.11 ttl=64 seq=1"]);
  frames.one.lines();
  assert.deepEqual(ping(lab.r, "192.168.5.2", { count: 3 }).errors, [
    "192.168.5.100 3/1 seq=1 EHOSTUNREACH",
    "192.168.5.100 3/1 seq=2 EHOSTUNREACH",
    "192.168.5.100 3/1 seq=3 EHOSTUNREACH",
  ]);
  const asked = frames.one.lines().filter((line) => line.startsWith("who-has 192.168.5.2 "));
  assert.equal(asked.length, 3);
  assert.deepEqual(frames.two.lines(), []);
  assert.deepEqual(ping(lab.n11, "192.168.5.200").replies, ["192.168.5.200 ttl=64 seq=1"]);
  assert.ok(cache(lab.n11).some((line) => line.startsWith(`192.168.5.200 veth11 ${MAC_1R}`)));
  flush(lab);
  assert.deepEqual(ping(lab.n21, "192.168.5.200", { count: 3 }), {
    replies: [],
    errors: [],
    refused: undefined,
  });
  const known = cache(lab.r).filter((line) => line.startsWith("192.168.5.2 "));
  assert.match(known[0] ?? "", /veth1R (FAILED|INCOMPLETE)$/);
  assert.match(known[1] ?? "", /veth2R 02:00:05:00:00:02 STALE$/);
  const bound = { device: device(lab.r, "veth2R") };
  assert.equal(ping(lab.r, "192.168.5.2", { options: bound }).replies.length, 1);
  setLink(device(lab.r, "veth1R"), { up: false });
  setLink(device(lab.r, "veth1R"), { up: true });
  run(lab.r.kernel, 1);
  assert.equal(ping(lab.r, "192.168.5.2").replies.length, 1);
  assert.equal(ping(lab.r, "192.168.5.1").replies.length, 0);
  detailedRoutes(lab);
  for (const host of ["192.168.5.1", "192.168.5.11", "192.168.5.2", "192.168.5.22"]) {
    assert.equal(ping(lab.r, host).replies.length, 1, host);
  }
  assert.equal(ping(lab.n21, "192.168.5.100").replies.length, 1);
  assert.equal(ping(lab.n11, "192.168.5.200").replies.length, 1);
  assert.deepEqual(ping(lab.n12, "192.168.5.22").errors, ["192.168.5.11 3/1 seq=1 EHOSTUNREACH"]);
});

test("IV: arping's replies are not learned, its requests are", () => {
  const lab = twoSegments(startKernel());
  const heard = arping(lab.r, "veth2R", "192.168.5.2", { from: "192.168.5.200" });
  assert.deepEqual(heard, ["192.168.5.2 is-at 02:00:05:00:00:02"]);
  assert.deepEqual(cache(lab.r), []);
  assert.deepEqual(cache(lab.n21), [`192.168.5.200 veth21 ${MAC_2R} STALE`]);
  assert.deepEqual(arping(lab.r, "veth1R", "192.168.5.2", { from: "192.168.5.100" }), []);
  for (const target of ["192.168.5.200", "192.168.5.100"]) {
    assert.deepEqual(arping(lab.n21, "veth21", target, { from: "192.168.5.2" }), [
      `${target} is-at ${MAC_2R}`,
    ]);
    assert.deepEqual(arping(lab.n11, "veth11", target, { from: "192.168.5.1" }), [
      `${target} is-at ${MAC_1R}`,
    ]);
  }
  assert.deepEqual(cache(lab.r), [
    "192.168.5.1 veth1R 02:00:05:00:00:01 STALE",
    "192.168.5.2 veth2R 02:00:05:00:00:02 STALE",
  ]);
  // 4.10: an entry that is there becomes REACHABLE by the reply.
  arping(lab.r, "veth2R", "192.168.5.2", { from: "192.168.5.200" });
  assert.equal(cache(lab.r)[1], "192.168.5.2 veth2R 02:00:05:00:00:02 REACHABLE");
});

test("IV: arp_accept, gratuitous ARP, what is overheard, duplicate detection", () => {
  const lab = twoSegments(startKernel());
  arping(lab.n22, "veth22", "192.168.5.22", { from: "192.168.5.22" });
  arping(lab.n21, "veth21", "192.168.5.22", { from: "192.168.5.2" });
  assert.deepEqual(cache(lab.r), []);
  set(lab.r, "net/ipv4/conf/veth2R/arp_accept", 1);
  arping(lab.r, "veth2R", "192.168.5.2", { from: "192.168.5.200" });
  assert.deepEqual(cache(lab.r), ["192.168.5.2 veth2R 02:00:05:00:00:02 REACHABLE"]);
  set(lab.r, "net/ipv4/conf/veth2R/arp_accept", 0);
  detailedRoutes(lab);
  ping(lab.r, "192.168.5.22");
  assert.ok(cache(lab.r).includes("192.168.5.22 veth2R 02:00:05:00:00:22 REACHABLE"));
  // 4.18: netns21 claims .22.
  const mac21 = device(lab.n21, "veth21").mac;
  const claim = { from: "192.168.5.22", operation: 2, targetMac: mac21 };
  arping(lab.n21, "veth21", "192.168.5.22", claim);
  assert.ok(cache(lab.r).includes("192.168.5.22 veth2R 02:00:05:00:00:02 STALE"));
  flush(lab);
  // 4.19: from 0.0.0.0, answered and not learned.
  const detection = { from: "0.0.0.0" };
  assert.equal(arping(lab.n21, "veth21", "192.168.5.22", detection).length, 1);
  assert.equal(arping(lab.n21, "veth21", "192.168.5.77", detection).length, 0);
  assert.deepEqual(cache(lab.n22), []);
});

test("IV: rp_filter, arp_ignore and arp_filter decide who is answered", () => {
  const lab = twoSegments(startKernel());
  const answered = (net: Net, dev: string, target: string, from: string) =>
    arping(net, dev, target, { from }).length === 1;
  const all = () => [
    answered(lab.n21, "veth21", "192.168.5.200", "192.168.5.2"),
    answered(lab.n21, "veth21", "192.168.5.100", "192.168.5.2"),
    answered(lab.n11, "veth11", "192.168.5.100", "192.168.5.1"),
    answered(lab.n11, "veth11", "192.168.5.200", "192.168.5.1"),
  ];
  const conf = "net/ipv4/conf/all";
  set(lab.r, `${conf}/rp_filter`, 1);
  assert.deepEqual(all(), [false, false, true, true]);
  // 4.7: the packet socket sees the reply, ping does not.
  assert.equal(arping(lab.r, "veth2R", "192.168.5.2", { from: "192.168.5.200" }).length, 1);
  const bound = { device: device(lab.r, "veth2R") };
  assert.equal(ping(lab.r, "192.168.5.2", { options: bound }).replies.length, 0);
  set(lab.r, `${conf}/rp_filter`, 2);
  assert.deepEqual(all(), [true, true, true, true]);
  set(lab.r, `${conf}/rp_filter`, 0);
  set(lab.r, `${conf}/arp_ignore`, 1);
  assert.deepEqual(all(), [true, false, true, false]);
  set(lab.r, `${conf}/arp_ignore`, 0);
  set(lab.r, `${conf}/arp_filter`, 1);
  assert.deepEqual(all(), [false, false, true, true]);
  assert.equal(lab.r.counters.get("TcpExt.ArpFilter"), 2);
  detailedRoutes(lab);
  assert.deepEqual(all(), [true, true, true, true]);
});

test("IV: arp_announce chooses the address that a request shows", () => {
  for (const [announce, tell] of [
    [0, "192.168.5.200"],
    [1, "192.168.5.200"],
    [2, "192.168.5.100"],
  ] as const) {
    const lab = twoSegments(startKernel());
    set(lab.r, "net/ipv4/conf/all/arp_announce", announce);
    const frames = record(lab.r, "veth1R");
    ping(lab.r, "192.168.5.1", { options: { source: ip("192.168.5.200") } });
    assert.equal(frames.lines()[0], `who-has 192.168.5.1 tell ${tell}`);
  }
});

test("V: host routes and Proxy ARP join the segments from layer 3 up", () => {
  const kernel = startKernel();
  const lab = twoSegments(kernel);
  detailedRoutes(lab);
  set(lab.r, "net/ipv4/ip_forward", 1);
  assert.deepEqual(ping(lab.n12, "192.168.5.22").errors, ["192.168.5.11 3/1 seq=1 EHOSTUNREACH"]);
  const via = (net: Net, host: string, gateway: string) => {
    const nexthops = [{ gateway: ip(gateway) }];
    return newRoute(net, { destination: ip(host), prefixLength: 32, nexthops }, "add");
  };
  via(lab.n12, "192.168.5.22", "192.168.5.100");
  via(lab.n22, "192.168.5.11", "192.168.5.200");
  assert.deepEqual(ping(lab.n12, "192.168.5.22").replies, ["192.168.5.22 ttl=63 seq=1"]);
  assert.deepEqual(ping(lab.n22, "192.168.5.11").replies, ["192.168.5.11 ttl=63 seq=1"]);
  flush(lab);
  set(lab.r, "net/ipv4/conf/all/proxy_arp", 1);
  const start = kernel.clock.now;
  const frames = { one: record(lab.r, "veth1R"), two: record(lab.r, "veth2R") };
  assert.deepEqual(ping(lab.n11, "192.168.5.2", { wait: 4 }).replies, ["192.168.5.2 ttl=63 seq=1"]);
  assert.ok(kernel.clock.now > start);
  assert.deepEqual(frames.one.lines().slice(0, 3), [
    "who-has 192.168.5.2 tell 192.168.5.1",
    `192.168.5.2 is-at ${MAC_1R}`,
    "icmp 8 192.168.5.1 > 192.168.5.2 ttl 64",
  ]);
  assert.deepEqual(frames.two.lines().slice(0, 6), [
    "who-has 192.168.5.2 tell 192.168.5.200",
    "192.168.5.2 is-at 02:00:05:00:00:02",
    "icmp 8 192.168.5.1 > 192.168.5.2 ttl 63",
    "who-has 192.168.5.1 tell 192.168.5.2",
    `192.168.5.1 is-at ${MAC_2R}`,
    "icmp 0 192.168.5.2 > 192.168.5.1 ttl 64",
  ]);
  assert.deepEqual(cache(lab.n11), [`192.168.5.2 veth11 ${MAC_1R} REACHABLE`]);
  assert.deepEqual(cache(lab.n21), [
    `192.168.5.1 veth21 ${MAC_2R} REACHABLE`,
    // netnsR asked for .2 itself.
    `192.168.5.200 veth21 ${MAC_2R} STALE`,
  ]);
  // Inside a segment the proxy keeps quiet; a unicast request is answered at once.
  assert.deepEqual(arping(lab.n21, "veth21", "192.168.5.22", { from: "192.168.5.2" }), [
    "192.168.5.22 is-at 02:00:05:00:00:22",
  ]);
  set(lab.r, "net/ipv4/conf/all/forwarding", 0);
  flush(lab);
  assert.deepEqual(ping(lab.n11, "192.168.5.22").errors, ["192.168.5.1 3/1 seq=1 EHOSTUNREACH"]);
  assert.deepEqual(cache(lab.r), []);
});

test("arp_notify announces every address when a device comes up or gets a MAC", () => {
  const lab = twoSegments(startKernel());
  const dev = device(lab.n11, "veth11");
  const frames = record(lab.r, "veth1R");
  setLink(dev, { address: 0x0200000000aa });
  assert.deepEqual(frames.lines(), []);
  set(lab.n11, "net/ipv4/conf/veth11/arp_notify", 1);
  setLink(dev, { address: 0x0200000000aa });
  assert.deepEqual(frames.lines(), ["who-has 192.168.5.1 tell 192.168.5.1"]);
  setLink(dev, { up: false });
  setLink(dev, { up: true });
  run(lab.r.kernel, 1);
  assert.deepEqual(frames.lines(), ["who-has 192.168.5.1 tell 192.168.5.1"]);
});
