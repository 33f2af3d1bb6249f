// Expectations were recorded on Debian 12 (kernel 6.1): test/transcripts/link/{vlan,events,carrier}.json.

import assert from "node:assert/strict";
import { test } from "node:test";
import { put16 } from "../../wire/bytes.ts";
import { devQueueXmit, newSkb } from "../core/dev.ts";
import { bootForTest, lineOf, recordLinks, sendFrame } from "../core/links.fixture.ts";
import { delLink, newLink, setLink } from "../core/rtnetlink.ts";

function withVlan() {
  const parts = bootForTest();
  const { net, run, dev } = parts;
  newLink(net, { kind: "veth", name: "v0", address: 0x020000000001, peer: { name: "v1" } });
  for (const name of ["v0", "v1"]) setLink(dev(name), { up: true });
  run(1.1);
  newLink(net, { kind: "vlan", name: "v0.10", link: dev("v0"), vlan: { id: 10 } });
  return { ...parts, v0: dev("v0"), v1: dev("v1"), sub: dev("v0.10") };
}

test("requests are refused in the module's words", () => {
  const { net, v0, sub } = withVlan();
  const said = (request: Omit<Parameters<typeof newLink>[1], "kind">) =>
    newLink(net, { kind: "vlan", ...request })?.message;
  assert.equal(said({ link: v0, vlan: { id: 10 } }), "8021q: VLAN device already exists");
  assert.equal(said({ link: v0, vlan: { id: 4095 } }), "8021q: Invalid VLAN id");
  assert.equal(said({ link: v0 }), "8021q: VLAN properties not specified");
  assert.equal(said({ vlan: { id: 5 } }), "8021q: link not specified");
  assert.equal(
    said({ link: net.loopback, vlan: { id: 5 } }),
    "8021q: VLANs not supported on device",
  );
  assert.deepEqual(newLink(net, { kind: "vlan", link: v0, mtu: 1600, vlan: { id: 5 } }), {
    errno: "EINVAL",
  });
  assert.deepEqual(setLink(sub, { mtu: 1600 }), { errno: "ERANGE" });
  setLink(v0, { up: false });
  assert.deepEqual(setLink(sub, { up: true }), { errno: "ENETDOWN" });
  assert.equal(said({ link: v0, vlan: { id: 10, protocol: 0x88a8 } }), undefined);
});

test("MAC, MTU, carrier and up follow the parent", () => {
  const { kernel, net, run, v0, v1, sub } = withVlan();
  setLink(sub, { up: true });
  run(1.1);
  const told = recordLinks(kernel, net);
  setLink(v0, { address: 0x020000000011 });
  assert.equal(sub.mac, 0x020000000011);
  setLink(v0, { mtu: 1400 });
  setLink(v0, { mtu: 1500 });
  setLink(v1, { up: false });
  run(1.1);
  setLink(v1, { up: true });
  run(1.1);
  setLink(v0, { up: false });
  run(1.1);
  setLink(v0, { up: true });
  run(1.1);
  assert.deepEqual(told, [
    "3 v0 BROADCAST,MULTICAST,UP,LOWER_UP 1500 noqueue UP",
    "4 v0.10 BROADCAST,MULTICAST,UP,LOWER_UP 1500 noqueue UP",
    "3 v0 BROADCAST,MULTICAST,UP,LOWER_UP 1400 noqueue UP",
    "4 v0.10 BROADCAST,MULTICAST,UP,LOWER_UP 1400 noqueue UP",
    "3 v0 BROADCAST,MULTICAST,UP,LOWER_UP 1500 noqueue UP",
    "2 v1 BROADCAST,MULTICAST 1500 noqueue DOWN",
    "3 v0 NO-CARRIER,BROADCAST,MULTICAST,UP,M-DOWN 1500 noqueue LOWERLAYERDOWN",
    "4 v0.10 NO-CARRIER,BROADCAST,MULTICAST,UP 1400 noqueue LOWERLAYERDOWN",
    "2 v1 NO-CARRIER,BROADCAST,MULTICAST,UP,LOWER_UP 1500 noqueue LOWERLAYERDOWN",
    "2 v1 BROADCAST,MULTICAST,UP,LOWER_UP 1500 noqueue UP",
    "3 v0 BROADCAST,MULTICAST,UP,LOWER_UP 1500 noqueue UP",
    "4 v0.10 BROADCAST,MULTICAST,UP,LOWER_UP 1400 noqueue UP",
    "3 v0 BROADCAST,MULTICAST 1500 noqueue DOWN",
    "4 v0.10 BROADCAST,MULTICAST,M-DOWN 1400 noqueue DOWN",
    "2 v1 NO-CARRIER,BROADCAST,MULTICAST,UP,M-DOWN 1500 noqueue LOWERLAYERDOWN",
    "3 v0 NO-CARRIER,BROADCAST,MULTICAST,UP,LOWER_UP 1500 noqueue LOWERLAYERDOWN",
    "4 v0.10 NO-CARRIER,BROADCAST,MULTICAST,UP,LOWER_UP 1400 noqueue LOWERLAYERDOWN",
    "3 v0 BROADCAST,MULTICAST,UP,LOWER_UP 1500 noqueue UP",
    "2 v1 BROADCAST,MULTICAST,UP,LOWER_UP 1500 noqueue UP",
    "4 v0.10 BROADCAST,MULTICAST,UP,LOWER_UP 1400 noqueue UP",
  ]);
});

