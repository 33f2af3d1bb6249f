// awk, which is mawk 1.3.4 on Debian 12 (mawk(1), POSIX awk).
// Not simulated: mawk's own -W options, the order of "for (k in a)" (here the order of making).

import { readAll } from "../../process/io.ts";
import type { Process } from "../../process/process.ts";
import type { Execution, Steps } from "../../process/wait.ts";
import { getopt } from "../getopt.ts";
import { openOperand } from "../text/lines.ts";
import { openTool } from "../tool.ts";
import { callBuiltin } from "./builtins.ts";
import { evaluate } from "./evaluate.ts";
import { readMain } from "./input.ts";
import { closeAll, writeTo } from "./output.ts";
import { parseAwk } from "./parse.ts";
import { callFunction, type End, ExitAwk, run } from "./run.ts";
import { AwkError, unescaped } from "./scan.ts";
import { type Awk, getVariable, recordOf, setRecord, setVariable } from "./state.ts";
import type { Rule } from "./syntax.ts";
import { numberOf, textOf, truthOf, type Value } from "./values.ts";

/** Runs it. */
export function* awk(self: Process): Execution {
  const tool = openTool(self);
  const given = getopt(self.argv, { short: "+F:v:f:" });
  if (given.error !== undefined) {
    yield* tool.error(given.error.replace(/^[^:]*: /, ""));
    return 2;
  }
  const operands = [...given.operands];
  const sources: string[] = [];
  for (const { name, value = "" } of given.options) {
    if (name !== "f") continue;
    const fd = openOperand(self, value);
    if (typeof fd !== "number") {
      yield* tool.error(`couldn't open source file ${value}`);
      return 2;
    }
    sources.push(yield* readAll(self, fd));
  }
  if (sources.length === 0) {
    const source = operands.shift();
    if (source === undefined) {
      yield* tool.error("no program text");
      return 2;
    }
    sources.push(source);
  }
  try {
    const state = begin(self, tool, sources.join("\n"), operands);
    for (const { name, value = "" } of given.options) setOption(state, name, value);
    return yield* runProgram(state);
  } catch (error) {
    if (!(error instanceof AwkError)) throw error;
    yield* tool.error(error.message);
    return 2;
  }
}

function begin(self: Process, tool: Awk["tool"], source: string, operands: readonly string[]): Awk {
  const globals = new Map<string, Value | Map<string, Value>>([
    ["FS", " "],
    ["OFS", " "],
    ["ORS", "\n"],
    ["RS", "\n"],
    ["NR", 0],
    ["FNR", 0],
    ["SUBSEP", "\x1c"],
    ["CONVFMT", "%.6g"],
    ["OFMT", "%.6g"],
    ["RSTART", 0],
    ["RLENGTH", -1],
    ["FILENAME", ""],
    ["ARGC", operands.length + 1],
    [
      "ARGV",
      new Map(
        [self.argv[0] ?? "awk", ...operands].map((word, at) => [String(at), { input: word }]),
      ),
    ],
    ["ENVIRON", new Map([...self.environment].map(([name, value]) => [name, { input: value }]))],
  ]);
  return {
    calls: { own: callFunction, builtin: callBuiltin },
    self,
    tool,
    globals,
    program: parseAwk(source),
    frames: [],
    record: "",
    fields: undefined,
    recordIsOld: false,
    outputs: new Map(),
    inputs: new Map(),
    regexes: new Map(),
    operands: [...operands],
    input: undefined,
    seed: 0,
  };
}

function setOption(state: Awk, name: string, value: string): void {
  if (name === "F") setVariable(state, "FS", value === "t" ? "\t" : unescaped(value));
  if (name !== "v") return;
  const at = value.indexOf("=");
  if (at < 1) throw new AwkError(`improper assignment: -v ${value}`);
  setVariable(state, value.slice(0, at), { input: unescaped(value.slice(at + 1)) });
}

function* runProgram(state: Awk): Execution {
  const { program } = state;
  let end: End | undefined;
  try {
    for (const block of program.begin) {
      end = yield* run(state, block);
      if (end !== undefined) break;
    }
    if (end?.type !== "exit" && (program.rules.length > 0 || program.end.length > 0))
      end = yield* runRecords(state);
  } catch (error) {
    if (!(error instanceof ExitAwk)) throw error;
    end = { type: "exit", code: error.code };
  }
  let code = end?.type === "exit" ? end.code : undefined;
  try {
    for (const block of program.end) {
      const last = yield* run(state, block);
      if (last?.type !== "exit") continue;
      code = last.code ?? code;
      break;
    }
  } catch (error) {
    if (!(error instanceof ExitAwk)) throw error;
    code = error.code ?? code;
  }
  yield* closeAll(state);
  return code === undefined ? (Number.isNaN(state.seed) ? 2 : 0) : Math.trunc(code) & 255;
}

function* runRecords(state: Awk): Steps<End | undefined> {
  const open = new Set<Rule>();
  for (;;) {
    const record = yield* readMain(state);
    if (typeof record === "number") return undefined;
    setRecord(state, record);
    setVariable(state, "NR", numberOf(getVariable(state, "NR")) + 1);
    for (const rule of state.program.rules) {
      if (!(yield* fits(state, rule, open))) continue;
      if (rule.action === undefined) {
        yield* writeTo(state, undefined, "", recordOf(state) + textOf(getVariable(state, "ORS")));
        continue;
      }
      const end = yield* run(state, rule.action);
      if (end?.type === "exit") return end;
      if (end?.type === "next") break;
    }
  }
}

/** True when the rule is for this record; `open` holds ranges that have begun. */
function* fits(state: Awk, rule: Rule, open: Set<Rule>): Steps<boolean> {
  if (rule.pattern === undefined) return true;
  if (rule.until === undefined) return truthOf(yield* evaluate(state, rule.pattern));
  if (!open.has(rule)) {
    if (!truthOf(yield* evaluate(state, rule.pattern))) return false;
    open.add(rule);
  }
  if (truthOf(yield* evaluate(state, rule.until))) open.delete(rule);
  return true;
}
