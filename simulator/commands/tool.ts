// What programs that print much have in common: an output with the buffer of stdio (4096 bytes unless
// it is a terminal, then line by line), errors that come after what was printed before, options.
// `add` is not a generator, so that a line costs little: `if (tool.add(text)) yield* tool.flush()`.
// Not simulated: sizes of buffers other than 4096.

import { type Errno, errnoText } from "../net/core/errno.ts";
import { warn, write } from "../process/io.ts";
import type { Process } from "../process/process.ts";
import type { Execution, Steps } from "../process/wait.ts";
import { notSimulated, tryHelp } from "./complain.ts";
import { type Given, getopt, type OptionTable } from "./getopt.ts";

const BUFFER = 4096;

/** A program's standard output and errors. */
export type Tool = {
  readonly self: Process;
  /** What it was called. */
  readonly name: string;
  /** Takes text; true when it is time to `flush`. */
  add(text: string): boolean;
  /** Writes what a full buffer, or whole lines on a terminal, would write. */
  flush(): Steps<void>;
  /** Writes everything. */
  drain(): Steps<void>;
  /** Writes everything, then the error line in the program's name. */
  error(text: string): Steps<void>;
  /** Writes everything and ends: with this code, or with another one when nobody could be told. */
  end(code: number, onFailure?: number): Execution;
  /** Line by line even when it is no terminal. */
  eager: boolean;
  /** True when a write was refused: the rest is lost. */
  readonly failed: boolean;
};

/** The output of a program that begins. */
export function openTool(self: Process): Tool {
  const name = self.argv[0] ?? "";
  const terminal = self.files.get(1)?.kind === "tty";
  let buffer = "";
  let refusal: Errno | undefined;
  function* put(count: number): Steps<void> {
    const text = buffer.slice(0, count);
    buffer = buffer.slice(count);
    if (text !== "") refusal = (yield* write(self, 1, text)) ?? refusal;
  }
  const tool: Tool = {
    self,
    name,
    eager: terminal,
    get failed() {
      return refusal !== undefined;
    },
    add(text) {
      buffer += text;
      return tool.eager ? text.includes("\n") : buffer.length >= BUFFER;
    },
    flush: () => {
      const whole = buffer.length - (buffer.length % BUFFER);
      return put(tool.eager ? buffer.lastIndexOf("\n") + 1 : whole);
    },
    drain: () => put(buffer.length),
    *error(text) {
      yield* tool.drain();
      yield* warn(self, `${name}: ${text}\n`);
    },
    *end(code, onFailure = 1) {
      yield* tool.drain();
      if (refusal === undefined) return code;
      yield* warn(self, `${name}: write error: ${errnoText(refusal)}\n`);
      return onFailure;
    },
  };
  return tool;
}

/** Reads the options; a number when the program is to end with it. */
export function* readOptions(
  self: Process,
  table: OptionTable,
  { code = 1, argv = self.argv }: { code?: number; argv?: readonly string[] } = {},
): Steps<Given | number> {
  const given = getopt(argv, {
    short: table.short,
    long: { ...table.long, help: "help", version: "version" },
  });
  const asked = given.options.find(({ name }) => name === "help" || name === "version");
  if (asked !== undefined) return yield* notSimulated(self, `${argv[0]} --${asked.name}`);
  if (given.error !== undefined) return yield* tryHelp(self, given.error, code);
  return given;
}

/** True when one of these options was given. */
export function has(given: Given, ...names: readonly string[]): boolean {
  return given.options.some(({ name }) => names.includes(name));
}

/** The value of the last one of this name. */
export function lastValue(given: Given, name: string): string | undefined {
  return given.options.findLast((option) => option.name === name)?.value;
}
