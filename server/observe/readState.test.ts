// Does the reader understand what iproute2 really printed, and survive what it never prints?

import assert from "node:assert/strict";
import { test } from "node:test";
import { readBridgeTables, readIpTables } from "./readState.ts";
import { readSysctls, sysctlCommands } from "./readSysctls.ts";
import { recorded } from "./recorded.ts";

const router = readIpTables(recorded("netnsR.ip"));
const host = readIpTables(recorded("netns11.ip"));

test("a veth to another namespace carries the peer's index and nsid", () => {
  const veth = router.links.find((link) => link.name === "veth1R");
  assert.ok(veth);
  assert.deepEqual(
    { ...veth, mac: "" },
    {
      ...{ index: 2, name: "veth1R", kind: "veth", mac: "", mtu: 1500, operstate: "UP" },
      ...{ flags: ["BROADCAST", "MULTICAST", "UP", "LOWER_UP"], peerIndex: 3, peerNsid: 0 },
    },
  );
  assert.match(veth.mac, /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/);
});

test("a peer in the same namespace is found by its name, without an nsid", () => {
  const byName = new Map(router.links.map((link) => [link.name, link]));
  assert.equal(byName.get("vx")?.peerIndex, byName.get("vy")?.index);
  assert.equal(byName.get("vx")?.master, "br0");
  assert.equal("peerNsid" in (byName.get("vx") ?? {}), false);
  assert.equal(byName.get("vy.10")?.peerIndex, byName.get("vy")?.index);
  assert.equal(byName.get("vy.10")?.vlanId, 10);
  assert.equal(byName.get("br0")?.vlanFiltering, true);
  assert.equal("kind" in (byName.get("lo") ?? {}), false);
});

test("addresses of all devices, IPv4 and IPv6", () => {
  assert.deepEqual(router.addresses[0], {
    ...{ device: "veth1R", family: "inet", local: "192.168.5.1", prefixLength: 24 },
    scope: "global",
  });
  assert.ok(router.addresses.some((one) => one.device === "vy.10" && one.local === "10.10.0.1"));
  assert.ok(router.addresses.some((one) => one.family === "inet6" && one.scope === "link"));
});

test("routes keep the kernel's order; a multipath route is one row per next hop", () => {
  const rows = router.routes.filter((route) => route.table === "main" && route.family === "inet");
  assert.deepEqual(
    rows.map((route) => [route.destination, route.gateway, route.device]),
    [
      ["10.1.0.0/24", "192.168.5.7", "veth1R"],
      ["10.1.0.0/24", "192.168.5.8", "veth1R"],
      ["10.2.0.0/24", "fe80::5", "veth1R"],
      ["10.10.0.0/24", undefined, "vy.10"],
      ["192.168.5.0/24", undefined, "veth1R"],
      ["192.168.5.22", undefined, "veth1R"],
    ],
  );
  assert.equal(rows.at(-1)?.metric, 7);
  assert.equal(rows.at(-2)?.source, "192.168.5.1");
  assert.equal(rows.at(-2)?.protocol, "kernel");
  assert.equal(rows.at(-2)?.scope, "link");
});

test("local and broadcast routes are kept, and IPv6 is told from IPv4", () => {
  const local = router.routes.filter((route) => route.table === "local");
  assert.ok(local.some((r) => r.type === "broadcast" && r.destination === "192.168.5.255"));
  assert.ok(local.some((r) => r.type === "multicast" && r.family === "inet6"));
  assert.equal(host.routes.find((r) => r.destination === "default")?.family, "inet");
  assert.equal(host.routes.find((r) => r.type === "unreachable")?.device, undefined);
});

test("rules: a selector with its length, an action where there is no table", () => {
  assert.deepEqual(
    router.rules.map((rule) => [rule.priority, rule.source, rule.table]),
    [
      [0, "all", "local"],
      [32764, "all", "blackhole"],
      [32765, "10.0.0.0/8", "100"],
      [32766, "all", "main"],
      [32767, "all", "default"],
    ],
  );
});

