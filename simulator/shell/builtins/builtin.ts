// What a builtin is: it gets words and answers a status.
// Not here: the table of them (builtins.ts).

import { write } from "../../process/io.ts";
import type { Steps } from "../../process/wait.ts";
import { complain } from "../messages.ts";
import type { BuiltinCommand, BuiltinWords, ShellState } from "../shellState.ts";

/** How a builtin is called. */
export type BuiltinCall = BuiltinWords;

/** A builtin. */
export type Builtin = BuiltinCommand;

/** A status without any work. */
export function* answer(status: number): Steps<number> {
  yield* [];
  return status;
}

/** Options and what follows them. */
export type Options = {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  /** Options that were given more than once, all their values. */
  readonly all: ReadonlyMap<string, readonly string[]>;
  readonly rest: readonly string[];
  /** How many words were options. */
  readonly used: number;
};

/**
 * Reads options: letters of `spec`, those before a `:` with a value. undefined after a fault, which
 * was said with the usage; the builtin then ends with 2.
 */
export function* readOptions(
  state: ShellState,
  call: BuiltinCall,
  spec: string,
): Steps<Options | undefined> {
  const { args, name } = call;
  const flags = new Set<string>();
  const values = new Map<string, string>();
  const all = new Map<string, string[]>();
  let at = 0;
  for (; at < args.length; at++) {
    const word = args[at] ?? "";
    if (word === "--") {
      at += 1;
      break;
    }
    if (!word.startsWith("-") || word === "-") break;
    for (let index = 1; index < word.length; index++) {
      const letter = word[index] ?? "";
      const place = letter === ":" ? -1 : spec.indexOf(letter);
      if (place < 0) {
        yield* complain(state, `${name}: -${letter}: invalid option`);
        yield* showUsage(state, name);
        return undefined;
      }
      flags.add(letter);
      if (spec[place + 1] !== ":") continue;
      const value = word.slice(index + 1) || args[++at];
      if (value === undefined) {
        yield* complain(state, `${name}: -${letter}: option requires an argument`);
        yield* showUsage(state, name);
        return undefined;
      }
      values.set(letter, value);
      all.set(letter, [...(all.get(letter) ?? []), value]);
      break;
    }
  }
  return { flags, values, all, rest: args.slice(at), used: at };
}

/** "kill: usage: …" on standard error. */
export function* showUsage(state: ShellState, name: string): Steps<void> {
  const { usageOf } = yield* state.process.machine.scheduler.fetch(import("./usages.ts"));
  yield* write(state.process, 2, `${name}: usage: ${usageOf(name)}\n`);
}
