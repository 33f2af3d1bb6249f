// The networks that a case begins with: two hosts a and b and what connects them, set up mostly as a
// person would.
// MACs are given, because Linux's own would be random.

import { inside, ipAt, LETTERS, type Letter, type World } from "./world.ts";

/** Namespaces, with IPv6 off unless the case speaks it. */
export function preparation(world: World): string[] {
  const six = world.ipv6 ? "0" : "1";
  const off = `net.ipv6.conf.all.disable_ipv6=${six} net.ipv6.conf.default.disable_ipv6=${six}${world.ipv6 ? " net.ipv6.conf.all.router_solicitations=0 net.ipv6.conf.default.router_solicitations=0" : ""}${world.steady ? " net.ipv4.neigh.default.base_reachable_time_ms=600000 net.ipv4.neigh.default.delay_first_probe_time=600" : ""}`;
  const names = LETTERS.filter((each) => each !== "r" || !world.rootIsRouter).join(" ");
  return [
    `sysctl -qw ${off}`,
    `for n in ${names}; do ip netns add $n; ip netns exec $n sysctl -qw ${off}; ip -n $n link set lo up; done`,
  ];
}

/** The devices and addresses of a case. */
export function topology(world: World): string[] {
  const at = (where: Letter) => ipAt(world, where);
  const inRouter = world.rootIsRouter ? "" : " netns r";
  const cables = [
    `ip link add va address 02:00:00:00:00:0a netns a type veth peer name ra address 02:00:00:00:01:0a${inRouter}`,
    `ip link add vb address 02:00:00:00:00:0b netns b type veth peer name rb address 02:00:00:00:01:0b${inRouter}`,
  ];
  const host = (where: "a" | "b", network: number, last: number) =>
    [
      `${at(where)} addr add 10.0.${network}.${last}/24 dev v${where}`,
      ...(world.ipv6
        ? [`${at(where)} addr add 2001:db8:${network}::${last}/64 dev v${where}`]
        : []),
      `${at(where)} link set v${where} up`,
    ].join("; ");
  // Once a second the kernel looks at carriers that are not urgent: what comes within that second
  // depends on how fast the machine is.
  cables.push("sleep 2.2");
  const build = world.pick([
    ...[routed, routed, bridged, bridged, vlans, vlans, stick],
    ...[chain, proxied, macvlans, looseEnds],
  ]);
  return [...cables, ...build(world, host), world.ipv6 ? "sleep 4" : "sleep 2"];
}

type Host = (where: "a" | "b", network: number, last: number) => string;

function routed(world: World, host: Host): string[] {
  const r = ipAt(world, "r");
  const exec = inside(world, "r");
  return [
    host("a", 1, 1),
    host("b", 2, 1),
    `${r} addr add 10.0.1.4/24 dev ra; ${r} link set ra up; sleep 2.2`,
    `${r} addr add 10.0.2.4/24 dev rb; ${r} link set rb up`,
    "ip -n a route add default via 10.0.1.4; ip -n b route add default via 10.0.2.4",
    world.pick([`${exec}sysctl -w net.ipv4.ip_forward=1`, "true"]),
    ...(world.ipv6
      ? [
          `${r} addr add 2001:db8:1::4/64 dev ra; ${r} addr add 2001:db8:2::4/64 dev rb`,
          "ip -n a route add default via 2001:db8:1::4; ip -n b route add default via 2001:db8:2::4",
          world.pick([`${exec}sysctl -w net.ipv6.conf.all.forwarding=1`, "true"]),
        ]
      : []),
  ];
}

function bridged(world: World, host: Host): string[] {
  const r = ipAt(world, "r");
  return [
    host("a", 1, 1),
    host("b", 1, 2),
    `${r} link add br0 address 02:00:00:00:01:00 type bridge; ${r} link set br0 up; sleep 2.2`,
    `${r} link set ra up master br0; sleep 2.2; ${r} link set rb up master br0`,
    world.pick([`${r} addr add 10.0.1.3/24 dev br0`, "true"]),
  ];
}

/** A VLAN-aware bridge; b sits behind a tag, or does not. */
function vlans(world: World, host: Host): string[] {
  const r = ipAt(world, "r");
  const exec = inside(world, "r");
  const tagged = world.pick([true, false]);
  return [
    host("a", 1, 1),
    tagged
      ? "ip -n b link set vb up; ip -n b link add link vb name vb.10 type vlan id 10; ip -n b addr add 10.0.1.2/24 dev vb.10; ip -n b link set vb.10 up"
      : host("b", 1, 2),
    `${r} link add br0 address 02:00:00:00:01:00 type bridge vlan_filtering 1; ${r} link set br0 up; sleep 2.2`,
    `${r} link set ra up master br0; sleep 2.2; ${r} link set rb up master br0`,
    `${exec}bridge vlan add dev ra vid 10 pvid untagged`,
    `${exec}bridge vlan add dev rb vid 10 ${tagged ? "" : "pvid untagged"}`,
    world.pick([`${exec}bridge vlan del dev ra vid 1`, "true"]),
    world.pick([
      `${exec}bridge vlan add dev br0 vid 10 self; ${r} link add link br0 name br0.10 type vlan id 10; ${r} addr add 10.0.1.3/24 dev br0.10; ${r} link set br0.10 up`,
      "true",
    ]),
  ];
}

