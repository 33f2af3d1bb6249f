// `diff` of diffutils 3.8 (diff(1)): normal, unified and context output, folders one by one or all
// the way down.
// Not here: what has changed (diffLines.ts), how that looks (diffText.ts).
// Not simulated: -y, -e, -n, -D, -I, -F, -p, --color, --GTYPE-group-format, --help, --version.

import { errnoText } from "../../net/core/errno.ts";
import type { FileStatus } from "../../process/fileSystem.ts";
import { readAll, warn } from "../../process/io.ts";
import { closeFile } from "../../process/openFiles.ts";
import type { Process } from "../../process/process.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { notSimulated } from "../complain.ts";
import { lastName } from "../files/names.ts";
import { type Given, getopt } from "../getopt.ts";
import { has, openTool, type Tool } from "../tool.ts";
import { changesBetween } from "./diffLines.ts";
import { contextText, type DiffFile, normalText, unifiedText } from "./diffText.ts";
import { openOperand } from "./lines.ts";

const TABLE = {
  short: "0123456789abBcC:dEiL:NqrsStTuU:wx:yZ",
  long: {
    normal: "normal",
    brief: "q",
    "report-identical-files": "s",
    context: "C::",
    unified: "U::",
    recursive: "r",
    "new-file": "N",
    "ignore-case": "i",
    "ignore-tab-expansion": "E",
    "ignore-trailing-space": "Z",
    "ignore-space-change": "b",
    "ignore-all-space": "w",
    "ignore-blank-lines": "B",
    text: "a",
    label: "L:",
    minimal: "d",
    "side-by-side": "y",
    "no-dereference": "nolink",
    "strip-trailing-cr": "cr",
    color: "color::",
    help: "help",
    version: "help",
  },
};

type Comparing = {
  readonly tool: Tool;
  readonly given: Given;
  readonly style: "normal" | "unified" | "context";
  readonly context: number;
  readonly labels: readonly string[];
};

/** Compares files line by line. */
export function* diff(self: Process): Execution {
  const given = getopt(self.argv, TABLE);
  if (given.error !== undefined) return yield* complain(self, given.error);
  if (has(given, "help", "y", "color", "x"))
    return yield* notSimulated(self, "diff -x, -y, --color and --help");
  const [left, right, extra] = given.operands;
  if (right === undefined) {
    return yield* complain(self, `diff: missing operand after '${left ?? "diff"}'`);
  }
  if (extra !== undefined) return yield* complain(self, `diff: extra operand '${extra}'`);
  const kind = given.options.findLast(({ name }) => ["u", "U", "c", "C", "normal"].includes(name));
  const style = /^[uU]$/.test(kind?.name ?? "")
    ? "unified"
    : /^[cC]$/.test(kind?.name ?? "")
      ? "context"
      : "normal";
  const digits = given.options
    .filter(({ name }) => /^\d$/.test(name))
    .map(({ name }) => name)
    .join("");
  const count = kind?.value ?? (digits === "" ? "3" : digits);
  if (!/^\d+$/.test(count)) return yield* complain(self, `diff: invalid context length '${count}'`);
  const tool = openTool(self);
  const comparing: Comparing = {
    tool,
    given,
    style,
    context: Number(count),
    labels: given.options.filter(({ name }) => name === "L").map(({ value = "" }) => value),
  };
  const code = yield* compareOperands(comparing, left ?? "", right);
  return yield* tool.end(code, 2);
}

function* complain(self: Process, text: string): Execution {
  yield* warn(self, `${text}\ndiff: Try 'diff --help' for more information.\n`);
  return 2;
}

function statusOf(self: Process, path: string): FileStatus | undefined {
  if (path === "-") return undefined;
  const status = self.machine.files.stat(self, path);
  return "errno" in status ? undefined : status;
}

function* compareOperands(comparing: Comparing, left: string, right: string): Steps<number> {
  const { self } = comparing.tool;
  const folders = [left, right].map((path) => statusOf(self, path)?.type === "directory");
  // A file and a folder: the file of that name in the folder is meant.
  if (folders[0] && !folders[1])
    return yield* compareFiles(comparing, `${left}/${lastName(right)}`, right);
  if (!folders[0] && folders[1])
    return yield* compareFiles(comparing, left, `${right}/${lastName(left)}`);
  if (folders[0] && folders[1]) return yield* compareFolders(comparing, left, right);
  return yield* compareFiles(comparing, left, right);
}

