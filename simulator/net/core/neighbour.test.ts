// The neighbour table against recorded Linux 6.1: states by time, admin requests, limits.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  cache,
  connect,
  device,
  ip,
  loopbackUp,
  ping,
  quietNet,
  record,
  run,
  set,
  startKernel,
} from "../ipv4/lab.fixture.ts";
import { openUdpSocket } from "../ipv4/udp.ts";
import type { Kernel } from "./kernel.ts";
import { delNeigh, dumpNeigh, getNeigh, newNeigh } from "./neighAdmin.ts";
import type { NeighRecord } from "./neighNotify.ts";
import { parmsOf } from "./neighParms.ts";
import type { NudState } from "./neighTable.ts";
import { setLink } from "./rtnetlink.ts";

const MAC_B = 0x02000000000b;

function pair(kernel: Kernel) {
  const a = quietNet(kernel);
  const b = quietNet(kernel);
  connect(
    { net: a, name: "va", mac: 0x02000000000a, address: "10.0.0.1/24" },
    { net: b, name: "vb", mac: MAC_B, address: "10.0.0.2/24" },
  );
  run(kernel, 1);
  return { a, b, va: device(a, "va"), vb: device(b, "vb") };
}

/** Lines as `ip monitor neigh` prints them. */
function monitor(kernel: Kernel, dev: { name: string }): string[] {
  const lines: string[] = [];
  kernel.netlinkListeners.add((_net, event) => {
    if (event.type !== "neigh") return;
    const { state, mac, dev: on } = event.neighbour as NeighRecord;
    if (on?.name !== dev.name) return;
    lines.push(`${event.gone ? "Deleted " : ""}${mac === undefined ? "" : "lladdr "}${state}`);
  });
  return lines;
}

test("an entry goes through its states when Linux's does", () => {
  const kernel = startKernel();
  const { a, b, va, vb } = pair(kernel);
  parmsOf(kernel.arpTable, va).reachableTimeMs = 20_000;
  const events = monitor(kernel, va);
  const frames = record(b, "vb");
  const start = kernel.clock.now;
  const at = (seconds: number) => run(kernel, (start - kernel.clock.now) / 1e6 + seconds);
  const state = () => cache(a)[0]?.split(" ").at(-1);
  const udp = openUdpSocket(a);
  const send = () => udp.send(new Uint8Array(4), { address: ip("10.0.0.2"), port: 9 });
  ping(a, "10.0.0.2", { wait: 0.5 });
  assert.equal(state(), "REACHABLE");
  at(19.5);
  assert.equal(state(), "REACHABLE");
  // The timer wheel is coarse: up to two seconds late here.
  at(23);
  assert.equal(state(), "STALE");
  frames.lines();
  send();
  assert.equal(state(), "DELAY");
  at(29);
  assert.equal(state(), "REACHABLE");
  assert.deepEqual(
    frames.lines().filter((line) => line.startsWith("who-has 10.0.0.2")),
    ["who-has 10.0.0.2 tell 10.0.0.1 unicast"],
  );
  at(55);
  assert.equal(state(), "STALE");
  // The peer falls silent: three unicast questions, a second apart.
  set(b, "net/ipv4/conf/vb/arp_ignore", 8);
  send();
  at(60.5);
  assert.equal(state(), "PROBE");
  at(64);
  assert.equal(state(), "FAILED");
  assert.equal(
    frames.lines().filter((line) => line === "who-has 10.0.0.2 tell 10.0.0.1 unicast").length,
    3,
  );
  const expected = ["REACHABLE", "STALE", "PROBE", "REACHABLE", "STALE", "PROBE"];
  assert.deepEqual(events, [...expected.map((one) => `lladdr ${one}`), "FAILED"]);
  assert.equal(vb.registered, true);
});

test("an entry that was used a moment ago goes from REACHABLE to DELAY without a word", () => {
  const kernel = startKernel();
  const { a, va } = pair(kernel);
  parmsOf(kernel.arpTable, va).reachableTimeMs = 4000;
  const events = monitor(kernel, va);
  ping(a, "10.0.0.2", { wait: 4.5 });
  assert.match(cache(a)[0] ?? "", / DELAY$/);
  run(kernel, 6);
  assert.match(cache(a)[0] ?? "", / (REACHABLE|DELAY)$/);
  assert.deepEqual(events, ["lladdr REACHABLE", "lladdr PROBE", "lladdr REACHABLE"]);
});

