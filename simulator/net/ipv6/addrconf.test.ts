// Addresses, routes and groups that come and go with devices, and the frames of a link that comes up,
// against what a kernel 6.1 showed and sent.

import assert from "node:assert/strict";
import { test } from "node:test";
import { changeMac, changeMtu, closeDevice, openDevice } from "../core/devChange.ts";
import { moveDevice } from "../core/moveDevice.ts";
import { newLink } from "../core/rtnetlink.ts";
import { readSysctl, writeSysctl } from "../core/sysctl.ts";
import { delAddress6 } from "./addrconf.ts";
import { a6, addressesOf, addTo, device, groupsOf, routesIn, startLab } from "./ipv6.fixture.ts";

const LOCAL = "local ::1/128 dev lo 255 0";

test("a pair that comes up gets tentative link-local addresses, then settles", () => {
  const lab = startLab();
  const [v1, v2] = lab.pair(["v1", 1], ["v2", 2]);
  openDevice(v1);
  lab.pass(0.3);
  assert.deepEqual(addressesOf(v1), []);
  assert.deepEqual(routesIn(lab.net), [LOCAL]);
  assert.deepEqual(groupsOf(v1), ["ff02::1", "ff01::1"]);
  openDevice(v2);
  lab.pass(0.001);
  assert.deepEqual(addressesOf(v1), ["fe80::ff:fe00:1/64 tentative"]);
  assert.deepEqual(addressesOf(v2), ["fe80::ff:fe00:2/64 tentative"]);
  const early = [
    "fe80::/64 dev v2 254 256",
    "fe80::/64 dev v1 254 256",
    LOCAL,
    "multicast ff00::/8 dev v2 255 256",
    "multicast ff00::/8 dev v1 255 256",
  ];
  assert.deepEqual(routesIn(lab.net), early);
  assert.deepEqual(groupsOf(v1), ["ff02::1:ff00:1", "ff02::1", "ff01::1"]);
  lab.pass(0.9);
  assert.deepEqual(addressesOf(v1), ["fe80::ff:fe00:1/64 tentative"]);
  lab.pass(1.2);
  assert.deepEqual(addressesOf(v1), ["fe80::ff:fe00:1/64"]);
  assert.deepEqual(routesIn(lab.net), [
    ...early.slice(0, 3),
    "local fe80::ff:fe00:1/128 dev v1 255 0",
    "local fe80::ff:fe00:2/128 dev v2 255 0",
    ...early.slice(3),
  ]);
});

test("a link that comes up makes Linux's noise, byte for byte", () => {
  const lab = startLab(7);
  const [v1, v2] = lab.pair(["v1", 1], ["v2", 2]);
  openDevice(v1);
  lab.pass(1.5);
  openDevice(v2);
  lab.pass(20);
  const mine = lab.sent.filter(({ dev }) => dev === "v1");
  const report = (source: string, sum: string) =>
    `33330000001602000000000186dd6000000000240001${source}ff020000000000000000000000000016` +
    `3a000502000001008f00${sum}0000000104000000ff0200000000000000000001ff000001`;
  const any = "0".repeat(32);
  const linkLocal = "fe80000000000000000000fffe000001";
  const router =
    "33330000000202000000000186dd6000000000103aff" +
    `${linkLocal}ff02000000000000000000000000000285007b2c000000000101020000000001`;
  const kinds = mine.map(({ hex }) => {
    if (hex === report(any, "6f89")) return "report from ::";
    if (hex === report(linkLocal, "7207")) return "report";
    if (hex === router) return "router solicitation";
    return hex.startsWith("3333ff000001") ? "probe" : hex;
  });
  assert.equal(kinds[0], "report from ::");
  assert.deepEqual([...kinds].sort(), [
    "probe",
    "report",
    "report",
    "report from ::",
    "report from ::",
    "router solicitation",
    "router solicitation",
    "router solicitation",
  ]);
  const times = (kind: string) => mine.filter((_, n) => kinds[n] === kind).map(({ time }) => time);
  const [first = 0, second = 0, third = 0] = times("router solicitation");
  const [probe = 0] = times("probe");
  assert.ok(first - probe >= 1 && first - probe < 1.05, `${first - probe}`);
  assert.ok(second - first >= 3.6 && second - first < 4.5, `${second - first}`);
  assert.ok(third - second >= 6.8 && third - second < 9.3, `${third - second}`);
});

