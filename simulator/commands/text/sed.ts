// `sed` of GNU sed 4.9 (sed(1)).
// Not here: scripts (sedParse.ts) and running them (sedRun.ts).
// Not simulated: --debug, --sandbox, --version.

import { errnoText } from "../../net/core/errno.ts";
import { print, readAll, warn } from "../../process/io.ts";
import { closeFile } from "../../process/openFiles.ts";
import type { Process } from "../../process/process.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { notSimulated } from "../complain.ts";
import { type Given, getopt } from "../getopt.ts";
import { has, lastValue, openTool } from "../tool.ts";
import { openOperand } from "./lines.ts";
import type { SedInput } from "./sedInput.ts";
import { parseSed, type SedChunk } from "./sedParse.ts";
import { openWriters, runSed, type SedOutput, type SedRun } from "./sedRun.ts";
import type { SedCommand } from "./sedScript.ts";
import { SED_USAGE } from "./sedUsage.ts";

const TABLE = {
  short: "bsnrzuEe:f:l:i::V:hs",
  long: {
    "regexp-extended": "E",
    binary: "b",
    "in-place": "i::",
    expression: "e:",
    file: "f:",
    "line-length": "l:",
    "null-data": "z",
    "zero-terminated": "z",
    quiet: "n",
    posix: "posix",
    silent: "n",
    sandbox: "odd",
    separate: "s",
    unbuffered: "u",
    debug: "odd",
    "follow-symlinks": "b",
    help: "help",
    version: "odd",
  },
};

/** The usage as it is printed for a mistake. */
const WRONG = SED_USAGE.replace(/E-mail.*\n$/, "");

/** Edits lines. */
export function* sed(self: Process): Execution {
  const given = getopt(self.argv, TABLE);
  if (has(given, "odd")) return yield* notSimulated(self, "such an option of sed");
  if (has(given, "help")) {
    yield* print(self, SED_USAGE);
    return 0;
  }
  if (given.error !== undefined) {
    yield* warn(self, `${given.error}\n${WRONG}`);
    return 1;
  }
  const chunks = yield* readChunks(self, given);
  if (typeof chunks === "string") return yield* say(self, chunks, 4);
  const script = chunks ?? operandScript(given);
  if (script === undefined) {
    yield* warn(self, WRONG);
    return 1;
  }
  const parsed = parseSed(script, has(given, "E", "r"));
  if ("error" in parsed) return yield* say(self, parsed.error, parsed.code);
  const writers = openWriters(self, parsed.commands);
  if (typeof writers === "string") return yield* say(self, writers, 4);
  const names = chunks === undefined ? given.operands.slice(1) : [...given.operands];
  const quiet = parsed.quiet || has(given, "n");
  return yield* start(self, { given, names, commands: parsed.commands, quiet, writers });
}

function* say(self: Process, text: string, code: number): Execution {
  yield* warn(self, `${self.argv[0]}: ${text}\n`);
  return code;
}

function operandScript({ operands }: Given): readonly SedChunk[] | undefined {
  const [text] = operands;
  return text === undefined ? undefined : [{ text, file: undefined }];
}

/** The pieces of -e and -f; undefined when there are none, a text when one cannot be read. */
function* readChunks(self: Process, given: Given): Steps<SedChunk[] | string | undefined> {
  const chunks: SedChunk[] = [];
  for (const { name, value = "" } of given.options) {
    if (name === "e") chunks.push({ text: value, file: undefined });
    if (name !== "f") continue;
    const fd = openOperand(self, value);
    if (typeof fd !== "number") return `couldn't open file ${value}: ${errnoText(fd)}`;
    const text = yield* readAll(self, fd);
    if (fd !== 0) closeFile(self, fd);
    chunks.push({ text: text.replace(/\n$/, ""), file: value });
  }
  return chunks.length === 0 ? undefined : chunks;
}

type Start = {
  readonly given: Given;
  readonly names: string[];
  readonly commands: readonly SedCommand[];
  readonly quiet: boolean;
  readonly writers: Map<string, SedOutput>;
};

function* start(self: Process, { given, names, commands, quiet, writers }: Start): Execution {
  const inPlace = given.options.findLast(({ name }) => name === "i");
  if (inPlace !== undefined && names.length === 0) return yield* say(self, "no input files", 4);
  const tool = openTool(self);
  tool.eager ||= has(given, "u");
  const output: SedOutput = { file: undefined, newline: false };
  const end = has(given, "z") ? "\0" : "\n";
  const input: SedInput = {
    self,
    names: names.length > 0 ? names : ["-"],
    separate: has(given, "s") || inPlace !== undefined,
    end,
    lines: undefined,
    name: "-",
    line: 0,
    cut: false,
    code: 0,
    broken: false,
    onFile:
      inPlace &&
      ((opened, name) =>
        changeFile(self, { opened, name, input, output, suffix: inPlace.value ?? "" })),
  };
  const run: SedRun = {
    tool,
    commands,
    input,
    output,
    quiet,
    end,
    width: Number(lastValue(given, "l") ?? "70") || 0,
    space: "",
    hold: "",
    appended: [],
    replaced: false,
    last: undefined,
    readers: new Map(),
    writers,
    steps: 0,
  };
  const code = yield* runSed(run);
  return yield* tool.end(code, 4);
}

type Change = {
  readonly opened: boolean;
  readonly name: string;
  readonly input: SedInput;
  readonly output: SedOutput;
  readonly suffix: string;
};

/** -i: what is written goes into a new file, which takes the old one's place at its end. */
function* changeFile(
  self: Process,
  { opened, name, input, output, suffix }: Change,
): Steps<boolean> {
  const { files } = self.machine;
  const folder = name.includes("/") ? name.slice(0, name.lastIndexOf("/") + 1) : "";
  const base = name.slice(folder.length);
  const temporary = `${folder}sed${self.pid}`;
  if (opened) {
    const status = files.stat(self, name);
    if (!("errno" in status) && status.type !== "file") {
      yield* warn(self, `${self.argv[0]}: couldn't edit ${name}: not a regular file\n`);
      input.code = 4;
      return false;
    }
    if ("errno" in status) return true;
    const file = files.open(self, temporary, { write: true, create: true, truncate: true });
    if ("errno" in file) {
      const text = `couldn't open temporary file ${temporary}: ${errnoText(file.errno)}`;
      yield* warn(self, `${self.argv[0]}: ${text}\n`);
      input.code = 4;
      return false;
    }
    output.file = file;
    output.newline = false;
    files.setMode(self, temporary, status.mode);
    return true;
  }
  output.file?.release();
  output.file = undefined;
  output.newline = false;
  if (suffix !== "") {
    const backup = suffix.includes("*") ? suffix.replaceAll("*", base) : base + suffix;
    files.rename(self, name, backup.includes("/") ? backup : folder + backup);
  }
  files.rename(self, temporary, name);
  return true;
}
