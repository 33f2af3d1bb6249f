// Listings in all their forms.

import { type Action, address, device, inside, ipAt, letter, place } from "../world.ts";

/** Listings. */
export const showActions: readonly Action[] = [
  (w) =>
    `${ipAt(w, letter(w))} ${w.pick(["link", "-br link", "-br addr", "addr", "-4 addr", "-o addr", "-o link", "route", "-j route", "-p -j addr", "-j link", "-d addr", "-br -4 a", "-j -br a", "-d -j link", "maddr", "-o -4 route", "-c=always addr", "-N route", "-d route", "-h"])}`,
  (w) => {
    const [where, dev] = place(w);
    return `${ipAt(w, where)} ${w.pick(["link show", "addr show dev", "-d link show", "-j -p link show", "link show master", "addr show up dev", "-br addr show", "maddr show dev", "route list dev", "-j -p addr show", "-j neigh show dev", "netconf show dev", "-o -d link show dev", "neigh show dev", "link show type bridge", "ntable show dev"])} ${dev}`;
  },
  (w) =>
    `${ipAt(w, letter(w))} ${w.pick(["link show up", "link show type veth", "link show type bridge", "addr show scope host", `addr show to ${address(w)}/24`, "addr show permanent", "addr show secondary", "link show group 7", "link show group default", "neigh show nud permanent", "neigh show nud all", `neigh show ${address(w)}`, `neigh get ${address(w)} dev ${device(w)}`, "addr show label va*", "rule show", "-j rule", "-j -p route", "-6 addr", "-6 route", "-6 route show table all", "-6 neigh", "route show table all", "-j neigh", "-s link show lo | grep -v -e '[0-9] *[0-9] *[0-9]'", "netconf", "-details route show table local"])}`,
  (w) =>
    `${inside(w, letter(w))}${w.pick(["arp -n", "arp -an", "arp", "route -n", "route", "route -e", "route -ee -n", "ifconfig | grep -v -e packets -e errors", "ifconfig -a | grep -v -e packets -e errors", "ifconfig -s | cut -c1-12", `ifconfig ${device(w)} | grep -v -e packets -e errors`, `arp -n -i ${device(w)}`, `arp -n ${address(w)}`, "cat /proc/net/arp", "cat /proc/net/route", "ls /sys/class/net", "cat /proc/net/dev | cut -c1-6", "cat /sys/class/net/va/operstate", "cat /sys/class/net/ra/address", "cat /proc/net/vlan/config", "ls /sys/class/net/br0/brif"])}`,
  (w) =>
    `${inside(w, letter(w))}${w.pick([`arp -s ${address(w)} 02:00:00:00:00:aa`, `arp -d ${address(w)}`, `arp -i ${device(w)} -s ${address(w)} 02:00:00:00:00:ab`, `arp -i ${device(w)} -d ${address(w)}`, `arp -Ds ${address(w)} ${device(w)} pub`, "route add default gw 10.0.1.4", "route add -net 10.9.0.0/16 dev va", "route del default", "route add -host 10.0.2.1 gw 10.0.1.3", "route del -net 10.9.0.0/16", "route add -net 10.9.0.0 netmask 255.255.0.0 gw 10.0.2.4 metric 3", "route add -net 10.0.2.0/24 reject", "route add -host 10.0.2.9 dev nix"])}`,
  (w) =>
    `${inside(w, letter(w))}ethtool ${w.pick(["-i ", "-k ", "", "-S "])}${device(w)} | head -8`,
];