test("a MAC of its own makes the parent promiscuous, and a set one no longer follows", () => {
  const { v0, sub } = withVlan();
  setLink(sub, { up: true });
  setLink(sub, { address: 0x020000000099 });
  assert.equal(v0.promiscuity, 1);
  setLink(v0, { address: 0x020000000011 });
  assert.equal(sub.mac, 0x020000000099);
  setLink(v0, { up: false });
  assert.equal(v0.promiscuity, 0);
});

test("a frame leaves with a tag, arrives without one, and counts as on Linux", () => {
  const { net, v0, v1, sub } = withVlan();
  newLink(net, { kind: "vlan", name: "v1.10", link: v1, vlan: { id: 10 } });
  const other = net.byName.get("v1.10") ?? v1;
  for (const dev of [sub, other]) setLink(dev, { up: true });
  const seen: string[] = [];
  for (const dev of [sub, v0, v1, other]) {
    dev.taps.add((skb) => seen.push(`${dev.name} ${skb.vlan?.vid ?? "-"} ${skb.frame.length}`));
  }
  sendFrame(sub);
  assert.deepEqual(seen, ["v0.10 - 60", "v0 10 60", "v1 10 60", "v1.10 - 60"]);
  assert.deepEqual([sub.stats.txBytes, v0.stats.txBytes, other.stats.rxBytes], [60, 60, 46]);
  setLink(sub, { kind: "vlan", vlan: { reorderHeader: false } });
  seen.length = 0;
  sendFrame(sub);
  assert.deepEqual(seen, ["v0.10 - 64", "v0 10 60", "v1 10 60", "v1.10 - 60"]);
  assert.equal(sub.stats.txBytes, 124);
});

test("an unknown VLAN is another host's; VID 0 is a priority; tags stack", () => {
  const { net, kernel, v0, v1 } = withVlan();
  const heard: string[] = [];
  kernel.protocols.set(0x88b5, (skb) => heard.push(skb.dev.name));
  const reasons: string[] = [];
  kernel.packetListeners.add((fact) => {
    if (fact.type === "dropped") reasons.push(fact.reason);
  });
  const send = (...tags: number[]) => {
    const frame = new Uint8Array(60 + 4 * tags.length).fill(0xff, 0, 6);
    for (const [index, tci] of tags.entries()) {
      put16(frame, 12 + 4 * index, 0x8100);
      put16(frame, 14 + 4 * index, tci);
    }
    put16(frame, 12 + 4 * tags.length, 0x88b5);
    devQueueXmit(newSkb(kernel, { frame, dev: v0 }), v0);
  };
  send(77);
  assert.deepEqual([heard, reasons], [[], ["VLAN_UNKNOWN"]]);
  send(0xe000);
  assert.deepEqual(heard.splice(0), ["v1"]);
  newLink(net, { kind: "vlan", name: "v1.5", link: v1, vlan: { id: 5 } });
  const outer = net.byName.get("v1.5") ?? v1;
  setLink(outer, { up: true });
  newLink(net, { kind: "vlan", name: "inner", link: outer, vlan: { id: 6 } });
  setLink(net.byName.get("inner") ?? v1, { up: true });
  send(5);
  send(5, 6);
  assert.deepEqual(heard, ["v1.5", "inner"]);
});

test("it goes when its parent goes, and stays when that moves", () => {
  const { net, v0, sub } = withVlan();
  assert.equal(lineOf(sub), "4 v0.10 BROADCAST,MULTICAST 1500 noop DOWN");
  delLink(v0);
  assert.deepEqual([...net.byName.keys()], ["lo"]);
});
