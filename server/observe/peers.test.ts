// Are veth ends matched across namespaces, named or not, and left open where nothing tells?

import assert from "node:assert/strict";
import { test } from "node:test";
import { namespaceNames } from "../../shared/namespaceNames.ts";
import { matchPeers, type PeerView } from "./peers.ts";
import { readIpTables, type SeenLink } from "./readState.ts";
import { recorded } from "./recorded.ts";

function veth(index: number, peerIndex: number, peerNsid: number): SeenLink {
  return {
    ...{ index, name: `veth${index}`, kind: "veth", mac: "", mtu: 1500, flags: [] },
    ...{ operstate: "UP", peerIndex, peerNsid },
  };
}

function view(inode: number, links: readonly SeenLink[], name?: string): PeerView {
  return { inode, links, netnsNames: name === undefined ? [] : [name], nsidNames: new Map() };
}

function recordedView(inode: number, section: string, name?: string): PeerView {
  const { links, nsidNames } = readIpTables(recorded(section));
  return { inode, links, nsidNames, netnsNames: name === undefined ? [] : [name] };
}

test("the recorded network: named namespaces, an unnamed one and the initial one", () => {
  const peers = matchPeers([
    recordedView(1, "lab.ip"),
    recordedView(2, "netns11.ip", "netns11"),
    recordedView(3, "netnsR.ip", "netnsR"),
    recordedView(4, "netnsU.ip"),
  ]);
  assert.deepEqual([...(peers.get(1) ?? [])].sort(), [
    [0, 2],
    [2, 4],
  ]);
  assert.deepEqual([...(peers.get(2) ?? [])].sort(), [
    [0, 1],
    [1, 3],
  ]);
  assert.deepEqual([...(peers.get(3) ?? [])], [[0, 2]]);
  assert.deepEqual([...(peers.get(4) ?? [])], [[0, 1]]);
});

test("one veth alone fits two namespaces, the second veth of the same number decides", () => {
  const peers = matchPeers([
    view(1, [veth(2, 2, 0), veth(3, 7, 0)]),
    view(2, [veth(2, 2, 0)]),
    view(3, [veth(2, 2, 0), veth(7, 3, 0)]),
  ]);
  assert.equal(peers.get(1)?.get(0), 3);
  assert.equal(peers.get(3)?.get(0), 1);
  assert.equal(peers.get(2)?.get(0), undefined);
});

test("two numbers never lead to one namespace", () => {
  // Veth 2 of namespace 1 fits 2 and 3, but number 1 can only be 3, so number 0 is 2.
  const peers = matchPeers([
    view(1, [veth(2, 2, 0), veth(4, 9, 1)]),
    view(2, [veth(2, 2, 5)]),
    view(3, [veth(2, 2, 6), veth(9, 4, 5)]),
  ]);
  assert.equal(peers.get(1)?.get(0), 2);
  assert.equal(peers.get(1)?.get(1), 3);
  assert.equal(peers.get(2)?.get(5), 1);
  // Veth 2 of namespace 3 leads to somewhere that nobody sees.
  assert.equal(peers.get(3)?.get(6), undefined);
});

test("what nothing tells apart stays unknown", () => {
  const peers = matchPeers([
    view(1, [veth(2, 2, 0)]),
    view(2, [veth(2, 2, 0)]),
    view(3, [veth(2, 2, 0)]),
    view(4, [veth(2, 2, 0)]),
  ]);
  assert.deepEqual(
    [...peers.values()].map((numbers) => numbers.size),
    [0, 0, 0, 0],
  );
});

test("names: lab, the name in /run/netns, the hostname, the pid, and never twice the same", () => {
  const ref = (inode: number, pid: number, hostname: string, netnsNames: string[] = []) => ({
    ...{ inode, pid, hostname, netnsNames, initial: inode === 1 },
  });
  const names = namespaceNames([
    ref(5, 50, "netnsR"),
    ref(4, 40, "netnsR"),
    ref(1, 1, "vm"),
    ref(2, 20, "vm"),
    ref(3, 0, "vm", ["blue"]),
    ref(6, 60, "blue"),
    ref(7, 0, "", ["lab"]),
  ]);
  assert.deepEqual(Object.fromEntries(names), {
    ...{ 1: "lab", 2: "pid 20", 3: "blue", 4: "pid 40", 5: "netnsR", 6: "pid 60" },
    7: "namespace 7",
  });
});
