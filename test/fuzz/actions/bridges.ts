// Bridges: their switches, ports, VLANs and forwarding tables.

import { type Action, inside, ipAt, type World } from "../world.ts";

const bridge = (w: World) => `${inside(w, "r")}bridge`;
const port = (w: World) => w.pick(["ra", "rb", "ra", "rb", "br0", "nix"]);

/** Bridges. */
export const bridgeActions: readonly Action[] = [
  (w) =>
    `${ipAt(w, "r")} link set br0 type bridge ${w.pick(["vlan_filtering 1", "vlan_filtering 1", "vlan_filtering 0", "ageing_time 1000", "stp_state 0", "vlan_default_pvid 20", "vlan_default_pvid 0", "priority 4096", "mcast_snooping 0", "group_fwd_mask 8", "nf_call_iptables 1", "forward_delay 400", "vlan_stats_enabled 1", "no_linklocal_learn 1", "fdb_flush", "ageing_time 1", "vlan_protocol 802.1ad"])}`,
  (w) =>
    `${bridge(w)} vlan ${w.pick(["add", "add", "del"])} vid ${w.pick([1, 10, 20, "10-12", 4095])} dev ${w.pick(["ra", "rb", "br0 self", "nix"])} ${w.pick(["", "pvid", "untagged", "pvid untagged", "master"])}`,
  (w) =>
    `${bridge(w)} fdb ${w.pick(["add", "add", "del", "replace", "append"])} ${w.pick(["02:00:00:00:00:ee", "02:00:00:00:00:0a", "01:00:5e:00:00:05"])} dev ${port(w)} ${w.pick(["master", "self", "master static", "master vlan 10", "master dynamic", "", "local", "master sticky static", "self vlan 10", "master extern_learn"])}`,
  (w) =>
    `${bridge(w)} fdb show ${w.pick(["", "br br0", `dev ${port(w)}`, `brport ${port(w)}`, "br br0 vlan 10", "dynamic", "state static"])} | sort`,
  (w) => `${bridge(w)} -s fdb show dynamic | sort | sed "s/used [0-9]*.[0-9]*//"`,
  (w) =>
    `${bridge(w)} link set dev ${port(w)} ${w.pick(["hairpin on", "learning off", "flood off", "isolated on", "isolated on", "state 0", "cost 9", "priority 5", "bcast_flood off", "mcast_flood off", "neigh_suppress on", "guard on", "root_block on", "locked on", "fastleave on", "state disabled", "priority 99", "state 3", "proxy_arp on", "mcast_to_unicast on"])}`,
  (w) =>
    `${ipAt(w, "r")} link set ${port(w)} type bridge_slave ${w.pick(["hairpin on", "cost 7", "state 2", "isolated on", "fdb_flush", "learning off", "priority 3"])}`,
  (w) =>
    `${bridge(w)} ${w.pick(["link", "-d link", "-j link", "link show dev ra", "vlan", "-c vlan", "-j vlan", "vlan show dev rb", "-d vlan", "-s vlan show dev ra", "-j fdb show dev br0", "mdb | sort", "-p -j vlan", "fdb get 02:00:00:00:00:0a br br0", "fdb get 02:00:00:00:00:ee dev ra"])}`,
  (w) =>
    `${inside(w, "r")}brctl ${w.pick(["show", "show br0", "addif br0 ra", "delif br0 rb", "addbr d0", "delbr br0", "delbr d0", "showmacs br0 | sed 's/[0-9.]*$//' | sort", "stp br0 off", "setfd br0 4", "setageing br0 100", "hairpin br0 ra on", "setpathcost br0 ra 7", "setportprio br0 rb 5", "setbridgeprio br0 100", "addif br0 nix", "show nix"])}; sleep 1.2`,
  (w) =>
    `${bridge(w)} ${w.pick(["fdb flush dev br0", "fdb flush dev ra", "fdb flush dev br0 vlan 10", "vlan set vid 10 dev ra state blocking", "vlan set vid 1 dev rb state forwarding", "mdb add dev br0 port ra grp 239.1.1.1", "mdb add dev br0 port ra grp 239.1.1.1 permanent", "mdb del dev br0 port ra grp 239.1.1.1", "mdb add dev br0 port rb grp 239.1.1.2 vid 10", "vlan add vid 30-32 dev ra", "vlan del vid 30-31 dev ra", "vlan add vid 10-12 dev rb pvid", "vlan add vid 40 dev br0 self pvid", "vlan add vid 40 dev br0"])}; ${bridge(w)} ${w.pick(["mdb | sort", "vlan", "fdb show br br0 | sort"])}`,
];
