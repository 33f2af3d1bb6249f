// `cmp` of diffutils 3.8 (cmp(1)): compares two files byte by byte.
// Not simulated: -i with two numbers, --help, --version.

import { errnoText } from "../../net/core/errno.ts";
import { readAll, warn } from "../../process/io.ts";
import { closeFile } from "../../process/openFiles.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { getopt } from "../getopt.ts";
import { has, lastValue, openTool } from "../tool.ts";
import { parseCount } from "./count.ts";
import { openOperand } from "./lines.ts";

const TABLE = {
  short: "bi:ln:s",
  long: {
    "print-bytes": "b",
    "ignore-initial": "i:",
    verbose: "l",
    bytes: "n:",
    quiet: "s",
    silent: "s",
  },
};

function* complain(self: Process, text: string): Execution {
  yield* warn(self, `${text}\ncmp: Try 'cmp --help' for more information.\n`);
  return 2;
}

/** Says where two files differ. */
export function* cmp(self: Process): Execution {
  const given = getopt(self.argv, TABLE);
  if (given.error !== undefined) return yield* complain(self, given.error);
  const [left, right = "-", skipLeft, skipRight] = given.operands;
  if (left === undefined) return yield* complain(self, "cmp: missing operand after 'cmp'");
  const quiet = has(given, "s");
  const texts: string[] = [];
  for (const path of [left, right]) {
    const fd = openOperand(self, path);
    if (typeof fd !== "number") {
      if (!quiet) yield* warn(self, `cmp: ${path}: ${errnoText(fd)}\n`);
      return 2;
    }
    texts.push(yield* readAll(self, fd));
    if (fd !== 0) closeFile(self, fd);
  }
  const skip = lastValue(given, "i");
  const from = [skipLeft ?? skip, skipRight ?? skip].map((text) => parseCount(text ?? "0") ?? 0);
  const most = parseCount(lastValue(given, "n") ?? "") ?? Number.POSITIVE_INFINITY;
  const [a, b] = texts.map((text, index) => text.slice(from[index], most + (from[index] ?? 0)));
  return yield* compare(self, {
    a: a ?? "",
    b: b ?? "",
    left,
    right,
    quiet,
    all: has(given, "l"),
    bytes: has(given, "b"),
  });
}

type Comparison = {
  readonly a: string;
  readonly b: string;
  readonly left: string;
  readonly right: string;
  readonly quiet: boolean;
  readonly all: boolean;
  readonly bytes: boolean;
};

function octal(code: number): string {
  return code.toString(8).padStart(3);
}

function shown(code: number): string {
  const high = code >= 128 ? "M-" : "";
  const low = code & 127;
  if (low < 32) return `${high}^${String.fromCharCode(low + 64)}`;
  return high + (low === 127 ? "^?" : String.fromCharCode(low));
}

function* compare(self: Process, { a, b, left, right, quiet, all, bytes }: Comparison): Execution {
  const tool = openTool(self);
  const size = Math.min(a.length, b.length);
  const width = `${Math.max(a.length, b.length)}`.length;
  let code = 0;
  for (let at = 0; at < size; at++) {
    const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (x === y) continue;
    code = 1;
    if (quiet) return 1;
    if (!all) {
      const line = a.slice(0, at).split("\n").length;
      const tail = bytes ? ` is ${octal(x)} ${shown(x)} ${octal(y)} ${shown(y)}` : "";
      tool.add(`${left} ${right} differ: byte ${at + 1}, line ${line}${tail}\n`);
      return yield* tool.end(1, 2);
    }
    const cells = bytes ? [octal(x), shown(x).padEnd(4), octal(y), shown(y)] : [octal(x), octal(y)];
    if (tool.add(`${`${at + 1}`.padStart(width)} ${cells.join(" ")}\n`)) yield* tool.flush();
  }
  if (a.length === b.length) return yield* tool.end(code, 2);
  if (quiet) return 1;
  const [short, text] = a.length < b.length ? [left, a] : [right, b];
  if (text === "") yield* warn(self, `cmp: EOF on ${short} which is empty\n`);
  else {
    const lines = text.split("\n").length - 1;
    const place = text.endsWith("\n") ? `line ${lines}` : `in line ${lines + 1}`;
    yield* warn(self, `cmp: EOF on ${short} after byte ${text.length}${all ? "" : `, ${place}`}\n`);
  }
  return yield* tool.end(1, 2);
}
