// Things that go on while others happen: pings through a change, monitors, connections.

import { programs } from "../../../simulator/commands/programs.ts";
import { type Action, address, inside, ipAt, letter, place, type World } from "../world.ts";
import { addressActions } from "./addresses.ts";
import { bridgeActions } from "./bridges.ts";
import { linkActions } from "./links.ts";
import { routeActions } from "./routes.ts";

/**
 * A ping that goes on while something is changed and changed back, a second off its beat and off the
 * three seconds after which ARP gives up.
 */
function pingThrough(w: World): string {
  const [where, dev] = place(w);
  const at = ipAt(w, where);
  const [change, back] = w.pick([
    [`${at} link set ${dev} down`, `${at} link set ${dev} up`],
    [`${at} link set ${dev} arp off`, `${at} link set ${dev} arp on`],
    [`${at} link set ${dev} mtu 1280`, `${at} link set ${dev} mtu 1500`],
    [`${at} link set ${dev} nomaster`, `${at} link set ${dev} master br0`],
    [`${at} addr flush dev ${dev}`, `${at} addr add ${address(w)}/24 dev ${dev}`],
    [`${at} route add blackhole 10.0.1.0/25`, `${at} route del blackhole 10.0.1.0/25`],
    [`${at} route add prohibit 10.0.2.0/25`, `${at} route del prohibit 10.0.2.0/25`],
    [`${at} neigh flush all`, `${at} neigh flush all`],
    [
      `${inside(w, where)}sysctl -qw net.ipv4.ip_forward=0`,
      `${inside(w, where)}sysctl -qw net.ipv4.ip_forward=1`,
    ],
    [`${inside(w, where)}sysctl -qw net.ipv4.conf.all.rp_filter=1`, "true"],
    [`${at} link set ${dev} netns a`, `ip -n a link set ${dev} netns b`],
    [
      `${inside(w, "r")}bridge link set dev ra state 0`,
      `${inside(w, "r")}bridge link set dev ra state 3`,
    ],
    [
      `${inside(w, "r")}bridge vlan del dev ra vid 10`,
      `${inside(w, "r")}bridge vlan add dev ra vid 10 pvid untagged`,
    ],
    [
      "ip netns exec a sysctl -qw net.ipv4.icmp_echo_ignore_all=1",
      "ip netns exec a sysctl -qw net.ipv4.icmp_echo_ignore_all=0",
    ],
  ]);
  return `${inside(w, letter(w))}ping -i 2 -c 4 ${address(w)} > /tmp/ping & sleep 1; ${change}; sleep 4; ${back}; wait; cat /tmp/ping`;
}

/** Something is done while `ip monitor` or `bridge monitor` listens. */
function monitored(w: World): string {
  const action = w.pick(w.pick([linkActions, addressActions, routeActions, bridgeActions]))(w);
  const where = letter(w);
  const monitor = w.pick([
    `${ipAt(w, where)} monitor ${w.pick(["link", "address", "route", "link address route", "rule", "netconf", "neigh", "nsid"])}`,
    `${ipAt(w, where)} ${w.pick(["-4", "-o", "-d"])} monitor ${w.pick(["address", "route", "link"])}`,
    `${inside(w, "r")}bridge monitor ${w.pick(["link", "fdb", "mdb", "vlan"])}`,
  ]);
  // What a monitor says of neighbours and groups with IPv6 comes when duplicate address detection does.
  if (w.ipv6) return action;
  return `${monitor} > /tmp/monitor 2>&1 & sleep 0.5; ${action} > /dev/null 2>&1; sleep 2; kill $!; wait; cat /tmp/monitor`;
}

/** A listener of nc and somebody who calls. */
function connection(w: World): string {
  const target = address(w);
  const [listen, call] = w.pick([
    ["-l -p 5000", "-N -w 2"],
    ["-l 5000", "-N -w 2 -v"],
    ["-l -v -n 5000", "-N -n -w 2"],
    ["-u -l 5000", "-u -w 1"],
    ["-l -s 10.0.1.2 5000", "-N -w 2"],
    ["-l 5001", "-v -w 2"],
    ["-l 5000", "-z -v -w 2"],
  ] as const);
  return `(echo answer | timeout 4 ${inside(w, letter(w))}nc ${listen} > /tmp/nc 2>&1; echo listener $? >> /tmp/nc) & sleep 0.5; echo hello | timeout 4 ${inside(w, letter(w))}nc ${call} ${target} 5000; echo caller $?; wait; cat /tmp/nc`;
}

function traceroute(w: World): string {
  return `${inside(w, letter(w))}traceroute ${w.pick(["-n", "-n -I", "-n -q 1", "-n -f 2", "-n -N 1", ""])} -w 1 -m 4 ${address(w)}`;
}

/** What goes on in the background. */
export const backgroundActions: readonly Action[] = [
  pingThrough,
  pingThrough,
  monitored,
  monitored,
  connection,
  ...(programs.has("traceroute") ? [traceroute] : []),
];
