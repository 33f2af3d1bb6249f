// Expectations were recorded on Debian 12 (kernel 6.1): test/transcripts/link/{macvlan,macvlan-frames,subdevices}.json.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bootForTest, lineOf, sendFrame } from "../core/links.fixture.ts";
import type { MacvlanMode } from "../core/netDevice.ts";
import { delLink, newLink, setLink } from "../core/rtnetlink.ts";

function withModes(...modes: readonly MacvlanMode[]) {
  const parts = bootForTest();
  const { net, run, dev } = parts;
  newLink(net, { kind: "veth", name: "p0", peer: { name: "p1" } });
  for (const name of ["p0", "p1"]) setLink(dev(name), { up: true });
  for (const [index, mode] of modes.entries()) {
    newLink(net, {
      kind: "macvlan",
      name: `m${index}`,
      link: dev("p0"),
      address: 0x020000000010 + index,
      macvlan: { mode },
    });
    setLink(dev(`m${index}`), { up: true });
  }
  run(1.1);
  return parts;
}

test("who reaches whom depends on the modes", () => {
  const { kernel, dev } = withModes("bridge", "bridge", "vepa", "private");
  const reached: string[] = [];
  kernel.protocols.set(0x88b5, (skb) => {
    if (skb.packetType !== "otherhost") reached.push(skb.dev.name);
  });
  const from = (name: string) => {
    const all: string[] = [];
    for (const to of ["m0", "m1", "m2", "m3", "p0", "p1"]) {
      if (to === name) continue;
      reached.length = 0;
      sendFrame(dev(name), dev(to).mac);
      if (reached.includes(to)) all.push(to);
    }
    return all;
  };
  assert.deepEqual(from("m0"), ["m1", "p1"]);
  assert.deepEqual(from("m1"), ["m0", "p1"]);
  assert.deepEqual(from("m2"), ["p1"]);
  assert.deepEqual(from("m3"), ["p1"]);
  assert.deepEqual(from("p0"), ["p1"]);
  assert.deepEqual(from("p1"), ["m0", "m1", "m2", "m3", "p0"]);
  reached.length = 0;
  sendFrame(dev("p1"));
  assert.deepEqual(reached.sort(), ["m0", "m1", "m2", "m3", "p0"]);
});

test("the parent listens to those that are up, and follows nobody's MAC", () => {
  const { net, dev } = withModes("bridge");
  assert.equal(dev("p0").promiscuity, 1);
  newLink(net, { kind: "macvlan", name: "m9", link: dev("p0"), address: 0x020000000010 });
  assert.deepEqual(setLink(dev("m9"), { up: true }), { errno: "EADDRINUSE" });
  assert.deepEqual(setLink(dev("m0"), { address: dev("p0").mac }), { errno: "EADDRINUSE" });
  setLink(dev("m0"), { up: false });
  assert.equal(dev("p0").promiscuity, 0);
  assert.equal(setLink(dev("m9"), { up: true }), undefined);
  delLink(dev("p1"));
  assert.deepEqual([...net.byName.keys()], ["lo"]);
});

test("carrier and MTU follow the parent, up does not", () => {
  const { run, dev } = withModes("vepa");
  setLink(dev("p0"), { mtu: 1400 });
  assert.equal(lineOf(dev("m0")), "4 m0 BROADCAST,MULTICAST,UP,LOWER_UP 1400 noqueue UP");
  assert.deepEqual(setLink(dev("m0"), { mtu: 1500 }), { errno: "EINVAL" });
  setLink(dev("p0"), { up: false });
  run(1.1);
  assert.equal(
    lineOf(dev("m0")),
    "4 m0 NO-CARRIER,BROADCAST,MULTICAST,UP,M-DOWN 1400 noqueue LOWERLAYERDOWN",
  );
});

test("passthru is alone and shares the MAC", () => {
  const { net, dev } = withModes();
  const p1 = dev("p1");
  newLink(net, { kind: "macvlan", name: "pt", link: p1, macvlan: { mode: "passthru" } });
  assert.deepEqual(newLink(net, { kind: "macvlan", link: p1 }), { errno: "EINVAL" });
  assert.deepEqual(setLink(dev("pt"), { kind: "macvlan", macvlan: { mode: "bridge" } }), {
    errno: "EINVAL",
  });
  setLink(dev("pt"), { up: true });
  assert.equal(p1.promiscuity, 1);
  setLink(dev("pt"), { address: 0x020000000055 });
  assert.equal(p1.mac, 0x020000000055);
  setLink(p1, { address: 0x020000000056 });
  assert.equal(dev("pt").mac, 0x020000000056);
  assert.deepEqual(newLink(net, { kind: "macvlan", link: net.loopback }), { errno: "EINVAL" });
});
