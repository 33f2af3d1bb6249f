// Does the view name the first thing that went wrong? Each case builds a small network in the simulator,
// pings once, and reads the sentence.

import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "../../server/sandboxes/simulatedScript.fixture.ts";
import { withPackets } from "../packets/captured.ts";
import { whyView } from "./whyView.ts";

const WORDS = `
sysctl -qw net.ipv6.conf.default.disable_ipv6=1
host() { for n; do ip netns add $n; ip -n $n link set lo up; done; }
wire() { ip link add $2 netns $1 type veth peer name $4 netns $3; ip -n $1 link set $2 up; ip -n $3 link set $4 up; }
addr() { ip -n $1 addr add $3 dev $2; }
bridge() { ip -n $1 link add br0 type bridge $2; ip -n $1 link set br0 up; }
port() { ip -n $1 link set $2 master br0; }
set_() { ip netns exec $1 sysctl -qw $2; }
`;

/** a and b, with the router r between them. */
const LINE = `${WORDS}
host a r b; wire a a0 r r0; wire r r1 b b0
addr a a0 10.0.0.1/24; addr r r0 10.0.0.254/24; addr r r1 10.1.0.254/24; addr b b0 10.1.0.1/24
ip -n a route add default via 10.0.0.254; ip -n b route add default via 10.1.0.254
set_ r net.ipv4.ip_forward=1
`;

/** a and b at the bridge of s. */
const SWITCH = (kind = "") => `${WORDS}
host a b c s; bridge s "${kind}"
for n in a b c; do wire $n \${n}0 s p$n; port s p$n; done
addr a a0 10.0.0.1/24; addr b b0 10.0.0.2/24; addr c c0 10.0.0.3/24
`;

/** One subnet on two bridges, r between them: as in chapter V. */
const TWO_SEGMENTS = `${WORDS}
host a b x y r s t; bridge s; bridge t
wire a a0 s pa; wire x x0 s px; wire r r0 s pr; wire b b0 t pb; wire y y0 t py; wire r r1 t qr
for p in pa px pr; do port s $p; done; for p in pb py qr; do port t $p; done
addr a a0 10.0.0.1/24; addr x x0 10.0.0.3/24; addr b b0 10.0.0.2/24; addr y y0 10.0.0.4/24
addr r r0 10.0.0.100/24; addr r r1 10.0.0.200/24; set_ r net.ipv4.ip_forward=1
`;

const ACROSS = "ip netns exec a ping -c 1 -W 4 10.1.0.1";
const BESIDE = "sleep 1; ip netns exec a ping -c 1 -W 4 10.0.0.2";

