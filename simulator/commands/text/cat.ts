// `cat`, `tac` and `tee` of coreutils 9.1 (cat(1), tac(1), tee(1)).
// Not simulated: tac -b, -r, -s; tee --output-error, -p; --help, --version.

import { errnoText } from "../../net/core/errno.ts";
import { print, readOrErrno, writeFile } from "../../process/io.ts";
import { closeFile } from "../../process/openFiles.ts";
import type { OpenFile, Process } from "../../process/process.ts";
import { onSignal } from "../../process/processTable.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { notSimulated } from "../complain.ts";
import { quoteAlways, quoteIfNeeded } from "../quoteName.ts";
import { has, openTool, readOptions, type Tool } from "../tool.ts";
import { openLines, openOperand } from "./lines.ts";

const CAT = {
  short: "benstuvAET",
  long: {
    "number-nonblank": "b",
    number: "n",
    "squeeze-blank": "s",
    "show-nonprinting": "v",
    "show-ends": "E",
    "show-tabs": "T",
    "show-all": "A",
  },
};

type Look = {
  readonly number: "all" | "filled" | undefined;
  readonly squeeze: boolean;
  readonly ends: boolean;
  readonly tabs: boolean;
  readonly nonprinting: boolean;
  /** Goes on from file to file. */
  line: number;
  blank: number;
  fresh: boolean;
};

/** Prints files one after the other. */
export function* cat(self: Process): Execution {
  const given = yield* readOptions(self, CAT);
  if (typeof given === "number") return given;
  const tool = openTool(self);
  const look: Look = {
    number: has(given, "b") ? "filled" : has(given, "n") ? "all" : undefined,
    squeeze: has(given, "s"),
    ends: has(given, "A", "e", "E"),
    tabs: has(given, "A", "t", "T"),
    nonprinting: has(given, "A", "e", "t", "v"),
    line: 0,
    blank: 0,
    fresh: true,
  };
  const plain = look.number === undefined && !look.squeeze && !look.ends && !look.tabs;
  let code = 0;
  for (const operand of given.operands.length > 0 ? given.operands : ["-"]) {
    const fd = openOperand(self, operand);
    if (typeof fd !== "number") {
      yield* tool.error(`${quoteIfNeeded(operand)}: ${errnoText(fd)}`);
      code = 1;
      continue;
    }
    if (isOutput(self, fd)) {
      yield* tool.error(`${quoteIfNeeded(operand)}: input file is output file`);
      code = 1;
      if (fd !== 0) closeFile(self, fd);
      continue;
    }
    for (;;) {
      const bytes = yield* readOrErrno(self, fd, 65536);
      if (bytes === "") break;
      if (typeof bytes !== "string") {
        yield* tool.error(`${quoteIfNeeded(operand)}: ${errnoText(bytes.errno)}`);
        code = 1;
        break;
      }
      tool.add(plain && !look.nonprinting ? bytes : dress(bytes, look));
      yield* tool.drain();
    }
    if (fd !== 0) closeFile(self, fd);
  }
  return yield* tool.end(code);
}

/** True when what is read is what is written, and there is something to read. */
function isOutput(self: Process, fd: number): boolean {
  const [input, output] = [self.files.get(fd), self.files.get(1)];
  if (input?.kind !== "file" || output?.kind !== "file" || input.label !== output.label)
    return false;
  const status = self.machine.files.stat(self, input.label);
  return !("errno" in status) && status.size > (input.position ?? 0);
}

function dress(bytes: string, look: Look): string {
  let out = "";
  for (const piece of bytes.split(/(?<=\n)/)) {
    const ended = piece.endsWith("\n");
    const line = ended ? piece.slice(0, -1) : piece;
    if (look.fresh && line === "" && ended) {
      look.blank += 1;
      if (look.squeeze && look.blank > 1) continue;
    } else look.blank = 0;
    const numbered = look.fresh && (look.number === "all" || (look.number && line !== ""));
    if (numbered) out += `${`${++look.line}`.padStart(6)}\t`;
    out += look.nonprinting || look.tabs ? visible(line, look) : line;
    if (ended) out += look.ends ? "$\n" : "\n";
    look.fresh = ended;
  }
  return out;
}

