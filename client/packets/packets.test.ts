// Do frames of a real (simulated) network become lines, one way, and a file that reads back?

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { simulate } from "../../server/sandboxes/simulatedScript.fixture.ts";
import { type Captured, type Frames, placeOf, withPackets } from "./captured.ts";
import { journeysOf } from "./journeys.ts";
import { packetsView } from "./packetsView.ts";
import { pcapng } from "./pcapng.ts";
import { frameFilter, framePrinter, isIp6 } from "./tcpdumpText.ts";

/** A host and a router on a bridge, a second host behind the router. */
const PING_ACROSS = `
sysctl -qw net.ipv6.conf.default.disable_ipv6=1
for n in a r b br; do ip netns add $n; done
ip -n br link add br0 type bridge; ip -n br link set br0 up
ip link add a0 netns a type veth peer name a1 netns br
ip link add r0 netns r type veth peer name r1 netns br
ip link add b0 netns b type veth peer name r2 netns r
for d in a1 r1; do ip -n br link set $d master br0 up; done
ip -n a addr add 10.0.0.1/24 dev a0; ip -n r addr add 10.0.0.254/24 dev r0
ip -n r addr add 10.1.0.254/24 dev r2; ip -n b addr add 10.1.0.1/24 dev b0
ip -n a link set a0 up; ip -n r link set r0 up; ip -n r link set r2 up; ip -n b link set b0 up
ip -n a route add default via 10.0.0.254; ip -n b route add default via 10.1.0.254
ip netns exec r sysctl -qw net.ipv4.ip_forward=1
ip netns exec a ping -c 1 -q 10.1.0.1 > /dev/null
`;

let frames: Frames;

before(async () => {
  const simulated = await simulate(PING_ACROSS);
  assert.equal(simulated.code, 0);
  frames = withPackets(undefined, { life: 1, packets: simulated.packets });
});

const icmpAndArp = () => {
  const accept = frameFilter("icmp or arp");
  assert.ok(typeof accept !== "string");
  return frames.list.filter(accept);
};

test("a line is what tcpdump prints, with the reason of a frame beside it", () => {
  const print = framePrinter();
  const [request] = frames.list.filter(
    ({ device, cause }) => device === "a0" && cause?.startsWith("ping"),
  );
  assert.ok(request);
  assert.match(
    print(request),
    /ethertype IPv4 \(0x0800\), length 98: 10\.0\.0\.1 > 10\.1\.0\.1: ICMP echo request, id \d+, seq 1, length 64$/,
  );
  assert.match(request.cause ?? "", /^ping of 10\.1\.0\.1 \(pid \d+\)$/);
});

test("filters speak tcpdump's language and say what is wrong in a sentence", () => {
  const all = icmpAndArp();
  assert.ok(all.length > 20);
  assert.ok(all.every((frame) => !isIp6(frame)));
  const none = frameFilter("icmp[icmptype] == icmp-unreach");
  assert.ok(typeof none !== "string");
  assert.equal(frames.list.filter(none).length, 0);
  assert.match(
    String(frameFilter("icmp or")),
    /^tcpdump does not know this filter: .*syntax error.*\.$/,
  );
  assert.match(String(frameFilter("host nobody")), /^Write the address of nobody/);
});

test("one ping is one way, with both ARP exchanges, ttl 64 to 63 and new MACs", () => {
  const journeys = journeysOf(icmpAndArp());
  const [ping, ...others] = journeys.filter(({ title }) => title.startsWith("ping"));
  assert.ok(ping);
  assert.deepEqual(others, []);
  const hops = ping.hops.map(({ from, to, changes }) =>
    [`${from.device}>${to?.device}`, ...changes].join(" "),
  );
  assert.deepEqual(hops, [
    ...["a0>a1", "r1>r0", "r0>r1", "a1>a0"],
    ...["a0>a1", "r1>r0"],
    ...["r2>b0", "b0>r2"],
    "r2>b0 ttl 64 → 63 new MACs",
    "b0>r2",
    "r0>r1 ttl 64 → 63 new MACs",
    "a1>a0",
  ]);
});

test("the file holds each frame with its device, time and reason (pcapng)", () => {
  const some = icmpAndArp();
  const place = (frame: Captured) => placeOf(frame, new Map([[frame.namespace, "ns"]]));
  const bytes = pcapng(some, place);
  const view = new DataView(bytes.buffer);
  const found: Uint8Array[] = [];
  const interfaces: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const type = view.getUint32(at, true);
    const length = view.getUint32(at + 4, true);
    assert.equal(length % 4, 0);
    assert.equal(view.getUint32(at + length - 4, true), length);
    if (type === 1) {
      const size = view.getUint16(at + 18, true);
      interfaces.push(Buffer.from(bytes.subarray(at + 20, at + 20 + size)).toString());
    }
    if (type === 6) {
      const captured = view.getUint32(at + 20, true);
      found.push(bytes.slice(at + 28, at + 28 + captured));
      const time = view.getUint32(at + 12, true) * 2 ** 32 + view.getUint32(at + 16, true);
      assert.equal(time, some[found.length - 1]?.time);
    }
    at += length;
  }
  assert.deepEqual(
    found,
    some.map((frame) => frame.bytes),
  );
  assert.ok(interfaces.includes("ns a0") && interfaces.includes("ns b0"));
  assert.equal(new Set(interfaces).size, interfaces.length);
});

test("a view says why it has nothing to show; a new sandbox begins a new list", () => {
  assert.match(packetsView(undefined, undefined, []).sentence, /^Nothing has run yet/);
  const moments = { state: { time: 0, namespaces: [] } };
  assert.match(packetsView(moments, frames, ["nix"]).sentence, /^There is no device nix yet/);
  const missing = withPackets(frames, { life: 2, packets: [], missing: "They are not captured." });
  assert.equal(missing.list.length, 0);
  assert.equal(packetsView(moments, missing, []).sentence, "They are not captured.");
});
