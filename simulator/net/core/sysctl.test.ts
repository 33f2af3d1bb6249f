// Do settings inherit, follow and refuse as Linux has it?

import assert from "node:assert/strict";
import { test } from "node:test";
import { createClock } from "../../clock.ts";
import { createRandom } from "../../random.ts";
import { bootKernel } from "../bootKernel.ts";
import { addAddress } from "../ipv4/devinet.ts";
import { createNet } from "./netLifecycle.ts";
import type { Net } from "./netNamespace.ts";
import { newLink } from "./rtnetlink.ts";
import { listSysctls, readSysctl, writeSysctl } from "./sysctl.ts";

function machine(): Net {
  return bootKernel({ clock: createClock(0), random: createRandom(1) }).initNet;
}

const conf = (net: Net, name: string) => readSysctl(net, `net/ipv4/conf/${name}`);

test("default is copied to devices that were never set, all is not", () => {
  const net = machine();
  newLink(net, { name: "v0", kind: "dummy" });
  writeSysctl(net, "net/ipv4/conf/default/rp_filter", "1\n");
  newLink(net, { name: "v1", kind: "dummy" });
  writeSysctl(net, "net/ipv4/conf/default/rp_filter", "2");
  assert.equal(conf(net, "v0/rp_filter"), "2");
  assert.equal(conf(net, "v1/rp_filter"), "1", "a device made after a write is taken for set");
  writeSysctl(net, "net/ipv4/conf/all/arp_ignore", "1");
  assert.equal(conf(net, "v0/arp_ignore"), "0");
  const v0 = net.byName.get("v0") ?? assert.fail();
  addAddress(v0, { local: 0x0a000001, prefixLength: 24 });
  writeSysctl(net, "net/ipv4/conf/default/arp_announce", "2");
  assert.equal(conf(net, "v0/arp_announce"), "0");
});

test("ip_forward sets every device and the opposite of accept_redirects", () => {
  const net = machine();
  newLink(net, { name: "v0", kind: "dummy" });
  assert.equal(writeSysctl(net, "net/ipv4/ip_forward", "1\n"), undefined);
  for (const name of ["all", "default", "v0", "lo"]) {
    assert.equal(conf(net, `${name}/forwarding`), "1", name);
  }
  assert.equal(conf(net, "all/accept_redirects"), "0");
  assert.equal(conf(net, "v0/accept_redirects"), "1");
  writeSysctl(net, "net/ipv4/conf/v0/forwarding", "0");
  assert.equal(readSysctl(net, "net/ipv4/ip_forward"), "1");
});

test("a new namespace copies the initial one's conf and has its own other values", () => {
  const net = machine();
  writeSysctl(net, "net/ipv4/ip_forward", "1");
  writeSysctl(net, "net/ipv4/ip_default_ttl", "99");
  const other = createNet(net.kernel, net);
  assert.equal(conf(other, "all/forwarding"), "1");
  assert.equal(conf(other, "lo/forwarding"), "1");
  assert.equal(readSysctl(other, "net/ipv4/ip_default_ttl"), "64");
  writeSysctl(net, "net/core/devconf_inherit_init_net", "2");
  assert.equal(conf(createNet(net.kernel, net), "all/forwarding"), "0");
  assert.deepEqual(readSysctl(other, "net/core/rmem_max"), { errno: "ENOENT" });
});

test("modes and ranges refuse as Linux does", () => {
  const net = machine();
  const refusals: [string, string, string | undefined][] = [
    ["net/ipv4/ip_default_ttl", "0", "EINVAL"],
    ["net/ipv4/ip_default_ttl", "0x10", undefined],
    ["net/ipv4/ip_forward", "", "EINVAL"],
    ["net/ipv4/ip_forward", "8x", "EINVAL"],
    ["net/ipv4/ip_forward", " 7 9", undefined],
    ["net/ipv4/tcp_congestion_control", "bbr", "ENOENT"],
    ["net/ipv4/conf/all/mc_forwarding", "1", "EACCES"],
    ["net/ipv4/icmp_ratelimit", "1", undefined],
    ["net/ipv4/nope", "1", "ENOENT"],
    ["net/ipv4/ip_local_port_range", "1 2", "EINVAL"],
    ["net/ipv4/ip_local_reserved_ports", "9,8,5-6", undefined],
    ["net/ipv4/neigh/default/locktime", "7", undefined],
  ];
  for (const [path, text, errno] of refusals) {
    assert.equal(writeSysctl(net, path, text)?.errno, errno, `${path} ${text}`);
  }
  assert.equal(readSysctl(net, "net/ipv4/ip_default_ttl"), "16");
  assert.equal(readSysctl(net, "net/ipv4/icmp_ratelimit"), "4");
  assert.equal(readSysctl(net, "net/ipv4/ip_local_reserved_ports"), "5-6,8-9");
  assert.equal(readSysctl(net, "net/ipv4/neigh/default/locktime"), "6");
  assert.deepEqual(readSysctl(net, "net/ipv4/route/flush"), { errno: "EACCES" });
  assert.ok(listSysctls(net).includes("net/ipv4/conf/lo/rp_filter"));
});
