// `pgrep` and `pkill` of procps 4.0.2 (pgrep(1)): processes by name, in the order of their pids.
// Not simulated: --pidfile, --cgroup, --runstates, --older, --lightweight, --nslist.

import { print, warn } from "../process/io.ts";
import { NAMESPACE_KINDS, namespaceInode } from "../process/namespaces.ts";
import type { Process, Signal } from "../process/process.ts";
import { sendSignal } from "../process/processTable.ts";
import { signalOf } from "../process/signals.ts";
import type { Execution } from "../process/wait.ts";
import { notSimulated } from "./complain.ts";
import { type GivenOption, getopt } from "./getopt.ts";

const LONG = {
  delimiter: "d:",
  "list-name": "l",
  "list-full": "a",
  inverse: "v",
  count: "c",
  full: "f",
  pgroup: "g:",
  group: "G:",
  "ignore-case": "i",
  newest: "n",
  oldest: "o",
  parent: "P:",
  session: "s:",
  terminal: "t:",
  euid: "u:",
  uid: "U:",
  exact: "x",
  "ignore-ancestors": "A",
  ns: "ns:",
  signal: "signal:",
  echo: "e",
  help: "h",
  version: "V",
};

/** Lists processes by name. */
export function pgrep(self: Process): Execution {
  return search(self, self.argv, undefined);
}

/** Sends a signal to processes by name. */
export function pkill(self: Process): Execution {
  const at = self.argv.findIndex((word) => /^-(\d+|(SIG)?[A-Z][A-Z0-9]+)$/.test(word));
  const word = at < 0 ? "TERM" : (self.argv[at] ?? "").slice(1);
  const signal = signalOf(word);
  const argv =
    at < 0 || signal === undefined ? self.argv : self.argv.filter((_, index) => index !== at);
  return search(self, argv, signal ?? "TERM");
}

function* search(self: Process, argv: readonly string[], first: Signal | undefined): Execution {
  const name = self.name;
  const given = getopt(argv, { short: "d:lavcfg:G:inoP:s:t:u:U:xAeh", long: LONG });
  let signal = first;
  for (const option of given.options) {
    if (option.name === "h") return yield* notSimulated(self, `${name} --help`);
    if (option.name === "V") {
      yield* print(self, `${name} from procps-ng 4.0.2\n`);
      return 0;
    }
    if (option.name === "signal") signal = signalOf(option.value ?? "");
  }
  if (given.error !== undefined) {
    yield* warn(self, `${given.error}\n`);
    return yield* notSimulated(self, `the usage of ${name}`);
  }
  const matching = given.options.some(
    ({ name: each }) => "gGPstuU".includes(each) || each === "ns",
  );
  if (given.operands.length === 0 && !matching) {
    return yield* refuse(self, "no matching criteria specified");
  }
  if (given.operands.length > 1) return yield* refuse(self, "only one pattern can be provided");
  const found = select(self, given.options, given.operands[0] ?? "");
  if (typeof found === "string") return yield* refuse(self, found);
  const has = (each: string) => given.options.some((option) => option.name === each);
  if (signal !== undefined && first !== undefined) {
    for (const process of found) {
      if (has("e")) yield* print(self, `${process.name} killed (pid ${process.pid})\n`);
      sendSignal(process, signal);
    }
  }
  if (has("c")) {
    yield* print(self, `${found.length}\n`);
  } else if (first === undefined && found.length > 0) {
    const delimiter = given.options.find((option) => option.name === "d")?.value ?? "\n";
    const lines = found.map((process) => {
      if (has("a")) return `${process.pid} ${process.argv.join(" ")}`;
      return has("l") ? `${process.pid} ${process.name}` : String(process.pid);
    });
    yield* print(self, `${lines.join(delimiter)}\n`);
  }
  return found.length > 0 ? 0 : 1;
}

function* refuse(self: Process, text: string): Execution {
  const name = self.argv[0] ?? "";
  yield* warn(self, `${name}: ${text}\nTry \`${name} --help' for more information.\n`);
  return 2;
}

type Test = (process: Process) => boolean;

/** The processes that fit, or what is wrong with the question. */
function select(
  self: Process,
  options: readonly GivenOption[],
  pattern: string,
): readonly Process[] | string {
  const has = (name: string) => options.some((option) => option.name === name);
  const source = has("x") ? `^(?:${pattern})$` : pattern;
  let expression: RegExp;
  try {
    expression = new RegExp(source, has("i") ? "i" : "");
  } catch {
    return `regex error: Invalid regular expression`;
  }
  const tests: Test[] = options.flatMap((option) => testOf(self, option) ?? []);
  tests.push((process) => expression.test(has("f") ? process.argv.join(" ") : process.name));
  const fits: Test = (process) => tests.every((test) => test(process)) !== has("v");
  const all = [...self.machine.processes.values()].sort((a, b) => a.pid - b.pid);
  const ancestors = new Set<Process>();
  if (has("A"))
    for (let each = self.parent; each !== undefined; each = each.parent) ancestors.add(each);
  const found = all.filter((each) => each !== self && !ancestors.has(each) && fits(each));
  if (!has("n") && !has("o")) return found;
  const sorted = found.sort((a, b) => a.started - b.started || a.pid - b.pid);
  const one = has("n") ? sorted.at(-1) : sorted[0];
  return one === undefined ? [] : [one];
}

function testOf(self: Process, { name, value = "" }: GivenOption): Test[] | undefined {
  const words = value.split(",");
  const numbers = new Set(words.map(Number));
  const own = (number: number, of: number) =>
    numbers.has(number) || (numbers.has(0) && number === of);
  switch (name) {
    case "P":
      return [({ parent }) => numbers.has(parent?.pid ?? 0)];
    case "g":
      return [({ processGroup }) => own(processGroup, self.processGroup)];
    case "s":
      return [({ session }) => own(session, self.session)];
    case "t":
      return [({ tty }) => words.includes(tty?.name.replace("/dev/", "") ?? "-")];
    case "u":
    case "U":
    case "G":
      return [() => words.some((word) => word === "root" || word === "0")];
    case "ns": {
      const other = self.machine.processes.get(Number(value));
      if (other === undefined) return [() => false];
      const kinds = NAMESPACE_KINDS.filter((kind) => kind !== "time" && kind !== "cgroup");
      return kinds.map(
        (kind) => (process) => namespaceInode(process, kind) === namespaceInode(other, kind),
      );
    }
    default:
      return undefined;
  }
}
