// Echo requests end to end: neighbour discovery, forwarding, errors, path MTU, against what ping
// printed on a kernel 6.1.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ip6Text } from "../../wire/address.ts";
import { changeMtu, openDevice } from "../core/devChange.ts";
import { neighLookup } from "../core/neighbour.ts";
import type { NetDevice } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import { writeSysctl } from "../core/sysctl.ts";
import { newRoute6 } from "./ip6RouteAdd.ts";
import { a6, addTo, groupsOf, routesIn, startLab } from "./ipv6.fixture.ts";
import { openIcmp6Socket, type SocketOptions6 } from "./raw6.ts";

/** net -v1- r1 r -r2- b1 b: the router forwards, both hosts have a default route. */
function routedLab() {
  const lab = startLab(3);
  const router = lab.namespace();
  const far = lab.namespace();
  const [v1, r1] = lab.pair(["v1", 0x01], ["r1", 0xa1, router]);
  const [r2, b1] = lab.pair(["r2", 0xa2, router], ["b1", 0xb1, far]);
  for (const dev of [v1, r1, r2, b1]) openDevice(dev);
  lab.pass(0.1);
  const nodad = { flags: ["nodad"] } as const;
  addTo(v1, "2001:db8:1::1/64", nodad);
  addTo(r1, "2001:db8:1::fe/64", nodad);
  addTo(r2, "2001:db8:2::fe/64", nodad);
  addTo(b1, "2001:db8:2::1/64", nodad);
  const byDefault = (net: Net, gateway: string) =>
    newRoute6(
      net,
      { destination: a6("::"), prefixLength: 0, nexthops: [{ gateway: a6(gateway) }] },
      "add",
    );
  assert.equal(byDefault(lab.net, "2001:db8:1::fe"), undefined);
  assert.equal(byDefault(far, "2001:db8:2::fe"), undefined);
  lab.pass(2.5);
  const ping = (to: string, more: SocketOptions6 & { size?: number; dev?: NetDevice } = {}) => {
    const { size = 56, dev, ...options } = more;
    const socket = openIcmp6Socket(lab.net, { receiveErrors: true, ...options });
    socket.wanted = new Set([129]);
    const request = new Uint8Array(8 + size);
    request[0] = 128;
    const refused = socket.send(request, a6(to), dev);
    lab.pass(4);
    socket.close();
    if (refused !== undefined && socket.errors.length === 0) return refused;
    const { received, errors } = socket;
    return [
      ...received.map((one) => `from ${ip6Text(one.source)} hops ${one.hopLimit}`),
      ...errors.map((one) => {
        const by = one.offender === undefined ? "local" : ip6Text(one.offender);
        return `${by} ${one.errno} ${one.type} ${one.code} ${one.info}`;
      }),
    ].join("; ");
  };
  return { ...lab, router, far, v1, r1, r2, b1, ping };
}

test("a host that does not forward drops in silence; then all.forwarding makes a router", () => {
  const lab = routedLab();
  assert.equal(lab.ping("2001:db8:2::1"), "");
  writeSysctl(lab.router, "net/ipv6/conf/all/forwarding", "1");
  assert.deepEqual(routesIn(lab.router), [
    "2001:db8:1::/64 dev r1 254 256",
    "2001:db8:2::/64 dev r2 254 256",
    "fe80::/64 dev r1 254 256",
    "fe80::/64 dev r2 254 256",
    "local ::1/128 dev lo 255 0",
    "anycast 2001:db8:1::/128 dev r1 255 0",
    "local 2001:db8:1::fe/128 dev r1 255 0",
    "anycast 2001:db8:2::/128 dev r2 255 0",
    "local 2001:db8:2::fe/128 dev r2 255 0",
    "anycast fe80::/128 dev r1 255 0",
    "anycast fe80::/128 dev r2 255 0",
    "local fe80::ff:fe00:a1/128 dev r1 255 0",
    "local fe80::ff:fe00:a2/128 dev r2 255 0",
    "multicast ff00::/8 dev r1 255 256",
    "multicast ff00::/8 dev r2 255 256",
  ]);
  assert.deepEqual(groupsOf(lab.r1), [
    "ff02::1:ff00:0 users 2",
    "ff05::2",
    "ff01::2",
    "ff02::2",
    "ff02::1:ff00:fe",
    "ff02::1:ff00:a1",
    "ff02::1",
    "ff01::1",
  ]);
  assert.equal(lab.ping("2001:db8:2::1"), "from 2001:db8:2::1 hops 63");
});