function* compareFolders(comparing: Comparing, left: string, right: string): Steps<number> {
  const { tool, given } = comparing;
  const { files } = tool.self.machine;
  const [a, b] = [files.list(tool.self, left), files.list(tool.self, right)];
  if ("errno" in a || "errno" in b) return 2;
  let code = 0;
  const join = (folder: string, name: string) => `${folder.replace(/\/$/, "")}/${name}`;
  for (const name of [...new Set([...a, ...b])].sort()) {
    const [x, y] = [join(left, name), join(right, name)];
    if ((!a.includes(name) || !b.includes(name)) && !has(given, "N")) {
      tool.add(`Only in ${a.includes(name) ? left : right}: ${name}\n`);
      code = Math.max(code, 1);
      continue;
    }
    const kinds = [x, y].map((path) => statusOf(tool.self, path)?.type);
    if (kinds[0] === "directory" && kinds[1] === "directory") {
      if (has(given, "r")) code = Math.max(code, yield* compareFolders(comparing, x, y));
      else tool.add(`Common subdirectories: ${x} and ${y}\n`);
    } else if (kinds.includes("directory")) {
      const words = kinds.map((kind) => (kind === "directory" ? "directory" : "regular file"));
      tool.add(`File ${x} is a ${words[0]} while file ${y} is a ${words[1]}\n`);
      code = Math.max(code, 1);
    } else code = Math.max(code, yield* compareFiles(comparing, x, y, true));
  }
  return code;
}

/** Reads a file; a number when it cannot be read. */
function* readFile({ tool, given }: Comparing, path: string): Steps<DiffFile | number> {
  const { self } = tool;
  const fd = openOperand(self, path);
  if (typeof fd !== "number") {
    if (fd === "ENOENT" && has(given, "N")) {
      return { name: path, text: "", modified: 0 };
    }
    yield* tool.error(`${path}: ${errnoText(fd)}`);
    return 2;
  }
  const text = yield* readAll(self, fd);
  if (fd !== 0) closeFile(self, fd);
  const modified = statusOf(self, path)?.modified ?? self.machine.clock.now;
  return { name: path, text, modified };
}

function* compareFiles(
  comparing: Comparing,
  left: string,
  right: string,
  inFolders = false,
): Steps<number> {
  const { tool, given, style, context, labels } = comparing;
  const a = yield* readFile(comparing, left);
  const b = yield* readFile(comparing, right);
  if (typeof a === "number" || typeof b === "number") return 2;
  const said = (text: string) => tool.add(`${text}\n`);
  const binary = !has(given, "a") && (a.text.includes("\0") || b.text.includes("\0"));
  if (a.text === b.text) {
    if (has(given, "s")) said(`Files ${left} and ${right} are identical`);
    return 0;
  }
  if (binary && !has(given, "q")) {
    said(`Binary files ${left} and ${right} differ`);
    return 1;
  }
  const changes = changesBetween(keysOf(a.text, given), keysOf(b.text, given)).filter(
    (change) => !has(given, "B") || !isBlank(a, b, change),
  );
  if (changes.length === 0) {
    if (has(given, "s")) said(`Files ${left} and ${right} are identical`);
    return 0;
  }
  if (has(given, "q")) {
    said(`Files ${left} and ${right} differ`);
    return 1;
  }
  if (inFolders) {
    const options = given.options
      .filter(({ name }) => name !== "L")
      .map(({ name, value }) => (value === undefined ? `-${name}` : `-${name} ${value}`));
    said(["diff", ...options, left, right].join(" "));
  }
  const files = [a, b].map((file, index) => ({ ...file, label: labels[index] }));
  const [x = a, y = b] = files;
  const text =
    style === "normal"
      ? normalText(x, y, changes)
      : style === "unified"
        ? unifiedText(x, y, changes, context)
        : contextText(x, y, changes, context);
  if (tool.add(text)) yield* tool.flush();
  return 1;
}

type Stretch = {
  readonly a: number;
  readonly aCount: number;
  readonly b: number;
  readonly bCount: number;
};

function isBlank(a: DiffFile, b: DiffFile, change: Stretch): boolean {
  const lines = [
    ...a.text.split("\n").slice(change.a, change.a + change.aCount),
    ...b.text.split("\n").slice(change.b, change.b + change.bCount),
  ];
  return lines.every((line) => line === "");
}

/** Lines as they are compared. A last line without an end is another one than with it. */
function keysOf(text: string, given: Given): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  else if (!has(given, "b", "w", "Z")) lines[lines.length - 1] = `${lines.at(-1)}\n`;
  return lines.map((line) => {
    let key = line;
    if (has(given, "cr")) key = key.replace(/\r$/, "");
    if (has(given, "w")) key = key.replace(/[ \t\r\f\v]+/g, "");
    else if (has(given, "b")) key = key.replace(/[ \t\r\f\v]+/g, " ").replace(/ $/, "");
    else if (has(given, "Z")) key = key.replace(/[ \t\r\f\v]+$/, "");
    return has(given, "i") ? key.toLowerCase() : key;
  });
}