/** A router with tagged subinterfaces: va.10 and rb.20 meet those of the actions' pools. */
function stick(world: World, host: Host): string[] {
  const r = ipAt(world, "r");
  return [
    "ip -n a link set va up; ip -n a link add link va name va.10 type vlan id 10; sleep 2.2; ip -n a addr add 10.0.1.1/24 dev va.10; ip -n a link set va.10 up",
    `${r} link set ra up; sleep 2.2; ${r} link add link ra name ra.10 type vlan id 10; ${r} addr add 10.0.1.4/24 dev ra.10; ${r} link set ra.10 up`,
    host("b", 2, 1),
    `${r} addr add 10.0.2.4/24 dev rb; ${r} link set rb up`,
    "ip -n a route add default via 10.0.1.4; ip -n b route add default via 10.0.2.4",
    `${inside(world, "r")}sysctl -w net.ipv4.conf.all.forwarding=1`,
  ];
}

/** A second router s behind r: three hops from a to b. */
function chain(world: World, host: Host): string[] {
  const r = ipAt(world, "r");
  const exec = inside(world, "r");
  return [
    "ip netns add s; ip netns exec s sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 net.ipv4.ip_forward=1; ip -n s link set lo up",
    `${r} link set rb netns s; ${r} link add rs address 02:00:00:00:01:05 type veth peer name sr netns s address 02:00:00:00:01:15; sleep 2.2`,
    host("a", 1, 1),
    host("b", 2, 1),
    `${r} addr add 10.0.1.4/24 dev ra; ${r} link set ra up; ${r} addr add 172.16.5.1/24 dev rs; ${r} link set rs up; sleep 2.2`,
    "ip -n s addr add 10.0.2.4/24 dev rb; ip -n s link set rb up; ip -n s addr add 172.16.5.2/24 dev sr; ip -n s link set sr up; sleep 2.2",
    `ip -n a route add default via 10.0.1.4; ip -n b route add default via 10.0.2.4; ${r} route add 10.0.2.0/24 via 172.16.5.2; ip -n s route add 10.0.1.0/24 via 172.16.5.1`,
    world.pick([`${exec}sysctl -w net.ipv4.ip_forward=1`, "true"]),
  ];
}

/** Hosts that believe in one large network; the router answers for those beyond it. */
function proxied(world: World): string[] {
  const r = ipAt(world, "r");
  const exec = inside(world, "r");
  return [
    "ip -n a addr add 10.0.1.1/16 dev va; ip -n a link set va up; ip -n b addr add 10.0.2.1/16 dev vb; ip -n b link set vb up",
    `${r} addr add 10.0.1.4/24 dev ra; ${r} link set ra up; sleep 2.2; ${r} addr add 10.0.2.4/24 dev rb; ${r} link set rb up`,
    `${exec}sysctl -w net.ipv4.ip_forward=1 net.ipv4.conf.${world.pick(["all", "all", "ra"])}.proxy_arp=1`,
    `${exec}sysctl -w net.ipv4.neigh.ra.proxy_delay=0 net.ipv4.neigh.rb.proxy_delay=0`,
  ];
}

/** A bridge, and behind one of its ports a macvlan in another namespace. */
function macvlans(world: World, host: Host): string[] {
  const mode = world.pick(["bridge", "bridge", "vepa", "private"]);
  return [
    ...bridged(world, host),
    `ip netns add c; ip -n c link set lo up; ip netns exec c sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1`,
    `ip -n a link add link va name mv0 address 02:00:00:00:00:0c netns c type macvlan mode ${mode}; sleep 2.2; ip -n c addr add 10.0.1.4/24 dev mv0; ip -n c link set mv0 up; sleep 2.2`,
    `ip netns exec c ping -c 1 -W 1 10.0.1.2; ip netns exec c ping -c 1 -W 1 10.0.1.1; ip -n c -d link show mv0; ip -n a -d link show va`,
  ];
}

/** Nothing but devices: what the actions make of them. */
function looseEnds(world: World): string[] {
  const r = ipAt(world, "r");
  return [
    `${r} link add br0 address 02:00:00:00:01:00 type bridge ${world.pick(["", "vlan_filtering 1", "vlan_default_pvid 0"])}; ${r} link add d0 address 02:00:00:00:01:d0 type dummy; sleep 2.2`,
    "ip -n a link set va up; ip -n b addr add 10.0.1.2/24 dev vb",
  ];
}
