// trap.
// Source: bash(1); formats by experiment with bash 5.2.
// Not here: running traps (../traps.ts).

import type { Signal } from "../../process/process.ts";
import { SIGNALS, signalNumber, signalOf } from "../../process/signals.ts";
import type { Steps } from "../../process/wait.ts";
import { complain, say } from "../messages.ts";
import { singleQuote } from "../quote.ts";
import type { ShellState } from "../shellState.ts";
import { arm, armExit } from "../traps.ts";
import { type Builtin, readOptions, showUsage } from "./builtin.ts";

const special = ["EXIT", "DEBUG", "ERR", "RETURN"];

/** The table of `kill -l` and `trap -l`. */
export function signalTable(): string {
  const names = SIGNALS.map((name, index): [number, string] => [index + 1, `SIG${name}`]);
  for (let number = 34; number <= 64; number++) {
    const low = number - 34;
    const high = 64 - number;
    names.push([
      number,
      low <= 15
        ? `SIGRTMIN${low === 0 ? "" : `+${low}`}`
        : `SIGRTMAX${high === 0 ? "" : `-${high}`}`,
    ]);
  }
  let text = "";
  for (const [index, [number, name]] of names.entries()) {
    text += `${`${number}`.padStart(2)}) ${name}${index % 5 === 4 ? "\n" : "\t"}`;
  }
  return text.endsWith("\n") ? text : `${text}\n`;
}

/** The name under which a trap is kept; undefined for no signal. */
function trapName(word: string): string | undefined {
  if (word === "0") return "EXIT";
  const upper = word.toUpperCase().replace(/^SIG(?!$)/, "");
  if (special.includes(upper)) return upper;
  return signalOf(word);
}

const numberOf = (name: string): number => {
  if (name === "EXIT") return 0;
  const at = special.indexOf(name);
  return at > 0 ? 64 + at : signalNumber(name as Signal);
};

/** trap. */
export const trap: Builtin = function* (state, call) {
  const options = yield* readOptions(state, call, "lp");
  if (options === undefined) return 2;
  const { flags, rest } = options;
  if (flags.has("l")) return yield* say(state, "trap", signalTable());
  if (flags.has("p") || rest.length === 0) return yield* listTraps(state, rest);
  const [first = "", ...others] = rest;
  const only = others.length === 0;
  if (only && trapName(first) === undefined) {
    yield* showUsage(state, "trap");
    return 2;
  }
  const reset = only || first === "-" || /^\d+$/.test(first);
  const names = only || /^\d+$/.test(first) ? rest : others;
  let status = 0;
  for (const word of names) {
    const name = trapName(word);
    if (name === undefined) {
      yield* complain(state, `trap: ${word}: invalid signal specification`);
      status = 1;
    } else setTrap(state, name, reset ? undefined : first);
  }
  return status;
};

function setTrap(state: ShellState, name: string, command: string | undefined): void {
  if (command === undefined) state.traps.delete(name);
  else state.traps.set(name, { command });
  // What a subshell has of its parent's traps is only shown until it sets one.
  for (const [other, one] of state.traps) if (one.inherited === true) state.traps.delete(other);
  if (!special.includes(name) && name !== "KILL" && name !== "STOP")
    arm(state, name as Signal, command);
  else if (name === "EXIT") armExit(state);
}

function* listTraps(state: ShellState, words: readonly string[]): Steps<number> {
  let status = 0;
  const names: string[] = [];
  for (const word of words) {
    const name = trapName(word);
    if (name !== undefined) names.push(name);
    else {
      yield* complain(state, `trap: ${word}: invalid signal specification`);
      status = 1;
    }
  }
  const all = words.length === 0 ? [...state.traps.keys()] : names;
  let text = "";
  for (const name of all.sort((a, b) => numberOf(a) - numberOf(b))) {
    const one = state.traps.get(name);
    if (one === undefined) continue;
    const shown = special.includes(name) ? name : `SIG${name}`;
    text += `trap -- ${singleQuote(one.command).replace(/^\\'$/, "''\\'''")} ${shown}\n`;
  }
  return (yield* say(state, "trap", text)) || status;
}