test("without carrier addresses stay, and set down they go", () => {
  const lab = startLab();
  const [v1, v2] = lab.pair(["v1", 1], ["v2", 2]);
  openDevice(v1);
  openDevice(v2);
  lab.pass(3);
  closeDevice(v2);
  lab.pass(0.1);
  assert.deepEqual(addressesOf(v2), []);
  assert.deepEqual(addressesOf(v1), ["fe80::ff:fe00:1/64"]);
  assert.deepEqual(routesIn(lab.net), [
    "fe80::/64 dev v1 linkdown 254 256",
    LOCAL,
    "local fe80::ff:fe00:1/128 dev v1 255 0",
    "multicast ff00::/8 dev v1 linkdown 255 256",
  ]);
  assert.deepEqual(groupsOf(v2), ["ff02::1", "ff01::1"]);
  openDevice(v2);
  lab.pass(0.1);
  assert.deepEqual(addressesOf(v1), ["fe80::ff:fe00:1/64"]);
  assert.deepEqual(addressesOf(v2), ["fe80::ff:fe00:2/64 tentative"]);
  assert.deepEqual(routesIn(lab.net).slice(0, 2), [
    "fe80::/64 dev v1 254 256",
    "fe80::/64 dev v2 254 256",
  ]);
});

test("a dummy skips detection, keeps its address when its MAC changes, and has none below 1280", () => {
  const lab = startLab();
  newLink(lab.net, { kind: "dummy", name: "d0", address: 0x020000000033 });
  const dev = device(lab.net, "d0");
  openDevice(dev);
  lab.pass(0.001);
  assert.deepEqual(addressesOf(dev), ["fe80::ff:fe00:33/64"]);
  assert.equal(readSysctl(lab.net, "net/ipv6/conf/d0/accept_dad"), "-1");
  changeMac(dev, 0x020000000034);
  lab.pass(2.2);
  assert.deepEqual(addressesOf(dev), ["fe80::ff:fe00:33/64"]);
  changeMtu(dev, 1279);
  assert.deepEqual(addressesOf(dev), []);
  assert.deepEqual(routesIn(lab.net), [LOCAL]);
  assert.deepEqual(readSysctl(lab.net, "net/ipv6/conf/d0/mtu"), { errno: "ENOENT" });
  changeMtu(dev, 1280);
  lab.pass(0.001);
  assert.deepEqual(addressesOf(dev), ["fe80::ff:fe00:34/64"]);
  assert.deepEqual(groupsOf(dev), ["ff02::1", "ff01::1"]);
});

test("disable_ipv6 of one device and of all", () => {
  const lab = startLab();
  newLink(lab.net, { kind: "dummy", name: "d0", address: 0x020000000034 });
  const dev = device(lab.net, "d0");
  openDevice(dev);
  lab.pass(0.001);
  const value = (name: string) => readSysctl(lab.net, `net/ipv6/conf/${name}/disable_ipv6`);
  writeSysctl(lab.net, "net/ipv6/conf/d0/disable_ipv6", "1");
  assert.deepEqual(addressesOf(dev), []);
  assert.deepEqual(routesIn(lab.net), [LOCAL]);
  assert.equal(addTo(dev, "2001:db8::1/64"), "EACCES");
  writeSysctl(lab.net, "net/ipv6/conf/d0/disable_ipv6", "0");
  lab.pass(0.001);
  assert.deepEqual(addressesOf(dev), ["fe80::ff:fe00:34/64"]);
  writeSysctl(lab.net, "net/ipv6/conf/all/disable_ipv6", "1");
  assert.deepEqual([value("default"), value("d0"), value("lo")], ["1", "1", "1"]);
  assert.deepEqual(routesIn(lab.net), []);
  assert.deepEqual(addressesOf(lab.net.loopback), []);
  writeSysctl(lab.net, "net/ipv6/conf/all/disable_ipv6", "0");
  lab.pass(0.001);
  assert.deepEqual(addressesOf(lab.net.loopback), ["::1/128"]);
  assert.deepEqual(addressesOf(dev), ["fe80::ff:fe00:34/64"]);
  writeSysctl(lab.net, "net/ipv6/conf/default/disable_ipv6", "1");
  newLink(lab.net, { kind: "dummy", name: "d2" });
  openDevice(device(lab.net, "d2"));
  assert.deepEqual([value("d2"), value("d0")], ["1", "0"]);
  assert.deepEqual(addressesOf(device(lab.net, "d2")), []);
});

