// Random networks and random things done to them: the commands of one case of the fuzzer, from a
// seed. Names and addresses come from small pools, so that commands meet: half of them make sense,
// the other half collide, are refused, or undo one another.
// Left out on purpose: what is random on Linux itself (MACs are given, IPv6 is mostly off).
// Not here: running them (differ.ts).

import { createRandom, type Random } from "../../simulator/random.ts";

/** The commands of one case; the same seed gives the same. */
export function generate(seed: number): readonly string[] {
  const random = createRandom(seed);
  const world = { random, pick: <T>(items: readonly T[]) => pick(random, items) };
  const commands = [...preparation(world), ...topology(world)];
  const count = 8 + random.below(14);
  for (let index = 0; index < count; index++) commands.push(world.pick(ACTIONS)(world));
  return [...commands, ...closing()];
}

type World = { readonly random: Random; pick<T>(items: readonly T[]): T };

function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[random.below(items.length)];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
}

const NAMESPACES = ["a", "b", "r"];
const DEVICES = ["va", "vb", "ra", "rb", "br0", "d0", "va.10", "rb.20", "lo", "nix"];
const NETWORKS = ["10.0.1", "10.0.2", "10.0.1", "172.16.5"];

const address = ({ random, pick: one }: World) => `${one(NETWORKS)}.${1 + random.below(4)}`;
const prefix = (world: World) => `${address(world)}/${world.pick([24, 24, 24, 16, 30, 32, 25])}`;
const network = ({ pick: one }: World) =>
  one([
    "10.0.1.0/24",
    "10.0.2.0/24",
    "10.0.0.0/16",
    "default",
    "172.16.5.0/24",
    "10.0.2.1",
    "10.9.0.0/16",
    "10.0.1.128/25",
  ]);
const ns = (world: World) => world.pick(NAMESPACES);
const dev = (world: World) => world.pick(DEVICES);
const mac = ({ random }: World) => `02:00:00:00:00:${(16 + random.below(200)).toString(16)}`;

function preparation({ pick: one }: World): string[] {
  const six = one([true, true, true, false]) ? "1" : "0";
  const off = `net.ipv6.conf.all.disable_ipv6=${six} net.ipv6.conf.default.disable_ipv6=${six}`;
  return [
    `sysctl -qw ${off}`,
    `for n in a b r; do ip netns add $n; ip netns exec $n sysctl -qw ${off}; ip -n $n link set lo up; done`,
  ];
}

/** Two hosts and a router, by cable or through a bridge, mostly as a person would set them up. */
function topology({ random, pick: one }: World): string[] {
  const bridged = random.below(3) === 0;
  return [
    "ip link add va address 02:00:00:00:00:0a netns a type veth peer name ra address 02:00:00:00:01:0a netns r",
    "ip link add vb address 02:00:00:00:00:0b netns b type veth peer name rb address 02:00:00:00:01:0b netns r",
    "ip -n a addr add 10.0.1.1/24 dev va; ip -n a link set va up",
    `ip -n b addr add ${bridged ? "10.0.1.2" : "10.0.2.1"}/24 dev vb; ip -n b link set vb up`,
    ...(bridged
      ? [
          "ip -n r link add br0 address 02:00:00:00:01:00 type bridge; ip -n r link set br0 up",
          "ip -n r link set ra up master br0; ip -n r link set rb up master br0",
          one(["ip -n r addr add 10.0.1.3/24 dev br0", "true"]),
        ]
      : [
          "ip -n r addr add 10.0.1.4/24 dev ra; ip -n r link set ra up",
          "ip -n r addr add 10.0.2.4/24 dev rb; ip -n r link set rb up",
          "ip -n a route add default via 10.0.1.4; ip -n b route add default via 10.0.2.4",
          one(["ip netns exec r sysctl -w net.ipv4.ip_forward=1", "true"]),
        ]),
    "sleep 2",
  ];
}