test("errors come as ping prints them", () => {
  const lab = routedLab();
  writeSysctl(lab.router, "net/ipv6/conf/all/forwarding", "1");
  const by = "2001:db8:1::fe";
  assert.equal(lab.ping("2001:db8:2::1", { hopLimit: 1 }), `${by} EHOSTUNREACH 3 0 0`);
  assert.equal(lab.ping("2001:db8:2::99"), `${by} EHOSTUNREACH 1 3 0`);
  assert.equal(lab.ping("2001:db8:3::1"), `${by} ENETUNREACH 1 0 0`);
  const add = (type: "unreachable" | "prohibit" | "blackhole", prefix: string) =>
    newRoute6(lab.router, { destination: a6(prefix), prefixLength: 64, type, nexthops: [] }, "add");
  add("unreachable", "2001:db8:4::");
  add("prohibit", "2001:db8:5::");
  add("blackhole", "2001:db8:6::");
  assert.equal(lab.ping("2001:db8:4::1"), `${by} ENETUNREACH 1 0 0`);
  assert.equal(lab.ping("2001:db8:5::1"), `${by} EACCES 1 1 0`);
  assert.equal(lab.ping("2001:db8:6::1"), "");
  changeMtu(lab.r2, 1300);
  const large = { size: 1400 };
  assert.equal(lab.ping("2001:db8:2::1", large), `${by} EMSGSIZE 2 0 1300`);
  assert.equal(lab.ping("2001:db8:2::1", { ...large, pathMtu: "do" }), "local EMSGSIZE 0 0 1300");
  changeMtu(lab.b1, 1300);
  assert.equal(lab.ping("2001:db8:2::1", large), "from 2001:db8:2::1 hops 63");
});

test("addresses of our own, groups, link-local addresses and long packets", () => {
  const lab = routedLab();
  assert.equal(lab.ping("::1"), "from ::1 hops 64");
  assert.equal(lab.ping("2001:db8:1::1"), "from 2001:db8:1::1 hops 64");
  const dev = lab.v1;
  assert.equal(lab.ping("fe80::ff:fe00:1", { dev }), "from fe80::ff:fe00:1 hops 64");
  assert.equal(lab.ping("fe80::ff:fe00:a1", { dev }), "from fe80::ff:fe00:a1 hops 64");
  assert.equal(
    lab.ping("ff02::1", { dev }),
    "from fe80::ff:fe00:1 hops 64; from fe80::ff:fe00:a1 hops 64",
  );
  assert.equal(lab.ping("2001:db8:1::fe", { size: 3000 }), "from 2001:db8:1::fe hops 64");
  assert.equal(lab.ping("fe80::1", { dev }), "fe80::ff:fe00:1 EHOSTUNREACH 1 3 0");
  assert.equal(lab.ping("2001:db8:9::1", { device: lab.net.loopback }), "ENETUNREACH");
});

test("neighbours are solicited and advertised as on Linux, and probed again later", () => {
  const lab = routedLab();
  const table = lab.kernel.ndTable;
  lab.sent.length = 0;
  lab.ping("2001:db8:1::fe");
  const state = (dev: NetDevice, key: string) => neighLookup(table, dev, a6(key))?.state;
  assert.equal(state(lab.v1, "2001:db8:1::fe"), "REACHABLE");
  assert.equal(state(lab.r1, "2001:db8:1::1"), "DELAY");
  lab.pass(2);
  assert.equal(state(lab.r1, "2001:db8:1::1"), "REACHABLE");
  const kinds = lab.sent
    .map(({ dev, hex }) => `${dev} ${Number.parseInt(hex.slice(108, 110), 16)} ${hex.length / 2}`)
    .filter((line) => !line.includes(" 133 "));
  assert.deepEqual(kinds, [
    "v1 135 86",
    "r1 136 86",
    "v1 128 118",
    "r1 129 118",
    "r1 135 86",
    "v1 136 78",
  ]);
  lab.ping("2001:db8:1::99");
  assert.equal(state(lab.v1, "2001:db8:1::99"), "FAILED");
});
