// Frames on the way: pings, probes, and what a capture sees of them.

import { programs } from "../../../simulator/commands/programs.ts";
import {
  type Action,
  address,
  address6,
  device,
  inside,
  ipAt,
  LETTERS,
  letter,
  type World,
} from "../world.ts";

function ping(w: World): string {
  const options = w.pick([
    "-c 1",
    "-c 1",
    "-c 2 -i 0.3",
    "-c 1 -W 1",
    `-c 1 -I ${device(w)}`,
    "-c 1 -t 1",
    "-c 1 -t 2",
    "-c 1 -s 1600 -M do",
    "-c 1 -s 2000",
    "-c 1 -s 1400 -M do",
    "-c 1 -s 0",
    "-c 2 -i 0.2 -q",
    "-c 1 -p ff",
    "-c 1 -n",
    "-c 3 -i 0.2 -W 1",
    "-c 1 -b",
    "-w 2",
    "-c 1 -r",
    "-c 1 -m 1",
    "-D -q -c 1",
    "-c 1 -v",
    `-c 1 -I ${address(w)}`,
  ]);
  return `${inside(w, letter(w))}ping ${options} ${address(w)}`;
}

function ping6(w: World): string {
  if (!w.ipv6) return ping(w);
  const options = w.pick([
    "-c 1",
    "-c 1",
    "-c 2 -i 0.3",
    "-c 1 -W 1",
    "-c 1 -t 1",
    `-c 1 -I ${device(w)}`,
    "-c 1 -s 1600",
    "-c 1 -s 1600 -M do",
  ]);
  const target = w.pick([
    address6(w),
    address6(w),
    address6(w),
    "fe80::ff:fe00:10a%va",
    "fe80::ff:fe00:b%rb",
    "ff02::1%va",
    "::1",
  ]);
  return `${inside(w, letter(w))}ping ${options} ${target}`;
}

function arping(w: World): string {
  const [where, dev] = w.pick([
    ["a", "va"],
    ["b", "vb"],
    ["r", "ra"],
    ["r", "rb"],
    ["r", "br0"],
    ["a", "lo"],
    ["a", "nix"],
  ] as const);
  return `${inside(w, where)}arping -c 1 -w 2 ${w.pick(["", "-D ", "-U ", "-A ", "-q ", "-b ", "-f ", `-s ${address(w)} `])}-I ${dev} ${address(w)}; ${ipAt(w, "b")} neigh`;
}

function watchedPing(w: World): string {
  const [where, dev] = w.pick([
    ["a", "va"],
    ["b", "vb"],
    ["r", "ra"],
    ["r", "rb"],
    ["r", "any"],
  ] as const);
  return [
    // A probe of what was resolved 5 s ago would come by chance.
    LETTERS.map((each) => `${ipAt(w, each)} neigh flush all`).join("; "),
    `${inside(w, where)}tcpdump -l -n ${w.pick(["", "-e", "-v", "-t", "-q", "-vv -e", "-t -e"])} -i ${dev} ${w.pick(["arp or icmp", "arp", "icmp", "not ip6 and not igmp", "host 10.0.1.1 and not igmp"])} > /tmp/dump 2>/dev/null & sleep 0.8`,
    `${inside(w, letter(w))}ping -c 1 ${w.pick(["", "-t 1 ", "-s 1600 "])}${address(w)} > /dev/null`,
    "sleep 0.5; pkill tcpdump; wait; cat /tmp/dump",
  ].join("; ");
}

/** What was written to a file is read again, in other forms and through filters. */
function savedPing(w: World): string {
  const [where, dev] = w.pick([
    ["a", "va"],
    ["b", "vb"],
    ["r", "ra"],
    ["r", "any"],
  ] as const);
  const filters = [
    ...["arp", "icmp", "icmp[icmptype] == 8", "host 10.0.1.1", "ether src 02:00:00:00:00:0a"],
    ...["vlan", "vlan 10", "vlan and arp", "broadcast", "ether broadcast", "not arp and ip"],
    ...["src net 10.0.1.0/24", "arp[6:2] = 1", "ip[8] < 64", "greater 100", "dst host 10.0.2.1"],
    ...["inbound", "ip and not port 53", "icmp or arp", "ether proto 0x0806", "", "len > 60"],
    ...["ip proto 1", "ip[6:2] & 0x1fff != 0", "ether[0] & 1 = 1", "arp host 10.0.1.2", "nix"],
  ];
  const options = ["-n", "-ne", "-nt", "-nv", "-nq", "-nx", "-nX", "-nXX", "-n -c 1", "-n#", "-nS"];
  const read = () => `tcpdump -r /tmp/saved ${w.pick(options)} -t '${w.pick(filters)}'`;
  return [
    LETTERS.map((each) => `${ipAt(w, each)} neigh flush all`).join("; "),
    `${inside(w, where)}tcpdump -U -i ${dev} -w /tmp/saved ${w.pick(["", "-s 60", "-c 3"])} 'not ip6 and not igmp' > /dev/null 2>&1 & sleep 0.8`,
    `${inside(w, letter(w))}ping -c 1 ${w.pick(["", "-s 1600 ", "-p abcd "])}${address(w)} > /dev/null`,
    `sleep 0.5; pkill tcpdump; wait; ${read()} | sed 's/id [0-9][0-9]*, off/id N, off/; /0x00[01]0:/d'; ${read()} 2>&1 | grep -v 0x00`,
  ].join("; ");
}

/** A ping, and what it left in the neighbour and forwarding tables. */
function traced(w: World): string {
  const where = letter(w);
  return `${inside(w, where)}ping -c 1 -W 1 ${address(w)} > /dev/null; ${w.pick([`${ipAt(w, letter(w))} neigh`, `${inside(w, "r")}bridge fdb show br br0 dynamic | sort`, `${ipAt(w, where)} route get ${address(w)}`, `${inside(w, letter(w))}arp -n`])}`;
}

/** Traffic. */
export const trafficActions: readonly Action[] = [
  ping,
  ping,
  ping,
  ping6,
  traced,
  ...(programs.has("arping") ? [arping] : []),
  ...(programs.has("tcpdump") ? [watchedPing, watchedPing, savedPing] : []),
];
