// `netstat -s` of net-tools 2.10: the counters of /proc/net/snmp, netstat and snmp6 in words.
// Policy: -t, -u and -w choose among the groups that have a protocol; the other groups come always.
// Not here: the counters (process/procCounters.ts), the words (netstatWords.ts).

import type { Net } from "../net/core/netNamespace.ts";
import { netstatText, snmp6Text, snmpText } from "../process/procCounters.ts";
import { COUNTER_WORDS } from "./netstatWords.ts";

/** Option letters of the groups that are not always there. */
const LETTERS: Readonly<Record<string, string>> = {
  ...{ Ip: "w", Icmp: "w", Tcp: "t", TcpExt: "t", Udp: "u" },
  ...{ Ip6: "w", Icmp6: "w", Udp6: "u" },
};

/** Headings, by the first counter below them. */
const HISTOGRAMS: Readonly<Record<string, string>> = {
  InDestUnreachs: "ICMP input histogram:",
  OutDestUnreachs: "ICMP output histogram:",
};

/** Counters that nobody is told of. */
const UNSAID = new Set([
  "Ip.DefaultTTL",
  ...["Tcp.RtoAlgorithm", "Tcp.RtoMin", "Tcp.RtoMax", "Tcp.MaxConn"],
]);

type Group = {
  readonly name: string;
  readonly counters: readonly (readonly [name: string, value: string])[];
};

/** The text of -s: of IPv4, or of IPv6, of the protocols whose letters are given (none: all). */
export function countersText(net: Net, six: boolean, letters: string): string {
  const four = [snmpText(net), netstatText(net)].flatMap(groupsInPairs);
  const groups = six
    ? [...groupsOfSix(snmp6Text(net)), ...four.filter(({ name }) => name === "Tcp")]
    : four;
  let deep = false;
  let text = "";
  for (const { name, counters } of groups) {
    const letter = LETTERS[name];
    if (letter !== undefined && letters !== "" && !letters.includes(letter)) continue;
    text += `${name}:\n`;
    // The group of message types has no words of its own, so it stays as deep as the last one was.
    if (name !== "IcmpMsg") deep = false;
    const words = new Map(
      (COUNTER_WORDS[name] ?? "").split("\n").map((line) => {
        const [counter = "", said = ""] = line.split("=");
        return [counter, said] as const;
      }),
    );
    for (const [counter, value] of counters) {
      const heading = name.startsWith("Icmp") ? HISTOGRAMS[counter] : undefined;
      if (heading !== undefined) {
        text += `${deep && six ? "        " : "    "}${heading}\n`;
        deep = true;
      } else if (name === "Icmp" && counter === "OutMsgs") deep = false;
      const said = words.get(counter) ?? `${six ? name : ""}${counter}: #`;
      if ((value === "0" && !said.startsWith("!")) || UNSAID.has(`${name}.${counter}`)) continue;
      text += `${deep ? "        " : "    "}${said.replace("!", "").replace("#", value)}\n`;
    }
  }
  return text;
}

/** A line of names and a line of numbers for each group. */
function groupsInPairs(text: string): Group[] {
  const rows = text.split("\n").map((line) => line.split(/:? /));
  return rows.flatMap(([name = "", ...names], at) => {
    const values = rows[at + 1];
    if (at % 2 === 1 || values === undefined) return [];
    return [
      { name, counters: names.map((each, index) => [each, values[index + 1] ?? ""] as const) },
    ];
  });
}

/** A line for each counter, which opens with the name of its group. */
function groupsOfSix(text: string): Group[] {
  const groups = new Map<string, [string, string][]>();
  for (const line of text.split("\n")) {
    const match = /^([A-Za-z]+6)(\w+)\s+(\S+)/.exec(line);
    if (match === null) continue;
    const [, name = "", counter = "", value = ""] = match;
    const counters = groups.get(name) ?? [];
    groups.set(name, counters);
    counters.push([counter, value]);
  }
  return [...groups].map(([name, counters]) => ({ name, counters }));
}