function closing(): string[] {
  return NAMESPACES.flatMap((name) => [
    `ip -n ${name} addr`,
    `ip -n ${name} route show table all`,
  ]).concat(
    "ip -n r -d link | grep -v -e promiscuity",
    "ip netns exec r bridge vlan; ip netns exec r bridge link",
  );
}

/** Switches that change who answers and who forwards. */
const SYSCTLS = [
  "proxy_arp",
  "rp_filter",
  "arp_ignore",
  "arp_filter",
  "arp_announce",
  "arp_accept",
  "forwarding",
  "accept_local",
  "send_redirects",
  "ignore_routes_with_linkdown",
  "promote_secondaries",
  "arp_notify",
  "drop_gratuitous_arp",
];

type Action = (world: World) => string;

const ACTIONS: readonly Action[] = [
  (w) => `ip -n ${ns(w)} link set ${dev(w)} ${w.pick(["up", "down", "up"])}; sleep 1.5`,
  (w) =>
    `ip -n ${ns(w)} link set ${dev(w)} ${w.pick(["mtu 1400", "mtu 1500", "mtu 40", "arp off", "arp on", "alias x", "promisc on", "txqueuelen 5", "multicast off", "group 7", "name nix", "name vx"])}`,
  (w) => `ip -n ${ns(w)} link set ${dev(w)} address ${mac(w)}`,
  (w) =>
    `ip -n ${ns(w)} link set ${dev(w)} ${w.pick(["nomaster", "master br0", "master nix"])}; sleep 1.2`,
  (w) => `ip -n ${ns(w)} link del ${w.pick(["d0", "va.10", "rb.20", "br0", "nix", "lo"])}`,
  (w) =>
    `ip -n ${ns(w)} link add d0 address ${mac(w)} type ${w.pick(["dummy", "bridge", "veth peer name d1 address 02:00:00:00:00:d1"])}`,
  (w) =>
    `ip -n ${ns(w)} link add link ${w.pick(["va", "rb", "br0", "nix"])} name ${w.pick(["va.10", "rb.20"])} type vlan id ${w.pick([10, 20, 10, 4095])}`,
  (w) =>
    `ip -n r link set br0 type bridge ${w.pick(["vlan_filtering 1", "vlan_filtering 0", "ageing_time 1000", "stp_state 0", "vlan_default_pvid 20", "priority 4096"])}`,
  (w) =>
    `ip netns exec r bridge vlan ${w.pick(["add", "del"])} vid ${w.pick([1, 10, 20])} dev ${w.pick(["ra", "rb", "br0 self"])} ${w.pick(["", "pvid", "untagged", "pvid untagged"])}`,
  (w) =>
    `ip netns exec r bridge fdb ${w.pick(["add", "del", "replace", "append"])} 02:00:00:00:00:ee dev ${w.pick(["ra", "rb", "br0"])} ${w.pick(["master", "self", "master static", "master vlan 10", "master dynamic"])}`,
  () => "ip netns exec r bridge fdb show | sort",
  (w) =>
    `ip netns exec r bridge link set dev ${w.pick(["ra", "rb"])} ${w.pick(["hairpin on", "learning off", "flood off", "isolated on", "state 0", "cost 9", "priority 5"])}`,
  (w) =>
    `ip -n ${ns(w)} addr ${w.pick(["add", "add", "del", "replace"])} ${prefix(w)} ${w.pick(["", "", "brd +", "scope link", "noprefixroute", "metric 50"])} dev ${dev(w)}`,
  (w) => `ip -n ${ns(w)} addr flush dev ${dev(w)}`,
  (w) =>
    `ip -n ${ns(w)} route ${w.pick(["add", "add", "append", "replace", "del", "change", "prepend"])} ${network(w)} ${w.pick([`dev ${dev(w)}`, `via ${address(w)}`, `via ${address(w)} dev ${dev(w)}`, `dev ${dev(w)} metric 5`, `dev ${dev(w)} src ${address(w)}`, `via ${address(w)} onlink dev ${dev(w)}`])}`,
  (w) =>
    `ip -n ${ns(w)} route ${w.pick(["add", "del"])} ${w.pick(["unreachable", "blackhole", "prohibit", "throw"])} ${network(w)}`,
  (w) =>
    `ip -n ${ns(w)} route add ${network(w)} nexthop via ${address(w)} weight 2 nexthop via ${address(w)}`,
  (w) =>
    `ip -n ${ns(w)} route get ${address(w)} ${w.pick(["", `from ${address(w)}`, `oif ${dev(w)}`, `from ${address(w)} iif ${dev(w)}`, "mark 1", "fibmatch"])}`,
  (w) =>
    `ip -n ${ns(w)} rule ${w.pick(["add", "del"])} ${w.pick([`from ${address(w)} lookup 100`, "fwmark 1 lookup 100", `to ${network(w).replace("default", "all")} prohibit`, `iif ${dev(w)} table main prio 100`])}; ip -n ${ns(w)} rule`,
  (w) =>
    `ip -n ${ns(w)} neigh ${w.pick(["add", "replace", "del", "change"])} ${address(w)} ${w.pick([`lladdr ${mac(w)}`, "", `lladdr ${mac(w)} nud stale`])} dev ${dev(w)}`,
  (w) => `ip -n ${ns(w)} neigh flush all; ip -n ${ns(w)} neigh`,
  (w) =>
    `ip netns exec ${ns(w)} sysctl -w net.ipv4.conf.${w.pick(["all", "default", "va", "ra", "rb"])}.${w.pick(SYSCTLS)}=${w.pick([0, 1, 2])}`,
  (w) =>
    `ip netns exec ${ns(w)} sysctl net.ipv4.conf.${w.pick(["all", "default", "va", "ra", "d0"])}.${w.pick(SYSCTLS)}`,
  (w) => ping(w),
  (w) => ping(w),
  (w) => ping(w),
  (w) =>
    `ip netns exec ${ns(w)} arping -c 1 -w 2 ${w.pick(["", `-I ${dev(w)} `, `-D -I ${dev(w)} `, `-U -I ${dev(w)} `])}${address(w)}`,
  (w) => watchedPing(w),
  (w) =>
    `ip -n ${ns(w)} ${w.pick(["link", "-br link", "-br addr", "addr", "-4 addr", "-d link show dev va", "route", "-o addr", "-j route", "-j -p link show lo", "maddr show dev lo"])}`,
  (w) =>
    `ip netns exec ${ns(w)} ${w.pick(["arp -n", "route -n", "ifconfig | grep -v -e packets -e errors", "brctl show", "cat /proc/net/arp"])}`,
  (w) => `ip -n r link set ${w.pick(["ra", "rb"])} netns ${ns(w)}`,
];

function ping(w: World): string {
  const options = w.pick([
    "-c 1",
    "-c 2 -i 0.3",
    "-c 1 -W 1",
    `-c 1 -I ${dev(w)}`,
    "-c 1 -t 1",
    "-c 1 -s 1600 -M do",
    "-c 1 -s 2000",
    `-c 1 -I ${address(w)}`,
  ]);
  return `ip netns exec ${ns(w)} ping ${options} ${address(w)}`;
}

function watchedPing(w: World): string {
  const where = w.pick([
    ["a", "va"],
    ["b", "vb"],
    ["r", "ra"],
    ["r", "rb"],
    ["r", "any"],
  ] as const);
  return [
    `ip netns exec ${where[0]} tcpdump -l -n ${w.pick(["", "-e", "-v", "-t"])} -i ${where[1]} arp or icmp > /tmp/dump 2>/dev/null & sleep 0.8`,
    `ip netns exec ${w.pick(["a", "b", "r"])} ping -c 1 ${address(w)} > /dev/null`,
    "sleep 0.5; pkill tcpdump; wait; cat /tmp/dump",
  ].join("; ");
}
