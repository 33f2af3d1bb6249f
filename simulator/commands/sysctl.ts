// sysctl(8) of procps-ng 4.0.2: shows and sets what /proc/sys holds, names with dots or slashes (the
// first of the two that occurs is the separator, so eth0.1 is written eth0/1 between dots).
// Its exit statuses are its own: a file that cannot be written at all ends in 0.
// Not simulated: regular expressions beyond what JavaScript shares.

import { errnoText } from "../net/core/errno.ts";
import { print, readAll, warn } from "../process/io.ts";
import type { OpenFile, Process, Program } from "../process/process.ts";
import type { Steps } from "../process/wait.ts";
import { getopt } from "./getopt.ts";
import { fitsPattern } from "./ip/selection.ts";

const ROOT = "/proc/sys/";

const OPTIONS = {
  short: "bneNwfp::qoxaAXr:Vdh",
  long: {
    all: "a",
    deprecated: "deprecated",
    "dry-run": "dry-run",
    binary: "b",
    ignore: "e",
    names: "N",
    load: "p::",
    quiet: "q",
    system: "system",
    pattern: "r:",
    values: "n",
    write: "w",
    help: "h",
    version: "V",
  },
};

type Mode = {
  readonly set: ReadonlySet<string>;
  readonly pattern: RegExp | undefined;
};

/** A line "key = value", or "-key", which takes the key out of patterns. */
type Setting = { readonly key: string; readonly value: string | undefined };

/** The program `sysctl`. */
export const sysctl: Program = function* (self) {
  const given = getopt(self.argv, OPTIONS);
  if (given.error !== undefined) {
    yield* warn(self, `${given.error}\n`);
    return yield* usage(self, 0);
  }
  const names = given.options.map(({ name }) => name);
  const value = (wanted: string) => given.options.findLast(({ name }) => name === wanted)?.value;
  if (names.includes("h") || names.includes("d")) return yield* usage(self, 0);
  if (names.includes("V")) {
    yield* print(self, "sysctl from procps-ng 4.0.2\n");
    return 0;
  }
  const mode: Mode = { set: new Set(names), pattern: regularExpression(value("r")) };
  const has = (...options: string[]) => options.some((option) => mode.set.has(option));
  if (has("a", "A", "X")) return yield* showAll(self, mode);
  if (has("system")) return yield* loadSystem(self, mode);
  if (has("p", "f")) {
    const file = value("p");
    const files = file === undefined ? given.operands : [file, ...given.operands];
    return yield* loadFiles(self, mode, files.length === 0 ? ["/etc/sysctl.conf"] : files);
  }
  if (given.operands.length === 0) {
    if (names.length === 0) return yield* usage(self, 1);
    const advice = "Try `sysctl --help' for more information.\n";
    yield* warn(self, `sysctl: no variables specified\n${advice}`);
    return 1;
  }
  return yield* showOrSet(self, mode, given.operands);
};

function* usage(self: Process, code: number): Steps<number> {
  const { SYSCTL_USAGE } = yield* self.machine.scheduler.fetch(import("./sysctlUsage.ts"));
  yield* code === 0 ? print(self, SYSCTL_USAGE) : warn(self, SYSCTL_USAGE);
  return code;
}

function regularExpression(text: string | undefined): RegExp | undefined {
  if (text === undefined) return undefined;
  try {
    return new RegExp(text);
  } catch {
    return /(?!)/;
  }
}

/** "net.ipv4.conf.eth0/1" and "net/ipv4/conf/eth0.1" are the same path. */
function pathOf(name: string): string {
  return /[./]/.exec(name)?.[0] === "." ? swapped(name) : name;
}

function swapped(text: string): string {
  return text.replace(/[./]/g, (character) => (character === "." ? "/" : "."));
}

function* showOrSet(self: Process, mode: Mode, words: readonly string[]): Steps<number> {
  let code = 0;
  for (const word of words) {
    if (!mode.set.has("w") && !word.includes("=")) {
      code += yield* show(self, mode, pathOf(word), word);
      continue;
    }
    const setting = mode.pattern?.test(word) === false ? undefined : parseLine(word);
    if (setting?.value !== undefined) code |= yield* write(self, mode, setting.key, setting.value);
    else {
      if (word.length > 1 && mode.pattern === undefined) yield* complain(self, "command line(0)");
      code |= 1;
    }
  }
  return code & 255;
}

