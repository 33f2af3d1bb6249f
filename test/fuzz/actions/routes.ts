// Routes, rules, neighbours and the switches of IPv4 and IPv6.

import {
  type Action,
  address,
  address6,
  device,
  inside,
  ipAt,
  letter,
  mac,
  network,
  network6,
  place,
  type World,
} from "../world.ts";

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
  "accept_redirects",
  "shared_media",
  "secure_redirects",
  "ignore_routes_with_linkdown",
  "promote_secondaries",
  "arp_notify",
  "drop_gratuitous_arp",
  "log_martians",
  "proxy_arp_pvlan",
  "accept_source_route",
];
const SYSCTLS6 = [
  "forwarding",
  "accept_ra",
  "disable_ipv6",
  "keep_addr_on_down",
  "accept_dad",
  "dad_transmits",
  "hop_limit",
  "mtu",
  "autoconf",
  "proxy_ndp",
  "addr_gen_mode",
];
const NETWORK_SYSCTLS = [
  "net.ipv4.ip_forward",
  "net.ipv4.icmp_echo_ignore_all",
  "net.ipv4.icmp_echo_ignore_broadcasts",
  "net.ipv4.icmp_ratelimit",
  "net.ipv4.ip_default_ttl",
  "net.ipv4.ip_nonlocal_bind",
  "net.ipv4.fib_multipath_hash_policy",
  "net.ipv4.fib_multipath_use_neigh",
  "net.ipv4.ping_group_range",
  "net.ipv4.icmp_errors_use_inbound_ifaddr",
  "net.ipv4.neigh.default.gc_stale_time",
  "net.ipv4.neigh.default.base_reachable_time_ms",
  "net.ipv4.neigh.va.ucast_solicit",
  "net.ipv4.neigh.va.mcast_solicit",
];

const verb = (w: World) =>
  w.pick(["add", "add", "add", "append", "replace", "del", "change", "prepend"]);

