// Paths and what they lead to: `basename`, `dirname`, `readlink`, `realpath`, `pwd` of coreutils 9.1.
// Not simulated: --help, --version.

import { type Errno, errnoText } from "../../net/core/errno.ts";
import { print } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { fail, notSimulated, tryHelp } from "../complain.ts";
import { quote, quoteIfNeeded } from "../quoteName.ts";
import { has, lastValue, readOptions } from "../tool.ts";

/** The last part of a path. */
export function* basename(self: Process): Execution {
  const given = yield* readOptions(self, {
    short: "+as:z",
    long: { multiple: "a", suffix: "s:", zero: "z" },
  });
  if (typeof given === "number") return given;
  const { operands } = given;
  const many = has(given, "a", "s");
  if (operands.length === 0) return yield* tryHelp(self, `${self.argv[0]}: missing operand`);
  if (!many && operands.length > 2) {
    return yield* tryHelp(self, `${self.argv[0]}: extra operand ${quote(operands[2] ?? "")}`);
  }
  const suffix = many ? (lastValue(given, "s") ?? "") : (operands[1] ?? "");
  const end = has(given, "z") ? "\0" : "\n";
  const names = (many ? operands : operands.slice(0, 1)).map((path) => {
    const name = lastName(path);
    const cut = suffix !== "" && name !== suffix && name.endsWith(suffix);
    return cut ? name.slice(0, -suffix.length) : name;
  });
  yield* print(self, names.map((name) => name + end).join(""));
  return 0;
}

/** The last name of a path; "/" of a path that is only slashes. */
export function lastName(path: string): string {
  const bare = path.replace(/\/+$/, "");
  return bare === "" ? (path === "" ? "" : "/") : bare.slice(bare.lastIndexOf("/") + 1);
}

/** A path without its last name. */
export function folderOf(path: string): string {
  const bare = path.replace(/\/+$/, "");
  if (bare === "") return path === "" ? "." : "/";
  const cut = bare.lastIndexOf("/");
  return cut < 0 ? "." : bare.slice(0, cut).replace(/\/+$/, "") || "/";
}

/** Paths without their last parts. */
export function* dirname(self: Process): Execution {
  const given = yield* readOptions(self, { short: "+z", long: { zero: "z" } });
  if (typeof given === "number") return given;
  if (given.operands.length === 0) return yield* tryHelp(self, `${self.argv[0]}: missing operand`);
  const end = has(given, "z") ? "\0" : "\n";
  yield* print(self, given.operands.map((path) => folderOf(path) + end).join(""));
  return 0;
}

/** How much of a path must exist. */
type Need = "all" | "folder" | "none";

/** The path without symlinks; what may miss depends on `need`. */
export function canonicalPath(
  self: Process,
  path: string,
  need: Need,
): string | { readonly errno: Errno } {
  const { files } = self.machine;
  const whole = files.realPath(self, path);
  if (typeof whole === "string" || need === "all" || path === "") return whole;
  if (whole.errno !== "ENOENT" && !(need === "none" && whole.errno === "ENOTDIR")) return whole;
  const target = files.readLink(self, path.replace(/\/+$/, ""));
  if (typeof target === "string") {
    const next = target.startsWith("/") ? target : `${folderOf(path)}/${target}`;
    return canonicalPath(self, next, need);
  }
  const folder = canonicalPath(self, folderOf(path), need === "folder" ? "all" : "none");
  if (typeof folder !== "string") return folder;
  if (need === "folder") {
    const status = files.stat(self, folder);
    if (!("errno" in status) && status.type !== "directory") return { errno: "ENOTDIR" };
  }
  const name = lastName(path);
  if (name === "." || name === "/") return folder;
  if (name === "..") return folderOf(folder);
  return folder === "/" ? `/${name}` : `${folder}/${name}`;
}

const READLINK = {
  short: "efmnqsvz",
  long: {
    canonicalize: "f",
    "canonicalize-existing": "e",
    "canonicalize-missing": "m",
    "no-newline": "n",
    quiet: "q",
    silent: "s",
    verbose: "v",
    zero: "z",
  },
};

