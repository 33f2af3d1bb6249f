// read.
// Source: bash(1); messages by experiment with bash 5.2.
// Not simulated: -e and -i (line editing of the answer).

import { errnoText } from "../../net/core/errno.ts";
import { timeout, write } from "../../process/io.ts";
import type { OpenFile } from "../../process/process.ts";
import { anyOf, type Steps } from "../../process/wait.ts";
import { separators } from "../expand/words.ts";
import { complain, refuse } from "../messages.ts";
import type { ShellState } from "../shellState.ts";
import { asArray, assign } from "../values.ts";
import { findVariable, has, isName, newVariable } from "../variables.ts";
import { type Builtin, readOptions } from "./builtin.ts";
import { splitForRead } from "./readSplit.ts";

type Reading = {
  readonly fd: number;
  readonly file: OpenFile;
  readonly raw: boolean;
  readonly delimiter: string;
  readonly limit: number | undefined;
  /** -N: the delimiter does not end it. */
  readonly exact: boolean;
  /** Clock microseconds. */
  readonly deadline: number | undefined;
};

/** read. */
export const read: Builtin = function* (state, call) {
  const options = yield* readOptions(state, call, "ersa:d:i:n:N:p:t:u:");
  if (options === undefined) return 2;
  const { flags, values, rest } = options;
  const counts = ["n", "N"].map((letter) => values.get(letter)).filter((one) => one !== undefined);
  for (const count of counts) {
    if (!/^\d+$/.test(count)) return yield* refuse(state, `read: ${count}: invalid number`);
  }
  const seconds = values.get("t");
  if (seconds !== undefined && !/^\d*\.?\d*$/.test(seconds)) {
    return yield* refuse(state, `read: ${seconds}: invalid timeout specification`);
  }
  const wrong = [...rest, ...(values.has("a") ? [values.get("a") ?? ""] : [])].find(
    (one) => !isName(one.replace(/\[.*\]$/s, "")),
  );
  if (wrong !== undefined) return yield* refuse(state, `read: \`${wrong}': not a valid identifier`);
  const fd = Number(values.get("u") ?? 0);
  const file = state.process.files.get(fd);
  if (file === undefined) {
    const text = values.has("u") ? `${fd}: invalid file descriptor` : `read error: ${fd}`;
    return yield* refuse(state, `read: ${text}: Bad file descriptor`);
  }
  const prompt = values.get("p");
  if (prompt !== undefined && file.kind === "tty") yield* write(state.process, 2, prompt);
  if (seconds !== undefined && Number(seconds) === 0) return isReady(state, file) ? 0 : 1;
  const { clock } = state.process.machine;
  const answer = yield* readInput(state, {
    fd,
    file,
    raw: flags.has("r"),
    delimiter: values.has("d") ? (values.get("d") ?? "").slice(0, 1) || "\0" : "\n",
    limit: counts[0] === undefined ? undefined : Number(counts[0]),
    exact: flags.has("N"),
    deadline: seconds === undefined ? undefined : clock.now + Number(seconds) * 1e6,
  });
  if (typeof answer === "string") return yield* refuse(state, `read: read error: ${fd}: ${answer}`);
  const names = rest.length === 0 && !values.has("a") ? ["REPLY"] : rest;
  const failed = yield* store(state, {
    answer,
    names,
    array: values.get("a"),
    whole: rest.length === 0 || flags.has("N"),
  });
  return failed ? 1 : answer.status;
};

/** True when a read would not wait. */
function isReady(state: ShellState, file: OpenFile): boolean {
  if (file.kind === "null" || file.kind === "file" || file.kind === "proc") return true;
  return file.read(state.process, 0) !== "again";
}

type Answer = {
  /** Characters; those behind a backslash are kept together with it as one of two. */
  readonly characters: readonly string[];
  readonly status: number;
};

/** Characters up to the delimiter, the limit, the end, or the time; what went wrong is a text. */
function* readInput(state: ShellState, reading: Reading): Steps<Answer | string> {
  const { process } = state;
  const characters: string[] = [];
  let quoted = false;
  for (;;) {
    if (reading.limit !== undefined && characters.length >= reading.limit)
      return { characters, status: 0 };
    const byte = reading.file.read(process, 1);
    if (byte === "again") {
      if (state.interrupted) return { characters, status: 130 };
      const { deadline } = reading;
      if (deadline === undefined) yield reading.file.changed;
      else if (process.machine.clock.now >= deadline) return { characters, status: 142 };
      else
        yield anyOf(reading.file.changed, timeout(process, deadline - process.machine.clock.now));
    } else if (typeof byte !== "string") return errnoText(byte.errno);
    else if (byte === "") return { characters, status: 1 };
    else if (quoted) {
      quoted = false;
      if (byte !== "\n") characters.push(`\\${byte}`);
    } else if (byte === "\\" && !reading.raw) quoted = true;
    else if (byte === reading.delimiter && !reading.exact) return { characters, status: 0 };
    else if (byte !== "\0") characters.push(byte);
  }
}

type Storing = {
  readonly answer: Answer;
  readonly names: readonly string[];
  readonly array: string | undefined;
  /** True when the line is not split. */
  readonly whole: boolean;
};

function* store(state: ShellState, what: Storing): Steps<boolean> {
  const { answer, names, array, whole } = what;
  const plain = (parts: readonly string[]) => parts.map((one) => one.at(-1) ?? "").join("");
  const ifs = separators(state);
  if (array !== undefined) {
    const fields = splitForRead(answer.characters, ifs, undefined);
    const existing = findVariable(state.scopes, array);
    if (existing !== undefined && has(existing, "r")) {
      yield* complain(state, `${array}: readonly variable`);
      return true;
    }
    const variable = existing ?? newVariable("a");
    if (existing === undefined) state.scopes[0]?.set(array, variable);
    asArray(variable).clear();
    for (const [at, field] of fields.entries()) variable.elements?.set(at, field);
    return false;
  }
  const values = whole
    ? [plain(answer.characters)]
    : splitForRead(answer.characters, ifs, names.length);
  for (const [at, name] of names.entries()) {
    const [, base = name, subscript] = /^(\w+)\[(.*)\]$/s.exec(name) ?? [];
    const refusal = assign(state, { name: base, subscript }, values[at] ?? "");
    if (refusal === undefined) continue;
    yield* complain(state, refusal.text);
    return true;
  }
  return false;
}