const CASES: readonly (readonly [name: string, script: string, sentence: RegExp])[] = [
  [
    "nobody has the address",
    `${LINE} ip netns exec a ping -c 1 -W 4 10.0.0.9`,
    /^a asked for 10\.0\.0\.9 on a0 three times; nobody on its cable has it, and no namespace at all; the connected route 10\.0\.0\.0\/24 says it is on-link\.$/,
  ],
  [
    "the last of several packets that wait for one answer",
    `${LINE} ip netns exec a ping -c 3 -i 0.5 10.0.0.9`,
    /^a asked for 10\.0\.0\.9 on a0 three times; nobody on its cable has it/,
  ],
  [
    "the owner is in another segment",
    `${TWO_SEGMENTS} ${BESIDE}`,
    /^a asked for 10\.0\.0\.2 on a0 three times; nobody in segment S1 has it, its owner b is in segment S2; the connected route/,
  ],
  [
    "the router does not forward",
    `${LINE} set_ r net.ipv4.ip_forward=0; ${ACROSS}`,
    /^r got the packet for 10\.1\.0\.1 on r0, but it does not forward\.$/,
  ],
  [
    "the router has no route",
    `${LINE} ip -n r route del 10.1.0.0/24; ${ACROSS}`,
    /^r has no route to 10\.1\.0\.1\.$/,
  ],
  [
    "no way back",
    `${LINE} ip -n b route del default; ${ACROSS}`,
    /^b got the request, but has no route back to 10\.0\.0\.1\.$/,
  ],
  [
    "the TTL ends",
    `${LINE} ip netns exec a ping -c 1 -t 1 10.1.0.1`,
    /^The TTL of the packet ended in r: it went in a circle/,
  ],
  [
    "strict source validation of ARP requests",
    `${LINE} set_ r net.ipv4.conf.all.rp_filter=1; ip -n r route add 10.0.0.1 dev r1; ${ACROSS}`,
    /its owner r would send answers to 10\.0\.0\.1 another way, so rp_filter drops the request/,
  ],
  [
    "a blackhole route",
    `${LINE} ip -n r route add blackhole 10.1.0.1; ${ACROSS}`,
    /^r has the route "blackhole 10\.1\.0\.1", which refuses packets for 10\.1\.0\.1\.$/,
  ],
  [
    "an unreachable route",
    `${LINE} ip -n r route add unreachable 10.1.0.1; ${ACROSS}`,
    /^r has the route "unreachable 10\.1\.0\.1"/,
  ],
  [
    "a prohibit route",
    `${LINE} ip -n r route add prohibit 10.1.0.1; ${ACROSS}`,
    /^r has the route "prohibit 10\.1\.0\.1"/,
  ],
  [
    "the last cable has no carrier",
    `${LINE} ip -n b link set b0 down; sleep 1; ${ACROSS}`,
    /^r1 in r has no carrier, so nobody behind it can be reached\.$/,
  ],
  [
    "the owner has set its device down",
    `${SWITCH()} ip -n b link set b0 down; ${BESIDE}`,
    /^a asked for 10\.0\.0\.2 on a0 three times; its owner b has set b0 down;/,
  ],
  [
    "arp_ignore",
    `${SWITCH()} set_ b net.ipv4.conf.all.arp_ignore=8; ${BESIDE}`,
    /b heard it on b0 but does not answer for it there \(arp_ignore\)/,
  ],
  [
    "arp_filter",
    `${SWITCH()} set_ b net.ipv4.conf.all.arp_filter=1; ip -n b link add d0 type dummy
ip -n b link set d0 up; ip -n b route add 10.0.0.1 dev d0; ${BESIDE}`,
    /b heard it on b0 but would answer by another device, so it keeps quiet \(arp_filter\)/,
  ],
  [
    "too long for a router's cable",
    `${LINE} ip -n r link set r1 mtu 1000; ip netns exec a ping -c 1 -W 1 -M do -s 1400 10.1.0.1`,
    /^The packet is too long: MTU of r1 is 1000\.$/,
  ],
  [
    "too long for the other end",
    `${SWITCH()} ip -n a link set a0 mtu 1400; ip netns exec b ping -c 1 -W 1 -s 1472 10.0.0.1`,
    /^The packet is too long: longer than the MTU of a0\.$/,
  ],
  [
    "a port without a VLAN",
    `${SWITCH("vlan_filtering 1")} ip netns exec s bridge vlan del vid 1 dev pa; ${BESIDE}`,
    /the bridge in s dropped the ARP request in by pa: its VLAN is not allowed there/,
  ],
  [
    "a tag that nobody knows",
    `${SWITCH()} ip -n a link add link a0 name a0.10 type vlan id 10; ip -n a link set a0.10 up
ip -n a addr del 10.0.0.1/24 dev a0; ip -n a addr add 10.0.0.1/24 dev a0.10; ${BESIDE}`,
    /^a asked for 10\.0\.0\.2 on a0\.10 three times; b has no VLAN 10 on b0, so it ignored/,
  ],
  [
    "spanning tree still listens",
    `${SWITCH("stp_state 1 forward_delay 1500")} ${BESIDE}`,
    /the bridge in s does not forward yet: in by pa, listening/,
  ],
  [
    "a host route on one side only",
    `${TWO_SEGMENTS} ip -n r route add 10.0.0.1 dev r0; ip -n r route add 10.0.0.2 dev r1
ip -n a route add 10.0.0.2 via 10.0.0.100; ${BESIDE}`,
    /^The request arrived, but the reply was lost\. b asked for 10\.0\.0\.1 on b0 three times; nobody in segment S2 has it, its owner a is in segment S1;/,
  ],
  [
    "two equal routes in the router",
    `${TWO_SEGMENTS} ip -n a route add 10.0.0.2 via 10.0.0.100; ${BESIDE}`,
    /^r asked for 10\.0\.0\.2 on r0 three times; nobody in segment S1 has it, its owner b is in segment S2;/,
  ],
  [
    "a neighbour with a wrong MAC",
    `${SWITCH()} ip -n a neigh add 10.0.0.2 lladdr 02:00:00:00:00:77 dev a0; ${BESIDE}`,
    /it is for the MAC 02:00:00:00:00:77, which is not that of [bc]0\.$/,
  ],
];

async function sentenceOf(script: string): Promise<string> {
  const { output, state, packets } = await simulate(script);
  assert.ok(state);
  assert.match(output, /100% packet loss|unreachable/, output);
  const view = whyView({ state }, withPackets(undefined, { life: 1, packets }));
  assert.ok(view.rows.length > 0, view.sentence);
  return view.sentence;
}

for (const [name, script, sentence] of CASES) {
  test(name, async () => assert.match(await sentenceOf(script), sentence));
}