/** Routes and what belongs to them. */
export const routeActions: readonly Action[] = [
  (w) => {
    const [where, dev] = place(w);
    return `${ipAt(w, where)} route ${verb(w)} ${network(w)} ${w.pick([`dev ${dev}`, `via ${address(w)}`, `via ${address(w)} dev ${dev}`, `dev ${dev} metric 5`, `dev ${dev} src ${address(w)}`, `via ${address(w)} onlink dev ${dev}`, `dev ${dev} scope host`, `via ${address(w)} mtu 1400`, `via ${address(w)} mtu lock 1300 advmss 900`, `dev ${dev} table 100`, `via ${address(w)} proto static table 7`, `dev ${dev} tos 4`, `via ${address(w)} metric 7 initcwnd 4`])}`;
  },
  (w) =>
    `${ipAt(w, letter(w))} route ${verb(w)} ${w.pick(["unreachable", "blackhole", "prohibit", "throw", "local", "broadcast", "multicast"])} ${network(w)}${w.pick(["", "", " table 100", " metric 9", ` dev ${device(w)}`])}`,
  (w) =>
    `${ipAt(w, letter(w))} route ${verb(w)} ${network(w)} nexthop via ${address(w)} weight 2 nexthop via ${address(w)}${w.pick(["", " dev ra", " dev va onlink"])}`,
  (w) =>
    `${ipAt(w, letter(w))} route get ${address(w)} ${w.pick(["", "", `from ${address(w)}`, `oif ${device(w)}`, `from ${address(w)} iif ${device(w)}`, "mark 1", "fibmatch", `iif ${device(w)}`, "tos 4", "connected", "ipproto icmp", "uid 0"])}`,
  (w) =>
    `${ipAt(w, letter(w))} route ${w.pick(["show", "list", "flush"])} ${w.pick([network(w), `dev ${device(w)}`, `via ${address(w)}`, "table 100", "table local", "proto static", "type unreachable", `match ${address(w)}`, `root ${network(w)}`, `exact ${network(w)}`, "scope link", `src ${address(w)}`, "cache"])}`,
  (w) => {
    const [where, dev] = place(w);
    return `${ipAt(w, where)} rule ${w.pick(["add", "add", "add", "del"])} ${w.pick([`from ${address(w)} lookup 100`, "fwmark 1 lookup 100", "fwmark 1/3 table 7 pref 50", `to ${network(w).replace("default", "all")} prohibit`, `iif ${dev} table main prio 100`, `oif ${dev} unreachable`, `from ${network(w)} blackhole pref 200`, "not from 10.0.1.1 lookup 7", "goto 32766 pref 10", "nop pref 20", "tos 4 lookup 7", "ipproto icmp lookup 100", "table main suppress_prefixlength 0", "pref 0", "table local pref 32765"])}; ${ipAt(w, where)} rule`;
  },
  (w) => `${ipAt(w, letter(w))} rule flush; ${ipAt(w, letter(w))} rule`,
  (w) => {
    const [where, dev] = place(w);
    return `${ipAt(w, where)} neigh ${w.pick(["add", "add", "replace", "del", "change"])} ${address(w)} ${w.pick([`lladdr ${mac(w)}`, "", `lladdr ${mac(w)} nud stale`, `lladdr ${mac(w)} nud noarp`, "nud failed", `lladdr ${mac(w)} nud permanent`, "router", `lladdr ${mac(w)} extern_learn`])} dev ${dev}`;
  },
  (w) => {
    const [where, dev] = place(w);
    return `${ipAt(w, where)} neigh ${w.pick(["add", "del"])} proxy ${address(w)} dev ${dev}; ${ipAt(w, where)} neigh show proxy`;
  },
  (w) => {
    const where = letter(w);
    return `${ipAt(w, where)} neigh flush ${w.pick(["all", `dev ${device(w)}`, address(w), "nud stale"])}; ${ipAt(w, where)} neigh`;
  },
  (w) =>
    `${inside(w, letter(w))}sysctl -w net.ipv4.conf.${w.pick(["all", "all", "default", "va", "ra", "rb"])}.${w.pick(SYSCTLS)}=${w.pick([0, 1, 1, 2])}`,
  (w) =>
    `${inside(w, letter(w))}sysctl net.ipv4.conf.${w.pick(["all", "default", "va", "ra", "d0"])}.${w.pick(SYSCTLS)}`,
  (w) => `${inside(w, letter(w))}sysctl ${w.pick(NETWORK_SYSCTLS)}`,
  (w) =>
    w.ipv6
      ? `${inside(w, letter(w))}sysctl -w net.ipv6.conf.${w.pick(["all", "default", "va", "ra", "rb"])}.${w.pick(SYSCTLS6)}=${w.pick([0, 1, 1, 2])}; sleep 2.5`
      : `${inside(w, letter(w))}sysctl -w ${w.pick(NETWORK_SYSCTLS)}=${w.pick([0, 1, 1, 2])}`,
  (w) => {
    const [where, dev] = place(w);
    if (!w.ipv6) return `${ipAt(w, where)} -6 route`;
    return `${ipAt(w, where)} -6 route ${verb(w)} ${network6(w)} ${w.pick([`dev ${dev}`, `via ${address6(w)}`, `via ${address6(w)} dev ${dev}`, `dev ${dev} metric 5`, `dev ${dev} src ${address6(w)}`, `via fe80::ff:fe00:10a dev ${dev}`, `via ${address6(w)} onlink dev ${dev}`, `dev ${dev} table 100`])}`;
  },
  (w) =>
    w.ipv6
      ? `${ipAt(w, letter(w))} -6 route ${verb(w)} ${w.pick(["unreachable", "blackhole", "prohibit", "throw"])} ${network6(w)}`
      : `${ipAt(w, letter(w))} -6 rule`,
  (w) => {
    const where = letter(w);
    return `${ipAt(w, where)} -6 route ${w.pick(["get", "show", "show match", "show root"])} ${address6(w)}`;
  },
  (w) =>
    `${ipAt(w, letter(w))} ${w.pick(["route flush table main", "route flush cache", "route flush root 10.0.0.0/8", `route flush dev ${device(w)}`, "route flush proto static", "route flush scope link", "-6 route flush table main", "-6 route flush table all", "-s route flush 10.9.0.0/16", "-s -s neigh flush all", "-s addr flush to 10.0.2.0/24", "addr flush up", "addr flush scope global", "-4 addr flush label va*", "addr flush primary", "addr flush secondary"])}; ${ipAt(w, letter(w))} route`,
  (w) => {
    const [where, dev] = place(w);
    return `${ipAt(w, where)} ${w.pick(["-j ", "-d ", "-o ", "-p -j ", ""])}route get ${w.pick(["", "", "fibmatch "])}${address(w)}${w.pick(["", ` oif ${dev}`, ` from ${address(w)} iif ${dev}`, ` iif ${dev}`, ` from ${address(w)}`, " tos 0x10", " dport 80 ipproto tcp", " notify"])}`;
  },
  (w) => {
    const [where, dev] = place(w);
    const sysctl = `net.ipv4.conf.${dev === "lo" ? "all" : dev}`.replace(/(\d*)\.(\d+)$/, "$1/$2");
    return `${inside(w, where)}sysctl -w ${sysctl}.${w.pick(["arp_ignore=1", "arp_ignore=2", "arp_ignore=8", "arp_announce=2", "arp_announce=1", "arp_filter=1", "arp_accept=1", "arp_notify=1", "proxy_arp=1", "rp_filter=1", "rp_filter=2", "medium_id=3", "arp_evict_nocarrier=0", "src_valid_mark=1", "route_localnet=1", "bc_forwarding=1", "disable_policy=1"])}; ${inside(w, letter(w))}ping -c 1 -W 1 ${address(w)}`;
  },
  (w) =>
    `${inside(w, letter(w))}sysctl -qw net.ipv6.conf.${w.pick(["all", "default", "va", "ra", "lo"])}.disable_ipv6=1`,
];