function visible(line: string, { tabs, nonprinting }: Look): string {
  return line.replace(/[^ -~]/g, (byte) => {
    if (byte === "\t") return tabs ? "^I" : byte;
    if (!nonprinting) return byte;
    const code = byte.charCodeAt(0);
    const low = code & 0x7f;
    const shown =
      low < 32
        ? `^${String.fromCharCode(low + 64)}`
        : low === 127
          ? "^?"
          : String.fromCharCode(low);
    return code < 128 ? shown : `M-${shown}`;
  });
}

/** Prints the lines of each file from the last to the first. */
export function* tac(self: Process): Execution {
  const given = yield* readOptions(self, { short: "br:s:", long: {} });
  if (typeof given === "number") return given;
  const [option] = given.options;
  if (option !== undefined) return yield* notSimulated(self, `tac -${option.name}`);
  const tool = openTool(self);
  let code = 0;
  for (const operand of given.operands.length > 0 ? given.operands : ["-"]) {
    const lines = openLines(self, operand);
    if (typeof lines === "string") {
      const text = errnoText(lines);
      yield* tool.error(`failed to open ${quoteAlways(operand)} for reading: ${text}`);
      code = 1;
      continue;
    }
    const all: string[] = [];
    for (;;) {
      const line = lines.ready() ?? (yield* lines.next());
      if (line === undefined) break;
      all.push(lines.terminated ? `${line}\n` : line);
    }
    if (lines.errno !== undefined) {
      yield* tool.error(`${quoteIfNeeded(operand)}: read error: ${errnoText(lines.errno)}`);
      code = 1;
    }
    lines.close();
    if (tool.add(all.reverse().join(""))) yield* tool.flush();
  }
  return yield* tool.end(code);
}

/** Copies standard input to standard output and to files. */
export function* tee(self: Process): Execution {
  const given = yield* readOptions(self, {
    short: "aip",
    long: { append: "a", "ignore-interrupts": "i", "output-error": "p" },
  });
  if (typeof given === "number") return given;
  if (has(given, "p")) return yield* notSimulated(self, "tee -p");
  if (has(given, "i")) onSignal(self, "INT", "ignore");
  const tool = openTool(self);
  const append = has(given, "a");
  let code = 0;
  const files: { name: string; file: OpenFile }[] = [];
  for (const name of given.operands) {
    const mode = { write: true, create: true, append, truncate: !append };
    const file = self.machine.files.open(self, name, mode);
    if ("errno" in file) {
      yield* tool.error(`${quoteIfNeeded(name)}: ${errnoText(file.errno)}`);
      code = 1;
    } else files.push({ name, file });
  }
  for (;;) {
    const bytes = yield* readOrErrno(self, 0, 65536);
    if (typeof bytes !== "string") {
      yield* tool.error(`read error: ${errnoText(bytes.errno)}`);
      code = 1;
    }
    if (typeof bytes !== "string" || bytes === "") break;
    yield* print(self, bytes);
    code ||= yield* copyTo(tool, files, bytes);
  }
  for (const { file } of files) file.release();
  return code;
}

function* copyTo(
  tool: Tool,
  files: { name: string; file: OpenFile }[],
  bytes: string,
): Steps<number> {
  let code = 0;
  for (const one of [...files]) {
    const errno = yield* writeFile(tool.self, one.file, bytes);
    if (errno === undefined) continue;
    yield* tool.error(`${quoteIfNeeded(one.name)}: ${errnoText(errno)}`);
    files.splice(files.indexOf(one), 1);
    code = 1;
  }
  return code;
}
