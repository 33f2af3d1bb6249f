// `chmod`, `chown` and `chgrp` of coreutils 9.1. All files are root's; giving one to another user
// changes nothing.
// Not simulated: owners other than root, -H, -L, -P, --from, --help, --version.

import { errnoText } from "../../net/core/errno.ts";
import { print } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { fail, notSimulated, tryHelp } from "../complain.ts";
import { quote, quoteAlways } from "../quoteName.ts";
import { has, lastValue, readOptions } from "../tool.ts";
import { changedMode, type ModeChange, modeText, parseMode } from "./modes.ts";

const CHMOD = {
  short: "cfvR",
  long: {
    changes: "c",
    silent: "f",
    quiet: "f",
    verbose: "v",
    recursive: "R",
    reference: "reference:",
    "no-preserve-root": "no-root",
    "preserve-root": "root",
  },
};

type Change = {
  readonly self: Process;
  readonly change: ModeChange;
  readonly recursive: boolean;
  readonly tell: "all" | "changes" | "nothing";
  readonly quiet: boolean;
};

/** Changes permissions. */
export function* chmod(self: Process): Execution {
  const name = self.argv[0] ?? "chmod";
  // -x and -w are modes, not options.
  const index = self.argv.findIndex((word, at) => at > 0 && /^-[rwxXstugoa]/.test(word));
  const minus = index > 0 ? self.argv[index] : undefined;
  const argv = minus === undefined ? self.argv : self.argv.filter((_, at) => at !== index);
  const given = yield* readOptions(self, CHMOD, { argv });
  if (typeof given === "number") return given;
  const reference = lastValue(given, "reference");
  const words = minus === undefined ? given.operands : [minus, ...given.operands];
  const [first] = words;
  if (first === undefined) return yield* tryHelp(self, `${name}: missing operand`);
  const paths = reference === undefined ? words.slice(1) : words;
  let change = reference === undefined ? parseMode(first) : undefined;
  if (reference !== undefined) {
    const status = self.machine.files.stat(self, reference);
    if ("errno" in status) {
      const text = `failed to get attributes of ${quoteAlways(reference)}`;
      return yield* fail(self, `${text}: ${errnoText(status.errno)}`);
    }
    change = { octal: status.mode & 0o7777 };
  }
  if (paths.length === 0) {
    return yield* tryHelp(self, `${name}: missing operand after ${quote(first)}`);
  }
  if (change === undefined) return yield* tryHelp(self, `${name}: invalid mode: ${quote(first)}`);
  const one: Change = {
    self,
    change,
    recursive: has(given, "R"),
    tell: has(given, "v") ? "all" : has(given, "c") ? "changes" : "nothing",
    quiet: has(given, "f"),
  };
  let code = 0;
  for (const path of paths) if (!(yield* changeOne(one, path))) code = 1;
  return code;
}

function* changeOne(one: Change, path: string): Steps<boolean> {
  const { self, change, recursive, tell, quiet } = one;
  const { files } = self.machine;
  const status = files.stat(self, path);
  if ("errno" in status) {
    if (quiet) return false;
    const link = typeof files.readLink(self, path) === "string";
    const text = link
      ? `cannot operate on dangling symlink ${quoteAlways(path)}`
      : `cannot access ${quoteAlways(path)}: ${errnoText(status.errno)}`;
    yield* fail(self, text);
    return false;
  }
  const folder = status.type === "directory";
  const before = status.mode & 0o7777;
  const mode = changedMode(change, { mode: before, folder, umask: self.umask });
  const errno = files.setMode(self, path, mode);
  if (errno !== undefined) {
    yield* fail(self, `changing permissions of ${quoteAlways(path)}: ${errnoText(errno)}`);
    return false;
  }
  const show = (value: number) => `${value.toString(8).padStart(4, "0")} (${modeText(value)})`;
  if (mode !== before && tell !== "nothing") {
    yield* print(
      self,
      `mode of ${quoteAlways(path)} changed from ${show(before)} to ${show(mode)}\n`,
    );
  } else if (tell === "all") {
    yield* print(self, `mode of ${quoteAlways(path)} retained as ${show(mode)}\n`);
  }
  if (!recursive || !folder) return true;
  const names = files.list(self, path, "stored");
  let done = !("errno" in names);
  for (const name of "errno" in names ? [] : names) {
    const inside = `${path.replace(/\/$/, "")}/${name}`;
    const each = files.stat(self, inside, false);
    if (!("errno" in each) && each.type === "symlink") continue;
    if (!(yield* changeOne(one, inside))) done = false;
  }
  return done;
}

const CHOWN = {
  short: "cfvhRHLP",
  long: {
    changes: "c",
    silent: "f",
    quiet: "f",
    verbose: "v",
    recursive: "R",
    "no-dereference": "h",
    dereference: "dereference",
    reference: "reference:",
    from: "from:",
    "no-preserve-root": "no-root",
    "preserve-root": "root",
  },
};

const KNOWN = new Set(["root", "0", ""]);

/** Gives files to a user or a group: root is the only one there is. */
export function* chown(self: Process): Execution {
  const given = yield* readOptions(self, CHOWN);
  if (typeof given === "number") return given;
  const name = self.argv[0] ?? "chown";
  if (has(given, "reference", "from"))
    return yield* notSimulated(self, `${name} --reference and --from`);
  const [who, ...paths] = given.operands;
  if (who === undefined) return yield* tryHelp(self, `${name}: missing operand`);
  if (paths.length === 0)
    return yield* tryHelp(self, `${name}: missing operand after ${quote(who)}`);
  const group = name.endsWith("chgrp");
  const parts = group ? ["", who] : who.split(/[:.]/);
  for (const [index, part] of parts.entries()) {
    if (KNOWN.has(part)) continue;
    if (/^\d+$/.test(part) || part === "nobody" || part === "nogroup" || part === "daemon") {
      return yield* notSimulated(self, "an owner other than root");
    }
    const shown = group ? part : who;
    const what = index === 0 ? "user" : "group";
    return yield* fail(self, `invalid ${what}: ${quote(shown)}`);
  }
  let code = 0;
  for (const path of paths) {
    const status = self.machine.files.stat(self, path, !has(given, "h"));
    if ("errno" in status) {
      yield* fail(self, `cannot access ${quoteAlways(path)}: ${errnoText(status.errno)}`);
      code = 1;
    } else if (has(given, "v")) {
      const what = group ? "group" : "ownership";
      yield* print(self, `${what} of ${quoteAlways(path)} retained as ${who}\n`);
    }
  }
  return code;
}
