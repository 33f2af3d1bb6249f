// `lsns` of util-linux 2.38 (lsns(8)): namespaces that processes are in.
// Namespaces that only a name keeps alive are not shown. Not here: drawing the table (columns.ts).

import { errnoText } from "../net/core/errno.ts";
import { nsidOf } from "../net/core/netLifecycle.ts";
import type { Net } from "../net/core/netNamespace.ts";
import { print } from "../process/io.ts";
import { netnsNamesOf } from "../process/mountNamespaces.ts";
import { NAMESPACE_KINDS, type NamespaceKind, namespaceInode } from "../process/namespaces.ts";
import type { Process } from "../process/process.ts";
import type { Execution } from "../process/wait.ts";
import { type Column, drawTable } from "./columns.ts";
import { fail, notSimulated, tryHelp } from "./complain.ts";
import { getopt } from "./getopt.ts";

const TABLE = {
  short: "Jlp:o:nruhVt:WT::",
  long: {
    json: "J",
    list: "l",
    task: "p:",
    output: "o:",
    "output-all": "output-all",
    noheadings: "n",
    raw: "r",
    notruncate: "u",
    help: "h",
    version: "V",
    type: "t:",
    nowrap: "W",
    tree: "T::",
  },
};

type Row = {
  readonly kind: NamespaceKind;
  readonly inode: number;
  readonly processes: readonly Process[];
  readonly first: Process;
  readonly netnsid: string;
  readonly names: string;
};

const COLUMNS: Readonly<Record<string, Column<Row>>> = {
  NS: { hint: 10, right: true, number: true, text: ({ inode }) => String(inode) },
  TYPE: { hint: 5, text: ({ kind }) => kind },
  PATH: { text: ({ kind, first }) => `/proc/${first.pid}/ns/${kind}` },
  NPROCS: { hint: 5, right: true, number: true, text: ({ processes }) => String(processes.length) },
  PID: { hint: 5, right: true, number: true, text: ({ first }) => String(first.pid) },
  PPID: { hint: 5, right: true, number: true, text: ({ first }) => String(first.parent?.pid ?? 0) },
  COMMAND: { text: ({ first }) => first.argv.join(" ") },
  UID: { right: true, number: true, text: () => "0" },
  USER: { text: () => "root" },
  NETNSID: { hint: 10, right: true, text: ({ netnsid }) => netnsid },
  NSFS: { hint: 10, text: ({ names }) => names },
};

/** Lists namespaces. */
export function* lsns(self: Process): Execution {
  const given = getopt(self.argv, TABLE);
  const wishes: Wishes = { kinds: new Set(), columns: undefined, task: undefined, style: "table" };
  let headings = true;
  for (const { name, value = "" } of given.options) {
    if (name === "V") {
      yield* print(self, "lsns from util-linux 2.38.1\n");
      return 0;
    }
    if ("hT".includes(name) || name === "output-all")
      return yield* notSimulated(self, `lsns -${name}`);
    if (name === "n") headings = false;
    const error = addWish(wishes, name, value);
    if (error !== undefined) return yield* fail(self, error);
  }
  if (given.error !== undefined) return yield* tryHelp(self, given.error);
  const [operand] = given.operands;
  if (operand !== undefined) return yield* showMembers(self, operand);
  const { task } = wishes;
  if (task !== undefined && self.machine.processes.get(task) === undefined) return 0;
  const rows = collect(self).filter(
    ({ kind, processes }) =>
      (wishes.kinds.size === 0 || wishes.kinds.has(kind)) &&
      (task === undefined || processes.some(({ pid }) => pid === task)),
  );
  const names = wishes.columns ?? defaultColumns(wishes.kinds.has("net"));
  const columns = names.map((name) => ({ name, ...(COLUMNS[name] ?? { text: () => "" }) }));
  yield* print(
    self,
    drawTable(rows, columns, { style: wishes.style, headings, root: "namespaces" }),
  );
  return 0;
}

type Wishes = {
  readonly kinds: Set<NamespaceKind>;
  columns: readonly string[] | undefined;
  task: number | undefined;
  style: "table" | "raw" | "json";
};

