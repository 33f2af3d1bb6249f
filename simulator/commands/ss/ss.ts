// `ss` (ss(8)) of iproute2 6.1: the TCP and UDP sockets of a namespace, in columns as wide as needed.
// Not here: its parts in this folder.
// Not simulated: raw and packet sockets, -e, -i, -m of sockets, -o of timers, -K, -E, -D, -F.

import type { Net } from "../../net/core/netNamespace.ts";
import type { TcpState } from "../../net/ipv4/inetSocket.ts";
import { print, warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { ip4Text } from "../../wire/address.ts";
import { notSimulated } from "../complain.ts";
import { portsOf, servicesOf } from "../fileRows.ts";
import { getopt } from "../getopt.ts";
import { readFilter } from "./filter.ts";
import { type SocketRow, STATE_NAMES, socketRows } from "./socketRows.ts";

const LONG = {
  ...{ help: "h", version: "V", numeric: "n", resolve: "r", all: "a", listening: "l" },
  ...{ options: "o", extended: "e", memory: "m", processes: "p", threads: "T", info: "i" },
  ...{ summary: "s", tos: "tos", cgroup: "cgroup", bpf: "b", events: "E", context: "Z" },
  ...{ contexts: "z", net: "N:", ipv4: "4", ipv6: "6", packet: "0", tcp: "t", mptcp: "M" },
  ...{ sctp: "S", udp: "u", dccp: "d", raw: "w", unix: "x", tipc: "tipc", vsock: "vsock" },
  ...{ xdp: "xdp", family: "f:", kill: "K", "no-header": "H", oneline: "O", query: "A:" },
  ...{ socket: "A:", diag: "D:", filter: "F:", "inet-sockopt": "inet-sockopt", tipcinfo: "ti" },
};

/** What the options say. */
type Wish = {
  readonly kinds: Set<string>;
  states: ReadonlySet<TcpState>;
  ipv4: boolean;
  numeric: boolean;
  header: boolean;
  processes: boolean;
};

const CONNECTED: readonly TcpState[] = [
  ...(["ESTABLISHED", "SYN_SENT", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT"] as const),
  ...(["CLOSE_WAIT", "LAST_ACK", "CLOSING"] as const),
];
const TIMED: ReadonlySet<TcpState> = new Set([
  "TIME_WAIT",
  "SYN_SENT",
  "FIN_WAIT1",
  "FIN_WAIT2",
  "LAST_ACK",
]);
const EVERY = Object.keys(STATE_NAMES) as readonly TcpState[];

/** Runs it. */
export function* ss(self: Process): Execution {
  const given = getopt(self.argv, {
    short: "+hVnralomepTisbEZzN:460tMSudwxf:KHOA:D:F:",
    long: LONG,
  });
  const has = (name: string) => given.options.some((option) => option.name === name);
  const last = (name: string) => given.options.findLast((option) => option.name === name)?.value;
  if (has("h") || given.error !== undefined) {
    if (given.error !== undefined) return yield* refuse(self, `${given.error}\n`, 255);
    const { SS_USAGE } = yield* self.machine.scheduler.fetch(import("./usage.ts"));
    yield* print(self, SS_USAGE);
    return 0;
  }
  if (has("V")) {
    yield* print(self, "ss utility, iproute2-6.1.0\n");
    return 0;
  }
  for (const name of "KEDFZzb") {
    if (has(name)) return yield* notSimulated(self, `ss -${name}`);
  }
  const name = last("N");
  const net = name === undefined ? self.net : self.machine.netnsNames.get(name);
  if (net === undefined) {
    yield* warn(self, `Cannot open network namespace "${name}": No such file or directory\n`);
    return 1;
  }
  if (has("s")) {
    yield* print(self, summary(self, net));
    return 0;
  }
  const wish = readWish(has, last("A"), last("f"));
  if (typeof wish === "string") return yield* refuse(self, wish, 255);
  const filter = readFilter(given.operands, portsOf(self));
  if ("error" in filter) return yield* refuse(self, filter.error, filter.code);
  wish.states = filter.states ?? wish.states;
  const rows = socketRows(self, net).filter(
    (row) =>
      wish.ipv4 && wish.kinds.has(row.netid) && wish.states.has(row.state) && filter.test(row),
  );
  const idle = wish.states.has("CLOSED");
  if (idle && wish.kinds.has("raw") && (net.ip4.inet?.raw.size ?? 0) > 0) {
    return yield* notSimulated(self, "ss of raw sockets");
  }
  const netlink =
    idle && wish.kinds.has("netlink") && filter.any ? netlinkCells(self, net, wish) : [];
  const more = ["e", "i", "m"].find((option) => has(option));
  if (more !== undefined && rows.length > 0) return yield* notSimulated(self, `ss -${more}`);
  if (
    has("o") &&
    rows.some(({ state, send }) => state !== "LISTEN" && (send > 0 || TIMED.has(state)))
  ) {
    return yield* notSimulated(self, "ss -o of a running timer");
  }
  yield* print(self, table(self, rows, wish, netlink));
  return 0;
}

/** Says what is wrong; most of it is followed by the usage text. */
function* refuse(self: Process, text: string, code: number): Execution {
  const { SS_USAGE } = yield* self.machine.scheduler.fetch(import("./usage.ts"));
  const alone = code === 1 || /wrong state|not complete/.test(text);
  yield* warn(self, alone ? text : text + SS_USAGE);
  return code;
}

function readWish(
  has: (name: string) => boolean,
  query: string | undefined,
  family: string | undefined,
): Wish | string {
  const kinds = new Set<string>();
  const letters = { t: "tcp", u: "udp", w: "raw", x: "unix", "0": "packet", M: "mptcp", S: "sctp" };
  for (const [letter, kind] of Object.entries({ ...letters, d: "dccp" })) {
    if (has(letter)) kinds.add(kind);
  }
  for (const word of query?.split(",") ?? []) {
    const known = QUERIES[word];
    if (known === undefined) return `ss: "${word}" is illegal socket table id\n`;
    for (const kind of known) kinds.add(kind);
  }
  let all = ["netlink", "packet", "raw", "udp", "tcp", "unix"];
  if (family !== undefined && !["inet", "inet6", "link", "unix", "netlink"].includes(family)) {
    return `ss: "${family}" is invalid family\n`;
  }
  const inet = has("4") || has("6") || family === "inet" || family === "inet6";
  if (inet) all = ["raw", "udp", "tcp"];
  else if (family !== undefined) all = [family === "link" ? "packet" : family];
  if (kinds.size === 0) for (const kind of all) kinds.add(kind);
  const only6 = (has("6") || family === "inet6") && !(has("4") || family === "inet");
  const chosen = has("a") ? EVERY : has("l") ? (["LISTEN", "CLOSED"] as const) : CONNECTED;
  return {
    ...{ kinds, ipv4: !only6, numeric: has("n"), header: !has("H"), processes: has("p") },
    states: new Set<TcpState>(chosen),
  };
}

const QUERIES: Readonly<Record<string, readonly string[]>> = {
  all: ["netlink", "packet", "raw", "udp", "tcp", "unix"],
  inet: ["raw", "udp", "tcp"],
  ...{ tcp: ["tcp"], udp: ["udp"], raw: ["raw"], mptcp: ["mptcp"], sctp: ["sctp"], dccp: ["dccp"] },
  ...{ unix: ["unix"], packet: ["packet"], netlink: ["netlink"] },
};

/** What a kernel listens to by netlink, and ss itself. */
function netlinkCells(self: Process, net: Net, { numeric }: Wish): string[][] {
  const initial = net === net.kernel.initNet;
  return NETLINK.filter(([, name]) => initial || (name !== "selinux" && name !== "connector")).map(
    ([number, name, waiting, own]) => {
      const port = own ? (numeric ? self.pid : `ss/${self.pid}`) : numeric ? 0 : "kernel";
      const ends = [`${numeric ? number : name}:`, String(port), "*", "", ""];
      return ["nl", "UNCONN", String(waiting).padEnd(6), "0     ", ...ends];
    },
  );
}

/** Protocol, name, bytes that wait, whether it is ss's own. */
const NETLINK: readonly (readonly [number, string, number, boolean])[] = [
  ...([
    [0, "rtnl", 0, false],
    [4, "tcpdiag", 768, false],
    [4, "tcpdiag", 4352, true],
  ] as const),
  ...([
    [7, "selinux", 0, false],
    [10, "fiblookup", 0, false],
    [11, "connector", 0, false],
  ] as const),
  ...([
    [15, "uevent", 0, false],
    [16, "genl", 0, false],
  ] as const),
];

/** One column: its head, where it is aligned, and what comes before it. */
type Column = readonly [head: string, right: boolean, before: string];

function table(
  self: Process,
  rows: readonly SocketRow[],
  wish: Wish,
  netlink: readonly string[][],
): string {
  const services = wish.numeric ? undefined : servicesOf(self);
  const port = (number: number, netid: string) =>
    number === 0 ? "*" : (services?.get(`${number}/${netid}`) ?? String(number));
  const { kinds } = wish;
  // These have one state while connected, and one while not.
  const simple = [...kinds].every((kind) => kind === "udp" || kind === "raw" || kind === "packet");
  const rare = kinds.has("packet") ? ["CLOSED"] : ["ESTABLISHED", "CLOSED", "LISTEN"];
  const possible = [...wish.states].filter((state) => !simple || rare.includes(state));
  const several = kinds.size > 1 || kinds.has("packet") || kinds.has("unix");
  const columns: Column[] = [
    ...(several ? [["Netid", false, ""] as const] : []),
    ...(possible.length > 1 ? [["State", false, several ? " " : ""] as const] : []),
    ["Recv-Q", false, several || possible.length > 1 ? " " : ""],
    ...([
      ["Send-Q", false, " "],
      ["Local Address:", true, " "],
      ["Port", false, ""],
    ] as const),
    ...([
      ["Peer Address:", true, " "],
      ["Port", false, ""],
      ["Process", false, ""],
    ] as const),
  ];
  const cells = rows.map((row) => [
    ...(several ? [row.netid] : []),
    ...(possible.length > 1 ? [STATE_NAMES[row.state][0]] : []),
    ...[String(row.receive).padEnd(6), String(row.send).padEnd(6)],
    ...[`${ip4Text(row.local)}:`, port(row.localPort, row.netid)],
    ...[`${ip4Text(row.remote)}:`, port(row.remotePort, row.netid)],
    wish.processes && row.users !== "" ? ` ${row.users}` : "",
  ]);
  const lines = [...(wish.header ? [columns.map(([head]) => head)] : []), ...netlink, ...cells];
  // What the last line says in the last column is not known yet when widths are measured.
  const measured = (at: number) =>
    at === columns.length - 1 && cells.length > 0 ? lines.slice(0, -1) : lines;
  const widths = columns.map((_, at) =>
    Math.max(0, ...measured(at).map((line) => (line[at] ?? "").length)),
  );
  return lines
    .map((line) => {
      const parts = columns.map(([, right, before], at) => {
        const text = line[at] ?? "";
        const width = widths[at] ?? 0;
        return before + (right ? text.padStart(width) : text.padEnd(width));
      });
      return `${parts.join("")}\n`;
    })
    .join("");
}

function summary(self: Process, net: Net): string {
  const rows = socketRows(self, net);
  const count = (test: (row: SocketRow) => boolean) => rows.filter(test).length;
  const waits = count(({ state }) => state === "TIME_WAIT");
  const established = count(({ netid, state }) => netid === "tcp" && state === "ESTABLISHED");
  const tcp = count(({ netid }) => netid === "tcp");
  const udp = count(({ netid }) => netid === "udp");
  const raw = net.ip4.inet?.raw.size ?? 0;
  const line = (name: string, number: number) =>
    `${name}\t  ${[number, number, 0].map((each) => String(each).padEnd(9)).join(" ")}\n`;
  const live = tcp - waits;
  return (
    `Total: ${live + udp + raw}\n` +
    `TCP:   ${tcp} (estab ${established}, closed ${waits}, orphaned 0, timewait ${waits})\n\n` +
    `Transport Total     IP        IPv6\n${line("RAW", raw)}${line("UDP", udp)}` +
    `${line("TCP", live)}${line("INET", live + udp + raw)}${line("FRAG", 0)}\n`
  );
}
