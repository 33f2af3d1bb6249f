// set and shopt.
// Source: bash(1); formats by experiment with bash 5.2.

import type { Steps } from "../../process/wait.ts";
import { complain, refuse, say } from "../messages.ts";
import { setOptions, shoptNames } from "../options.ts";
import { leave, type ShellState } from "../shellState.ts";
import { type Builtin, readOptions, showUsage } from "./builtin.ts";
import { listSettings } from "./declareList.ts";

/** Switches a `set -o` option. */
function turn(state: ShellState, name: string, on: boolean): void {
  if (on) state.options.add(name);
  else state.options.delete(name);
  if (name === "posix" && on) state.shopts.add("inherit_errexit");
}

/** set. */
export const set: Builtin = function* (state, { args }) {
  if (args.length === 0) return yield* listSettings(state);
  let at = 0;
  for (; at < args.length; at++) {
    const word = args[at] ?? "";
    if (word === "--") {
      state.positional = args.slice(at + 1);
      return 0;
    }
    if (word === "-" || word === "+") {
      at += 1;
      if (word === "-") {
        turn(state, "xtrace", false);
        turn(state, "verbose", false);
      }
      if (word === "-" && at >= args.length) return 0;
      break;
    }
    if (!/^[-+]/.test(word)) break;
    const on = word.startsWith("-");
    for (const letter of word.slice(1)) {
      if (letter === "o") {
        const name = args[at + 1];
        if (name === undefined || /^[-+]/.test(name)) return yield* listOptions(state, on);
        at += 1;
        if (state.dash && name === "pipefail") {
          yield* complain(state, "set: Illegal option -o pipefail");
          return leave({ unwind: "exit", status: 2 });
        }
        if (!setOptions.some(([known]) => known === name)) {
          yield* complain(state, `set: ${name}: invalid option name`);
          return 2;
        }
        turn(state, name, on);
        continue;
      }
      const name = setOptions.find(([, known]) => known === letter)?.[0];
      if (name === undefined) {
        yield* complain(state, `set: ${word.slice(0, 1)}${letter}: invalid option`);
        yield* showUsage(state, "set");
        return 2;
      }
      turn(state, name, on);
    }
  }
  if (at < args.length) state.positional = args.slice(at);
  return 0;
};

function* listOptions(state: ShellState, readable: boolean): Steps<number> {
  let text = "";
  for (const [name] of setOptions) text += optionLine(state, name, readable);
  return yield* say(state, "set", text);
}

function optionLine(state: ShellState, name: string, readable: boolean): string {
  const on = state.options.has(name);
  return readable
    ? `${name.padEnd(15)}\t${on ? "on" : "off"}\n`
    : `set ${on ? "-" : "+"}o ${name}\n`;
}

/** shopt. */
export const shopt: Builtin = function* (state, call) {
  const options = yield* readOptions(state, call, "opqsu");
  if (options === undefined) return 2;
  const { flags, rest } = options;
  const classic = flags.has("o");
  const table = classic ? state.options : state.shopts;
  const known = classic ? setOptions.map(([name]) => name) : shoptNames;
  if (flags.has("s") && flags.has("u")) {
    return yield* refuse(state, "shopt: cannot set and unset shell options simultaneously");
  }
  const changes = flags.has("s") || flags.has("u");
  if (rest.length === 0) {
    const wanted = known.filter((name) => !changes || table.has(name) === flags.has("s"));
    if (flags.has("q")) return 0;
    const lines = wanted.map((name) => shoptLine(state, { name, flags }));
    return yield* say(state, "shopt", lines.join(""));
  }
  let status = 0;
  for (const name of rest) {
    if (!known.includes(name)) {
      const what = classic ? "invalid option name" : "invalid shell option name";
      status = yield* refuse(state, `shopt: ${name}: ${what}`);
    } else if (changes) {
      if (classic) turn(state, name, flags.has("s"));
      else if (flags.has("s")) table.add(name);
      else table.delete(name);
    } else {
      if (!table.has(name)) status = 1;
      if (!flags.has("q")) yield* say(state, "shopt", shoptLine(state, { name, flags }));
    }
  }
  return status;
};

function shoptLine(
  state: ShellState,
  { name, flags }: { readonly name: string; readonly flags: ReadonlySet<string> },
): string {
  if (flags.has("o")) return optionLine(state, name, !flags.has("p"));
  const on = state.shopts.has(name);
  return flags.has("p")
    ? `shopt -${on ? "s" : "u"} ${name}\n`
    : `${name.padEnd(15)}\t${on ? "on" : "off"}\n`;
}