function addWish(wishes: Wishes, name: string, value: string): string | undefined {
  if (name === "J") wishes.style = "json";
  if (name === "r") wishes.style = "raw";
  if (name === "t") {
    const kind = NAMESPACE_KINDS.find((each) => each === value);
    if (kind === undefined) return `unknown namespace type: ${value}`;
    wishes.kinds.add(kind);
  }
  if (name === "p") {
    if (!/^\d{1,10}$/.test(value)) return `invalid PID argument: '${value}'`;
    wishes.task = Number(value);
  }
  if (name === "o") {
    const extra = value.startsWith("+");
    const words = (extra ? value.slice(1) : value).split(",").map((word) => word.toUpperCase());
    const unknown = words.find((word) => !Object.hasOwn(COLUMNS, word));
    if (unknown !== undefined) return `unknown column: ${value}`;
    wishes.columns = extra ? [...defaultColumns(wishes.kinds.has("net")), ...words] : words;
  }
  return undefined;
}

function defaultColumns(net: boolean): readonly string[] {
  const more = net ? ["NETNSID", "NSFS"] : [];
  return ["NS", "TYPE", "NPROCS", "PID", "USER", ...more, "COMMAND"];
}

function collect(self: Process): Row[] {
  const rows = new Map<string, Process[]>();
  const processes = [...self.machine.processes.values()].sort((a, b) => a.pid - b.pid);
  for (const process of processes) {
    if (process.state === "zombie") continue;
    for (const kind of NAMESPACE_KINDS) {
      const key = `${kind} ${namespaceInode(process, kind)}`;
      rows.set(key, [...(rows.get(key) ?? []), process]);
    }
  }
  return [...rows]
    .flatMap(([key, members]) => {
      const [first] = members;
      const [kind, inode] = key.split(" ");
      const found = NAMESPACE_KINDS.find((each) => each === kind);
      if (first === undefined || found === undefined) return [];
      const net = found === "net" ? first.net : undefined;
      return [
        {
          kind: found,
          inode: Number(inode),
          processes: members,
          first,
          netnsid: net === undefined ? "" : idOf(self.net, net),
          names: net === undefined ? "" : mountedNames(self, net),
        },
      ];
    })
    .sort((a, b) => a.inode - b.inode);
}

function idOf(own: Net, other: Net): string {
  return String(nsidOf(own, other, false) ?? "unassigned");
}

/** Where the namespace is mounted, the newest mount first, as /proc/mounts leads lsns to find it. */
function mountedNames(self: Process, net: Net): string {
  const names = [...netnsNamesOf(self)].filter(([, each]) => each === net);
  return names.map(([name]) => `/run/netns/${name}`).join(",");
}

/** The processes of one namespace as a tree. */
function* showMembers(self: Process, word: string): Execution {
  if (!/^\d{1,10}$/.test(word)) {
    return yield* fail(self, `invalid namespace argument: '${word}': ${errnoText("EINVAL")}`);
  }
  const row = collect(self).find(({ inode }) => inode === Number(word));
  if (row === undefined) return yield* fail(self, `not found namespace: ${word}`);
  type Member = { readonly process: Process; readonly prefix: string };
  const members = new Set(row.processes);
  const lines: Member[] = [];
  const add = (process: Process, indent: string, branch: string): void => {
    lines.push({ process, prefix: indent + branch });
    const below = indent + (branch === "" ? "" : branch === "├─" ? "│ " : "  ");
    const children = [...process.children].filter((child) => members.has(child));
    for (const [index, child] of children.entries()) {
      add(child, below, index === children.length - 1 ? "└─" : "├─");
    }
  };
  for (const process of row.processes) {
    if (process.parent === undefined || !members.has(process.parent)) add(process, "", "");
  }
  const columns = [
    { name: "PID", hint: 5, right: true, text: ({ process }: Member) => String(process.pid) },
    {
      name: "PPID",
      hint: 5,
      right: true,
      text: ({ process }: Member) => String(process.parent?.pid ?? 0),
    },
    { name: "USER", text: () => "root" },
    { name: "COMMAND", text: ({ process, prefix }: Member) => prefix + process.argv.join(" ") },
  ];
  const look = { style: "table", headings: true, root: "" } as const;
  yield* print(self, drawTable(lines, columns, look));
  return 0;
}