test("admin requests leave what Linux 6.1 leaves", () => {
  const kernel = startKernel();
  const { a, va } = pair(kernel);
  const events = monitor(kernel, va);
  const request = (
    mode: "add" | "change" | "replace",
    low: number,
    state: NudState,
    mac?: number,
  ) =>
    newNeigh(a, {
      family: "inet",
      mode,
      key: ip("10.0.0.0") + low,
      dev: va,
      state,
      ...(mac === undefined ? {} : { mac }),
    });
  const mac = 0x020000000020;
  const noMac = { errno: "EINVAL", message: "No link layer address given" };
  assert.deepEqual(request("add", 9, "STALE"), noMac);
  assert.deepEqual(request("add", 9, "STALE", mac), { errno: "EEXIST" });
  assert.deepEqual(request("add", 10, "PERMANENT"), noMac);
  assert.equal(request("add", 12, "NONE"), undefined);
  assert.deepEqual(request("change", 77, "STALE", mac), { errno: "ENOENT" });
  assert.deepEqual(events, []);
  assert.equal(request("add", 20, "PERMANENT", mac), undefined);
  assert.equal(request("add", 21, "STALE", mac), undefined);
  assert.equal(request("add", 22, "NOARP", mac), undefined);
  assert.equal(request("add", 23, "FAILED", mac), undefined);
  assert.equal(request("add", 24, "INCOMPLETE", mac), undefined);
  assert.equal(request("add", 25, "REACHABLE", mac), undefined);
  assert.equal(request("add", 26, "DELAY", mac), undefined);
  const statistics = () =>
    dumpNeigh(a, "inet")
      .neighbours.map((one) => {
        const ref = one.refs > 0 ? ` ref ${one.refs}` : "";
        const times = `${one.used}/${one.confirmed}/${one.updated}`;
        return `${Number(one.key) & 255}${ref} used ${times} probes ${one.probes} ${one.state}`;
      })
      .filter((line) => Number.parseInt(line, 10) >= 20);
  run(kernel, 0.5);
  assert.deepEqual(statistics(), [
    "20 used 0/0/0 probes 0 PERMANENT",
    "21 used 0/60/0 probes 0 STALE",
    "22 used 0/0/0 probes 0 NOARP",
    "23 used 0/60/0 probes 0 FAILED",
    "24 used 0/60/0 probes 0 INCOMPLETE",
    "25 ref 1 used 0/0/0 probes 0 REACHABLE",
    "26 ref 1 used 0/60/0 probes 1 PROBE",
  ]);
  run(kernel, 3);
  assert.equal(statistics().at(-1), "26 used 3/63/0 probes 3 FAILED");
  assert.equal(request("change", 21, "PERMANENT"), undefined);
  assert.equal(request("change", 25, "STALE", 0x020000000033), undefined);
  assert.equal(request("replace", 22, "STALE"), undefined);
  assert.deepEqual(statistics().slice(1, 3), [
    "21 used 3/0/0 probes 0 PERMANENT",
    "22 used 3/3/0 probes 0 STALE",
  ]);
  assert.equal(statistics()[5], "25 used 3/60/0 probes 0 STALE");
  events.length = 0;
  const name = { family: "inet", dev: va, key: ip("10.0.0.20") } as const;
  assert.equal(delNeigh(a, name), undefined);
  assert.deepEqual(events, ["FAILED", "Deleted FAILED"]);
  assert.deepEqual(delNeigh(a, name), { errno: "ENOENT" });
  assert.deepEqual(getNeigh(a, name), { errno: "ENOENT", message: "Neighbour entry not found" });
});

test("carrier loss keeps permanent entries, a device that goes down keeps none", () => {
  const kernel = startKernel();
  const { a, va, vb } = pair(kernel);
  ping(a, "10.0.0.2", { wait: 0.5 });
  const key = ip("10.0.0.50");
  newNeigh(a, { family: "inet", mode: "add", key, dev: va, mac: 1, state: "PERMANENT" });
  const proxied = { family: "inet", key: ip("10.0.0.60"), dev: va, proxy: true } as const;
  newNeigh(a, { ...proxied, mode: "add", state: "PERMANENT" });
  setLink(vb, { up: false });
  run(kernel, 0.5);
  assert.deepEqual(cache(a), ["10.0.0.50 va 00:00:00:00:00:01 PERMANENT"]);
  assert.equal(dumpNeigh(a, "inet").proxies.length, 1);
  setLink(va, { up: false });
  assert.deepEqual(cache(a), []);
  assert.equal(dumpNeigh(a, "inet").proxies.length, 0);
});

test("the limit counts all namespaces; a full table refuses with ENOBUFS and says so", () => {
  const kernel = startKernel();
  const { a, va } = pair(kernel);
  const other = pair(kernel);
  loopbackUp(other.a);
  kernel.arpTable.gcThresh2 = 4;
  kernel.arpTable.gcThresh3 = 8;
  for (let low = 30; low < 45; low++) {
    const key = ip("10.0.0.0") + low;
    newNeigh(a, { family: "inet", mode: "add", key, dev: va, mac: 1, state: "REACHABLE" });
  }
  assert.equal(ping(other.a, "10.0.0.77", { wait: 0 }).refused, "ENOBUFS");
  assert.match(kernel.log.join(), /neighbour: arp_cache: neighbor table overflow!/);
});
