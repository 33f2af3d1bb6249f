// `xargs` of findutils 4.9 (xargs(1)): builds command lines out of standard input and runs them.
// Not here: how input is taken apart (xargsWords.ts).
// Not simulated: -p, --process-slot-var, --show-limits, --help, --version.

import { errnoText } from "../../net/core/errno.ts";
import { warn } from "../../process/io.ts";
import { dropFile } from "../../process/openFiles.ts";
import type { ExitStatus, OpenFile, Process } from "../../process/process.ts";
import { waitFor } from "../../process/processTable.ts";
import { spawnCommand } from "../../process/programLookup.ts";
import { signalNumber } from "../../process/signals.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { notSimulated, tryHelp } from "../complain.ts";
import type { Given } from "../getopt.ts";
import { has, lastValue, readOptions } from "../tool.ts";
import { openOperand, readLines } from "./lines.ts";
import { type WordReader, wordReader } from "./xargsWords.ts";

const TABLE = {
  short: "+0a:E:e::i::I:l::L:n:prs:txP:d:o",
  long: {
    null: "0",
    "arg-file": "a:",
    delimiter: "d:",
    eof: "e::",
    replace: "i::",
    "max-lines": "l::",
    "max-args": "n:",
    interactive: "p",
    "no-run-if-empty": "r",
    "max-chars": "s:",
    verbose: "t",
    "show-limits": "show",
    exit: "x",
    "max-procs": "P:",
    "process-slot-var": "slot:",
    "open-tty": "o",
  },
};

/** What a command line may hold. */
const LONGEST = 131072;

type Settings = {
  readonly self: Process;
  readonly command: readonly string[];
  readonly replace: string | undefined;
  readonly words: number;
  readonly lines: number;
  readonly size: number;
  readonly parallel: number;
  readonly verbose: boolean;
  readonly evenEmpty: boolean;
};

type Run = {
  readonly settings: Settings;
  readonly children: Process[];
  code: number;
  ended: boolean;
};

/** Runs a command with words of standard input. */
export function* xargs(self: Process): Execution {
  const given = yield* readOptions(self, TABLE);
  if (typeof given === "number") return given;
  if (has(given, "p", "show", "slot", "o"))
    return yield* notSimulated(self, "xargs -p, -o and --show-limits");
  const numbers: Record<string, number> = {};
  for (const [letter, least] of Object.entries({ n: 1, L: 1, l: 1, s: 1, P: 0 })) {
    const text = lastValue(given, letter);
    if (text === undefined) continue;
    if (!/^[-+]?\d+$/.test(text)) {
      return yield* tryHelp(self, `xargs: invalid number "${text}" for -${letter} option`);
    }
    if (Number(text) < least) {
      return yield* tryHelp(
        self,
        `xargs: value ${text} for -${letter} option should be >= ${least}`,
      );
    }
    numbers[letter] = Number(text);
  }
  const file = lastValue(given, "a");
  const fd = openOperand(self, file ?? "-");
  if (typeof fd !== "number") {
    yield* warn(self, `xargs: Cannot open input file ‘${file}’: ${errnoText(fd)}\n`);
    return 1;
  }
  const settings = yield* settingsOf(self, given, numbers);
  const separator = has(given, "0") ? "\0" : separatorOf(lastValue(given, "d"));
  const byLines = settings.replace !== undefined && separator === undefined;
  const endWord = lastValue(given, "E") ?? lastValue(given, "e");
  const reader = wordReader(readLines(self, fd, separator ?? "\n"), {
    separated: separator !== undefined,
    byLines,
    endWord: separator === undefined && endWord !== "" ? endWord : undefined,
  });
  return yield* runAll({ settings, children: [], code: 0, ended: false }, reader);
}

