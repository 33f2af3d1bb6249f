// Which routes are taken and refused, in whose words, and how they are listed; recorded from a
// kernel 6.1 with iproute2.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ip6Text } from "../../wire/address.ts";
import { openDevice } from "../core/devChange.ts";
import type { NetDevice } from "../core/netDevice.ts";
import { delRoute6, newRoute6, type RouteMode6, type RouteRequest6 } from "./ip6RouteAdd.ts";
import { a6, addTo, routesIn, startLab } from "./ipv6.fixture.ts";
import { routeOutput6 } from "./route6.ts";

function lab() {
  const parts = startLab();
  const [v1, v2] = parts.pair(["v1", 1], ["v2", 2, parts.namespace()]);
  openDevice(v1);
  openDevice(v2);
  addTo(v1, "2001:db8::1/64", { flags: ["nodad"] });
  parts.pass(3);
  const { net } = parts;
  const requestOf = (prefix: string, more: Partial<RouteRequest6>): RouteRequest6 => {
    const [address = "", length = "128"] = prefix.split("/");
    return { destination: a6(address), prefixLength: Number(length), nexthops: [], ...more };
  };
  const say = (refusal: { errno: string; message?: string } | undefined) =>
    refusal === undefined ? "" : (refusal.message ?? refusal.errno);
  const add = (prefix: string, more: Partial<RouteRequest6> = {}, mode: RouteMode6 = "add") =>
    say(newRoute6(net, requestOf(prefix, more), mode));
  const del = (prefix: string, more: Partial<RouteRequest6> = {}) =>
    say(delRoute6(net, requestOf(prefix, more)));
  const via = (gateway: string, dev?: NetDevice) => ({
    nexthops: [{ gateway: a6(gateway), dev }],
  });
  const main = () => routesIn(net).filter((route) => / 254 /.test(route));
  return { ...parts, v1, add, del, via, main };
}

test("routes are refused in the kernel's words", () => {
  const { v1, net, add, del, via } = lab();
  const dev = { nexthops: [{ dev: v1 }] };
  assert.equal(add("2001:db8:3::/64", via("fe80::ff:fe00:2")), "Egress device not specified");
  assert.equal(add("2001:db8:5::/64", via("2001:db9:9::1")), "EHOSTUNREACH");
  assert.equal(add("::/0", via("2001:db8::2")), "");
  assert.equal(add("2001:db8:5::/64", via("2001:db9:9::1")), "EHOSTUNREACH");
  assert.equal(add("2001:db8:a::1"), "ENODEV");
  assert.equal(add("2001:db8:b::/64", { ...dev, metric: 50 }), "");
  assert.equal(add("2001:db8:b::/64", { ...via("2001:db8::2"), metric: 50 }), "EEXIST");
  assert.equal(add("2001:db8:d::/64", via("2001:db8::1")), "Gateway can not be a local address");
  const source = { ...via("2001:db8::2"), prefSource: a6("2001:db8::77") };
  assert.equal(add("2001:db8:d::/64", source), "Invalid source address");
  assert.equal(
    add("2001:db8:10::/64", via("fe80::2", net.loopback)),
    "Egress device can not be loopback device for this route",
  );
  assert.equal(del("2001:db8:77::/64"), "ESRCH");
  assert.equal(del("2001:db8:77::/64", { table: 77 }), "FIB table does not exist");
  assert.equal(add("2001:db8:99::/64", dev, "change"), "Can not replace route - no match found");
});

