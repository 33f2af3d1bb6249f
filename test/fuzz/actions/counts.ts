// What devices and the kernel have counted. Counts are compared where nothing comes by chance, else
// only the words around them are.

import {
  type Action,
  address,
  inside,
  ipAt,
  LETTERS,
  letter,
  place,
  type World,
} from "../world.ts";

/** Hides numbers unless they are the same in every run. */
const hidden = (w: World) => (w.steady ? "" : ' | sed "s/[0-9][0-9]*/N/g; s/  */ /g"');

/** Everybody is asked for anew, so that what a ping costs does not depend on what was before. */
const forget = (w: World) => LETTERS.map((each) => `${ipAt(w, each)} neigh flush all`).join("; ");

function countedPing(w: World): string {
  if (!w.steady) return statistics(w);
  const [where, dev] = place(w);
  return `${forget(w)} 2>/dev/null; ${inside(w, letter(w))}ping -c 2 -i 0.2 -W 1 ${w.pick(["", "-s 3000 ", "-b ", "-t 1 "])}${address(w)} > /dev/null 2>&1; sleep 3; ${ipAt(w, where)} -s link show ${dev}`;
}

function statistics(w: World): string {
  const [where, dev] = place(w);
  const form = w.pick(["-s", "-s -s", "-s -d", "-s -j", "-s -d -j", "-s -h", "-s -j -p", "-s -o"]);
  const show = w.pick([`link show ${dev}`, "link", `addr show ${dev}`, "link show type veth"]);
  return `${ipAt(w, where)} ${form} ${show}${hidden(w)}`;
}

/** Counts. */
export const countActions: readonly Action[] = [
  countedPing,
  countedPing,
  statistics,
  (w) => {
    const [where, dev] = place(w);
    return `${inside(w, where)}${w.pick([`ifconfig ${dev}`, "ifconfig -s", "ifconfig", "cat /proc/net/dev", `cat /sys/class/net/${dev}/statistics/rx_packets`])}${hidden(w)}`;
  },
  (w) => {
    return `${inside(w, letter(w))}${w.pick(["grep ^Icmp: /proc/net/snmp", "grep ^Ip: /proc/net/snmp", "grep ^IcmpMsg: /proc/net/snmp"])}${hidden(w)}`;
  },
];
