// Does a bridge learn, flood and filter as the one in the VM did?

import assert from "node:assert/strict";
import { test } from "node:test";
import { macText } from "../../wire/address.ts";
import { ethernetFrame } from "../../wire/ethernet.ts";
import { devQueueXmit, newSkb } from "../core/dev.ts";
import { devicesInOrder } from "../core/devChange.ts";
import { bootForTest } from "../core/links.fixture.ts";
import { IFF } from "../core/netDevice.ts";
import { newLink, setLink } from "../core/rtnetlink.ts";
import { fdbAdd, fdbDump, fdbStateOf } from "./brFdbAdmin.ts";
import { setBridgeOptions, setPortOptions } from "./brNetlink.ts";
import { changeVlans } from "./brVlanAdmin.ts";

const BROADCAST = 0xffffffffffff;
const hostMac = (number: number) => 0x020000000100 + number;

/** A bridge "br0" with ports p1, p2, … whose peers q1, q2, … are hosts; all up. */
function lab(ports: number) {
  const parts = bootForTest();
  const { kernel, net, run, dev } = parts;
  newLink(net, { kind: "bridge", name: "br0" });
  for (let number = 1; number <= ports; number++) {
    newLink(net, {
      kind: "veth",
      name: `p${number}`,
      address: 0x020000000000 + number,
      peer: { name: `q${number}`, address: hostMac(number) },
    });
    setLink(dev(`p${number}`), { master: dev("br0"), up: true });
    setLink(dev(`q${number}`), { up: true });
  }
  setLink(dev("br0"), { up: true });
  run(2);
  const heard: string[] = [];
  for (const each of devicesInOrder(net)) {
    each.taps.add((skb) => {
      if (skb.packetType === "outgoing" || each.name.startsWith("p")) return;
      heard.push(skb.vlan === undefined ? each.name : `${each.name} vlan ${skb.vlan.vid}`);
    });
  }
  /** Sends a frame of a host and answers who got it, in order. */
  const send = (from: number, destination: number, vid?: number): string[] => {
    heard.length = 0;
    const out = dev(`q${from}`);
    const frame = ethernetFrame(
      { destination, source: hostMac(from), type: 0x88b5 },
      new Uint8Array(46),
    );
    const skb = newSkb(kernel, { frame, dev: out });
    if (vid !== undefined) skb.vlan = { vid, pcp: 0 };
    devQueueXmit(skb, out);
    return [...heard];
  };
  const dynamic = (): string[] =>
    fdbDump(devicesInOrder(net)).flatMap((row) => {
      if (!("entry" in row) || fdbStateOf(row.entry) !== "reachable") return [];
      return [`${macText(row.entry.mac)} ${row.dev.name} ${row.entry.vid}`];
    });
  return { ...parts, send, dynamic };
}

test("an unknown destination is flooded, the last added port first; a known one is not", () => {
  const { send } = lab(3);
  assert.deepEqual(send(1, hostMac(2)), ["q3", "q2"]);
  assert.deepEqual(send(2, hostMac(1)), ["q1"]);
  assert.deepEqual(send(1, hostMac(2)), ["q2"]);
  assert.deepEqual(send(3, BROADCAST), ["br0", "q2", "q1"]);
});

test("what was learned is forgotten after the ageing time, and at once when its port goes down", () => {
  const { send, dynamic, run, dev } = lab(2);
  send(1, BROADCAST);
  send(2, BROADCAST);
  assert.deepEqual(dynamic(), ["02:00:00:00:01:01 p1 0", "02:00:00:00:01:02 p2 0"]);
  run(200);
  send(2, BROADCAST);
  run(101);
  assert.deepEqual(dynamic(), ["02:00:00:00:01:02 p2 0"]);
  setLink(dev("q2"), { up: false });
  run(0.1);
  assert.deepEqual(dynamic(), []);
});

test("a station that moves is found at its new port", () => {
  const { send, dynamic, dev, kernel } = lab(2);
  send(1, BROADCAST);
  const frame = ethernetFrame(
    { destination: BROADCAST, source: hostMac(1), type: 0x88b5 },
    new Uint8Array(46),
  );
  devQueueXmit(newSkb(kernel, { frame, dev: dev("q2") }), dev("q2"));
  assert.deepEqual(dynamic(), ["02:00:00:00:01:01 p2 0"]);
});

test("a frame from the bridge's own address is reported and not learned", () => {
  const { dev, kernel, dynamic } = lab(2);
  const frame = ethernetFrame(
    { destination: BROADCAST, source: dev("p1").mac, type: 0x88b5 },
    new Uint8Array(46),
  );
  devQueueXmit(newSkb(kernel, { frame, dev: dev("q2") }), dev("q2"));
  assert.deepEqual(dynamic(), []);
  const text =
    "br0: received packet on p2 with own address as source address (addr:02:00:00:00:00:01, vlan:0)";
  assert.ok(kernel.log.some((line) => line.endsWith(text)));
});

