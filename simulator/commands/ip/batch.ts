// `ip -batch FILE`: a command of `ip` on each line, words in quotes, "#" begins a comment, a backslash at
// the end goes on with the next line. Stops at the first that fails unless -force.
// Not simulated: nothing of it.

import { errnoText } from "../../net/core/errno.ts";
import { type LineReader, lineReader, warn } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import type { IpCommand } from "./ipCommand.ts";
import { type IpOptions, matches } from "./options.ts";

/** Runs the lines of `options.batch` by `run`. */
export function* batchCommand(self: Process, options: IpOptions, run: IpCommand): Execution {
  const name = options.batch ?? "-";
  let descriptor = 0;
  if (name !== "-") {
    const file = self.machine.files.open(self, name, { read: true });
    if ("errno" in file) {
      const why = errnoText(file.errno);
      yield* warn(self, `Cannot open file "${name}" for reading: ${why}\n`);
      return 1;
    }
    descriptor = 3;
    while (self.files.has(descriptor)) descriptor += 1;
    self.files.set(descriptor, file);
  }
  return yield* runLines(self, options, { run, name, lines: lineReader(self, descriptor) });
}

type Batch = { readonly run: IpCommand; readonly name: string; readonly lines: LineReader };

function* runLines(self: Process, options: IpOptions, batch: Batch): Execution {
  let result = 0;
  let number = 0;
  let current = options;
  for (;;) {
    const [line, read] = yield* nextLine(batch.lines);
    if (line === undefined) return result;
    number += read;
    const words = splitWords(line);
    if (words === undefined) {
      yield* warn(self, "Unterminated quoted string\n");
      return 1;
    }
    if (words.length === 0) continue;
    const code = yield* batch.run(self, current, words);
    if (showsLinks(words)) current = { ...options, afterLink: true };
    if (code === 0) continue;
    // What is wrong with a command's words ends the whole program.
    if (code === 255) return 255;
    yield* warn(self, `Command failed ${batch.name}:${number}\n`);
    result = 1;
    if (!options.force) return result;
  }
}

function showsLinks([object = "", verb = "show"]: readonly string[]): boolean {
  if (!matches(object, "link") || object === "l2tp") return false;
  return ["show", "lst", "list"].some((name) => matches(verb, name)) && !matches(verb, "set");
}

/** A line with those that it goes on with; and how many they were. */
function* nextLine(lines: LineReader): Steps<readonly [line: string | undefined, read: number]> {
  let line = "";
  for (let read = 1; ; read++) {
    const next = yield* lines.next();
    if (next === undefined) return [read > 1 ? line : undefined, read - 1];
    const text = next.replace(/#.*$/s, "");
    if (!lines.terminated || !text.endsWith("\\")) return [line + text, read];
    line += text.slice(0, -1);
  }
}

/** Words between blanks; quotes hold blanks together. Undefined when a quote is not closed. */
export function splitWords(line: string): readonly string[] | undefined {
  const words: string[] = [];
  for (let at = 0; at < line.length; ) {
    const character = line[at] ?? "";
    if (/\s/.test(character)) {
      at += 1;
      continue;
    }
    if (character === '"' || character === "'") {
      const end = line.indexOf(character, at + 1);
      if (end < 0) return undefined;
      words.push(line.slice(at + 1, end));
      at = end + 1;
      continue;
    }
    let end = at;
    while (end < line.length && !/\s/.test(line[end] ?? "")) end += 1;
    words.push(line.slice(at, end));
    at = end;
  }
  return words;
}