/** Says where symlinks point. */
export function* readlink(self: Process): Execution {
  const given = yield* readOptions(self, READLINK);
  if (typeof given === "number") return given;
  const { operands } = given;
  if (operands.length === 0) return yield* tryHelp(self, `${self.argv[0]}: missing operand`);
  const how = given.options.findLast(({ name }) => "efm".includes(name))?.name;
  const needs: Record<string, Need> = { e: "all", f: "folder", m: "none" };
  const end = has(given, "z") ? "\0" : has(given, "n") && operands.length === 1 ? "" : "\n";
  let code = 0;
  for (const path of operands) {
    const need = needs[how ?? ""];
    const target =
      need === undefined
        ? self.machine.files.readLink(self, path)
        : canonicalPath(self, path, need);
    if (typeof target === "string") yield* print(self, target + end);
    else {
      code = 1;
      if (has(given, "v")) yield* fail(self, `${quoteIfNeeded(path)}: ${errnoText(target.errno)}`);
    }
  }
  return code;
}

const REALPATH = {
  short: "eLmPqsz",
  long: {
    "canonicalize-existing": "e",
    "canonicalize-missing": "m",
    logical: "L",
    physical: "P",
    quiet: "q",
    strip: "s",
    "no-symlinks": "s",
    zero: "z",
    "relative-to": "to:",
    "relative-base": "base:",
  },
};

/** Prints paths without symlinks and dots. */
export function* realpath(self: Process): Execution {
  const given = yield* readOptions(self, REALPATH);
  if (typeof given === "number") return given;
  if (has(given, "base", "L")) return yield* notSimulated(self, "realpath -L and --relative-base");
  if (given.operands.length === 0) return yield* tryHelp(self, `${self.argv[0]}: missing operand`);
  const how = given.options.findLast(({ name }) => name === "e" || name === "m")?.name;
  const need: Need = how === "e" ? "all" : how === "m" ? "none" : "folder";
  const from = lastValue(given, "to");
  const base = from === undefined ? undefined : canonicalPath(self, from, need);
  if (base !== undefined && typeof base !== "string") {
    return yield* fail(self, `${quoteIfNeeded(from ?? "")}: ${errnoText(base.errno)}`);
  }
  const end = has(given, "z") ? "\0" : "\n";
  let code = 0;
  for (const path of given.operands) {
    const found = has(given, "s") ? plainPath(self.cwd, path) : canonicalPath(self, path, need);
    if (typeof found === "string") {
      yield* print(self, (base === undefined ? found : relative(base, found)) + end);
    } else {
      code = 1;
      if (!has(given, "q")) yield* fail(self, `${quoteIfNeeded(path)}: ${errnoText(found.errno)}`);
    }
  }
  return code;
}

/** An absolute path without dots; symlinks stay. */
export function plainPath(cwd: string, path: string): string {
  const kept: string[] = [];
  for (const name of (path.startsWith("/") ? path : `${cwd}/${path}`).split("/")) {
    if (name === "..") kept.pop();
    else if (name !== "" && name !== ".") kept.push(name);
  }
  return `/${kept.join("/")}`;
}

function relative(base: string, path: string): string {
  const [from, to] = [base, path].map((each) => each.split("/").filter((name) => name !== ""));
  if (from === undefined || to === undefined) return path;
  let same = 0;
  while (same < from.length && same < to.length && from[same] === to[same]) same += 1;
  const parts = [...from.slice(same).map(() => ".."), ...to.slice(same)];
  return parts.length === 0 ? "." : parts.join("/");
}

/** Prints the working directory. */
export function* pwd(self: Process): Execution {
  const given = yield* readOptions(self, { short: "LP", long: { logical: "L", physical: "P" } });
  if (typeof given === "number") return given;
  if (given.operands.length > 0) yield* fail(self, "ignoring non-option arguments");
  const logical = given.options.at(-1)?.name === "L";
  const named = self.environment.get("PWD") ?? "";
  const { files } = self.machine;
  const real = files.realPath(self, ".");
  const same = files.realPath(self, named || ".") === real;
  const path = logical && named.startsWith("/") && same ? named : real;
  yield* print(self, `${typeof path === "string" ? path : self.cwd}\n`);
  return 0;
}
