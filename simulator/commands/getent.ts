// `getent` (getent(1)) of glibc 2.36: entries of the databases of nsswitch.conf(5), all or by key.
// Not here: hosts (getentHosts.ts).
// Not simulated: rpc, other services than "files" by -s.

import { print, warn } from "../process/io.ts";
import type { Process } from "../process/process.ts";
import type { Execution, Steps } from "../process/wait.ts";
import { notSimulated } from "./complain.ts";
import { fileRows } from "./fileRows.ts";
import { addressLines, allHosts, type HostSources, hostLines } from "./getentHosts.ts";
import { getopt } from "./getopt.ts";

const TRY = "Try `getent --help' or `getent --usage' for more information.\n";
const BAD_OPTION = 64;
const NOT_FOUND = 2;
const NO_ENUMERATION = 3;

const DATABASES = new Set(
  (
    "ahosts ahostsv4 ahostsv6 aliases ethers group gshadow hosts initgroups netgroup networks " +
    "passwd protocols rpc services shadow"
  ).split(" "),
);

const LONG = {
  ...{ "no-addrconfig": "A", "no-idn": "i", service: "s:", help: "help" },
  ...{ usage: "usage", version: "V" },
};

/** Runs it. */
export function* getent(self: Process): Execution {
  const given = getopt(self.argv, { short: "Ais:?V", long: LONG });
  const told = given.options.find(({ name }) => ["?", "help", "usage", "V"].includes(name));
  if (told !== undefined) {
    const { GETENT_TEXTS } = yield* self.machine.scheduler.fetch(import("./getentUsage.ts"));
    const key = told.name === "V" ? "version" : told.name === "usage" ? "usage" : "help";
    yield* print(self, GETENT_TEXTS[key]);
    return 0;
  }
  if (given.error !== undefined) {
    yield* warn(self, `${given.error}\n${TRY}`);
    return BAD_OPTION;
  }
  const [database, ...keys] = given.operands;
  if (database === undefined || !DATABASES.has(database)) {
    const what =
      database === undefined
        ? "getent: wrong number of arguments"
        : `Unknown database: ${database}`;
    yield* warn(self, `${what}\n${TRY}`);
    return 1;
  }
  const service = given.options.findLast(({ name }) => name === "s")?.value;
  const source = service?.replace(/^[^:]*:/, "");
  if (database === "rpc") return yield* notSimulated(self, "getent rpc");
  if (source !== undefined && source !== "files") {
    return yield* notSimulated(self, `getent -s ${service}`);
  }
  const allFamilies = given.options.some(({ name }) => name === "A");
  const sources = { filesOnly: source !== undefined, allFamilies };
  if (keys.length === 0) return yield* enumerate(self, database);
  let code = 0;
  for (const key of keys) {
    const text = yield* entry(self, database, key, sources);
    if (text === "") code = NOT_FOUND;
    else yield* print(self, text);
  }
  return code;
}

function* enumerate(self: Process, database: string): Execution {
  if (["ethers", "netgroup", "initgroups"].includes(database)) {
    yield* warn(self, `Enumeration not supported on ${database}\n`);
    return NO_ENUMERATION;
  }
  const isHosts = database === "hosts" || database.startsWith("ahosts");
  const rows = isHosts ? [] : tableRows(self, database);
  yield* print(self, isHosts ? allHosts(self) : rows.map(({ line }) => line).join(""));
  return 0;
}

function* entry(self: Process, database: string, key: string, sources: HostSources): Steps<string> {
  switch (database) {
    case "hosts":
      return yield* hostLines(self, key, sources);
    case "ahosts":
      return yield* addressLines(self, key, undefined, sources);
    case "ahostsv4":
      return yield* addressLines(self, key, "inet", sources);
    case "ahostsv6":
      return yield* addressLines(self, key, "inet6", sources);
    case "initgroups":
      return `${key.padEnd(21)}\n`;
    default:
      return tableRows(self, database).find(({ keys }) => keys.includes(key))?.line ?? "";
  }
}

type TableRow = { readonly keys: readonly string[]; readonly line: string };

/** The rows of a file of /etc with the line that getent prints. */
function tableRows(self: Process, database: string): TableRow[] {
  switch (database) {
    case "services":
      return fileRows(self, "/etc/services").map(([name = "", text = "", ...aliases]) => {
        const [port = "", protocol] = text.split("/");
        const keys = [name, ...aliases, port].flatMap((each) => [each, `${each}/${protocol}`]);
        return { keys, line: tableLine(name, [text, ...aliases]) };
      });
    case "protocols":
      return fileRows(self, "/etc/protocols").map(([name = "", number = "", ...aliases]) => {
        return { keys: [name, number, ...aliases], line: tableLine(name, [number, ...aliases]) };
      });
    case "networks":
      return fileRows(self, "/etc/networks").map(([name = "", address = "", ...aliases]) => {
        return { keys: [name, address, ...aliases], line: tableLine(name, [address, ...aliases]) };
      });
    case "passwd":
    case "group":
      return fileRows(self, `/etc/${database}`).map((words) => {
        const line = words.join(" ");
        const [name = "", , number = ""] = line.split(":");
        return { keys: [name, number], line: `${line}\n` };
      });
    default:
      return [];
  }
}

function tableLine(name: string, words: readonly string[]): string {
  return `${name.padEnd(21)} ${words.join(" ")}\n`;
}
