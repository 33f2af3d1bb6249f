// Do addresses make the routes that Linux makes, in its order?

import assert from "node:assert/strict";
import { test } from "node:test";
import { createClock } from "../../clock.ts";
import { createRandom } from "../../random.ts";
import { ip4Text, parseIp4 } from "../../wire/address.ts";
import { bootKernel } from "../bootKernel.ts";
import { closeDevice, openDevice } from "../core/devChange.ts";
import type { NetDevice } from "../core/netDevice.ts";
import type { Net } from "../core/netNamespace.ts";
import { newLink } from "../core/rtnetlink.ts";
import { addAddress, delAddress } from "./devinet.ts";
import { delRoute, newRoute } from "./fibFrontend.ts";
import { routesInOrder, tablesInOrder } from "./fibTrie.ts";
import { routeOutput } from "./route.ts";

function machine(): Net {
  return bootKernel({ clock: createClock(0), random: createRandom(1) }).initNet;
}

function dummy(net: Net, name: string): NetDevice {
  assert.equal(newLink(net, { name, kind: "dummy" }), undefined);
  const dev = net.byName.get(name);
  assert.ok(dev);
  return dev;
}

const at = (text: string) => parseIp4(text) ?? assert.fail(text);

function listing(net: Net): string[] {
  return tablesInOrder(net).flatMap((table) =>
    routesInOrder(table).map((route) => {
      const via = route.nexthops.map((hop) =>
        [hop.gateway === undefined ? "" : `via ${ip4Text(hop.gateway)} `, hop.dev?.name].join(""),
      );
      return `${route.type} ${ip4Text(route.destination)}/${route.prefixLength} ${via} table ${route.table}`;
    }),
  );
}

test("an address brings its routes in the order in which Linux lists them", () => {
  const net = machine();
  const v0 = dummy(net, "v0");
  assert.equal(addAddress(v0, { local: at("10.0.0.1"), prefixLength: 24 }), undefined);
  assert.deepEqual(listing(net), ["local 10.0.0.1/32 v0 table 255"]);
  openDevice(v0);
  assert.deepEqual(listing(net), [
    "unicast 10.0.0.0/24 v0 table 254",
    "local 10.0.0.1/32 v0 table 255",
    "broadcast 10.0.0.255/32 v0 table 255",
  ]);
  closeDevice(v0);
  assert.deepEqual(listing(net), ["local 10.0.0.1/32 v0 table 255"]);
  delAddress(v0, { local: at("10.0.0.1") });
  assert.deepEqual(listing(net), []);
});

test("of two devices with one prefix the first wins until it goes down", () => {
  const net = machine();
  const [v0, v1] = [dummy(net, "v0"), dummy(net, "v1")];
  addAddress(v0, { local: at("10.0.0.1"), prefixLength: 24 });
  addAddress(v1, { local: at("10.0.0.2"), prefixLength: 24 });
  openDevice(v0);
  openDevice(v1);
  const out = () => {
    const way = routeOutput(net, { destination: at("10.0.0.9") });
    return "errno" in way ? way.errno : `${way.dev.name} ${ip4Text(way.source)}`;
  };
  assert.equal(out(), "v0 10.0.0.1");
  closeDevice(v0);
  openDevice(v0);
  assert.equal(out(), "v1 10.0.0.2");
});

test("a gateway must be on a link; a duplicate is refused; deletion takes the first", () => {
  const net = machine();
  const v0 = dummy(net, "v0");
  openDevice(v0);
  addAddress(v0, { local: at("10.0.0.1"), prefixLength: 24 });
  const route = (gateway: string) => ({
    destination: at("10.5.0.0"),
    prefixLength: 16,
    nexthops: [{ gateway: at(gateway) }],
  });
  assert.deepEqual(newRoute(net, route("10.9.0.1"), "add"), {
    errno: "ENETUNREACH",
    message: "Nexthop has invalid gateway",
  });
  assert.equal(newRoute(net, route("10.0.0.5"), "add"), undefined);
  assert.deepEqual(newRoute(net, route("10.0.0.6"), "add"), { errno: "EEXIST" });
  assert.equal(newRoute(net, route("10.0.0.6"), "append"), undefined);
  const prefix = { destination: at("10.5.0.0"), prefixLength: 16 };
  assert.equal(delRoute(net, prefix), undefined);
  const way = routeOutput(net, { destination: at("10.5.1.1") });
  assert.equal("errno" in way ? way.errno : way.gateway, at("10.0.0.6"));
  assert.equal(delRoute(net, prefix), undefined);
  assert.deepEqual(delRoute(net, prefix), { errno: "ESRCH" });
});
