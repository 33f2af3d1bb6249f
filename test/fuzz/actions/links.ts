// Devices made, changed, moved and deleted.

import { type Action, device, inside, ipAt, letter, mac, place } from "../world.ts";

const SETTINGS = [
  "mtu 1400",
  "mtu 1500",
  "mtu 40",
  "mtu 1280",
  "mtu 9000",
  "arp off",
  "arp on",
  "alias x",
  'alias ""',
  "promisc on",
  "promisc off",
  "txqueuelen 5",
  "multicast off",
  "allmulticast on",
  "group 7",
  "name nix",
  "name vx",
  "dynamic on",
  "trailers on",
  "carrier off",
  "addrgenmode none",
  "protodown on",
  "numtxqueues 2",
  "gso_max_size 1000",
  "altname other",
];

/** Links. */
export const linkActions: readonly Action[] = [
  (w) => {
    const [where, dev] = place(w);
    return `${ipAt(w, where)} link set ${dev} ${w.pick(["up", "down", "up"])}; sleep 2.2`;
  },
  (w) => {
    const [where, dev] = place(w);
    return `${ipAt(w, where)} link set ${dev} down; sleep 2.2; ${ipAt(w, where)} link set ${dev} up; sleep 2.2`;
  },
  (w) => {
    const [where, dev] = place(w);
    return `${ipAt(w, where)} link set ${dev} ${w.pick(SETTINGS)}`;
  },
  (w) => {
    const [where, dev] = place(w);
    return `${ipAt(w, where)} link set dev ${dev} address ${mac(w)}`;
  },
  (w) => {
    const [where, dev] = place(w);
    return `${ipAt(w, where)} link set ${dev} ${w.pick(["nomaster", "master br0", "master nix", "master lo"])}; sleep 2.2`;
  },
  (w) =>
    `${ipAt(w, letter(w))} link del ${w.pick(["d0", "va.10", "rb.20", "br0", "nix", "lo", "vb.10"])}; sleep 2.2`,
  (w) =>
    `${ipAt(w, letter(w))} link add d0 address ${mac(w)} type ${w.pick(["dummy", "bridge", "veth peer name d1 address 02:00:00:00:00:d1", "bridge vlan_filtering 1 stp_state 0", "veth peer name d0", "dummy nix"])}`,
  (w) =>
    `${ipAt(w, letter(w))} link add d0 address ${mac(w)} ${w.pick(["mtu 1400 type dummy", "up type dummy", "numtxqueues 4 type dummy", "txqueuelen 7 type bridge", "index 77 type dummy", "type dummy group 5"])}`,
  (w) => {
    const [where, dev] = place(w);
    return `${ipAt(w, where)} link add link ${dev} name ${w.pick(["va.10", "rb.20"])} type vlan id ${w.pick([10, 20, 10, 4095])}; ${ipAt(w, where)} link set ${w.pick(["va.10", "rb.20"])} up; sleep 2.2`;
  },
  (w) => {
    const [where, dev] = place(w);
    return `${ipAt(w, where)} link add link ${dev} name d0 address ${mac(w)} type macvlan${w.pick(["", " mode bridge", " mode private", " mode vepa"])}; ${ipAt(w, where)} link set d0 up; sleep 2.2`;
  },
  (w) => {
    const [where, dev] = place(w);
    return `${ipAt(w, where)} link set ${dev} netns ${letter(w)}; sleep 2.2`;
  },
  (w) => `${ipAt(w, letter(w))} link set ${device(w)} netns 1; sleep 2.2`,
  (w) => `ip netns del ${letter(w)}; ip netns; sleep 2.2`,
  (w) => `ip netns add ${w.pick(["a", "c", "c"])}; ip netns list`,
  (w) =>
    `ip -n c link set lo up; ip netns exec c ip addr; ip netns ${w.pick(["id", "set a 5; ip netns", "identify $$", "pids a"])}`,
  (w) => {
    const [where, dev] = place(w);
    return `${inside(w, where)}ifconfig ${dev} ${w.pick(["up", "down", "mtu 1400", "promisc", "-arp", "hw ether 02:00:00:00:00:cc", "10.0.1.3 netmask 255.255.255.0", "10.0.2.9/24", "0", "add 10.0.1.7", "multicast", "netmask 255.255.0.0", "broadcast 10.0.1.255"])}; sleep 2.2`;
  },
];
