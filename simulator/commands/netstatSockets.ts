// The sockets that `netstat` of net-tools 2.10 lists: TCP and UDP, then the empty table of AF_UNIX.
// Policy: sockets come in the order of ss (ss/socketRows.ts); Linux's order is one of hashes.
// Not simulated: raw sockets, inodes of sockets (-e), running timers (-o).

import { print, warn } from "../process/io.ts";
import type { Process } from "../process/process.ts";
import type { Execution, Steps } from "../process/wait.ts";
import { ip4Text } from "../wire/address.ts";
import { notSimulated } from "./complain.ts";
import { servicesOf } from "./fileRows.ts";
import { nameCache } from "./resolver.ts";
import { type SocketRow, socketRows } from "./ss/socketRows.ts";

const STATES: Readonly<Record<string, string>> = { CLOSED: "", LISTEN: "LISTEN" };

/** Lists what the option letters ask for. */
export function* listSockets(self: Process, letters: ReadonlySet<string>): Execution {
  const has = (...names: string[]) => names.some((name) => letters.has(name));
  const inet = has("t", "u", "w", "U", "S", "4", "6");
  const protocols = has("t", "u", "w", "U", "S");
  let code = 0;
  if (!inet && !has("x") && has("v")) {
    const absent = ["INET (sctp)", "IPX", "AX25", "X25", "NETROM", "ROSE"];
    const lines = absent.map((name) => `netstat: no support for \`AF ${name}' on this system.\n`);
    yield* warn(self, lines.join(""));
  }
  if (has("S")) {
    yield* warn(self, "netstat: no support for `AF INET (sctp)' on this system.\n");
    code = 1;
  }
  const which = has("a")
    ? "(servers and established)"
    : has("l")
      ? "(only servers)"
      : "(w/o servers)";
  if (inet || !has("x")) {
    const rows = socketRows(self, self.net).filter(({ netid, state }) => {
      const asked = !protocols || has(netid === "tcp" ? "t" : "u");
      const serves = state === "LISTEN" || state === "CLOSED";
      return asked && (!has("6") || has("4")) && (has("a") || serves === has("l"));
    });
    const stop = yield* showInet(self, which, letters, rows);
    if (stop !== undefined) return stop;
  }
  if (has("x") || !inet) {
    const head = "Proto RefCnt Flags       Type       State         I-Node  ";
    const program = has("p") ? " PID/Program name    " : "";
    yield* print(self, `Active UNIX domain sockets ${which}\n${head}${program} Path\n`);
  }
  return code;
}

function* showInet(
  self: Process,
  which: string,
  letters: ReadonlySet<string>,
  rows: readonly SocketRow[],
): Steps<number | undefined> {
  const has = (name: string) => letters.has(name);
  const raw = self.net.ip4.inet?.raw.size ?? 0;
  if (raw > 0 && (has("w") || !(has("t") || has("u"))) && (has("a") || has("l"))) {
    return yield* notSimulated(self, "netstat of raw sockets");
  }
  const running = rows.some(({ state, send }) => state === "TIME_WAIT" || send > 0);
  if (has("o") && running) return yield* notSimulated(self, "netstat -o of a running timer");
  if (has("e") && rows.some(({ state }) => state !== "TIME_WAIT")) {
    return yield* notSimulated(self, "netstat -e of an open socket");
  }
  let text = `Active Internet connections ${which}\n`;
  text += "Proto Recv-Q Send-Q Local Address           Foreign Address         State      ";
  if (has("e")) text += " User       Inode     ";
  if (has("p")) text += " PID/Program name    ";
  text += has("o") ? " Timer\n" : "\n";
  const end = endNames(self, letters);
  for (const row of [...rows].sort((a, b) => a.netid.localeCompare(b.netid))) {
    const local = yield* end(row.local, row.localPort, row.netid);
    const remote = yield* end(row.remote, row.remotePort, row.netid);
    const send = row.state === "LISTEN" ? 0 : row.send;
    const numbers = `${String(row.receive).padStart(6)} ${String(send).padStart(6)}`;
    const state = (STATES[row.state] ?? row.state).padEnd(11);
    text += `${row.netid.padEnd(4)} ${numbers.padStart(14)} ${local.padEnd(23)} ${remote.padEnd(23)} ${state}`;
    if (has("e")) text += ` ${(has("n") || has("nu") ? "0" : "root").padEnd(10)} ${"0".padEnd(10)}`;
    const owner = /"(.*)",pid=(\d+)/.exec(row.users);
    if (has("p")) {
      const program = owner === null ? "-" : `${owner[2]}/${owner[1]}`.slice(0, 20);
      text += ` ${program.padEnd(20)}`;
    }
    text += has("o") ? " off (0.00/0/0)\n" : "\n";
  }
  yield* print(self, text);
  return undefined;
}

/** Says "host:port" in the 23 columns that there are, unless -W. */
function endNames(self: Process, letters: ReadonlySet<string>) {
  const named = nameCache(self);
  const numbers = letters.has("n");
  const services = numbers || letters.has("np") ? undefined : servicesOf(self);
  return function* (address: number, port: number, netid: string): Steps<string> {
    const text = ip4Text(address);
    const asks = !numbers && !letters.has("nh") && address !== 0;
    const host = (asks ? yield* named(address) : undefined) ?? text;
    const service = port === 0 ? "*" : (services?.get(`${port}/${netid}`) ?? String(port));
    const room = letters.has("W") ? host.length : 22 - service.length;
    return `${host.slice(0, Math.max(0, room))}:${service}`;
  };
}
