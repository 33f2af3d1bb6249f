// Forwarding and ICMP against recorded Linux 6.1: time exceeded, no route and its limits, path MTU,
// redirects, fragments, broadcasts, counters.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { icmpBytes } from "../../wire/icmp.ts";
import { newSkb } from "../core/dev.ts";
import type { Kernel } from "../core/kernel.ts";
import { setLink } from "../core/rtnetlink.ts";
import { arpReceive } from "./arp.ts";
import { newRoute } from "./fibFrontend.ts";
import { ipReceive } from "./ipInput.ts";
import {
  connect,
  device,
  ip,
  loopbackUp,
  ping,
  quietNet,
  record,
  run,
  set,
  startKernel,
  twoSegments,
} from "./lab.fixture.ts";
import { openIcmpSocket } from "./raw.ts";

/** a - r - b with default routes through the router r. */
function routed(kernel: Kernel) {
  const lab = { a: quietNet(kernel), r: quietNet(kernel), b: quietNet(kernel) };
  for (const net of Object.values(lab)) loopbackUp(net);
  connect(
    { net: lab.a, name: "va", address: "10.0.1.1/24" },
    { net: lab.r, name: "ra", address: "10.0.1.2/24" },
  );
  connect(
    { net: lab.b, name: "vb", address: "10.0.2.1/24" },
    { net: lab.r, name: "rb", address: "10.0.2.2/24" },
  );
  set(lab.r, "net/ipv4/ip_forward", 1);
  for (const [net, gateway] of [
    [lab.a, "10.0.1.2"],
    [lab.b, "10.0.2.2"],
  ] as const) {
    const nexthops = [{ gateway: ip(gateway) }];
    assert.equal(newRoute(net, { destination: 0, prefixLength: 0, nexthops }, "add"), undefined);
  }
  run(kernel, 1);
  return lab;
}

/** How many of `count` pings to an address without a route are answered by the router. */
function noRoute(count: number, interval: number): number {
  const kernel = startKernel();
  const lab = routed(kernel);
  const socket = openIcmpSocket(lab.a, { receiveErrors: true });
  for (let sequence = 1; sequence <= count; sequence++) {
    const message = { type: 8, code: 0, rest: sequence, payload: new Uint8Array(56) };
    socket.send(icmpBytes(message), ip("10.9.9.9"));
    socket.error = undefined;
    run(kernel, interval);
  }
  assert.ok(socket.errors.every((one) => one.type === 3 && one.code === 0));
  return socket.errors.length;
}

test("a router says what is wrong, as often as Linux does", () => {
  const kernel = startKernel();
  const lab = routed(kernel);
  assert.deepEqual(ping(lab.a, "10.0.2.1").replies, ["10.0.2.1 ttl=63 seq=1"]);
  assert.equal(lab.r.counters.get("Ip.ForwDatagrams"), 2);
  assert.equal(lab.r.counters.get("Ip.OutRequests"), 2);
  assert.equal(lab.r.counters.get("IpExt.OutOctets"), 336);
  assert.deepEqual(ping(lab.a, "10.0.2.1", { options: { ttl: 1 } }).errors, [
    "10.0.1.2 11/0 seq=1 EHOSTUNREACH",
  ]);
  assert.deepEqual(ping(lab.a, "10.0.2.99", { count: 2 }).errors, [
    "10.0.1.2 3/1 seq=1 EHOSTUNREACH",
    "10.0.1.2 3/1 seq=2 EHOSTUNREACH",
  ]);
  assert.equal(noRoute(10, 0.2), 2);
  assert.equal(noRoute(4, 1), 4);
  set(lab.r, "net/ipv4/ip_forward", 0);
  assert.deepEqual(ping(lab.a, "10.0.2.1").errors, []);
  assert.equal(lab.r.counters.get("Ip.InAddrErrors"), 1);
});

test("a path MTU is learned from the router, then the sender's own kernel refuses", () => {
  const kernel = startKernel();
  const lab = routed(kernel);
  setLink(device(lab.r, "rb"), { mtu: 1000 });
  const options = { pathMtu: "do" as const };
  const { errors, refused } = ping(lab.a, "10.0.2.1", { count: 2, size: 1200, options });
  assert.deepEqual(errors, ["10.0.1.2 3/4 seq=1 EMSGSIZE", "0.0.0.0 0/0 seq=undefined EMSGSIZE"]);
  assert.equal(refused, "EMSGSIZE");
  setLink(device(lab.b, "vb"), { mtu: 1000 });
  assert.equal(ping(lab.a, "10.0.2.1", { size: 3000 }).replies.length, 1);
  assert.equal(lab.b.counters.get("Ip.ReasmOKs"), 1);
});

test("a redirect is sent to a neighbour that could go straight, and the second one counts", () => {
  const kernel = startKernel();
  const lab = twoSegments(kernel);
  set(lab.r, "net/ipv4/ip_forward", 1);
  const nexthops = [{ gateway: ip("192.168.5.100") }];
  newRoute(lab.n12, { destination: ip("192.168.5.1"), prefixLength: 32, nexthops }, "add");
  const frames = record(lab.r, "veth1R");
  ping(lab.n12, "192.168.5.1", { count: 4, wait: 0.5 });
  const lines = frames.lines();
  const redirects = lines.filter((line) => line.startsWith("icmp 5 "));
  const throughRouter = lines.filter((line) => line === "icmp 8 192.168.5.11 > 192.168.5.1 ttl 63");
  assert.equal(redirects.length, 2);
  assert.equal(throughRouter.length, 2);
});

test("broadcast pings are ignored by default, and counted as errors", () => {
  const kernel = startKernel();
  const lab = routed(kernel);
  assert.equal(ping(lab.a, "10.0.1.255").refused, "EACCES");
  const options = { broadcast: true };
  assert.deepEqual(ping(lab.a, "10.0.1.255", { options }).replies, []);
  assert.equal(lab.r.counters.get("Icmp.InErrors"), 1);
  assert.equal(lab.a.counters.get("Icmp.InErrors"), 1);
  assert.equal(lab.a.counters.get("IpExt.InBcastPkts"), 1);
  set(lab.r, "net/ipv4/icmp_echo_ignore_broadcasts", 0);
  assert.deepEqual(ping(lab.a, "10.0.1.255", { options }).replies, ["10.0.1.2 ttl=64 seq=1"]);
});

test("a socket bound to a device does not hear that its neighbour is dead", () => {
  const lab = routed(startKernel());
  const bound = { device: device(lab.a, "va") };
  assert.deepEqual(ping(lab.a, "10.0.1.77", { options: bound }).errors, []);
  assert.equal(ping(lab.a, "10.0.1.77").errors.length, 1);
});

test("any bytes end without an exception", () => {
  const kernel = startKernel();
  const lab = routed(kernel);
  const dev = device(lab.r, "ra");
  const good = Uint8Array.of(0x45, 0, 0, 60, 0, 1, 0, 0, 64, 1, 0, 0, 10, 0, 1, 1, 10, 0, 1, 2);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 90 }), fc.boolean(), (bytes, sound) => {
      const frame = new Uint8Array(14 + bytes.length + (sound ? good.length : 0));
      frame.set(Uint8Array.of(8, 0), 12);
      if (sound) frame.set(good, 14);
      frame.set(bytes, frame.length - bytes.length);
      const skb = newSkb(kernel, { frame, dev });
      skb.packetType = "host";
      ipReceive(skb);
      arpReceive(skb);
    }),
  );
});
