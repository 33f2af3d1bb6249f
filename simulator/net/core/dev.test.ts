// Do devices come, change and go as recorded from Linux?

import assert from "node:assert/strict";
import { test } from "node:test";
import { cloneSkb, devQueueXmit, newSkb, packetTypeOf, STORM_LIMIT } from "./dev.ts";
import { bootForTest, sendFrame } from "./links.fixture.ts";
import { newLink, setLink } from "./rtnetlink.ts";
import type { SkBuff } from "./skbuff.ts";

function pair() {
  const parts = bootForTest();
  const { net, run, dev } = parts;
  newLink(net, { kind: "veth", name: "a", peer: { name: "b" } });
  setLink(dev("a"), { up: true });
  setLink(dev("b"), { up: true });
  run(1.1);
  return { ...parts, a: dev("a"), b: dev("b") };
}

test("a frame reaches the peer, its taps and, with no protocol for it, an end with a reason", () => {
  const { kernel, a, b } = pair();
  const seen: string[] = [];
  for (const dev of [a, b]) {
    dev.taps.add((skb) => seen.push(`${skb.dev.name} ${skb.packetType} ${skb.frame.length}`));
  }
  const reasons: string[] = [];
  kernel.packetListeners.add((fact) => {
    if (fact.type === "dropped") reasons.push(`${fact.dev.name} ${fact.reason}`);
  });
  sendFrame(a);
  sendFrame(a, b.mac);
  sendFrame(a, 0x020000000001);
  sendFrame(a, 0x01005e000001);
  assert.deepEqual(
    seen.filter((line) => line.startsWith("b")),
    ["b broadcast 60", "b host 60", "b otherhost 60", "b multicast 60"],
  );
  assert.equal(seen[0], "a outgoing 60");
  assert.deepEqual(new Set(reasons), new Set(["b UNHANDLED_PROTO"]));
  assert.deepEqual([a.stats.txPackets, a.stats.txBytes, b.stats.rxPackets], [4, 240, 4]);
  assert.equal(b.stats.rxDropped, 4);
});

test("nothing is sent without carrier, and taps do not see it", () => {
  const { run, a, b } = pair();
  setLink(b, { up: false });
  run(1.1);
  let seen = 0;
  a.taps.add(() => seen++);
  sendFrame(a);
  assert.deepEqual([seen, a.stats.txPackets], [0, 0]);
});

test("a frame longer than the peer's MTU and a tag is lost, on both counters", () => {
  const { kernel, a, b } = pair();
  setLink(b, { mtu: 1000 });
  for (const length of [1018, 1019]) {
    devQueueXmit(newSkb(kernel, { frame: new Uint8Array(length), dev: a }), a);
  }
  assert.deepEqual([a.stats.txPackets, a.stats.txDropped, b.stats.rxPackets], [1, 1, 1]);
});

test("what a tap keeps does not change when the frame moves on", () => {
  const { a, b } = pair();
  const kept: SkBuff[] = [];
  a.taps.add((skb) => kept.push(skb));
  sendFrame(a, b.mac);
  assert.equal(kept[0]?.dev, a);
  assert.equal(kept[0]?.packetType, "outgoing");
});

test("a storm ends, says so, and leaves the machine working", () => {
  const { kernel, a, b } = pair();
  let count = 0;
  const reasons = new Set<string>();
  kernel.packetListeners.add((fact) => {
    if (fact.type === "dropped") reasons.add(fact.reason);
  });
  // Each frame comes back twice.
  kernel.protocols.set(0x88b5, (skb) => {
    count++;
    for (let copy = 0; copy < 2; copy++) devQueueXmit(cloneSkb(skb), skb.dev);
  });
  sendFrame(a);
  assert.ok(count <= STORM_LIMIT);
  assert.ok(reasons.has("STORM") && reasons.has("CPU_BACKLOG"));
  assert.match(kernel.log.at(-1) ?? "", /vethbook simulator: broadcast storm/);
  assert.equal(kernel.backlog.length, 0);
  kernel.protocols.delete(0x88b5);
  const before = b.stats.rxPackets;
  sendFrame(a);
  assert.equal(b.stats.rxPackets, before + 1);
});

test("frames of any length are looked at without an exception", () => {
  const { kernel, a, b } = pair();
  newLink(b.net, { kind: "vlan", name: "b.5", link: b, vlan: { id: 5 } });
  setLink(b.net.byName.get("b.5") ?? b, { up: true });
  for (let length = 0; length < 24; length++) {
    const frame = new Uint8Array(length).fill(0xff, 0, 6);
    frame.set(
      [0x81, 0x00, 0x00, 0x05, 0x81].slice(0, Math.max(0, length - 12)),
      Math.min(12, length),
    );
    devQueueXmit(newSkb(kernel, { frame, dev: a }), a);
  }
  assert.equal(b.stats.rxPackets, 24);
});

test("whom a frame is for", () => {
  const { a } = pair();
  const frame = (...bytes: number[]) => Uint8Array.from([...bytes, 0, 0, 0, 0, 0, 0, 8, 0]);
  assert.equal(packetTypeOf(frame(255, 255, 255, 255, 255, 255), a), "broadcast");
  assert.equal(packetTypeOf(frame(255, 255, 255, 255, 255, 254), a), "multicast");
  assert.equal(packetTypeOf(frame(1, 0, 94, 0, 0, 1), a), "multicast");
  assert.equal(packetTypeOf(frame(2, 0, 0, 0, 0, 1), a), "otherhost");
});
