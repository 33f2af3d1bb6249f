// Does ip answer any words without throwing, and known ones as iproute2 does?

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createMachine } from "../../machine/createMachine.ts";
import type { OpenFile } from "../../process/process.ts";
import { spawn } from "../../process/processTable.ts";
import { arp } from "../arp.ts";
import { ethtool } from "../ethtool.ts";
import { ifconfig } from "../ifconfig.ts";
import { splitWords } from "./batch.ts";
import { ip } from "./ip.ts";

const PROGRAMS = { ip, arp, ifconfig, ethtool };

/** Runs commands one after the other on one machine; what the last one printed and its status. */
async function run(commands: readonly (readonly string[])[], stdin = "") {
  const programs = new Map(Object.entries(PROGRAMS).map(([name, program]) => [name, { program }]));
  const machine = createMachine({ seed: 7, programs });
  let output = "";
  let input = stdin;
  const file: OpenFile = {
    kind: "pipe",
    label: "pipe:[1]",
    references: 1000,
    changed: () => () => {},
    release() {},
    read() {
      const all = input;
      input = "";
      return all;
    },
    write(_self, bytes) {
      output += bytes;
      all += bytes;
      return bytes.length;
    },
  };
  let all = "";
  let status: unknown;
  for (const argv of commands) {
    output = "";
    const program = programs.get(argv[0] ?? "")?.program ?? ip;
    const files = new Map([0, 1, 2].map((descriptor) => [descriptor, file]));
    const child = spawn(machine.init, { argv, program, files });
    for (let turn = 0; turn < 50 && child.exitStatus === undefined; turn++) {
      while (machine.scheduler.runReady(1000));
      await machine.scheduler.fetched();
    }
    status = child.exitStatus;
  }
  return { output, all, status };
}

const line = (text: string) => text.split(" ");

test("a veth pair in two namespaces, as Linux prints it", async () => {
  const { output } = await run([
    line("ip netns add a"),
    line("ip link add v0 address 02:00:00:00:00:01 type veth peer name v1 netns a"),
    line("ip addr add 10.0.0.1/24 dev v0"),
    line("ip addr show v0"),
  ]);
  assert.equal(
    output,
    `2: v0@if2: <BROADCAST,MULTICAST> mtu 1500 qdisc noop state DOWN group default qlen 1000
    link/ether 02:00:00:00:00:01 brd ff:ff:ff:ff:ff:ff link-netns a
    inet 10.0.0.1/24 scope global v0
       valid_lft forever preferred_lft forever
`,
  );
});

test("a batch stops at the first failure and tells its line", async () => {
  const { output, status } = await run([line("ip -batch -")], "link show nope\nlink show lo\n");
  assert.equal(output, 'Device "nope" does not exist.\nCommand failed -:1\n');
  assert.deepEqual(status, { code: 1 });
});

test("words of a batch", () => {
  assert.deepEqual(splitWords("  link\tshow \"a b\" 'c'  "), ["link", "show", "a b", "c"]);
  assert.equal(splitWords('link "show'), undefined);
});

const WORDS = line(
  "ip arp ifconfig ethtool link addr neigh netns monitor maddr netconf route rule add del set show flush list get " +
    "exec replace change help dev lo v0 v1 br0 nope type veth bridge vlan dummy macvlan bridge_slave " +
    "peer name id 5 10.0.0.1/24 10.0.0.2 fd00::1/64 lladdr 02:00:00:00:00:09 nud stale permanent all " +
    "proxy to up down mtu address master nomaster group alias netns brd + scope link label valid_lft " +
    "metric -s -d -j -p -o -br -4 -6 -n -all -h -c -batch - hw ether netmask pub -a -i -k -K tx on off " +
    "mode private egress-qos-map 1:2 state cost priority promisc arp altname property index 0 -1 x%d",
);

test("whatever the words, a program ends with a status and does not throw", async () => {
  const word = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...WORDS) },
    { weight: 1, arbitrary: fc.string({ maxLength: 20 }) },
  );
  const command = fc
    .tuple(
      fc.constantFrom("ip", "ip", "ip", "arp", "ifconfig", "ethtool"),
      fc.array(word, { maxLength: 9 }),
    )
    .map(([program, words]) => [program, ...words]);
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 8 }), async (commands) => {
      const start = [
        line("ip link add v0 type veth peer name v1"),
        line("ip link add br0 type bridge"),
      ];
      const { all, status } = await run([...start, ...commands]);
      assert.ok(!/vethbook simulator: \w+ failed/.test(all), all);
      const waits = commands.at(-1)?.some((one) => one.startsWith("mo") || one === "exec") === true;
      assert.ok(status !== undefined || waits, JSON.stringify(commands.at(-1)));
    }),
    { numRuns: 300 },
  );
});