test("neighbours in every state, proxies among them", () => {
  const states = new Map(host.neighbours.map((one) => [one.address, one]));
  assert.equal(states.get("192.168.5.1")?.state, "REACHABLE");
  assert.equal(states.get("192.168.5.77")?.state, "PERMANENT");
  assert.equal(states.get("192.168.5.77")?.mac, "02:00:00:00:00:77");
  assert.equal(states.get("192.168.5.8")?.state, "FAILED");
  assert.equal("mac" in (states.get("192.168.5.8") ?? {}), false);
  assert.equal(states.get("192.168.5.9")?.state, "INCOMPLETE");
  assert.equal(states.get("ff02::16")?.state, "NOARP");
  assert.deepEqual(
    router.neighbours.filter((one) => one.proxy),
    [{ address: "192.168.5.22", device: "veth1R", state: "NONE", proxy: true }],
  );
});

test("netconf gives the sysctls under sysctl's names", () => {
  assert.equal(router.netconf["ipv4.ip_forward"], "1");
  assert.equal(host.netconf["ipv4.ip_forward"], "0");
  assert.equal(router.netconf["ipv4.conf.vy/10.forwarding"], "1");
  assert.equal(router.netconf["ipv4.conf.veth1R.proxy_arp"], "0");
  assert.equal(router.netconf["ipv4.conf.all.rp_filter"], "0");
  assert.equal(router.netconf["ipv6.conf.all.forwarding"], "0");
});

test("FDB and port VLANs", () => {
  const bridge = readBridgeTables(recorded("netnsR.bridge"));
  assert.deepEqual(
    bridge.fdb.find((entry) => entry.mac === "02:00:00:00:00:05"),
    { mac: "02:00:00:00:00:05", device: "vx", vlan: 10, master: "br0", state: "static" },
  );
  assert.ok(bridge.fdb.some((entry) => entry.state === "" && entry.vlan === 1));
  assert.deepEqual(
    bridge.portVlans.filter((entry) => entry.pvid).map((entry) => [entry.device, entry.vlan]),
    [
      ["vx", 1],
      ["br0", 20],
    ],
  );
  assert.equal(bridge.portVlans.filter((entry) => entry.device === "vx").length, 4);
});

test("names of nsids, and sysctls from files with a dot in the device's name", () => {
  assert.deepEqual(
    [...readIpTables(recorded("lab.ip")).nsidNames],
    [
      [0, "netns11"],
      [1, "netnsR"],
    ],
  );
  const values = readSysctls(recorded("netnsR.sysctl"));
  assert.equal(values["ipv4.neigh.vy/10.proxy_delay"], "80");
  assert.equal(values["ipv4.conf.all.arp_ignore"], "0");
});

test("many devices are spread over commands that a frame can carry", () => {
  const devices = Array.from({ length: 300 }, (_, index) => `veth-long-${index}`);
  const commands = sysctlCommands(devices);
  assert.ok(commands.length > 1);
  for (const argv of commands) assert.ok(argv.join(" ").length < 60_000);
});

test("output that is empty, cut off or nonsense is an empty table and no error", () => {
  const lines = recorded("netnsR.ip").split("\n");
  const cut = lines.map((line) => (line.startsWith('[{"type"') ? line.slice(0, 200) : line));
  const read = readIpTables(cut.join("\n"));
  assert.deepEqual(read.routes, []);
  assert.deepEqual(read.links, router.links);
  assert.deepEqual(read.neighbours, router.neighbours);
  for (const text of [
    "",
    "[",
    "[1,null,[],{}]",
    "null",
    '{"ifindex":1}',
    "[{]",
    "sh: ip: not found",
  ]) {
    assert.deepEqual(readIpTables(text).links, []);
    assert.deepEqual(readBridgeTables(text).fdb, []);
  }
});

test("values of a wrong type count as missing", () => {
  const odd = '[{"ifindex":"x","ifname":5,"flags":"UP","linkinfo":[],"addr_info":{"local":1}}]';
  assert.deepEqual(readIpTables(odd).links, [
    { ...{ index: 0, name: "", mac: "", mtu: 0 }, flags: [], operstate: "UNKNOWN" },
  ]);
  assert.equal(readIpTables('[{"dst":"1.2.3.4","state":[]}]').neighbours[0]?.state, "NONE");
});
