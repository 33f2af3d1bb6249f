// `wc` of coreutils 9.1 (wc(1)). Characters are those of UTF-8.
// Not simulated: widths of other than single-width characters (-L), --help, --version.

import { type Errno, errnoText } from "../../net/core/errno.ts";
import { readOrErrno } from "../../process/io.ts";
import { closeFile } from "../../process/openFiles.ts";
import type { Process } from "../../process/process.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { characters, isAscii } from "../../shell/utf8.ts";
import { notSimulated } from "../complain.ts";
import { quoteIfNeeded } from "../quoteName.ts";
import { has, openTool, readOptions } from "../tool.ts";
import { openOperand } from "./lines.ts";

const TABLE = {
  short: "clLmw",
  long: {
    bytes: "c",
    chars: "m",
    lines: "l",
    words: "w",
    "max-line-length": "L",
    "files0-from": "files0:",
  },
};

/** Lines, words, characters, bytes, longest line. */
type Counts = [number, number, number, number, number];

/** Counts lines, words and bytes of files. */
export function* wc(self: Process): Execution {
  const given = yield* readOptions(self, TABLE);
  if (typeof given === "number") return given;
  if (has(given, "files0")) return yield* notSimulated(self, "wc --files0-from");
  const asked = ["l", "w", "m", "c", "L"].map((letter) => has(given, letter));
  const shown = asked.includes(true) ? asked : [true, true, false, true, false];
  const names = given.operands.length > 0 ? given.operands : [undefined];
  const width = fieldWidth(self, given.operands, shown.filter(Boolean).length);
  const tool = openTool(self);
  const line = (counts: Counts, name: string | undefined): string => {
    const fields = counts.filter((_, index) => shown[index]);
    const numbers = fields.map((count) => `${count}`.padStart(width)).join(" ");
    return name === undefined ? `${numbers}\n` : `${numbers} ${name}\n`;
  };
  const total: Counts = [0, 0, 0, 0, 0];
  let code = 0;
  for (const name of names) {
    const fd = openOperand(self, name ?? "-");
    if (typeof fd !== "number") {
      yield* tool.error(`${quoteIfNeeded(name ?? "-")}: ${errnoText(fd)}`);
      code = 1;
      continue;
    }
    const { counts, errno } = yield* count(self, fd, shown[1] || shown[2] || shown[4] || false);
    if (fd !== 0) closeFile(self, fd);
    if (errno !== undefined) {
      yield* tool.error(`${quoteIfNeeded(name ?? "standard input")}: ${errnoText(errno)}`);
      code = 1;
    }
    if (tool.add(line(counts, name === undefined ? undefined : shownName(name)))) {
      yield* tool.flush();
    }
    counts.forEach((value, index) => {
      total[index] = index === 4 ? Math.max(total[4], value) : (total[index] ?? 0) + value;
    });
  }
  if (names.length > 1) tool.add(line(total, "total"));
  return yield* tool.end(code);
}

function shownName(name: string): string {
  return name.includes("\n") ? quoteIfNeeded(name) : name;
}

/** As wide as the sum of all sizes; 7 when a size cannot be known beforehand. */
function fieldWidth(self: Process, names: readonly string[], columns: number): number {
  if (names.length <= 1 && columns === 1) return 1;
  let sum = 0;
  let least = 1;
  for (const name of names.length > 0 ? names : ["-"]) {
    const path = name === "-" ? self.files.get(0)?.label : name;
    const kind = name === "-" ? self.files.get(0)?.kind : "file";
    const status =
      path === undefined || kind !== "file" ? undefined : self.machine.files.stat(self, path);
    if (status !== undefined && "errno" in status) continue;
    if (status?.type === "file") sum += status.size;
    else least = 7;
  }
  return Math.max(least, `${sum}`.length);
}

function* count(
  self: Process,
  fd: number,
  detailed: boolean,
): Steps<{ counts: Counts; errno: Errno | undefined }> {
  const counts: Counts = [0, 0, 0, 0, 0];
  let inWord = false;
  let column = 0;
  let rest = "";
  for (;;) {
    const bytes = yield* readOrErrno(self, fd, 65536);
    if (typeof bytes !== "string") return { counts, errno: bytes.errno };
    if (bytes === "") break;
    counts[3] += bytes.length;
    rest = countCharacters(rest + bytes, counts);
    for (let at = bytes.indexOf("\n"); at >= 0; at = bytes.indexOf("\n", at + 1)) counts[0] += 1;
    for (let at = 0; detailed && at < bytes.length; at++) {
      const byte = bytes.charCodeAt(at);
      const follows = (byte & 0xc0) === 0x80;
      const space = byte === 32 || (byte >= 9 && byte <= 13);
      if (byte === 10 || byte === 13 || byte === 12) {
        counts[4] = Math.max(counts[4], column);
        column = 0;
      } else if (byte === 9) column += 8 - (column % 8);
      else if (byte >= 32 && byte !== 127 && !follows) column += 1;
      if (space) inWord = false;
      else if (!inWord && byte > 32 && byte !== 127) {
        inWord = true;
        counts[1] += 1;
      }
    }
  }
  counts[4] = Math.max(counts[4], column);
  return { counts, errno: undefined };
}

/** Adds the characters of some bytes; gives back what may belong to the next ones. */
function countCharacters(bytes: string, counts: Counts): string {
  const cut = /(?:[\xc2-\xdf]|[\xe0-\xef][\x80-\xbf]?|[\xf0-\xf4][\x80-\xbf]{0,2})$/.exec(bytes);
  const whole = cut === null ? bytes : bytes.slice(0, cut.index);
  counts[2] += isAscii(whole)
    ? whole.length
    : characters(whole).filter((one) => one.length > 1 || one < "\x80").length;
  return cut?.[0] ?? "";
}
