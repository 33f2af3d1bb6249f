// nstat of iproute2 6.1 (nstat(8)): the counters of /proc/net that moved since the last call, which
// a file in /tmp remembers for the user, whatever namespace it was.
// Source: the manual page; the rest by experiment.
// Not simulated: the daemon (-d, -t).

import { print, warn, writeFile } from "../process/io.ts";
import type { Process } from "../process/process.ts";
import type { Execution, Steps } from "../process/wait.ts";
import { notSimulated } from "./complain.ts";
import { getopt } from "./getopt.ts";

const USAGE = `Usage: nstat [OPTION] [ PATTERN [ PATTERN ] ]
   -h, --help          this message
   -a, --ignore        ignore history
   -d, --scan=SECS     sample every statistics every SECS
   -j, --json          format output in JSON
   -n, --nooutput      do history only
   -p, --pretty        pretty print
   -r, --reset         reset history
   -s, --noupdate      don't update history
   -t, --interval=SECS report average over the last SECS
   -V, --version       output version information
   -z, --zeros         show entries with zero activity
`;

const LONG = {
  help: "h",
  ignore: "a",
  scan: "d:",
  json: "j",
  nooutput: "n",
  pretty: "p",
  reset: "r",
  noupdate: "s",
  interval: "t:",
  version: "V",
  zeros: "z",
};

/** What stands in those files without being a counter. */
const SETTINGS = /^(Ip(Forwarding|DefaultTTL)|Tcp(RtoAlgorithm|RtoMin|RtoMax|MaxConn|CurrEstab))$/;

const HEAD = "#kernel\n";

/** Shows what was counted since the last time. */
export function* nstat(self: Process): Execution {
  const given = getopt(self.argv, { short: "hVzrnasd:t:jp", long: LONG });
  const on = new Set<string>();
  for (const { name } of given.options) {
    if (name === "V") {
      yield* print(self, "nstat utility, iproute2-6.1.0\n");
      return 0;
    }
    if (name === "h") {
      yield* warn(self, USAGE);
      return 255;
    }
    on.add(name);
  }
  if (given.error !== undefined) {
    yield* warn(self, `${given.error}\n${USAGE}`);
    return 255;
  }
  if (on.has("d") || on.has("t")) {
    return yield* notSimulated(self, "the daemon of nstat");
  }
  const patterns = given.operands.map(patternOf);
  const wanted = (name: string) => patterns.length === 0 || patterns.some((one) => one.test(name));
  const file = self.environment.get("NSTAT_HISTORY") ?? "/tmp/.nstat.u0";
  const history = on.has("r") ? new Map<string, number>() : recalled(self, file);
  const counters = countersOf(self);
  if (!on.has("n")) yield* print(self, shown({ counters, history, wanted, on }));
  yield* remember(self, file, on.has("s") ? "" : textToKeep({ counters, history, wanted, on }));
  return 0;
}

function patternOf(word: string): RegExp {
  const text = word
    .replace(/[.+^${}()|\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  try {
    return new RegExp(`^${text}$`, "i");
  } catch {
    return /^$/;
  }
}

type Counters = ReadonlyMap<string, number>;

function countersOf(self: Process): Counters {
  const counters = new Map<string, number>();
  const add = (name: string, value: string | undefined) => {
    if (!SETTINGS.test(name)) counters.set(name, Number(value));
  };
  const pairs = (text: string) => {
    const lines = text.split("\n");
    for (let at = 0; at + 1 < lines.length; at += 2) {
      const [group = "", ...names] = (lines[at] ?? "").split(" ");
      const values = (lines[at + 1] ?? "").split(" ");
      names.forEach((name, index) => {
        add(group.replace(":", "") + name, values[index + 1]);
      });
    }
  };
  pairs(contentOf(self, "/proc/net/snmp"));
  for (const line of contentOf(self, "/proc/net/snmp6").split("\n")) {
    const [name = "", value] = line.split(/\s+/);
    if (name !== "") add(name, value);
  }
  pairs(contentOf(self, "/proc/net/netstat"));
  return counters;
}

function contentOf(self: Process, path: string): string {
  const file = self.machine.files.open(self, path, { read: true });
  if ("errno" in file) return "";
  let text = "";
  for (;;) {
    const part = file.read(self, 65536);
    if (typeof part !== "string" || part === "") break;
    text += part;
  }
  file.release();
  return text;
}

function recalled(self: Process, path: string): Map<string, number> {
  const history = new Map<string, number>();
  for (const line of contentOf(self, path).slice(0, 1e6).split("\n")) {
    const [name = "", value = ""] = line.split(/\s+/);
    if (/^\w+$/.test(name) && /^\d+$/.test(value)) history.set(name, Number(value));
  }
  return history;
}

type Showing = {
  readonly counters: Counters;
  readonly history: Counters;
  readonly wanted: (name: string) => boolean;
  readonly on: ReadonlySet<string>;
};

function shown({ counters, history, wanted, on }: Showing): string {
  const rows: [string, number][] = [];
  for (const [name, now] of counters) {
    if (!wanted(name)) continue;
    const value = on.has("a") ? now : Math.max(0, now - (history.get(name) ?? 0));
    if (value !== 0 || on.has("z")) rows.push([name, value]);
  }
  if (!on.has("j")) return HEAD + rows.map(rowOf).join("");
  const json = { kernel: Object.fromEntries(rows) };
  if (!on.has("p")) return `${JSON.stringify(json)}\n`;
  return `${JSON.stringify(json, undefined, 4).replace(/\{\}/, "{}")}\n`;
}

function rowOf([name, value]: readonly [string, number]): string {
  return `${name.padEnd(32)}${String(value).padEnd(16)}   0.0\n`;
}

/** What was not asked for stays as it was; zeros are kept where they were shown. */
function textToKeep({ counters, history, wanted, on }: Showing): string {
  const rows = [...counters].map(([name, now]): [string, number] => [
    name,
    wanted(name) ? now : (history.get(name) ?? now),
  ]);
  return (
    HEAD +
    rows
      .filter(([, value]) => value !== 0 || on.has("z"))
      .map(rowOf)
      .join("")
  );
}

/** An empty text only makes sure that there is a file. */
function* remember(self: Process, path: string, text: string): Steps<void> {
  const how = { write: true, create: true, truncate: text !== "" };
  const file = self.machine.files.open(self, path, how);
  if ("errno" in file) return;
  yield* writeFile(self, file, text);
  file.release();
}
