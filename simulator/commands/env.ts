// `env` and `printenv` of coreutils 9.1 (env(1), printenv(1)): shows the environment, or runs a
// command in a changed one. Variables stand in the order in which they were exported.
// Not simulated: --block-signal, --default-signal, --ignore-signal, --help, --version; escapes of -S.

import { errnoText } from "../net/core/errno.ts";
import { print, warn } from "../process/io.ts";
import type { Process } from "../process/process.ts";
import { exec, findProgram } from "../process/programLookup.ts";
import type { Execution } from "../process/wait.ts";
import { notSimulated, tryHelp } from "./complain.ts";
import { getopt } from "./getopt.ts";

const TABLE = {
  short: "+C:iS:u:v0",
  long: {
    "ignore-environment": "i",
    null: "0",
    unset: "u:",
    chdir: "C:",
    debug: "v",
    "split-string": "S:",
    "block-signal": "block-signal::",
    "default-signal": "default-signal::",
    "ignore-signal": "ignore-signal::",
    "list-signal-handling": "list-signal-handling",
    help: "help",
    version: "version",
  },
};

/** Runs a command in a changed environment, or prints it. */
export function* env(self: Process): Execution {
  const given = getopt(splitFirst(self.argv), TABLE);
  const { environment } = self;
  let end = "\n";
  let folder: string | undefined;
  const fresh = given.options.some(({ name }) => name === "i") || given.operands[0] === "-";
  if (fresh) environment.clear();
  for (const { name, value = "" } of given.options) {
    if (name.length > 1) return yield* notSimulated(self, `env --${name}`);
    if (name === "v") return yield* notSimulated(self, "env -v");
    if (name === "0") end = "\0";
    if (name === "C") folder = value;
    if (name === "u") {
      if (value === "" || value.includes("=")) {
        yield* warn(self, `env: cannot unset ‘${value}’: Invalid argument\n`);
        return 125;
      }
      environment.delete(value);
    }
  }
  if (given.error !== undefined) return yield* tryHelp(self, given.error, 125);
  const words = given.operands[0] === "-" ? given.operands.slice(1) : given.operands;
  let at = 0;
  for (; words[at]?.includes("="); at++) assign(environment, words[at] ?? "");
  return yield* runOrPrint(self, { command: words.slice(at), end, folder });
}

/** -S 'a b c' stands for a b c. */
function splitFirst(argv: readonly string[]): readonly string[] {
  const [name = "env", first = "", ...rest] = argv;
  const long = /^--split-string=([\s\S]*)$/.exec(first)?.[1];
  const together = first.startsWith("-S") && first.length > 2 ? first.slice(2) : long;
  if (together !== undefined) return [name, ...words(together), ...rest];
  if (first !== "-S" || rest[0] === undefined) return argv;
  return [name, ...words(rest[0]), ...rest.slice(1)];
}

function words(text: string): string[] {
  const found = text.match(/(?:[^\s'"]+|'[^']*'|"[^"]*")+/g) ?? [];
  return found.map((word) => word.replace(/'([^']*)'|"([^"]*)"/g, "$1$2"));
}

function assign(environment: Map<string, string>, word: string): void {
  const equals = word.indexOf("=");
  environment.set(word.slice(0, equals), word.slice(equals + 1));
}

type Rest = { command: readonly string[]; end: string; folder: string | undefined };

function* runOrPrint(self: Process, { command, end, folder }: Rest): Execution {
  if (folder !== undefined) {
    if (command.length === 0) {
      return yield* tryHelp(self, "env: must specify command with --chdir (-C)", 125);
    }
    const path = self.machine.files.realPath(self, folder);
    if (typeof path !== "string") {
      yield* warn(self, `env: cannot change directory to '${folder}': ${errnoText(path.errno)}\n`);
      return 125;
    }
    self.cwd = path;
  }
  if (command.length === 0) {
    const lines = [...self.environment].map(([name, value]) => `${name}=${value}${end}`);
    yield* print(self, lines.join(""));
    return 0;
  }
  if (end === "\0")
    return yield* tryHelp(self, "env: cannot specify --null (-0) with command", 125);
  const found = findProgram(self, command[0] ?? "");
  if ("errno" in found) {
    yield* warn(self, `${self.argv[0] ?? "env"}: ‘${command[0]}’: ${errnoText(found.errno)}\n`);
    return found.errno === "ENOENT" ? 127 : 126;
  }
  return yield* exec(self, command);
}

/** Prints values of variables. */
export function* printenv(self: Process): Execution {
  const given = getopt(self.argv, {
    short: "+0",
    long: { null: "0", help: "help", version: "version" },
  });
  if (given.error !== undefined) return yield* tryHelp(self, given.error, 2);
  const end = given.options.some(({ name }) => name === "0") ? "\0" : "\n";
  const extra = given.options.find(({ name }) => name.length > 1);
  if (extra !== undefined) return yield* notSimulated(self, `printenv --${extra.name}`);
  if (given.operands.length === 0) {
    const lines = [...self.environment].map(([name, value]) => `${name}=${value}${end}`);
    yield* print(self, lines.join(""));
    return 0;
  }
  const values = given.operands.map((name) => self.environment.get(name));
  yield* print(self, values.map((value) => (value === undefined ? "" : value + end)).join(""));
  return values.includes(undefined) ? 1 : 0;
}