test("switches of ports: hairpin, isolated, flood, learning, locked", () => {
  const { send, dev, dynamic } = lab(3);
  const set = (name: string, options: Record<string, number>) =>
    setPortOptions(dev(name), new Map(Object.entries(options)));
  set("p1", { hairpin: 1 });
  assert.deepEqual(send(1, BROADCAST), ["br0", "q3", "q2", "q1"]);
  set("p1", { hairpin: 0, isolated: 1 });
  set("p2", { isolated: 1 });
  assert.deepEqual(send(1, BROADCAST), ["br0", "q3"]);
  set("p2", { isolated: 0, bcast_flood: 0 });
  assert.deepEqual(send(1, BROADCAST), ["br0", "q3"]);
  set("p3", { flood: 0 });
  assert.deepEqual(send(1, 0x02aaaaaaaaaa), ["q2"]);
  assert.deepEqual(dynamic(), ["02:00:00:00:01:01 p1 0"]);
  set("p2", { learning: 0 });
  send(2, BROADCAST);
  assert.deepEqual(dynamic(), ["02:00:00:00:01:01 p1 0"]);
  set("p2", { locked: 1 });
  assert.deepEqual(send(2, BROADCAST), []);
  const entry = { mac: hostMac(2), vid: 0, state: "noarp", create: true, exclusive: true } as const;
  assert.equal(fdbAdd(dev("p2"), { ...entry, self: false, master: true }), undefined);
  assert.deepEqual(send(2, BROADCAST), ["br0", "q3", "q1"]);
});

test("vlan_filtering: PVID on the way in, untagged on the way out, others stay out", () => {
  const { send, dev, dynamic } = lab(4);
  const vlan = (name: string, vid: number, more: Record<string, boolean> = {}) => {
    const flags = { pvid: false, untagged: false, self: false, master: false, remove: false };
    assert.equal(changeVlans(dev(name), { from: vid, to: vid, ...flags, ...more }), undefined);
  };
  const access = { pvid: true, untagged: true };
  vlan("p1", 10, access);
  vlan("p2", 10, access);
  vlan("p3", 20, access);
  for (const name of ["p1", "p2", "p3"]) vlan(name, 1, { remove: true });
  vlan("p4", 10);
  vlan("p4", 20);
  assert.deepEqual(send(1, BROADCAST), ["br0", "q4", "q3", "q2"]);
  assert.deepEqual(send(4, BROADCAST, 10), [
    "br0 vlan 10",
    "q3 vlan 10",
    "q2 vlan 10",
    "q1 vlan 10",
  ]);
  setBridgeOptions(dev("br0"), new Map([["vlan_filtering", 1]]));
  assert.deepEqual(send(1, BROADCAST), ["q4 vlan 10", "q2"]);
  assert.deepEqual(send(3, BROADCAST), ["q4 vlan 20"]);
  assert.deepEqual(send(4, BROADCAST, 10), ["q2", "q1"]);
  assert.deepEqual(send(4, BROADCAST, 30), []);
  assert.deepEqual(send(4, BROADCAST), ["br0"]);
  vlan("br0", 10, { self: true });
  assert.deepEqual(send(1, BROADCAST), ["br0 vlan 10", "q4 vlan 10", "q2"]);
  assert.ok(dynamic().includes("02:00:00:00:01:04 p4 10"));
  assert.ok(dynamic().includes("02:00:00:00:01:03 p3 20"));
});

test("frames to reserved addresses stop at the bridge unless the mask lets them pass", () => {
  const { send, dev } = lab(2);
  assert.deepEqual(send(1, 0x0180c2000000), ["br0", "q2"]);
  assert.deepEqual(send(1, 0x0180c200000e), []);
  setBridgeOptions(dev("br0"), new Map([["group_fwd_mask", 0x4000]]));
  assert.deepEqual(send(1, 0x0180c200000e), ["br0", "q2"]);
  assert.deepEqual(send(1, 0x0180c2000001), []);
});

test("two bridges with two links between them: STP closes one, and opens it when the other fails", () => {
  const { net, run, dev } = bootForTest();
  for (const name of ["br0", "br1"]) {
    newLink(net, { kind: "bridge", name, options: new Map([["stp_state", 1]]) });
    setLink(dev(name), { up: true });
  }
  for (const number of [1, 2]) {
    newLink(net, {
      kind: "veth",
      name: `a${number}`,
      address: 0x020000000000 + number,
      peer: { name: `b${number}`, address: hostMac(number) },
    });
    setLink(dev(`a${number}`), { master: dev("br0"), up: true });
    setLink(dev(`b${number}`), { master: dev("br1"), up: true });
  }
  const states = () => ["a1", "a2", "b1", "b2"].map((name) => dev(name).port?.state).join(" ");
  run(3);
  assert.equal(states(), "listening listening listening blocking");
  run(15);
  assert.equal(states(), "learning learning learning blocking");
  run(15);
  assert.equal(states(), "forwarding forwarding forwarding blocking");
  setLink(dev("a1"), { up: false });
  run(40);
  assert.equal(states(), "disabled forwarding disabled forwarding");
});

test("a loop without STP is a storm that ends", () => {
  const { dev, send, net, kernel } = lab(1);
  newLink(net, { kind: "veth", name: "x1", peer: { name: "x2" } });
  for (const name of ["x1", "x2"]) setLink(dev(name), { master: dev("br0"), up: true });
  assert.equal((dev("x1").flags & IFF.UP) !== 0, true);
  send(1, BROADCAST);
  assert.ok(kernel.clock.now < 60_000_000);
});