test("addresses stand by scope, the newest first, and bring their prefixes", () => {
  const lab = startLab();
  const [v1, v2] = lab.pair(["v1", 1], ["v2", 2]);
  openDevice(v1);
  openDevice(v2);
  lab.pass(3);
  assert.equal(addTo(v1, "2001:db8::1"), undefined);
  assert.equal(addTo(v1, "2001:db8::1/64"), "EEXIST");
  addTo(v1, "2001:db8:1::1/48", { flags: ["nodad"] });
  addTo(v1, "2001:db8:2::1/64", { flags: ["noprefixroute"] });
  addTo(v1, "2001:db8:5::1/64", { peer: a6("2001:db8:5::2") });
  addTo(v1, "2001:db8:6::1/64", { metric: 77 });
  addTo(v1, "fe80::99/64");
  addTo(v1, "fec0::1/64");
  for (const bad of ["ff02::5/64", "::/128", "::1/128"]) {
    assert.equal(addTo(v1, bad), "EADDRNOTAVAIL");
  }
  lab.pass(0.001);
  assert.deepEqual(addressesOf(v1), [
    "2001:db8:6::1/64 tentative",
    "2001:db8:5::1/64 tentative",
    "2001:db8:2::1/64 noprefixroute tentative",
    "2001:db8:1::1/48 nodad",
    "2001:db8::1/128 tentative",
    "fec0::1/64 tentative",
    "fe80::99/64 tentative",
    "fe80::ff:fe00:1/64",
  ]);
  lab.pass(2.5);
  assert.deepEqual(
    routesIn(lab.net).filter((route) => route.includes("254")),
    [
      "2001:db8::1/128 dev v1 254 256",
      "2001:db8:1::/48 dev v1 254 256",
      "2001:db8:5::2/128 dev v1 254 256",
      "2001:db8:5::/64 dev v1 254 256",
      "2001:db8:6::/64 dev v1 254 77",
      "fe80::/64 dev v2 254 256",
      "fe80::/64 dev v1 254 256",
      "fec0::/64 dev v1 254 256",
    ],
  );
  assert.deepEqual(groupsOf(v1).slice(0, 2), ["ff02::1:ff00:99", "ff02::1:ff00:1 users 7"]);
});

test("the route of a prefix goes with its last address", () => {
  const lab = startLab();
  newLink(lab.net, { kind: "dummy", name: "d0" });
  const dev = device(lab.net, "d0");
  openDevice(dev);
  addTo(dev, "2001:db8::5/64");
  addTo(dev, "2001:db8::6/64");
  const del = (text: string, prefixLength: number) =>
    delAddress6(dev, { local: a6(text), prefixLength })?.errno;
  assert.equal(del("2001:db8::5", 64), undefined);
  assert.ok(routesIn(lab.net).includes("2001:db8::/64 dev d0 254 256"));
  assert.equal(del("2001:db8::6", 128), "EADDRNOTAVAIL");
  assert.equal(del("2001:db8::6", 64), undefined);
  assert.ok(!routesIn(lab.net).includes("2001:db8::/64 dev d0 254 256"));
});

test("a duplicate is found and stays tentative", () => {
  const lab = startLab();
  const [v1, v2] = lab.pair(["v1", 1], ["v2", 2]);
  openDevice(v1);
  openDevice(v2);
  lab.pass(3);
  addTo(v1, "2001:db8::1/64", { flags: ["nodad"] });
  addTo(v2, "2001:db8::1/64");
  lab.pass(1.5);
  assert.deepEqual(addressesOf(v2), ["2001:db8::1/64 dadfailed tentative", "fe80::ff:fe00:2/64"]);
  assert.ok(
    lab.kernel.log.some((line) =>
      line.endsWith(
        "IPv6: v2: IPv6 duplicate address 2001:db8::1 used by 02:00:00:00:00:01 detected!",
      ),
    ),
  );
});

test("a device that moves begins anew in its namespace", () => {
  const lab = startLab();
  const other = lab.namespace();
  const [w1, w2] = lab.pair(["w1", 0x11], ["w2", 0x12]);
  openDevice(w1);
  openDevice(w2);
  lab.pass(3);
  moveDevice(w1, other);
  assert.deepEqual(addressesOf(w1), []);
  lab.pass(0.1);
  assert.deepEqual(addressesOf(w2), ["fe80::ff:fe00:12/64"]);
  openDevice(w1);
  lab.pass(0.1);
  assert.deepEqual(addressesOf(w1), ["fe80::ff:fe00:11/64 tentative"]);
  lab.pass(2.2);
  assert.deepEqual(routesIn(other), [
    "fe80::/64 dev w1 254 256",
    LOCAL,
    "local fe80::ff:fe00:11/128 dev w1 255 0",
    "multicast ff00::/8 dev w1 255 256",
  ]);
});

test("addresses with a lifetime become deprecated and end", () => {
  const lab = startLab();
  newLink(lab.net, { kind: "dummy", name: "d0", address: 0x020000000034 });
  const dev = device(lab.net, "d0");
  openDevice(dev);
  addTo(dev, "2001:db8::1/64", { validLifetime: 10, preferredLifetime: 5 });
  lab.pass(4);
  assert.deepEqual(addressesOf(dev)[0], "2001:db8::1/64");
  lab.pass(2);
  assert.deepEqual(addressesOf(dev)[0], "2001:db8::1/64 deprecated");
  lab.pass(5);
  assert.deepEqual(addressesOf(dev), ["fe80::ff:fe00:34/64"]);
});
