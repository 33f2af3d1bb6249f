// Expectations: what `ip route get … iif`, `ip route get` print on Debian 12's kernel 6.1 (recorded in
// test/transcripts/route/rp-filter.json and rule/lookup.json).

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { createClock } from "../../clock.ts";
import { createRandom } from "../../random.ts";
import { ip4Text, parseIp4 } from "../../wire/address.ts";
import { bootKernel } from "../bootKernel.ts";
import { openDevice } from "../core/devChange.ts";
import type { NetDevice } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import { newLink } from "../core/rtnetlink.ts";
import { writeSysctl } from "../core/sysctl.ts";
import { addAddress } from "./devinet.ts";
import { newRoute } from "./fibFrontend.ts";
import { addRule, delRule } from "./fibRules.ts";
import { routeInput, routeOutput } from "./route.ts";
import { updatePmtu } from "./routeExceptions.ts";

let net: Net;
let v0: NetDevice;
let v1: NetDevice;

const at = (text: string) => parseIp4(text) ?? assert.fail(text);

function set(name: string, value: string): void {
  assert.equal(writeSysctl(net, `net/ipv4/${name}`, value), undefined, name);
}

function dummy(name: string, address: string): NetDevice {
  assert.equal(newLink(net, { name, kind: "dummy" }), undefined);
  const dev = net.byName.get(name) ?? assert.fail(name);
  openDevice(dev);
  assert.equal(addAddress(dev, { local: at(address), prefixLength: 24 }), undefined);
  return dev;
}

beforeEach(() => {
  net = bootKernel({ clock: createClock(0), random: createRandom(1) }).initNet;
  v0 = dummy("v0", "10.0.0.1");
  v1 = dummy("v1", "10.1.0.1");
  set("ip_forward", "1");
});

function comesIn(dev: NetDevice, source: string, destination: string): string {
  const way = routeInput(dev, { source: at(source), destination: at(destination), tos: 0 });
  if (way.type === "drop" || way.type === "unreachable") return way.errno;
  return way.type === "forward"
    ? `${way.out.dev.name}${way.redirect ? " redirect" : ""}`
    : way.type;
}

function goesOut(destination: string, mark = 0): string {
  const way = routeOutput(net, { destination: at(destination), mark });
  if ("errno" in way) return way.errno;
  return `${ip4Text(way.nextHop)} ${way.dev.name} ${ip4Text(way.source)}`;
}

test("rp_filter 0 refuses only our own addresses as sources", () => {
  assert.equal(comesIn(v0, "10.0.0.9", "10.1.0.5"), "v1");
  assert.equal(comesIn(v0, "10.1.0.9", "10.1.0.5"), "v1");
  assert.equal(comesIn(v0, "99.0.0.9", "10.0.0.1"), "local");
  assert.equal(comesIn(v0, "10.0.0.1", "10.0.0.1"), "EINVAL");
  set("conf/v0/accept_local", "1");
  assert.equal(comesIn(v0, "10.0.0.1", "10.0.0.1"), "local");
});

test("rp_filter 1 wants the way back by the same device, 2 any way back; the larger value counts", () => {
  set("conf/v0/rp_filter", "1");
  assert.equal(comesIn(v0, "10.1.0.9", "10.1.0.5"), "EXDEV");
  assert.equal(comesIn(v0, "10.0.0.9", "10.1.0.5"), "v1");
  set("conf/v0/rp_filter", "2");
  assert.equal(comesIn(v0, "10.1.0.9", "10.0.0.1"), "local");
  assert.equal(comesIn(v0, "99.0.0.9", "10.0.0.1"), "EXDEV");
  set("conf/all/rp_filter", "1");
  set("conf/v0/rp_filter", "0");
  assert.equal(comesIn(v0, "10.1.0.9", "10.0.0.1"), "EXDEV");
});

test("who sends to a neighbour through us is to be redirected, unless send_redirects is off", () => {
  assert.equal(comesIn(v0, "10.0.0.9", "10.0.0.7"), "v0 redirect");
  set("conf/v0/send_redirects", "0");
  assert.equal(comesIn(v0, "10.0.0.9", "10.0.0.7"), "v0 redirect", "all or device");
  set("conf/all/send_redirects", "0");
  assert.equal(comesIn(v0, "10.0.0.9", "10.0.0.7"), "v0");
});

test("a host does not forward; a route of an error type says so", () => {
  newRoute(net, { destination: at("20.1.0.0"), prefixLength: 16, type: "prohibit" }, "add");
  assert.equal(comesIn(v0, "10.0.0.9", "20.1.0.1"), "EACCES");
  assert.equal(goesOut("20.1.0.1"), "EACCES");
  assert.equal(goesOut("20.2.0.1"), "ENETUNREACH");
  set("conf/v0/forwarding", "0");
  assert.equal(comesIn(v0, "10.0.0.9", "10.1.0.5"), "EHOSTUNREACH");
  assert.equal(comesIn(v1, "10.1.0.9", "10.0.0.5"), "v0");
});

test("rules lead to tables by mark; throw goes on; a deleted rule is forgotten", () => {
  const route = (table: number, gateway: string) => ({
    destination: at("50.0.0.0"),
    prefixLength: 8,
    table,
    nexthops: [{ gateway: at(gateway) }],
  });
  newRoute(net, route(254, "10.0.0.2"), "add");
  newRoute(net, route(100, "10.1.0.2"), "add");
  const thrown = {
    destination: at("50.1.0.0"),
    prefixLength: 16,
    type: "throw",
    table: 100,
  } as const;
  newRoute(net, thrown, "add");
  addRule(net, { fwmark: 7, fwmask: 0xffffffff, table: 100 });
  assert.equal(goesOut("50.0.0.1"), "10.0.0.2 v0 10.0.0.1");
  assert.equal(goesOut("50.0.0.1", 7), "10.1.0.2 v1 10.1.0.1");
  assert.equal(goesOut("50.1.0.1", 7), "10.0.0.2 v0 10.0.0.1");
  assert.equal(delRule(net, { fwmark: 7 }), undefined);
  assert.equal(goesOut("50.0.0.1", 7), "10.0.0.2 v0 10.0.0.1");
  assert.deepEqual(delRule(net, { fwmark: 7 }), { errno: "ENOENT" });
});

test("a learnt path MTU holds ten minutes and never sinks below 552", () => {
  const flow = { destination: at("10.0.0.9") };
  const mtu = () => {
    const way = routeOutput(net, flow);
    return "errno" in way ? way.errno : `${way.mtu}${way.mtuLocked ? " locked" : ""}`;
  };
  updatePmtu(net, flow, 1000);
  assert.equal(mtu(), "1000");
  const { clock } = net.kernel;
  clock.after(601e6, () => {});
  while (clock.now < 601e6 && clock.runNext());
  assert.equal(mtu(), "1500");
  updatePmtu(net, flow, 100);
  assert.equal(mtu(), "552 locked");
});
