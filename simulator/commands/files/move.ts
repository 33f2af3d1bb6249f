// `mv` and `ln` of coreutils 9.1 (mv(1), ln(1)).
// Not simulated: hard links, moves between file systems, backups, --help, --version.

import { type Errno, errnoText } from "../../net/core/errno.ts";
import { print } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { fail, notSimulated } from "../complain.ts";
import { quoteAlways } from "../quoteName.ts";
import { has, readOptions } from "../tool.ts";
import { agreed } from "./copy.ts";
import { folderOf, plainPath } from "./names.ts";
import { isSameFile, TARGET_OPTIONS, transfers } from "./targets.ts";

const MV = {
  short: "bfint:uvS:TZ",
  long: { ...TARGET_OPTIONS, "no-clobber": "n", update: "u" },
};

/** Moves or renames files and folders. */
export function* mv(self: Process): Execution {
  const given = yield* readOptions(self, MV);
  if (typeof given === "number") return given;
  if (has(given, "b", "S", "backup")) return yield* notSimulated(self, "mv with backups");
  const list = yield* transfers(self, given);
  if (typeof list === "number") return list;
  const mood = given.options.findLast(({ name }) => "fin".includes(name))?.name;
  const settings = { mood, update: has(given, "u"), verbose: has(given, "v") };
  let code = 0;
  for (const { from, to } of list) {
    const refusal = yield* moveOne(self, from, to, settings);
    if (refusal === undefined) continue;
    yield* fail(self, refusal);
    code = 1;
  }
  return code;
}

type Settings = {
  readonly mood: string | undefined;
  readonly update: boolean;
  readonly verbose: boolean;
};

function* moveOne(
  self: Process,
  from: string,
  to: string,
  { mood, update, verbose }: Settings,
): Steps<string | undefined> {
  const { files } = self.machine;
  const source = files.stat(self, from, false);
  if ("errno" in source) return `cannot stat ${quoteAlways(from)}: ${errnoText(source.errno)}`;
  const target = files.stat(self, to, false);
  const names = `${quoteAlways(from)} and ${quoteAlways(to)}`;
  if (!("errno" in target)) {
    if (isSameFile(self, from, to, false)) return `${names} are the same file`;
    if (mood === "n" || (update && target.modified >= source.modified)) return undefined;
    if (mood === "i" && !(yield* agreed(self, `overwrite ${quoteAlways(to)}? `))) return undefined;
    const folders = [source.type === "directory", target.type === "directory"];
    if (folders[0] && !folders[1]) {
      return `cannot overwrite non-directory ${quoteAlways(to)} with directory ${quoteAlways(from)}`;
    }
    if (!folders[0] && folders[1]) {
      return `cannot overwrite directory ${quoteAlways(to)} with non-directory`;
    }
  }
  const errno = files.rename(self, from, to);
  if (errno === undefined) {
    if (verbose) yield* print(self, `renamed ${quoteAlways(from)} -> ${quoteAlways(to)}\n`);
    return undefined;
  }
  if (errno === "EINVAL") {
    return `cannot move ${quoteAlways(from)} to a subdirectory of itself, ${quoteAlways(to)}`;
  }
  return `cannot move ${quoteAlways(from)} to ${quoteAlways(to)}: ${errnoText(errno)}`;
}

const LN = {
  short: "bdfFinLPrst:vS:T",
  long: {
    ...TARGET_OPTIONS,
    symbolic: "s",
    "no-dereference": "n",
    relative: "r",
    logical: "L",
    physical: "P",
    directory: "d",
  },
};

/** Makes symlinks. */
export function* ln(self: Process): Execution {
  const given = yield* readOptions(self, LN);
  if (typeof given === "number") return given;
  if (has(given, "b", "S", "backup")) return yield* notSimulated(self, "ln with backups");
  const list = yield* transfers(self, given);
  if (typeof list === "number") return list;
  const symbolic = has(given, "s");
  if (has(given, "r") && !symbolic) {
    return yield* fail(self, "cannot do --relative without --symbolic");
  }
  const mood = given.options.findLast(({ name }) => "fi".includes(name))?.name;
  let code = 0;
  for (const { from, to } of list) {
    if (!symbolic) {
      const status = self.machine.files.stat(self, from, false);
      if (!("errno" in status) && status.type !== "directory") {
        return yield* notSimulated(self, "a hard link");
      }
      const text =
        "errno" in status
          ? `failed to access ${quoteAlways(from)}: ${errnoText(status.errno)}`
          : `${quoteAlways(from)}: hard link not allowed for directory`;
      yield* fail(self, text);
      code = 1;
      continue;
    }
    const target = has(given, "r") ? relativeTo(self, from, to) : from;
    const refusal = yield* linkOne(self, { target, to, mood });
    if (refusal !== undefined) {
      if (refusal !== "") yield* fail(self, refusal);
      code = 1;
    } else if (has(given, "v")) {
      yield* print(self, `${quoteAlways(to)} -> ${quoteAlways(target)}\n`);
    }
  }
  return code;
}

function relativeTo(self: Process, from: string, to: string): string {
  const [target, base] = [from, folderOf(to)].map((path) => {
    return plainPath(self.cwd, path)
      .split("/")
      .filter((name) => name !== "");
  });
  if (target === undefined || base === undefined) return from;
  let same = 0;
  while (same < target.length && same < base.length && target[same] === base[same]) same += 1;
  return [...base.slice(same).map(() => ".."), ...target.slice(same)].join("/") || ".";
}

function* linkOne(
  self: Process,
  { target, to, mood }: { target: string; to: string; mood: string | undefined },
): Steps<string | undefined> {
  const { files } = self.machine;
  const there = files.stat(self, to, false);
  if (!("errno" in there) && mood !== undefined) {
    if (there.type === "directory") return `${quoteAlways(to)}: cannot overwrite directory`;
    if (mood === "i" && !(yield* agreed(self, `replace ${quoteAlways(to)}? `))) return "";
    files.remove(self, to);
  }
  const errno: Errno | undefined = files.makeSymlink(self, target, to);
  if (errno === undefined) return undefined;
  return `failed to create symbolic link ${quoteAlways(to)}: ${errnoText(errno)}`;
}
