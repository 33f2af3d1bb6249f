// Listings in all their forms.

import { type Action, address, device, inside, ipAt, letter, place } from "../world.ts";

/** Listings. */
export const showActions: readonly Action[] = [
  (w) =>
    `${ipAt(w, letter(w))} ${w.pick(["link", "-br link", "-br addr", "addr", "-4 addr", "-o addr", "-o link", "route", "-j route", "-p -j addr", "-j link", "-d addr", "-br -4 a", "-j -br a", "-d -j link", "maddr", "-o -4 route", "-c=always addr", "-N route", "-d route", "-h"])}`,
  (w) => {
    const [where, dev] = place(w);
    return `${ipAt(w, where)} ${w.pick(["link show", "addr show dev", "-d link show", "-j -p link show", "link show master", "addr show up dev", "-br addr show", "maddr show dev", "route list dev", "-j -p addr show", "-j neigh show dev", "netconf show dev", "-o -d link show dev", "neigh show dev", "link show type bridge", "link show"])} ${dev}`;
  },
  (w) =>
    `${ipAt(w, letter(w))} ${w.pick(["link show up", "link show type veth", "link show type bridge", "addr show scope host", `addr show to ${address(w)}/24`, "addr show permanent", "addr show secondary", "link show group 7", "link show group default", "neigh show nud permanent", "neigh show nud all", `neigh show ${address(w)}`, `neigh get ${address(w)} dev ${device(w)}`, "addr show label va*", "rule show", "-j rule", "-j -p route", "-6 addr", "-6 route", "-6 route show table all", "-6 neigh", "route show table all", "-j neigh", "-s link show lo | grep -v -e '[0-9] *[0-9] *[0-9]'", "netconf", "-details route show table local"])}`,
  (w) =>
    `${inside(w, letter(w))}${w.pick(["arp -n", "arp -an", "arp", "route -n", "route", "route -e", "route -ee -n", "ifconfig | grep -v -e packets -e errors", "ifconfig -a | grep -v -e packets -e errors", "ifconfig -s | cut -c1-12", `ifconfig ${device(w)} | grep -v -e packets -e errors`, `arp -n -i ${device(w)}`, `arp -n ${address(w)}`, "cat /proc/net/arp", "cat /proc/net/route", "ls /sys/class/net", "cat /proc/net/dev | cut -c1-6", "cat /sys/class/net/va/operstate", "cat /sys/class/net/ra/address", "cat /proc/net/vlan/config", "ls /sys/class/net/br0/brif"])}`,
  (w) =>
    `${inside(w, letter(w))}${w.pick([`arp -s ${address(w)} 02:00:00:00:00:aa`, `arp -d ${address(w)}`, `arp -i ${device(w)} -s ${address(w)} 02:00:00:00:00:ab`, `arp -i ${device(w)} -d ${address(w)}`, `arp -Ds ${address(w)} ${device(w)} pub`, "route add default gw 10.0.1.4", "route add -net 10.9.0.0/16 dev va", "route del default", "route add -host 10.0.2.1 gw 10.0.1.3", "route del -net 10.9.0.0/16", "route add -net 10.9.0.0 netmask 255.255.0.0 gw 10.0.2.4 metric 3", "route add -net 10.0.2.0/24 reject", "route add -host 10.0.2.9 dev nix"])}`,
  (w) =>
    `${inside(w, letter(w))}ethtool ${w.pick(["-i ", "-k ", "", "-S "])}${device(w)} | head -8`,
  (w) => {
    const dev = device(w);
    return `${inside(w, letter(w))}cat ${w.pick(["/proc/net/if_inet6", "/proc/net/igmp | grep -v 00000000", "/proc/net/dev_mcast", "/proc/net/vlan/config", `/proc/net/vlan/${dev} | grep -v -e total -e Rcvd`, "/proc/net/route", "/proc/net/arp", "/proc/net/packet | cut -c1-2", `/sys/class/net/${dev}/mtu`, `/sys/class/net/${dev}/carrier`, `/sys/class/net/${dev}/flags`, `/sys/class/net/${dev}/ifindex`, `/sys/class/net/${dev}/iflink`, `/sys/class/net/${dev}/tx_queue_len`, `/sys/class/net/${dev}/brport/state`, `/sys/class/net/${dev}/bridge/vlan_filtering`, `/sys/class/net/${dev}/address`, `/sys/class/net/${dev}/type`, `/sys/class/net/${dev}/speed`, `/sys/class/net/${dev}/operstate`, "/proc/net/tcp", "/proc/net/ipv6_route | wc -l"])}`;
  },
  (w) =>
    `${inside(w, "r")}bridge ${w.pick(["-d -j link", "-s link", "-d -j vlan", "-s vlan", "-j -p vlan", "-p -j link", "vlan tunnelshow", "vlan global show", "-d mdb | sort", "-d fdb show br br0 | sort", "fdb show dynamic | sort", "-d -p -j link show dev ra", "-s -d link show dev rb", "-o link", "-n a link", "vlan show vid 10", "-c=never vlan", "vlan show dev br0", "-j vlan show vid 1", "fdb get 02:00:00:00:00:0b br br0 vlan 10", "fdb show brport ra state permanent | sort", "link show master br0"])}`,
  (w) =>
    `ip -all netns exec ${w.pick(["ip -br addr", "ip -br link", "ip route", "true", "ip neigh", "nix"])}; ip -all -br link; ${ipAt(w, letter(w))} -s ${w.pick(["route", "rule", "-j rule", "neigh | cut -d' ' -f1-4", "-j -p netns"])}`,
  (w) =>
    `${inside(w, letter(w))}${w.pick(["ss -tln", "netstat -rn", "ethtool -k lo | head -5", `ethtool -S ${device(w)}`, `ethtool ${device(w)}`, "hostname", "ip netns identify", "ip link show type vlan", "ip link show type macvlan", "ip -d -j link show type vlan", "ip -d link show type dummy", "ip addr show type veth", "ip link ls up type veth", "ip -o -br link show", "ip -4 -o -br addr", "ip -0 addr", "ip -f inet route show", "ip -family inet6 addr", "ip -h -s link show lo | tail -1 | cut -c1-4", "route -A inet6 -n", "route -6 | cut -c1-60", "ifconfig -a -s | cut -c1-14", "arp -e", "arp -v -n", "arp -H ether -n"])}`,
];