function complain(self: Process, where: string) {
  return warn(self, `sysctl: ${where}: invalid syntax, continuing...\n`);
}

/** The setting of a line; undefined for comments, empty lines and what is none. */
function parseLine(line: string): Setting | undefined {
  const text = line.trim();
  if (text.length < 2 || text.startsWith("#") || text.startsWith(";")) return undefined;
  const equals = text.indexOf("=");
  if (equals < 0)
    return text.startsWith("-") ? { key: text.slice(1), value: undefined } : undefined;
  const key = text.slice(0, equals).trim().replace(/^-/, "");
  return { key, value: text.slice(equals + 1).trim() };
}

function* show(self: Process, mode: Mode, path: string, name = ""): Steps<number> {
  if (path === "") {
    yield* warn(self, `sysctl: "" is an unknown key\n`);
    return 255;
  }
  const { files } = self.machine;
  const given = name === "" ? path : name;
  const doubled = given.search(/\.\.|\/\//);
  if (doubled >= 0) {
    const line = `sysctl: separators should not be repeated: ${given.slice(doubled)}\n`;
    yield* warn(self, name === "" ? line + line : line);
  }
  const status = files.stat(self, ROOT + path);
  if (/^\/*$/.test(path)) {
    yield* warn(self, `sysctl: Path is not under ${ROOT}: ${ROOT}/\n`);
    return 255;
  }
  if ("errno" in status) {
    if (mode.set.has("e")) return 0;
    yield* warn(self, `sysctl: cannot stat ${ROOT}${path}: ${errnoText(status.errno)}\n`);
    return 1;
  }
  if (status.type === "directory") {
    const names = files.list(self, ROOT + path);
    if ("errno" in names) return 1;
    let code = 0;
    for (const each of names) code |= yield* show(self, mode, `${path}/${each}`);
    return code;
  }
  // Deprecated names are shown to those who ask for them by name only.
  const deprecated = /\/(base_reachable_time|retrans_time)$/.test(path);
  if (deprecated && name === "" && !mode.set.has("deprecated")) return 0;
  if ((status.mode & 0o400) === 0) return 0;
  return yield* showFile(self, mode, path);
}

function* showFile(self: Process, mode: Mode, path: string): Steps<number> {
  const key = swapped(path);
  if (mode.pattern?.test(key) === false) return 0;
  if (mode.set.has("N")) {
    yield* print(self, `${key}\n`);
    return 0;
  }
  const text = readFile(self, ROOT + path);
  if (typeof text !== "string") return 1;
  const value = text.replace(/\n$/, "");
  yield* print(self, line(mode, key, value));
  return 0;
}

/** How a value is shown. */
function line(mode: Mode, key: string, value: string): string {
  if (mode.set.has("b")) return value;
  return mode.set.has("n") ? `${value}\n` : `${key} = ${value}\n`;
}

function readFile(self: Process, path: string): string | { errno: string } {
  const file = self.machine.files.open(self, path, { read: true });
  if ("errno" in file) return file;
  let text = "";
  for (;;) {
    const part = file.read(self, 65536);
    if (typeof part !== "string") {
      file.release();
      return part;
    }
    if (part === "" || part === "again") break;
    text += part;
  }
  file.release();
  return text;
}

function* write(self: Process, mode: Mode, name: string, value: string): Steps<number> {
  const path = pathOf(name);
  const key = swapped(path);
  if (path === "") {
    yield* warn(self, `sysctl: Path is not under ${ROOT}: ${ROOT}\n`);
    return 1;
  }
  const status = self.machine.files.stat(self, ROOT + path);
  if ("errno" in status) {
    if (mode.set.has("e")) return 0;
    yield* warn(self, `sysctl: cannot stat ${ROOT}${path}: ${errnoText(status.errno)}\n`);
    return 1;
  }
  if ((status.mode & 0o200) === 0 || status.type === "directory") {
    yield* warn(self, `sysctl: setting key "${key}": Invalid argument\n`);
    return 0;
  }
  if (!mode.set.has("dry-run")) {
    const file = self.machine.files.open(self, ROOT + path, { write: true });
    const taken = "errno" in file ? file : writeTo(self, file, `${value}\n`);
    if (taken !== undefined) {
      yield* warn(self, `sysctl: setting key "${key}": ${errnoText(taken.errno)}\n`);
      return 1;
    }
  }
  if (mode.set.has("q")) return 0;
  yield* print(self, mode.set.has("N") ? `${value}\n` : line(mode, key, value));
  return 0;
}

function writeTo(self: Process, file: OpenFile, text: string) {
  const taken = file.write(self, text);
  file.release();
  return typeof taken === "object" ? taken : undefined;
}

function* showAll(self: Process, mode: Mode): Steps<number> {
  let code = 0;
  const names = self.machine.files.list(self, ROOT);
  for (const name of "errno" in names ? [] : names) code |= yield* show(self, mode, name);
  // What cannot be read among all is no failure.
  return code & 0;
}

function* loadFiles(self: Process, mode: Mode, paths: readonly string[]): Steps<number> {
  const settings: Setting[] = [];
  let code = 0;
  for (const path of paths) code |= yield* loadFile(self, mode, path, settings);
  return code | (yield* apply(self, mode, settings));
}

function* loadFile(self: Process, mode: Mode, path: string, settings: Setting[]): Steps<number> {
  const text = path === "-" ? yield* readAll(self, 0) : readFile(self, path);
  if (typeof text !== "string") {
    const why = errnoText(text.errno as "ENOENT");
    yield* warn(self, `sysctl: cannot open "${path}": ${why}\n`);
    return 1;
  }
  for (const [index, each] of text.split("\n").entries()) {
    const trimmed = each.trim();
    const setting = parseLine(each);
    if (setting !== undefined) {
      if (mode.pattern?.test(trimmed) !== false) settings.push(setting);
    } else if (trimmed.length > 1 && !/^[#;]/.test(trimmed)) {
      yield* complain(self, `${path}(${index + 1})`);
    }
  }
  return 0;
}

/** Sets all; a key may be a pattern, from which "-key" lines are left out. */
function* apply(self: Process, mode: Mode, settings: readonly Setting[]): Steps<number> {
  const plain = settings.map(({ key }) => pathOf(key)).filter((path) => !/[*?[]/.test(path));
  let code = 0;
  for (const { key, value } of settings) {
    if (value === undefined) continue;
    const path = pathOf(key);
    if (!/[*?[]/.test(path)) {
      code |= yield* write(self, mode, key, value);
      continue;
    }
    for (const each of expand(self, path.split("/"))) {
      if (!plain.includes(each)) code |= yield* write(self, mode, each, value);
    }
  }
  return code;
}

/** Paths that fit a pattern, folder by folder. */
function expand(self: Process, parts: readonly string[], folder = ""): string[] {
  const [first, ...rest] = parts;
  if (first === undefined) return [folder];
  const names = self.machine.files.list(self, ROOT + folder);
  if ("errno" in names) return [];
  return names
    .filter((name) => fitsPattern(first, name))
    .flatMap((name) => expand(self, rest, folder === "" ? name : `${folder}/${name}`));
}

const FOLDERS = ["/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"].map(
  (folder) => `${folder}/sysctl.d`,
);

/** All *.conf of the folders by name; of two with one name the first folder's counts. */
function* loadSystem(self: Process, mode: Mode): Steps<number> {
  const paths = new Map<string, string>();
  for (const folder of FOLDERS) {
    const names = self.machine.files.list(self, folder);
    for (const name of "errno" in names ? [] : names) {
      if (name.endsWith(".conf") && !paths.has(name)) paths.set(name, `${folder}/${name}`);
    }
  }
  const sorted = [...paths].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
  const settings: Setting[] = [];
  let code = 0;
  for (const path of [...sorted, "/etc/sysctl.conf"]) {
    if ("errno" in self.machine.files.stat(self, path)) continue;
    if (!mode.set.has("q")) yield* print(self, `* Applying ${path} ...\n`);
    code |= yield* loadFile(self, mode, path, settings);
  }
  return code | (yield* apply(self, mode, settings));
}
