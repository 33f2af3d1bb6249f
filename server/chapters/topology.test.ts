// Are topologies read, and contradictions in them told with file and line?

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import fc from "fast-check";
import { parseTopology } from "./topology.ts";

const file = new URL("../../content/topologies/two-segments.yaml", import.meta.url);

const SMALL = `title: Two hosts
namespaces:
  - { name: a, role: host }
  - { name: b }
  - { name: s, role: bridge }
links:
  - { from: a/va, to: s/pa }
  - { from: b/vb, to: s/pb }
bridges:
  - { namespace: s, name: br, ports: [pa, pb] }
addresses:
  - { device: a/va, address: 10.0.0.1/24 }
  - { device: b/vb, address: 10.0.0.2/24 }
routes:
  - { namespace: a, destination: 10.1.0.0/16, device: va, via: 10.0.0.2 }
sysctls:
  - { namespace: b, name: net.ipv4.ip_forward, value: 1 }
`;

test("the topology of the repository is in order", async () => {
  const { topology, problems } = parseTopology(await readFile(file, "utf8"), "two-segments");
  assert.deepEqual(problems, []);
  assert.deepEqual(
    topology?.namespaces.map(({ name }) => name),
    ["netns11", "netns12", "netns21", "netns22", "netnsR", "netnsB1", "netnsB2"],
  );
  assert.equal(topology?.devices.length, 14);
});

test("a topology is read whole", () => {
  const { topology, problems } = parseTopology(SMALL, "small");
  assert.deepEqual(problems, []);
  assert.deepEqual(topology?.devices, ["va", "pa", "vb", "pb", "br"]);
  assert.deepEqual(topology?.sysctls, [
    { namespace: "b", name: "net.ipv4.ip_forward", value: "1" },
  ]);
});

test("each contradiction and each wrong key is told with its line", () => {
  const table: [string, string, RegExp][] = [
    ["title: Two hosts\n", "", /^1: `title` is missing/],
    ["links:", "link:", /^6: `link` is not known here. Did you mean `links`/],
    ["role: host", "rolle: host", /^3: `rolle` is not known here. Did you mean `role`/],
    ["role: host", "role: guest", /^3: `namespaces.0.role`: It is host, router or bridge/],
    ["from: b/vb", "from: vb", /^8: `links.1.from`: Write NAMESPACE\/DEVICE/],
    ["{ name: b }", "{ name: a }", /^4: The namespace `a` stands twice/],
    ["{ name: b }", "{ name: lab }", /^4: `lab` is the initial namespace/],
    ["from: b/vb", "from: c/vb", /^8: There is no namespace `c`/],
    ["to: s/pb", "to: s/pa", /^8: The device `s\/pa` is made twice/],
    ["[pa, pb]", "[pa, pc]", /^10: There is no device `s\/pc`. Did you mean/],
    ["[pa, pb]", "[pa, pa]", /^10: `s\/pa` is a port of `br` already/],
    ["device: b/vb", "device: b/vc", /^13: There is no device `b\/vc`/],
    ["device: b/vb", "device: s/pb", /^13: `s\/pb` is a port of `br`; it takes no address/],
    ["10.0.0.2/24", "10.0.0.1/24", /^13: `10.0.0.1` belongs to `a\/va` already/],
    ["10.0.0.2/24", "10.0.0.2", /^13: `10.0.0.2` is no address; write one with its length/],
    ["10.0.0.2/24", "10.0.0.256/24", /^13: `10.0.0.256\/24` is no address/],
    ["10.0.0.2/24", "10.0.0.0/24", /^13: .* is the address of the network itself/],
    ["10.0.0.2/24", "10.0.0.255/24", /^13: .* is the broadcast address/],
    ["10.1.0.0/16", "10.1.0.1/16", /^15: .* has bits behind its length/],
    [", device: va, via: 10.0.0.2", "", /^15: The route leads nowhere/],
    ["namespace: b, name: net", "namespace: c, name: net", /^17: There is no namespace `c`/],
    ["title: Two hosts", "title: [", /^\d+: This is not YAML/],
    ["value: 1", `value: ${"[".repeat(3000)}`, /nests too deeply/],
  ];
  for (const [from, to, message] of table) {
    const { problems } = parseTopology(SMALL.replace(from, to), "small");
    const [first] = problems;
    assert.match(`${first?.line}: ${first?.message}`, message, `${from} → ${to}`);
  }
});

test("any change of the file is answered without a throw", () => {
  fc.assert(
    fc.property(fc.nat(SMALL.length), fc.nat(30), fc.string(), (at, length, text) => {
      parseTopology(SMALL.slice(0, at) + text + SMALL.slice(at + length), "small");
    }),
  );
});
