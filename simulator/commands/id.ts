// Who am I? `id`, `whoami`, `groups`, `logname`, `users`, `tty` of coreutils 9.1: root, everywhere.
// Not simulated: other users than those of /etc/passwd that the tables here hold, --help, --version.

import { print } from "../process/io.ts";
import type { Process } from "../process/process.ts";
import type { Execution } from "../process/wait.ts";
import { fail, notSimulated, tryHelp } from "./complain.ts";
import { getopt } from "./getopt.ts";

type User = { readonly uid: number; readonly gid: number; readonly group: string };

const USERS: Readonly<Record<string, User>> = {
  root: { uid: 0, gid: 0, group: "root" },
  nobody: { uid: 65534, gid: 65534, group: "nogroup" },
};

const ID_TABLE = {
  short: "agnruzGZ",
  long: {
    context: "Z",
    group: "g",
    groups: "G",
    name: "n",
    real: "r",
    user: "u",
    zero: "z",
    help: "help",
    version: "version",
  },
};

/** Prints user and group. */
export function* id(self: Process): Execution {
  const given = getopt(self.argv, ID_TABLE);
  const odd = given.options.find(({ name }) => name.length > 1 || name === "Z" || name === "z");
  if (odd !== undefined) return yield* notSimulated(self, `id ${odd.name}`);
  if (given.error !== undefined) return yield* tryHelp(self, given.error);
  const has = (name: string) => given.options.some((option) => option.name === name);
  const chosen = ["u", "g", "G"].filter(has);
  if (chosen.length > 1) return yield* fail(self, 'cannot print "only" of more than one choice');
  if (chosen.length === 0 && (has("n") || has("r"))) {
    return yield* fail(self, "cannot print only names or real IDs in default format");
  }
  const names = given.operands.length === 0 ? ["root"] : given.operands;
  let code = 0;
  for (const name of names) {
    const user = Object.hasOwn(USERS, name) ? USERS[name] : undefined;
    if (user === undefined) code = yield* fail(self, `‘${name}’: no such user`);
    else yield* print(self, `${idText({ name, ...user }, chosen[0], has("n"))}\n`);
  }
  return code;
}

function idText(user: User & { name: string }, choice: string | undefined, names: boolean): string {
  const { uid, gid, group, name } = user;
  if (choice === "u") return names ? name : String(uid);
  if (choice !== undefined) return names ? group : String(gid);
  return `uid=${uid}(${name}) gid=${gid}(${group}) groups=${gid}(${group})`;
}

/** A command without options that prints one line. */
function* simple(self: Process, run: () => Execution): Execution {
  const given = getopt(self.argv, { short: "", long: { help: "help", version: "version" } });
  const [option] = given.options;
  if (option !== undefined) return yield* notSimulated(self, `${self.name} --${option.name}`);
  if (given.error !== undefined) return yield* tryHelp(self, given.error);
  const [extra] = given.operands;
  if (extra !== undefined) {
    return yield* tryHelp(self, `${self.argv[0]}: extra operand ‘${extra}’`);
  }
  return yield* run();
}

function* line(self: Process, text: string): Execution {
  yield* print(self, `${text}\n`);
  return 0;
}

/** Prints the user's name. */
export function whoami(self: Process): Execution {
  return simple(self, () => line(self, "root"));
}

/** Prints the user's groups. */
export function groups(self: Process): Execution {
  return simple(self, () => line(self, "root"));
}

/** Nobody has logged in here. */
export function logname(self: Process): Execution {
  return simple(self, () => fail(self, "no login name"));
}

/** Nobody has logged in here. */
export function users(self: Process): Execution {
  return simple(self, nothing);
}

function* nothing(): Execution {
  yield* [];
  return 0;
}

/** Prints the terminal of standard input. */
export function* tty(self: Process): Execution {
  const given = getopt(self.argv, {
    short: "s",
    long: { silent: "s", quiet: "s", help: "help", version: "version" },
  });
  const odd = given.options.find(({ name }) => name !== "s");
  if (odd !== undefined) return yield* notSimulated(self, `tty --${odd.name}`);
  if (given.error !== undefined) return yield* tryHelp(self, given.error, 2);
  const [extra] = given.operands;
  if (extra !== undefined) {
    return yield* tryHelp(self, `${self.argv[0]}: extra operand ‘${extra}’`, 2);
  }
  const terminal = self.files.get(0)?.terminal;
  if (given.options.length === 0) yield* line(self, terminal?.name ?? "not a tty");
  return terminal === undefined ? 1 : 0;
}
