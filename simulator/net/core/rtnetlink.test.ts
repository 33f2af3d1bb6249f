// Expectations were recorded on Debian 12 (kernel 6.1): test/transcripts/link/*.json.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bootForTest, lineOf, recordLinks } from "./links.fixture.ts";
import { createNet, holdNet, nsidOf, releaseNet } from "./netLifecycle.ts";
import { delLink, newLink, setLink } from "./rtnetlink.ts";

test("a veth pair: the peer comes first, both have carrier while both are up", () => {
  const { net, kernel, run, dev } = bootForTest();
  const told = recordLinks(kernel, net);
  assert.equal(newLink(net, { kind: "veth", name: "v0", peer: { name: "v1" } }), undefined);
  run(1.1);
  for (const name of ["v0", "v1"]) {
    setLink(dev(name), { up: true });
    run(1.1);
  }
  setLink(dev("v0"), { up: false });
  run(1.1);
  delLink(dev("v1"));
  assert.deepEqual(told, [
    "2 v1 BROADCAST,MULTICAST 1500 noop DOWN",
    "3 v0 BROADCAST,MULTICAST,M-DOWN 1500 noop DOWN",
    "3 v0 NO-CARRIER,BROADCAST,MULTICAST,UP,M-DOWN 1500 noqueue LOWERLAYERDOWN",
    "2 v1 NO-CARRIER,BROADCAST,MULTICAST,UP,LOWER_UP 1500 noqueue LOWERLAYERDOWN",
    "2 v1 BROADCAST,MULTICAST,UP,LOWER_UP 1500 noqueue UP",
    "3 v0 BROADCAST,MULTICAST,UP,LOWER_UP 1500 noqueue UP",
    "3 v0 BROADCAST,MULTICAST 1500 noqueue DOWN",
    "2 v1 NO-CARRIER,BROADCAST,MULTICAST,UP,M-DOWN 1500 noqueue LOWERLAYERDOWN",
    "2 v1 BROADCAST,MULTICAST 1500 noqueue DOWN",
    "Deleted 2 v1 BROADCAST,MULTICAST 1500 noop DOWN",
    "Deleted 3 v0 BROADCAST,MULTICAST 1500 noop DOWN",
  ]);
});

test("the second pair within a second keeps its state until linkwatch runs again", () => {
  const { net, run, dev } = bootForTest();
  for (const [name, peer] of [
    ["v0", "v1"],
    ["w0", "w1"],
  ] as const) {
    newLink(net, { kind: "veth", name, peer: { name: peer } });
    run(0.02);
  }
  setLink(dev("w0"), { up: true });
  run(0.02);
  assert.equal(lineOf(dev("w0")), "5 w0 BROADCAST,MULTICAST,UP,M-DOWN 1500 noqueue UNKNOWN");
  run(1);
  assert.equal(
    lineOf(dev("w0")),
    "5 w0 NO-CARRIER,BROADCAST,MULTICAST,UP,M-DOWN 1500 noqueue LOWERLAYERDOWN",
  );
});