function* settingsOf(
  self: Process,
  given: Given,
  numbers: Readonly<Record<string, number>>,
): Steps<Settings> {
  // Of -I, -L and -n the last one counts.
  const kinds = given.options.filter(({ name, value }, index, all) => {
    // One word at a time is what -I does anyway.
    const same =
      name === "n" && value === "1" && all.slice(0, index).some((one) => /^[Ii]$/.test(one.name));
    return "IiLln".includes(name) && !same;
  });
  const kind = kinds.at(-1);
  const replaces = kind?.name === "I" || kind?.name === "i";
  const lines = kind?.name === "L" || kind?.name === "l";
  for (const [name, full] of [
    ["n", "--max-args"],
    ["L", "--max-lines/-l"],
  ] as const) {
    if (!replaces || !kinds.some((one) => one.name === name)) continue;
    yield* warn(
      self,
      `xargs: warning: options ${full} and --replace/-I/-i are mutually exclusive, ignoring previous ${full} value\n`,
    );
  }
  return {
    self,
    command: given.operands.length > 0 ? given.operands : ["echo"],
    replace: replaces ? (kind?.value ?? "{}") : undefined,
    words: kind?.name === "n" ? (numbers.n ?? 1) : Number.POSITIVE_INFINITY,
    lines: lines ? (numbers[kind?.name ?? ""] ?? 1) : Number.POSITIVE_INFINITY,
    size: numbers.s ?? LONGEST,
    parallel: numbers.P === 0 ? 64 : (numbers.P ?? 1),
    verbose: has(given, "t"),
    evenEmpty: !has(given, "r") && !replaces,
  };
}

const LETTERS: Readonly<Record<string, string>> = { n: "\n", t: "\t", "0": "\0", r: "\r" };

function separatorOf(text: string | undefined): string | undefined {
  const letter = /^\\(.)$/.exec(text ?? "")?.[1];
  return letter === undefined ? text?.charAt(0) : (LETTERS[letter] ?? letter);
}

function* runAll(run: Run, reader: WordReader): Execution {
  const { settings } = run;
  const start = settings.command.reduce((sum, word) => sum + word.length + 1, 0);
  let batch: string[] = [];
  let lines = 0;
  let size = start;
  let runs = 0;
  while (!run.ended) {
    const word = yield* reader.next();
    if (word === undefined) break;
    if (settings.replace !== undefined) {
      yield* runOne(
        run,
        settings.command.map((part) => part.replaceAll(settings.replace ?? "", word.text)),
      );
      runs += 1;
      continue;
    }
    if (batch.length > 0 && size + word.text.length + 1 > settings.size) {
      yield* runOne(run, [...settings.command, ...batch]);
      runs += 1;
      batch = [];
      size = start;
    }
    batch.push(word.text);
    size += word.text.length + 1;
    if (word.endsLine) lines += 1;
    if (batch.length < settings.words && lines < settings.lines) continue;
    yield* runOne(run, [...settings.command, ...batch]);
    runs += 1;
    batch = [];
    lines = 0;
    size = start;
  }
  const { problem } = reader;
  if (problem !== undefined) yield* warn(settings.self, `xargs: ${problem}\n`);
  const empty = runs === 0 && settings.evenEmpty && problem === undefined;
  if (!run.ended && (batch.length > 0 || empty))
    yield* runOne(run, [...settings.command, ...batch]);
  while (run.children.length > 0) yield* waitForOne(run);
  return problem === undefined ? run.code : 1;
}

function* runOne(run: Run, words: readonly string[]): Steps<void> {
  const { self, verbose, parallel } = run.settings;
  while (run.children.length >= parallel) yield* waitForOne(run);
  if (run.ended) return;
  if (verbose) yield* warn(self, `${words.join(" ")}\n`);
  const nothing = self.machine.files.open(self, "/dev/null", { read: true });
  if ("errno" in nothing) return;
  const files = new Map<number, OpenFile>([...self.files].filter(([fd]) => fd === 1 || fd === 2));
  const child = spawnCommand(self, words, { files: files.set(0, nothing) });
  dropFile(nothing);
  if ("errno" in child) {
    yield* warn(self, `xargs: ${words[0]}: ${errnoText(child.errno)}\n`);
    run.code = child.errno === "ENOENT" ? 127 : 126;
    run.ended = true;
    return;
  }
  run.children.push(child);
  if (parallel === 1) yield* waitForOne(run);
}

function* waitForOne(run: Run): Steps<void> {
  const child = run.children.shift();
  if (child === undefined) return;
  const { self, command } = run.settings;
  const status: ExitStatus = yield* waitFor(self, child);
  if ("signal" in status) {
    yield* warn(
      self,
      `xargs: ${command[0]}: terminated by signal ${signalNumber(status.signal)}\n`,
    );
    run.code = 125;
    run.ended = true;
  } else if (status.code === 255) {
    yield* warn(self, `xargs: ${command[0]}: exited with status 255; aborting\n`);
    run.code = 124;
    run.ended = true;
  } else if (status.code !== 0) run.code = 123;
}
