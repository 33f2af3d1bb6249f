// `uniq` of coreutils 9.1 (uniq(1)).
// Not simulated: --help, --version.

import { errnoText } from "../../net/core/errno.ts";
import { setFile } from "../../process/openFiles.ts";
import type { Process } from "../../process/process.ts";
import type { Execution } from "../../process/wait.ts";
import { fail, tryHelp } from "../complain.ts";
import { quote, quoteAlways, quoteIfNeeded } from "../quoteName.ts";
import { has, lastValue, openTool, readOptions, type Tool } from "../tool.ts";
import { parseCount } from "./count.ts";
import { type Lines, openLines } from "./lines.ts";

const TABLE = {
  short: "cdDf:is:uw:z",
  long: {
    count: "c",
    repeated: "d",
    "all-repeated": "all-repeated::",
    "skip-fields": "f:",
    group: "group::",
    "ignore-case": "i",
    "skip-chars": "s:",
    unique: "u",
    "check-chars": "w:",
    "zero-terminated": "z",
  },
};

type Rules = {
  readonly fields: number;
  readonly chars: number;
  readonly most: number;
  readonly fold: boolean;
  readonly count: boolean;
  readonly singles: boolean;
  readonly repeated: boolean;
  /** -D: all lines of a group, with what between groups. */
  readonly all: "none" | "prepend" | "separate" | undefined;
  readonly group: "separate" | "prepend" | "append" | "both" | undefined;
  readonly end: string;
};

/** Prints lines without neighbours that are the same. */
export function* uniq(self: Process): Execution {
  const given = yield* readOptions(self, TABLE);
  if (typeof given === "number") return given;
  const numbers = [
    ["f", "fields to skip"],
    ["s", "bytes to skip"],
    ["w", "bytes to compare"],
  ].map(([name = "", what]) => {
    const text = lastValue(given, name);
    return { text, what, value: text === undefined ? undefined : parseCount(text, "") };
  });
  const wrong = numbers.find(({ text, value }) => text !== undefined && value === undefined);
  if (wrong !== undefined) {
    return yield* fail(self, `${quoteIfNeeded(wrong.text ?? "")}: invalid number of ${wrong.what}`);
  }
  const all = has(given, "D")
    ? "none"
    : has(given, "all-repeated")
      ? (lastValue(given, "all-repeated") ?? "none")
      : undefined;
  const group = has(given, "group") ? (lastValue(given, "group") ?? "separate") : undefined;
  const rules: Rules = {
    fields: numbers[0]?.value ?? 0,
    chars: numbers[1]?.value ?? 0,
    most: numbers[2]?.value ?? Number.POSITIVE_INFINITY,
    fold: has(given, "i"),
    count: has(given, "c"),
    singles: !has(given, "d", "D", "all-repeated"),
    repeated: !has(given, "u"),
    all: all as Rules["all"],
    group: group as Rules["group"],
    end: has(given, "z") ? "\0" : "\n",
  };
  const complain = (text: string) => tryHelp(self, `${self.argv[0]}: ${text}`);
  if (given.operands.length > 2) {
    return yield* complain(`extra operand ${quote(given.operands[2] ?? "")}`);
  }
  if (rules.group !== undefined && has(given, "c", "d", "D", "u", "all-repeated")) {
    return yield* complain("--group is mutually exclusive with -c/-d/-D/-u");
  }
  if (rules.count && rules.all !== undefined) {
    return yield* complain("printing all duplicated lines and repeat counts is meaningless");
  }
  const [input = "-", output = "-"] = given.operands;
  const lines = openLines(self, input, rules.end);
  if (typeof lines === "string") {
    return yield* fail(self, `${quoteIfNeeded(input)}: ${errnoText(lines)}`);
  }
  if (output !== "-") {
    const mode = { write: true, create: true, truncate: true };
    const file = self.machine.files.open(self, output, mode);
    if ("errno" in file)
      return yield* fail(self, `${quoteIfNeeded(output)}: ${errnoText(file.errno)}`);
    setFile(self, 1, file);
  }
  const tool = openTool(self);
  yield* copyGroups(tool, lines, rules);
  if (lines.errno === undefined) return yield* tool.end(0);
  yield* tool.error(`error reading ${quoteAlways(input)}`);
  return yield* tool.end(1);
}

function* copyGroups(tool: Tool, lines: Lines, rules: Rules) {
  let group: string[] = [];
  let count = 0;
  let key = "";
  let groups = 0;
  const keepAll = rules.all !== undefined || rules.group !== undefined;
  for (;;) {
    const line = lines.ready() ?? (yield* lines.next());
    const next = line === undefined ? "" : keyOf(line, rules);
    if (line !== undefined && count > 0 && next === key) {
      count += 1;
      if (keepAll) group.push(line);
      continue;
    }
    if (count > 0) {
      const text = groupText(group, count, { rules, first: groups === 0 });
      if (text !== "") groups += 1;
      if (tool.add(text)) yield* tool.flush();
    }
    if (line === undefined) return;
    group = [line];
    count = 1;
    key = next;
  }
}

function keyOf(line: string, { fields, chars, most, fold }: Rules): string {
  let at = 0;
  for (let left = fields; left > 0 && at < line.length; left--) {
    at += /^[ \t]*[^ \t]*/.exec(line.slice(at))?.[0].length ?? 0;
  }
  const part = line.slice(at + chars, Number.isFinite(most) ? at + chars + most : undefined);
  return fold ? part.replace(/[a-z]/g, (letter) => letter.toUpperCase()) : part;
}

function groupText(
  group: readonly string[],
  count: number,
  { rules, first }: { rules: Rules; first: boolean },
): string {
  const { end } = rules;
  const [line = ""] = group;
  if (rules.group !== undefined) {
    const before =
      rules.group === "prepend" || rules.group === "both"
        ? first || rules.group === "prepend"
        : !first && rules.group === "separate";
    const after = rules.group === "append" || rules.group === "both";
    return (before ? end : "") + group.map((each) => each + end).join("") + (after ? end : "");
  }
  if (rules.all !== undefined) {
    if (count === 1 || !rules.repeated) return "";
    const before = rules.all === "prepend" || (rules.all === "separate" && !first);
    return (before ? end : "") + group.map((each) => each + end).join("");
  }
  if (count === 1 ? !rules.singles : !rules.repeated) return "";
  return (rules.count ? `${`${count}`.padStart(7)} ` : "") + line + end;
}