test("names, numbers and limits are refused as Linux refuses them", () => {
  const { net, dev } = bootForTest();
  const errnoOf = (request: Parameters<typeof newLink>[1]) => newLink(net, request)?.errno;
  assert.equal(errnoOf({ kind: "dummy", name: "x%d" }), undefined);
  assert.equal(errnoOf({ kind: "dummy", name: "x%d" }), undefined);
  assert.deepEqual([...net.byName.keys()], ["lo", "x0", "x1"]);
  assert.equal(errnoOf({ kind: "dummy", name: "lo" }), "EEXIST");
  assert.equal(errnoOf({ kind: "dummy", name: "x", ifindex: 1 }), "EEXIST");
  for (const name of ["all", "default", ".", "a:b", "x%", "x%s"]) {
    assert.equal(errnoOf({ kind: "dummy", name }), "EINVAL", name);
  }
  assert.deepEqual(newLink(net, { kind: "dummy", name: "1234567890123456" }), {
    errno: "ERANGE",
    message: "Attribute failed policy validation",
  });
  assert.deepEqual(newLink(net, { kind: "foo" }), {
    errno: "EOPNOTSUPP",
    message: "Unknown device type",
  });
  assert.equal(newLink(net, { kind: "vxlan" })?.notSimulated, "a link of type vxlan");
  assert.equal(errnoOf({ kind: "dummy", address: 0x010000000000 }), "EADDRNOTAVAIL");
  assert.equal(
    errnoOf({ kind: "veth", name: "w0", up: true, peer: { name: "w1", up: true } }),
    "ENOTCONN",
  );
  assert.equal(net.byName.has("w1"), false);
  newLink(net, { kind: "veth", name: "w0", mtu: 1300 });
  assert.deepEqual([dev("veth0").mtu, dev("w0").mtu], [1300, 1300]);
  assert.deepEqual(setLink(dev("w0"), { mtu: 20 }), {
    errno: "EINVAL",
    message: "mtu less than device minimum",
  });
  assert.deepEqual(newLink(net, { kind: "veth", name: "v", mtu: 70000 }), { errno: "EINVAL" });
  setLink(dev("w0"), { up: true });
  assert.equal(setLink(dev("w0"), { name: "w9" })?.errno, "EBUSY");
  assert.equal(setLink(dev("x0"), { name: "x1" })?.errno, "EEXIST");
  assert.equal(delLink(dev("lo"))?.errno, "EOPNOTSUPP");
  assert.equal(
    setLink(dev("x0"), { protodown: true })?.message,
    "Protodown not supported by device",
  );
});

test("a device moves to another namespace with its number, if that is free", () => {
  const { net, kernel, run, dev } = bootForTest();
  const [a, b] = [createNet(kernel, net), createNet(kernel, net)];
  for (const other of [a, b]) holdNet(other);
  newLink(net, { kind: "veth", name: "v0", peer: { name: "v1" } });
  assert.equal(nsidOf(net, a, false), undefined);
  assert.equal(setLink(dev("v1"), { netns: a }), undefined);
  assert.equal(lineOf(dev("v1", a)), "2 v1 BROADCAST,MULTICAST 1500 noop DOWN");
  assert.deepEqual([nsidOf(net, a, false), nsidOf(a, net, false)], [0, 0]);
  newLink(net, { kind: "dummy", name: "d0" });
  newLink(a, { kind: "dummy", name: "d0" });
  assert.equal(setLink(dev("d0"), { netns: a })?.errno, "EEXIST");
  assert.equal(setLink(dev("d0"), { netns: a, name: "d1" }), undefined);
  assert.equal(dev("d1", a).ifindex, 4);
  assert.deepEqual(setLink(dev("lo"), { netns: a }), { errno: "EINVAL" });
  assert.equal(setLink(dev("v0"), { netns: b }), undefined);
  assert.deepEqual([nsidOf(net, b, false), nsidOf(b, a, false), nsidOf(a, b, true)], [1, 0, 1]);
  releaseNet(a);
  run(0.1);
  assert.deepEqual([...b.byName.keys()], ["lo"]);
  assert.equal(nsidOf(b, a, false), undefined);
  assert.deepEqual([...net.nsids.keys()], [1]);
});

test("a pair across namespaces made by a third one gives that one no ids", () => {
  const { net, kernel } = bootForTest();
  const [a, c] = [createNet(kernel, net), createNet(kernel, net)];
  newLink(net, { kind: "veth", name: "w0", netns: c, peer: { name: "w1", netns: a } });
  // The peer was told when it had no other end yet; its namespace learns of c when somebody looks.
  assert.deepEqual([net.nsids.size, a.nsids.size, c.nsids.get(0) === a], [0, 0, true]);
  assert.deepEqual([a.byName.get("w1")?.ifindex, c.byName.get("w0")?.ifindex], [2, 2]);
});

test("promiscuity is counted and goes to the kernel log", () => {
  const { net, kernel, dev } = bootForTest();
  newLink(net, { kind: "dummy", name: "d0" });
  setLink(dev("d0"), { promisc: true });
  setLink(dev("d0"), { promisc: true });
  assert.equal(dev("d0").promiscuity, 1);
  setLink(dev("d0"), { promisc: false });
  assert.deepEqual(
    kernel.log.map((line) => line.replace(/^\[.*?\] /, "")),
    ["device d0 entered promiscuous mode", "device d0 left promiscuous mode"],
  );
});
