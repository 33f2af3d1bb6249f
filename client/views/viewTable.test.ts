// Do the inline views say in rows and words what changed since the last cell began?

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Link, Namespace, Neighbour, NetworkState, Route } from "../../shared/network.ts";
import { type Moments, viewTable } from "./viewTable.ts";

function namespace(name: string, more: Partial<Namespace> = {}): Namespace {
  return {
    ...{ inode: 1, name, netnsNames: [], hostname: name, pid: 1, links: [], addresses: [] },
    ...{ routes: [], rules: [], neighbours: [], fdb: [], portVlans: [], sysctls: {} },
    ...more,
  };
}

function link(name: string, mac: string, kind = "veth"): Link {
  return { index: 2, name, mac, kind, mtu: 1500, flags: [], operstate: "UP" };
}

function neighbour(address: string, state: string, mac?: string): Neighbour {
  return { address, device: "veth12", state, proxy: false, ...(mac === undefined ? {} : { mac }) };
}

function route(destination: string, more: Partial<Route> = {}): Route {
  return {
    ...{ family: "inet", type: "unicast", destination, device: "veth12" },
    ...{ protocol: "kernel", scope: "link", table: "main", flags: [] },
    ...more,
  };
}

const router = namespace("netnsR", {
  links: [link("brB1", "02:00:00:00:00:0b", "bridge"), link("veth1R", "02:00:00:00:00:0b")],
});

function network(neighbours: Neighbour[], routes: Route[] = []): NetworkState {
  return { time: 0, namespaces: [router, namespace("netns12", { neighbours, routes })] };
}

function arp(moments: Moments) {
  const table = viewTable("arp", "netns12", moments);
  const rows = table.rows.map(({ fields, mark, aside }) => ({
    text: fields
      .map(({ text, note, was }) => [text, note, was].filter(Boolean).join("/"))
      .join(" "),
    mark,
    aside,
  }));
  return { ...table, rows };
}

test("without a network, without the namespace and without entries a sentence says so", () => {
  assert.match(viewTable("arp", "netns12", undefined).sentence, /^Nothing has run yet/);
  assert.match(
    viewTable("arp", "netns99", { state: network([]) }).sentence,
    /^There is no namespace netns99 yet/,
  );
  assert.equal(arp({ state: network([]) }).sentence, "Nothing is in the ARP cache of netns12.");
  assert.equal(
    viewTable("routes", "netns12", { state: network([]) }).sentence,
    "Nothing is in the route table of netns12.",
  );
});

test("a MAC is told with the device that owns it, the port rather than its bridge", () => {
  const state = network([neighbour("192.168.5.22", "REACHABLE", "02:00:00:00:00:0b")]);
  assert.deepEqual(arp({ state }).rows, [
    {
      text: "192.168.5.22 veth12 02:00:00:00:00:0b/veth1R REACHABLE",
      mark: undefined,
      aside: false,
    },
  ]);
});

test("new, changed and gone entries are marked, with what was before", () => {
  const before = network([
    neighbour("192.168.5.22", "FAILED"),
    neighbour("192.168.5.100", "STALE", "02:00:00:00:00:0b"),
  ]);
  const state = network([
    neighbour("192.168.5.22", "REACHABLE", "02:00:00:00:00:0b"),
    neighbour("192.168.5.1", "STALE", "02:00:00:00:00:01"),
  ]);
  const { rows, sentence } = arp({ state, before });
  assert.deepEqual(
    rows.map(({ text, mark }) => `${mark}: ${text}`),
    [
      "new: 192.168.5.1 veth12 02:00:00:00:00:01 STALE",
      "changed: 192.168.5.22 veth12 02:00:00:00:00:0b/veth1R/none REACHABLE/FAILED",
      "gone: 192.168.5.100 veth12 02:00:00:00:00:0b/veth1R STALE",
    ],
  );
  assert.equal(sentence, "2 entries. Since the last cell began: 1 new, 1 changed, 1 gone.");
});

test("IPv6, multicast and NOARP entries stand aside and are not counted", () => {
  const state = network([
    neighbour("fe80::1", "STALE", "02:00:00:00:00:01"),
    neighbour("224.0.0.22", "NOARP", "01:00:5e:00:00:16"),
    neighbour("192.168.5.1", "STALE", "02:00:00:00:00:01"),
  ]);
  const { rows, sentence } = arp({ state, before: network([]) });
  assert.deepEqual(
    rows.map(({ aside }) => aside),
    [false, true, true],
  );
  assert.equal(sentence, "1 entry. Since the last cell began: 1 new.");
});

test("routes keep the kernel's order; local and IPv6 ones stand aside", () => {
  const routes = [
    route("default", { gateway: "192.168.5.100", scope: "global", metric: 10 }),
    route("192.168.5.0/24", { source: "192.168.5.11" }),
    route("10.0.0.0/8", { type: "unreachable" }),
    route("192.168.5.11", { table: "local", type: "local", scope: "host" }),
    route("fe80::/64", { family: "inet6" }),
  ];
  const { rows } = viewTable("routes", "netns12", { state: network([], routes) });
  assert.deepEqual(
    rows.map(({ fields, aside }) => [fields.map(({ text }) => text || "-").join(" "), aside]),
    [
      ["default 192.168.5.100 veth12 - global", false],
      ["192.168.5.0/24 - veth12 192.168.5.11 link", false],
      ["unreachable 10.0.0.0/8 - veth12 - link", false],
      ["local 192.168.5.11 - veth12 - host", true],
      ["fe80::/64 - veth12 - link", true],
    ],
  );
});

test("devices, rules, FDB, VLANs and sysctls are tables too, with what was before", () => {
  const moment = (flags: string[], vlan: number, forwarding: string): NetworkState => ({
    time: 0,
    namespaces: [
      namespace("B", {
        links: [{ ...link("p1", "02:00:00:00:00:01"), flags, master: "br0" }],
        rules: [{ priority: 0, source: "all", table: "local", family: "inet" }],
        fdb: [
          { mac: "02:00:00:00:00:07", device: "p1", master: "br0", state: "" },
          { mac: "33:33:00:00:00:01", device: "p1", state: "permanent" },
        ],
        portVlans: [{ device: "p1", vlan, pvid: true, untagged: true }],
        sysctls: { "ipv4.ip_forward": forwarding, "ipv4.conf.all.proxy_arp": "0" },
      }),
    ],
  });
  const moments = { before: moment([], 1, "0"), state: moment(["UP"], 10, "1") };
  const told = (view: "links" | "rules" | "fdb" | "vlans" | "sysctls") =>
    viewTable(view, "B", moments).rows.map(({ mark, aside, fields }) =>
      [aside ? "aside" : (mark ?? "same"), ...fields.map(({ text, was }) => was ?? text)].join(" "),
    );
  assert.deepEqual(told("links"), ["changed p1 UP none 02:00:00:00:00:01 1500 br0 "]);
  assert.deepEqual(told("rules"), ["same 0 all local"]);
  assert.deepEqual(told("fdb"), [
    "same 02:00:00:00:00:07 p1  br0 learned",
    "aside 33:33:00:00:00:01 p1   permanent",
  ]);
  assert.deepEqual(told("vlans"), ["new p1 10 PVID untagged", "gone p1 1 PVID untagged"]);
  assert.deepEqual(told("sysctls"), [
    "aside net.ipv4.conf.all.proxy_arp 0",
    "changed net.ipv4.ip_forward 0",
  ]);
  assert.equal(
    viewTable("vlans", "A", { state: { time: 0, namespaces: [namespace("A")] } }).sentence,
    "No port of a bridge has VLANs in A.",
  );
});