test("routes are listed as a walk of the tree, errors on lo, default last", () => {
  const { v1, add, via, main } = lab();
  const dev = { nexthops: [{ dev: v1 }] };
  add("::/0", via("2001:db8::2"));
  add("2001:db8:c::1/64", dev);
  add("2001:db8:6::/64", { type: "unreachable" });
  add("2001:db8:8::/64", { type: "prohibit", metric: 5 });
  add("2001:db8:b::/64", { ...dev, metric: 50 });
  add("2001:db8:b::/64", { ...via("2001:db8::2"), metric: 50 }, "append");
  add("2001:db8::/48", dev);
  const nexthops = [
    { gateway: a6("2001:db8::2"), weight: 2 },
    { gateway: a6("2001:db8::3"), dev: v1 },
  ];
  add("2001:db8:f::/64", { nexthops });
  assert.deepEqual(main(), [
    "2001:db8::/64 dev v1 254 256",
    "2001:db8::/48 dev v1 254 1024",
    "unreachable 2001:db8:6::/64 dev lo 254 1024",
    "prohibit 2001:db8:8::/64 dev lo 254 5",
    "2001:db8:b::/64 dev v1 254 50",
    "2001:db8:b::/64 via 2001:db8::2 dev v1 254 50",
    "2001:db8:c::/64 dev v1 254 1024",
    "2001:db8:f::/64 via 2001:db8::2 dev v1 via 2001:db8::3 dev v1 254 1024",
    "fe80::/64 dev v1 254 256",
    "::/0 via 2001:db8::2 dev v1 254 1024",
  ]);
});

test("delete takes the first that agrees, one next hop with its gateway; replace swaps", () => {
  const { v1, add, del, via, main } = lab();
  add("2001:db8:b::/64", { nexthops: [{ dev: v1 }], metric: 50 });
  add("2001:db8:b::/64", { ...via("2001:db8::2"), metric: 50 }, "append");
  assert.equal(del("2001:db8:b::/64", { metric: 50 }), "");
  add("2001:db8:f::/64", {
    nexthops: [{ gateway: a6("2001:db8::2") }, { gateway: a6("2001:db8::3") }],
  });
  assert.equal(del("2001:db8:f::/64", via("2001:db8::3")), "");
  add("2001:db8:1::/64", via("2001:db8::2"));
  assert.equal(add("2001:db8:1::/64", via("2001:db8::4"), "replace"), "");
  assert.deepEqual(main(), [
    "2001:db8::/64 dev v1 254 256",
    "2001:db8:1::/64 via 2001:db8::4 dev v1 254 1024",
    "2001:db8:b::/64 via 2001:db8::2 dev v1 254 50",
    "2001:db8:f::/64 via 2001:db8::2 dev v1 254 1024",
    "fe80::/64 dev v1 254 256",
  ]);
});

test("lookups end as `ip -6 route get` told", () => {
  const { net, v1, add, via } = lab();
  add("2001:db8:6::/64", { type: "unreachable" });
  add("2001:db8:7::/64", { type: "blackhole" });
  add("2001:db8:8::/64", { type: "prohibit" });
  add("2001:db8:9::/64", { type: "throw" });
  add("8888::/16", via("2001:db8::2"));
  const get = (to: string) => {
    const way = routeOutput6(net, { destination: a6(to) });
    if ("errno" in way) return way.errno;
    return `${way.dev.name} ${ip6Text(way.nextHop)} ${ip6Text(way.source)}`;
  };
  assert.equal(get("2001:db8:6::1"), "EHOSTUNREACH");
  assert.equal(get("2001:db8:7::1"), "EINVAL");
  assert.equal(get("2001:db8:8::1"), "EACCES");
  assert.equal(get("2001:db8:9::1"), "ENETUNREACH");
  assert.equal(get("2001:db9::1"), "ENETUNREACH");
  assert.equal(get("8888::1"), "v1 2001:db8::2 2001:db8::1");
  assert.equal(get("2001:db8::2"), "v1 2001:db8::2 2001:db8::1");
  assert.equal(get("2001:db8::1"), "lo 2001:db8::1 2001:db8::1");
  assert.equal(get("::1"), "lo ::1 ::1");
  assert.equal(get("fe80::5"), "v1 fe80::5 fe80::ff:fe00:1");
  assert.equal(get("ff02::1"), "v1 ff02::1 fe80::ff:fe00:1");
  const on = routeOutput6(net, { destination: a6("8888::1"), oif: net.loopback });
  assert.equal("errno" in on ? on.errno : on.dev.name, "ENETUNREACH");
  assert.equal(v1.name, "v1");
});
