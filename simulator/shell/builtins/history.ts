// history, fc, caller, and the builtins of line editing and completion as far as scripts use them.
// Source: bash(1); formats by experiment with bash 5.2.
// Not simulated: history files, fc with an editor, programmable completion.

import { complain, refuse, say } from "../messages.ts";
import { runsFile } from "../specialVariables.ts";
import { type Builtin, readOptions } from "./builtin.ts";

/** history. */
export const history: Builtin = function* (state, call) {
  const options = yield* readOptions(state, call, "acd:npsrw");
  if (options === undefined) return 2;
  const { flags, rest, values } = options;
  if (flags.has("c")) {
    state.history.length = 0;
    return 0;
  }
  const at = values.get("d");
  if (at !== undefined) {
    const index = Number(at) < 0 ? state.history.length + Number(at) : Number(at) - 1;
    if (!/^-?\d+$/.test(at) || state.history[index] === undefined) {
      return yield* refuse(state, `history: ${at}: history position out of range`);
    }
    state.history.splice(index, 1);
    return 0;
  }
  if (flags.has("s")) {
    state.history.push(rest.join(" "));
    return 0;
  }
  if (flags.size > 0) return 0;
  const [count] = rest;
  if (count !== undefined && !/^\d+$/.test(count)) {
    return yield* refuse(state, `history: ${count}: numeric argument required`);
  }
  const from = count === undefined ? 0 : Math.max(0, state.history.length - Number(count));
  const lines = state.history
    .slice(from)
    .map((line, index) => `${`${from + index + 1}`.padStart(5)}  ${line}\n`);
  return yield* say(state, "history", lines.join(""));
};

/** fc: only its list. */
export const fc: Builtin = function* (state, { args }) {
  if (state.history.length === 0) return 0;
  if (!args.some((word) => /^-[nr]*l/.test(word))) {
    yield* complain(state, "vethbook simulator: fc with an editor is not simulated");
    return 2;
  }
  const from = Math.max(0, state.history.length - 16);
  const lines = state.history.slice(from).map((line, index) => `${from + index + 1}\t ${line}\n`);
  return yield* say(state, "fc", lines.join(""));
};

/** caller. */
export const caller: Builtin = function* (state, { args }) {
  const [word] = args;
  const calls = [...state.calls].reverse();
  const inFile = runsFile(state);
  if (word === undefined) {
    const [first] = calls;
    if (first === undefined && !inFile) return 1;
    if (first !== undefined && calls.length === 1 && !inFile) {
      return yield* say(state, "caller", `${first.line} NULL\n`);
    }
    const line = first === undefined ? "0 NULL" : `${first.line} ${first.source}`;
    return yield* say(state, "caller", `${line}\n`);
  }
  if (!/^\d+$/.test(word)) {
    return yield* refuse(state, `caller: ${word}: invalid number`);
  }
  const call = calls[Number(word)];
  if (call === undefined) return 1;
  const above = calls[Number(word) + 1]?.name;
  if (above === undefined && !inFile) return 1;
  const name = above ?? "main";
  return yield* say(state, "caller", `${call.line} ${name} ${call.source}\n`);
};

/** bind: keys stay as they are. */
export const bind: Builtin = function* (state) {
  if (state.terminal !== undefined) return 0;
  yield* complain(state, "bind: warning: line editing not enabled");
  return 0;
};

/** complete, compgen, compopt: nothing is completed in scripts. */
export const complete: Builtin = function* (state, call) {
  if (call.name === "compopt") {
    return yield* refuse(state, "compopt: not currently executing completion function");
  }
  return call.name === "compgen" ? 1 : 0;
};
